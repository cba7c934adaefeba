import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createServer2, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BindingRequest, type ProviderContext, silentLog, VirtualClock } from '@millrace/sdk';

export interface Heard {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: unknown;
}
export interface Told {
  status: number;
  headers?: Record<string, string>;
  /** Text is sent as it is. */
  body?: unknown;
  /** Says nothing, ever. */
  hang?: true;
}

export interface TestCore {
  url: string;
  heard: Heard[];
  answer: (heard: Heard) => Told;
  close(): Promise<void>;
}

const readBody = (text: string): unknown => {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** A network function that answers what a test says: over clear-text HTTP/2, or HTTP/1.1. */
export async function startCore(http2: boolean, answer: (heard: Heard) => Told): Promise<TestCore> {
  const heard: Heard[] = [];
  const core: TestCore = { url: '', heard, answer, close: async () => {} };
  const sockets = new Set<{ destroy(): void }>();
  const listener = (request: never, response: never): void => {
    const { method, url, headers } = request as {
      method: string;
      url: string;
      headers: Heard['headers'];
    };
    const parts: Buffer[] = [];
    const stream = request as unknown as NodeJS.ReadableStream;
    const out = response as unknown as {
      writeHead(status: number, headers: Record<string, string>): void;
      end(text?: string): void;
    };
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.on('end', () => {
      const text = Buffer.concat(parts).toString('utf8');
      const one: Heard = { method, path: url, headers, body: readBody(text) };
      heard.push(one);
      const told = core.answer(one);
      if (told.hang === true) return;
      out.writeHead(told.status, { 'content-type': 'application/json', ...told.headers });
      out.end(
        told.body === undefined
          ? undefined
          : typeof told.body === 'string'
            ? told.body
            : JSON.stringify(told.body),
      );
    });
  };
  const server: Server | Http2Server = http2
    ? createServer2(listener as never)
    : createServer(listener as never);
  server.on('connection', (socket: { destroy(): void; on(event: string, call: () => void): void }) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  core.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  core.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  return core;
}

export const start = 1_700_000_000_000_000;

/** A context with a folder of its own; `end` removes it. */
export function testContext(settings: Record<string, string | number | boolean>): {
  context: ProviderContext;
  changes: object[];
  end(): void;
} {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-core-'));
  const changes: object[] = [];
  const stopping = new AbortController();
  return {
    changes,
    context: {
      id: 'core',
      settings,
      clock: new VirtualClock(start),
      log: silentLog,
      signal: stopping.signal,
      folder,
      notificationUrl: 'http://127.0.0.1:9999/notif',
      changed: (what) => changes.push(what),
    },
    end: () => {
      stopping.abort();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const request = (over: Partial<BindingRequest> = {}): BindingRequest => ({
  key: 'video-1',
  terminal: {
    id: 'camera-1',
    address: '10.45.0.2',
    supi: 'imsi-999700000000001',
    gpsi: 'msisdn-491700000001',
    iccid: undefined,
  },
  platformAddress: '10.45.0.1',
  filters: [{ protocol: 'udp', remotePort: 5201 }],
  qos: {
    fiveQi: 2,
    arp: { priorityLevel: 5, mayPreempt: false, preemptable: true },
    gbrUplink: 10_000,
    gbrDownlink: 10_000,
    mbrUplink: 20_000,
    mbrDownlink: 20_000,
    dscp: 34,
  },
  slice: undefined,
  durationSeconds: undefined,
  ...over,
});
