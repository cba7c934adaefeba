import { randomUUID } from 'node:crypto';
import {
  type Alarm,
  type AlarmChannel,
  type AlarmChannelInput,
  type AlarmPriority,
  alarmLimits,
  formatInstant,
  type Microseconds,
  type NotificationSettings,
} from '@millrace/contract';
import type { Clock, Log, RecordStore } from '@millrace/sdk';
import { hiddenSecret } from '../../connections.ts';
import type { Sealer } from '../../sealing.ts';
import { floodAlarmsMin } from '../floods.ts';
import type { Outgoing } from '../journal.ts';
import { type AlarmRecord, stateOf } from '../life-cycle.ts';
import { showAlarm } from '../queries.ts';
import { AddressRefused, type Resolve } from './address-guard.ts';
import { sendMail } from './mail.ts';
import { type Happened, type Language, messageText } from './message.ts';
import { makePushKeys, type PushKeys, type PushWay, SubscriptionGone, sendPush } from './push.ts';
import { postWebhook } from './webhook.ts';

const backOffFirst = 2_000_000;
const backOffMax = 600_000_000;
/** A message that was not taken for so long is given up, and counted. */
const giveUpMicroseconds = 24 * 3_600_000_000;
const atOnceMax = 4;
/** Of one channel: a receiver that hangs keeps nobody else waiting. */
const atOncePerChannel = 2;
const batch = 50;
const pushChannel = 'push';

interface ChannelRecord {
  id: string;
  input: AlarmChannelInput;
  sent: number;
  failed: number;
  lastSent: Microseconds | undefined;
  problem: { time: Microseconds; detail: string } | undefined;
}

interface Waiting {
  key: string;
  channel: string;
  message: { what: Happened; alarm: Alarm; count?: number; subscription?: string };
  created: Microseconds;
  tries: number;
}

const defaults: NotificationSettings = {
  allowedHosts: [],
  mailHost: '',
  mailPort: 587,
  mailSecurity: 'starttls',
  mailUser: '',
  mailPassword: '',
  mailFrom: '',
  operators: 1,
  consoleUrl: '',
};

export interface NotificationOptions {
  records: RecordStore;
  sealer: Sealer;
  clock: Clock;
  log: Log;
  random: () => number;
  /** IANA name of the plant's time zone. */
  zone: () => string;
  /** Browsers are told only where the console is reached over HTTPS. */
  https: boolean;
  resolve?: Resolve;
  webhookMillisecondsMax?: number;
  push?: PushWay;
}

/**
 * Carries alarms out of the platform: at least once, each message under a key that stays the same, tried again for a day with growing
 * pauses. What waits stands in the record store, written in the same transaction as the alarm it tells of.
 */
export class Notifications {
  readonly #options: NotificationOptions;
  readonly #channels = new Map<string, ChannelRecord>();
  readonly #subscriptions = new Map<
    string,
    { user: string; keys: { p256dh: string; auth: string }; language: Language }
  >();
  readonly #busy = new Map<string, number>();
  readonly #sending = new Set<string>();
  #settings: NotificationSettings = defaults;
  #pushKeys: PushKeys | undefined;
  #waiting = new Map<string, number>();
  #callOff: (() => void) | undefined;
  #looking = false;
  #again = false;
  #stopped = false;
  /** Messages not written because too many wait. */
  dropped = 0;
  /** May a user see alarms of a place? Asked for browsers. */
  mayRead: (user: string, place: string) => boolean = () => true;

  private constructor(options: NotificationOptions) {
    this.#options = options;
  }

  static async open(options: NotificationOptions): Promise<Notifications> {
    const { records, sealer } = options;
    const opened = new Notifications(options);
    for (const row of await records.query<{
      id: string;
      settings: AlarmChannelInput;
      sent: number;
      failed: number;
      last_sent: string | null;
      problem: { time: Microseconds; detail: string } | null;
    }>('SELECT id, settings, sent, failed, last_sent::text AS last_sent, problem FROM alarm_channels')) {
      opened.#channels.set(row.id, {
        id: row.id,
        input: {
          ...row.settings,
          ...(row.settings.secret === undefined ? {} : { secret: sealer.open(row.settings.secret) }),
        },
        sent: row.sent,
        failed: row.failed,
        lastSent: row.last_sent === null ? undefined : Number(row.last_sent),
        problem: row.problem ?? undefined,
      });
    }
    for (const row of await records.query<{ name: string; value: Record<string, unknown> }>(
      'SELECT name, value FROM notification_settings',
    )) {
      if (row.name === 'settings') {
        const saved = row.value as Partial<NotificationSettings>;
        opened.#settings = {
          ...defaults,
          ...saved,
          mailPassword: saved.mailPassword === undefined ? '' : sealer.open(saved.mailPassword),
        };
      }
      if (row.name === 'push') {
        const saved = row.value as { publicKey: string; privateKey: string };
        opened.#pushKeys = { publicKey: saved.publicKey, privateKey: sealer.open(saved.privateKey) };
      }
    }
    for (const row of await records.query<{
      endpoint: string;
      username: string;
      keys: string;
      language: string;
    }>('SELECT endpoint, username, keys, language FROM push_subscriptions')) {
      opened.#subscriptions.set(row.endpoint, {
        user: row.username,
        keys: JSON.parse(sealer.open(row.keys)) as { p256dh: string; auth: string },
        language: row.language === 'zh' ? 'zh' : 'en',
      });
    }
    await opened.#countWaiting();
    return opened;
  }

  start(): void {
    this.look();
  }

  stop(): void {
    this.#stopped = true;
    this.#callOff?.();
  }

  // What is set.

  settings(): NotificationSettings {
    return { ...this.#settings, mailPassword: this.#settings.mailPassword === '' ? '' : hiddenSecret };
  }

  get operators(): number {
    return this.#settings.operators;
  }

  async putSettings(change: Partial<NotificationSettings>): Promise<NotificationSettings> {
    const next: NotificationSettings = { ...this.#settings };
    for (const name of Object.keys(defaults) as (keyof NotificationSettings)[]) {
      if (change[name] === undefined) continue;
      if (name === 'mailPassword' && change[name] === hiddenSecret) continue;
      (next as Record<string, unknown>)[name] = change[name];
    }
    const { records, sealer } = this.#options;
    const sealed = { ...next, mailPassword: next.mailPassword === '' ? '' : sealer.seal(next.mailPassword) };
    await this.#save('settings', sealed);
    this.#settings = next;
    void records;
    return this.settings();
  }

  channels(): AlarmChannel[] {
    return [...this.#channels.values()].map((channel) => this.#show(channel));
  }

  channel(id: string): AlarmChannel | undefined {
    const channel = this.#channels.get(id);
    return channel === undefined ? undefined : this.#show(channel);
  }

  get full(): boolean {
    return this.#channels.size >= alarmLimits.alarmChannelsMax;
  }

  async putChannel(id: string | undefined, input: AlarmChannelInput): Promise<AlarmChannel> {
    const before = id === undefined ? undefined : this.#channels.get(id);
    const chosen = id ?? randomUUID();
    const kept = { ...input };
    if (kept.secret === hiddenSecret) {
      if (before?.input.secret === undefined) delete kept.secret;
      else kept.secret = before.input.secret;
    }
    const { records, sealer } = this.#options;
    const sealed = {
      ...kept,
      ...(kept.secret === undefined || kept.secret === '' ? {} : { secret: sealer.seal(kept.secret) }),
    };
    await records.query(
      `INSERT INTO alarm_channels (id, settings) VALUES ($1, $2::jsonb)
       ON CONFLICT (id) DO UPDATE SET settings = EXCLUDED.settings`,
      [chosen, JSON.stringify(sealed)],
    );
    const channel: ChannelRecord = {
      id: chosen,
      input: kept,
      sent: before?.sent ?? 0,
      failed: before?.failed ?? 0,
      lastSent: before?.lastSent,
      problem: undefined,
    };
    this.#channels.set(chosen, channel);
    // What waits is tried at once: perhaps it was the address that was wrong.
    await records.query('UPDATE alarm_notifications SET due = $1 WHERE channel = $2', [
      this.#options.clock.now(),
      chosen,
    ]);
    this.look();
    return this.#show(channel);
  }

  async removeChannel(id: string): Promise<boolean> {
    if (!this.#channels.has(id)) return false;
    await this.#options.records.transaction([
      { sql: 'DELETE FROM alarm_channels WHERE id = $1', parameters: [id] },
      { sql: 'DELETE FROM alarm_notifications WHERE channel = $1', parameters: [id] },
    ]);
    this.#channels.delete(id);
    this.#waiting.delete(id);
    return true;
  }

  /** Sends a test message now, once. */
  async test(id: string): Promise<{ ok: boolean; detail: string }> {
    const channel = this.#channels.get(id);
    if (channel === undefined) return { ok: false, detail: 'There is no such channel.' };
    const now = formatInstant(this.#options.clock.now());
    const alarm: Alarm = {
      id: 'test',
      rule: 'test',
      thing: 'test',
      title: 'Test message',
      titles: { zh: '测试消息' },
      thingTitle: 'Millrace',
      place: '',
      priority: 'low',
      state: 'normal',
      active: false,
      time: now,
      raised: now,
      changed: now,
      cause: [],
      condition: '',
      translations: { zh: { title: '测试消息' } },
      group: 'test',
      comments: 0,
    };
    try {
      await this.#deliver(channel, `test-${randomUUID()}`, { what: 'test', alarm });
      return { ok: true, detail: '' };
    } catch (error) {
      return { ok: false, detail: words(error) };
    }
  }

  /** The public key that browsers subscribe with; undefined where there is no HTTPS. */
  async pushKey(): Promise<string | undefined> {
    if (!this.#options.https) return undefined;
    if (this.#pushKeys === undefined) {
      this.#pushKeys = makePushKeys();
      await this.#save('push', {
        publicKey: this.#pushKeys.publicKey,
        privateKey: this.#options.sealer.seal(this.#pushKeys.privateKey),
      });
    }
    return this.#pushKeys.publicKey;
  }

  get subscriptionsFull(): boolean {
    return this.#subscriptions.size >= alarmLimits.pushSubscriptionsMax;
  }

  async subscribe(
    user: string,
    endpoint: string,
    keys: { p256dh: string; auth: string },
    language: Language,
  ): Promise<void> {
    await this.#options.records.query(
      `INSERT INTO push_subscriptions (endpoint, username, keys, language, created) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (endpoint) DO UPDATE SET username = EXCLUDED.username, keys = EXCLUDED.keys, language = EXCLUDED.language`,
      [endpoint, user, this.#options.sealer.seal(JSON.stringify(keys)), language, this.#options.clock.now()],
    );
    this.#subscriptions.set(endpoint, { user, keys, language });
  }

  /** Ends a subscription; of `user` alone, where one is given. */
  async unsubscribe(endpoint: string, user?: string): Promise<void> {
    const known = this.#subscriptions.get(endpoint);
    if (known === undefined || (user !== undefined && known.user !== user)) return;
    this.#subscriptions.delete(endpoint);
    await this.#options.records.query('DELETE FROM push_subscriptions WHERE endpoint = $1', [endpoint]);
  }

  // What goes out.

  /** The messages that something about an alarm makes; written by the caller together with the alarm. */
  messagesFor(
    alarm: AlarmRecord,
    what: 'raised' | 'returned' | 'repeated' | 'escalated',
    roles: readonly string[],
    inFlood: number,
  ): Outgoing[] {
    const shown = showAlarm(alarm);
    const made: Outgoing[] = [];
    const turn = what === 'repeated' ? alarm.repeated : what === 'escalated' ? alarm.escalated : 0;
    const add = (channel: string, target: string, more: Record<string, unknown> = {}): void => {
      const waiting = this.#waiting.get(channel) ?? 0;
      if (waiting >= alarmLimits.notificationsWaitingMax) {
        this.dropped++;
        return;
      }
      this.#waiting.set(channel, waiting + 1);
      made.push({
        key: `${alarm.id}:${what}${turn === 0 ? '' : `:${turn}`}:${target}`,
        channel,
        alarm: alarm.id,
        priority: alarm.priority,
        message: { what, alarm: shown, ...more },
      });
    };
    // In a flood people are told of its first alarms and of what is urgent; programs are told of all.
    const quiet = inFlood > floodAlarmsMin && alarm.priority !== 'urgent';
    for (const channel of this.#channels.values()) {
      if (!reaches(channel.input, alarm.place, alarm.priority, what === 'escalated', roles)) continue;
      if (quiet && channel.input.kind === 'email') continue;
      add(channel.id, channel.id);
    }
    if (this.#options.https && !quiet && what !== 'returned') {
      for (const [endpoint, { user }] of this.#subscriptions)
        if (this.mayRead(user, alarm.place))
          add(pushChannel, endpoint.slice(-64), { subscription: endpoint });
    }
    return made;
  }

  /** Looks for messages that are due. */
  look(): void {
    if (this.#stopped) return;
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    void this.#lookOnce()
      .catch((error: unknown) => {
        this.#options.log.error('messages could not be looked for', { error: words(error) });
        this.#lookIn(backOffFirst);
      })
      .finally(() => {
        this.#looking = false;
        if (this.#again) {
          this.#again = false;
          this.look();
        }
      });
  }

  async #lookOnce(): Promise<void> {
    const { records, clock } = this.#options;
    const now = clock.now();
    const full = [...this.#busy].filter(([, count]) => count >= atOncePerChannel).map(([id]) => id);
    const rows = await records.query<Waiting & { due: string; created: string }>(
      `SELECT key, channel, message, created::text AS created, tries, due::text AS due FROM alarm_notifications
       WHERE NOT (key = ANY($1::text[])) AND NOT (channel = ANY($2::text[])) ORDER BY due LIMIT ${batch}`,
      [[...this.#sending], full],
    );
    let next = Number.POSITIVE_INFINITY;
    for (const row of rows) {
      if (Number(row.due) > now) {
        next = Math.min(next, Number(row.due));
        continue;
      }
      const busy = this.#busy.get(row.channel) ?? 0;
      if (this.#sending.size >= atOnceMax * Math.max(1, this.#channels.size) || busy >= atOncePerChannel)
        continue;
      this.#busy.set(row.channel, busy + 1);
      this.#sending.add(row.key);
      void this.#send({ ...row, created: Number(row.created) }).finally(() => {
        this.#sending.delete(row.key);
        this.#busy.set(row.channel, (this.#busy.get(row.channel) ?? 1) - 1);
        this.look();
      });
    }
    if (next !== Number.POSITIVE_INFINITY) this.#lookIn(next - now);
  }

  #lookIn(microseconds: number): void {
    this.#callOff?.();
    if (this.#stopped) return;
    this.#callOff = this.#options.clock.after(Math.max(1, Math.ceil(microseconds / 1000)), () => this.look());
  }

  async #send(waiting: Waiting): Promise<void> {
    const { records, clock, log } = this.#options;
    const { key, channel: id } = waiting;
    const channel = this.#channels.get(id);
    const done = async (outcome: 'sent' | 'failed', detail?: string): Promise<void> => {
      this.#waiting.set(id, Math.max(0, (this.#waiting.get(id) ?? 1) - 1));
      if (channel !== undefined) {
        channel[outcome]++;
        if (outcome === 'sent') {
          channel.lastSent = clock.now();
          channel.problem = undefined;
        } else channel.problem = { time: clock.now(), detail: detail ?? '' };
      }
      await records.transaction([
        { sql: 'DELETE FROM alarm_notifications WHERE key = $1', parameters: [key] },
        ...(channel === undefined ? [] : [this.#channelState(channel)]),
      ]);
    };
    try {
      if (channel === undefined && id !== pushChannel) {
        await done('failed');
        return;
      }
      await this.#deliver(channel, key, waiting.message);
      await done('sent');
    } catch (error) {
      if (error instanceof SubscriptionGone && waiting.message.subscription !== undefined) {
        await this.unsubscribe(waiting.message.subscription).catch(() => {});
        await done('failed').catch(() => {});
        return;
      }
      const detail = words(error);
      const now = clock.now();
      // An address that is refused is tried on: it may be allowed within the day.
      if (now - waiting.created > giveUpMicroseconds) {
        log.warn('a message was given up', { channel: id, key, tries: waiting.tries, error: detail });
        await done('failed', detail).catch(() => {});
        return;
      }
      const pause = Math.min(backOffMax, backOffFirst * 2 ** Math.min(waiting.tries, 20));
      const due = Math.round(now + pause * (0.75 + this.#options.random() * 0.5));
      if (channel !== undefined) channel.problem = { time: now, detail };
      await records
        .transaction([
          {
            sql: 'UPDATE alarm_notifications SET tries = tries + 1, due = $1 WHERE key = $2',
            parameters: [due, key],
          },
          ...(channel === undefined ? [] : [this.#channelState(channel)]),
        ])
        .catch(() => {});
    }
  }

  async #deliver(
    channel: ChannelRecord | undefined,
    key: string,
    message: Waiting['message'],
  ): Promise<void> {
    const { clock, resolve, zone } = this.#options;
    const { consoleUrl } = this.#settings;
    if (channel === undefined) {
      const { subscription } = message;
      const known = subscription === undefined ? undefined : this.#subscriptions.get(subscription);
      if (subscription === undefined || known === undefined || (await this.pushKey()) === undefined) return;
      const { subject } = messageText(message.alarm, message.what, known.language, consoleUrl, zone());
      await sendPush(
        { endpoint: subscription, keys: known.keys },
        JSON.stringify({ title: subject, tag: message.alarm.id, key, path: `/alarms/${message.alarm.id}` }),
        this.#pushKeys!,
        consoleUrl.startsWith('https:') ? consoleUrl : 'https://millrace.invalid',
        { ...(resolve === undefined ? {} : { resolve }), ...this.#options.push },
      );
      return;
    }
    const { input } = channel;
    if (input.kind === 'email') {
      const language = input.language ?? 'en';
      const { subject, text } = messageText(message.alarm, message.what, language, consoleUrl, zone());
      const { mailHost, mailPort, mailSecurity, mailUser, mailPassword, mailFrom } = this.#settings;
      await sendMail(
        {
          host: mailHost,
          port: mailPort,
          security: mailSecurity,
          user: mailUser,
          password: mailPassword,
          from: mailFrom === '' ? 'millrace@localhost' : mailFrom,
        },
        { to: input.to ?? [], subject, text, key },
      );
      return;
    }
    if (input.url === undefined) throw new AddressRefused('No address is set.');
    await postWebhook(
      {
        url: input.url,
        secret: input.secret ?? '',
        key,
        body: JSON.stringify({ key, what: message.what, alarm: message.alarm }),
        timestamp: Math.floor(clock.now() / 1e6),
      },
      this.#settings.allowedHosts,
      {
        ...(resolve === undefined ? {} : { resolve }),
        ...(this.#options.webhookMillisecondsMax === undefined
          ? {}
          : { millisecondsMax: this.#options.webhookMillisecondsMax }),
      },
    );
  }

  #channelState(channel: ChannelRecord): { sql: string; parameters: (string | number | null)[] } {
    return {
      sql: 'UPDATE alarm_channels SET sent = $2, failed = $3, last_sent = $4, problem = $5::jsonb WHERE id = $1',
      parameters: [
        channel.id,
        channel.sent,
        channel.failed,
        channel.lastSent ?? null,
        channel.problem === undefined ? null : JSON.stringify(channel.problem),
      ],
    };
  }

  async #countWaiting(): Promise<void> {
    for (const row of await this.#options.records.query<{ channel: string; count: number }>(
      'SELECT channel, count(*)::int AS count FROM alarm_notifications GROUP BY channel',
    ))
      this.#waiting.set(row.channel, row.count);
  }

  #save(name: string, value: Record<string, unknown>): Promise<unknown> {
    return this.#options.records.query(
      `INSERT INTO notification_settings (name, value) VALUES ($1, $2::jsonb) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value`,
      [name, JSON.stringify(value)],
    );
  }

  #show(channel: ChannelRecord): AlarmChannel {
    const { id, input, sent, failed, lastSent, problem } = channel;
    return {
      id,
      ...input,
      ...(input.secret === undefined || input.secret === '' ? {} : { secret: hiddenSecret }),
      waiting: this.#waiting.get(id) ?? 0,
      sent,
      failed,
      ...(lastSent === undefined ? {} : { lastSent: formatInstant(lastSent) }),
      ...(problem === undefined
        ? {}
        : { problem: { time: formatInstant(problem.time), detail: problem.detail } }),
    };
  }
}

function reaches(
  channel: AlarmChannelInput,
  place: string,
  priority: AlarmPriority,
  escalated: boolean,
  roles: readonly string[],
): boolean {
  if (channel.enabled === false) return false;
  const root = channel.place ?? '';
  if (root !== '' && place !== root && !place.startsWith(`${root}/`)) return false;
  if (
    channel.priorities !== undefined &&
    channel.priorities.length > 0 &&
    !channel.priorities.includes(priority)
  )
    return false;
  const own = channel.roles ?? [];
  // Escalation is for whom the rule names; everything else reaches those who are told everything, and those it names.
  if (escalated) return own.some((role) => roles.includes(role));
  return own.length === 0 || own.some((role) => roles.includes(role));
}

/** Whether an alarm's news is told outside at all. */
export function isTold(alarm: AlarmRecord): boolean {
  const state = stateOf(alarm);
  return state !== 'shelved' && state !== 'suppressed' && state !== 'out-of-service';
}

function words(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 500);
}
