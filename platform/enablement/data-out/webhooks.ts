import { randomBytes, randomUUID } from 'node:crypto';
import {
  dashboardLimits,
  formatInstant,
  type Grant,
  isAtOrBelow,
  mayAt,
  qualityClass,
  type SampleColumns,
  type ThingEvent,
  type Webhook,
  type WebhookInput,
} from '@millrace/contract';
import type { Clock, Log, RecordStore } from '@millrace/sdk';
import { type AlarmRecord, type Iot, placeOf, rowValue } from '../../iot/index.ts';
import { HttpProblem } from '../problems.ts';

/** What happened is gathered for so long before it becomes a message. */
const gatherMilliseconds = 1000;
const retryMillisecondsMin = 5_000;
const retryMillisecondsMax = 1_800_000;
/** Messages of all webhooks on their way at once. */
const sendingMax = 8;
/** Messages of one webhook read at once; they go out one after the other, in their order. */
const readAtOnce = 20;

export interface Message {
  url: string;
  secret: string;
  key: string;
  body: string;
  /** Seconds since the epoch. */
  timestamp: number;
}

export interface WebhookOptions {
  records: RecordStore;
  iot: Pick<Iot, 'registry' | 'bus' | 'sealer'> & {
    alarms: { subscribe(call: (alarm: AlarmRecord) => void): () => void; show(alarm: AlarmRecord): unknown };
  };
  /** Posts a message, or rejects with why it was not taken. Refuses addresses inside the plant's network that nobody allowed. */
  post(message: Message): Promise<void>;
  /** Refuses an address that may not be sent to, before it is saved. */
  check(url: string): Promise<void>;
  /** What a user holds now; nothing for one who is gone. */
  grantsOf(user: string): readonly Grant[];
  clock: Clock;
  log: Log;
  random?: () => number;
}

interface Settings extends Omit<WebhookInput, 'secret' | 'enabled' | 'everySeconds'> {
  enabled: boolean;
  everySeconds: number;
}

interface Row {
  time: number;
  value: number;
  text: string | undefined;
  status: number;
}

interface Hook {
  id: string;
  owner: string;
  settings: Settings;
  secret: string;
  created: number;
  waiting: number;
  sent: number;
  dropped: number;
  lastSent: number | undefined;
  problem: string | undefined;
  /** Series → whether it is meant; emptied when things or rights change. */
  meant: Map<number, boolean>;
  grants: readonly Grant[];
  things: ReadonlySet<string> | undefined;
  properties: ReadonlySet<string> | undefined;
  /** Gathered since the last message. */
  samples: { series: number; row: Row }[];
  latest: Map<number, Row>;
  events: unknown[];
  alarms: unknown[];
  missed: number;
  /** When samples may go out next. */
  samplesDue: number;
  sending: boolean;
  /** Not tried before, after a try that failed. */
  notBefore: number;
  tries: number;
}

/**
 * Data that goes out by itself: what happens is gathered, written down as a message, and sent under a key that stays the same until it was taken: at
 * least once, in order, tried for a day with growing pauses. What waits has a bound; the oldest is left out and counted.
 */
export class Webhooks {
  readonly #options: WebhookOptions;
  readonly #hooks = new Map<string, Hook>();
  #undo: (() => void)[] = [];
  #stopGather: (() => void) | undefined;
  #stopped = false;
  #sending = 0;
  #gathering: Promise<void> = Promise.resolve();

  private constructor(options: WebhookOptions) {
    this.#options = options;
  }

  static async open(options: WebhookOptions): Promise<Webhooks> {
    const webhooks = new Webhooks(options);
    for (const row of await options.records.query<{
      id: string;
      owner: string;
      settings: Settings;
      secret: string;
      created: number;
      waiting: number;
    }>(
      `SELECT w.id, owner, settings, secret, created::float8 AS created, (SELECT count(*)::int FROM webhook_deliveries d WHERE d.webhook = w.id) AS waiting
       FROM webhooks w`,
    ))
      webhooks.#hooks.set(row.id, fresh({ ...row, secret: options.iot.sealer.open(row.secret) }));
    for (const hook of webhooks.#hooks.values()) webhooks.#grants(hook);
    return webhooks;
  }

  start(): void {
    const { iot } = this.#options;
    this.#undo = [
      iot.bus.subscribe((columns) => this.#takeSamples(columns)),
      iot.bus.subscribeEvents((event) => this.#takeEvent(event)),
      iot.alarms.subscribe((alarm) => this.#takeAlarm(alarm)),
      iot.registry.onChange(() => {
        for (const hook of this.#hooks.values()) hook.meant.clear();
      }),
    ];
    this.#next();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopGather?.();
    for (const undo of this.#undo) undo();
    await this.#gathering;
    // What was gathered is not lost with the process.
    for (const hook of this.#hooks.values()) hook.samplesDue = 0;
    await this.#gather().catch(() => {});
  }

  list(): Webhook[] {
    return [...this.#hooks.values()].map(show);
  }

  get(id: string): Webhook | undefined {
    const hook = this.#hooks.get(id);
    return hook === undefined ? undefined : show(hook);
  }

  /** `secret`: the one that was made up, where none was given. */
  async put(
    id: string | undefined,
    input: WebhookInput,
    owner: string,
  ): Promise<{ webhook: Webhook; secret: string | undefined }> {
    const { records, iot, clock } = this.#options;
    const before = id === undefined ? undefined : this.#hooks.get(id);
    if (before === undefined && this.#hooks.size >= dashboardLimits.webhooksMax)
      throw new HttpProblem(
        409,
        'too-many',
        `${dashboardLimits.webhooksMax} webhooks are the most there are (webhooksMax).`,
      );
    await this.#options.check(input.url).catch((error: unknown) => {
      throw new HttpProblem(400, 'address-refused', 'Nothing may be sent to this address.', {
        detail: words(error),
        field: '/url',
        remedy:
          'Give a public http or https address, or have an administrator allow the host in the notification settings.',
        words: {
          title: { en: 'Nothing may be sent to this address.', zh: '不允许向此地址发送。' },
          remedy: {
            en: 'Give a public http or https address, or have an administrator allow the host in the notification settings.',
            zh: '请填写公网 http 或 https 地址，或请管理员在通知设置中允许该主机。',
          },
        },
      });
    });
    const made =
      input.secret === undefined && before === undefined ? randomBytes(24).toString('base64url') : undefined;
    const secret = input.secret ?? before?.secret ?? made!;
    const { secret: _kept, ...rest } = input;
    const settings: Settings = {
      ...rest,
      enabled: input.enabled ?? true,
      everySeconds: input.everySeconds ?? 0,
    };
    const hook = fresh({
      id: before?.id ?? randomUUID(),
      owner,
      settings,
      secret,
      created: before?.created ?? clock.now(),
      waiting: before?.waiting ?? 0,
    });
    if (before !== undefined)
      Object.assign(hook, { sent: before.sent, dropped: before.dropped, lastSent: before.lastSent });
    await records.query(
      `INSERT INTO webhooks (id, owner, settings, secret, created) VALUES ($1, $2, $3::jsonb, $4, $5)
       ON CONFLICT (id) DO UPDATE SET owner = EXCLUDED.owner, settings = EXCLUDED.settings, secret = EXCLUDED.secret`,
      [hook.id, owner, JSON.stringify(settings), iot.sealer.seal(secret), hook.created],
    );
    this.#grants(hook);
    this.#hooks.set(hook.id, hook);
    return { webhook: show(hook), secret: made };
  }

  async remove(id: string): Promise<void> {
    this.#hooks.delete(id);
    await this.#options.records.transaction([
      { sql: 'DELETE FROM webhooks WHERE id = $1', parameters: [id] },
      { sql: 'DELETE FROM webhook_deliveries WHERE webhook = $1', parameters: [id] },
    ]);
  }

  /** Sends a message without data now, once. */
  async test(id: string): Promise<{ ok: boolean; problem?: string }> {
    const hook = this.#hooks.get(id)!;
    try {
      await this.#post(hook, `test-${randomUUID()}`, JSON.stringify({ webhook: hook.id, test: true }));
      return { ok: true };
    } catch (error) {
      return { ok: false, problem: words(error) };
    }
  }

  #takeSamples(columns: SampleColumns): void {
    for (const hook of this.#hooks.values()) {
      if (!hook.settings.enabled || !hook.settings.what.includes('samples')) continue;
      for (let at = 0; at < columns.count; at++) {
        const series = columns.series[at]!;
        if (!this.#isMeant(hook, series)) continue;
        const row = {
          time: columns.time[at]!,
          value: columns.value[at]!,
          text: columns.text?.get(at),
          status: columns.status[at]!,
        };
        if (hook.settings.everySeconds > 0) hook.latest.set(series, row);
        else if (hook.samples.length < dashboardLimits.webhookSamplesMax) hook.samples.push({ series, row });
        else hook.missed++;
      }
    }
  }

  #takeEvent(event: ThingEvent): void {
    for (const hook of this.#hooks.values()) {
      if (
        !hook.settings.enabled ||
        !hook.settings.what.includes('events') ||
        !this.#isThingMeant(hook, event.thing)
      )
        continue;
      if (hook.events.length >= dashboardLimits.webhookSamplesMax) hook.missed++;
      else
        hook.events.push({
          thing: event.thing,
          name: event.name,
          time: formatInstant(event.time),
          data: JSON.parse(event.data) as unknown,
        });
    }
  }

  #takeAlarm(alarm: AlarmRecord): void {
    for (const hook of this.#hooks.values()) {
      const { settings } = hook;
      if (!settings.enabled || !settings.what.includes('alarms')) continue;
      if (!isAtOrBelow(alarm.place, settings.place) || !mayAt(this.#grants(hook), 'read', alarm.place))
        continue;
      if (hook.things !== undefined && !hook.things.has(alarm.thing)) continue;
      if (hook.alarms.length >= dashboardLimits.webhookSamplesMax) hook.missed++;
      else hook.alarms.push(this.#options.iot.alarms.show(alarm));
    }
  }

  /** What its owner holds now; what was decided by what they held before is forgotten. */
  #grants(hook: Hook): readonly Grant[] {
    const grants = this.#options.grantsOf(hook.owner);
    if (grants !== hook.grants && JSON.stringify(grants) !== JSON.stringify(hook.grants)) {
      hook.grants = grants;
      hook.meant.clear();
    }
    return grants;
  }

  #isMeant(hook: Hook, series: number): boolean {
    const known = hook.meant.get(series);
    if (known !== undefined) return known;
    const owner = this.#options.iot.registry.ownerOf(series);
    const meant =
      owner !== undefined &&
      this.#isThingMeant(hook, owner.thing) &&
      (hook.properties === undefined || hook.properties.has(owner.property));
    hook.meant.set(series, meant);
    return meant;
  }

  #isThingMeant(hook: Hook, thing: string): boolean {
    const record = this.#options.iot.registry.get(thing);
    if (record === undefined) return false;
    const { place, types } = hook.settings;
    return (
      (hook.things === undefined || hook.things.has(thing)) &&
      isAtOrBelow(placeOf(record), place) &&
      (types === undefined ||
        types.length === 0 ||
        [record.description['@type'] ?? []].flat().some((type) => types.includes(type))) &&
      mayAt(hook.grants, 'read', placeOf(record))
    );
  }

  #next(): void {
    if (this.#stopped) return;
    this.#stopGather = this.#options.clock.after(gatherMilliseconds, () => {
      this.#gathering = this.#gather()
        .catch((error: unknown) =>
          this.#options.log.warn('webhooks could not write down what to send', { error: words(error) }),
        )
        .finally(() => {
          this.#send();
          this.#next();
        });
    });
  }

  /** Makes messages of what was gathered and writes them down. */
  async #gather(): Promise<void> {
    const { clock, records, iot } = this.#options;
    const now = clock.now();
    for (const hook of this.#hooks.values()) {
      this.#grants(hook);
      const every = hook.settings.everySeconds * 1_000_000;
      const dueNow = every === 0 || now >= hook.samplesDue;
      const rows: readonly { series: number; row: Row }[] = !dueNow
        ? []
        : every === 0
          ? hook.samples
          : [...hook.latest].map(([series, row]) => ({ series, row }));
      if (rows.length === 0 && hook.events.length === 0 && hook.alarms.length === 0) continue;
      const samples = rows.flatMap(({ series, row }) => {
        const owner = iot.registry.ownerOf(series);
        // Withdrawn since it was gathered.
        if (owner === undefined || !this.#isMeant(hook, series)) return [];
        const boolean =
          iot.registry.get(owner.thing)?.description.properties?.[owner.property]?.type === 'boolean';
        return [
          {
            thing: owner.thing,
            property: owner.property,
            time: formatInstant(row.time),
            value: rowValue(row.value, row.text, boolean),
            quality: qualityClass(row.status),
          },
        ];
      });
      const { events, alarms, missed } = hook;
      if (dueNow) {
        hook.samples = [];
        hook.latest = new Map();
        hook.samplesDue = now + every;
      }
      hook.events = [];
      hook.alarms = [];
      hook.missed = 0;
      if (samples.length + events.length + alarms.length === 0) continue;
      const key = randomUUID();
      const body = JSON.stringify({
        webhook: hook.id,
        key,
        time: formatInstant(now),
        ...(samples.length === 0 ? {} : { samples }),
        ...(events.length === 0 ? {} : { events }),
        ...(alarms.length === 0 ? {} : { alarms }),
        // Said to the receiver too: what it has is not all there was.
        ...(missed === 0 ? {} : { missed }),
      });
      try {
        await this.#makeRoom(hook);
        await records.query(
          'INSERT INTO webhook_deliveries (id, webhook, body, made, due) VALUES ($1, $2, $3, $4, $4)',
          [key, hook.id, body, now],
        );
      } catch (error) {
        hook.dropped++;
        throw error;
      }
      hook.waiting++;
    }
  }

  /** Leaves out the oldest where too many wait. */
  async #makeRoom(hook: Hook): Promise<void> {
    const all = [...this.#hooks.values()].reduce((sum, one) => sum + one.waiting, 0);
    if (
      hook.waiting < dashboardLimits.webhookDeliveriesEachMax &&
      all < dashboardLimits.webhookDeliveriesWaitingMax
    )
      return;
    const fullest =
      hook.waiting >= dashboardLimits.webhookDeliveriesEachMax
        ? hook
        : [...this.#hooks.values()].sort((a, b) => b.waiting - a.waiting)[0]!;
    const gone = await this.#options.records.query(
      `DELETE FROM webhook_deliveries WHERE id IN (SELECT id FROM webhook_deliveries WHERE webhook = $1 ORDER BY made LIMIT 1) RETURNING id`,
      [fullest.id],
    );
    fullest.waiting = Math.max(0, fullest.waiting - gone.length);
    fullest.dropped += gone.length;
  }

  #send(): void {
    const now = this.#options.clock.now();
    for (const hook of this.#hooks.values()) {
      if (this.#stopped || this.#sending >= sendingMax) return;
      if (hook.sending || hook.waiting === 0 || !hook.settings.enabled || hook.notBefore > now) continue;
      hook.sending = true;
      this.#sending++;
      this.#sendOf(hook)
        .catch((error: unknown) =>
          this.#options.log.warn('a webhook could not be served', { webhook: hook.id, error: words(error) }),
        )
        .finally(() => {
          hook.sending = false;
          this.#sending--;
        });
    }
  }

  async #sendOf(hook: Hook): Promise<void> {
    const { records, clock, random = Math.random } = this.#options;
    const waiting = await records.query<{ id: string; body: string; made: number }>(
      'SELECT id, body, made::float8 AS made FROM webhook_deliveries WHERE webhook = $1 ORDER BY made LIMIT $2',
      [hook.id, readAtOnce],
    );
    if (waiting.length === 0) hook.waiting = 0;
    for (const { id, body, made } of waiting) {
      if (this.#stopped || this.#hooks.get(hook.id) !== hook) return;
      try {
        await this.#post(hook, id, body);
      } catch (error) {
        hook.problem = words(error);
        if (clock.now() - made > dashboardLimits.webhookHoursMax * 3_600_000_000) {
          await records.query('DELETE FROM webhook_deliveries WHERE id = $1', [id]);
          hook.waiting = Math.max(0, hook.waiting - 1);
          hook.dropped++;
          continue;
        }
        const pause = Math.min(retryMillisecondsMax, retryMillisecondsMin * 2 ** Math.min(hook.tries, 20));
        hook.tries++;
        hook.notBefore = clock.now() + pause * (1 + random() / 4) * 1000;
        return;
      }
      await records.query('DELETE FROM webhook_deliveries WHERE id = $1', [id]);
      hook.waiting = Math.max(0, hook.waiting - 1);
      hook.sent++;
      hook.lastSent = clock.now();
      hook.problem = undefined;
      hook.tries = 0;
    }
  }

  #post(hook: Hook, key: string, body: string): Promise<void> {
    return this.#options.post({
      url: hook.settings.url,
      secret: hook.secret,
      key,
      body,
      timestamp: Math.floor(this.#options.clock.now() / 1_000_000),
    });
  }
}

function fresh(given: {
  id: string;
  owner: string;
  settings: Settings;
  secret: string;
  created: number;
  waiting: number;
}): Hook {
  const set = (list: readonly string[] | undefined): ReadonlySet<string> | undefined =>
    list === undefined || list.length === 0 ? undefined : new Set(list);
  return {
    ...given,
    sent: 0,
    dropped: 0,
    lastSent: undefined,
    problem: undefined,
    meant: new Map(),
    grants: [],
    things: set(given.settings.things),
    properties: set(given.settings.properties),
    samples: [],
    latest: new Map(),
    events: [],
    alarms: [],
    missed: 0,
    samplesDue: 0,
    sending: false,
    notBefore: 0,
    tries: 0,
  };
}

function show({ id, owner, settings, created, waiting, sent, dropped, lastSent, problem }: Hook): Webhook {
  return {
    ...settings,
    id,
    owner,
    created: formatInstant(created),
    waiting,
    sent,
    dropped,
    ...(lastSent === undefined ? {} : { lastSent: formatInstant(lastSent) }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
