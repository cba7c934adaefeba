import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Criterion, Permission, ServiceLevel, Standing, VerdictState } from '@millrace/contract';
import { type AuditEntry, type Clock, ProviderError, VirtualClock } from '@millrace/sdk';
import {
  type CamaraBinding,
  type CamaraPorts,
  type CamaraRecord,
  type CamaraServer,
  camaraServer,
  type DeviceIdentifier,
  type FoundTerminal,
  type SliceBooking,
  type TerminalPosition,
  type TerminalStatus,
  usualProfiles,
} from './index.ts';

/** JSON of answers and documents, which tests look into as it is. */
// biome-ignore lint/suspicious/noExplicitAny: what is in it is what is tested
export type Loose = any;

/** A plant's network in memory, behind the server's ports, and the platform's HTTP before it. For tests. */
export interface TestTerminal extends FoundTerminal {
  readonly ipv4: string;
  readonly ipv6: string;
  readonly phone: string;
  readonly nai: string;
  status: TerminalStatus | undefined;
  position: TerminalPosition | undefined;
}

export const quiet = { info() {}, warn() {}, error() {} };
export const start = Date.parse('2024-05-01T00:00:00Z') * 1000;

export class TestPlant {
  readonly clock: Clock;
  readonly virtual: VirtualClock | undefined;
  readonly records = new Map<string, CamaraRecord>();
  readonly terminals: TestTerminal[] = [];
  readonly bindings = new Map<string, { binding: CamaraBinding; standing: Standing }>();
  readonly slices = new Map<string, { booking: SliceBooking; started: boolean; terminals: Set<string> }>();
  readonly audited: AuditEntry[] = [];
  readonly posted: { url: string; headers: Record<string, string>; body: string }[] = [];
  readonly logged: unknown[] = [];
  /** Bearer tokens → who shows them, and what they may. */
  readonly tokens = new Map<
    string,
    { id: string; permissions: Permission[]; place: string; terminal?: string }
  >();
  readonly clients = new Map<string, string>();
  verdicts: Partial<Record<Criterion, VerdictState>> = {};
  judged: ServiceLevel | undefined;
  /** What a binding becomes when it is asked for. */
  becomes: Standing = 'effective';
  failing: ProviderError | undefined;
  recordsFail = false;
  /** Answer of sinks. */
  sinkStatus = 204;
  reserveAnswer: 'reserved' | 'area-not-supported' | 'resources-insufficient' = 'reserved';
  profiles = [...usualProfiles];
  server: CamaraServer;
  #listeners = new Set<(key: string) => void>();
  #http: Server | undefined;

  constructor(clock?: Clock) {
    this.virtual = clock === undefined ? new VirtualClock(start) : undefined;
    this.clock = clock ?? this.virtual!;
    for (const [id, phone, last] of [
      ['agv-1', '+123456789', 0],
      ['agv-2', '+123456780', 1],
    ] as const)
      this.terminals.push({
        id,
        place: 'plant/hall-1',
        kind: 'nr',
        ipv4: `203.0.113.${last}`,
        ipv6: last === 0 ? '2001:db8:85a3:8d3:1319:8a2e:370:7344' : '2001:db8::2',
        phone,
        nai: `${id}@plant.example`,
        status: {
          time: this.clock.now(),
          data: true,
          sms: false,
          roaming: false,
          country: { code: 460, names: ['CN'] },
          networkType: '5G',
          rsrpDbm: -90,
        },
        position: {
          center: { latitude: 50.735851, longitude: 7.10066 },
          radiusMetres: 20,
          time: this.clock.now(),
        },
      });
    this.tokens.set('all', { id: 'client', permissions: ['read', 'operate', 'configure'], place: '' });
    this.tokens.set('reader', { id: 'reader', permissions: ['read'], place: '' });
    this.tokens.set('elsewhere', {
      id: 'elsewhere',
      permissions: ['read', 'operate', 'configure'],
      place: 'plant/hall-9',
    });
    this.tokens.set('device', {
      id: 'agv-1',
      permissions: ['read', 'operate', 'configure'],
      place: '',
      terminal: 'agv-1',
    });
    this.clients.set('robots', 's3cret & more');
    this.server = camaraServer(this.ports());
  }

  /** The same plant after a restart of the platform. */
  async restart(): Promise<void> {
    await this.server.stop();
    this.#listeners.clear();
    this.server = camaraServer(this.ports());
    await this.server.start();
  }

  stand(key: string, standing: Standing): void {
    const found = this.bindings.get(key);
    if (found !== undefined) found.standing = standing;
    for (const call of this.#listeners) call(key);
  }

  ports(): CamaraPorts {
    const fail = (): void => {
      if (this.failing !== undefined) throw this.failing;
    };
    const log = (...entry: unknown[]): void => void this.logged.push(entry);
    return {
      clock: this.clock,
      log: { info: log, warn: log, error: log },
      publicUrl: 'https://plant.example/camara',
      records: {
        load: async () => [...this.records.values()],
        put: async (record) => {
          if (this.recordsFail) throw new Error('disk full');
          this.records.set(`${record.kind} ${record.id}`, record);
        },
        remove: async (kind, id) => void this.records.delete(`${kind} ${id}`),
      },
      terminals: {
        identifiers: ['ipv4Address', 'ipv6Address', 'phoneNumber', 'networkAccessIdentifier'],
        find: async (identifier) => this.terminals.find((terminal) => isIt(terminal, identifier)),
        get: async (id) => this.terminals.find((terminal) => terminal.id === id),
        subjectOf: async (actor) => {
          const token = [...this.tokens.values()].find(({ id }) => id === actor.id);
          return this.terminals.find(({ id }) => id === token?.terminal);
        },
        status: async (id) => this.terminals.find((terminal) => terminal.id === id)?.status,
        locate: async (id) => this.terminals.find((terminal) => terminal.id === id)?.position,
      },
      bindings: {
        request: async (binding) => {
          fail();
          this.bindings.set(binding.key, { binding, standing: this.becomes });
          return { standing: this.becomes };
        },
        extend: async (key) => {
          fail();
          return { standing: this.bindings.get(key)?.standing ?? 'lost' };
        },
        read: async (key) => {
          const found = this.bindings.get(key);
          return found === undefined ? undefined : { standing: found.standing };
        },
        release: async (key) => {
          fail();
          this.bindings.delete(key);
        },
        onChange: (call) => {
          this.#listeners.add(call);
          return () => this.#listeners.delete(call);
        },
      },
      slices: {
        reserve: async (booking) => {
          if (this.reserveAnswer === 'reserved')
            this.slices.set(booking.key, { booking, started: false, terminals: new Set() });
          return this.reserveAnswer;
        },
        start: async (key) => {
          fail();
          this.slices.get(key)!.started = true;
        },
        end: async (key) => void this.slices.delete(key),
        assign: async (key, terminal) => void this.slices.get(key)!.terminals.add(terminal),
        unassign: async (key, terminal) => void this.slices.get(key)!.terminals.delete(terminal),
      },
      quality: {
        judge: async (_, level) => {
          this.judged = level;
          return Object.entries(this.verdicts).map(([criterion, state]) => ({
            criterion: criterion as Criterion,
            state,
          }));
        },
      },
      profiles: () => this.profiles,
      post: async (url, { headers, body }) => {
        this.posted.push({ url, headers: { ...headers }, body });
        return { status: this.sinkStatus };
      },
      sinkProblem: (url) =>
        new URL(url).hostname === '169.254.169.254'
          ? 'Addresses inside the plant are not notified.'
          : undefined,
      audit: async (entry) => void this.audited.push(entry),
      grant: async (client, secret) => {
        if (this.clients.get(client) !== secret) return undefined;
        return { token: 'all', expiresInSeconds: 600 };
      },
    };
  }

  async call(
    method: string,
    path: string,
    options: {
      token?: string;
      body?: unknown;
      raw?: string | Uint8Array;
      headers?: Record<string, string>;
    } = {},
  ): Promise<{
    status: number;
    headers: Readonly<Record<string, string>>;
    text: string | undefined;
    body: Loose;
  }> {
    const token = options.token ?? 'all';
    const raw = options.raw ?? (options.body === undefined ? '' : JSON.stringify(options.body));
    const [pathname, query] = path.split('?');
    const answer = await this.server.handle({
      method,
      path: pathname!,
      query: new URLSearchParams(query ?? ''),
      headers: { 'content-type': 'application/json', ...options.headers },
      body: typeof raw === 'string' ? new TextEncoder().encode(raw) : raw,
      caller: this.caller(token),
    });
    return {
      status: answer.status,
      headers: answer.headers,
      text: answer.body,
      body: answer.body === undefined ? undefined : JSON.parse(answer.body),
    };
  }

  /** All that is due by then, step by step, so that what is asked for in between has its turn. */
  async pass(seconds: number, step = 5): Promise<void> {
    for (let passed = 0; passed < seconds; passed += step) {
      this.virtual!.advance(Math.min(step, seconds - passed) * 1000);
      await settle();
      // What came due while an earlier round was still on its way.
      await this.server.tick();
      await settle();
    }
  }

  /** Listens on loopback; gives the URL of the prefix. */
  async listen(): Promise<string> {
    this.#http = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const url = new URL(request.url!, 'http://localhost');
        const headers: Record<string, string> = {};
        for (const [name, value] of Object.entries(request.headers)) headers[name] = String(value);
        void this.server
          .handle({
            method: request.method!,
            path: decodeURIComponent(url.pathname).slice('/camara'.length),
            query: url.searchParams,
            headers,
            body: Buffer.concat(chunks),
            caller: this.caller(/^Bearer (.+)$/.exec(headers['authorization'] ?? '')?.[1] ?? ''),
          })
          .then(({ status, headers, body }) => response.writeHead(status, headers).end(body));
      });
    });
    await new Promise<void>((done) => this.#http!.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/camara`;
  }

  async stop(): Promise<void> {
    await this.server.stop();
    this.#http?.closeAllConnections();
    await new Promise<void>((done) => (this.#http === undefined ? done() : this.#http.close(() => done())));
  }

  caller(token: string) {
    const found = this.tokens.get(token);
    if (found === undefined) return undefined;
    return {
      actor: { kind: 'token' as const, id: found.id },
      may: (permission: Permission, place: string) =>
        found.permissions.includes(permission) &&
        (found.place === '' || place === found.place || place.startsWith(`${found.place}/`)),
    };
  }
}

export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((done) => setImmediate(done));
};

function isIt(terminal: TestTerminal, identifier: DeviceIdentifier): boolean {
  switch (identifier.kind) {
    case 'ipv4Address':
      return (
        terminal.ipv4 === (identifier.privateAddress ?? identifier.publicAddress) ||
        terminal.ipv4 === identifier.publicAddress
      );
    case 'ipv6Address':
      return terminal.ipv6 === identifier.address;
    case 'phoneNumber':
      return terminal.phone === identifier.number;
    case 'networkAccessIdentifier':
      return terminal.nai === identifier.identifier;
  }
}

export const refusal = (kind: ConstructorParameters<typeof ProviderError>[0], en: string): ProviderError =>
  new ProviderError(kind, { en, zh: en });
