import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlarmRuleInput, SampleColumns } from '@millrace/contract';
import { openRecordStore } from '@millrace/platform/data';
import { auditMigrations } from '@millrace/platform/enablement';
import { Iot, iotMigrations } from '@millrace/platform/iot';
import { type SampleStore, silentLog, systemClock } from '@millrace/sdk';
import { MemoryAudit } from '@millrace/sdk/testing';
import { percentile, progress, type Row } from './harness.ts';
import { Load, measureLoad } from './load/index.ts';
import { connectBytes } from './load/mqtt-packets.ts';
import { ServerUnderTest } from './server-under-test.ts';

export const name = 'alarms';

const things = 5_000;
const rules = 10_000;
const valuesPerThing = 20;
const loadClients = 50;
const probeSeconds = 20;
const probesPerSecond = 10;
const judgedSamples = 3_000_000;
/** Half of what `ingest` has to reach. */
const askedSamplesPerSecond = 50_000;

const thingId = (index: number): string => `urn:bench:alarm:${index}`;
const property = (index: number): string => `p${String(index).padStart(2, '0')}`;

/**
 * Ten thousand rules over five thousand things: how many samples a second one core judges, and how long it takes from publishing a value over MQTT to its alarm
 * on the live stream while the platform takes half of what it can.
 */
export async function run(): Promise<Row[]> {
  const judged = await judging();
  const live = await publishToStream();
  return [
    {
      what: `${rules.toLocaleString('en')} rules over ${things.toLocaleString('en')} things: samples judged on one core, each by two rules`,
      reach: '≥ 500,000/s',
      measured: `${Math.round(judged.perSecond).toLocaleString('en')}/s`,
      ceiling: `the same loop with no rule ${Math.round(judged.without).toLocaleString('en')}/s`,
      reached: judged.perSecond >= 500_000,
    },
    ...[live.asked, live.half].map((under, index) => ({
      what: `published → alarm on the live stream, p99 of ${under.count} at ${Math.round(under.load).toLocaleString('en')} samples/s (half of what ${index === 0 ? '`ingest` has to reach' : 'the platform takes'})`,
      reach: '≤ 50 ms',
      measured: `${under.p99.toFixed(1)} ms (median ${under.p50.toFixed(1)} ms, longest ${under.max.toFixed(1)} ms)`,
      ceiling: `without load ${live.quiet.toFixed(1)} ms`,
      reached: under.p99 <= 50,
    })),
    {
      what: 'alarms raised that never came on the stream, or came twice',
      reach: '0',
      measured: String(live.missing),
      ceiling: '–',
      reached: live.missing === 0,
    },
  ];
}

/** The rules, without the way of each through the API: the bench is about judging. */
async function fill(folder: string): Promise<void> {
  const records = await openRecordStore({
    folder,
    log: silentLog,
    migrations: [...iotMigrations, ...auditMigrations],
  });
  try {
    const properties = Object.fromEntries(
      Array.from({ length: valuesPerThing }, (_, index) => [property(index), { type: 'number' }]),
    );
    for (let from = 0; from < things; from += 500) {
      const list = Array.from({ length: Math.min(500, things - from) }, (_, offset) => ({
        '@context': 'https://www.w3.org/2022/wot/td/v1.1',
        id: thingId(from + offset),
        title: `Machine ${from + offset}`,
        security: 'nosec_sc',
        securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
        'millrace:place': `bench/site-${(from + offset) % 10}/area-${(from + offset) % 100}/line-${from + offset}`,
        properties,
      }));
      await records.transaction([
        {
          sql: `INSERT INTO things (id, description) SELECT d->>'id', d FROM jsonb_array_elements($1::jsonb) AS d`,
          parameters: [JSON.stringify(list)],
        },
        {
          sql: `INSERT INTO series (thing, property) SELECT d->>'id', p FROM jsonb_array_elements($1::jsonb) AS d, unnest($2::text[]) AS p`,
          parameters: [JSON.stringify(list), Object.keys(properties)],
        },
      ]);
    }
    const conditions = ['p00 > 1e9 && p01 < 1e9', 'average(p00, "1m") > 1e9'];
    for (let from = 0; from < rules; from += 1000) {
      const list = Array.from({ length: 1000 }, (_, offset) => {
        const index = from + offset;
        const input: AlarmRuleInput = {
          title: `Rule ${index}`,
          priority: 'medium',
          target: { kind: 'thing', thing: thingId(index % things) },
          // Half compare, half look back over a minute.
          condition: conditions[Math.floor(index / things) % conditions.length]!,
          deadband: 1,
          onDelaySeconds: 5,
        };
        return { id: `rule-${index}`, rule: input };
      });
      await records.query(
        `INSERT INTO alarm_rules (id, rule, modified, modified_by)
         SELECT id, rule, 0, 'bench' FROM jsonb_to_recordset($1::jsonb) AS x(id text, rule jsonb)`,
        [JSON.stringify(list)],
      );
    }
  } finally {
    await records.close();
  }
}

async function judging(): Promise<{ perSecond: number; without: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  progress('making five thousand things and ten thousand rules');
  await fill(join(folder, 'records'));
  const records = await openRecordStore({
    folder: join(folder, 'records'),
    log: silentLog,
    migrations: [...iotMigrations, ...auditMigrations],
  });
  const samples = {
    latest: () => Promise.resolve(new Map()),
    samples: () => Promise.resolve({ samples: [], reduced: false, spanMicroseconds: undefined }),
  } as unknown as SampleStore;
  try {
    const iot = await Iot.open({
      records,
      samples,
      audit: new MemoryAudit(),
      protocols: [],
      listeners: [],
      ownEndpoints: new Set(),
      workerEntry: '',
      folder,
      retentionMicroseconds: 0,
      clock: systemClock,
      log: silentLog,
      autoAcceptProposals: () => false,
    });
    await iot.restore();
    const read: number[] = [];
    const other: number[] = [];
    for (let index = 0; index < things; index++) {
      const { series } = iot.registry.get(thingId(index))!;
      read.push(series['p00']!);
      other.push(series['p10']!);
    }
    const perSecond = measureBus(iot, read);
    const without = measureBus(iot, other);
    await iot.stop();
    return { perSecond, without };
  } finally {
    await records.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Publishes batches of live samples to the bus, one of each thing a second, and measures until the last is judged. */
function measureBus(iot: Iot, series: readonly number[]): number {
  const count = series.length;
  const columns: SampleColumns = {
    count,
    series: Uint32Array.from(series),
    time: new Float64Array(count),
    received: new Float64Array(count),
    value: new Float64Array(count),
    status: new Uint32Array(count),
    text: undefined,
  };
  const begin = Date.now() * 1000;
  let second = 0;
  const publish = (samples: number): void => {
    for (let sent = 0; sent < samples; sent += count) {
      const time = begin + second++ * 1_000_000;
      columns.time.fill(time);
      columns.received.fill(time + 5_000);
      for (let row = 0; row < count; row++) columns.value[row] = 50 + ((row * 7 + second * 13) % 40);
      iot.bus.publish(columns);
    }
  };
  publish(judgedSamples / 5);
  // By processor time: what else the machine does takes nothing away from one core.
  const start = process.cpuUsage();
  publish(judgedSamples);
  const { user, system } = process.cpuUsage(start);
  return (judgedSamples * 1e6) / (user + system);
}

interface Latencies {
  p50: number;
  p99: number;
  max: number;
  load: number;
  count: number;
}

interface LiveResult {
  asked: Latencies;
  half: Latencies;
  quiet: number;
  missing: number;
}

async function publishToStream(): Promise<LiveResult> {
  const data = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  await fill(join(data, 'records'));
  progress('starting a platform with them');
  const server = await ServerUnderTest.start({ data });
  try {
    const credentials = [];
    for (let index = 0; index < loadClients; index++) {
      const thing = thingId(index);
      const made = await server.request('POST', `/api/things/${encodeURIComponent(thing)}/credentials`);
      credentials.push({
        ...(made.body as { username: string; password: string }),
        thing,
        topicSegment: thing,
      });
    }
    const probe = await Probe.open(server);
    try {
      const quiet = percentile(await probe.measure(5), 99);
      const options = {
        port: server.mqttPort,
        host: '127.0.0.1',
        clients: loadClients,
        credentials,
        window: 256,
        qos: 1 as const,
        properties: Array.from({ length: valuesPerThing }, (_, index) => property(index)),
        timed: true,
        cleanSession: true,
      };
      progress('what the platform takes flat out');
      const flatOut = new Load({ ...options, firstTime: Date.now() * 1000, stepMicroseconds: 200 });
      const { perSecond } = await measureLoad(flatOut, 2, 5);
      await flatOut.stop();
      const under = async (messagesPerSecond: number): Promise<Latencies> => {
        progress(`under ${Math.round(messagesPerSecond * valuesPerThing).toLocaleString('en')} samples/s`);
        const load = new Load({
          ...options,
          messagesPerSecond,
          firstTime: Date.now() * 1000,
          stepMicroseconds: Math.round((1e6 * loadClients) / messagesPerSecond),
        });
        try {
          await load.ready;
          await new Promise((resolve) => setTimeout(resolve, 3_000));
          const latencies = await probe.measure(probeSeconds);
          return {
            p50: percentile(latencies, 50),
            p99: percentile(latencies, 99),
            max: Math.max(...latencies),
            load: messagesPerSecond * valuesPerThing,
            count: latencies.length,
          };
        } finally {
          await load.stop();
        }
      };
      const asked = await under(askedSamplesPerSecond / valuesPerThing);
      const half = await under(perSecond / 2);
      return { asked, half, quiet, missing: probe.missing + probe.doubled };
    } finally {
      probe.close();
    }
  } finally {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

/** A thing of its own whose every other value is an alarm, and a reader of the live stream. */
class Probe {
  readonly #socket: Socket;
  readonly #stream: AbortController;
  /** Value → when it was written to the socket. */
  readonly #sent = new Map<number, number>();
  /** Value → the alarm it raised. */
  readonly #seen = new Map<number, string>();
  #latencies: number[] = [];
  #next = 1000;
  missing = 0;
  doubled = 0;

  private constructor(socket: Socket, stream: AbortController) {
    this.#socket = socket;
    this.#stream = stream;
  }

  static async open(server: ServerUnderTest): Promise<Probe> {
    const thing = 'urn:bench:probe';
    const { username, password } = await server.addThing(thing, { value: { type: 'number' } });
    const rule = await server.request('PUT', '/api/alarm-rules/probe', {
      title: 'probe',
      priority: 'urgent',
      target: { kind: 'thing', thing },
      condition: 'value >= 1000',
    });
    if (rule.status !== 201) throw new Error(`the probe's rule: ${rule.status} ${JSON.stringify(rule.body)}`);
    const socket = createConnection({ port: server.mqttPort, host: '127.0.0.1', noDelay: true });
    socket.write(connectBytes('probe', username, password));
    await new Promise((resolve) => socket.once('data', resolve));
    const stream = new AbortController();
    const probe = new Probe(socket, stream);
    const response = await fetch(`${server.url}/api/alarms/live?thing=${encodeURIComponent(thing)}`, {
      headers: { authorization: `Bearer ${server.token}` },
      signal: stream.signal,
    });
    void probe.#read(response.body!).catch(() => {});
    return probe;
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of body) {
      const now = performance.now();
      rest += decoder.decode(chunk, { stream: true });
      const messages = rest.split('\n\n');
      rest = messages.pop()!;
      for (const message of messages) {
        if (!message.startsWith('data: ')) continue;
        const update = JSON.parse(message.slice(6)) as {
          alarms?: { id: string; cause: { value: number }[] }[];
        };
        for (const alarm of update.alarms ?? []) {
          const value = alarm.cause[0]!.value;
          const sent = this.#sent.get(value);
          if (sent === undefined) continue;
          const before = this.#seen.get(value);
          if (before !== undefined) {
            // The same alarm again is news of it; another alarm for the same sample is one too many.
            if (before !== alarm.id) this.doubled++;
            continue;
          }
          this.#seen.set(value, alarm.id);
          this.#latencies.push(now - sent);
        }
      }
    }
  }

  /** Milliseconds from publishing to the stream, for so many seconds. */
  async measure(seconds: number): Promise<number[]> {
    this.#latencies = [];
    const first = this.#next;
    for (let probe = 0; probe < seconds * probesPerSecond; probe++) {
      this.#publish(1);
      await new Promise((resolve) => setTimeout(resolve, 500 / probesPerSecond));
      const value = this.#next++;
      this.#sent.set(value, performance.now());
      this.#publish(value);
      await new Promise((resolve) => setTimeout(resolve, 500 / probesPerSecond));
    }
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    for (let value = first; value < this.#next; value++) if (!this.#seen.has(value)) this.missing++;
    return this.#latencies;
  }

  /** PUBLISH of MQTT 3.1.1 with QoS 0: the way in is the same, and nobody waits for the store. */
  #publish(value: number): void {
    const topic = Buffer.from('things/urn:bench:probe/properties');
    const payload = Buffer.from(JSON.stringify({ value }));
    this.#socket.write(
      Buffer.concat([
        Buffer.from([0x30, 2 + topic.length + payload.length, topic.length >> 8, topic.length & 0xff]),
        topic,
        payload,
      ]),
    );
  }

  close(): void {
    this.#stream.abort();
    this.#socket.destroy();
  }
}
