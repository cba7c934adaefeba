import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PlantNode, PlatformSettings, Problem, ThingDescription } from '@millrace/contract';
import { devAlarms } from './alarms.ts';
import { devApp, devJobs, devRounds } from './apps.ts';
import { devCommands } from './commands.ts';
import {
  countersOf,
  everySeconds,
  historyOf,
  latestOf,
  makePlant,
  type SimulatedThing,
  stateOf,
} from './plant.ts';
import { protocols } from './protocols.ts';

/**
 * The routes of the contract that the console uses, over the simulated plant: for `vite` while developing and for the browser
 * tests. Any password signs in; `first` as password asks for a new one, `wrong` is refused.
 */
export function devApi({ things: count }: { things: number }) {
  const plant = makePlant(count);
  const credentials = new Map<string, { username: string; created: string }[]>();
  const backups: { name: string; time: string; bytes: number }[] = [];
  let settings: PlatformSettings = {
    retentionDays: { raw: 30, minute: 365, hour: 0, events: 365 },
    plantTimeZone: 'Asia/Shanghai',
    plantName: 'Northwind 苏州',
    autoAcceptProposals: false,
  };
  const commands = devCommands(count);
  const alarms = devAlarms(count);
  const sessions = new Map<string, { mustChange: boolean }>();

  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const url = new URL(request.url ?? '/', 'http://dev');
    if (!url.pathname.startsWith('/api/')) {
      next();
      return;
    }
    void answer(request, response, url).catch((error: unknown) => {
      problem(response, 500, 'server-fault', String(error));
    });
  };

  async function answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const parts = url.pathname
      .slice('/api/'.length)
      .split('/')
      .map((part) => decodeURIComponent(part));
    const method = request.method ?? 'GET';
    const query = url.searchParams;
    const body = method === 'POST' || method === 'PUT' ? await readBody(request) : undefined;
    const second = Math.floor(Date.now() / 1000);
    const route = `${method} ${parts[0]}`;

    if (route === 'GET health') {
      send(response, 200, {
        status: 'ok',
        version: '0.1.0-dev',
        parts: {
          http: { ok: true },
          mqtt: { ok: true, detail: ':1883' },
          samples: { ok: true, detail: 'chDB' },
          records: { ok: true, detail: 'PGlite' },
        },
        missing: [],
      });
      return;
    }
    if (route === 'GET session' && parts[1] === 'ways') return send(response, 200, { passkeys: false });
    if (route === 'POST session' && parts.length === 1) {
      const { user, password } = body as { user: string; password: string };
      if (password === 'wrong') return problem(response, 401, 'wrong-password', 'User or password is wrong');
      const token = `dev-${Math.random().toString(36).slice(2)}`;
      sessions.set(token, { mustChange: password === 'first' });
      response.setHeader('set-cookie', `millrace=${token}; Path=/; HttpOnly; SameSite=Strict`);
      send(response, 200, { token, ...session(user, password === 'first') });
      return;
    }
    const token = /(?:^|;\s*)millrace=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    const signedIn = sessions.get(token);
    if (signedIn === undefined) return problem(response, 401, 'signed-out', 'Sign in first');
    if (route === 'GET commands' && parts[1] === 'live') return live(request, response, ['nothing']);
    if (route === 'GET alarms' && parts[1] === 'live') return alarms.live(request, response);
    const alarmed = alarms.answer(method, parts, body);
    if (alarmed !== undefined) return send(response, alarmed.status, alarmed.body);
    const commanded = commands.answer(method, parts, query);
    if (commanded !== undefined) return send(response, commanded.status, commanded.body);
    switch (route) {
      case 'GET session':
        return send(response, 200, session('admin', signedIn.mustChange));
      case 'DELETE session':
        sessions.delete(token);
        return send(response, 204);
      case 'POST session':
        signedIn.mustChange = false;
        return send(response, 204);
      case 'GET apps': {
        if (count === 0) return parts.length === 1 ? send(response, 200, []) : notFound(response);
        if (parts.length === 1) return send(response, 200, [devApp]);
        if (parts[1] !== devApp.id) return notFound(response);
        return send(
          response,
          200,
          parts[2] === 'rounds' ? devRounds : parts[2] === 'jobs' ? devJobs : devApp,
        );
      }
      case 'PUT apps':
      case 'POST apps':
      case 'DELETE apps':
        return send(response, 200, devApp);
      case 'GET settings':
        return send(response, 200, settings);
      case 'PUT settings':
        settings = { ...settings, ...(body as Partial<PlatformSettings>) };
        return send(response, 200, settings);
      case 'GET plant':
        return send(response, 200, { nodes: nodes(second) });
      case 'GET thing-states': {
        const place = query.get('place') ?? '';
        const text = (query.get('text') ?? '').toLowerCase();
        const under = [...plant.things.values()].filter(
          (thing) => within(thing, place) && thing.description.title.toLowerCase().includes(text),
        );
        const offset = Number(query.get('offset') ?? 0);
        return send(response, 200, {
          total: under.length,
          things: under
            .slice(offset, offset + Number(query.get('limit') ?? 1000))
            .map((thing) => stateOf(thing, second)),
        });
      }
      case 'GET counters':
        return send(response, 200, {
          total: countersOf(7),
          connections: Object.fromEntries(
            [...plant.connections.keys()].map((id, index) => [id, countersOf(index * 13)]),
          ),
        });
      case 'GET connections': {
        if (parts.length === 1) return send(response, 200, [...plant.connections.values()]);
        const one = plant.connections.get(parts[1]!);
        return one === undefined ? notFound(response) : send(response, 200, one);
      }
      case 'POST connections': {
        if (parts[2] === 'restart') return send(response, 200, plant.connections.get(parts[1]!));
        const input = body as { id?: string; protocol: string; title?: string; settings: object };
        const id = input.id ?? `${input.protocol}-${plant.connections.size + 1}`;
        const made = {
          id,
          protocol: input.protocol,
          title: input.title ?? id,
          enabled: true,
          startup: 'retry' as const,
          settings: input.settings as Record<string, unknown>,
          state: 'connected' as const,
          since: new Date().toISOString(),
          things: [],
          counters: {},
        };
        plant.connections.set(id, made as never);
        return send(response, 201, made);
      }
      case 'PUT connections': {
        const one = plant.connections.get(parts[1]!);
        if (one === undefined) return notFound(response);
        plant.connections.set(parts[1]!, { ...one, ...(body as object) });
        return send(response, 200, plant.connections.get(parts[1]!));
      }
      case 'DELETE connections':
        plant.connections.delete(parts[1]!);
        return send(response, 204);
      case 'GET protocols':
        return send(response, 200, protocols);
      case 'POST protocols':
        return parts[2] === 'test'
          ? send(response, 200, testReport(body as { settings: { host?: string } }))
          : send(response, 200, browse(body as { node?: string }));
      case 'GET quarantine': {
        const offset = Number(query.get('offset') ?? 0);
        const found = plant.quarantine.filter(
          (one) =>
            (query.get('thing') ?? one.thing) === one.thing &&
            (query.get('reason') ?? one.reason) === one.reason &&
            (query.get('connection') ?? one.connection) === one.connection,
        );
        return send(response, 200, {
          total: found.length,
          records: found.slice(offset, offset + Number(query.get('limit') ?? 100)),
        });
      }
      case 'DELETE quarantine':
        plant.quarantine.length = 0;
        return send(response, 204);
      case 'GET proposals':
        return send(response, 200, [...plant.proposals.values()]);
      case 'POST proposals': {
        const one = plant.proposals.get(parts[1]!);
        if (one === undefined) return notFound(response);
        plant.proposals.delete(one.id);
        add(one.description as ThingDescription);
        return send(response, 201, one.description);
      }
      case 'DELETE proposals':
        plant.proposals.delete(parts[1]!);
        return send(response, 204);
      case 'GET backups':
        return send(response, 200, backups);
      case 'POST backups': {
        await new Promise((done) => setTimeout(done, 800));
        const time = new Date().toISOString();
        const made = { name: `backup-${time.slice(0, 19).replaceAll(':', '')}`, time, bytes: 184_320_551 };
        backups.unshift(made);
        return send(response, 201, made);
      }
      case 'GET live':
        return live(request, response, query.getAll('thing'));
      case 'GET export':
        response.writeHead(200, {
          'content-type': 'text/csv',
          'content-disposition': 'attachment; filename="export.csv"',
        });
        response.end('thing,property,time,value,quality\r\n');
        return;
      case 'GET things':
      case 'POST things':
      case 'PUT things':
      case 'DELETE things':
        return thing(method, parts.slice(1), query, body, response, second);
      default:
        return notFound(response);
    }
  }

  async function thing(
    method: string,
    parts: string[],
    query: URLSearchParams,
    body: unknown,
    response: ServerResponse,
    second: number,
  ): Promise<void> {
    const [id, part, name, rest] = parts;
    if (id === undefined || id === '') {
      if (method === 'POST') {
        const description = body as ThingDescription;
        if (typeof description.title !== 'string') {
          return problem(
            response,
            400,
            'invalid-thing-description',
            'The Thing Description is not valid',
            '/title is needed',
          );
        }
        description.id ??= `urn:uuid:${crypto.randomUUID()}`;
        add(description);
        return send(response, 201, description);
      }
      const under = [...plant.things.values()].filter((one) => within(one, query.get('place') ?? ''));
      const offset = Number(query.get('offset') ?? 0);
      return send(
        response,
        200,
        under.slice(offset, offset + Number(query.get('limit') ?? 100)).map((one) => one.description),
      );
    }
    const one = plant.things.get(id);
    if (one === undefined) return notFound(response);
    const commanded = commands.ofThing(
      method,
      [part, name, rest].filter((one) => one !== undefined),
      body,
      one.description,
    );
    if (commanded !== undefined) return send(response, commanded.status, commanded.body);
    switch (`${method} ${part ?? ''}`) {
      case 'GET ':
        return send(response, 200, one.description);
      case 'PUT ':
        if (typeof (body as ThingDescription).title !== 'string') {
          return problem(
            response,
            400,
            'invalid-thing-description',
            'The Thing Description is not valid',
            '/title is needed',
          );
        }
        one.description = { ...(body as ThingDescription), id, modified: new Date().toISOString() };
        return send(response, 200, one.description);
      case 'DELETE ':
        plant.things.delete(id);
        return send(response, 204);
      case 'GET properties': {
        if (name === undefined) {
          return send(
            response,
            200,
            Object.fromEntries(
              Object.keys(one.description.properties ?? {}).map((property) => {
                const sample = latestOf(one, property, second);
                return [
                  property,
                  sample === undefined
                    ? { value: null }
                    : { ...sample, time: new Date(sample.time).toISOString() },
                ];
              }),
            ),
          );
        }
        const to = Date.parse(query.get('to') ?? '') || Date.now();
        const from = Date.parse(query.get('from') ?? '') || to - 3_600_000;
        const history = historyOf(one, name, from, to, Number(query.get('points') ?? 1000));
        return send(response, 200, {
          ...history,
          samples: history.samples.map((sample) => ({
            ...sample,
            time: new Date(sample.time).toISOString(),
          })),
        });
      }
      case 'GET events': {
        const to = Date.parse(query.get('to') ?? '') || Date.now();
        const from = Date.parse(query.get('from') ?? '') || to - 86_400_000;
        const events = [];
        if (one.kind === 'machine') {
          for (let at = Math.ceil(from / 600_000) * 600_000; at <= Math.min(to, Date.now()); at += 600_000) {
            const time = new Date(at).toISOString();
            events.push(
              (at / 600_000) % 3 === 0
                ? {
                    name: 'stopped',
                    time,
                    received: time,
                    data: { reason: 'door open', durationSeconds: 42 },
                  }
                : {
                    name: 'toolChanged',
                    time,
                    received: time,
                    data: { tool: `T${(at / 600_000) % 24}`, wear: 0.31 },
                  },
            );
          }
        }
        return send(response, 200, events.reverse().slice(0, Number(query.get('limit') ?? 100)));
      }
      case 'GET counters':
        return send(response, 200, countersOf(one.seed));
      case 'GET credentials':
        return send(response, 200, credentials.get(id) ?? []);
      case 'POST credentials': {
        const username = `${id.split(':').at(-1)}-${(credentials.get(id)?.length ?? 0) + 1}`;
        credentials.set(id, [
          ...(credentials.get(id) ?? []),
          { username, created: new Date().toISOString() },
        ]);
        return send(response, 201, { username, password: 'k7Qp-2mVx-9sLd-4tRz' });
      }
      case 'DELETE credentials':
        credentials.set(
          id,
          (credentials.get(id) ?? []).filter((credential) => credential.username !== name),
        );
        return send(response, 204);
      default:
        return notFound(response);
    }
  }

  function add(description: ThingDescription): void {
    plant.things.set(description.id, {
      description,
      kind: 'sensor',
      seed: plant.things.size * 7919,
      ailment: 'silent',
      connection: 'mqtt',
    });
  }

  function nodes(second: number): PlantNode[] {
    const levels = ['enterprise', 'site', 'area', 'line', 'cell', 'unit'];
    const by = new Map<string, PlantNode>();
    for (const one of plant.things.values()) {
      const state = stateOf(one, second);
      const shown = state.state === 'good' && state.abnormal.length > 0 ? 'outside' : state.state;
      const names = (one.description['millrace:place'] ?? '').split('/').filter((name) => name !== '');
      for (let depth = 1; depth <= names.length; depth++) {
        const path = names.slice(0, depth).join('/');
        const node = by.get(path) ?? {
          path,
          name: names[depth - 1]!,
          level: levels[depth - 1] ?? 'unit',
          things: 0,
          states: {},
        };
        node.things += 1;
        node.states[shown] = (node.states[shown] ?? 0) + 1;
        by.set(path, node);
      }
    }
    return [...by.values()].sort((a, b) => a.path.localeCompare(b.path, undefined, { numeric: true }));
  }

  function live(request: IncomingMessage, response: ServerResponse, only: string[]): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const chosen =
      only.length === 0 ? [...plant.things.values()] : only.flatMap((id) => plant.things.get(id) ?? []);
    const push = (every: boolean) => {
      const second = Math.floor(Date.now() / 1000);
      let samples = [];
      for (const one of chosen) {
        if (!every && second % everySeconds(one) !== 0) continue;
        for (const property of Object.keys(one.description.properties ?? {})) {
          const sample = latestOf(one, property, second);
          if (sample === undefined) continue;
          samples.push({
            thing: one.description.id,
            property,
            ...sample,
            time: new Date(sample.time).toISOString(),
          });
          if (samples.length === 500) {
            response.write(`data: ${JSON.stringify({ samples })}\n\n`);
            samples = [];
          }
        }
      }
      if (samples.length > 0) response.write(`data: ${JSON.stringify({ samples })}\n\n`);
    };
    push(true);
    const timer = setInterval(() => push(count > 1000), 1000);
    request.on('close', () => clearInterval(timer));
  }
}

function within(thing: SimulatedThing, place: string): boolean {
  const own = thing.description['millrace:place'] ?? '';
  return place === '' || own === place || own.startsWith(`${place}/`);
}

function session(user: string, mustChangePassword: boolean) {
  return {
    user,
    role: 'admin',
    grants: [{ role: 'admin', place: '' }],
    expires: new Date(Date.now() + 86_400_000).toISOString(),
    mustChangePassword,
  };
}

function testReport({ settings }: { settings: { host?: string } }) {
  const fails = settings.host === 'fail';
  const step = (en: string, zh: string, ok = true) => ({ title: { en, zh }, ok, milliseconds: 12 });
  return {
    ok: !fails,
    steps: [step('Find the address', '解析地址'), step('Connect', '建立连接', !fails)],
    ...(fails
      ? {
          problem: {
            kind: 'unavailable',
            code: 'connection-refused',
            what: { en: 'Nothing answers there.', zh: '该地址没有响应。' },
            remedy: { en: 'Check address and port.', zh: '请检查地址和端口。' },
          },
        }
      : {}),
  };
}

function browse({ node }: { node?: string }) {
  if (node === undefined) {
    return { nodes: [{ id: 'ns=1;s=Machine', name: 'Machine', kind: 'folder', hasChildren: true }] };
  }
  return {
    nodes: ['Speed', 'Load', 'Temperature'].map((name) => ({
      id: `ns=1;s=Machine.${name}`,
      name,
      kind: 'property',
      hasChildren: false,
      affordance: {
        type: 'number',
        title: name,
        readOnly: true,
        forms: [{ href: `/?id=ns=1;s=Machine.${name}` }],
      },
      value: 42.5,
    })),
  };
}

function notFound(response: ServerResponse): void {
  problem(response, 404, 'not-found', 'There is nothing of this name');
}

function problem(
  response: ServerResponse,
  status: number,
  type: string,
  title: string,
  detail?: string,
): void {
  const body: Problem = { type, title, status, ...(detail === undefined ? {} : { detail }) };
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify(body));
}

function send(response: ServerResponse, status: number, body?: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? undefined : JSON.parse(text);
}
