import {
  formatInstant,
  type LocalText,
  type MeasuringStatus,
  networkLimits,
  type VerdictLine,
} from '@millrace/contract';
import type {
  AppNetwork,
  AppNetworkState,
  AppRequest,
  NetworkChange,
  NetworkPlatform,
  PathState,
  SeenTerminal,
} from '@millrace/sdk';
import { Flows, flowIdOf } from './flows.ts';
import { type CoverageQuery, type InventoryParts, inventoryHandlers } from './handlers.ts';
import { JudgedRecords } from './judged-records.ts';
import { type Block, Judging, type Pair } from './judging.ts';
import { MeasuredThings, worstOf } from './measured-things.ts';
import type { Judgement, Localising, Measuring, SessionPlan } from './measuring-port.ts';
import { findPartings } from './parting.ts';
import { say } from './refusals.ts';
import { Sims } from './sims.ts';
import { Terminals } from './terminals.ts';
import { Zones } from './zones.ts';

/** Applications are looked at this often: one switched on or off brings or takes flows. */
const collectMilliseconds = 5_000;
/** Sessions of probes are worked out anew so long after a change, so that many changes are one. */
const sessionsMilliseconds = 1_000;
const probeOctets = 128;
const probeMillisecondsDefault = 1_000;

/** Under this name an edge zone is probed: ids of terminals have no colon. */
export const zoneProbe = (zone: string): string => `zone:${zone}`;
/** Before what is probed of terminals: one reflector tells of all behind it. */
const zonePriority = 1;

export interface InventoryOptions {
  platform: NetworkPlatform;
  judgement: Judgement<Block>;
  measuring: () => Measuring | undefined;
  locate?: Localising;
  clockError?: () => number | undefined;
  /** Class of service (DSCP) a flow has at a terminal. */
  classOf?: (flow: string, terminal: string) => number;
  /** What bindings let a terminal have in a class of service, kbit/s, the lesser direction; undefined: no binding says. */
  rateOf?: (terminal: string, dscp: number) => number | undefined;
  coverage?: (query: CoverageQuery) => Promise<{ cells: unknown[]; limited: boolean }>;
}

/** The inventory and the cycle that judges it, opened, started and stopped together. */
export class Inventory {
  readonly terminals: Terminals;
  readonly sims: Sims;
  readonly flows: Flows;
  readonly zones: Zones;
  readonly judging: Judging;
  readonly records: JudgedRecords;
  readonly things: MeasuredThings;
  readonly handlers: Readonly<Record<string, (request: AppRequest) => unknown>>;
  readonly #options: InventoryOptions;
  readonly #changed = new Set<() => void>();
  #cancels: (() => void)[] = [];
  #stopped = false;
  #sessionsPlanned = false;

  private constructor(
    options: InventoryOptions,
    parts: {
      terminals: Terminals;
      sims: Sims;
      flows: Flows;
      zones: Zones;
      judging: Judging;
      records: JudgedRecords;
    },
  ) {
    this.#options = options;
    this.terminals = parts.terminals;
    this.sims = parts.sims;
    this.flows = parts.flows;
    this.zones = parts.zones;
    this.judging = parts.judging;
    this.records = parts.records;
    const { platform } = options;
    this.things = new MeasuredThings(platform, this.terminals, this.judging);
    const handled: InventoryParts = {
      platform,
      ...parts,
      measuring: options.measuring,
      idle: idleStatus,
      coverage: options.coverage ?? (() => Promise.resolve({ cells: [], limited: false })),
      changed: () => this.#look(),
    };
    this.handlers = inventoryHandlers(handled) as Readonly<Record<string, (request: AppRequest) => unknown>>;
  }

  static async open(options: InventoryOptions): Promise<Inventory> {
    const { platform } = options;
    const [terminals, sims, flows, zones] = await Promise.all([
      Terminals.open(platform),
      Sims.open(platform),
      Flows.open(platform),
      Zones.open(platform),
    ]);
    const records = new JudgedRecords(platform);
    const judging = await Judging.open({
      platform,
      flows,
      terminals,
      records,
      judgement: options.judgement,
      measuring: options.measuring,
      locate: options.locate ?? (() => undefined),
      clockError: options.clockError ?? (() => undefined),
      classOf: options.classOf ?? (() => 0),
    });
    return new Inventory(options, { terminals, sims, flows, zones, judging, records });
  }

  async start(): Promise<void> {
    const { platform } = this.#options;
    this.flows.collect();
    this.terminals.start();
    this.judging.start();
    this.#cancels.push(this.terminals.onChange(() => this.#look()));
    this.#cancels.push(this.flows.onChange(() => this.#planSessions()));
    this.#look();
    this.#planSessions();
    this.#collectAgain(platform);
    await this.things.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const cancel of this.#cancels) cancel();
    this.terminals.stop();
    await this.things.stop();
    await this.judging.stop();
  }

  /** Told whenever terminals, SIMs, flows or zones may have changed. */
  onChange(call: () => void): () => void {
    this.#changed.add(call);
    return () => this.#changed.delete(call);
  }

  /** What a provider knows of terminals. */
  async seen(provider: string, seen: readonly SeenTerminal[], complete = true): Promise<void> {
    await this.terminals.seen(provider, seen, complete);
  }

  #collectAgain(platform: NetworkPlatform): void {
    if (this.#stopped) return;
    const cancel = platform.clock.after(collectMilliseconds, () => {
      this.flows.collect();
      this.#collectAgain(platform);
    });
    this.#cancels = [...this.#cancels.slice(0, 2), cancel];
  }

  #look(): void {
    findPartings(this.terminals, this.sims, this.#options.platform.clock.now());
    this.#planSessions();
    for (const call of this.#changed) call();
  }

  #planSessions(): void {
    if (this.#sessionsPlanned || this.#stopped) return;
    this.#sessionsPlanned = true;
    this.#options.platform.clock.after(sessionsMilliseconds, () => {
      this.#sessionsPlanned = false;
      if (!this.#stopped) this.#options.measuring()?.setSessions(this.plans());
    });
  }

  /** What is to be probed: each terminal that says where its probes go, once for each class of service its flows ask for. */
  plans(): SessionPlan[] {
    const plans: SessionPlan[] = [];
    const zones = new Map(this.zones.all().map((zone) => [zone.id, zone]));
    const inside = new Map<string, number>();
    for (const { input } of this.terminals.all())
      if (input.zone !== undefined && input.probe !== undefined)
        inside.set(input.zone, (inside.get(input.zone) ?? 0) + (input.probe.dscps?.length ?? 1));
    for (const { id, probe } of zones.values())
      if (probe?.host !== undefined && probe.from !== 'terminal')
        plans.push({
          terminal: zoneProbe(id),
          target: probe,
          host: probe.host,
          dscp: probe.dscps?.[0] ?? 0,
          everyMilliseconds: probe.everyMilliseconds ?? probeMillisecondsDefault,
          octets: probeOctets,
          priority: zonePriority,
        });
    for (const terminal of this.terminals.all()) {
      const { probe, address } = terminal.input;
      const host =
        probe?.host ?? terminal.sessions.find((one) => one.address !== undefined)?.address ?? address;
      if (probe === undefined || host === undefined || probe.from === 'terminal') continue;
      const pairs = this.judging.ofTerminal(terminal.id);
      const priority = Math.min(9, ...pairs.map(({ flow }) => flow.input.priority));
      const octets = Math.max(probeOctets, ...pairs.map(({ flow }) => flow.input.level.messageBytes ?? 0));
      for (const dscp of probe.dscps ?? [0]) {
        if (plans.length >= networkLimits.probeSessionsMax) return plans;
        const zone = terminal.input.zone === undefined ? undefined : zones.get(terminal.input.zone);
        // All that is probed in a zone shares what its link carries.
        const ofZone = Math.min(
          zone?.uplinkMbps ?? Number.POSITIVE_INFINITY,
          zone?.downlinkMbps ?? Number.POSITIVE_INFINITY,
        );
        const pathKbps = Math.min(
          (ofZone * 1000) / Math.max(1, inside.get(zone?.id ?? '') ?? 1),
          this.#options.rateOf?.(terminal.id, dscp) ?? Number.POSITIVE_INFINITY,
        );
        plans.push({
          terminal: terminal.id,
          target: probe,
          host,
          dscp,
          everyMilliseconds: probe.everyMilliseconds ?? probeMillisecondsDefault,
          octets: Math.min(1400, octets),
          priority,
          ...(Number.isFinite(pathKbps) && pathKbps > 0 ? { pathKbps } : {}),
        });
      }
    }
    return plans;
  }

  subscribe(call: (change: NetworkChange) => void): () => void {
    return this.judging.subscribe((pair, news) => {
      const verdict = this.judging.show(pair);
      call({
        verdict,
        show: (may) => {
          if (!may(pair.terminal.place)) return undefined;
          const line = lineOf(pair);
          return {
            verdicts: news === 'verdict' && line !== undefined ? [line] : [],
            incidents: pair.incident === undefined ? [] : [pair.incident.incident],
          };
        },
      });
    });
  }

  forApp(app: string): AppNetwork {
    const stateOf = (need: string): AppNetworkState | undefined => {
      const worst = worstOf(this.judging.ofFlow(flowIdOf(app, need)));
      return worst?.state === undefined
        ? undefined
        : { need, state: worst.state, since: worst.since, reason: worst.reason, terminal: worst.terminal.id };
    };
    return {
      state: stateOf,
      onChange: (call) => {
        const last = new Map<string, string>();
        return this.judging.subscribe((pair, news) => {
          const { app: of, need } = pair.flow;
          if (news !== 'verdict' || of !== app || need === undefined) return;
          const state = stateOf(need);
          if (state === undefined || last.get(need) === state.state) return;
          last.set(need, state.state);
          call(state);
        });
      },
    };
  }

  pathOf(thing: string, flow: string | undefined): PathState | undefined {
    const terminal = this.terminals.ofThing(thing);
    if (terminal === undefined) return undefined;
    const pairs = this.judging
      .ofTerminal(terminal.id)
      .filter((pair) => pair.things.includes(thing) && (flow === undefined || pair.flow.id === flow));
    const worst = worstOf(pairs);
    if (worst?.state === undefined) return undefined;
    const { title } = worst.flow.input;
    const since = formatInstant(worst.since).slice(0, 19);
    const words: LocalText =
      worst.state === 'met'
        ? say(`The path gives "${title.en}" what it needs.`, `网络满足“${title.zh}”的要求。`)
        : say(
            `"${title.en}", since ${since} UTC: ${worst.reason.en}`,
            `“${title.zh}”自 ${since} UTC：${worst.reason.zh}`,
          );
    return { state: worst.state, words };
  }

  counters(): Record<string, number> {
    const counts: Record<string, number> = {
      met: 0,
      violated: 0,
      inconclusive: 0,
      'not-measurable': 0,
      none: 0,
    };
    let open = 0;
    for (const pair of this.judging.all()) {
      counts[pair.state ?? 'none']!++;
      if (pair.incident !== undefined) open++;
    }
    return {
      terminals: this.terminals.size,
      terminals_left_out: this.terminals.leftOut,
      sims: this.sims.size,
      flows: this.flows.size,
      incidents_open: open,
      judged_total: this.judging.judged,
      unreadable_blocks_total: this.judging.unreadable,
      judge_failures_total: this.judging.failures,
      passive_messages_total: this.judging.meter.messages,
      writes_dropped_total: this.records.dropped,
      ...Object.fromEntries(
        Object.entries(counts).map(([state, count]) => [`verdicts_${state.replaceAll('-', '_')}`, count]),
      ),
    };
  }
}

function lineOf(pair: Pair): VerdictLine | undefined {
  if (pair.state === undefined) return undefined;
  const worst = pair.criteria.find(({ state }) => state === pair.state);
  return {
    flow: pair.flow.id,
    flowTitle: { ...pair.flow.input.title },
    ...(pair.flow.app === undefined ? {} : { app: pair.flow.app }),
    terminal: pair.terminal.id,
    terminalTitle: pair.terminal.input.title,
    place: pair.terminal.place,
    state: pair.state,
    since: formatInstant(pair.since),
    to: formatInstant(pair.at),
    reason: { ...pair.reason },
    ...(worst === undefined ? {} : { worst: worst.criterion }),
  };
}

/** Nothing is probed: only what comes by itself is looked at. */
export function idleStatus(): MeasuringStatus {
  return {
    running: false,
    capabilities: [],
    reflector: { running: false, answered: 0, refused: 0 },
    sessions: { wanted: 0, running: 0, max: networkLimits.probeSessionsMax, leftOut: 0 },
    budget: { probesPerSecond: 0, probesPerSecondMax: networkLimits.probesPerSecondMax },
    noiseFloor: [],
    clock: { disciplined: false },
    counters: {},
  };
}
