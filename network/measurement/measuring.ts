import { randomInt } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { LocalText, Microseconds } from '@millrace/contract';
import { type Clock, fate, type Log, type ProbeColumns, type ProbeSession } from '@millrace/sdk';
import { type ClockState, readClockState, unknownClock } from './clock-state.ts';
import { NoiseFloor } from './noise-floor.ts';
import { ProbeRing, ringLimits, ringSizes } from './probe-ring.ts';
import { defaultBudget, type ProbeBudget, pace, probingLimits, tickFor } from './probe-schedule.ts';
import { noFaults, type ProbeFaults } from './probe-track.ts';
import type { Rows, ThreadSession } from './prober-core.ts';
import { defaultReflecting, type ReflectorCounters, type ReflectorSource } from './reflector.ts';
import { errorEstimateBits, requestOctets, stampPort } from './stamp.ts';
import type { FromProber, FromReflector, ReflectorPlan, ToProber, ToReflector } from './thread-messages.ts';

/** A session as it is wanted: one terminal, one class of service. */
export interface ProbePlan {
  terminal: string;
  dscp: number;
  method: 'stamp' | 'icmp' | 'tcp';
  /** Address or name. */
  host: string;
  /** 862 for STAMP; needed for TCP. */
  port?: number | undefined;
  everyMilliseconds?: number | undefined;
  /** 2,000 where absent. */
  timeoutMilliseconds?: number | undefined;
  /** UDP payload; the protocol's least where absent. */
  octets?: number | undefined;
  /** Name of one of the keys. */
  key?: string | undefined;
  /** What the path carries, kbit/s, the lesser direction; absent: not known. */
  pathKbps?: number | undefined;
}

export interface PlannedSession {
  terminal: string;
  dscp: number;
  /** As it is probed; less often than asked where the budget says so. */
  intervalMs: number;
  /** Not probed, and why. */
  refused: LocalText | undefined;
  /** Probed otherwise than asked, and why. */
  changed: LocalText | undefined;
}

export interface MeasuringOptions {
  clock: Clock;
  log: Log;
  /** The platform's own reflector; absent: none. */
  reflector?:
    | {
        port?: number;
        address?: string | undefined;
        allow: readonly ReflectorSource[];
        stateful?: boolean;
        perSourcePerSecond?: number;
        perSecond?: number;
      }
    | undefined;
  /** Keys for authenticated STAMP, by name. */
  keys?: Readonly<Record<string, Uint8Array>>;
  budget?: Partial<ProbeBudget>;
  /** False: without the kernel's calls, as on a machine that has none. */
  native?: boolean;
  /** State of this machine's clock; asked for every minute. */
  clockState?: () => Promise<ClockState>;
}

/** One thing measuring can do here, or cannot, with the reason. */
export interface MeasuringCapability {
  id:
    | 'kernel-calls'
    | 'receive-times'
    | 'class-of-service'
    | 'time-to-live'
    | 'icmp'
    | 'ipv6'
    | 'reflector'
    | 'one-way';
  there: boolean;
  words: LocalText;
}

export interface MeasuringStats {
  sessions: number;
  refused: number;
  probesSent: number;
  /** Rows there was no room for on their way to the platform. */
  rowsLost: number;
  ringProbes: number;
  faults: ProbeFaults;
  /** Processor time used by the threads since they were started, s; NaN where it cannot be told. */
  proberSeconds: number;
  reflectorSeconds: number;
  /** Lateness of the probes of the last minutes, µs. */
  lateness: { share: number; microseconds: number }[];
  noise: { share: number; microseconds: number }[];
  noiseLost: number;
  reflector: { port: number; counters: ReflectorCounters; sessions: number; sources: number } | undefined;
  threadRestarts: number;
}

const defaultTimeoutMs = 2_000;
const defaultIntervalMs = 1_000;
const clockEveryMs = 60_000;
const namesEveryMinutes = 5;
const noiseIntervalMsMin = 10;
const restartMs = { first: 1_000, most: 60_000 } as const;
const statsWindowMicroseconds = 300_000_000;
/** From a probe's giving up to its row being here. */
const handoverMs = 600;

interface Session {
  plan: ProbePlan;
  thread: ThreadSession;
  intervalMs: number;
  ring: ProbeRing;
  faults: ProbeFaults;
  clockError: number;
  refused: LocalText | undefined;
}

const keyOf = (terminal: string, dscp: number): string => `${terminal} ${dscp}`;

/**
 * Active measurement: a prober and a reflector, each in a thread of its own, and what they found in the last half hour. Bounded; nothing
 * that comes from the network throws.
 */
export class Measuring {
  #options: MeasuringOptions;
  #budget: ProbeBudget;
  readonly #sessions = new Map<string, Session>();
  readonly #byId = new Map<number, Session>();
  readonly #noise = new NoiseFloor(ringLimits.keptMinutes + 5);
  readonly #lateness = new NoiseFloor(6);
  readonly #strangers = noFaults();
  #plans: readonly ProbePlan[] = [];
  #refused = 0;
  #nextId = 1;
  #tickMs = 10;
  #prober: Thread<ToProber> | undefined;
  #reflector: Thread<ToReflector> | undefined;
  #proberSays: Extract<FromProber, { kind: 'opened' }> | undefined;
  #reflectorSays: Extract<FromReflector, { kind: 'opened' }> | undefined;
  #counters: Extract<FromReflector, { kind: 'counters' }> | undefined;
  #clockState: ClockState = unknownClock;
  #sent = 0;
  #sentBefore = 0;
  #rowsLost = 0;
  #processor = Number.NaN;
  #restarts = 0;
  #minutes = 0;
  #stopped = false;
  #cancel = new Set<() => void>();
  #setting: Promise<unknown> = Promise.resolve();

  private constructor(options: MeasuringOptions) {
    this.#options = options;
    this.#budget = { ...defaultBudget, ...options.budget };
  }

  /** Starts both threads. Rejects only where a thread cannot be started at all; a port that is taken is told under `capabilities`. */
  static async open(options: MeasuringOptions): Promise<Measuring> {
    const measuring = new Measuring(options);
    await measuring.#readClock();
    await measuring.#startReflector();
    await measuring.#startProber();
    measuring.#sendSessions();
    return measuring;
  }

  #later(milliseconds: number, call: () => void): void {
    const cancel = this.#options.clock.after(milliseconds, () => {
      this.#cancel.delete(cancel);
      call();
    });
    this.#cancel.add(cancel);
  }

  async #readClock(): Promise<void> {
    const { clockState = () => readClockState(this.#options.native !== false), log } = this.#options;
    try {
      this.#clockState = await clockState();
    } catch (error) {
      log.warn('the state of the clock could not be read', { error: String(error) });
      this.#clockState = unknownClock;
    }
    if (this.#stopped) return;
    this.#tellClock();
    this.#later(clockEveryMs, () => {
      void this.#readClock();
      this.#minutes += 1;
      if (this.#minutes % namesEveryMinutes === 0)
        void this.refresh().catch((error: unknown) =>
          log.warn('names of terminals could not be looked up', { error: String(error) }),
        );
    });
  }

  #tellClock(): void {
    const { disciplined, errorMicroseconds } = this.#clockState;
    const error = errorEstimateBits(
      disciplined,
      Number.isNaN(errorMicroseconds) ? 16_000_000 : errorMicroseconds,
    );
    this.#prober?.tell({ kind: 'clock', own: disciplined ? errorMicroseconds : undefined, error });
    this.#reflector?.tell({ kind: 'clock', error });
  }

  async #startReflector(): Promise<void> {
    const { reflector } = this.#options;
    const plan: ReflectorPlan | undefined =
      reflector === undefined
        ? undefined
        : { ...defaultReflecting, port: stampPort, address: undefined, ...reflector };
    this.#reflector = await this.#start<ToReflector, FromReflector>(
      'reflector-thread.js',
      { plan },
      (message) => {
        if (message.kind === 'opened') {
          this.#reflectorSays = message;
          if (message.refused !== undefined) this.#options.log.warn(message.refused.en);
        } else if (message.kind === 'counters') this.#counters = message;
      },
      () => this.#startReflector().then(() => this.#sendSessions()),
    );
    this.#tellClock();
  }

  async #startProber(): Promise<void> {
    this.#prober = await this.#start<ToProber, FromProber>(
      'prober-thread.js',
      {},
      (message) => {
        if (message.kind === 'opened') this.#proberSays = message;
        else if (message.kind === 'rows') this.#take(message);
        else if (message.kind === 'refused')
          for (const { id, why } of message.sessions) {
            const session = this.#byId.get(id);
            if (session !== undefined) session.refused = why;
          }
      },
      () => this.#startProber().then(() => this.#sendSessions()),
    );
    this.#tellClock();
  }

  /** Starts a thread; where it ends by itself, it is started again, each time a little later. */
  async #start<To extends { kind: string }, From extends { kind: string }>(
    file: string,
    data: object,
    receive: (message: From) => void,
    again: () => Promise<unknown>,
  ): Promise<Thread<To>> {
    const { log, native = true } = this.#options;
    let opened = false;
    const thread = await Thread.open<To, From>(file, { native, ...data }, (message) => {
      opened ||= message.kind === 'opened';
      receive(message);
    });
    thread.ended = (why) => {
      if (this.#stopped || !opened) return;
      this.#restarts += 1;
      this.#sentBefore += this.#sent;
      this.#sent = 0;
      const wait = Math.min(restartMs.most, restartMs.first * 2 ** Math.min(10, this.#restarts - 1));
      log.error(`a thread of the measurement ended: ${why}`, { thread: file, againInMilliseconds: wait });
      const retry = (): void =>
        void again().catch((error: unknown) => {
          log.error('a thread of the measurement cannot be started', { thread: file, error: String(error) });
          if (!this.#stopped) this.#later(restartMs.most, retry);
        });
      this.#later(wait, retry);
    };
    return thread;
  }

  #take(message: Extract<FromProber, { kind: 'rows' }>): void {
    const { rows } = message;
    this.#sent = message.sent;
    this.#rowsLost = message.rowsLost;
    this.#processor = message.processor;
    for (let at = 0; at < rows.count; at++) this.#takeRow(rows, at);
    for (const [id, faults] of message.faults) {
      const into = this.#byId.get(id)?.faults ?? this.#strangers;
      for (const [name, many] of Object.entries(faults)) into[name as keyof ProbeFaults] += many;
    }
  }

  #takeRow(rows: Rows, at: number): void {
    const sent = rows.sent[at]!;
    const what = rows.fate[at]!;
    this.#lateness.take(sent, rows.figures[at * 4 + 3]!);
    if (rows.session[at] === 0) {
      if (what === fate.arrived) this.#noise.take(sent, rows.figures[at * 4]!);
      else if (what !== fate.unsent) this.#noise.lost(sent);
      return;
    }
    const session = this.#byId.get(rows.session[at]!);
    if (session === undefined) return;
    session.ring.push(sent, rows.figures, at, what);
    const clockError = rows.clockError[at]!;
    if (!Number.isNaN(clockError)) session.clockError = clockError;
  }

  /**
   * The sessions from now on. One that was there, with the same terminal, class and target, goes on where it is. Resolves with what became of
   * each plan, in order; one that cannot be is refused in words and harms no other.
   */
  setSessions(plans: readonly ProbePlan[]): Promise<PlannedSession[]> {
    const done = this.#setting.then(() => this.#set(plans));
    this.#setting = done.catch(() => {});
    return done;
  }

  async #set(plans: readonly ProbePlan[]): Promise<PlannedSession[]> {
    if (this.#stopped) return [];
    const checked = this.#check(plans);
    const names = [
      ...new Set(checked.flatMap(({ plan, refused }) => (refused || isIP(plan.host) ? [] : [plan.host]))),
    ];
    const addresses = new Map<string, string>();
    await Promise.all(
      names.map(async (name) => {
        try {
          addresses.set(name, (await lookup(name)).address);
        } catch {
          // Said of each session that has this name.
        }
      }),
    );
    const targets = new Map<string, string>();
    const resolved = checked.map(({ plan, refused }) => {
      const address = isIP(plan.host) ? plan.host : addresses.get(plan.host);
      if (refused !== undefined) return { plan, refused, address: '' };
      if (address === undefined)
        return {
          plan,
          address: '',
          refused: {
            en: `The name "${plan.host}" has no address.`,
            zh: `主机名“${plan.host}”无法解析出地址。`,
          },
        };
      const port = portOf(plan);
      const target = `${plan.method} ${address} ${port} ${plan.dscp}`;
      const other = targets.get(target);
      if (other !== undefined)
        return {
          plan,
          address: '',
          refused: {
            en: `${plan.host} is probed in this class for terminal "${other}" already; answers could not be told apart.`,
            zh: `${plan.host} 在此类别下已为终端“${other}”探测，应答无法区分。`,
          },
        };
      targets.set(target, plan.terminal);
      return { plan, refused: undefined, address };
    });
    const probed = resolved.filter(({ refused }) => refused === undefined);
    const tickMs = tickFor(probed.map(({ plan }) => plan.everyMilliseconds ?? defaultIntervalMs));
    const paced = pace(
      probed.map(({ plan }) => ({
        intervalMs: plan.everyMilliseconds ?? defaultIntervalMs,
        octets: this.#octets(plan),
        method: plan.method,
        pathKbps: plan.pathKbps,
      })),
      this.#budget,
      tickMs,
    );
    const sizes = ringSizes(paced.map(({ intervalMs }) => intervalMs));
    const before = new Map(this.#sessions);
    this.#sessions.clear();
    this.#byId.clear();
    this.#plans = plans;
    this.#tickMs = tickMs;
    const changed = new Map<ProbePlan, { intervalMs: number; why: LocalText | undefined }>();
    probed.forEach(({ plan, address }, index) => {
      const { intervalMs, why } = paced[index]!;
      changed.set(plan, { intervalMs, why });
      const thread: ThreadSession = {
        id: 0,
        method: plan.method,
        address,
        family: isIP(address) === 4 ? 4 : 6,
        port: portOf(plan),
        dscp: plan.dscp,
        octets: this.#octets(plan),
        intervalTicks: Math.round(intervalMs / tickMs),
        timeoutMs: plan.timeoutMilliseconds ?? defaultTimeoutMs,
        ssid: 0,
        key: plan.key === undefined ? undefined : this.#options.keys?.[plan.key],
      };
      const key = keyOf(plan.terminal, plan.dscp);
      const known = before.get(key);
      const goesOn = known !== undefined && isSame(known.thread, thread);
      thread.id = goesOn ? known.thread.id : this.#nextId++;
      thread.ssid = goesOn ? known.thread.ssid : randomInt(1, 65_536);
      const size = sizes[index]!;
      const session: Session = {
        plan,
        thread,
        intervalMs,
        ring: !goesOn
          ? new ProbeRing(size)
          : known.ring.size === size
            ? known.ring
            : known.ring.resized(size),
        faults: goesOn ? known.faults : noFaults(),
        clockError: goesOn ? known.clockError : Number.NaN,
        refused: undefined,
      };
      this.#sessions.set(key, session);
      this.#byId.set(thread.id, session);
    });
    this.#refused = resolved.length - probed.length;
    this.#sendSessions();
    return resolved.map(({ plan, refused }) => ({
      terminal: plan.terminal,
      dscp: plan.dscp,
      intervalMs: changed.get(plan)?.intervalMs ?? plan.everyMilliseconds ?? defaultIntervalMs,
      refused: refused ?? this.#impossible(plan),
      changed: changed.get(plan)?.why,
    }));
  }

  #octets(plan: ProbePlan): number {
    const asked = Math.min(plan.octets ?? 0, probingLimits.octetsMax);
    if (plan.method !== 'stamp') return Math.max(asked, plan.method === 'icmp' ? 44 : 0);
    return requestOctets(asked, plan.key === undefined ? undefined : this.#options.keys?.[plan.key]);
  }

  /** What the prober of this machine cannot do; it says so itself a moment later, this says it at once. */
  #impossible(plan: ProbePlan): LocalText | undefined {
    const says = this.#proberSays;
    if (says === undefined) return undefined;
    if (plan.method === 'icmp' && says.icmp === undefined)
      return {
        en: 'There is no right to ICMP on this machine.',
        zh: '本机没有发送 ICMP 的权限。',
      };
    if (plan.dscp !== 0 && !says.native)
      return {
        en: 'No class of service can be set on this machine: only class 0 is probed.',
        zh: '本机不能设置服务类别（DSCP），只能探测类别 0。',
      };
    return undefined;
  }

  #check(plans: readonly ProbePlan[]): { plan: ProbePlan; refused: LocalText | undefined }[] {
    const seen = new Set<string>();
    const between = (value: number | undefined, least: number, most: number): boolean =>
      value === undefined || (value >= least && value <= most);
    return plans.map((plan, index) => {
      const key = keyOf(plan.terminal, plan.dscp);
      const refuse = (en: string, zh: string) => ({ plan, refused: { en, zh } });
      if (index >= probingLimits.sessionsMax)
        return refuse(
          `Only ${probingLimits.sessionsMax} sessions are probed.`,
          `最多探测 ${probingLimits.sessionsMax} 个会话。`,
        );
      if (seen.has(key))
        return refuse(
          `Terminal "${plan.terminal}" has class ${plan.dscp} twice.`,
          `终端“${plan.terminal}”的类别 ${plan.dscp} 重复。`,
        );
      seen.add(key);
      if (!Number.isInteger(plan.dscp) || !between(plan.dscp, 0, 63))
        return refuse(
          `A class of service is a whole number from 0 to 63, not ${plan.dscp}.`,
          `服务类别（DSCP）应为 0 到 63 的整数。`,
        );
      if (plan.host === '') return refuse('There is no address to probe.', '没有可探测的地址。');
      if (plan.method === 'tcp' && plan.port === undefined)
        return refuse('A TCP probe needs a port.', 'TCP 探测需要端口。');
      if (!between(plan.port, 1, 65_535))
        return refuse(`A port lies between 1 and 65535, not ${plan.port}.`, `端口应在 1 到 65535 之间。`);
      const { timeoutMsMin, timeoutMsMax, intervalMsMin, intervalMsMax } = probingLimits;
      if (!between(plan.timeoutMilliseconds, timeoutMsMin, timeoutMsMax))
        return refuse(
          `A probe is given up after ${timeoutMsMin} to ${timeoutMsMax} ms, not ${plan.timeoutMilliseconds}.`,
          `探测超时应在 ${timeoutMsMin} 到 ${timeoutMsMax} 毫秒之间。`,
        );
      if (!between(plan.everyMilliseconds, intervalMsMin, intervalMsMax))
        return refuse(
          `Probes are ${intervalMsMin} to ${intervalMsMax} ms apart, not ${plan.everyMilliseconds}.`,
          `探测间隔应在 ${intervalMsMin} 到 ${intervalMsMax} 毫秒之间。`,
        );
      if (plan.key !== undefined && this.#options.keys?.[plan.key] === undefined)
        return refuse(`There is no key "${plan.key}".`, `没有名为“${plan.key}”的密钥。`);
      return { plan, refused: undefined };
    });
  }

  #sendSessions(): void {
    const sessions = [...this.#sessions.values()].map(({ thread }) => thread);
    const localPort = this.#reflectorSays?.localPort;
    if (localPort !== undefined)
      sessions.push({
        id: 0,
        method: 'stamp',
        address: '127.0.0.1',
        family: 4,
        port: localPort,
        // In the class most sessions have, so that it leaves among them.
        dscp: this.#proberSays?.native ? commonClass(sessions) : 0,
        octets: 44,
        intervalTicks: Math.max(
          1,
          Math.round((sessions.length === 0 ? 100 : noiseIntervalMsMin) / this.#tickMs),
        ),
        timeoutMs: 1_000,
        ssid: 65_535,
      });
    this.#prober?.tell({ kind: 'sessions', tickMs: this.#tickMs, sessions });
  }

  /**
   * What is known of a terminal's probes sent from `from` until before `to`; undefined: it is not probed in this class. Probes of the last
   * seconds may still be under way: `decidedUntil` says up to when all are here.
   */
  window(
    terminal: string,
    dscp: number,
    from: Microseconds,
    to: Microseconds,
  ): { session: ProbeSession; columns: ProbeColumns } | undefined {
    const session = this.#sessions.get(keyOf(terminal, dscp));
    if (session === undefined || session.refused !== undefined) return undefined;
    return {
      session: {
        terminal,
        method: session.plan.method,
        dscp,
        intervalMs: session.intervalMs,
        timeoutMs: session.thread.timeoutMs,
        octets: session.thread.octets,
        noise: this.#noise.quantiles(from, to),
        clockErrorMicroseconds: Number.isNaN(session.clockError) ? undefined : session.clockError,
      },
      columns: session.ring.columns(from, to),
    };
  }

  /** Every probe sent before this has its fate. */
  decidedUntil(): Microseconds {
    const timeout = Math.max(0, ...[...this.#sessions.values()].map(({ thread }) => thread.timeoutMs));
    return this.#options.clock.now() - (timeout + handoverMs) * 1000;
  }

  /** Calls with one window after the other, each `everyMs` long and decided, until called off. Windows lie on whole multiples of their length. */
  onWindow(everyMs: number, call: (from: Microseconds, to: Microseconds) => void): () => void {
    const every = everyMs * 1000;
    let end = Math.ceil(this.#options.clock.now() / every) * every;
    let cancel = (): void => {};
    const wait = (): void => {
      const left = (end + every - this.decidedUntil()) / 1000;
      cancel = this.#options.clock.after(Math.max(1, left), () => {
        this.#cancel.delete(cancel);
        if (this.#stopped) return;
        if (this.decidedUntil() >= end + every) {
          // After a long sleep the windows in between are nobody's.
          end = Math.max(end + every, Math.floor(this.decidedUntil() / every) * every);
          call(end - every, end);
        }
        wait();
      });
      this.#cancel.add(cancel);
    };
    wait();
    return () => {
      this.#cancel.delete(cancel);
      cancel();
    };
  }

  /** What was wrong with the answers of one session so far. */
  faults(terminal: string, dscp: number): ProbeFaults | undefined {
    const session = this.#sessions.get(keyOf(terminal, dscp));
    return session === undefined ? undefined : { ...session.faults };
  }

  /** Sessions of one plan that the thread could not open, with the reason. */
  refusals(): { terminal: string; dscp: number; why: LocalText }[] {
    return [...this.#sessions.values()].flatMap(({ plan, refused }) =>
      refused === undefined ? [] : [{ terminal: plan.terminal, dscp: plan.dscp, why: refused }],
    );
  }

  clockState(): ClockState {
    return this.#clockState;
  }

  /** Where others may send STAMP to; undefined: nowhere. */
  reflectorPort(): number | undefined {
    return this.#reflectorSays?.port;
  }

  stats(): MeasuringStats {
    const now = this.#options.clock.now();
    const faults = { ...this.#strangers };
    let ringProbes = 0;
    for (const session of this.#sessions.values()) {
      ringProbes += session.ring.count;
      for (const [name, many] of Object.entries(session.faults)) faults[name as keyof ProbeFaults] += many;
    }
    const since = now - statsWindowMicroseconds;
    const port = this.#reflectorSays?.port;
    return {
      sessions: this.#sessions.size,
      refused: this.#refused + this.refusals().length,
      probesSent: this.#sentBefore + this.#sent,
      rowsLost: this.#rowsLost,
      ringProbes,
      faults,
      proberSeconds: this.#processor / 1_000_000,
      reflectorSeconds: (this.#counters?.processor ?? Number.NaN) / 1_000_000,
      lateness: this.#lateness.quantiles(since, now),
      noise: this.#noise.quantiles(since, now),
      noiseLost: this.#noise.counts(since, now).lost,
      reflector:
        port === undefined || this.#counters === undefined
          ? undefined
          : {
              port,
              counters: this.#counters.counters,
              sessions: this.#counters.sessions,
              sources: this.#counters.sources,
            },
      threadRestarts: this.#restarts,
    };
  }

  /** What can be measured on this machine and what cannot, for people. */
  capabilities(): MeasuringCapability[] {
    const prober = this.#proberSays;
    const reflector = this.#reflectorSays;
    const lacks = (what: string): boolean =>
      prober === undefined || (prober.missing as readonly string[]).includes(what);
    const one = (
      id: MeasuringCapability['id'],
      there: boolean,
      yes: LocalText,
      no: LocalText,
    ): MeasuringCapability => ({ id, there, words: there ? yes : no });
    return [
      one(
        'kernel-calls',
        prober?.native === true,
        { en: 'System calls are there.', zh: '可以调用系统接口。' },
        prober?.problem ?? { en: 'Measuring without system calls.', zh: '未使用系统接口进行测量。' },
      ),
      one(
        'receive-times',
        !lacks('receive-times'),
        { en: 'Packets bear the kernel’s own time of arrival.', zh: '数据包带有内核记录的到达时间。' },
        {
          en: 'Times of arrival are those at which this program got round to a packet: the noise floor is some milliseconds.',
          zh: '到达时间为程序处理数据包的时间，测量噪声约为数毫秒。',
        },
      ),
      one(
        'class-of-service',
        !lacks('class-of-service'),
        {
          en: 'Classes of service (DSCP) are probed beside each other.',
          zh: '可同时探测多个服务类别（DSCP）。',
        },
        {
          en: 'No class of service can be set: only class 0 is probed, and answers bear class 0.',
          zh: '不能设置服务类别（DSCP），只探测类别 0。',
        },
      ),
      one(
        'time-to-live',
        !lacks('time-to-live'),
        {
          en: 'The reflector tells the time to live of what it receives.',
          zh: '反射器报告收到数据包的 TTL。',
        },
        { en: 'The time to live of received packets is not known.', zh: '无法获知收到数据包的 TTL。' },
      ),
      one(
        'icmp',
        prober?.icmp !== undefined,
        { en: `ICMP echo is there (${prober?.icmp} socket).`, zh: `可以使用 ICMP 回显（${prober?.icmp}）。` },
        {
          en: 'There is no right to ICMP: CAP_NET_RAW, or the program’s group in net.ipv4.ping_group_range.',
          zh: '没有 ICMP 权限：需要 CAP_NET_RAW，或将运行组加入 net.ipv4.ping_group_range。',
        },
      ),
      one(
        'ipv6',
        prober?.ipv6 === true,
        { en: 'IPv4 and IPv6.', zh: '支持 IPv4 和 IPv6。' },
        { en: 'This machine has no IPv6.', zh: '本机不支持 IPv6。' },
      ),
      one(
        'reflector',
        reflector?.port !== undefined,
        {
          en: `A STAMP reflector answers on UDP port ${reflector?.port}.`,
          zh: `STAMP 反射器监听 UDP 端口 ${reflector?.port}。`,
        },
        reflector?.refused ?? {
          en: 'The platform’s own reflector is switched off.',
          zh: '平台自身的反射器未启用。',
        },
      ),
      one(
        'one-way',
        this.#clockState.disciplined && prober?.native === true,
        this.#clockState.source,
        prober?.native === true
          ? this.#clockState.source
          : {
              en: 'Without the system calls times are read some milliseconds off: no one-way times.',
              zh: '无法调用系统接口时读取的时间有数毫秒误差，不提供单向时延。',
            },
      ),
    ];
  }

  /** Other keys, another budget, other sources to be answered, from now on; sessions go on where nothing of theirs changed. */
  async apply(settings: {
    keys: Readonly<Record<string, Uint8Array>>;
    budget: ProbeBudget;
    allow: readonly ReflectorSource[];
  }): Promise<PlannedSession[]> {
    const { keys, budget, allow } = settings;
    const { reflector } = this.#options;
    this.#options = {
      ...this.#options,
      keys,
      budget,
      ...(reflector === undefined ? {} : { reflector: { ...reflector, allow } }),
    };
    this.#budget = budget;
    this.#reflector?.tell({ kind: 'allow', allow });
    return this.setSessions(this.#plans);
  }

  /** Ends both threads and all timers. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const cancel of this.#cancel) cancel();
    this.#cancel.clear();
    await this.#setting;
    await Promise.all([this.#prober?.stop({ kind: 'stop' }), this.#reflector?.stop({ kind: 'stop' })]);
  }

  /** Looks up names anew, and probes on where one has got another address; done by itself every five minutes. */
  async refresh(): Promise<void> {
    const named = this.#plans.filter(({ host }) => isIP(host) === 0 && host !== '');
    if (named.length === 0) return;
    const hosts = [...new Set(named.map(({ host }) => host))];
    const now = new Map(
      await Promise.all(
        hosts.map(async (host) => {
          const found = await lookup(host).catch(() => undefined);
          return [host, found?.address] as const;
        }),
      ),
    );
    const isMoved = named.some(({ terminal, dscp, host }) => {
      const address = now.get(host);
      // A name server that does not answer moves nobody.
      return address !== undefined && this.#sessions.get(keyOf(terminal, dscp))?.thread.address !== address;
    });
    if (isMoved && !this.#stopped) await this.setSessions(this.#plans);
  }
}

const portOf = ({ method, port }: ProbePlan): number =>
  method === 'icmp' ? 0 : (port ?? (method === 'stamp' ? stampPort : 0));

function isSame(a: ThreadSession, b: ThreadSession): boolean {
  return (
    a.method === b.method &&
    a.address === b.address &&
    a.port === b.port &&
    a.dscp === b.dscp &&
    a.octets === b.octets &&
    a.timeoutMs === b.timeoutMs &&
    Buffer.compare(a.key ?? new Uint8Array(), b.key ?? new Uint8Array()) === 0
  );
}

function commonClass(sessions: readonly ThreadSession[]): number {
  const many = new Map<number, number>();
  for (const { method, family, dscp } of sessions)
    if (method === 'stamp' && family === 4) many.set(dscp, (many.get(dscp) ?? 0) + 1);
  return [...many].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 0;
}

const stopMilliseconds = 2_000;

/** A thread and the port to it. */
class Thread<To> {
  ended: (why: string) => void = () => {};
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #exited: Promise<void>;

  private constructor(file: string, data: object, receive: (message: unknown) => void) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(new URL(`./${file}`, import.meta.url), {
      workerData: { ...data, port: port2 },
      transferList: [port2],
      argv: [],
      execArgv: [],
    });
    port1.on('message', receive);
    port1.unref();
    this.#worker.unref();
    let why = 'no reason given';
    this.#worker.on('error', (error) => {
      why = error instanceof Error ? error.message : String(error);
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        port1.close();
        this.ended(why);
        resolve();
      });
    });
  }

  /** Resolves when the thread has told that it is open. */
  static open<To, From extends { kind: string }>(
    file: string,
    data: object,
    receive: (message: From) => void,
  ): Promise<Thread<To>> {
    return new Promise((resolve, reject) => {
      const thread = new Thread<To>(file, data, ((message: From) => {
        receive(message);
        if (message.kind === 'opened') {
          thread.#port.unref();
          resolve(thread);
        }
      }) as (message: unknown) => void);
      // Until it is open, waiting for it keeps the process.
      thread.#port.ref();
      thread.ended = (why) => reject(new Error(why));
    });
  }

  tell(message: To): void {
    this.#port.postMessage(message);
  }

  async stop(message: To): Promise<void> {
    this.ended = () => {};
    this.tell(message);
    const timer = setTimeout(() => void this.#worker.terminate(), stopMilliseconds);
    this.#worker.ref();
    await this.#exited;
    clearTimeout(timer);
  }
}
