import { median, type Row } from './harness.ts';
import { Load, type LoadCredentials, measureLoad } from './load/index.ts';
import { residentSetBytes, ServerUnderTest } from './server-under-test.ts';

export const name = 'overload';

const overloadSeconds = 300;
const clients = 50;
const properties = Array.from({ length: 20 }, (_, i) => `v${i}`);
const residentBytesMax = 2.5e9;
/** The store still merges and sums up what came in; after this long that must not be felt any more. */
const recoverySecondsMax = 60;
const recoverySecondsLooked = 300;

/**
 * Ten times the load for five minutes: fifty clients keep as many messages in flight as the protocol lets them, and as many again write QoS 0 as fast as
 * their sockets take it. Memory must stay bounded, what is not taken must be counted, and speed must be back afterwards.
 */
export async function run(): Promise<Row[]> {
  const server = await ServerUnderTest.start();
  const loads: Load[] = [];
  try {
    const credentials: LoadCredentials[] = [];
    for (let i = 0; i < clients; i++) {
      const thing = `urn:bench:overload:${i}`;
      const own = await server.addThing(
        thing,
        Object.fromEntries(properties.map((property) => [property, { type: 'number' }])),
      );
      credentials.push({ ...own, thing, topicSegment: thing });
    }
    const load = (window: number, qos: 0 | 1, offsetDays: number, wanted: number): Load => {
      const made = new Load({
        port: server.mqttPort,
        host: '127.0.0.1',
        clients: wanted,
        credentials,
        window,
        qos,
        properties,
        timed: true,
        firstTime: (Date.now() - offsetDays * 86_400_000) * 1000,
        stepMicroseconds: 1000,
        cleanSession: true,
      });
      loads.push(made);
      return made;
    };
    const speed = async (offsetDays: number): Promise<number> => {
      const usual = load(64, 1, offsetDays, 10);
      const { perSecond } = await measureLoad(usual, 3, 8);
      await usual.stop();
      return perSecond * properties.length;
    };
    const before = await speed(100);
    const flood = [load(4096, 1, 80, clients), load(4096, 0, 60, clients)];
    await Promise.all(flood.map((one) => one.ready));
    const resident: number[] = [];
    const answers: number[] = [];
    const end = Date.now() + overloadSeconds * 1000;
    while (Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 2000));
      resident.push(server.pids().reduce((sum, pid) => sum + residentSetBytes(pid), 0));
      const asked = performance.now();
      await server.request('GET', '/api/health');
      answers.push(performance.now() - asked);
    }
    await Promise.all(flood.map((one) => one.stop()));
    await settled(server);
    const { total } = (await server.request('GET', '/api/counters')).body as {
      total: Record<string, number>;
    };
    const ended = performance.now();
    const speeds: number[] = [];
    let recovered: number | undefined;
    while (recovered === undefined && performance.now() - ended < recoverySecondsLooked * 1000) {
      const began = (performance.now() - ended) / 1000;
      speeds.push(await speed(40 - speeds.length / 2));
      if (speeds.at(-1)! >= before * 0.9) recovered = began;
    }
    const balance =
      total['received']! - total['stored']! - total['rejected']! - total['dropped']! - total['inFlight']!;
    const highest = Math.max(...resident);
    const half = Math.floor(resident.length / 2);
    return [
      {
        what: `all processes resident, highest in ${overloadSeconds / 60} minutes of overload`,
        reach: `bounded: ≤ ${(residentBytesMax / 1e9).toFixed(1)} GB`,
        measured: `${(highest / 1e9).toFixed(2)} GB (medians of both halves ${(median(resident.slice(0, half)) / 1e9).toFixed(2)}, ${(median(resident.slice(half)) / 1e9).toFixed(2)})`,
        ceiling: '24 GiB',
        reached: highest <= residentBytesMax,
      },
      {
        what: 'refusals counted: received − stored − rejected − dropped − in flight',
        reach: '0',
        measured: `${balance} (stored ${total['stored']!.toLocaleString('en')}, dropped ${total['dropped']!.toLocaleString('en')})`,
        ceiling: '–',
        reached: balance === 0,
      },
      {
        what: 'the API answers meanwhile, median',
        reach: '≤ 1 s',
        measured: `${median(answers).toFixed(0)} ms`,
        ceiling: '–',
        reached: median(answers) <= 1000,
      },
      {
        what: 'back at nine tenths of the speed before',
        reach: `≤ ${recoverySecondsMax} s after its end`,
        measured: `${recovered === undefined ? `not within ${recoverySecondsLooked} s` : `after ${recovered.toFixed(0)} s`} (${speeds.map((one) => `${((one / before) * 100).toFixed(0)} %`).join(', ')})`,
        ceiling: `${Math.round(before).toLocaleString('en')} samples/s before`,
        reached: recovered !== undefined && recovered <= recoverySecondsMax,
      },
    ];
  } finally {
    for (const load of loads) await load.stop();
    await server.stop();
  }
}

async function settled(server: ServerUnderTest): Promise<void> {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    const { total } = (await server.request('GET', '/api/counters')).body as {
      total: Record<string, number>;
    };
    if (total['inFlight'] === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}
