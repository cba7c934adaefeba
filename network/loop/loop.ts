import {
  type Actor,
  type BindingInput,
  formatInstant,
  type LocalText,
  type LoopAction,
  LoopSettings,
  type LoopState,
  loopActionKinds,
} from '@millrace/contract';
import {
  AppError,
  type AuditTrail,
  type Clock,
  type Log,
  ProviderError,
  type RecordStore,
} from '@millrace/sdk';
import type { LoopVerdict, NetworkInventory } from '../requests/ports.ts';
import { wrongFields } from '../requests/providers.ts';
import { type Requests, whoIs } from '../requests/requests.ts';
import { assess, decide, isIdle } from './decide.ts';
import { type ActionSearch, type LoopStore, RecordedLoop, type StoredDecision } from './loop-store.ts';
import {
  type Action,
  type Change,
  type Decision,
  type LoopFlow,
  type LoopSituation,
  loopDefaults,
  loopLimits,
  type NewAction,
} from './situation.ts';

export interface LoopOptions {
  records: RecordStore;
  audit: AuditTrail;
  clock: Clock;
  log: Log;
  inventory: NetworkInventory;
  requests: Requests;
  /** What was judged last, of every flow at every terminal. */
  verdicts(): readonly LoopVerdict[];
  /** Sends a terminal's traffic through another edge zone; absent: nobody can. */
  moveZone?: ((terminal: string, zone: string | null, actor: Actor) => Promise<void>) | undefined;
  /** Tells an application that a need of its own is not met; absent: it is told by other means. */
  tellApp?: ((app: string, flow: string, verdict: LoopVerdict) => Promise<void>) | undefined;
  /** Tells people, once for each time of violation, with the cause. */
  tellPeople?:
    | ((what: {
        flow: string;
        terminal: string;
        verdict: LoopVerdict | undefined;
        words: LocalText;
        cause: LocalText;
      }) => Promise<void>)
    | undefined;
  random?: (() => number) | undefined;
  /** Where it keeps what it did; the records, if not told. */
  store?: LoopStore | undefined;
}

const platform: Actor = { kind: 'platform', id: 'network-loop' };
const minute = 60_000_000;
const hour = 60 * minute;
const say = (en: string, zh: string): LocalText => ({ en, zh });

/** JSON with its names in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    one !== null && typeof one === 'object' && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}

/** Somebody has changed in the meantime what an action was about. */
class ChangedSince extends Error {
  readonly words: LocalText;
  constructor(words: LocalText) {
    super(words.en);
    this.words = words;
  }
}

/**
 * Observe, assess, decide, act: what the platform proposes or does when a level is not met. Every action keeps what was before, so that taking
 * it back restores exactly that, also after a restart; what a decision was made from is kept with it.
 */
export class Loop {
  readonly #options: LoopOptions;
  readonly #store: LoopStore;
  #settings: LoopSettings = loopDefaults;
  readonly #actions = new Map<string, Action>();
  #callOff: (() => void) | undefined;
  #running = false;
  #round: Promise<unknown> = Promise.resolve();
  #last: { time: number; words: LocalText } | undefined;
  #problem: LocalText | undefined;
  readonly #listeners: ((action: Action) => void)[] = [];

  private constructor(options: LoopOptions) {
    this.#options = options;
    this.#store = options.store ?? new RecordedLoop(options.records);
  }

  static async open(options: LoopOptions): Promise<Loop> {
    const loop = new Loop(options);
    loop.#settings = { ...loopDefaults, ...(await loop.#store.settings()) };
    const since = options.clock.now() - loopLimits.triedHours * hour;
    for (const action of await loop.#store.remembered(since, loopLimits.rememberedMax))
      loop.#actions.set(action.id, action);
    return loop;
  }

  /** Goes on with what was cut off, then looks every so often. */
  start(): void {
    this.#running = true;
    void this.#inTurn(() => this.#resume());
    this.#schedule();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#callOff?.();
    await this.#round;
  }

  /** Told whenever something becomes of an action; for incidents, which show what was done. */
  onAction(call: (action: Action) => void): void {
    this.#listeners.push(call);
  }

  /** Actions for a flow of a terminal, newest first: of the time the loop remembers. */
  actionsFor(flow: string, terminal: string): LoopAction[] {
    return [...this.#actions.values()]
      .filter((action) => action.flow === flow && action.terminal === terminal)
      .sort((a, b) => b.proposed - a.proposed)
      .map(shown);
  }

  get settings(): LoopSettings {
    return this.#settings;
  }

  state(): LoopState {
    const now = this.#options.clock.now();
    const all = [...this.#actions.values()];
    return {
      settings: this.#settings,
      actionsInHour: all.filter((action) => action.changes.length > 0 && now - (action.done ?? 0) < hour)
        .length,
      proposed: all.filter(({ state }) => state === 'proposed').length,
      watching: all.filter(({ state }) => state === 'watching').length,
      ...(this.#last === undefined
        ? {}
        : { lastRound: formatInstant(this.#last.time), lastWords: this.#last.words }),
      ...(this.#problem === undefined ? {} : { problem: this.#problem }),
    };
  }

  async putSettings(change: Partial<LoopSettings>, actor: Actor): Promise<void> {
    const strange = [
      ...Object.keys(change).filter((name) => !Object.hasOwn(LoopSettings.properties, name)),
      ...Object.keys(change.kinds ?? {})
        .filter((kind) => !(loopActionKinds as readonly string[]).includes(kind))
        .map((kind) => `kinds.${kind}`),
    ];
    if (strange.length > 0)
      throw wrongFields(
        strange.slice(0, 20).map((field) => ({
          field,
          message: say(`There is no setting "${field.slice(0, 100)}"`, `没有设置项“${field.slice(0, 100)}”`),
        })),
      );
    const next = { ...this.#settings, ...change };
    const unknown = next.keepFlows.filter((id) => this.#options.inventory.flow(id) === undefined);
    if (change.keepFlows !== undefined && unknown.length > 0)
      throw wrongFields([
        {
          field: 'keepFlows',
          message: say(`There is no flow "${unknown[0]}"`, `没有业务流“${unknown[0]}”`),
        },
      ]);
    await this.#options.audit.record({
      actor,
      action: 'network.loop.settings',
      object: '',
      place: '',
      detail: { before: this.#settings, after: next },
      outcome: 'done',
    });
    await this.#store.putSettings(next);
    this.#settings = next;
  }

  async actions(search: ActionSearch): Promise<LoopAction[]> {
    return (await this.#store.search(search)).map(shown);
  }

  decisions(limit: number): Promise<Pick<StoredDecision, 'id' | 'time' | 'words'>[]> {
    return this.#store.decisions(limit);
  }

  /** A round with all it was decided from; `same`: decided anew, it is the same. */
  async decision(id: string): Promise<(StoredDecision & { same: boolean }) | undefined> {
    const stored = await this.#store.decision(id);
    if (stored === undefined) return undefined;
    const anew = decide(assess(stored.situation));
    return { ...stored, same: canonical(anew) === canonical(stored.decision) };
  }

  approve(id: string, actor: Actor): Promise<LoopAction> {
    return this.#inTurn(async () => {
      const action = await this.#require(id);
      if (action.state !== 'proposed') throw notNow(action);
      await this.#audit(action, 'approve', actor, 'done');
      await this.#carryOut(action, whoIs(actor), actor);
      return shown(action);
    });
  }

  reject(id: string, actor: Actor): Promise<LoopAction> {
    return this.#inTurn(async () => {
      const action = await this.#require(id);
      if (action.state !== 'proposed') throw notNow(action);
      await this.#audit(action, 'reject', actor, 'done');
      this.#end(action, 'rejected', say('A person said no.', '人员已拒绝。'), whoIs(actor));
      await this.#save(action);
      return shown(action);
    });
  }

  undo(id: string, actor: Actor): Promise<LoopAction> {
    return this.#inTurn(async () => {
      const action = await this.#require(id);
      if (!canUndo(action)) throw notNow(action);
      try {
        await this.#takeBack(action, say('A person took it back.', '人员已撤销。'), whoIs(actor), actor);
      } catch (error) {
        if (!(error instanceof ChangedSince)) throw error;
        throw new AppError(409, 'changed-since', error.words, say('Change it by hand.', '请手动修改。'));
      }
      return shown(action);
    });
  }

  /** One round, now; resolves when it is over. */
  async runRound(): Promise<Decision> {
    return this.#inTurn(async () => {
      // Decided from what would be read back from the records: nothing that JSON does not carry.
      const situation = JSON.parse(JSON.stringify(this.#observe())) as LoopSituation;
      const decision = decide(assess(situation));
      this.#last = { time: situation.now, words: decision.words };
      if (isIdle(decision)) return decision;
      const id = this.#newId(situation.now);
      await this.#store.addDecision({ id, time: situation.now, words: decision.words, situation, decision });
      await this.#act(decision, id);
      this.#forget(situation.now);
      return decision;
    });
  }

  #schedule(): void {
    this.#callOff = this.#options.clock.after(loopLimits.roundMilliseconds, () => {
      if (!this.#running) return;
      const again = (): void => {
        if (this.#running) this.#schedule();
      };
      this.runRound().then(
        () => {
          this.#problem = undefined;
          again();
        },
        (error: unknown) => {
          const text = error instanceof Error ? error.message : String(error);
          this.#problem = say(`The last round failed: ${text}`, `上一轮处置失败：${text}`);
          this.#options.log.error('a round of the network loop failed', { error: text });
          again();
        },
      );
    });
  }

  #observe(): LoopSituation {
    const { inventory, requests, clock, verdicts, moveZone, tellApp, tellPeople } = this.#options;
    const actions = [...this.#actions.values()];
    const watched = new Set(
      actions
        .filter(({ state }) => state === 'watching' || state === 'proposed')
        .map((one) => `${one.flow}@${one.terminal}`),
    );
    const all = verdicts()
      .filter(({ flow, terminal, state }) => state === 'violated' || watched.has(`${flow}@${terminal}`))
      .slice(0, loopLimits.verdictsMax);
    const concerned = new Set(all.map(({ flow, terminal }) => `${flow}@${terminal}`));
    const violated = new Set(all.filter(({ state }) => state === 'violated').map(({ terminal }) => terminal));
    const zones = new Set([...violated].flatMap((id) => inventory.terminal(id)?.zone ?? []));
    const near = inventory
      .terminals()
      .filter(({ id, zone }) => violated.has(id) || (zone !== undefined && zones.has(zone)))
      .slice(0, loopLimits.neighboursMax);
    const nearIds = new Set(near.map(({ id }) => id));
    const flows = inventory.flows().filter(({ enabled }) => enabled);
    const carried = flows.flatMap(({ id }) =>
      inventory
        .terminalsOf(id)
        .flatMap((terminal) =>
          nearIds.has(terminal)
            ? [{ flow: id, terminal, filters: inventory.filtersOf?.(id, terminal) ?? [] }]
            : [],
        ),
    );
    return {
      now: clock.now(),
      settings: this.#settings,
      flows: flows.map(
        ({ id, title, priority, app, level }): LoopFlow => ({ id, title, priority, app, level }),
      ),
      terminals: near.map(({ id, title, zone, place, provider }) => ({ id, title, zone, place, provider })),
      zones: inventory
        .zones()
        .map(({ id, title, provider, uplinkMbps }) => ({ id, title, provider, uplinkMbps })),
      providers: requests.providers
        .ids()
        .filter((id) => requests.providers.isOpen(id) && requests.providers.can(id, 'qos')),
      verdicts: all,
      bindings: requests
        .wantedBindings()
        .filter(({ input }) => nearIds.has(input.terminal))
        .map(({ id, input, stages }) => ({ id, input, standing: stages.standing })),
      carried,
      // Who was told matters only as long as there is something to tell.
      actions: actions.filter(
        (one) => one.changes.length > 0 || concerned.has(`${one.flow}@${one.terminal}`),
      ),
      can: {
        moveZone: moveZone !== undefined,
        tellApp: tellApp !== undefined,
        tellPeople: tellPeople !== undefined,
      },
    };
  }

  async #act(decision: Decision, id: string): Promise<void> {
    for (const { id: action, outcome } of decision.helped) {
      const known = this.#actions.get(action);
      if (known?.state !== 'watching') continue;
      known.state = 'helped';
      known.helped = true;
      known.outcome = outcome;
      await this.#save(known);
    }
    for (const { id: action, why } of decision.expire) {
      const known = this.#actions.get(action);
      if (known?.state !== 'proposed') continue;
      this.#end(known, 'expired', why, undefined);
      await this.#save(known);
    }
    for (const { id: action, why, helped } of decision.undo) {
      const known = this.#actions.get(action);
      if (known === undefined || (known.state !== 'watching' && known.state !== 'helped')) continue;
      known.helped = helped;
      await this.#takeBackOrLeave(known, why);
    }
    for (const fresh of decision.create) await this.#create(fresh, id);
  }

  async #create(fresh: NewAction, decision: string): Promise<void> {
    const now = this.#options.clock.now();
    const { mode, ...rest } = fresh;
    const action: Action = { ...rest, id: this.#newId(now), state: 'proposed', proposed: now, decision };
    this.#actions.set(action.id, action);
    if (action.kind === 'tell-app' || action.kind === 'tell-people') return this.#tell(action);
    // What could not be sent is not proposed either: a person would only be told so after saying yes.
    const wrong = action.changes.flatMap((change) =>
      change.kind === 'binding' && change.after !== null
        ? this.#options.requests.check('binding', change.id, change.after)
        : [],
    );
    if (wrong.length > 0) {
      const words = wrong[0]!.message;
      this.#end(action, 'failed', say(`Not possible: ${words.en}`, `无法执行：${words.zh}`), undefined);
      await this.#audit(action, 'propose', platform, 'refused', { why: words.en });
      return this.#save(action);
    }
    await this.#audit(action, 'propose', platform, mode === 'act' ? 'asked' : 'done');
    await this.#save(action);
    if (mode === 'act') await this.#carryOut(action, platform.id, platform);
  }

  async #tell(action: Action): Promise<void> {
    const { tellApp, tellPeople, verdicts, inventory, clock } = this.#options;
    const verdict = verdicts().find((one) => one.flow === action.flow && one.terminal === action.terminal);
    const app = inventory.flow(action.flow)?.app;
    await this.#audit(action, 'tell', platform, 'asked');
    try {
      if (action.kind === 'tell-people')
        await tellPeople?.({
          flow: action.flow,
          terminal: action.terminal,
          verdict,
          words: action.what,
          cause: action.why,
        });
      else if (app !== undefined && verdict !== undefined) await tellApp?.(app, action.flow, verdict);
      action.state = 'told';
      action.done = action.ended = clock.now();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#end(action, 'failed', say(`Nobody could be told: ${text}`, `无法通知：${text}`), undefined);
    }
    await this.#save(action);
  }

  /** `doing` is recorded first: a start after any end carries on from there. */
  async #carryOut(action: Action, by: string, actor: Actor): Promise<void> {
    action.state = 'doing';
    action.by = by;
    await this.#save(action);
    const done: Change[] = [];
    try {
      for (const change of action.changes) {
        await this.#put(change, change.before, change.after, actor);
        done.push(change);
      }
    } catch (error) {
      const words = wordsOf(error);
      if (done.length > 0) action.done = this.#options.clock.now();
      for (const change of done.reverse())
        await this.#put(change, change.after, change.before, platform).catch((undoing: unknown) =>
          this.#options.log.error('an action that failed half way could not be taken back whole', {
            action: action.id,
            change: change.id,
            error: String(undoing),
          }),
        );
      this.#end(action, 'failed', say(`Not done: ${words.en}`, `未执行：${words.zh}`), undefined);
      await this.#audit(action, 'do', actor, 'failed', { why: words.en });
      await this.#save(action);
      return;
    }
    const now = this.#options.clock.now();
    const { helpWithinMinutes, coolDownMinutes, thinForMinutes } = this.#settings;
    action.state = 'watching';
    action.done = now;
    // Taking back is a change too: not before the cool-down.
    action.judgeAt = now + Math.max(helpWithinMinutes, coolDownMinutes) * minute;
    if (action.kind === 'thin') action.until = now + Math.max(thinForMinutes, coolDownMinutes) * minute;
    await this.#audit(action, 'do', actor, 'done');
    await this.#save(action);
  }

  async #takeBackOrLeave(action: Action, why: LocalText): Promise<void> {
    try {
      await this.#takeBack(action, why, platform.id, platform);
    } catch (error) {
      // What a person has changed since is theirs now.
      const words = wordsOf(error);
      this.#end(action, 'failed', say(`Not taken back: ${words.en}`, `未撤销：${words.zh}`), platform.id);
      await this.#audit(action, 'undo', platform, 'failed', { why: words.en });
      await this.#save(action);
    }
  }

  async #takeBack(action: Action, why: LocalText, by: string, actor: Actor): Promise<void> {
    const before = action.state;
    // Everything is looked at before anything is touched.
    for (const change of action.changes) {
      const current = canonical(this.#current(change));
      if (current !== canonical(change.after) && current !== canonical(change.before))
        throw new ChangedSince(
          say(`"${change.id}" was changed by somebody since.`, `“${change.id}”此后已被他人修改。`),
        );
    }
    action.state = 'undoing';
    action.outcome = why;
    action.endedBy = by;
    await this.#audit(action, 'undo', actor, 'asked', { why: why.en });
    await this.#save(action);
    try {
      for (const change of [...action.changes].reverse())
        await this.#put(change, change.after, change.before, actor);
    } catch (error) {
      action.state = before;
      await this.#save(action);
      throw error;
    }
    this.#end(action, 'undone', why, by);
    await this.#audit(action, 'undo', actor, 'done', { why: why.en });
    await this.#save(action);
  }

  #current(change: Change): BindingInput | string | null {
    const { requests, inventory } = this.#options;
    if (change.kind === 'binding') return requests.wanted('binding', change.id) ?? null;
    return inventory.terminal(change.id)?.zone ?? null;
  }

  /** From one to the other; where it is the other already, nothing. */
  async #put(change: Change, from: Change['before'], to: Change['before'], actor: Actor): Promise<void> {
    const { requests, moveZone } = this.#options;
    const current = canonical(this.#current(change));
    if (current === canonical(to)) return;
    if (current !== canonical(from))
      throw new ChangedSince(
        say(`"${change.id}" was changed by somebody since.`, `“${change.id}”此后已被他人修改。`),
      );
    if (change.kind === 'zone') {
      if (moveZone === undefined) throw new Error('nobody can move terminals between zones');
      await moveZone(change.id, to as string | null, actor);
    } else if (to === null) await requests.remove('binding', change.id, actor);
    else await requests.put('binding', change.id, to as BindingInput, actor);
  }

  async #resume(): Promise<void> {
    for (const action of this.#actions.values()) {
      if (action.state === 'doing') await this.#carryOut(action, action.by ?? platform.id, platform);
      else if (action.state === 'undoing')
        await this.#takeBackOrLeave(action, action.outcome ?? say('Taken back.', '已撤销。'));
    }
  }

  #end(action: Action, state: Action['state'], outcome: LocalText, by: string | undefined): void {
    action.state = state;
    action.outcome = outcome;
    action.ended = this.#options.clock.now();
    if (by !== undefined) action.endedBy = by;
  }

  async #require(id: string): Promise<Action> {
    const action = this.#actions.get(id) ?? (await this.#store.get(id));
    if (action === undefined)
      throw new AppError(
        404,
        'not-found',
        say(`There is no action "${id.slice(0, 64)}"`, `没有处置“${id.slice(0, 64)}”`),
      );
    this.#actions.set(id, action);
    return action;
  }

  async #audit(
    action: Action,
    what: string,
    actor: Actor,
    outcome: 'asked' | 'done' | 'refused' | 'failed',
    more: Record<string, unknown> = {},
  ): Promise<void> {
    await this.#options.audit.record({
      actor,
      action: `network.loop.${what}`,
      object: action.id,
      place: this.#options.inventory.terminal(action.terminal)?.place ?? '',
      detail: {
        kind: action.kind,
        flow: action.flow,
        terminal: action.terminal,
        what: action.what.en,
        changes: action.changes,
        ...more,
      },
      outcome,
    });
  }

  async #save(action: Action): Promise<void> {
    await this.#store.save(action);
    for (const call of this.#listeners) call(action);
  }

  #forget(now: number): void {
    const since = now - loopLimits.triedHours * hour;
    const violated = new Set(
      this.#options
        .verdicts()
        .filter(({ state }) => state === 'violated')
        .map((verdict) => `${verdict.flow}@${verdict.terminal} ${verdict.since}`),
    );
    for (const [id, { state, proposed, ended, done, flow, terminal, violatedSince }] of this.#actions) {
      if (
        state === 'proposed' ||
        state === 'doing' ||
        state === 'watching' ||
        state === 'undoing' ||
        state === 'helped'
      )
        continue;
      // People were told once of what is still so.
      if (state === 'told' && violated.has(`${flow}@${terminal} ${violatedSince}`)) continue;
      if (Math.max(proposed, ended ?? 0, done ?? 0) < since) this.#actions.delete(id);
    }
  }

  #newId(now: number): string {
    const random = this.#options.random ?? Math.random;
    return `${Math.floor(now / 1000).toString(36)}-${Math.floor(random() * 36 ** 6)
      .toString(36)
      .padStart(6, '0')}`;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#round.then(work);
    this.#round = turn.catch(() => {});
    return turn;
  }
}

function wordsOf(error: unknown): LocalText {
  if (error instanceof AppError) return error.fields[0]?.message ?? error.words;
  if (error instanceof ChangedSince || error instanceof ProviderError) return error.words;
  const text = error instanceof Error ? error.message : String(error);
  return say(text, text);
}

const canUndo = ({ state, changes }: Action): boolean =>
  changes.length > 0 && (state === 'watching' || state === 'helped');

function notNow(action: Action): AppError {
  return new AppError(
    409,
    'not-now',
    say(
      `This action is "${action.state}": that is not possible now`,
      `该处置当前状态为“${action.state}”，无法执行此操作`,
    ),
  );
}

export function shown(action: Action): LoopAction {
  const { violatedSince: _, until: __, helped: ___, proposed, done, ended, judgeAt, ...rest } = action;
  const time = (at: number | undefined): string | undefined =>
    at === undefined ? undefined : formatInstant(at);
  return JSON.parse(
    JSON.stringify({
      ...rest,
      proposed: formatInstant(proposed),
      done: time(done),
      ended: time(ended),
      judgeAt: action.state === 'watching' ? time(judgeAt) : undefined,
      canUndo: canUndo(action),
    }),
  ) as LoopAction;
}
