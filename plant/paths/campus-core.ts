import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A subscription of the simulated core, and where it is now. */
export interface CoreTerminal {
  supi: string;
  gpsi: string | undefined;
  pei: string;
  address: string;
  /** Cell it is connected through; undefined: it is not registered. */
  cell: { nci: number; gnb: number; tac: number } | undefined;
}

export interface CampusCoreOptions {
  host: string;
  /** Wished; others are taken where they are in use. */
  ports: { information: number; pcf: number };
  plmn: string;
  dnn: string;
  sst: number;
  /** 5QIs of which subscribers have a PCC rule. */
  grantedFiveQis: readonly number[];
  /** Called for each answer. */
  terminals: () => readonly CoreTerminal[];
  now: () => number;
}

/** Bounds of the simulated core. */
export const coreLimits = { bodyBytesMax: 65_536, appSessionsMax: 1000, pageSizeMax: 100 } as const;

/** Media type → 5QI, as the PCF of Open5GS maps them. */
const fiveQis: Readonly<Record<string, number>> = { AUDIO: 1, VIDEO: 2, CONTROL: 5 };
const defaultFiveQi = 9;
const sessionsPath = '/npcf-policyauthorization/v1/app-sessions';

interface AppSession {
  address: string;
  fiveQi: number;
}

type Answer = { status: number; body?: unknown; location?: string };
const problem = (status: number, title: string, detail: string): Answer => ({
  status,
  body: { status, title, detail },
});

/**
 * A simulated 5G core that speaks what Open5GS does: AMF `/ue-info` and SMF `/pdu-info` over HTTP, the PCF's N5 (3GPP TS 29.514) over clear-text HTTP/2. It is made for the demo
 * plant, and for nothing else: there are no keys, no signalling and no user plane in it.
 */
export class CampusCore {
  readonly informationUrl: string;
  readonly pcfUrl: string;
  readonly ports: { information: number; pcf: number };
  readonly #options: CampusCoreOptions;
  readonly #servers: readonly (Server | Http2Server)[];
  readonly #connections = new Set<{ destroy(): void }>();
  readonly #appSessions = new Map<string, AppSession>();
  #next = 1;

  private constructor(options: CampusCoreOptions, information: Server, pcf: Http2Server) {
    this.#options = options;
    this.#servers = [information, pcf];
    const port = (server: Server | Http2Server): number => (server.address() as AddressInfo).port;
    this.ports = { information: port(information), pcf: port(pcf) };
    const host = options.host.includes(':') ? `[${options.host}]` : options.host;
    this.informationUrl = `http://${host}:${this.ports.information}`;
    this.pcfUrl = `http://${host}:${this.ports.pcf}`;
  }

  static async open(options: CampusCoreOptions): Promise<CampusCore> {
    const information = createHttpServer();
    const pcf = createHttp2Server();
    await listen(information, options.host, options.ports.information);
    await listen(pcf, options.host, options.ports.pcf);
    const core = new CampusCore(options, information, pcf);
    for (const server of [information, pcf])
      server.on('connection', (socket: { destroy(): void; once(event: string, call: () => void): void }) => {
        core.#connections.add(socket);
        socket.once('close', () => core.#connections.delete(socket));
      });
    information.on('request', (request, response) => {
      const { status, body } = core.information(request.method ?? '', request.url ?? '');
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    });
    pcf.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      let octets = 0;
      request.on('data', (chunk: Buffer) => {
        octets += chunk.length;
        if (octets <= coreLimits.bodyBytesMax) chunks.push(chunk);
      });
      request.on('error', () => {});
      request.on('end', () => {
        const { status, body, location } =
          octets > coreLimits.bodyBytesMax
            ? problem(413, 'Payload Too Large', `more than ${coreLimits.bodyBytesMax} octets`)
            : core.policy(request.method ?? '', request.url ?? '', Buffer.concat(chunks).toString('utf8'));
        if (response.writableEnded || response.destroyed) return;
        response.writeHead(status, {
          ...(body === undefined
            ? {}
            : { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' }),
          ...(location === undefined ? {} : { location: `${core.pcfUrl}${location}` }),
        });
        if (body === undefined) response.end();
        else response.end(JSON.stringify(body));
      });
    });
    pcf.on('sessionError', () => {});
    return core;
  }

  /** 5QIs of the flows that were asked for a terminal's address. */
  flowsOf(address: string): number[] {
    return [...this.#appSessions.values()]
      .filter((session) => session.address === address)
      .map((session) => session.fiveQi);
  }

  /** What AMF and SMF answer. */
  information(method: string, url: string): Answer {
    const { pathname, searchParams } = new URL(url, 'http://core');
    if (method !== 'GET') return problem(405, 'Method Not Allowed', method);
    const registered = this.#options.terminals().filter(({ cell }) => cell !== undefined);
    const items =
      pathname === '/ue-info'
        ? registered.map((terminal) => this.#ue(terminal))
        : pathname === '/pdu-info'
          ? registered.map((terminal) => this.#pdu(terminal))
          : undefined;
    if (items === undefined) return problem(404, 'Not Found', pathname);
    const whole = (name: string, fallback: number): number => {
      const value = Number(searchParams.get(name) ?? fallback);
      return Number.isInteger(value) && value >= 0 ? value : fallback;
    };
    const size = Math.max(1, Math.min(coreLimits.pageSizeMax, whole('page_size', coreLimits.pageSizeMax)));
    const page = whole('page', 0);
    const shown = items.slice(page * size, (page + 1) * size);
    return { status: 200, body: { items: shown, pager: { page, page_size: size, count: shown.length } } };
  }

  /** What the PCF answers. */
  policy(method: string, url: string, text: string): Answer {
    this.#forget();
    const { pathname } = new URL(url, 'http://core');
    if (method === 'POST' && pathname === sessionsPath) return this.#create(text);
    const [, id, rest] =
      /^\/npcf-policyauthorization\/v1\/app-sessions\/([^/]+)(\/delete)?$/.exec(pathname) ?? [];
    const session = id === undefined ? undefined : this.#appSessions.get(id);
    if (id === undefined || session === undefined)
      return problem(404, 'Not Found', 'Cannot find app session');
    if (rest === '/delete' && method === 'POST') {
      this.#appSessions.delete(id);
      return { status: 204 };
    }
    if (rest === undefined && method === 'GET')
      return { status: 200, body: { ascReqData: { ueIpv4: session.address } } };
    return problem(405, 'Method Not Allowed', method);
  }

  async close(): Promise<void> {
    const closed = this.#servers.map(
      (server) => new Promise<void>((resolve) => server.close(() => resolve())),
    );
    for (const connection of this.#connections) connection.destroy();
    await Promise.all(closed);
  }

  #create(text: string): Answer {
    let asked: Record<string, unknown>;
    try {
      asked = ((JSON.parse(text) as Record<string, unknown> | null)?.['ascReqData'] ?? {}) as Record<
        string,
        unknown
      >;
    } catch {
      return problem(400, 'Bad Request', 'the body is not JSON');
    }
    const address = asked['ueIpv4'];
    if (typeof asked['suppFeat'] !== 'string') return problem(400, 'Bad Request', 'No AscReqData.suppFeat');
    if (typeof asked['notifUri'] !== 'string') return problem(400, 'Bad Request', 'No AscReqData.notifUri');
    if (typeof address !== 'string') return problem(400, 'Bad Request', 'No AscReqData.ueIpv4');
    const terminal = this.#options
      .terminals()
      .find((one) => one.address === address && one.cell !== undefined);
    if (terminal === undefined) return problem(404, 'Not Found', `Cannot find session for ${address}`);
    const components = Object.values(
      (asked['medComponents'] ?? {}) as Record<string, { medType?: unknown } | null>,
    );
    if (components.length === 0) return problem(400, 'Bad Request', 'No MediaComponent');
    const fiveQi = fiveQis[String(components[0]?.medType)];
    if (fiveQi === undefined) return problem(400, 'Bad Request', 'Unsupported media type');
    if (!this.#options.grantedFiveQis.includes(fiveQi))
      return problem(403, 'Forbidden', `CHECK WEBUI : No PCC Rule in DB [QoS Index:${fiveQi}]`);
    if (this.#appSessions.size >= coreLimits.appSessionsMax)
      return problem(
        503,
        'Service Unavailable',
        `${coreLimits.appSessionsMax} app sessions (appSessionsMax)`,
      );
    const id = String(this.#next++);
    this.#appSessions.set(id, { address, fiveQi });
    return { status: 201, location: `${sessionsPath}/${id}`, body: { ascReqData: asked } };
  }

  /** Flows go with the session they are in. */
  #forget(): void {
    const there = new Set(
      this.#options.terminals().flatMap(({ address, cell }) => (cell === undefined ? [] : address)),
    );
    for (const [id, { address }] of this.#appSessions) if (!there.has(address)) this.#appSessions.delete(id);
  }

  #ue({ supi, gpsi, pei, cell, address }: CoreTerminal): unknown {
    const { plmn, dnn, sst, now } = this.#options;
    return {
      supi,
      pei,
      ...(gpsi === undefined ? {} : { msisdn: [gpsi.replace(/^msisdn-/, '')] }),
      cm_state: 'connected',
      location: {
        timestamp: now(),
        nr_tai: { plmn, tac_hex: cell!.tac.toString(16).padStart(6, '0'), tac: cell!.tac },
        nr_cgi: { plmn, nci: cell!.nci, gnb_id: cell!.gnb, cell_id: cell!.nci % 256 },
      },
      pdu_sessions: [{ psi: 1, dnn, ipv4: address, snssai: { sst, sd: 'ffffff' } }],
    };
  }

  #pdu({ supi, address }: CoreTerminal): unknown {
    this.#forget();
    const { dnn, sst } = this.#options;
    const flows = [defaultFiveQi, ...this.flowsOf(address)];
    return {
      supi,
      pdu: [
        {
          psi: 1,
          dnn,
          ipv4: address,
          snssai: { sst, sd: 'ffffff' },
          qos_flows: flows.map((fiveQi, at) => ({ qfi: at + 1, '5qi': fiveQi })),
          pdu_state: 'active',
        },
      ],
    };
  }
}

/** Listens on the wished port, or on any where it is in use. */
async function listen(server: Server | Http2Server, host: string, port: number): Promise<void> {
  const attempt = (wished: number): Promise<boolean> =>
    new Promise((resolve) => {
      const failed = (): void => resolve(false);
      server.once('error', failed);
      server.listen(wished, host, () => {
        server.off('error', failed);
        resolve(true);
      });
    });
  if ((port !== 0 && (await attempt(port))) || (await attempt(0))) return;
  throw new Error(`no port on ${host} can be listened on`);
}
