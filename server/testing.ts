import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const startScript = fileURLToPath(new URL('./cli.js', import.meta.url));
const startMillisecondsMax = 180_000;
const stopMillisecondsMax = 30_000;
const outputCharactersMax = 200_000;

export interface ServerUnderTestOptions {
  /** Kept after the stop if given; else a temporary folder that goes with it. */
  data?: string;
  plant?: boolean;
  arguments?: readonly string[];
  environment?: Record<string, string>;
  /** Ports; 0 (the default) takes free ones. */
  http?: number;
  mqtt?: number;
}

/** A whole platform in processes of its own, as `npm start` runs it: for tests and benches. */
export class ServerUnderTest {
  readonly child: ChildProcess;
  readonly data: string;
  readonly password: string;
  url = '';
  mqttPort = 0;
  token = '';
  output = '';
  readonly #temporary: boolean;

  private constructor(child: ChildProcess, data: string, temporary: boolean, password: string) {
    this.child = child;
    this.data = data;
    this.#temporary = temporary;
    this.password = password;
  }

  /** Starts it and signs in. Rejects with what it said if it does not come up. */
  static async start(options: ServerUnderTestOptions = {}): Promise<ServerUnderTest> {
    const data = options.data ?? mkdtempSync(join(tmpdir(), 'millrace-server-'));
    const password = 'a password for tests only';
    const child = spawn(
      process.execPath,
      [
        startScript,
        ...(options.plant === true ? [] : ['--no-plant']),
        ...[
          '--data',
          data,
          '--http',
          String(options.http ?? 0),
          '--mqtt',
          String(options.mqtt ?? 0),
          '--mqtts',
          '0',
          '--stamp',
          '0',
        ],
        ...(options.arguments ?? []),
      ],
      {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        env: {
          ...process.env,
          MILLRACE_ADMIN_PASSWORD: password,
          npm_lifecycle_event: undefined,
          ...options.environment,
        },
      },
    );
    const server = new ServerUnderTest(child, data, options.data === undefined, password);
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.on('data', (chunk: Buffer) => {
        server.output = (server.output + chunk.toString()).slice(-outputCharactersMax);
      });
    }
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        reject(
          new Error(`the platform did not start within ${startMillisecondsMax / 1000} s:\n${server.output}`),
        );
      }, startMillisecondsMax);
      child.once('exit', (code, signal) => {
        clearTimeout(timer);
        reject(new Error(`the platform ended with ${signal ?? code} while starting:\n${server.output}`));
      });
      child.once('message', (message: { url: string; mqttPort: number }) => {
        clearTimeout(timer);
        server.url = message.url;
        server.mqttPort = message.mqttPort;
        child.removeAllListeners('exit');
        resolve();
      });
    });
    const answer = await server.request('POST', '/api/session', { user: 'admin', password });
    server.token = (answer.body as { token: string }).token;
    return server;
  }

  /** One call of the API with the token. Bodies are JSON unless they are text. */
  async request(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: unknown; headers: Headers }> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    let parsed: unknown = text;
    if (/json/.test(response.headers.get('content-type') ?? '')) parsed = JSON.parse(text);
    return { status: response.status, body: parsed, headers: response.headers };
  }

  /** Registers a thing with number properties and returns credentials for it. */
  async addThing(
    id: string,
    properties: Record<string, unknown>,
  ): Promise<{ username: string; password: string }> {
    const made = await this.request('PUT', `/api/things/${encodeURIComponent(id)}`, {
      id,
      title: id,
      properties,
    });
    if (made.status >= 300) throw new Error(`PUT ${id}: ${made.status} ${JSON.stringify(made.body)}`);
    const credentials = await this.request('POST', `/api/things/${encodeURIComponent(id)}/credentials`);
    return credentials.body as { username: string; password: string };
  }

  /** Process ids of the platform and everything below it. */
  pids(): number[] {
    return descendants(this.child.pid!);
  }

  async stop(): Promise<number | null> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) {
      const left = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), stopMillisecondsMax);
      await left;
      clearTimeout(kill);
    }
    this.removeData();
    return child.exitCode;
  }

  removeData(): void {
    if (this.#temporary) rmSync(this.data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** A process and all below it, from /proc. */
export function descendants(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It ended while we looked.
    }
  }
  const found: number[] = [];
  const walk = (process: number): void => {
    found.push(process);
    for (const child of children.get(process) ?? []) walk(child);
  };
  walk(root);
  return found;
}

/** Seconds of processor time a process has used (user and system), 0 if it is gone. */
export function processorSeconds(process: number): number {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'utf8');
    const parts = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(parts[11]) + Number(parts[12])) / 100;
  } catch {
    return 0;
  }
}

/** Resident bytes of a process, pages shared with others counted in part (Pss), 0 if it is gone. */
export function residentBytes(process: number): number {
  try {
    const rollup = readFileSync(`/proc/${process}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Resident bytes of a process as the system lists them (shared pages counted whole), 0 if it is gone. */
export function residentSetBytes(process: number): number {
  try {
    const status = readFileSync(`/proc/${process}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
