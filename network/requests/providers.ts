import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Actor,
  type ConfiguredProvider,
  type ConnectionState,
  formatInstant,
  type LocalText,
  type Microseconds,
  type NetworkProviderInput,
  type NetworkProviderKind,
  networkLimits,
  type SettingProblem,
  type Settings,
  type SettingValue,
  type TestReport,
} from '@millrace/contract';
import {
  AppError,
  type AuditTrail,
  type Clock,
  checkSettings,
  type Log,
  type NetworkProvider,
  type ProviderAbility,
  type ProviderContext,
  type ProviderDefinition,
  ProviderError,
  providerAbilities,
  type RecordStore,
} from '@millrace/sdk';
import { asProviderError, problemOf, remedies } from './provider-words.ts';

/** Longest each call may take, and how many may be on their way. */
export const providerLimits = {
  openMillisecondsMax: 30_000,
  testMillisecondsMax: 30_000,
  applyMillisecondsMax: 20_000,
  readMillisecondsMax: 10_000,
  releaseMillisecondsMax: 20_000,
  dryRunMillisecondsMax: 10_000,
  listMillisecondsMax: 30_000,
  capacityMillisecondsMax: 15_000,
  subscriberMillisecondsMax: 20_000,
  notifiedMillisecondsMax: 10_000,
  stopMillisecondsMax: 5_000,
  /** Calls on their way at one provider, and those that wait for a place. */
  callsInFlightMax: 4,
  callsWaitingMax: 2_000,
  /** Failures in a row after which it is closed and opened again. */
  failuresMax: 5,
  retryFirstMilliseconds: 1_000,
  retryMillisecondsMax: 300_000,
} as const;

export type Operation =
  | 'apply'
  | 'read'
  | 'release'
  | 'dryRun'
  | 'list'
  | 'capacity'
  | 'subscriber'
  | 'notified';

const limitOf: Readonly<Record<Operation, number>> = {
  apply: providerLimits.applyMillisecondsMax,
  read: providerLimits.readMillisecondsMax,
  release: providerLimits.releaseMillisecondsMax,
  dryRun: providerLimits.dryRunMillisecondsMax,
  list: providerLimits.listMillisecondsMax,
  capacity: providerLimits.capacityMillisecondsMax,
  subscriber: providerLimits.subscriberMillisecondsMax,
  notified: providerLimits.notifiedMillisecondsMax,
};

/** Shown in the place of a secret; given back unchanged it leaves the secret as it is. */
const hiddenSecret = '•••';

export const providerMigrations = [
  {
    id: 'network-control-010-providers',
    sql: `
      CREATE TABLE network_providers (id text PRIMARY KEY, kind text NOT NULL, title text NOT NULL, enabled boolean NOT NULL,
        settings jsonb NOT NULL, secret text NOT NULL);
    `,
  },
] as const;

export interface Sealing {
  seal(secret: string): string;
  open(sealed: string): string;
}

export interface ProvidersOptions {
  records: RecordStore;
  audit: AuditTrail;
  seal: Sealing;
  clock: Clock;
  log: Log;
  /** Each provider has a folder in it. */
  folder: string;
  definitions: readonly ProviderDefinition[];
  /** Where networks reach the platform for notifications (URL without a trailing slash); undefined: nowhere. */
  notificationBase: string | undefined;
  /** Chance: 0 ≤ x < 1. */
  random: () => number;
}

type Change = { binding?: string; slice?: string; group?: string; terminals?: true };

interface Opened {
  provider: NetworkProvider;
  controller: AbortController;
}

interface Entry {
  id: string;
  kind: string;
  title: string;
  enabled: boolean;
  /** Checked; secrets in the clear (sealed only in the record store). */
  settings: Record<string, SettingValue>;
  /** In the address for its notifications; nobody else knows it. */
  secret: string;
  state: ConnectionState;
  since: Microseconds;
  error: { error: ProviderError; time: Microseconds } | undefined;
  retryAt: Microseconds | undefined;
  callOffRetry: (() => void) | undefined;
  /** Aborted when it is closed while it is being opened. */
  opening: AbortController | undefined;
  opened: Opened | undefined;
  /** Openings and closings, one after the other. */
  turn: Promise<void>;
  /** Tries to open it in a row. */
  tries: number;
  failures: number;
  inFlight: number;
  waiting: (() => void)[];
  counters: Record<string, number>;
}

const say = (en: string, zh: string): LocalText => ({ en, zh });

const notOpen = (entry: Entry): ProviderError =>
  new ProviderError(
    'unavailable',
    entry.enabled
      ? say(`The provider "${entry.title}" is not open now.`, `网络服务“${entry.title}”当前未连接。`)
      : say(`The provider "${entry.title}" is switched off.`, `网络服务“${entry.title}”已停用。`),
  );

/** No answer in time: whether it was done is not known. */
export class NoAnswer extends ProviderError {}

/** Result, or an error of kind "unavailable" once `milliseconds` have passed; `late` gets what comes after that. */
export function withinTime<T>(
  clock: Clock,
  milliseconds: number,
  what: LocalText,
  run: () => Promise<T>,
  late?: (value: T) => void,
  signal?: AbortSignal,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let over = false;
    signal?.addEventListener('abort', () => {
      over = true;
      callOff();
      reject(new ProviderError('unavailable', say('It was called off.', '已取消。')));
    });
    const callOff = clock.after(milliseconds, () => {
      over = true;
      const seconds = milliseconds / 1000;
      reject(
        new NoAnswer(
          'unavailable',
          say(`No answer within ${seconds} s: ${what.en}.`, `${seconds} 秒内没有回答：${what.zh}。`),
        ),
      );
    });
    // A provider that throws at once is one that rejects.
    Promise.resolve()
      .then(run)
      .then(
        (value) => {
          callOff();
          if (over) late?.(value);
          else resolve(value);
        },
        (error: unknown) => {
          callOff();
          if (!over) reject(error);
        },
      );
  });
}

const operationWords: Readonly<Record<Operation, LocalText>> = {
  apply: say('asking for it', '发送请求'),
  read: say('reading it back', '读取状态'),
  release: say('releasing it', '释放'),
  dryRun: say('telling what it would send', '预演'),
  list: say('listing terminals', '列出终端'),
  capacity: say('telling its capacity', '读取容量'),
  subscriber: say('changing subscribers', '修改用户数据'),
  notified: say('taking a notification', '处理通知'),
};

/**
 * Providers as they are configured: opened, closed, opened again with back-off; every call bounded in time and number. Nothing a provider does
 * or fails to do reaches further than an error in words.
 */
export class Providers {
  readonly #options: ProvidersOptions;
  readonly #definitions: ReadonlyMap<string, ProviderDefinition>;
  readonly #entries = new Map<string, Entry>();
  readonly #openedListeners: ((id: string) => void)[] = [];
  readonly #changeListeners: ((id: string, change: Change) => void)[] = [];
  #started = false;
  #tests = 0;

  private constructor(options: ProvidersOptions) {
    this.#options = options;
    this.#definitions = new Map(options.definitions.map((one) => [one.manifest.id, one]));
  }

  static async open(options: ProvidersOptions): Promise<Providers> {
    const providers = new Providers(options);
    type Row = Pick<Entry, 'id' | 'kind' | 'title' | 'enabled' | 'settings' | 'secret'>;
    for (const row of await options.records.query<Row>(
      'SELECT id, kind, title, enabled, settings, secret FROM network_providers ORDER BY id',
    )) {
      const settings = Object.fromEntries(
        Object.entries(row.settings).map(([name, value]) => [
          name,
          typeof value === 'string' ? options.seal.open(value) : value,
        ]),
      );
      providers.#entries.set(
        row.id,
        providers.#entry({ ...row, settings, secret: options.seal.open(row.secret) }),
      );
    }
    return providers;
  }

  /** Opens those that are switched on; does not wait for them. */
  start(): void {
    this.#started = true;
    for (const entry of this.#entries.values()) if (entry.enabled) void this.#open(entry);
  }

  async stop(): Promise<void> {
    this.#started = false;
    await Promise.all([...this.#entries.values()].map((entry) => this.#close(entry, 'stopped')));
  }

  /** Told when a provider has been opened: what waits for it can go on. */
  onOpened(call: (id: string) => void): void {
    this.#openedListeners.push(call);
  }

  /** Told when a provider says that something changed by itself. */
  onChange(call: (id: string, change: Change) => void): void {
    this.#changeListeners.push(call);
  }

  kinds(): NetworkProviderKind[] {
    return [...this.#definitions.values()].map(({ manifest }) => ({
      id: manifest.id,
      title: manifest.title,
      summary: manifest.summary,
      settings: { ...manifest.settings },
      can: { ...manifest.can },
      cannot: [...manifest.cannot],
      enforcedBy: manifest.enforcedBy,
      speaks: [...manifest.speaks],
    }));
  }

  ids(): string[] {
    return [...this.#entries.keys()];
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  isOpen(id: string): boolean {
    return this.#entries.get(id)?.opened !== undefined;
  }

  isEnabled(id: string): boolean {
    return this.#entries.get(id)?.enabled === true;
  }

  titleOf(id: string): string {
    return this.#entries.get(id)?.title ?? id;
  }

  /** By its manifest. */
  can(id: string, ability: ProviderAbility): boolean {
    return this.#definitions.get(this.#entries.get(id)?.kind ?? '')?.manifest.can[ability] !== undefined;
  }

  /** Whether the open provider has a method. */
  does(id: string, method: keyof NetworkProvider): boolean {
    return this.#entries.get(id)?.opened?.provider[method] !== undefined;
  }

  show(id: string, asked: ConfiguredProvider['asked']): ConfiguredProvider | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    const manifest = this.#definitions.get(entry.kind)?.manifest;
    return {
      id,
      kind: entry.kind,
      title: entry.title,
      enabled: entry.enabled,
      settings: Object.fromEntries(
        Object.entries(entry.settings).map(([name, value]) => [
          name,
          this.#isSecret(entry.kind, name, value) ? hiddenSecret : value,
        ]),
      ),
      state: entry.state,
      since: formatInstant(entry.since),
      ...(entry.retryAt === undefined ? {} : { retryAt: formatInstant(entry.retryAt) }),
      ...(entry.error === undefined
        ? {}
        : { problem: problemOf(entry.error.error, formatInstant(entry.error.time)) }),
      can: providerAbilities.filter((ability) => manifest?.can[ability] !== undefined),
      enforcedBy: manifest?.enforcedBy ?? say('Unknown', '未知'),
      counters: { ...entry.counters, inFlight: entry.inFlight, waiting: entry.waiting.length },
      asked,
    };
  }

  /** Adds or changes one and opens it anew. Throws AppError with what is wrong, at the field. */
  async put(id: string, input: NetworkProviderInput, actor: Actor): Promise<{ created: boolean }> {
    const before = this.#entries.get(id);
    if (before === undefined && this.#entries.size >= networkLimits.providersMax)
      throw new AppError(
        422,
        'too-many-providers',
        say(
          `There are ${networkLimits.providersMax} providers, the most there may be (providersMax)`,
          `网络服务已达上限 ${networkLimits.providersMax} 个（providersMax）`,
        ),
      );
    if (before !== undefined && before.kind !== input.kind)
      throw wrongFields([
        {
          field: 'kind',
          message: say(
            `"${id}" is of the kind "${before.kind}"; add another provider instead`,
            `“${id}”的类型是“${before.kind}”，请另外添加一个网络服务`,
          ),
        },
      ]);
    const settings = this.#checked(input, before);
    const next = {
      id,
      kind: input.kind,
      title: input.title ?? before?.title ?? id,
      enabled: input.enabled ?? before?.enabled ?? true,
      settings,
      secret: before?.secret ?? randomBytes(24).toString('base64url'),
    };
    await this.#options.audit.record({
      actor,
      action: before === undefined ? 'network.provider.create' : 'network.provider.change',
      object: id,
      place: '',
      detail: {
        kind: next.kind,
        enabled: next.enabled,
        ...(before === undefined
          ? {}
          : { changed: Object.keys(settings).filter((name) => settings[name] !== before.settings[name]) }),
      },
      outcome: 'done',
    });
    const { seal } = this.#options;
    const stored = Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [
        name,
        typeof value === 'string' && this.#isSecret(next.kind, name, value) ? seal.seal(value) : value,
      ]),
    );
    await this.#options.records.query(
      `INSERT INTO network_providers (id, kind, title, enabled, settings, secret) VALUES ($1, $2, $3, $4, $5::jsonb, $6)
       ON CONFLICT (id) DO UPDATE SET title = EXCLUDED.title, enabled = EXCLUDED.enabled, settings = EXCLUDED.settings`,
      [id, next.kind, next.title, next.enabled, JSON.stringify(stored), seal.seal(next.secret)],
    );
    if (before !== undefined) await this.#close(before, 'stopped');
    const entry = this.#entry(next);
    if (before !== undefined) entry.counters = before.counters;
    this.#entries.set(id, entry);
    if (entry.enabled && this.#started) void this.#open(entry);
    return { created: before === undefined };
  }

  async remove(id: string, actor: Actor, detail: Record<string, unknown>): Promise<void> {
    const entry = this.#require(id);
    await this.#options.audit.record({
      actor,
      action: 'network.provider.remove',
      object: id,
      place: '',
      detail,
      outcome: 'done',
    });
    await this.#options.records.query('DELETE FROM network_providers WHERE id = $1', [id]);
    this.#entries.delete(id);
    await this.#close(entry, 'stopped');
  }

  async restart(id: string, actor: Actor): Promise<void> {
    const entry = this.#require(id);
    if (!entry.enabled)
      throw new AppError(409, 'switched-off', say('This provider is switched off', '该网络服务已停用'));
    await this.#options.audit.record({
      actor,
      action: 'network.provider.restart',
      object: id,
      place: '',
      detail: {},
      outcome: 'done',
    });
    await this.#close(entry, 'connecting');
    entry.tries = 0;
    await this.#open(entry);
  }

  /** Opens a provider with these settings beside those there are, tests it, and closes it; nothing is kept. */
  async test(input: NetworkProviderInput, id: string | undefined): Promise<TestReport> {
    const before = id === undefined ? undefined : this.#entries.get(id);
    const settings = this.#checked(input, before?.kind === input.kind ? before : undefined);
    const definition = this.#definitions.get(input.kind)!;
    const { clock, log } = this.#options;
    const name = `test-${++this.#tests}`;
    const controller = new AbortController();
    const start = clock.now();
    const since = (from: Microseconds): number => (clock.now() - from) / 1000;
    const failed = (title: LocalText, from: Microseconds, thrown: unknown): TestReport => {
      const error = asProviderError(thrown);
      const kind = {
        settings: 'settings',
        denied: 'denied',
        refused: 'denied',
        nonsense: 'bad-data',
      } as const;
      return {
        ok: false,
        steps: [{ title, ok: false, milliseconds: since(from), detail: error.words.en }],
        problem: {
          kind: error.kind in kind ? kind[error.kind as keyof typeof kind] : 'unavailable',
          code: `provider-${error.kind}`,
          what: error.words,
          remedy: remedies[error.kind],
          ...(error.detail === undefined ? {} : { detail: error.detail }),
        },
      };
    };
    const opening = say('Opening', '打开连接');
    let provider: NetworkProvider;
    try {
      const context = this.#context(name, settings, controller, undefined, join('tests', name));
      provider = await withinTime(
        clock,
        providerLimits.openMillisecondsMax,
        say('opening', '打开连接'),
        () => definition.open(context),
        (late) => void late.stop().catch(() => {}),
      );
    } catch (error) {
      controller.abort();
      return failed(opening, start, error);
    }
    const opened = since(start);
    const testing = clock.now();
    try {
      const report = await withinTime(
        clock,
        providerLimits.testMillisecondsMax,
        say('the test', '测试'),
        () => provider.test(),
      );
      return { ...report, steps: [{ title: opening, ok: true, milliseconds: opened }, ...report.steps] };
    } catch (error) {
      return failed(say('Test', '测试'), testing, error);
    } finally {
      controller.abort();
      await this.#stopProvider(provider).catch((error: unknown) =>
        log.warn('a provider that was tested did not stop', { kind: input.kind, error: String(error) }),
      );
    }
  }

  /**
   * Calls a provider: at most so many at once, each at most so long. Rejects with ProviderError. `late` gets an answer that came after
   * its time.
   */
  async call<T>(
    id: string,
    operation: Operation,
    run: (provider: NetworkProvider) => Promise<T> | undefined,
    late?: (value: T) => void,
  ): Promise<T> {
    const entry = this.#entries.get(id);
    if (entry === undefined)
      throw new ProviderError(
        'unavailable',
        say(`There is no provider "${id}" any more.`, `网络服务“${id}”已不存在。`),
      );
    if (entry.opened === undefined) throw notOpen(entry);
    await this.#place(entry);
    const { opened } = entry;
    const { clock } = this.#options;
    try {
      if (opened === undefined) throw notOpen(entry);
      count(entry, 'calls');
      const value = await withinTime(
        clock,
        limitOf[operation],
        operationWords[operation],
        async () => {
          const answer = run(opened.provider);
          if (answer === undefined)
            throw new ProviderError(
              'unsupported',
              say(
                `"${entry.title}" cannot do this: ${operationWords[operation].en}.`,
                `“${entry.title}”不支持此操作：${operationWords[operation].zh}。`,
              ),
            );
          return answer;
        },
        (value) => {
          count(entry, 'lateAnswers');
          late?.(value);
        },
      );
      count(entry, 'answered');
      this.#well(entry, opened);
      return value;
    } catch (thrown) {
      const error = asProviderError(thrown);
      this.#ill(entry, opened, error);
      throw error;
    } finally {
      entry.inFlight--;
      entry.waiting.shift()?.();
    }
  }

  /** Takes a notification of a network; false: there is no such provider, or the secret is not its own. */
  async notified(id: string, secret: string, path: string, body: unknown): Promise<boolean> {
    const entry = this.#entries.get(id);
    if (entry === undefined || !same(entry.secret, secret)) return false;
    const take = this.#definitions.get(entry.kind)?.notified;
    count(entry, 'notifications');
    if (take === undefined || entry.opened === undefined) return true;
    try {
      await this.call(id, 'notified', (provider) => take(provider, path, body));
    } catch (error) {
      this.#options.log.warn('a notification could not be taken', { provider: id, error: String(error) });
    }
    return true;
  }

  #require(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined)
      throw new AppError(404, 'not-found', say(`There is no provider "${id}"`, `没有网络服务“${id}”`));
    return entry;
  }

  #entry(stored: Pick<Entry, 'id' | 'kind' | 'title' | 'enabled' | 'settings' | 'secret'>): Entry {
    return {
      ...stored,
      state: stored.enabled ? 'connecting' : 'stopped',
      since: this.#options.clock.now(),
      error: undefined,
      retryAt: undefined,
      callOffRetry: undefined,
      opening: undefined,
      opened: undefined,
      turn: Promise.resolve(),
      tries: 0,
      failures: 0,
      inFlight: 0,
      waiting: [],
      counters: {
        calls: 0,
        answered: 0,
        failed: 0,
        timedOut: 0,
        lateAnswers: 0,
        reopened: 0,
        notifications: 0,
      },
    };
  }

  #checked(input: NetworkProviderInput, before: Entry | undefined): Record<string, SettingValue> {
    const definition = this.#definitions.get(input.kind);
    if (definition === undefined) {
      const known = [...this.#definitions.keys()].join(', ');
      throw wrongFields([
        {
          field: 'kind',
          message: say(
            `there is no kind of provider "${input.kind}"; there are ${known}`,
            `没有网络服务类型“${input.kind}”；现有：${known}`,
          ),
        },
      ]);
    }
    const filled: Record<string, SettingValue> = {};
    for (const [name, value] of Object.entries(input.settings as Settings))
      filled[name] = value === hiddenSecret && before !== undefined ? before.settings[name] : value;
    const { settings, problems } = checkSettings(definition.manifest.settings, filled);
    const more = problems.length === 0 ? (definition.check?.(settings) ?? []) : [];
    if (problems.length + more.length > 0)
      throw wrongFields(
        [...problems, ...more].map(({ field, message }) => ({ field: `settings.${field}`, message })),
      );
    return settings;
  }

  #isSecret(kind: string, name: string, value: SettingValue): boolean {
    const field = this.#definitions.get(kind)?.manifest.settings[name];
    return (
      typeof value === 'string' &&
      value !== '' &&
      (field?.kind === 'secret' || field?.kind === 'pem' || value.includes('PRIVATE KEY'))
    );
  }

  #context(
    id: string,
    settings: Record<string, SettingValue>,
    controller: AbortController,
    entry: Entry | undefined,
    place: string,
  ): ProviderContext {
    const { clock, log, notificationBase } = this.#options;
    const folder = join(this.#options.folder, place);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return {
      id,
      settings,
      clock,
      log,
      signal: controller.signal,
      folder,
      notificationUrl:
        notificationBase === undefined || entry === undefined
          ? undefined
          : `${notificationBase}/${encodeURIComponent(id)}/${entry.secret}`,
      changed: (change) => {
        if (controller.signal.aborted) return;
        for (const call of this.#changeListeners) call(id, change);
      },
    };
  }

  #open(entry: Entry): Promise<void> {
    entry.turn = entry.turn.then(async () => {
      if (
        !this.#started ||
        !entry.enabled ||
        entry.opened !== undefined ||
        this.#entries.get(entry.id) !== entry
      )
        return;
      entry.callOffRetry?.();
      entry.retryAt = undefined;
      this.#state(entry, 'connecting');
      const definition = this.#definitions.get(entry.kind);
      const controller = new AbortController();
      entry.opening = controller;
      try {
        if (definition === undefined)
          throw new ProviderError(
            'settings',
            say(
              `This version has no providers of the kind "${entry.kind}".`,
              `当前版本没有“${entry.kind}”类型的网络服务。`,
            ),
          );
        const context = this.#context(entry.id, entry.settings, controller, entry, entry.id);
        const provider = await withinTime(
          this.#options.clock,
          providerLimits.openMillisecondsMax,
          say('opening', '打开连接'),
          () => definition.open(context),
          (late) => void late.stop().catch(() => {}),
          controller.signal,
        );
        entry.opened = { provider, controller };
        entry.failures = 0;
        entry.error = undefined;
        this.#state(entry, 'connected');
        for (const call of this.#openedListeners) call(entry.id);
      } catch (thrown) {
        // Closed meanwhile: whoever closed it says what comes next.
        if (controller.signal.aborted) return;
        controller.abort();
        this.#later(entry, asProviderError(thrown));
      } finally {
        entry.opening = undefined;
      }
    });
    return entry.turn;
  }

  /** Not open: tried again with back-off, or, where only a person can help, not at all. */
  #later(entry: Entry, error: ProviderError): void {
    const { clock, random, log } = this.#options;
    entry.error = { error, time: clock.now() };
    this.#state(entry, 'disconnected');
    log.warn('a network provider is not open', {
      provider: entry.id,
      kind: error.kind,
      error: error.words.en,
    });
    if (error.kind === 'settings' || error.kind === 'denied' || error.kind === 'unsupported') return;
    const { retryFirstMilliseconds, retryMillisecondsMax } = providerLimits;
    const most = Math.min(retryMillisecondsMax, retryFirstMilliseconds * 2 ** Math.min(entry.tries, 20));
    entry.tries++;
    const wait = Math.round(most * (0.5 + random() / 2));
    entry.retryAt = clock.now() + wait * 1000;
    entry.callOffRetry = clock.after(wait, () => void this.#open(entry));
  }

  #close(entry: Entry, state: ConnectionState): Promise<void> {
    entry.opening?.abort();
    entry.callOffRetry?.();
    entry.callOffRetry = undefined;
    entry.retryAt = undefined;
    entry.turn = entry.turn.then(async () => {
      const { opened } = entry;
      entry.opened = undefined;
      this.#state(entry, state);
      if (opened === undefined) return;
      opened.controller.abort();
      await this.#stopProvider(opened.provider).catch((error: unknown) =>
        this.#options.log.warn('a network provider did not stop in an orderly way', {
          provider: entry.id,
          error: String(error),
        }),
      );
    });
    return entry.turn;
  }

  #stopProvider(provider: NetworkProvider): Promise<void> {
    return withinTime(this.#options.clock, providerLimits.stopMillisecondsMax, say('stopping', '停止'), () =>
      provider.stop(),
    );
  }

  async #place(entry: Entry): Promise<void> {
    const { callsInFlightMax, callsWaitingMax } = providerLimits;
    if (entry.inFlight >= callsInFlightMax) {
      if (entry.waiting.length >= callsWaitingMax)
        throw new ProviderError(
          'unavailable',
          say(
            `${callsWaitingMax} calls wait for "${entry.title}", the most there may be.`,
            `等待“${entry.title}”的调用已达上限 ${callsWaitingMax}。`,
          ),
        );
      await new Promise<void>((resolve) => entry.waiting.push(resolve));
    }
    entry.inFlight++;
  }

  #well(entry: Entry, opened: Opened): void {
    if (entry.opened !== opened) return;
    entry.failures = 0;
    entry.tries = 0;
    entry.error = undefined;
    this.#state(entry, 'connected');
  }

  #ill(entry: Entry, opened: Opened | undefined, error: ProviderError): void {
    // A clear no is an answer: the provider is well.
    if (error.kind === 'refused' || error.kind === 'gone' || error.kind === 'unsupported') {
      count(entry, 'answered');
      if (opened !== undefined) this.#well(entry, opened);
      return;
    }
    count(entry, error instanceof NoAnswer ? 'timedOut' : 'failed');
    if (opened === undefined || entry.opened !== opened) return;
    entry.failures++;
    entry.error = { error, time: this.#options.clock.now() };
    this.#state(entry, 'degraded');
    if (entry.failures < providerLimits.failuresMax || error.kind === 'denied' || error.kind === 'settings')
      return;
    count(entry, 'reopened');
    const last = error;
    void this.#close(entry, 'disconnected').then(() => {
      if (this.#started && entry.enabled && this.#entries.get(entry.id) === entry) this.#later(entry, last);
    });
  }

  #state(entry: Entry, state: ConnectionState): void {
    const down = (one: ConnectionState): boolean => one === 'connecting' || one === 'disconnected';
    if (entry.state !== state && !(down(entry.state) && down(state))) entry.since = this.#options.clock.now();
    entry.state = state;
  }
}

function count(entry: Entry, name: string): void {
  entry.counters[name] = (entry.counters[name] ?? 0) + 1;
}

export function wrongFields(problems: readonly SettingProblem[]): AppError {
  return new AppError(
    422,
    'wrong-fields',
    say('Something in it is wrong; nothing was sent', '内容有误，未发送任何请求'),
    say('Mend the fields that are marked.', '请修正标出的字段。'),
    problems,
  );
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
