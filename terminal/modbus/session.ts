import type { ConnectionProblem, Microseconds } from '@millrace/contract';
import { status } from '@millrace/contract';
import type { TerminalContext, TerminalSession, WriteOutcome } from '@millrace/sdk';
import { connectOrThrow, terminalError } from './connect.ts';
import { Link, type Outcome } from './link.ts';
import { type Block, cutKey, cutOf, orderOf, planBlocks } from './plan.ts';
import {
  badRepeatMicroseconds,
  type PointProblem,
  type PolledPoint,
  pointsOf,
  pointText,
  writeBad,
  writeValue,
} from './point.ts';
import {
  exceptionStatus,
  formsProblem,
  isDivisible,
  isSilence,
  refusedPointsProblem,
  silenceProblem,
  silentUnitsProblem,
} from './problem.ts';
import { type ModbusSettings, readSettings } from './settings.ts';
import { writeProperty } from './write.ts';

/** Timeouts in a row after which a unit that used to answer is silent. */
export const silentAfterTimeouts = 2;
/** Silent units are asked again after this time, doubled each time up to the maximum. */
export const probeMillisecondsMin = 2000;
export const probeMillisecondsMax = 60_000;
/** The same where a gateway says at once that the unit is silent: that costs next to nothing. */
export const gatewayProbeMillisecondsMax = 10_000;
/** Asking a silent unit may keep the others waiting for this long. */
export const probeHoldMilliseconds = 250;
/** Time between two such questions while other units are answering. */
export const probeSpacingMilliseconds = 2500;
/** Refused addresses tried again in one poll of a unit. */
export const refusedRetriesPerPollMax = 2;
/** Time `open` waits for the first unit to answer. */
export const firstAnswerMilliseconds = 10_000;
const houseKeepingMilliseconds = 1000;

interface Unit {
  id: number;
  heard: boolean;
  silent: boolean;
  timeoutsInARow: number;
  /** Slowest answer lately, in milliseconds; decays. */
  slowest: number;
  probeAt: Microseconds;
  probeMilliseconds: number;
  /** Whether it was silence itself, or a gateway saying so; the latter shows that the connection is sound. */
  silentBy: 'timeout' | 'gateway';
  /** Quality of its points while it is silent. */
  silentStatus: number;
}

/** Points of one unit that are polled together. */
interface Job {
  unit: Unit;
  milliseconds: number;
  timeoutMilliseconds: number;
  points: PolledPoint[];
  blocks: Block<PolledPoint>[];
  /** Points that the device refuses one by one. */
  refused: PolledPoint[];
  running: boolean;
  /** A cut left out in this poll, to see whether it is needed. */
  trial: Cut | undefined;
  /** The poll that `open` starts is outside the grid and must not count as a missed one. */
  offGrid: boolean;
}

/** A place that is not read across: unit and entity, and the order of the span that starts a block of its own. */
interface Cut {
  key: string;
  order: number;
}

/** Jobs of one interval fire together, at whole multiples of it since the epoch. */
interface Grid {
  milliseconds: number;
  jobs: Job[];
  tick: number;
  cancel(): void;
}

/** Connection id → when its points were last written as not connected, so that a dead device is written once a minute. */
const unreachableAt = new Map<string, Microseconds>();

/** Opens towards one device or gateway and polls what things describe until closed or lost. */
export class ModbusSession implements TerminalSession {
  readonly #context: TerminalContext;
  readonly #settings: ModbusSettings;
  readonly #link: Link;
  readonly #units = new Map<number, Unit>();
  readonly #points = new Map<string, PolledPoint[]>();
  readonly #problems = new Map<string, PointProblem[]>();
  /** Learned: where a device refuses to be read across. */
  readonly #cuts = new Map<string, Set<number>>();
  /** Cuts that halving made and nobody knows to be needed; each is tried once without. */
  #unproven: Cut[] = [];
  #grids: Grid[] = [];
  #cancelHouseKeeping: () => void = () => {};
  #probing = false;
  #probedAt: Microseconds = 0;
  #lagMax = 0;
  #ended = false;
  #opened = false;
  #reported = '';
  /** Why the connection broke before `open` was through. */
  #failure: ConnectionProblem | undefined;
  #onHeard: (() => void) | undefined;

  constructor(context: TerminalContext) {
    this.#context = context;
    this.#settings = readSettings(context.settings);
    this.#link = new Link({
      host: this.#settings.host,
      port: this.#settings.port,
      connectMilliseconds: this.#settings.connectMilliseconds,
      inFlight: this.#settings.inFlight,
      pauseMilliseconds: this.#settings.pauseMilliseconds,
      clock: context.clock,
      count: (name, by) => context.count(name, by),
    });
  }

  async open(): Promise<this> {
    const { clock, signal } = this.#context;
    // Before anything is awaited: a thing that comes while the connection is being made must not be missed.
    this.#context.onThingsChanged((ids) => this.#thingsChanged(ids));
    signal.addEventListener('abort', () => this.#end(), { once: true });
    for (const id of this.#context.things.keys()) this.#take(id);
    this.#plan();
    try {
      await connectOrThrow(this.#link, signal);
    } catch (error) {
      this.#end();
      this.#writeUnreachable();
      throw error;
    }
    this.#link.onGone((problem) => this.#lose(problem));
    const first = await this.#firstAnswer();
    if (first !== undefined) {
      this.#end();
      this.#writeUnreachable();
      throw terminalError(first);
    }
    unreachableAt.delete(this.#context.connection.id);
    this.#opened = true;
    this.#writeProblems(this.#problems.keys());
    for (const grid of this.#grids) this.#startGrid(grid);
    this.#keepHouse();
    // After `open` has resolved: the host then takes the state as connected.
    clock.after(0, () => this.#assess());
    return this;
  }

  close(): Promise<void> {
    this.#end();
    return Promise.resolve();
  }

  reaches(thing: string): boolean {
    return this.#opened && !this.#ended && this.#context.things.has(thing);
  }

  /** Writes what a property's form says, and reads it back. */
  write(thing: string, property: string, value: unknown): Promise<WriteOutcome> {
    return writeProperty(this.#link, this.#context, this.#settings, thing, property, value);
  }

  /** Polls everything once; resolves at the first answer, with a problem if there is none. */
  async #firstAnswer(): Promise<ConnectionProblem | undefined> {
    const jobs = this.#grids.flatMap((grid) => grid.jobs);
    if (jobs.length === 0) return undefined;
    let cancel = (): void => {};
    let heard = (): void => {};
    const answered = new Promise<void>((resolve) => {
      heard = resolve;
    });
    this.#onHeard = heard;
    const timeUp = new Promise<void>((resolve) => {
      cancel = this.#context.clock.after(
        Math.max(firstAnswerMilliseconds, 2 * this.#settings.timeoutMilliseconds),
        resolve,
      );
    });
    const now = this.#context.clock.now();
    const all = Promise.all(
      jobs.map((job) => {
        job.offGrid = true;
        return this.#run(job, now);
      }),
    );
    await Promise.race([answered, all, timeUp]);
    cancel();
    this.#onHeard = undefined;
    const units = [...this.#units.values()];
    if (this.#failure !== undefined) return this.#failure;
    if (units.some((unit) => unit.heard || unit.silentBy === 'gateway')) return undefined;
    return silenceProblem(
      units.map((unit) => unit.id).sort((a, b) => a - b),
      this.#settings,
    );
  }

  /** Reads a thing's description anew. */
  #take(id: string): void {
    for (const polled of this.#points.get(id) ?? []) polled.active = false;
    this.#points.delete(id);
    this.#problems.delete(id);
    const thing = this.#context.things.get(id);
    if (thing === undefined) return;
    const { points, problems } = pointsOf(thing, this.#context.connection.id, this.#settings);
    if (points.length > 0) this.#points.set(id, points);
    if (problems.length > 0) this.#problems.set(id, problems);
  }

  /** Puts forms that cannot be read where a person sees them: in quarantine, and as a bad sample of the property. */
  #writeProblems(ids: Iterable<string>): void {
    const batch = this.#context.intake.batch;
    const now = this.#context.clock.now();
    for (const id of ids) {
      for (const { point, form, message, at } of this.#problems.get(id) ?? []) {
        const detail = `form of "${point.name}": ${message.en}`;
        batch.reject({
          thing: id,
          // With the property, so that two wrong forms of one address are two records.
          source: `${form} (${point.name})`,
          reason: 'unsupported',
          detail,
          excerpt: at,
          count: 1,
        });
        batch.add(point, null, undefined, now, status.badConfigurationError, form);
      }
    }
  }

  #thingsChanged(ids: readonly string[]): void {
    if (this.#ended) return;
    for (const id of ids) this.#take(id);
    for (const grid of this.#grids) grid.cancel();
    this.#plan();
    if (!this.#opened) return;
    this.#writeProblems(ids);
    for (const grid of this.#grids) {
      this.#startGrid(grid);
      for (const job of grid.jobs) void this.#readNew(job);
    }
    this.#assess();
  }

  /** Reads points that were never read at once: the next poll of an energy counter may be an hour away. */
  async #readNew(job: Job): Promise<void> {
    const points = job.points.filter((polled) => polled.status === undefined);
    if (points.length === 0 || job.unit.silent || this.#context.intake.congested) return;
    const first: Job = { ...job, points, blocks: [], refused: [], offGrid: true };
    this.#planJob(first);
    await this.#run(first, this.#context.clock.now());
    // What was learned about refused addresses holds for the regular polls, too.
    if (!this.#ended) this.#planJob(job);
  }

  /** Groups points by unit and interval. Units keep what is known of them. */
  #plan(): void {
    const grids = new Map<number, Map<number, PolledPoint[]>>();
    const seen = new Set<number>();
    for (const points of this.#points.values()) {
      for (const polled of points) {
        seen.add(polled.unit);
        let grid = grids.get(polled.pollMilliseconds);
        if (grid === undefined) grids.set(polled.pollMilliseconds, (grid = new Map()));
        const list = grid.get(polled.unit);
        if (list === undefined) grid.set(polled.unit, [polled]);
        else list.push(polled);
      }
    }
    for (const id of this.#units.keys()) if (!seen.has(id)) this.#units.delete(id);
    const old = this.#grids;
    this.#grids = [...grids].map(([milliseconds, units]) => {
      const before = old.find((grid) => grid.milliseconds === milliseconds);
      return {
        milliseconds,
        tick: before?.tick ?? Math.floor(this.#context.clock.now() / 1000 / milliseconds),
        cancel: () => {},
        jobs: [...units].map(([id, points]): Job => {
          const job: Job = {
            unit: this.#unit(id),
            milliseconds,
            timeoutMilliseconds: Math.max(...points.map((polled) => polled.timeoutMilliseconds)),
            points,
            blocks: [],
            refused: [],
            running: false,
            trial: undefined,
            offGrid: false,
          };
          this.#planJob(job);
          return job;
        }),
      };
    });
    this.#context.gauge('units', this.#units.size);
  }

  #planJob(job: Job): void {
    job.refused = job.points.filter((polled) => polled.refusedUntil !== undefined);
    job.blocks = planBlocks(
      job.points.filter((polled) => polled.refusedUntil === undefined),
      this.#settings,
      this.#cuts,
    );
  }

  #unit(id: number): Unit {
    let unit = this.#units.get(id);
    if (unit === undefined) {
      unit = {
        id,
        heard: false,
        silent: false,
        timeoutsInARow: 0,
        slowest: 0,
        probeAt: 0,
        probeMilliseconds: probeMillisecondsMin,
        silentBy: 'timeout',
        silentStatus: status.badTimeout,
      };
      this.#units.set(id, unit);
    }
    return unit;
  }

  #startGrid(grid: Grid): void {
    const { clock } = this.#context;
    const step = grid.milliseconds * 1000;
    const planned = Math.floor(clock.now() / step) + 1;
    const wait = (): void => {
      const left = Math.ceil((planned * step - clock.now()) / 1000);
      grid.cancel = clock.after(Math.max(1, left), fire);
    };
    const fire = (): void => {
      const now = clock.now();
      // Timers may go off a little early by the wall clock. A clock that was set back is not waited for.
      if (now < planned * step && planned * step - now < step) {
        wait();
        return;
      }
      const tick = Math.max(planned, Math.floor(now / step));
      const missed = tick - grid.tick - 1;
      if (missed > 0 && grid.jobs.length > 0) this.#context.count('missedPolls', missed * grid.jobs.length);
      grid.tick = now < planned * step ? Math.floor(now / step) : tick;
      this.#startGrid(grid);
      this.#tick(grid, Math.min(tick * step, now));
    };
    wait();
  }

  #tick(grid: Grid, due: Microseconds): void {
    const context = this.#context;
    if (context.intake.congested) {
      // Nothing is asked that could not be stored; the device keeps its values.
      context.count('missedPolls', grid.jobs.length);
      context.count('congestedPolls', grid.jobs.length);
      return;
    }
    for (const job of grid.jobs) {
      if (job.unit.silent) {
        this.#writeBad(job.points, job.unit.silentStatus);
        continue;
      }
      if (job.running) {
        if (!job.offGrid) context.count('missedPolls', 1);
        continue;
      }
      void this.#run(job, due);
    }
  }

  /** Reads all blocks of a job, as many at once as the connection allows. Never rejects. */
  async #run(job: Job, due: Microseconds): Promise<void> {
    job.running = true;
    const now = this.#context.clock.now();
    this.#tryWithoutCut(job);
    const work: Block<PolledPoint>[] = [...job.blocks, ...this.#refusedDue(job, now)];
    let stopped = false;
    const lane = async (): Promise<void> => {
      for (let block = work.shift(); block !== undefined && !this.#ended; block = work.shift()) {
        if (stopped) {
          // The unit has just not answered: asking for the rest would only keep the others waiting.
          this.#writeBad(block.spans, job.unit.silentStatus);
          continue;
        }
        const sent = this.#context.clock.now();
        const outcome = await this.#read(job, block);
        if (this.#ended || outcome.kind === 'closed') return;
        if (!this.#apply(job, block, outcome, sent, due, work)) stopped = true;
      }
    };
    const lanes = Math.min(this.#settings.inFlight, Math.max(1, work.length));
    try {
      await Promise.all(Array.from({ length: lanes }, lane));
    } catch (error) {
      this.#context.log.error('a poll broke off', { error: String((error as Error).stack) });
    }
    job.running = false;
    job.trial = undefined;
    job.offGrid = false;
  }

  /**
   * Halving leaves more cuts than the device demands. One at a time is left out; if the device then refuses again, it is put back for
   * good.
   */
  #tryWithoutCut(job: Job): void {
    const prefix = `${job.unit.id}/`;
    const found = this.#unproven.findIndex((cut) => cut.key.startsWith(prefix));
    if (found === -1 || job.unit.timeoutsInARow > 0) return;
    const cut = this.#unproven.splice(found, 1)[0]!;
    const starts = (block: Block<PolledPoint>): boolean =>
      cutKey(block.unit, block.entity) === cut.key && orderOf(block.spans[0]!) === cut.order;
    if (!job.blocks.some(starts)) return;
    this.#cuts.get(cut.key)?.delete(cut.order);
    job.trial = cut;
    this.#planJob(job);
  }

  /** The cut whose absence made the device refuse this block, if that is being tried. */
  #trialOf(job: Job, block: Block<PolledPoint>): number | undefined {
    const { trial } = job;
    if (trial === undefined || trial.key !== cutKey(block.unit, block.entity)) return undefined;
    const at = block.spans.findIndex((span) => orderOf(span) === trial.order);
    return at > 0 && orderOf(block.spans[0]!) < trial.order ? trial.order : undefined;
  }

  /** Refused points whose time has come, each as a request of its own; a few at a time. */
  #refusedDue(job: Job, now: Microseconds): Block<PolledPoint>[] {
    const due: Block<PolledPoint>[] = [];
    for (const polled of job.refused) {
      if (due.length === refusedRetriesPerPollMax) break;
      if (polled.refusedUntil === undefined || now < polled.refusedUntil) continue;
      polled.refusedUntil = now + badRepeatMicroseconds;
      const { unit, entity, start, length } = polled;
      due.push({ unit, entity, start, length, spans: [polled] });
    }
    return due;
  }

  #read(job: Job, block: Block<PolledPoint>): Promise<Outcome> {
    const { unit } = job;
    const trusted = unit.heard && unit.timeoutsInARow === 0;
    const hold = trusted ? Math.max(probeHoldMilliseconds, 4 * unit.slowest) : probeHoldMilliseconds;
    return this.#link.read(
      block.unit,
      block.entity,
      block.start,
      block.length,
      job.timeoutMilliseconds,
      hold,
    );
  }

  /** Takes one outcome. False: the unit does not answer, the rest of the job is not asked. */
  #apply(
    job: Job,
    block: Block<PolledPoint>,
    outcome: Exclude<Outcome, { kind: 'closed' }>,
    sent: Microseconds,
    due: Microseconds,
    work: Block<PolledPoint>[],
  ): boolean {
    const context = this.#context;
    context.count('reads', 1);
    switch (outcome.kind) {
      case 'timeout':
        context.count('readErrors', 1);
        context.count('timeouts', 1);
        this.#writeBad(block.spans, status.badTimeout);
        this.#unitTimedOut(job.unit, 'timeout', status.badTimeout);
        return false;
      case 'malformed':
        context.count('readErrors', 1);
        this.#unitHeard(job.unit);
        this.#writeBad(block.spans, status.badCommunicationError);
        return true;
      case 'exception':
        context.count('readErrors', 1);
        context.count('exceptions', 1);
        return this.#refused(job, block, outcome.code, work);
      case 'data': {
        const milliseconds = (outcome.at - sent) / 1000;
        job.unit.slowest = Math.max(milliseconds, job.unit.slowest * 0.98);
        this.#unitHeard(job.unit);
        this.#lagMax = Math.max(this.#lagMax, (outcome.at - due) / 1000);
        const batch = context.intake.batch;
        for (const polled of block.spans) {
          if (!polled.active) continue;
          if (polled.refusedUntil !== undefined) this.#accepted(job, polled);
          writeValue(polled, polled.decode(outcome.data, block.start), outcome.at, batch);
        }
        return true;
      }
    }
  }

  #refused(job: Job, block: Block<PolledPoint>, code: number, work: Block<PolledPoint>[]): boolean {
    if (isSilence(code)) {
      // The gateway answers, so the link is sound; the unit behind it is treated as silent.
      this.#writeBad(block.spans, exceptionStatus(code));
      this.#unitTimedOut(job.unit, 'gateway', exceptionStatus(code));
      this.#onHeard?.();
      return false;
    }
    this.#unitHeard(job.unit);
    const proven = isDivisible(code) ? this.#trialOf(job, block) : undefined;
    const cut = proven ?? (isDivisible(code) ? cutOf(block) : undefined);
    if (cut !== undefined) {
      const key = cutKey(block.unit, block.entity);
      if (proven === undefined) this.#unproven.push({ key, order: cut });
      else job.trial = undefined;
      let cuts = this.#cuts.get(key);
      if (cuts === undefined) this.#cuts.set(key, (cuts = new Set()));
      cuts.add(cut);
      this.#context.count('splits', 1);
      work.unshift(...planBlocks(block.spans, this.#settings, this.#cuts));
      this.#planJob(job);
      return true;
    }
    const now = this.#context.clock.now();
    if (isDivisible(code)) {
      for (const polled of block.spans) {
        polled.refusedUntil = now + badRepeatMicroseconds;
        polled.refusedCode = code;
      }
      this.#planJob(job);
      this.#assess();
    }
    this.#writeBad(block.spans, exceptionStatus(code));
    return true;
  }

  /** A refused address answers now: what was learned about its neighbours may be out of date, too. */
  #accepted(job: Job, polled: PolledPoint): void {
    polled.refusedUntil = undefined;
    const key = cutKey(polled.unit, polled.entity);
    this.#cuts.delete(key);
    this.#unproven = this.#unproven.filter((cut) => cut.key !== key);
    this.#planJob(job);
    this.#assess();
  }

  #unitHeard(unit: Unit): void {
    this.#onHeard?.();
    unit.timeoutsInARow = 0;
    unit.probeMilliseconds = probeMillisecondsMin;
    unit.heard = true;
    if (unit.silent) {
      unit.silent = false;
      this.#assess();
    }
  }

  #unitTimedOut(unit: Unit, by: Unit['silentBy'], code: number): void {
    unit.timeoutsInARow++;
    unit.silentBy = by;
    unit.silentStatus = code;
    if (!unit.silent && unit.heard && unit.timeoutsInARow < silentAfterTimeouts) return;
    if (!unit.silent) {
      unit.silent = true;
      unit.probeMilliseconds = probeMillisecondsMin;
      unit.probeAt = this.#context.clock.now() + unit.probeMilliseconds * 1000;
    }
    this.#assess();
  }

  #writeBad(points: readonly PolledPoint[], code: number): void {
    // Once the connection is lost, that is the last thing said of its points.
    if (this.#ended) return;
    const now = this.#context.clock.now();
    const batch = this.#context.intake.batch;
    for (const polled of points) if (polled.active) writeBad(polled, code, now, batch);
  }

  #keepHouse(): void {
    this.#cancelHouseKeeping = this.#context.clock.after(houseKeepingMilliseconds, () => {
      if (this.#ended) return;
      this.#context.gauge('lagMilliseconds', Math.round(this.#lagMax));
      this.#lagMax = 0;
      this.#probe();
      this.#keepHouse();
    });
  }

  /** Asks one silent unit whether it is back: seldom, and without keeping the others waiting for long. */
  #probe(): void {
    if (this.#probing || this.#context.intake.congested) return;
    const now = this.#context.clock.now();
    if (now - this.#probedAt < probeSpacingMilliseconds * 1000) return;
    let next: Unit | undefined;
    for (const unit of this.#units.values()) {
      if (unit.silent && unit.probeAt <= now && (next === undefined || unit.probeAt < next.probeAt))
        next = unit;
    }
    if (next === undefined) return;
    const unit = next;
    const job = this.#grids.flatMap((grid) => grid.jobs).find((candidate) => candidate.unit === unit);
    if (job === undefined || job.running) return;
    this.#probing = true;
    this.#probedAt = now;
    unit.probeMilliseconds = Math.min(
      unit.probeMilliseconds * 2,
      unit.silentBy === 'gateway' ? gatewayProbeMillisecondsMax : probeMillisecondsMax,
    );
    unit.probeAt = now + unit.probeMilliseconds * 1000;
    void this.#run(job, now).then(() => {
      this.#probing = false;
    });
  }

  /** Compares what is wrong with what was last said, and says what is new. */
  #assess(): void {
    if (this.#ended || !this.#opened) return;
    const silent = [...this.#units.values()].filter((unit) => unit.silent);
    this.#context.gauge('unitsSilent', silent.length);
    if (
      silent.length > 0 &&
      silent.length === this.#units.size &&
      silent.every((unit) => unit.silentBy === 'timeout')
    ) {
      this.#lose(
        silenceProblem(
          silent.map((unit) => unit.id).sort((a, b) => a - b),
          this.#settings,
        ),
      );
      return;
    }
    const problem = this.#problem(silent);
    const text = problem === undefined ? '' : `${problem.code} ${problem.what.en}`;
    if (text === this.#reported) return;
    this.#reported = text;
    if (problem === undefined) this.#context.report('connected');
    else this.#context.report('degraded', problem);
  }

  #problem(silent: readonly Unit[]): ConnectionProblem | undefined {
    if (silent.length > 0) {
      return silentUnitsProblem(
        silent.map((unit) => unit.id).sort((a, b) => a - b),
        this.#units.size,
      );
    }
    const forms = [...this.#problems.values()].flat();
    const form = forms[0];
    if (form !== undefined)
      return formsProblem(forms.length, form.point.thing, form.point.name, form.message);
    const refused = [...this.#points.values()].flat().filter((polled) => polled.refusedUntil !== undefined);
    const one = refused[0];
    return one === undefined
      ? undefined
      : refusedPointsProblem(refused.length, pointText(one), one.refusedCode);
  }

  #lose(problem: ConnectionProblem): void {
    if (this.#ended) return;
    if (!this.#opened) {
      // `open` is still waiting for a first answer and says it itself.
      this.#failure = problem;
      this.#end();
      return;
    }
    this.#end();
    this.#writeUnreachable();
    this.#context.lost(problem);
  }

  /** Each point says that it is not connected; not more often than once a minute however often it is tried. */
  #writeUnreachable(): void {
    const { clock, intake, connection } = this.#context;
    const now = clock.now();
    const last = unreachableAt.get(connection.id);
    if (last !== undefined && now >= last && now - last < badRepeatMicroseconds) return;
    unreachableAt.set(connection.id, now);
    const batch = intake.batch;
    for (const points of this.#points.values()) {
      for (const polled of points) writeBad(polled, status.badNotConnected, now, batch);
    }
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelHouseKeeping();
    for (const grid of this.#grids) grid.cancel();
    this.#link.close();
  }
}
