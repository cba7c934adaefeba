import { createSocket } from 'node:dgram';
import { type LocalText, type MeasuringStatus, networkLimits } from '@millrace/contract';
import type { Clock, Log } from '@millrace/sdk';
import type { Measuring as MeasuringPort, SessionPlan } from './inventory/index.ts';
import { defaultBudget, Measuring, privateSources, ReportedProbes, stampPort } from './measurement/index.ts';
import type { MeasuringInForce } from './measuring-settings.ts';

/** Where a user who may not open port 862 finds the reflector. */
export const stampPortUnprivileged = 8620;

export interface StampSettings {
  /** UDP port of the platform's own reflector; 0: none. */
  port: number;
  host: string;
}

const titles: Record<string, LocalText> = {
  'kernel-calls': { en: 'System calls', zh: '系统接口' },
  'receive-times': { en: 'Kernel’s times of arrival', zh: '内核到达时间' },
  'class-of-service': { en: 'Classes of service (DSCP)', zh: '服务类别（DSCP）' },
  'time-to-live': { en: 'Time to live', zh: 'TTL' },
  icmp: { en: 'ICMP echo', zh: 'ICMP 回显' },
  ipv6: { en: 'IPv6', zh: 'IPv6' },
  reflector: { en: 'Reflector', zh: '反射器' },
  'one-way': { en: 'One-way times', zh: '单向时延' },
};

/**
 * Active measurement as the cycle asks for it. Its threads are started when there is something to probe or others are to be answered: most plants begin with
 * neither.
 */
export class MeasuringHere implements MeasuringPort {
  /** What terminals tell that send themselves. */
  readonly reported = new ReportedProbes();
  readonly #options: { clock: Clock; log: Log; stamp: StampSettings };
  #measuring: Measuring | undefined;
  #opening: Promise<void> | undefined;
  #plans: readonly SessionPlan[] = [];
  /** Terminal → classes it is probed in. */
  #classes = new Map<string, number[]>();
  #leftOut = 0;
  #problem: LocalText | undefined;
  #port = 0;
  #stopped = false;
  #settings: MeasuringInForce = { allow: privateSources, budget: defaultBudget, keys: {} };

  constructor(options: { clock: Clock; log: Log; stamp: StampSettings }) {
    this.#options = options;
  }

  async start(): Promise<void> {
    if (this.#options.stamp.port !== 0) await this.#open();
  }

  #open(): Promise<void> {
    this.#opening ??= (async () => {
      const { clock, log, stamp } = this.#options;
      this.#port = await portFor(stamp, log);
      try {
        const measuring = await Measuring.open({
          clock,
          log,
          keys: this.#settings.keys,
          budget: this.#settings.budget,
          ...(this.#port === 0
            ? {}
            : { reflector: { port: this.#port, address: stamp.host, allow: this.#settings.allow } }),
        });
        if (this.#stopped) await measuring.stop();
        else this.#measuring = measuring;
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        this.#problem = { en: `Probing cannot be started: ${words}`, zh: `无法启动探测：${words}` };
        log.error('probing cannot be started', { error: words });
      }
    })();
    return this.#opening;
  }

  /** In force at once; before the start, from the start. */
  async apply(settings: MeasuringInForce): Promise<void> {
    this.#settings = settings;
    await this.#opening;
    const planned = await this.#measuring?.apply(settings);
    if (planned !== undefined) this.#leftOut = planned.filter(({ refused }) => refused !== undefined).length;
  }

  setSessions(plans: readonly SessionPlan[]): void {
    this.#plans = plans;
    const classes = new Map<string, number[]>();
    for (const { terminal, dscp } of plans) classes.set(terminal, [...(classes.get(terminal) ?? []), dscp]);
    this.#classes = classes;
    if (plans.length === 0 && this.#measuring === undefined) return;
    void this.#open()
      .then(async () => {
        const measuring = this.#measuring;
        if (measuring === undefined || this.#plans !== plans) return;
        const planned = await measuring.setSessions(
          [...plans]
            .sort((a, b) => a.priority - b.priority)
            .map(({ terminal, dscp, target, host, everyMilliseconds, octets, pathKbps }) => ({
              terminal,
              dscp,
              method: target.method,
              host,
              everyMilliseconds,
              octets,
              ...(pathKbps === undefined ? {} : { pathKbps }),
              ...(target.port === undefined ? {} : { port: target.port }),
              ...(target.key === undefined ? {} : { key: target.key }),
            })),
        );
        this.#leftOut = planned.filter(({ refused }) => refused !== undefined).length;
      })
      .catch((error: unknown) => this.#options.log.warn('probes could not be set', { error: String(error) }));
  }

  window(terminal: string, from: number, to: number): ReturnType<MeasuringPort['window']> {
    const measuring = this.#measuring;
    const told = this.reported.window(terminal, from, to);
    return [
      ...(told === undefined ? [] : [told]),
      ...(this.#classes.get(terminal) ?? []).flatMap(
        (dscp) => measuring?.window(terminal, dscp, from, to) ?? [],
      ),
    ];
  }

  decidedUntil(terminal?: string): number | undefined {
    const own = this.#measuring?.decidedUntil();
    const told =
      terminal === undefined ? undefined : this.reported.decidedUntil(terminal, this.#options.clock.now());
    return told === undefined ? own : Math.min(told, own ?? told);
  }

  /** Uncertainty of the platform's own clock, µs; undefined: nobody keeps it. */
  clockError(): number | undefined {
    const state = this.#measuring?.clockState();
    return state?.disciplined === true && Number.isFinite(state.errorMicroseconds)
      ? state.errorMicroseconds
      : undefined;
  }

  /** Round trip of the platform's own reflector, 99th percentile of the last minutes; ms. Undefined: none is measured. */
  noiseFloor(): number | undefined {
    const noise = this.#measuring?.stats().noise ?? [];
    const at = noise.find(({ share }) => share >= 0.99) ?? noise.at(-1);
    return at === undefined ? undefined : at.microseconds / 1000;
  }

  status(): MeasuringStatus {
    const measuring = this.#measuring;
    const stats = measuring?.stats();
    const clock = measuring?.clockState();
    const reflector = stats?.reflector;
    const refused = measuring?.capabilities().find(({ id }) => id === 'reflector');
    const problem =
      this.#problem ??
      (this.#port !== 0 && refused !== undefined && !refused.there ? refused.words : undefined);
    const { answered, refused: turnedAway } = reflectorSums(reflector?.counters);
    const counters: Record<string, number> = {};
    if (stats !== undefined)
      for (const [name, value] of Object.entries({
        probesSent: stats.probesSent,
        rowsLost: stats.rowsLost,
        threadRestarts: stats.threadRestarts,
        proberSeconds: stats.proberSeconds,
        reflectorSeconds: stats.reflectorSeconds,
        ...stats.faults,
        ...(reflector?.counters ?? {}),
      }))
        if (Number.isFinite(value)) counters[name] = value;
    for (const [name, value] of Object.entries(this.reported.counters))
      counters[`reported${name[0]!.toUpperCase()}${name.slice(1)}`] = value;
    const perSecond = this.#plans.reduce((sum, { everyMilliseconds }) => sum + 1000 / everyMilliseconds, 0);
    return {
      running: measuring !== undefined,
      capabilities: (measuring?.capabilities() ?? []).map(({ id, there, words }) => ({
        id,
        title: titles[id] ?? { en: id, zh: id },
        available: there,
        detail: words,
      })),
      reflector: {
        running: reflector !== undefined,
        ...(reflector === undefined ? {} : { address: this.#options.stamp.host, port: reflector.port }),
        answered,
        refused: turnedAway,
        ...(problem === undefined ? {} : { problem }),
      },
      sessions: {
        wanted: this.#plans.length,
        running: Math.max(0, (stats?.sessions ?? 0) - this.#leftOut),
        max: networkLimits.probeSessionsMax,
        leftOut: this.#leftOut,
      },
      budget: {
        probesPerSecond: Math.round(perSecond * 10) / 10,
        probesPerSecondMax: this.#settings.budget.probesPerSecond,
      },
      noiseFloor: (stats?.noise ?? []).map(({ share, microseconds }) => ({
        share,
        milliseconds: microseconds / 1000,
      })),
      clock: {
        disciplined: clock?.disciplined ?? false,
        ...(clock === undefined || !Number.isFinite(clock.errorMicroseconds)
          ? {}
          : { errorMilliseconds: clock.errorMicroseconds / 1000 }),
        ...(clock === undefined ? {} : { detail: clock.source }),
      },
      counters,
    };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#opening;
    await this.#measuring?.stop();
  }
}

function reflectorSums(counters: Readonly<Record<string, number>> | undefined): {
  answered: number;
  refused: number;
} {
  const { reflected = 0, ...others } = counters ?? {};
  return { answered: reflected, refused: Object.values(others).reduce((sum, one) => sum + one, 0) };
}

/** The port that is wanted, or where only an administrator may open it, one that anybody may. */
async function portFor({ port, host }: StampSettings, log: Log): Promise<number> {
  if (port !== stampPort || (await mayOpen(port, host))) return port;
  log.info('this user may not open the STAMP port; another is used', {
    port,
    instead: stampPortUnprivileged,
  });
  return stampPortUnprivileged;
}

function mayOpen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => {
      socket.close();
      resolve(error.code !== 'EACCES');
    });
    socket.bind(port, host === 'localhost' ? '127.0.0.1' : host, () => socket.close(() => resolve(true)));
  });
}
