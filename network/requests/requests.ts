import {
  type Actor,
  type Binding,
  type BindingInput,
  type ConfiguredProvider,
  type DryRun,
  type DryRunInput,
  type FieldProblem,
  formatInstant,
  type LanGroup,
  type LanGroupInput,
  type LocalText,
  networkLimits,
  type PlannedCall,
  type Slice,
  type SliceInput,
  type ThreeStages,
} from '@millrace/contract';
import {
  AppError,
  type AuditTrail,
  type Clock,
  type Log,
  type ProviderDefinition,
  ProviderError,
  type ProviderTerminal,
  type RecordStore,
} from '@millrace/sdk';
import { checkBinding, checkGroup, checkSlice, type KnownCapacity, type World } from './conflicts.ts';
import { type Item, type ItemStore, RecordedItems, type RequestInput, type RequestKind } from './item.ts';
import type { NetworkInventory } from './ports.ts';
import { problemOf } from './provider-words.ts';
import { Providers, type Sealing, wrongFields } from './providers.ts';
import { digestOf, Reconciler, type Resolved, valuesOf } from './reconciler.ts';

export interface RequestsOptions {
  records: RecordStore;
  audit: AuditTrail;
  seal: Sealing;
  clock: Clock;
  log: Log;
  /** A folder of its own, mode 0700. */
  folder: string;
  definitions: readonly ProviderDefinition[];
  inventory: NetworkInventory;
  /** Where networks reach the platform for notifications: followed by /<provider>/<secret>; undefined: nowhere. */
  notificationBase?: string | undefined;
  /** Chance: 0 ≤ x < 1. */
  random?: () => number;
  /** Where requests are kept; the records, if not told. */
  store?: ItemStore;
}

const capacityEveryMilliseconds = 300_000;
/** Ids made from flow and terminal: so much of each. */
const idPartMax = 26;

const most = {
  slice: networkLimits.slicesMax,
  binding: networkLimits.bindingsMax,
  group: networkLimits.lanGroupsMax,
} as const;
const names: Readonly<Record<RequestKind, LocalText>> = {
  slice: { en: 'slice', zh: '切片' },
  binding: { en: 'binding', zh: '绑定' },
  group: { en: 'LAN group', zh: '局域网组' },
};

const say = (en: string, zh: string): LocalText => ({ en, zh });

/** What is asked of networks: the wishes, the checks before they are taken, and what became of them. */
export class Requests {
  readonly providers: Providers;
  readonly #options: RequestsOptions;
  readonly #reconciler: Reconciler;
  #capacities: KnownCapacity[] = [];
  #callOffCapacity: (() => void) | undefined;
  /** Wishes are checked and taken one after the other, so that no two pass that do not fit together. */
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(options: RequestsOptions, providers: Providers, reconciler: Reconciler) {
    this.#options = options;
    this.providers = providers;
    this.#reconciler = reconciler;
  }

  static async open(options: RequestsOptions): Promise<Requests> {
    const random = options.random ?? Math.random;
    const providers = await Providers.open({
      ...options,
      random,
      notificationBase: options.notificationBase,
    });
    let requests: Requests | undefined;
    const reconciler = await Reconciler.open({
      store: options.store ?? new RecordedItems(options.records),
      providers,
      audit: options.audit,
      clock: options.clock,
      log: options.log,
      random,
      resolve: (item) => requests!.#resolve(item),
    });
    requests = new Requests(options, providers, reconciler);
    providers.onOpened((id) => void requests.#readCapacity(id));
    return requests;
  }

  start(): void {
    this.providers.start();
    this.#reconciler.start();
    this.#scheduleCapacities();
  }

  async stop(): Promise<void> {
    this.#callOffCapacity?.();
    await this.#reconciler.stop();
    await this.providers.stop();
  }

  /** Resolves when no step is on its way. */
  idle(): Promise<void> {
    return this.#reconciler.idle();
  }

  /** Told whenever what became of a request changes. */
  onChanged(call: (kind: RequestKind, id: string) => void): void {
    this.#reconciler.onChanged(({ kind, id }) => call(kind, id));
  }

  /** Terminals or flows have changed: what is made from them is made anew. */
  inventoryChanged(): void {
    this.#reconciler.touchAll();
  }

  capacities(): readonly KnownCapacity[] {
    return this.#capacities;
  }

  configured(id: string): ConfiguredProvider | undefined {
    return this.providers.show(id, this.#reconciler.countAt(id));
  }

  /** Refused while anything may stand there, unless that is to be left there. */
  async removeProvider(id: string, forget: boolean, actor: Actor): Promise<void> {
    if (!this.providers.has(id)) throw notThere(say(`There is no provider "${id}"`, `没有网络服务“${id}”`));
    const placed = this.#reconciler.placedAt(id);
    if (placed > 0 && !forget)
      throw new AppError(
        409,
        'provider-in-use',
        say(
          `Slices, bindings or groups are in force there, or may be: ${placed}`,
          `该网络服务上仍有 ${placed} 个切片、绑定或组（可能）生效`,
        ),
        say(
          'Remove or move them first; or remove the provider and leave them there.',
          '请先删除或迁移它们，或选择删除网络服务并保留其上的内容。',
        ),
      );
    await this.providers.remove(id, actor, placed === 0 ? {} : { leftThere: placed });
    await this.#reconciler.forgetProvider(id);
    this.#capacities = this.#capacities.filter((one) => one.provider !== id);
    this.#reconciler.touchAll();
  }

  slices(): Slice[] {
    return this.#shown('slice').map((item) => this.#slice(item));
  }

  bindings(): Binding[] {
    return this.#shown('binding').map((item) => this.#binding(item));
  }

  groups(): LanGroup[] {
    return this.#shown('group').map((item) => this.#group(item));
  }

  binding(id: string): Binding | undefined {
    const item = this.#reconciler.get('binding', id);
    return item === undefined ? undefined : this.#binding(item);
  }

  slice(id: string): Slice | undefined {
    const item = this.#reconciler.get('slice', id);
    return item === undefined ? undefined : this.#slice(item);
  }

  group(id: string): LanGroup | undefined {
    const item = this.#reconciler.get('group', id);
    return item === undefined ? undefined : this.#group(item);
  }

  /** What is wished for now; undefined: nothing of that name. */
  wanted(kind: 'binding', id: string): BindingInput | undefined;
  wanted(kind: RequestKind, id: string): RequestInput | undefined;
  wanted(kind: RequestKind, id: string): RequestInput | undefined {
    const item = this.#reconciler.get(kind, id);
    return item?.wanted === true ? item.input : undefined;
  }

  wantedBindings(): { id: string; input: BindingInput; stages: ThreeStages }[] {
    return [...this.#reconciler.wished('binding').values()].map(({ id, input, stages }) => ({
      id,
      input: input as BindingInput,
      stages,
    }));
  }

  /** An id for a binding of this flow and terminal that nothing has yet. */
  bindingId({ flow, terminal }: Pick<BindingInput, 'flow' | 'terminal'>): string {
    const part = (text: string): string =>
      text
        .toLowerCase()
        .replace(/[^a-z0-9._-]+/g, '-')
        .replace(/^[^a-z0-9]+/, '')
        .slice(0, idPartMax) || 'x';
    const base = `${part(flow)}.${part(terminal)}`;
    for (let number = 1; ; number++) {
      const id = number === 1 ? base : `${base}-${number}`;
      if (this.wanted('binding', id) === undefined) return id;
    }
  }

  /** What is wrong with a wish, at the field; nothing is sent while there is anything. */
  check(kind: RequestKind, id: string | undefined, input: RequestInput): FieldProblem[] {
    const world = this.#world();
    switch (kind) {
      case 'binding':
        return checkBinding(id, input as BindingInput, world);
      case 'slice':
        return checkSlice(id ?? '', input as SliceInput, world);
      case 'group':
        return checkGroup(id ?? '', input as LanGroupInput, world);
    }
  }

  /** Takes a wish; resolves when it is durable and in the audit trail. What becomes of it is read from the lists. Rejects with AppError. */
  put(kind: RequestKind, id: string, input: RequestInput, actor: Actor): Promise<{ created: boolean }> {
    return this.#inTurn(async () => {
      const before = this.wanted(kind, id);
      const problems = this.check(kind, id, input);
      const count = this.#reconciler.wished(kind).size;
      if (before === undefined && count >= most[kind])
        throw new AppError(
          422,
          'too-many',
          say(
            `There are ${most[kind]} of the kind "${names[kind].en}", the most there may be`,
            `${names[kind].zh}数量已达上限 ${most[kind]}`,
          ),
        );
      if (problems.length > 0) throw wrongFields(problems);
      await this.#options.audit.record({
        actor,
        action: `network.${kind}.${before === undefined ? 'want' : 'want-changed'}`,
        object: id,
        place: this.#placeOf(kind, input),
        detail: {
          input: input as unknown as Record<string, unknown>,
          ...(before === undefined ? {} : { before }),
        },
        outcome: 'done',
      });
      await this.#reconciler.want({ kind, id, input, wanted: true, by: whoIs(actor) });
      if (kind === 'slice') this.#reconciler.touchAll();
      return { created: before === undefined };
    });
  }

  /** Lets it go; resolves when the wish is durable. */
  remove(kind: RequestKind, id: string, actor: Actor): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.wanted(kind, id);
      if (before === undefined)
        throw notThere(say(`There is no ${names[kind].en} "${id}"`, `没有${names[kind].zh}“${id}”`));
      const users = kind === 'slice' ? this.wantedBindings().filter(({ input }) => input.slice === id) : [];
      if (users.length > 0)
        throw new AppError(
          409,
          'slice-in-use',
          say(
            `${users.length} bindings use this slice, such as "${users[0]!.id}"`,
            `有 ${users.length} 个绑定使用该切片，例如“${users[0]!.id}”`,
          ),
          say('Remove them or give them another slice first.', '请先删除这些绑定或改用其他切片。'),
        );
      await this.#options.audit.record({
        actor,
        action: `network.${kind}.unwant`,
        object: id,
        place: this.#placeOf(kind, before),
        detail: { before },
        outcome: 'done',
      });
      await this.#reconciler.want({ kind, id, input: before, wanted: false, by: whoIs(actor) });
    });
  }

  async retry(kind: RequestKind, id: string, actor: Actor): Promise<void> {
    const input = this.wanted(kind, id);
    if (input === undefined)
      throw notThere(say(`There is no ${names[kind].en} "${id}"`, `没有${names[kind].zh}“${id}”`));
    await this.#options.audit.record({
      actor,
      action: `network.${kind}.retry`,
      object: id,
      place: this.#placeOf(kind, input),
      detail: {},
      outcome: 'done',
    });
    await this.#reconciler.retry(kind, id);
  }

  /** What would be sent, in order, without sending it. */
  async dryRun(asked: DryRunInput): Promise<DryRun> {
    const wishes = (['binding', 'slice', 'group'] as const).filter((kind) => asked[kind] !== undefined);
    if (wishes.length + (asked.remove === undefined ? 0 : 1) !== 1)
      throw wrongFields([
        {
          field: 'binding',
          message: say(
            'Exactly one of binding, slice, group, remove',
            '必须且只能给出 binding、slice、group、remove 之一',
          ),
        },
      ]);
    if (asked.remove !== undefined) return this.#dryRemoval(asked.remove, asked.id ?? '');
    const kind = wishes[0]!;
    const input = asked[kind]!;
    const known = asked.id === undefined ? undefined : this.#reconciler.get(kind, asked.id);
    const id = asked.id ?? (kind === 'binding' ? this.bindingId(input as BindingInput) : 'new');
    const problems = this.check(kind, asked.id, input);
    if (problems.length > 0)
      return {
        problems,
        calls: [],
        words: say(
          `Nothing would be sent: ${problems.length === 1 ? 'one field is' : `${problems.length} fields are`} wrong.`,
          `不会发送任何请求：有 ${problems.length} 个字段有误。`,
        ),
      };
    const resolved = this.#resolve({ ...(known ?? blank(kind, id)), input, wanted: true });
    if ('nothing' in resolved)
      return {
        problems: [],
        calls: [],
        words:
          resolved.nothing ?? say('No provider is named: it is only recorded.', '未指定网络服务：仅作记录。'),
      };
    const calls: PlannedCall[] = [];
    const { placement } = known ?? {};
    if (
      placement !== undefined &&
      placement.digest === digestOf(resolved.content) &&
      placement.provider === resolved.provider
    )
      return {
        problems: [],
        calls: [],
        words: say('It is asked for just so already: nothing would be sent.', '已按此内容请求，不会再发送。'),
      };
    const method = ({ slice: 'changeSlice', binding: 'changeBinding', group: 'changeGroup' } as const)[kind];
    const inPlace =
      placement?.phase === 'accepted' &&
      placement.provider === resolved.provider &&
      this.providers.does(resolved.provider, method);
    if (placement !== undefined && !inPlace)
      calls.push({
        provider: placement.provider,
        operation: 'release',
        what: id,
        words: say(
          `What "${this.providers.titleOf(placement.provider)}" accepted before is released first.`,
          `先释放“${this.providers.titleOf(placement.provider)}”此前接受的内容。`,
        ),
        values: { reference: placement.reference ?? placement.key },
        exact: false,
      });
    // By the key of what it takes the place of, so that the provider does not count both.
    const key = placement?.provider === resolved.provider ? placement.key : id;
    calls.push(await this.#planned(id, key, inPlace ? 'change' : 'apply', resolved));
    return {
      problems: [],
      calls,
      words: say(
        calls.length === 1
          ? 'One call would be made.'
          : `${calls.length} calls would be made, in this order.`,
        `将按顺序发出 ${calls.length} 个调用。`,
      ),
    };
  }

  #dryRemoval(kind: RequestKind, id: string): DryRun {
    const item = this.#reconciler.get(kind, id);
    const users = kind === 'slice' ? this.wantedBindings().filter(({ input }) => input.slice === id) : [];
    if (item === undefined || users.length > 0)
      return {
        problems: [
          {
            field: 'id',
            message:
              item === undefined
                ? say(`There is no ${names[kind].en} "${id}".`, `没有${names[kind].zh}“${id}”。`)
                : say(`${users.length} bindings use this slice.`, `有 ${users.length} 个绑定使用该切片。`),
          },
        ],
        calls: [],
        words: say('Nothing would be sent.', '不会发送任何请求。'),
      };
    const { placement } = item;
    if (placement === undefined)
      return {
        problems: [],
        calls: [],
        words: say('It is at no provider: nothing would be sent.', '网络侧没有该内容，不会发送请求。'),
      };
    const title = this.providers.titleOf(placement.provider);
    return {
      problems: [],
      calls: [
        {
          provider: placement.provider,
          operation: 'release',
          what: id,
          words: say(`"${title}" is asked to release it.`, `请求“${title}”释放。`),
          values: { reference: placement.reference ?? placement.key },
          exact: false,
        },
      ],
      words: say('One call would be made.', '将发出 1 个调用。'),
    };
  }

  /** As the provider tells it would send it; where it does not tell, what is handed to it. */
  async #planned(
    id: string,
    key: string,
    operation: 'apply' | 'change',
    { provider, content, words }: Exclude<Resolved, { nothing: unknown }>,
  ): Promise<PlannedCall> {
    const handed = { provider, operation, what: id, words, values: valuesOf(content), exact: false };
    if (content.kind !== 'binding' || !this.providers.does(provider, 'dryRun')) return handed;
    const request = { key, ...content.request };
    try {
      const told = await this.providers.call(provider, 'dryRun', (one) => one.dryRun?.(request));
      return { ...handed, words: told.words, values: told.values, exact: true };
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      return { ...handed, problem: problemOf(error, formatInstant(this.#options.clock.now())) };
    }
  }

  #world(): World {
    const { inventory } = this.#options;
    const wishes = <T>(kind: RequestKind): { id: string; input: T }[] =>
      [...this.#reconciler.wished(kind).values()].map(({ id, input }) => ({ id, input: input as T }));
    return {
      bindings: { [Symbol.iterator]: () => bound(this.#reconciler.wished('binding').values()) },
      bindingsAt: (id) => bound(this.#reconciler.wishedAt(id)),
      slices: wishes<SliceInput>('slice'),
      groups: wishes<LanGroupInput>('group'),
      capacities: this.#capacities,
      zones: inventory.zones(),
      hasProvider: (id) => this.providers.has(id),
      can: (id, ability) => this.providers.can(id, ability),
      terminal: (id) => inventory.terminal(id),
      flow: (id) => inventory.flow(id),
    };
  }

  #resolve(item: Item): Resolved {
    const { inventory } = this.#options;
    const { provider } = item.input;
    if (provider === undefined) return { nothing: undefined };
    if (!this.providers.has(provider))
      return {
        nothing: say(`There is no provider "${provider}" any more.`, `网络服务“${provider}”已不存在。`),
      };
    const title = this.providers.titleOf(provider);
    const place = this.#placeOf(item.kind, item.input);
    switch (item.kind) {
      case 'slice': {
        const slice = item.input as SliceInput;
        const { sst, sd } = slice.profile.snssai;
        const named = `${sst}${sd === undefined ? '' : `-${sd}`}`;
        return {
          provider,
          place,
          content: { kind: 'slice', slice },
          words: say(`Slice ${named} of "${title}".`, `向“${title}”请求切片 ${named}。`),
        };
      }
      case 'group': {
        const group = item.input as LanGroupInput;
        const members = group.members.flatMap((id) => this.#terminal(id) ?? []);
        return {
          provider,
          place,
          content: { kind: 'group', group, members },
          words: say(
            `A group of ${members.length} terminals of "${title}".`,
            `向“${title}”请求 ${members.length} 个终端的局域网组。`,
          ),
        };
      }
      case 'binding': {
        const binding = item.input as BindingInput;
        const terminal = this.#terminal(binding.terminal);
        if (terminal === undefined)
          return {
            nothing: say(
              `There is no terminal "${binding.terminal}" any more.`,
              `终端“${binding.terminal}”已不存在。`,
            ),
          };
        const slice = binding.slice === undefined ? undefined : this.wanted('slice', binding.slice);
        const { qos } = binding;
        return {
          provider,
          place,
          content: {
            kind: 'binding',
            request: {
              terminal,
              platformAddress: inventory.platformAddress(binding.terminal),
              filters: binding.filters,
              qos,
              slice: slice as SliceInput | undefined,
              durationSeconds: binding.durationSeconds,
            },
          },
          words: say(
            `5QI ${qos.fiveQi}, DSCP ${qos.dscp}${ratesInWords(qos).en}, of "${title}".`,
            `向“${title}”请求 5QI ${qos.fiveQi}、DSCP ${qos.dscp}${ratesInWords(qos).zh}。`,
          ),
        };
      }
    }
  }

  #terminal(id: string): ProviderTerminal | undefined {
    const terminal = this.#options.inventory.terminal(id);
    if (terminal === undefined) return undefined;
    const { address, supi, gpsi, iccid } = terminal;
    return { id, address, supi, gpsi, iccid };
  }

  #placeOf(kind: RequestKind, input: RequestInput): string {
    if (kind !== 'binding') return '';
    return this.#options.inventory.terminal((input as BindingInput).terminal)?.place ?? '';
  }

  #shown(kind: RequestKind): Item[] {
    return this.#reconciler.all(kind).sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #stages(item: Item): ThreeStages {
    const provider = item.placement?.provider ?? (item.wanted ? item.input.provider : undefined);
    if (item.stages.problem !== undefined || provider === undefined || !this.providers.has(provider))
      return item.stages;
    if (this.providers.isOpen(provider)) return item.stages;
    const title = this.providers.titleOf(provider);
    return {
      ...item.stages,
      problem: this.providers.isEnabled(provider)
        ? say(`"${title}" is not reached now.`, `当前无法连接“${title}”。`)
        : say(`"${title}" is switched off.`, `“${title}”已停用。`),
    };
  }

  #slice(item: Item): Slice {
    return { ...(item.input as SliceInput), id: item.id, stages: this.#stages(item) };
  }

  #binding(item: Item): Binding {
    return {
      ...(item.input as BindingInput),
      id: item.id,
      stages: this.#stages(item),
      by: item.by,
      since: formatInstant(item.since),
    };
  }

  #group(item: Item): LanGroup {
    return { ...(item.input as LanGroupInput), id: item.id, stages: this.#stages(item) };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #scheduleCapacities(): void {
    this.#callOffCapacity = this.#options.clock.after(capacityEveryMilliseconds, () => {
      for (const id of this.providers.ids()) if (this.providers.isOpen(id)) void this.#readCapacity(id);
      this.#scheduleCapacities();
    });
  }

  async #readCapacity(id: string): Promise<void> {
    if (!this.providers.does(id, 'capacity')) return;
    try {
      const told = await this.providers.call(id, 'capacity', (provider) => provider.capacity?.());
      const kept = told
        .filter(({ uplink, downlink }) => Number.isFinite(uplink) && Number.isFinite(downlink))
        .slice(0, networkLimits.edgeZonesMax);
      this.#capacities = [
        ...this.#capacities.filter((one) => one.provider !== id),
        ...kept.map(({ place, uplink, downlink }) => ({ provider: id, place, uplink, downlink })),
      ];
    } catch (error) {
      this.#options.log.warn('a network provider did not tell its capacity', {
        provider: id,
        error: String(error),
      });
    }
  }
}

function* bound(items: Iterable<Item>): Generator<{ id: string; input: BindingInput }> {
  for (const { id, input } of items) yield { id, input: input as BindingInput };
}

function blank(kind: RequestKind, id: string): Item {
  return {
    kind,
    id,
    input: {} as RequestInput,
    wanted: true,
    by: '',
    since: 0,
    stages: { standing: 'none' },
    placement: undefined,
    attempts: 0,
    retryAt: undefined,
    halted: undefined,
    losses: 0,
    readAt: undefined,
    endedAt: undefined,
  };
}

function ratesInWords(qos: BindingInput['qos']): LocalText {
  const rates = [
    [qos.gbrUplink, 'up guaranteed', '上行保证'],
    [qos.gbrDownlink, 'down guaranteed', '下行保证'],
    [qos.gbrUplink === undefined ? qos.mbrUplink : undefined, 'up at most', '上行最多'],
    [qos.gbrDownlink === undefined ? qos.mbrDownlink : undefined, 'down at most', '下行最多'],
  ] as const;
  const given = rates.filter(([rate]) => rate !== undefined && rate > 0);
  return say(
    given.map(([rate, en]) => `, ${rate} kbit/s ${en}`).join(''),
    given.map(([rate, , zh]) => `、${zh} ${rate} kbit/s`).join(''),
  );
}

const notThere = (words: LocalText): AppError => new AppError(404, 'not-found', words);

export const whoIs = (actor: Actor): string =>
  actor.for === undefined ? actor.id : `${actor.id} (${actor.for})`;
