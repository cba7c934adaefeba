import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { Aedes } from 'aedes';

/**
 * As much of the platform's HTTP API and broker as a plant needs, kept in memory: what it was sent can be looked at, and it can be
 * told to fail.
 */
export class FakePlatform {
  readonly things = new Map<string, Record<string, unknown>>();
  readonly connections = new Map<string, Record<string, unknown>>();
  readonly credentials = new Map<string, { username: string; password: string }>();
  readonly requests: string[] = [];
  /** What applications were given: "<app>/<path>" and the body; their jobs are done at once. */
  readonly appRequests: [string, unknown][] = [];
  readonly pushed = new Map<string, { time?: string; values: Record<string, unknown> }[]>();
  readonly messages: { topic: string; payload: Buffer; client: string | undefined }[] = [];
  /** Answers this for the next requests, as many as there are. */
  readonly failures: number[] = [];
  readonly token = 'token-of-a-test';
  broker!: Aedes;
  readonly #http = createHttpServer((request, response) => void this.#answer(request, response));
  readonly #tcp = createTcpServer((socket) => {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    this.broker.handle(socket);
  });
  readonly #sockets = new Set<Socket>();

  static async start(): Promise<FakePlatform> {
    const platform = new FakePlatform();
    platform.broker = await Aedes.createBroker();
    platform.broker.authenticate = (_client, username, password, done) => {
      const known = [...platform.credentials.values()].some(
        (each) => each.username === username && each.password === password?.toString(),
      );
      done(known ? null : Object.assign(new Error('denied'), { returnCode: 5 as const }), known);
    };
    platform.broker.on('publish', (packet, client) => {
      if (packet.topic.startsWith('$SYS')) return;
      platform.messages.push({
        topic: packet.topic,
        payload: Buffer.from(packet.payload),
        client: client?.id,
      });
    });
    platform.#http.listen(0, '127.0.0.1');
    platform.#tcp.listen(0, '127.0.0.1');
    await Promise.all([once(platform.#http, 'listening'), once(platform.#tcp, 'listening')]);
    return platform;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  get mqttPort(): number {
    return (this.#tcp.address() as AddressInfo).port;
  }

  get mqttUrl(): string {
    return `mqtt://127.0.0.1:${this.mqttPort}`;
  }

  publish(topic: string, payload: string | Buffer): void {
    this.broker.publish(
      { cmd: 'publish', topic, payload: Buffer.from(payload), qos: 1, retain: false, dup: false },
      () => {},
    );
  }

  /** Waits for a message that fits; rejects with `what` after `milliseconds`. */
  async message(
    fits: (message: { topic: string; payload: Buffer }) => boolean,
    what: string,
    from = 0,
    milliseconds = 60_000,
  ): Promise<{ topic: string; payload: Buffer; client: string | undefined }> {
    const end = Date.now() + milliseconds;
    for (;;) {
      const found = this.messages.slice(from).find(fits);
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error(`waited ${milliseconds} ms in vain for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    this.#http.close();
    this.#http.closeAllConnections();
    for (const socket of this.#sockets) socket.destroy();
    this.#tcp.close();
    await new Promise<void>((resolve) => this.broker.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = chunks.length === 0 ? undefined : (JSON.parse(Buffer.concat(chunks).toString()) as unknown);
    const { pathname } = new URL(request.url!, 'http://x');
    this.requests.push(`${request.method} ${pathname}`);
    const failure = this.failures.shift();
    const [status, answer] =
      failure !== undefined
        ? [failure, { title: 'failed on purpose', status: failure }]
        : request.headers.authorization !== `Bearer ${this.token}`
          ? [401, { title: 'who are you?', status: 401 }]
          : this.#route(request.method!, pathname, body);
    response.writeHead(status, {
      'content-type': status < 400 ? 'application/json' : 'application/problem+json',
    });
    response.end(JSON.stringify(answer));
  }

  #route(method: string, path: string, body: unknown): [number, unknown] {
    const [, , collection, encoded, member] = path.split('/');
    const id = encoded === undefined ? '' : decodeURIComponent(encoded);
    if (collection === 'things' && encoded === undefined) return [200, [...this.things.values()]];
    if (collection === 'things' && member === undefined && method === 'PUT') {
      const status = this.things.has(id) ? 200 : 201;
      this.things.set(id, body as Record<string, unknown>);
      return [status, body];
    }
    if (collection === 'things' && member === 'properties' && method === 'POST') {
      const records = body as { values: Record<string, unknown> }[];
      this.pushed.set(id, [...(this.pushed.get(id) ?? []), ...records]);
      return [200, { stored: records.reduce((sum, record) => sum + Object.keys(record.values).length, 0) }];
    }
    if (collection === 'things' && member === 'credentials') {
      if (!this.things.has(id)) return [404, { title: 'no such thing', status: 404 }];
      if (method === 'GET') {
        const own = this.credentials.get(id);
        return [200, own === undefined ? [] : [{ username: own.username }]];
      }
      const made = { username: id, password: `secret-${this.requests.length}` };
      this.credentials.set(id, made);
      return [201, made];
    }
    if (collection === 'apps') {
      if (method === 'GET') return [200, { id: 'job', state: 'done' }];
      this.appRequests.push([path.slice('/api/apps/'.length), body]);
      return method === 'POST' ? [202, { id: 'job', state: 'running' }] : [200, body];
    }
    if (collection === 'connections') {
      if (method === 'GET') {
        const known = this.connections.get(id);
        return known === undefined ? [404, { title: 'no such connection', status: 404 }] : [200, known];
      }
      const connection = body as Record<string, unknown>;
      this.connections.set((connection['id'] as string | undefined) ?? id, connection);
      return [method === 'POST' ? 201 : 200, connection];
    }
    return [404, { title: 'no such route', status: 404 }];
  }
}
