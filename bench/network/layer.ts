import type { NetworkTerminalInput } from '@millrace/contract';
import { judgementOfBlocks } from '@millrace/network';
import { Inventory, type Measuring } from '@millrace/network/inventory';
import { type FlowEvidence, fate, type NetworkPlatform, silentLog, VirtualClock } from '@millrace/sdk';
import { figure, type Row } from '../harness.ts';
import { seeded } from './chance.ts';

const terminals = 2_000;
const flows = 3;
const warmSeconds = 130;
const measuredSeconds = 120;

/** What it costs to judge every flow at every terminal each 10 s, with one probe a second: processor time against the plant's own time. */
export async function run(): Promise<Row[]> {
  const clock = new VirtualClock(1_700_000_040_000_000);
  const chance = seeded(7);
  let written = 0;
  const kept = Array.from({ length: terminals }, (_, n) => ({
    id: `t${n}`,
    terminal: {
      title: `T${n}`,
      kind: 'nr',
      things: [],
      address: `10.0.${n >> 8}.${n & 255}`,
    } satisfies NetworkTerminalInput,
  }));
  const platform: NetworkPlatform = {
    clock,
    log: silentLog,
    records: {
      query: <T>(sql: string) => Promise.resolve((sql.includes('FROM network_terminals') ? kept : []) as T[]),
      transaction: (statements) => {
        for (const { parameters = [] } of statements)
          for (const one of parameters) if (typeof one === 'string') written += one.length;
        return Promise.resolve([]);
      },
      backup: () => Promise.resolve(),
      health: () => Promise.resolve(),
      close: () => Promise.resolve(),
    },
    audit: { record: () => Promise.resolve(1) },
    folder: '',
    seal: { seal: (text) => text, open: (text) => text },
    plant: () => ({ timeZone: 'UTC', name: '' }),
    things: {
      all: () => [],
      get: () => undefined,
      ofType: () => [],
      placeOf: () => '',
      onChange: () => () => {},
      put: (description) => Promise.resolve({ id: description.id, description, series: {} }),
      remove: () => Promise.resolve(true),
    },
    values: {
      latest: () => undefined,
      subscribe: () => () => {},
      seriesOf: () => undefined,
      ownerOf: () => undefined,
      publish: () => Promise.resolve(),
    },
    history: {
      samples: () => Promise.resolve({ samples: [], reduced: false, spanMicroseconds: undefined }),
      spans: () => Promise.reject(new Error('not here')),
    },
    peers: () => [],
    applications: () => [
      {
        id: 'bench',
        title: { en: 'Bench', zh: '测试' },
        enabled: true,
        things: [],
        needs: Array.from({ length: flows }, (_, n) => ({
          id: `flow-${n}`,
          title: { en: `Flow ${n}`, zh: `业务流 ${n}` },
          priority: n + 1,
          things: [],
          whenLost: { en: '', zh: '' },
          level: {
            trafficClass: 'periodic-deterministic' as const,
            transferIntervalMs: 1000,
            latency: { path: 'round-trip' as const, within: [{ share: 0.99, ms: 20 + 20 * n }] },
            lossRatioMax: 0.01,
            availabilityMin: 0.999,
            survivalTimeMs: 2000,
          },
        })),
      },
    ],
    ensureAlarmRule: () => Promise.resolve(),
    notificationBase: undefined,
  };
  const measuring: Measuring = {
    setSessions: () => {},
    decidedUntil: () => undefined,
    window: (terminal, from, to) => [probes(terminal, from, to, chance)],
    status: () => {
      throw new Error('not asked for here');
    },
    stop: () => Promise.resolve(),
  };
  const inventory = await Inventory.open({
    platform,
    judgement: judgementOfBlocks,
    measuring: () => measuring,
  });
  // Every terminal is every flow's: the plant's own flows name them.
  for (const flow of [...inventory.flows.all()])
    for (let from = 0; from < terminals; from += 1000)
      await inventory.flows.put(from === 0 ? flow.id : `${flow.id}-${from}`, {
        ...flow.input,
        terminals: kept.slice(from, from + 1000).map(({ id }) => id),
      });
  await inventory.start();
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await pass(warmSeconds);
  const judgedBefore = inventory.judging.judged;
  written = 0;
  const cpu = process.cpuUsage();
  let slowest = 0;
  for (let second = 0; second < measuredSeconds; second++) {
    const began = process.cpuUsage();
    await pass(1);
    const spent = process.cpuUsage(began);
    slowest = Math.max(slowest, (spent.user + spent.system) / 1000);
  }
  const { user, system } = process.cpuUsage(cpu);
  const judged = inventory.judging.judged - judgedBefore;
  const share = (user + system) / 1e6 / measuredSeconds;
  const pairs = inventory.judging.all().length;
  await inventory.stop();
  const row = (what: string, measured: string, reach = '', reached = true): Row => ({
    what,
    reach,
    measured,
    ceiling: '',
    reached,
  });
  return [
    row(
      `layer: ${pairs} levels (2,000 terminals × ${flows}) judged each 10 s, 1 probe/s a terminal`,
      figure(share, 'cores'),
      '≤ 0.3 cores',
      share <= 0.3 && judged >= (pairs * measuredSeconds) / 11,
    ),
    row('layer: one judgement', figure((user + system) / judged, 'µs')),
    row('layer: worst second, processor time', figure(slowest, 'ms')),
    row('layer: handed to the record store', figure(written / 1e6 / (measuredSeconds / 60), 'MB/min')),
  ];
}

function probes(
  terminal: string,
  from: number,
  to: number,
  chance: ReturnType<typeof seeded>,
): FlowEvidence['probes'][number] {
  const count = Math.max(0, Math.floor(to / 1e6) - Math.floor(from / 1e6));
  const column = (fill: (row: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, row) => fill(row));
  const lost = Uint8Array.from({ length: count }, () => (chance.next() < 0.001 ? fate.lost : fate.arrived));
  return {
    session: {
      terminal,
      method: 'stamp',
      dscp: 0,
      intervalMs: 1000,
      timeoutMs: 2000,
      octets: 44,
      noise: [{ share: 0.99, microseconds: 200 }],
      clockErrorMicroseconds: undefined,
    },
    columns: {
      count,
      sent: column((row) => (Math.floor(from / 1e6) + 1 + row) * 1e6),
      roundTrip: column((row) =>
        lost[row] === fate.lost ? Number.NaN : 12_000 + 3_000 * Math.abs(chance.normal()),
      ),
      uplink: column(() => Number.NaN),
      downlink: column(() => Number.NaN),
      fate: lost,
      lateness: column(() => 50),
    },
  };
}
