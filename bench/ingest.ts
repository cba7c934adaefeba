import type { Row } from './harness.ts';
import {
  type ClientLedger,
  Load,
  type LoadCredentials,
  type LoadOptions,
  measureLoad,
  startBroker,
} from './load/index.ts';
import { loadValue } from './load/mqtt-packets.ts';
import { ServerUnderTest } from './server-under-test.ts';

export const name = 'ingest';

const clients = 50;
const stepMicroseconds = 200;
const warmUpSeconds = 3;
const seconds = 8;
/** Messages of one client that one query asks back; `points` goes to 100,000. */
const messagesPerQuery = 50_000;

interface Shape {
  values: number;
  window: number;
}
const wide: Shape = { values: 20, window: 256 };
const narrow: Shape = { values: 1, window: 2048 };

/**
 * Samples acknowledged per second over MQTT with QoS 1, flat out, fifty clients on raw sockets; then every acknowledged message of
 * a property is asked back and compared. Beside it, in the same run and with the same packets: our broker with a store that
 * forgets, and the generator against a socket that says yes.
 */
export async function run(): Promise<Row[]> {
  const rows: Row[] = [];
  const server = await ServerUnderTest.start();
  try {
    const alone = await bare('null-broker', narrow);
    const aloneWide = await bare('null-broker', wide);
    const nothingWide = await bare('broker-storing-nothing', wide);
    const stored = await storing(server, 'wide', wide);
    rows.push({
      what: '20 values a message, QoS 1: samples acknowledged',
      reach: '≥ 100,000/s',
      measured: perSecond(stored.perSecond * wide.values),
      ceiling: `storing nothing ${perSecond(nothingWide * wide.values)}, generator alone ${perSecond(aloneWide * wide.values)}`,
      reached: stored.perSecond * wide.values >= 100_000,
    });
    // Before and after: what else the machine does falls on both.
    const before = await bare('broker-storing-nothing', narrow);
    const single = await storing(server, 'narrow', narrow);
    const after = await bare('broker-storing-nothing', narrow);
    const nothing = (before + after) / 2;
    rows.push(
      {
        what: '1 value a message, QoS 1: messages acknowledged',
        reach: '≥ 25,000/s',
        measured: perSecond(single.perSecond),
        ceiling: `storing nothing ${perSecond(nothing)}, generator alone ${perSecond(alone)}`,
        reached: single.perSecond >= 25_000,
      },
      {
        what: '1 value a message, of the same broker storing nothing',
        reach: '≥ 50 %',
        measured: `${((single.perSecond / nothing) * 100).toFixed(0)} %`,
        ceiling: '100 %',
        reached: single.perSecond / nothing >= 0.5,
      },
      {
        what: 'the generator alone, of that',
        reach: '≥ 2 ×',
        measured: `${(alone / single.perSecond).toFixed(1)} ×`,
        ceiling: perSecond(alone),
        reached: alone / single.perSecond >= 2,
      },
    );
    const missing = stored.missing + single.missing;
    rows.push({
      what: `${(stored.checked + single.checked).toLocaleString('en')} acknowledged samples asked back: missing, double or wrong`,
      reach: '0',
      measured: missing.toLocaleString('en'),
      ceiling: `${stored.outOfOrder + single.outOfOrder} acknowledged out of order`,
      reached: missing === 0 && stored.outOfOrder + single.outOfOrder === 0,
    });
    const lone = await loneSample(server);
    rows.push({
      what: 'a lone sample every 100 ms: published to acknowledged, median',
      reach: '≤ 10 ms',
      measured: `${lone.p50.toFixed(1)} ms (p95 ${lone.p95.toFixed(1)} ms)`,
      ceiling: '–',
      reached: lone.p50 <= 10,
    });
  } finally {
    await server.stop();
  }
  return rows;
}

function propertiesOf(shape: Shape): string[] {
  return Array.from({ length: shape.values }, (_, i) => `p${String(i).padStart(2, '0')}`);
}

function options(port: number, credentials: readonly LoadCredentials[], shape: Shape): LoadOptions {
  return {
    port,
    host: '127.0.0.1',
    clients,
    credentials,
    window: shape.window,
    qos: 1,
    properties: propertiesOf(shape),
    timed: true,
    firstTime: (Date.now() - 3_600_000) * 1000,
    stepMicroseconds,
    cleanSession: true,
  };
}

/** Messages per second against a broker that keeps nothing. */
async function bare(kind: 'null-broker' | 'broker-storing-nothing', shape: Shape): Promise<number> {
  const credentials = Array.from({ length: clients }, (_, i) => ({
    username: `client-${i}`,
    password: 'secret',
    thing: `urn:bench:${i}`,
    topicSegment: `urn:bench:${i}`,
  }));
  const broker = await startBroker(kind, { credentials, properties: propertiesOf(shape) });
  const load = new Load(options(broker.port, credentials, shape));
  try {
    return (await measureLoad(load, 1, 4)).perSecond;
  } finally {
    await load.stop();
    await broker.stop();
  }
}

async function storing(
  server: ServerUnderTest,
  label: string,
  shape: Shape,
): Promise<{ perSecond: number; outOfOrder: number; checked: number; missing: number }> {
  const properties = propertiesOf(shape);
  const credentials = await addThings(server, label, clients, properties);
  const load = new Load(options(server.mqttPort, credentials, shape));
  try {
    const { perSecond } = await measureLoad(load, warmUpSeconds, seconds);
    const end = await load.pause();
    let checked = 0;
    let missing = 0;
    for (const client of end.ledger) {
      checked += client.acknowledged;
      missing += await wrongSamples(server, client, properties.length - 1, properties.at(-1)!);
    }
    return { perSecond, outOfOrder: end.outOfOrder, checked, missing };
  } finally {
    await load.stop();
  }
}

async function addThings(
  server: ServerUnderTest,
  label: string,
  count: number,
  properties: readonly string[],
): Promise<LoadCredentials[]> {
  const made: LoadCredentials[] = [];
  for (let i = 0; i < count; i++) {
    const thing = `urn:bench:${label}:${i}`;
    const credentials = await server.addThing(
      thing,
      Object.fromEntries(properties.map((property) => [property, { type: 'number' }])),
    );
    made.push({ ...credentials, thing, topicSegment: thing });
  }
  return made;
}

/** Acknowledged messages of a client whose sample is not there, there twice, or not what was sent. */
async function wrongSamples(
  server: ServerUnderTest,
  ledger: ClientLedger,
  index: number,
  property: string,
): Promise<number> {
  let wrong = 0;
  for (let from = 0; from < ledger.acknowledged; from += messagesPerQuery) {
    const to = Math.min(from + messagesPerQuery, ledger.acknowledged);
    const query = new URLSearchParams({
      from: instant(ledger, from),
      to: instant(ledger, to),
      points: '100000',
    });
    const { status, body } = await server.request(
      'GET',
      `/api/things/${encodeURIComponent(ledger.thing)}/properties/${property}/samples?${query}`,
    );
    if (status !== 200) throw new Error(`samples of ${ledger.thing}: ${status} ${JSON.stringify(body)}`);
    const { samples } = body as { samples: { value: number }[] };
    wrong += Math.abs(samples.length - (to - from));
    for (let i = 0; i < Math.min(samples.length, to - from); i++) {
      if (samples[i]!.value !== loadValue(from + i, index)) wrong++;
    }
  }
  return wrong;
}

/** Time of a client's message as the API reads it. */
function instant(ledger: ClientLedger, message: number): string {
  const microseconds = ledger.firstTime! + message * ledger.stepMicroseconds;
  const milliseconds = Math.floor(microseconds / 1000);
  const rest = String(microseconds - milliseconds * 1000).padStart(3, '0');
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${rest}Z`;
}

async function loneSample(server: ServerUnderTest): Promise<{ p50: number; p95: number }> {
  const credentials = await addThings(server, 'lone', 1, ['p00']);
  const load = new Load({
    ...options(server.mqttPort, credentials, { values: 1, window: 16 }),
    clients: 1,
    messagesPerSecond: 10,
    latencyEvery: 1,
  });
  try {
    return (await measureLoad(load, 2, 8)).report.latencyMilliseconds;
  } finally {
    await load.stop();
  }
}

function perSecond(value: number): string {
  return `${Math.round(value).toLocaleString('en')}/s`;
}
