import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceLevel } from '@millrace/contract';
import { type Judgement, judge, summarise } from '@millrace/network/judgement';
import { Measuring } from '@millrace/network/measurement';
import { provider } from '@millrace/network/providers/linux';
import { type BindingRequest, fate, silentLog, systemClock } from '@millrace/sdk';
import { percentile, progress, type Row } from '../harness.ts';

/**
 * Two applications on one uplink of 20 Mbit/s: a camera that has 30 Mbit/s to send, and a control flow. Terminal – gateway – modem – platform are network
 * namespaces; the modem is a token bucket with a queue of 150 kB, as modems have; the gateway is what the provider shapes. The control flow is measured
 * and judged by the platform's own prober.
 */

const self = fileURLToPath(import.meta.url);
const controlPort = 5000;
const cameraPort = 6000;
const cameraOctets = 1400;
const cameraMbps = 30;
const seconds = Number(process.env['MILLRACE_BENCH_SECONDS'] ?? 30);
const everyMilliseconds = 5;
/** What stands in the modem's queue drains at what the gateway leaves free of the link. */
const drainMilliseconds = 4000;

const names = ['terminal', 'gateway', 'modem', 'platform'].map((one) => `mrb-${one}-${process.pid}`);
const [terminal, gateway, modem, platform] = names as [string, string, string, string];
const sh = (script: string): string =>
  execFileSync('sh', ['-ec', `PATH=$PATH:/usr/sbin:/sbin; ${script}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const level: ServiceLevel = {
  trafficClass: 'aperiodic-deterministic',
  messageBytes: 64,
  latency: { path: 'round-trip', within: [{ share: 0.99, ms: 10 }] },
};

const request: BindingRequest = {
  key: 'control',
  terminal: { id: 'robot', address: '10.1.0.2', supi: undefined, gpsi: undefined, iccid: undefined },
  platformAddress: '10.2.0.2',
  filters: [{ protocol: 'udp', terminalPort: controlPort }],
  qos: {
    fiveQi: 82,
    arp: { priorityLevel: 2, mayPreempt: true, preemptable: false },
    gbrUplink: 1000,
    mbrUplink: 4000,
    dscp: 46,
  },
  slice: undefined,
  durationSeconds: undefined,
};

function build(): void {
  sh(`
    for n in ${names.join(' ')}; do ip netns add $n; ip -n $n link set lo up; done
    ip link add t0 netns ${terminal} type veth peer name g0 netns ${gateway}
    ip link add g1 netns ${gateway} type veth peer name m0 netns ${modem}
    ip link add m1 netns ${modem} type veth peer name p0 netns ${platform}
    ip -n ${terminal} address add 10.1.0.2/24 dev t0; ip -n ${gateway} address add 10.1.0.1/24 dev g0
    ip -n ${gateway} address add 10.3.0.1/24 dev g1; ip -n ${modem} address add 10.3.0.2/24 dev m0
    ip -n ${modem} address add 10.2.0.1/24 dev m1; ip -n ${platform} address add 10.2.0.2/24 dev p0
    for l in "${terminal} t0" "${gateway} g0" "${gateway} g1" "${modem} m0" "${modem} m1" "${platform} p0"; do set -- $l; ip -n $1 link set $2 up; done
    for n in ${gateway} ${modem}; do ip netns exec $n sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'; done
    ip -n ${terminal} route add default via 10.1.0.1; ip -n ${gateway} route add 10.2.0.0/24 via 10.3.0.2
    ip -n ${modem} route add 10.1.0.0/24 via 10.3.0.1; ip -n ${platform} route add default via 10.2.0.1
    ip netns exec ${modem} tc qdisc add dev m1 root tbf rate 20mbit burst 3200 limit 150000`);
}

const tear = (): void => {
  for (const name of names) {
    try {
      sh(`ip netns del ${name}`);
    } catch {
      // It was not made.
    }
  }
};

/** A process of this file in a namespace; what it says by IPC comes from `said`. */
function inside(namespace: string, role: string): ChildProcess {
  return spawn('ip', ['netns', 'exec', namespace, process.execPath, self, role], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

const said = <T>(child: ChildProcess, what: string): Promise<T> =>
  new Promise((resolve, reject) => {
    child.on('message', (message: { kind: string } & T) => message.kind === what && resolve(message));
    child.once('exit', (code) => reject(new Error(`a part of the bench ended (${code})`)));
  });
const wait = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

interface Measured {
  roundTrips: number[];
  lost: number;
  state: string;
  reason: string;
  floorMs: number;
}

const told = ({ state, reason }: Judgement): Pick<Measured, 'state' | 'reason'> => ({
  state,
  reason: reason.en,
});

/** In the platform's namespace: probes the control flow for a while, whenever asked. */
async function probe(): Promise<void> {
  const measuring = await Measuring.open({ clock: systemClock, log: silentLog });
  await measuring.setSessions([
    { terminal: 'robot', dscp: 46, method: 'stamp', host: '10.1.0.2', port: controlPort, everyMilliseconds },
  ]);
  await wait(1500);
  process.send!({ kind: 'ready' });
  process.on('message', async () => {
    const from = systemClock.now();
    await wait(seconds * 1000);
    const to = systemClock.now();
    await wait(3500);
    const seen = measuring.window('robot', 46, from, to);
    if (seen === undefined) throw new Error('nothing was measured');
    const { columns, session } = seen;
    const roundTrips = [...columns.roundTrip.subarray(0, columns.count)].filter((one) => !Number.isNaN(one));
    const block = summarise(level, {
      from,
      to,
      probes: [seen],
      passive: undefined,
      rates: [],
      coverage: undefined,
    });
    const answer: Measured = {
      roundTrips: roundTrips.map((one) => one / 1000),
      lost: [...columns.fate.subarray(0, columns.count)].filter(
        (one) => one !== fate.arrived && one !== fate.unsent,
      ).length,
      ...told(judge(level, [block], to)),
      floorMs: (session.noise.find(({ share }) => share === 0.99)?.microseconds ?? Number.NaN) / 1000,
    };
    process.send!({ kind: 'measured', ...answer });
  });
}

/** In the terminal's namespace: answers probes. */
async function reflect(): Promise<void> {
  const measuring = await Measuring.open({
    clock: systemClock,
    log: silentLog,
    reflector: { port: controlPort, allow: [{ prefix: '10.2.0.0/24' }], perSourcePerSecond: 2000 },
  });
  await wait(500);
  process.send!({ kind: 'ready', capabilities: measuring.capabilities() });
}

/** In the terminal's namespace: a camera that sends more than the uplink carries. */
function film(): void {
  const socket = createSocket('udp4');
  const frame = Buffer.alloc(cameraOctets);
  const perMillisecond = (cameraMbps * 1e6) / 8 / cameraOctets / 1000;
  const began = performance.now();
  let sent = 0;
  setInterval(() => {
    const due = Math.floor((performance.now() - began) * perMillisecond);
    for (; sent < due; sent++) socket.send(frame, cameraPort, '10.2.0.2', () => {});
  }, 2);
  process.send!({ kind: 'ready' });
}

/** In the platform's namespace: takes the film. */
function watch(): void {
  const socket = createSocket('udp4');
  socket.on('message', () => {});
  socket.bind(cameraPort, () => process.send!({ kind: 'ready' }));
}

const role = process.argv[1] === self ? process.argv[2] : undefined;
if (role === 'probe') await probe();
else if (role === 'reflect') await reflect();
else if (role === 'film') film();
else if (role === 'watch') watch();

export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-linux-'));
  const children: ChildProcess[] = [];
  const start = async (namespace: string, what: string): Promise<ChildProcess> => {
    const child = inside(namespace, what);
    children.push(child);
    await said(child, 'ready');
    return child;
  };
  try {
    tear();
    try {
      build();
    } catch (error) {
      const why = (error as { stderr?: string }).stderr?.split('\n')[0] ?? String(error);
      return [
        {
          what: 'linux: a control flow beside a video',
          reach: 'p99 within unloaded + 1 ms',
          measured: `not run: needs root, ip, tc and nft (${why})`,
          ceiling: '',
          reached: false,
        },
      ];
    }
    const qos = await provider.open({
      id: 'bench',
      settings: { uplinkInterface: 'g1', uplinkMbps: 20, namespace: gateway },
      clock: systemClock,
      log: silentLog,
      signal: new AbortController().signal,
      folder,
      notificationUrl: undefined,
      changed: () => {},
    });
    await start(terminal, 'reflect');
    const prober = await start(platform, 'probe');
    const measure = async (what: string): Promise<Measured> => {
      progress(`linux: ${what}, ${seconds} s`);
      const answer = said<Measured>(prober, 'measured');
      prober.send('go');
      return answer;
    };
    const alone = await measure('control flow alone');
    await start(platform, 'watch');
    await start(terminal, 'film');
    await wait(2000);
    const unbound = await measure('beside the video, no binding');
    const { reference } = await qos.applyBinding!(request);
    await wait(drainMilliseconds);
    const bound = await measure('beside the video, with the binding');
    const { inForce } = await qos.readBinding!(reference, request);
    await qos.releaseBinding!(reference, request);
    await wait(drainMilliseconds);
    const after = await measure('binding taken back');
    await qos.stop();
    const p99 = ({ roundTrips }: Measured): number => percentile(roundTrips, 99);
    const ms = (value: number): string => `${value.toFixed(2)} ms`;
    const words = (one: Measured): string =>
      `p50 ${ms(percentile(one.roundTrips, 50))}, p99 ${ms(p99(one))}, ${one.roundTrips.length} probes, ${one.lost} lost, ${one.state}: ${one.reason}`;
    return [
      {
        what: 'linux: control flow beside a saturating video, with the binding',
        reach: 'p99 ≤ unloaded p99 + 1 ms',
        measured: words(bound),
        ceiling: `alone: ${words(alone)}; prober’s own floor p99 ${ms(bound.floorMs)}`,
        reached: inForce === true && p99(bound) <= p99(alone) + 1,
      },
      {
        what: 'linux: the same without the binding',
        reach: 'p99 ≥ 10 ms and shown violated',
        measured: words(unbound),
        ceiling: '60 ms: the modem’s queue at 20 Mbit/s',
        reached: p99(unbound) >= 10 && unbound.state === 'violated',
      },
      {
        what: 'linux: binding taken back',
        reach: 'everything as before',
        measured: `${words(after)}; root of the interface: ${sh(`ip netns exec ${gateway} tc qdisc show dev g1`).trim()}`,
        ceiling: '',
        reached: p99(after) >= 10 && /noqueue/.test(sh(`ip netns exec ${gateway} tc qdisc show dev g1`)),
      },
    ];
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await wait(200);
    tear();
    rmSync(folder, { recursive: true, force: true });
  }
}
