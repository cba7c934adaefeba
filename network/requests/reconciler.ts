import { createHash } from 'node:crypto';
import { type BindingInput, formatInstant, type LocalText, type Microseconds } from '@millrace/contract';
import {
  type Accepted,
  type AuditEntry,
  type AuditTrail,
  type BindingRequest,
  type Clock,
  type Effective,
  type Log,
  type NetworkProvider,
  ProviderError,
} from '@millrace/sdk';
import type { Content, Item, ItemStore, Leaving, Placement, RequestKind } from './item.ts';
import { NoAnswer, type Providers } from './providers.ts';
import {
  afterFailure,
  afterLoss,
  lossWords,
  nextStep,
  readAfter,
  requestLimits,
  type Step,
} from './steps.ts';

/** What an item asks for now: of which provider and what; or why it asks for nothing. */
export type Resolved =
  | { provider: string; content: Content; words: LocalText; place: string }
  | { nothing: LocalText | undefined };

export interface ReconcilerOptions {
  store: ItemStore;
  providers: Providers;
  audit: AuditTrail;
  clock: Clock;
  log: Log;
  random: () => number;
  resolve(item: Item): Resolved;
}

const tickMilliseconds = 500;
/** Something may have changed that nobody told of: looked at again this often. */
const lookAgainMilliseconds = 30_000;
/** The record store or the audit trail did not take something: tried again after this. */
const storeRetryMilliseconds = 5_000;
/** Items begun at once in one turn of the event loop, and those on their way at one provider. */
const begunMax = 500;
const onTheirWayMax = 32;
/** Steps of one item in a row before others have their turn. */
const stepsInRowMax = 8;
const keyCharacters = 10;

const say = (en: string, zh: string): LocalText => ({ en, zh });
const actor = { kind: 'platform', id: 'network' } as const;

/** JSON with its names in order: the same content, the same text. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, canonical(one)]),
  );
}

export function digestOf(content: Content): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(content)))
    .digest('base64url')
    .slice(0, 22);
}

export const itemKey = (kind: RequestKind, id: string): string => `${kind}/${id}`;

/**
 * Brings providers to what is wanted, one step at a time, and keeps looking. Before a provider is called it is recorded that it will be, and
 * the audit trail tells it; so a start after any end, however sudden, finds what may be out there and asks for it, or lets it go, by the
 * same key.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #items = new Map<string, Item>();
  /** Those that are wished for, by kind; bindings by terminal too. */
  readonly #wished: Readonly<Record<RequestKind, Map<string, Item>>> = {
    slice: new Map(),
    binding: new Map(),
    group: new Map(),
  };
  readonly #atTerminal = new Map<string, Map<string, Item>>();
  readonly #due = new Map<string, Microseconds>();
  readonly #busy = new Map<string, Promise<void>>();
  /** Touched while a step was on its way: looked at once more. */
  readonly #again = new Set<string>();
  /** Saves of one item, one after the other. */
  readonly #saves = new Map<string, Promise<void>>();
  /** What is in memory and could not be saved. */
  readonly #unsaved = new Set<string>();
  readonly #onTheirWay = new Map<string, number>();
  readonly #atProvider = new Map<string, number>();
  readonly #listeners: ((item: Item) => void)[] = [];
  #callOff: (() => void) | undefined;
  #running = false;

  private constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  static async open(options: ReconcilerOptions): Promise<Reconciler> {
    const reconciler = new Reconciler(options);
    for (const item of await options.store.load()) {
      reconciler.#items.set(itemKey(item.kind, item.id), item);
      reconciler.#index(item, item.wanted);
    }
    options.providers.onOpened((id) => reconciler.#providerOpened(id));
    options.providers.onChange((id, change) => {
      for (const [kind, name] of [
        ['binding', change.binding],
        ['slice', change.slice],
        ['group', change.group],
      ] as const)
        if (name !== undefined) reconciler.#told(id, kind, name);
    });
    return reconciler;
  }

  start(): void {
    this.#running = true;
    this.#schedule();
    this.tick();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#callOff?.();
    await this.idle();
  }

  /** Resolves when nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all(this.#busy.values());
  }

  onChanged(call: (item: Item) => void): void {
    this.#listeners.push(call);
  }

  all(kind: RequestKind): Item[] {
    return [...this.#items.values()].filter((item) => item.kind === kind);
  }

  get(kind: RequestKind, id: string): Item | undefined {
    return this.#items.get(itemKey(kind, id));
  }

  /** What is wished for. */
  wished(kind: RequestKind): ReadonlyMap<string, Item> {
    return this.#wished[kind];
  }

  wishedAt(terminal: string): Iterable<Item> {
    return this.#atTerminal.get(terminal)?.values() ?? [];
  }

  /** Resolves when the wish is durable; what follows from it comes by and by. */
  async want(wish: Pick<Item, 'kind' | 'id' | 'input' | 'wanted' | 'by'>): Promise<Item> {
    const key = itemKey(wish.kind, wish.id);
    const now = this.#options.clock.now();
    const known = this.#items.get(key);
    const fresh: Item = {
      ...wish,
      since: now,
      stages: { standing: 'none' },
      placement: undefined,
      attempts: 0,
      retryAt: undefined,
      halted: undefined,
      losses: 0,
      readAt: undefined,
      endedAt: undefined,
    };
    const item = known ?? fresh;
    const change = {
      input: wish.input,
      wanted: wish.wanted,
      by: wish.by,
      since: known !== undefined && known.wanted === wish.wanted ? known.since : now,
      // Another wish has another chance.
      attempts: 0,
      retryAt: undefined,
      halted: undefined,
      losses: 0,
      endedAt: undefined,
    };
    await this.#inTurn(key, async () => {
      await this.#options.store.save({ ...item, ...change });
      this.#index(item, false);
      Object.assign(item, change);
      this.#index(item, wish.wanted);
      if (wish.wanted && item.stages.standing === 'released') item.stages = { standing: 'none' };
      this.#items.set(key, item);
    });
    this.touch(wish.kind, wish.id);
    return item;
  }

  /** Asked again now, whatever was refused or lost before. */
  async retry(kind: RequestKind, id: string): Promise<boolean> {
    const item = this.get(kind, id);
    if (item === undefined) return false;
    item.attempts = 0;
    item.losses = 0;
    item.retryAt = undefined;
    item.halted = undefined;
    await this.#save(item);
    this.touch(kind, id);
    return true;
  }

  touch(kind: RequestKind, id: string): void {
    this.#due.delete(itemKey(kind, id));
    if (this.#running) this.#begin(itemKey(kind, id));
  }

  /** Something that requests are made from has changed: terminals, slices. */
  touchAll(): void {
    this.#due.clear();
    if (this.#running) this.tick();
  }

  /** What is at a provider that will not be asked any more is forgotten here. */
  async forgetProvider(provider: string): Promise<void> {
    for (const item of this.#items.values()) {
      if (item.placement?.provider !== provider) continue;
      item.placement = undefined;
      item.stages = {
        standing: 'lost',
        problem: say(
          `The provider "${provider}" was removed; what it had accepted was left there.`,
          `网络服务“${provider}”已删除，其已接受的内容未被释放。`,
        ),
      };
      await this.#save(item);
      this.touch(item.kind, item.id);
    }
  }

  countAt(provider: string): { slices: number; bindings: number; groups: number } {
    const counts = { slices: 0, bindings: 0, groups: 0 };
    for (const { kind, placement, wanted, input } of this.#items.values())
      if ((placement?.provider ?? (wanted ? input.provider : undefined)) === provider) counts[`${kind}s`]++;
    return counts;
  }

  /** What may be at the provider. */
  placedAt(provider: string): number {
    let placed = 0;
    for (const { placement } of this.#items.values()) if (placement?.provider === provider) placed++;
    return placed;
  }

  tick(): void {
    const now = this.#options.clock.now();
    this.#atProvider.clear();
    for (const { placement } of this.#items.values())
      if (placement !== undefined)
        this.#atProvider.set(placement.provider, (this.#atProvider.get(placement.provider) ?? 0) + 1);
    let begun = 0;
    for (const key of this.#items.keys()) {
      if (this.#busy.has(key) || (this.#due.get(key) ?? 0) > now) continue;
      if (this.#begin(key) && ++begun >= begunMax) return;
    }
  }

  #index(item: Item, wished: boolean): void {
    const { kind, id } = item;
    if (wished) this.#wished[kind].set(id, item);
    else this.#wished[kind].delete(id);
    if (kind !== 'binding') return;
    const { terminal } = item.input as BindingInput;
    const there = this.#atTerminal.get(terminal) ?? new Map<string, Item>();
    if (wished) there.set(id, item);
    else there.delete(id);
    if (there.size > 0) this.#atTerminal.set(terminal, there);
    else this.#atTerminal.delete(terminal);
  }

  #schedule(): void {
    this.#callOff = this.#options.clock.after(tickMilliseconds, () => {
      if (!this.#running) return;
      this.tick();
      this.#schedule();
    });
  }

  #begin(key: string): boolean {
    if (!this.#items.has(key)) return false;
    if (this.#busy.has(key)) {
      this.#again.add(key);
      return false;
    }
    const run = this.#run(key).catch((error: unknown) => {
      this.#due.set(key, this.#options.clock.now() + storeRetryMilliseconds * 1000);
      this.#options.log.error('a request to the network could not be carried on', {
        item: key,
        error: String(error),
      });
    });
    this.#busy.set(
      key,
      run.then(() => {
        this.#busy.delete(key);
        if (!this.#again.delete(key) || !this.#running) return;
        this.#due.delete(key);
        this.#begin(key);
      }),
    );
    return true;
  }

  async #run(key: string): Promise<void> {
    const { clock } = this.#options;
    for (let steps = 0; steps < stepsInRowMax && this.#running; steps++) {
      const item = this.#items.get(key);
      if (item === undefined) return;
      if (this.#unsaved.has(key)) await this.#save(item);
      const resolved = item.wanted ? this.#options.resolve(item) : { nothing: undefined };
      const desired =
        'nothing' in resolved
          ? undefined
          : { provider: resolved.provider, digest: digestOf(resolved.content) };
      const now = clock.now();
      const step = nextStep(item, desired, (id) => this.#view(id, item.kind), now);
      if (step.do === 'wait') {
        this.#tellWaiting(item, resolved);
        // A touch meanwhile wants it looked at again.
        const look = now + lookAgainMilliseconds * 1000;
        this.#due.set(key, step.until === undefined ? look : Math.min(step.until, look));
        return;
      }
      this.#due.set(key, now);
      const provider = item.placement?.provider ?? desired?.provider ?? '';
      const onTheirWay = this.#onTheirWay.get(provider) ?? 0;
      // A slow provider has as many on their way as it can use; the others stay due.
      if (onTheirWay >= onTheirWayMax) return;
      this.#onTheirWay.set(provider, onTheirWay + 1);
      try {
        await this.#perform(item, step, resolved);
      } finally {
        this.#onTheirWay.set(provider, (this.#onTheirWay.get(provider) ?? 1) - 1);
      }
    }
  }

  #view(provider: string, kind: RequestKind): { open: boolean; changes: boolean } {
    const { providers } = this.#options;
    const method = ({ slice: 'changeSlice', binding: 'changeBinding', group: 'changeGroup' } as const)[kind];
    return { open: providers.isOpen(provider), changes: providers.does(provider, method) };
  }

  #tellWaiting(item: Item, resolved: Resolved): void {
    if (!('nothing' in resolved) || resolved.nothing === undefined || item.placement !== undefined) return;
    if (item.stages.problem?.en === resolved.nothing.en) return;
    item.stages = { standing: 'none', problem: resolved.nothing };
    this.#changed(item);
  }

  async #perform(item: Item, step: Exclude<Step, { do: 'wait' }>, resolved: Resolved): Promise<void> {
    switch (step.do) {
      case 'apply':
        if (!('nothing' in resolved)) await this.#apply(item, resolved);
        return;
      case 'reapply':
        return this.#ask(item, item.placement!, placeOf(resolved));
      case 'change':
        if (!('nothing' in resolved)) await this.#change(item, item.placement!, resolved);
        return;
      case 'release':
        return this.#release(item, item.placement!, step.why, placeOf(resolved));
      case 'read':
        return this.#read(item, item.placement!, placeOf(resolved));
      case 'end':
        item.endedAt = this.#options.clock.now();
        item.stages = { ...item.stages, standing: 'released' };
        return this.#save(item);
      case 'purge':
        await this.#inTurn(itemKey(item.kind, item.id), async () => {
          await this.#options.store.remove(item);
          if (!item.wanted) this.#items.delete(itemKey(item.kind, item.id));
        });
        return;
    }
  }

  /** Records the intent, then asks. */
  async #apply(item: Item, resolved: Exclude<Resolved, { nothing: unknown }>): Promise<void> {
    const { random, clock } = this.#options;
    const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
    const tail = Array.from(
      { length: keyCharacters },
      () => letters[Math.floor(random() * letters.length)],
    ).join('');
    const placement: Placement = {
      key: `${item.id}.${tail}`,
      provider: resolved.provider,
      content: resolved.content,
      digest: digestOf(resolved.content),
      phase: 'sending',
    };
    const before = { placement: item.placement, stages: item.stages };
    item.placement = placement;
    item.stages = {
      standing: 'requested',
      requested: {
        time: formatInstant(clock.now()),
        detail: resolved.words,
        values: valuesOf(resolved.content),
      },
    };
    try {
      await this.#save(item);
    } catch (error) {
      // Nothing was sent, and nothing says that it was.
      Object.assign(item, before);
      this.#unsaved.delete(itemKey(item.kind, item.id));
      throw error;
    }
    await this.#ask(item, placement, resolved.place);
  }

  async #ask(item: Item, placement: Placement, place: string): Promise<void> {
    const tell = await this.#asked(item, 'apply', placement, place);
    const late = (accepted: Accepted): void => void this.#late(item, placement, accepted, place);
    try {
      const accepted = this.#sane(
        await this.#options.providers.call(
          placement.provider,
          'apply',
          (provider) => applyTo(provider, placement),
          late,
        ),
      );
      this.#accept(item, placement, accepted);
      await this.#save(item);
      await tell('done', { reference: accepted.reference });
    } catch (thrown) {
      if (!(thrown instanceof ProviderError)) throw thrown;
      await this.#failed(item, thrown, false, () => {
        // A clear no: it is not there. Anything else: it may be.
        if (thrown.kind !== 'unavailable' && thrown.kind !== 'nonsense') item.placement = undefined;
        else return;
        item.stages = { ...item.stages, standing: 'refused' };
      });
      await tell(clearNo(thrown) ? 'refused' : 'failed', { why: thrown.words.en, kind: thrown.kind });
    }
  }

  async #change(
    item: Item,
    placement: Placement,
    resolved: Exclude<Resolved, { nothing: unknown }>,
  ): Promise<void> {
    const { content } = resolved;
    const now = this.#options.clock.now();
    item.stages = {
      ...item.stages,
      requested: { time: formatInstant(now), detail: resolved.words, values: valuesOf(content) },
    };
    const tell = await this.#asked(item, 'change', { ...placement, content }, resolved.place);
    try {
      const accepted = this.#sane(
        await this.#options.providers.call(placement.provider, 'apply', (provider) =>
          changeAt(provider, placement, content),
        ),
      );
      placement.content = content;
      placement.digest = digestOf(content);
      placement.seenAt = undefined;
      this.#accept(item, placement, accepted);
      await this.#save(item);
      await tell('done', { reference: accepted.reference });
    } catch (thrown) {
      if (!(thrown instanceof ProviderError)) throw thrown;
      await this.#failed(item, thrown, false, () => {
        // What it was to change is gone: it is asked for anew.
        if (thrown.kind === 'gone') this.#lose(item, placement, 'forgotten');
      });
      await tell(clearNo(thrown) ? 'refused' : 'failed', { why: thrown.words.en, kind: thrown.kind });
    }
  }

  #accept(item: Item, placement: Placement, accepted: Accepted): void {
    const now = this.#options.clock.now();
    placement.phase = 'accepted';
    placement.reference = accepted.reference;
    placement.acceptedAt = now;
    const ends = durationOf(placement.content);
    placement.expires = accepted.expires ?? (ends === undefined ? undefined : now + ends * 1_000_000);
    item.attempts = 0;
    item.retryAt = undefined;
    item.halted = undefined;
    item.readAt = now;
    const { requested } = item.stages;
    item.stages = {
      standing: 'accepted',
      ...(requested === undefined ? {} : { requested }),
      accepted: { time: formatInstant(now), detail: accepted.words, values: accepted.values },
      reference: accepted.reference,
    };
  }

  /** A yes that came after its time. */
  async #late(item: Item, placement: Placement, accepted: Accepted, place: string): Promise<void> {
    try {
      this.#sane(accepted);
      if (item.placement?.key === placement.key) {
        if (item.placement.phase === 'sending') {
          this.#accept(item, item.placement, accepted);
          await this.#save(item);
          this.touch(item.kind, item.id);
          return;
        }
        if (item.placement.reference === accepted.reference) return;
      }
      // Nobody waits for it any more: it is let go, so that it does not stand there unknown.
      const stray = { ...placement, reference: accepted.reference };
      const tell = await this.#asked(item, 'release', stray, place);
      await this.#options.providers.call(placement.provider, 'release', (provider) =>
        releaseAt(provider, stray),
      );
      await tell('done', { reference: accepted.reference });
    } catch (error) {
      this.#options.log.warn('an answer of a network provider that came too late could not be dealt with', {
        item: itemKey(item.kind, item.id),
        error: String(error),
      });
    }
  }

  async #release(item: Item, placement: Placement, why: Leaving, place: string): Promise<void> {
    const tell = await this.#asked(item, 'release', placement, place, { why });
    try {
      await this.#options.providers.call(placement.provider, 'release', (provider) =>
        releaseAt(provider, placement),
      );
    } catch (thrown) {
      if (!(thrown instanceof ProviderError)) throw thrown;
      if (thrown.kind !== 'gone' && thrown.kind !== 'unsupported') {
        placement.leaving = why;
        await this.#failed(item, thrown, true, () => {});
        await tell('failed', { why: thrown.words.en, kind: thrown.kind });
        return;
      }
    }
    item.placement = undefined;
    item.attempts = 0;
    item.retryAt = undefined;
    const { now, log } = { now: this.#options.clock.now(), log: this.#options.log };
    if (why === 'changed' || (why === 'unwanted' && item.wanted)) item.stages = { standing: 'none' };
    else if (why === 'unwanted') item.stages = { ...item.stages, standing: 'released' };
    else if (why === 'expired' && durationOf(placement.content) !== undefined) {
      this.#index(item, false);
      item.wanted = false;
      item.stages = { ...item.stages, standing: 'released' };
    } else {
      item.losses++;
      const { milliseconds, halted } = afterLoss(item.losses);
      item.retryAt = now + milliseconds * 1000;
      if (halted) item.halted = 'gone';
      const words = lossWords[why];
      item.stages = {
        ...item.stages,
        standing: 'lost',
        problem: halted
          ? say(
              `${words.en} It was lost ${item.losses} times and is not asked for again by itself.`,
              `${words.zh}已丢失 ${item.losses} 次，不再自动请求。`,
            )
          : words,
      };
      log.warn('a network no longer has what it accepted', { item: itemKey(item.kind, item.id), why });
    }
    await this.#save(item);
    await tell('done', {});
  }

  async #read(item: Item, placement: Placement, place: string): Promise<void> {
    const { clock, providers } = this.#options;
    const before = lasting(item.stages);
    const known = placement.seenAt;
    const again = (): void => {
      const acceptedFor = (clock.now() - (placement.acceptedAt ?? clock.now())) / 1000;
      const milliseconds = readAfter(
        placement.seenAt !== undefined,
        acceptedFor,
        this.#atProvider.get(placement.provider) ?? 1,
      );
      item.readAt = clock.now() + milliseconds * 1000;
    };
    try {
      const effective = await providers.call(placement.provider, 'read', (provider) =>
        readAt(provider, placement),
      );
      if (item.placement !== placement) return;
      this.#seen(item, placement, effective);
    } catch (thrown) {
      if (!(thrown instanceof ProviderError)) throw thrown;
      if (item.placement !== placement) return;
      if (thrown.kind === 'gone') this.#lose(item, placement, 'forgotten');
      else if (thrown.kind === 'unsupported')
        item.stages = {
          ...item.stages,
          problem: say(
            'This provider cannot tell whether it is in force; what is measured tells.',
            '该网络服务无法确认是否生效，请以测量结果为准。',
          ),
        };
      else
        item.stages = {
          ...item.stages,
          problem: say(`It could not be read back: ${thrown.words.en}`, `无法读回状态：${thrown.words.zh}`),
        };
    }
    again();
    if (placement.leaving !== undefined)
      await this.#tell(item, 'lost', place, { why: placement.leaving, key: placement.key }, 'done');
    if (lasting(item.stages) !== before || placement.seenAt !== known) await this.#save(item);
  }

  #seen(item: Item, placement: Placement, effective: Effective): void {
    const now = this.#options.clock.now();
    const { requested, accepted, reference } = item.stages;
    const told = {
      ...(requested === undefined ? {} : { requested }),
      ...(accepted === undefined ? {} : { accepted }),
      ...(reference === undefined ? {} : { reference }),
    };
    if (effective.inForce === true) {
      placement.seenAt ??= now;
      if (now - placement.seenAt > requestLimits.steadyMilliseconds * 1000) item.losses = 0;
      item.stages = {
        ...told,
        standing: 'effective',
        // Since when, with what was read last: counters in it go on.
        effective: {
          time: formatInstant(placement.seenAt),
          detail: effective.words,
          values: effective.values,
        },
      };
      return;
    }
    if (effective.inForce === undefined) {
      item.stages = { ...told, standing: 'accepted', problem: effective.words };
      return;
    }
    if (placement.seenAt !== undefined) {
      this.#lose(item, placement, 'revoked');
      return;
    }
    const seconds = Math.round((now - (placement.acceptedAt ?? now)) / 1_000_000);
    item.stages = {
      ...told,
      standing: 'accepted',
      ...(seconds * 1000 < requestLimits.silentMilliseconds
        ? {}
        : {
            problem: say(
              `The network said yes and has not put it in force: ${effective.words.en}`,
              `网络已接受但一直没有生效：${effective.words.zh}`,
            ),
          }),
    };
  }

  #lose(item: Item, placement: Placement, why: 'forgotten' | 'revoked'): void {
    placement.leaving = why;
    item.stages = { ...item.stages, standing: 'lost', problem: lossWords[why] };
    item.retryAt = undefined;
  }

  async #failed(item: Item, error: ProviderError, releasing: boolean, also: () => void): Promise<void> {
    item.attempts++;
    const { milliseconds, halted } = afterFailure(error.kind, item.attempts, releasing);
    item.retryAt = halted ? undefined : this.#options.clock.now() + milliseconds * 1000;
    item.halted = halted ? error.kind : undefined;
    const words = releasing
      ? say(`It could not be released: ${error.words.en}`, `无法释放：${error.words.zh}`)
      : halted
        ? say(`${error.words.en} It is not asked again by itself.`, `${error.words.zh} 不再自动请求。`)
        : error instanceof NoAnswer
          ? say(
              `${error.words.en} Whether it was done is not known; it is asked again by the same key.`,
              `${error.words.zh}是否已执行未知，将以同一标识再次请求。`,
            )
          : error.words;
    item.stages = { ...item.stages, problem: words };
    also();
    await this.#save(item);
  }

  #sane(accepted: Accepted): Accepted {
    const { reference, values, words } = (accepted ?? {}) as Partial<Accepted>;
    if (
      typeof reference !== 'string' ||
      reference === '' ||
      reference.length > 2000 ||
      values === undefined ||
      words === undefined
    )
      throw new ProviderError(
        'nonsense',
        say('The provider said yes without a reference.', '网络服务给出了接受应答，但没有引用标识。'),
        JSON.stringify(accepted)?.slice(0, 500),
      );
    return accepted;
  }

  /** Told before it is sent; gives back how to tell what came of it, which must not keep anything from going on. */
  async #asked(
    item: Item,
    what: 'apply' | 'change' | 'release',
    placement: Placement,
    place: string,
    more: Record<string, unknown> = {},
  ): Promise<(outcome: AuditEntry['outcome'], detail: Record<string, unknown>) => Promise<void>> {
    const detail = {
      provider: placement.provider,
      key: placement.key,
      by: item.by,
      ...(placement.reference === undefined ? {} : { reference: placement.reference }),
      ...(what === 'release' ? {} : { values: valuesOf(placement.content) }),
      ...more,
    };
    await this.#options.audit.record({
      actor,
      action: `network.${item.kind}.${what}`,
      object: item.id,
      place,
      detail,
      outcome: 'asked',
    });
    return (outcome, result) =>
      this.#tell(item, what, place, { provider: placement.provider, key: placement.key, ...result }, outcome);
  }

  async #tell(
    item: Item,
    what: string,
    place: string,
    detail: Record<string, unknown>,
    outcome: AuditEntry['outcome'],
  ): Promise<void> {
    try {
      await this.#options.audit.record({
        actor,
        action: `network.${item.kind}.${what}`,
        object: item.id,
        place,
        detail,
        outcome,
      });
    } catch (error) {
      this.#options.log.error('what came of a request to the network could not be told in the audit trail', {
        item: itemKey(item.kind, item.id),
        error: String(error),
      });
    }
  }

  #providerOpened(id: string): void {
    for (const item of this.#items.values()) {
      if ((item.placement?.provider ?? item.input.provider) !== id) continue;
      if (item.halted === 'settings' || item.halted === 'denied' || item.halted === 'unsupported') {
        item.halted = undefined;
        item.attempts = 0;
      }
      item.retryAt = undefined;
      if (item.placement !== undefined) item.readAt = undefined;
      this.touch(item.kind, item.id);
    }
  }

  #told(provider: string, kind: RequestKind, name: string): void {
    for (const item of this.#items.values()) {
      const { placement } = item;
      if (item.kind !== kind || placement?.provider !== provider) continue;
      if (placement.key !== name && placement.reference !== name) continue;
      item.readAt = undefined;
      this.touch(kind, item.id);
    }
  }

  #inTurn(key: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.#saves.get(key) ?? Promise.resolve()).then(work);
    const settled = turn.catch(() => {});
    this.#saves.set(key, settled);
    void settled.then(() => {
      if (this.#saves.get(key) === settled) this.#saves.delete(key);
    });
    return turn;
  }

  async #save(item: Item): Promise<void> {
    const key = itemKey(item.kind, item.id);
    this.#unsaved.add(key);
    await this.#inTurn(key, async () => {
      await this.#options.store.save(item);
      this.#unsaved.delete(key);
    });
    this.#changed(item);
  }

  #changed(item: Item): void {
    for (const call of this.#listeners) call(item);
  }
}

/** What of the stages is worth writing down anew. */
function lasting({ effective, ...rest }: Item['stages']): string {
  return JSON.stringify({ ...rest, effective: effective?.detail });
}

const clearNo = ({ kind }: ProviderError): boolean => kind !== 'unavailable' && kind !== 'nonsense';

const placeOf = (resolved: Resolved): string => ('nothing' in resolved ? '' : resolved.place);

/** What of a content is shown to people and told in the audit trail. */
export function valuesOf(content: Content): Record<string, unknown> {
  switch (content.kind) {
    case 'binding': {
      const { terminal, filters, qos, platformAddress, slice, durationSeconds } = content.request;
      return {
        terminal: terminal.id,
        ...(terminal.address === undefined ? {} : { address: terminal.address }),
        platformAddress,
        filters,
        qos,
        ...(slice === undefined ? {} : { snssai: slice.profile.snssai }),
        ...(durationSeconds === undefined ? {} : { durationSeconds }),
      };
    }
    case 'slice':
      return { title: content.slice.title, profile: content.slice.profile };
    case 'group':
      return { ...content.group };
  }
}

function durationOf(content: Content): number | undefined {
  return content.kind === 'binding' ? content.request.durationSeconds : undefined;
}

const requestOf = (placement: Placement): BindingRequest => {
  if (placement.content.kind !== 'binding') throw new Error('not a binding');
  return { key: placement.key, ...(placement.content.request as Omit<BindingRequest, 'key'>) };
};

function applyTo(provider: NetworkProvider, placement: Placement): Promise<Accepted> | undefined {
  const { content, key } = placement;
  switch (content.kind) {
    case 'binding':
      return provider.applyBinding?.(requestOf(placement));
    case 'slice':
      return provider.applySlice?.(key, content.slice);
    case 'group':
      return provider.applyGroup?.(key, content.group, content.members);
  }
}

function changeAt(
  provider: NetworkProvider,
  placement: Placement,
  content: Content,
): Promise<Accepted> | undefined {
  const before = placement.content;
  const reference = placement.reference!;
  if (content.kind === 'binding' && before.kind === 'binding')
    return provider.changeBinding?.(reference, requestOf(placement), requestOf({ ...placement, content }));
  if (content.kind === 'slice' && before.kind === 'slice')
    return provider.changeSlice?.(reference, before.slice, content.slice);
  if (content.kind === 'group' && before.kind === 'group')
    return provider.changeGroup?.(reference, before.group, content.group, content.members);
  return undefined;
}

function readAt(provider: NetworkProvider, placement: Placement): Promise<Effective> | undefined {
  const { content } = placement;
  const reference = placement.reference!;
  switch (content.kind) {
    case 'binding':
      return provider.readBinding?.(reference, requestOf(placement));
    case 'slice':
      return provider.readSlice?.(reference, content.slice);
    case 'group':
      return provider.readGroup?.(reference, content.group, content.members);
  }
}

function releaseAt(provider: NetworkProvider, placement: Placement): Promise<void> | undefined {
  const { content } = placement;
  const reference = placement.reference!;
  switch (content.kind) {
    case 'binding':
      return provider.releaseBinding?.(reference, requestOf(placement));
    case 'slice':
      return provider.releaseSlice?.(reference, content.slice);
    case 'group':
      return provider.releaseGroup?.(reference, content.group);
  }
}
