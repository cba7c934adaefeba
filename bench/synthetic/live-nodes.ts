import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Load, type LoadCredentials } from '../load/index.ts';
import { ServerUnderTest } from '../server-under-test.ts';

const areas = 20;
const settleMilliseconds = 15_000;

interface LiveValue {
  time: string;
}

/**
 * So many meters at places of their own, each sending its power once a second; the application gives five indicators for every node of the
 * plant each second. Looks at all of them once, after a while, and tells how old each was when it was asked for.
 */
export async function liveNodes(meters: number): Promise<{ indicators: number; agesMilliseconds: number[] }> {
  const data = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const server = await ServerUnderTest.start({ data });
  let load: Load | undefined;
  try {
    const credentials: LoadCredentials[] = [];
    for (let index = 0; index < meters; index++) {
      const thing = `urn:bench:meter:${index}`;
      const made = await server.request('PUT', `/api/things/${encodeURIComponent(thing)}`, {
        id: thing,
        '@type': ['PowerMeter'],
        title: `Meter ${index}`,
        'millrace:place': `Works/Area ${index % areas}/Cell ${index}`,
        properties: { activePower: { type: 'number', unit: 'W' } },
      });
      if (made.status >= 300) throw new Error(`a meter: ${made.status} ${JSON.stringify(made.body)}`);
      const given = await server.request('POST', `/api/things/${encodeURIComponent(thing)}/credentials`);
      credentials.push({
        ...(given.body as { username: string; password: string }),
        thing,
        topicSegment: thing,
      });
    }
    load = new Load({
      port: server.mqttPort,
      host: '127.0.0.1',
      clients: meters,
      credentials,
      window: 16,
      qos: 1,
      properties: ['activePower'],
      timed: false,
      cleanSession: true,
      messagesPerSecond: meters,
      firstTime: 0,
      stepMicroseconds: 0,
    });
    await load.ready;
    await new Promise((resolve) => setTimeout(resolve, settleMilliseconds));
    const things = (await server.request('GET', '/api/things?limit=10000')).body as
      | { id: string }[]
      | { things: { id: string }[] };
    const nodes = (Array.isArray(things) ? things : things.things)
      .map((one) => one.id)
      .filter((id) => id.startsWith('urn:millrace:app:energy-management:node:'));
    const agesMilliseconds: number[] = [];
    for (const id of nodes) {
      const values = (await server.request('GET', `/api/things/${encodeURIComponent(id)}/properties`))
        .body as Record<string, LiveValue>;
      const now = Date.now();
      for (const value of Object.values(values)) agesMilliseconds.push(now - Date.parse(value.time));
    }
    return { indicators: agesMilliseconds.length, agesMilliseconds };
  } finally {
    await load?.stop();
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  }
}
