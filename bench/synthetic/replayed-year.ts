import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectBytes } from '../load/mqtt-packets.ts';
import { ServerUnderTest } from '../server-under-test.ts';

const thing = 'urn:bench:steel-plant';
const quarterMilliseconds = 900_000;
const windowMessages = 256;
const jobMillisecondsMax = 180_000;

/**
 * A year of quarter-hours as a meter would have counted them, sent over MQTT (QoS 1, each acknowledged after its commit) to a whole platform,
 * read back by the application from the platform's store, and asked for over its API. Gives what came out, and how long it took.
 */
export async function replayYear(
  series: Float64Array,
): Promise<{ series: Float64Array; publishSeconds: number; readSeconds: number }> {
  const data = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  const server = await ServerUnderTest.start({ data });
  try {
    const made = await server.request('PUT', `/api/things/${encodeURIComponent(thing)}`, {
      id: thing,
      '@type': ['PowerMeter'],
      title: 'Steel plant',
      properties: { activeEnergy: { type: 'number', unit: 'kWh' } },
    });
    if (made.status >= 300) throw new Error(`the meter: ${made.status} ${JSON.stringify(made.body)}`);
    const { username, password } = (
      await server.request('POST', `/api/things/${encodeURIComponent(thing)}/credentials`)
    ).body as { username: string; password: string };
    // The year begins on a Monday, as the plant's did, and is over by now.
    const days = series.length / 96;
    const week = 7 * 86_400_000;
    const monday = Date.UTC(2018, 0, 1);
    const start = monday + Math.floor((Date.now() - days * 86_400_000 - monday) / week) * week;
    const began = performance.now();
    await publish(server.mqttPort, username, password, series, start);
    const published = performance.now();
    const job = await server.request('POST', '/api/apps/energy-management/jobs', {
      job: 'backfill',
      input: { days: Math.ceil((Date.now() - start) / 86_400_000) + 1 },
    });
    const { id } = job.body as { id: string };
    for (;;) {
      const { state, error } = (await server.request('GET', `/api/apps/energy-management/jobs/${id}`))
        .body as { state: string; error?: string };
      if (state === 'done') break;
      if (state !== 'running') throw new Error(`reading back: ${state} ${error ?? ''}`);
      if (performance.now() - published > jobMillisecondsMax) throw new Error('reading back takes too long');
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    const read = performance.now();
    const answer = await server.request(
      'GET',
      `/api/apps/energy-management/consumption?by=quarter&from=${start}&to=${start + days * 86_400_000}`,
    );
    const { periods } = answer.body as { periods: { amount: number | null }[] };
    if (periods.length !== series.length)
      throw new Error(`${periods.length} quarter-hours came back of ${series.length}`);
    return {
      series: Float64Array.from(periods, ({ amount }) => amount ?? Number.NaN),
      publishSeconds: (published - began) / 1000,
      readSeconds: (read - published) / 1000,
    };
  } finally {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

/** Sends the counter's reading at every quarter-hour's end, at most a window of them not yet acknowledged. */
function publish(
  port: number,
  username: string,
  password: string,
  series: Float64Array,
  start: number,
): Promise<void> {
  const topic = Buffer.from(`things/${thing}/properties`);
  const total = series.length + 1;
  const sums = new Float64Array(total);
  for (let index = 0; index < series.length; index++) sums[index + 1] = sums[index]! + series[index]!;
  const packet = (index: number): Buffer => {
    const payload = Buffer.from(
      JSON.stringify({
        time: start + index * quarterMilliseconds,
        values: { activeEnergy: Number((1_000_000 + sums[index]!).toFixed(2)) },
      }),
    );
    const length = 2 + topic.length + 2 + payload.length;
    const header = [0x32];
    for (let rest = length; ; ) {
      const byte = rest & 0x7f;
      rest >>>= 7;
      header.push(rest > 0 ? byte | 0x80 : byte);
      if (rest === 0) break;
    }
    const id = (index % 65_535) + 1;
    return Buffer.concat([
      Buffer.from(header),
      Buffer.from([topic.length >> 8, topic.length & 0xff]),
      topic,
      Buffer.from([id >> 8, id & 0xff]),
      payload,
    ]);
  };
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1', noDelay: true });
    let connected = false;
    let sent = 0;
    let acknowledged = 0;
    let rest = Buffer.alloc(0);
    const fill = (): void => {
      const pieces: Buffer[] = [];
      while (sent < total && sent - acknowledged < windowMessages) pieces.push(packet(sent++));
      if (pieces.length > 0) socket.write(Buffer.concat(pieces));
    };
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4) {
        if (!connected) {
          if (rest[3] !== 0) return void socket.destroy(new Error(`the broker refuses with ${rest[3]}`));
          connected = true;
        } else if (rest[0] === 0x40) acknowledged++;
        rest = rest.subarray(2 + rest[1]!);
      }
      if (acknowledged === total) {
        socket.end();
        resolve();
      } else fill();
    });
    socket.on('error', reject);
    socket.write(connectBytes('steel-plant', username, password));
  });
}
