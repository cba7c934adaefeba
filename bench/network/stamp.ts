import { Measuring, type MeasuringOptions, privateSources } from '@millrace/network/measurement';
import { fate, silentLog, systemClock } from '@millrace/sdk';
import { figure, percentile, progress, type Row } from '../harness.ts';

const terminals = 2_000;
const seconds = 15;

/** 2,000 terminals at 1 Hz: what it costs, how exact it is, what it cannot see. The reflectors' own work is not the platform's. */
export async function run(): Promise<Row[]> {
  const base: MeasuringOptions = { clock: systemClock, log: silentLog };
  const there = await Measuring.open({
    ...base,
    reflector: { port: 0, allow: privateSources, perSourcePerSecond: 20_000 },
  });
  const here = await Measuring.open(base);
  try {
    const port = there.reflectorPort();
    if (port === undefined) throw new Error('no reflector could be opened');
    progress(`  ${terminals} terminals at 1 Hz for ${seconds} s`);
    await here.setSessions(
      Array.from({ length: terminals }, (_, at) => ({
        terminal: String(at),
        dscp: at % 2 === 0 ? 0 : 46,
        method: 'stamp' as const,
        // An address of its own for each, as terminals have.
        host: `127.1.${at >> 7}.${1 + (at & 127)}`,
        port,
      })),
    );
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    await wait(2_000);
    const far = (): number => {
      const { proberSeconds, reflectorSeconds } = there.stats();
      return proberSeconds + reflectorSeconds;
    };
    const before = { used: process.cpuUsage(), far: far(), time: performance.now() };
    const from = systemClock.now();
    await wait(seconds * 1_000);
    const used = process.cpuUsage(before.used);
    const cores =
      ((used.user + used.system) / 1_000_000 - (far() - before.far)) /
      ((performance.now() - before.time) / 1_000);
    const to = systemClock.now();
    await wait(3_000);
    let [sent, arrived, unsent] = [0, 0, 0];
    const late: number[] = [];
    const away: number[] = [];
    let noise: readonly { share: number; microseconds: number }[] = [];
    for (let at = 0; at < terminals; at++) {
      const window = here.window(String(at), at % 2 === 0 ? 0 : 46, from, to);
      if (window === undefined) continue;
      noise = window.session.noise;
      const { columns } = window;
      for (let probe = 0; probe < columns.count; probe++) {
        if (columns.fate[probe] === fate.unsent) unsent += 1;
        else sent += 1;
        if (columns.fate[probe] === fate.arrived) arrived += 1;
        if (!Number.isNaN(columns.roundTrip[probe]!)) away.push(columns.roundTrip[probe]! / 1_000);
        late.push(columns.lateness[probe]! / 1_000);
      }
    }
    const floor = (share: number): number =>
      (noise.find((one) => one.share === share)?.microseconds ?? Number.NaN) / 1_000;
    const perSecond = sent / seconds;
    return [
      {
        what: `${terminals} terminals measured at 1 Hz: processor`,
        reach: '≤ 0.3 core',
        measured: figure(cores, 'core'),
        ceiling: `prober and local reflector, ${figure(perSecond, 'probes/s')}`,
        reached: cores <= 0.3 && perSecond >= terminals * 0.95,
      },
      {
        what: 'probes sent and answered over the loopback',
        reach: 'all that were sent',
        measured: `${arrived} of ${sent}, ${unsent} not sent in time`,
        ceiling: '',
        reached: arrived === sent,
      },
      {
        what: 'lateness of a probe against its schedule, p50 / p99',
        reach: 'shown',
        measured: `${figure(percentile(late, 50), 'ms')} / ${figure(percentile(late, 99), 'ms')}`,
        ceiling: '',
        reached: true,
      },
      {
        what: 'round trip over the loopback, p50 / p99',
        reach: 'shown',
        measured: `${figure(percentile(away, 50), 'ms')} / ${figure(percentile(away, 99), 'ms')}`,
        ceiling: '',
        reached: true,
      },
      {
        what: 'noise floor told with it, p50 / p99 / p99.9',
        reach: 'p99 not below that of the loopback by more than a half',
        measured: [0.5, 0.99, 0.999].map((share) => figure(floor(share), 'ms')).join(' / '),
        ceiling: '',
        reached: floor(0.99) >= percentile(away, 99) / 2,
      },
    ];
  } finally {
    await here.stop();
    await there.stop();
  }
}
