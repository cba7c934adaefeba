import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseInstant } from '@millrace/contract';
import type { Row } from './harness.ts';
import { percentile } from './harness.ts';
import { Load, type LoadCredentials, type LoadReport } from './load/index.ts';
import { loadValue } from './load/mqtt-packets.ts';
import { ServerUnderTest } from './server-under-test.ts';

export const name = 'crash';

const rounds = 20;
const things = 8;
const upAgainSecondsMax = 5;
/** Under load for about this long before each kill; the exact moment comes from a seed. */
const loadMillisecondsMin = 800;
const loadMillisecondsMax = 3000;
const stepMicroseconds = 1000;

type Victim = 'the whole group' | 'the main process' | "the store's child";
const victims: readonly Victim[] = ['the whole group', 'the main process', "the store's child"];

/**
 * `kill -9` under load, twenty times, against a ledger kept outside: the generator's own count of what was acknowledged. Every acknowledged
 * sample must be there exactly once with its value, and nothing that was never sent.
 */
export async function run(): Promise<Row[]> {
  const data = mkdtempSync(join(tmpdir(), 'millrace-crash-'));
  const [http, mqtt] = await freePorts();
  let server = await ServerUnderTest.start({ data, http, mqtt });
  let load: Load | undefined;
  const upAgain: number[] = [];
  try {
    const credentials: LoadCredentials[] = [];
    for (let i = 0; i < things; i++) {
      const thing = `urn:bench:crash:${i}`;
      credentials.push({
        ...(await server.addThing(thing, { v0: { type: 'number' } })),
        thing,
        topicSegment: thing,
      });
    }
    const firstTime = (Date.now() - 30 * 86_400_000) * 1000;
    load = new Load({
      port: mqtt,
      host: '127.0.0.1',
      clients: things,
      credentials,
      window: 256,
      qos: 1,
      properties: ['v0'],
      timed: true,
      firstTime,
      stepMicroseconds,
      cleanSession: true,
    });
    await load.ready;
    let seed = 12_345;
    const chance = (): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return seed / 2 ** 32;
    };
    let before = 0;
    for (let round = 0; round < rounds; round++) {
      await sleep(loadMillisecondsMin + chance() * (loadMillisecondsMax - loadMillisecondsMin));
      const { acknowledged } = await load.report();
      if (acknowledged === before)
        throw new Error(
          `nothing was acknowledged in round ${round}: the load stands still\n${server.output}`,
        );
      before = acknowledged;
      const victim = victims[round % victims.length]!;
      const pids = server.pids();
      const killed = performance.now();
      if (victim === "the store's child") {
        const child = pids.find((pid) => commandOf(pid).includes('sample-store-child'));
        if (child === undefined) throw new Error('the store has no process');
        process.kill(child, 'SIGKILL');
        await until(
          async () =>
            (await server.request('GET', '/api/health').catch(() => ({ status: 0 }))).status === 200,
          30_000,
        );
      } else {
        for (const pid of victim === 'the whole group' ? pids : [server.child.pid!]) {
          try {
            process.kill(pid, 'SIGKILL');
          } catch {
            // It went with another.
          }
        }
        server = await ServerUnderTest.start({ data, http, mqtt });
      }
      upAgain.push((performance.now() - killed) / 1000);
    }
    await sleep(2000);
    const report = await load.pause();
    await sleep(500);
    const verdict = await compare(server, report);
    const slowest = Math.max(...upAgain);
    return [
      {
        what: `acknowledged samples present once with their value, of ${verdict.acknowledged.toLocaleString('en')}, after ${rounds} kills`,
        reach: 'all',
        measured: `${(verdict.acknowledged - verdict.missing).toLocaleString('en')}; ${verdict.wrong} wrong, ${verdict.twice} twice`,
        ceiling: 'the ledger',
        reached: verdict.missing === 0 && verdict.twice === 0 && verdict.wrong === 0,
      },
      {
        what: 'samples that were never sent',
        reach: '0',
        measured: `${verdict.invented}`,
        ceiling: '–',
        reached: verdict.invented === 0,
      },
      {
        what: 'up again after a kill: slowest (median)',
        reach: `≤ ${upAgainSecondsMax} s`,
        measured: `${slowest.toFixed(1)} s (${percentile(upAgain, 50).toFixed(1)} s)`,
        ceiling: '–',
        reached: slowest <= upAgainSecondsMax,
      },
    ];
  } finally {
    await load?.stop();
    await server.stop();
    rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

interface Verdict {
  acknowledged: number;
  missing: number;
  twice: number;
  wrong: number;
  invented: number;
}

async function compare(server: ServerUnderTest, report: LoadReport): Promise<Verdict> {
  const verdict: Verdict = { acknowledged: 0, missing: 0, twice: 0, wrong: 0, invented: 0 };
  for (const ledger of report.ledger) {
    const first = ledger.firstTime!;
    const seen = new Uint8Array(ledger.sent);
    const from = Math.floor(first / 1000) - 86_400_000;
    const url = `/api/export?thing=${encodeURIComponent(ledger.thing)}&from=${from}&to=${Date.now()}`;
    const response = await fetch(`${server.url}${url}`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    if (response.status !== 200)
      throw new Error(`export answered ${response.status}: ${await response.text()}`);
    const lines = (await response.text()).trim().split('\n').slice(1);
    for (const line of lines) {
      const columns = line.split(',').map((column) => column.replaceAll('"', ''));
      const time = parseInstant(columns[2])!;
      const index = (time - first) / ledger.stepMicroseconds;
      if (!Number.isInteger(index) || index < 0 || index >= ledger.sent) verdict.invented++;
      else if (seen[index]!++ > 0) verdict.twice++;
      else if (Number(columns[3]) !== loadValue(index, 0)) verdict.wrong++;
    }
    for (let index = 0; index < ledger.acknowledged; index++) if (seen[index] === 0) verdict.missing++;
    verdict.acknowledged += ledger.acknowledged;
  }
  return verdict;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve) => {
          server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as [number, number];
}

async function until(condition: () => Promise<boolean>, milliseconds: number): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('not up again in time');
    await sleep(20);
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
