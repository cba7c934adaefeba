import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { fromTopicSegment, limits, status, topicSegment } from '@millrace/contract';
import {
  type CommandOptions,
  commandLost,
  type TerminalContext,
  TerminalError,
  type TerminalSession,
  type Thing,
  takePropertyPayload,
  type WriteOutcome,
} from '@millrace/sdk';
import { takeEventPayload } from '../events.ts';
import { formFilters, TopicMapping } from '../mapping/index.ts';
import { writeForm, writeMessage } from '../mapping/write-payload.ts';
import { Redeliveries } from '../session.ts';
import {
  createSparkplugHost,
  isSparkplugForm,
  isSparkplugTopic,
  type SparkplugHost,
} from '../sparkplug/index.ts';
import {
  type BrokerOptions,
  BrokerSession,
  type IncomingMessage,
  type SessionEvents,
} from './broker-session.ts';
import { clientLimits } from './client-limits.ts';
import { withoutCovered } from './filters.ts';
import { withoutRetained } from './problems.ts';
import { type ClientSettings, endpointOfSettings, readSettings } from './settings.ts';

interface PendingAction {
  thing: string;
  /** Below the thing's own topic. */
  rest: string;
  settle(outcome: { state: 'confirmed' | 'refused'; output?: unknown }): void;
  fail(error: Error): void;
}

/** Last messages by connection: it is after a reconnect that they come again, and each connection object lives for one session. */
const remembered = new Map<string, Redeliveries>();

function redeliveriesOf(connection: string): Redeliveries {
  const known = remembered.get(connection) ?? new Redeliveries();
  remembered.delete(connection);
  remembered.set(connection, known);
  if (remembered.size > clientLimits.connectionsRememberedMax)
    remembered.delete(remembered.keys().next().value!);
  return known;
}

/**
 * What one connection to a foreign broker is made of: a session for topics that things' forms name, kept by the broker over a
 * reconnect so that nothing of QoS 1 is lost; and, where Sparkplug is on, a second one, which the specification wants clean and with
 * a will of its own.
 */
export class ClientConnection implements TerminalSession {
  readonly #context: TerminalContext;
  readonly #settings: ClientSettings;
  readonly #mapping = new TopicMapping({ serves: (form) => !isSparkplugForm(form) });
  readonly #file: string;
  readonly #redeliveries: Redeliveries;
  readonly #actions = new Map<string, PendingAction>();
  /** Commands over lately, so that an answer that comes too late or twice is told. */
  readonly #over = new Map<string, { thing: string; command: string }>();
  #session: BrokerSession | undefined;
  #sparkplug: { host: SparkplugHost; session: BrokerSession | undefined } | undefined;
  #subscribed = new Set<string>();
  #refused = new Map<string, string>();
  #syncing: Promise<void> | undefined;
  #syncAgain = false;
  #closed = false;
  #nextAction = 1;

  static async open(context: TerminalContext): Promise<ClientConnection> {
    const connection = new ClientConnection(context);
    try {
      await connection.#open();
    } catch (error) {
      await connection.close();
      throw error;
    }
    return connection;
  }

  private constructor(context: TerminalContext) {
    this.#context = context;
    this.#settings = readSettings(context.settings);
    this.#mapping.update(context.things.values());
    // The key names the session as the broker knows it: another client id is another session.
    this.#redeliveries = redeliveriesOf(
      JSON.stringify([endpointOfSettings(context.settings), this.#settings.clientId, context.connection.id]),
    );
    this.#file = join(context.folder, 'subscriptions.json');
  }

  async #open(): Promise<void> {
    const context = this.#context;
    const clientId = this.#settings.clientId ?? `millrace-${context.connection.id}`;
    this.#session = await this.#connect({ ...this.#settings.broker, clientId }, (message) =>
      this.#take(message),
    );
    const options = this.#settings.sparkplug;
    if (options !== undefined) {
      const host = createSparkplugHost({
        context,
        ...options,
        href: endpointOfSettings(context.settings),
        publish: (topic, payload, { qos, retain }) => {
          this.#sparkplug?.session
            ?.publish(topic, payload, { qos: qos === 0 ? 0 : 1, retain })
            .catch((error: Error) => {
              if (!this.#closed)
                context.log.warn('a Sparkplug message was not taken by the broker', {
                  topic,
                  error: error.message,
                });
            });
        },
      });
      this.#sparkplug = { host, session: undefined };
      this.#sparkplug.session = await this.#connect(
        { ...this.#settings.broker, clientId: `${clientId}-sparkplug`, clean: true, will: host.will() },
        (message) => host.message(message.topic, message.payload, context.clock.now(), undefined),
      );
      if (!this.#sparkplug.session.supportsState) throw withoutRetained(this.#settings.broker);
      const granted = await this.#sparkplug.session.subscribe(host.subscriptions);
      const refused = granted.find((one) => one.refused !== undefined);
      if (refused !== undefined) {
        throw new TerminalError(
          'denied',
          'sparkplug-refused',
          {
            en: `The broker does not let this user subscribe to ${refused.filter}.`,
            zh: `服务器不允许该用户订阅 ${refused.filter}。`,
          },
          {
            en: 'Allow it to read spBv1.0/# and to write spBv1.0/STATE/… and spBv1.0/+/NCMD/+, or turn Sparkplug off.',
            zh: '请授予其读取 spBv1.0/#、写入 spBv1.0/STATE/… 与 spBv1.0/+/NCMD/+ 的权限，或关闭 Sparkplug。',
          },
          { detail: refused.refused!, field: 'sparkplug' },
        );
      }
      host.start();
    }
    if (this.#session.sessionPresent) await this.#forgetOld(this.#session);
    context.onThingsChanged((ids) => this.#thingsChanged(ids));
    await this.#sync();
    context.gauge('mqttVersion', this.#session.version);
    for (const problem of this.#mapping.problems.slice(0, 20)) {
      context.log.warn('a form cannot be used', { ...problem });
    }
  }

  #connect(options: BrokerOptions, take: (message: IncomingMessage) => void): Promise<BrokerSession> {
    const context = this.#context;
    let messages = 0;
    let waiting: number[] = [];
    let paused = false;
    const events: SessionEvents = {
      message: (message, acknowledgement) => {
        messages++;
        if (!this.#closed) take(message);
        if (acknowledgement !== 0) waiting.push(acknowledgement);
      },
      oversized: (topic, bytes) => {
        messages++;
        context.intake.batch.reject({
          thing: undefined,
          source: topic,
          reason: 'too-large',
          detail: `message of ${bytes} bytes; at most ${limits.payloadBytesMax} (payloadBytesMax) are taken`,
          excerpt: '',
          count: 1,
        });
      },
      turn: (session) => {
        if (messages > 0) context.count('messages', messages);
        messages = 0;
        if (waiting.length > 0 && !this.#closed) {
          const stored = waiting;
          waiting = [];
          context.intake.committed((error) => {
            if (error === undefined) session.acknowledge(stored);
            else this.#notStored(error, stored.length);
          });
        }
        if (!paused && context.intake.congested) {
          paused = true;
          context.count('pauses', 1);
          session.pause();
          context.intake.drained(() => {
            paused = false;
            session.resume();
          });
        }
      },
      lost: (problem) => {
        if (!this.#closed) context.lost(problem.problem);
      },
    };
    return BrokerSession.connect(options, events, context.clock, context.signal);
  }

  /** What the store did not take stays unacknowledged; a broker sends it again only to a session that comes back. */
  #notStored(error: Error, count: number): void {
    this.#redeliveries.forget();
    if (this.#closed) return;
    this.#context.count('unacknowledged', count);
    this.#context.lost(
      new TerminalError(
        'unavailable',
        'not-stored',
        {
          en: 'What the broker sent could not be stored; it was not acknowledged and is fetched again.',
          zh: '收到的数据未能存储；未予确认，将重新获取。',
        },
        { en: 'See the health of the store.', zh: '请查看存储的健康状况。' },
        { detail: error.message },
      ).problem,
    );
  }

  // ---- messages

  #take({ topic, payload, qos, retain, dup, messageId }: IncomingMessage): void {
    if (qos === 1) {
      // Taken, but its acknowledgement was lost with the connection: values without a time would count twice.
      const sum = crc32(payload, crc32(topic));
      if (dup && this.#redeliveries.knows(messageId, sum)) {
        this.#context.count('redeliveries', 1);
        return;
      }
      this.#redeliveries.remember(messageId, sum);
    }
    const { batch } = this.#context.intake;
    const received = this.#context.clock.now();
    if (Buffer.byteLength(topic) > limits.topicBytesMax) {
      batch.reject({
        thing: undefined,
        source: topic,
        reason: 'too-large',
        detail: `topic of ${Buffer.byteLength(topic)} bytes; at most ${limits.topicBytesMax} (topicBytesMax) are taken`,
        excerpt: '',
        count: 1,
      });
      return;
    }
    const ours = topic.startsWith('things/') && this.#takeOurs(topic, payload, received);
    // What the broker has kept may be of any age: without a time of its own it is the last value known, and not a fresh one.
    const code = retain ? status.uncertainLastUsableValue : status.good;
    const mapped = isSparkplugTopic(topic)
      ? undefined
      : this.#mapping.take(topic, payload, received, batch, undefined, code);
    if (!ours && mapped === undefined) this.#context.count('unmapped', 1);
  }

  /** Millrace's own topics, as at its listener, for things that this connection reaches. */
  #takeOurs(topic: string, payload: Buffer, received: number): boolean {
    const levels = topic.split('/');
    const id = fromTopicSegment(levels[1]!);
    const thing = this.#context.things.get(id);
    if (thing === undefined) return false;
    if (levels.length === 3 && levels[2] === 'properties') {
      takePropertyPayload(thing, payload, received, this.#context.intake.batch, topic);
      return true;
    }
    if (levels.length === 4 && levels[2] === 'events') {
      const name = fromTopicSegment(levels[3]!);
      takeEventPayload(id, name, payload, received, this.#context.intake.batch, topic);
      return true;
    }
    if (
      levels.at(-1) === 'result' &&
      ((levels.length === 5 && levels[2] === 'actions') ||
        (levels.length === 6 && levels[2] === 'properties' && levels[4] === 'set'))
    ) {
      this.#result(id, levels.slice(2, -1), topic, payload);
      return true;
    }
    return false;
  }

  // ---- actions

  reaches(thing: string): boolean {
    return this.#session?.open === true && this.#context.things.has(thing);
  }

  invoke(
    thing: string,
    action: string,
    input: unknown,
    options: CommandOptions = {},
  ): Promise<{ state: 'confirmed' | 'refused'; output?: unknown }> {
    return this.#ask(thing, `actions/${topicSegment(action)}`, input === undefined ? {} : { input }, options);
  }

  /**
   * Writes a property: by a command to its Sparkplug edge node, on the topic that its form names for writing (`"op": "writeproperty"`), or on
   * `things/<id>/properties/<name>/set`. The first two cannot be acknowledged: then the thing's own report is what tells.
   */
  async write(
    thing: string,
    property: string,
    value: unknown,
    options: CommandOptions = {},
  ): Promise<WriteOutcome> {
    const host = this.#sparkplug?.host;
    if (host?.serves(thing, property) === true) {
      host.write(thing, property, value);
      return { state: 'sent' };
    }
    const form = writeForm(this.#context.things.get(thing)?.points.get(property)?.forms ?? []);
    if (form === undefined) {
      const rest = `properties/${topicSegment(property)}/set`;
      const { state, output } = await this.#ask(thing, rest, { value }, options);
      const detail =
        state === 'refused' && output !== undefined ? JSON.stringify(output).slice(0, 500) : undefined;
      return {
        state,
        ...(state === 'confirmed' ? { by: 'acknowledgement' } : {}),
        ...(detail === undefined ? {} : { detail }),
      };
    }
    const message = writeMessage(form, value);
    if (message === undefined) {
      throw new TerminalError(
        'bad-data',
        'not-writable',
        {
          en: `The form that "${property}" is written through has a millrace:jsonPath that leads through a list.`,
          zh: `“${property}”的写入 form 中 millrace:jsonPath 经过列表，无法使用。`,
        },
        {
          en: 'Name a path of members only, such as $.set.value.',
          zh: '请只使用成员路径，例如 $.set.value。',
        },
      );
    }
    const session = this.#openSession();
    try {
      await session.publish(message.topic, message.payload, {
        qos: message.qos,
        retain: message.retain,
        expirySeconds: Math.ceil(clientLimits.actionWaitMilliseconds / 1000),
      });
    } catch (error) {
      // The broker's own refusal says that nothing was passed on; anything else leaves that open.
      if (error instanceof TerminalError && error.problem.code === 'publish-refused') throw error;
      throw commandLostWith((error as Error).message);
    }
    return { state: 'sent', detail: `the broker has the message on ${message.topic}` };
  }

  #openSession(): BrokerSession {
    const session = this.#session;
    if (session?.open === true) return session;
    throw new TerminalError(
      'unavailable',
      'not-connected',
      { en: 'The broker is not connected.', zh: '未连接消息服务器。' },
      { en: 'See the connection for the reason.', zh: '原因见该连接的状态。' },
    );
  }

  async #ask(
    thing: string,
    rest: string,
    body: Record<string, unknown>,
    options: CommandOptions,
  ): Promise<{ state: 'confirmed' | 'refused'; output?: unknown }> {
    const session = this.#openSession();
    const topic = `things/${topicSegment(thing)}/${rest}`;
    if (this.#actions.size >= clientLimits.actionsPendingMax) {
      throw new TerminalError(
        'unavailable',
        'too-many-actions',
        { en: 'Too many actions wait for their result.', zh: '等待结果的动作过多。' },
        { en: 'Try again in a few seconds.', zh: '请数秒后重试。' },
      );
    }
    const id = `${this.#nextAction++}-${Math.floor(this.#context.random() * 2 ** 48).toString(36)}`;
    const seconds = clientLimits.actionWaitMilliseconds / 1000;
    const outcome = new Promise<{ state: 'confirmed' | 'refused'; output?: unknown }>((resolve, reject) => {
      const cancel = this.#context.clock.after(clientLimits.actionWaitMilliseconds, () => {
        this.#actions.delete(id);
        this.#noteOver(id, thing, options.command);
        reject(
          new TerminalError(
            'unavailable',
            'action-timed-out',
            {
              en: `The device gave no result within ${seconds} s; whether it acted is unknown.`,
              zh: `设备在 ${seconds} 秒内未返回结果，是否已执行未知。`,
            },
            {
              en: `It must answer on ${topic}/result with {"id", "state"}.`,
              zh: `设备须在 ${topic}/result 上以 {"id", "state"} 作答。`,
            },
          ),
        );
      });
      this.#actions.set(id, {
        thing,
        rest,
        settle: (result) => {
          cancel();
          this.#actions.delete(id);
          this.#noteOver(id, thing, options.command);
          resolve(result);
        },
        fail: (error) => {
          cancel();
          this.#actions.delete(id);
          reject(error);
        },
      });
    });
    let sent = false;
    // Whatever becomes of it is told to the caller below; this only keeps it from counting as unheard.
    outcome.catch(() => {});
    try {
      await this.#listenForResults(thing, rest);
      const { fence } = options;
      sent = true;
      await session.publish(
        topic,
        Buffer.from(JSON.stringify({ id, ...body, ...(fence === undefined ? {} : { fence }) })),
        {
          qos: 1,
          retain: false,
          expirySeconds: Math.ceil(seconds),
        },
      );
    } catch (error) {
      const own = error instanceof TerminalError && error.problem.code === 'publish-refused';
      this.#actions
        .get(id)
        ?.fail(sent && !own ? commandLostWith((error as Error).message) : (error as Error));
    }
    return outcome;
  }

  #noteOver(id: string, thing: string, command: string | undefined): void {
    if (command === undefined) return;
    this.#over.set(id, { thing, command });
    if (this.#over.size > clientLimits.actionsPendingMax) this.#over.delete(this.#over.keys().next().value!);
  }

  async #listenForResults(thing: string, rest: string): Promise<void> {
    const of = rest.startsWith('actions') ? 'actions/+/result' : 'properties/+/set/result';
    const filter = `things/${topicSegment(thing)}/${of}`;
    if (this.#subscribed.has(filter) || this.#session === undefined) return;
    const [granted] = await this.#session.subscribe([{ filter, qos: 1 }]);
    if (granted?.refused !== undefined) {
      throw new TerminalError(
        'denied',
        'subscription-refused',
        { en: `The broker does not let this user read ${filter}.`, zh: `服务器不允许该用户读取 ${filter}。` },
        { en: 'Allow it there.', zh: '请在服务器上授予权限。' },
        { detail: granted.refused },
      );
    }
    this.#subscribed.add(filter);
  }

  #result(thing: string, rest: readonly string[], topic: string, payload: Buffer): void {
    const refuse = (detail: string): void =>
      this.#context.intake.batch.reject({
        thing,
        source: topic,
        reason: 'malformed',
        detail,
        excerpt: payload.toString('utf8', 0, limits.quarantineExcerptBytesMax),
        count: 1,
      });
    let json: unknown;
    try {
      if (payload.length > limits.eventBytesMax) throw new Error(`${payload.length} bytes are too many`);
      json = JSON.parse(payload.toString('utf8'));
    } catch (error) {
      refuse(`not JSON: ${(error as Error).message}`);
      return;
    }
    const { id, state, output } = (json ?? {}) as { id?: unknown; state?: unknown; output?: unknown };
    if (typeof id !== 'string' || (state !== 'confirmed' && state !== 'refused')) {
      refuse('expected "id" as it was given and "state" confirmed or refused');
      return;
    }
    const pending = this.#actions.get(id);
    // Another Millrace on the same broker may have asked.
    const plain = (levels: readonly string[]): string => levels.map(fromTopicSegment).join('\u0000');
    if (pending === undefined || pending.thing !== thing || plain(pending.rest.split('/')) !== plain(rest)) {
      const over = this.#over.get(id);
      if (over?.thing === thing)
        this.#context.lateAnswer?.(over.command, {
          state,
          ...(output === undefined ? {} : { detail: JSON.stringify(output).slice(0, 200) }),
        });
      return;
    }
    pending.settle(output === undefined ? { state } : { state, output });
  }

  // ---- subscriptions

  #thingsChanged(ids: readonly string[]): void {
    if (this.#closed) return;
    for (const id of ids) {
      const thing = this.#context.things.get(id);
      if (thing === undefined) this.#mapping.remove(id);
      else this.#mapping.set(thing);
    }
    this.#sync().catch((error: Error) => {
      if (this.#closed || this.#session?.open !== true) return;
      this.#context.lost(
        error instanceof TerminalError
          ? error.problem
          : new TerminalError(
              'unavailable',
              'subscription-failed',
              { en: 'The broker did not answer a subscription.', zh: '服务器未应答订阅请求。' },
              { en: 'It is tried again by itself.', zh: '系统会自动重试。' },
              { detail: error.message },
            ).problem,
      );
    });
  }

  /** Brings the broker's subscriptions in line with what things want, one change at a time. */
  #sync(): Promise<void> {
    if (this.#syncing !== undefined) {
      this.#syncAgain = true;
      return this.#syncing;
    }
    this.#syncing = (async () => {
      do {
        this.#syncAgain = false;
        await this.#syncOnce();
      } while (this.#syncAgain && !this.#closed);
    })().finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  async #syncOnce(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    const wanted = this.#wanted();
    const surplus = [...this.#subscribed].filter((filter) => !wanted.has(filter));
    const missing = [...wanted].filter((filter) => !this.#subscribed.has(filter));
    if (surplus.length > 0) {
      await session.unsubscribe(surplus);
      for (const filter of surplus) this.#subscribed.delete(filter);
    }
    this.#refused.clear();
    for (const { filter, refused } of await session.subscribe(
      missing.map((filter) => ({ filter, qos: 1 as const })),
    )) {
      if (refused === undefined) this.#subscribed.add(filter);
      else this.#refused.set(filter, refused);
    }
    this.#context.gauge('subscriptions', this.#subscribed.size);
    this.#report();
    if (missing.length > 0 || surplus.length > 0) await this.#remember();
  }

  /**
   * A session that the broker kept still has the subscriptions of its last time. Those wanted now are made anew all the same; the
   * others would go on sending what nobody maps.
   */
  async #forgetOld(session: BrokerSession): Promise<void> {
    let old: unknown;
    try {
      old = JSON.parse(await readFile(this.#file, 'utf8'));
    } catch {
      return;
    }
    if (!Array.isArray(old)) return;
    const wanted = this.#wanted();
    const surplus = old.filter(
      (filter): filter is string => typeof filter === 'string' && !wanted.has(filter),
    );
    if (surplus.length > 0) await session.unsubscribe(surplus.slice(0, clientLimits.filtersMax));
  }

  async #remember(): Promise<void> {
    if (this.#settings.broker.clean) return;
    try {
      await mkdir(this.#context.folder, { recursive: true, mode: 0o700 });
      await writeFile(`${this.#file}.next`, JSON.stringify([...this.#subscribed]), { mode: 0o600 });
      await rename(`${this.#file}.next`, this.#file);
    } catch (error) {
      this.#context.log.warn('the list of subscriptions could not be written', {
        error: (error as Error).message,
      });
    }
  }

  #wanted(): Set<string> {
    const filters = [...this.#mapping.filters, ...this.#settings.filters];
    for (const thing of this.#context.things.values()) filters.push(...ownTopics(thing));
    const distinct = withoutCovered(filters.filter((filter) => !isSparkplugTopic(filter)));
    const { share } = this.#settings;
    const wanted = share === undefined ? distinct : distinct.map((filter) => `$share/${share}/${filter}`);
    return new Set(wanted.slice(0, clientLimits.filtersMax));
  }

  #report(): void {
    if (this.#refused.size === 0) {
      this.#context.report('connected');
      return;
    }
    const some = [...this.#refused.keys()].slice(0, 5).join(', ');
    this.#context.report(
      'degraded',
      new TerminalError(
        'denied',
        'subscription-refused',
        {
          en: `The broker refuses ${this.#refused.size} of the subscriptions: ${some}.`,
          zh: `服务器拒绝了 ${this.#refused.size} 个订阅：${some}。`,
        },
        {
          en: 'Allow this user to read there, or correct the topics in the forms.',
          zh: '请授予该用户读取权限，或更正 form 中的主题。',
        },
        { detail: [...this.#refused.values()][0]! },
      ).problem,
    );
  }

  // ---- end

  async close(): Promise<void> {
    if (this.#closed) return;
    await this.#sparkplug?.host.close();
    this.#closed = true;
    for (const action of [...this.#actions.values()]) {
      action.fail(commandLostWith('the connection was closed'));
    }
    await Promise.all([this.#sparkplug?.session?.close(), this.#session?.close()]);
  }
}

function commandLostWith(detail: string): TerminalError {
  return new TerminalError(
    'unavailable',
    commandLost,
    {
      en: 'The connection ended before the device answered; whether it acted is unknown.',
      zh: '设备应答前连接已结束，是否已执行未知。',
    },
    { en: 'Look at the machine before trying again.', zh: '重试前请先查看设备。' },
    { detail },
  );
}

/** Millrace's own topics of a thing, where it has something that no form of its own reaches. */
function ownTopics(thing: Thing): string[] {
  const base = `things/${topicSegment(thing.id)}`;
  const topics: string[] = [];
  for (const point of thing.points.values()) {
    if (!point.forms.some((form) => formFilters(form, true).length > 0)) {
      topics.push(`${base}/properties`);
      break;
    }
  }
  if (Object.values(thing.description.events ?? {}).some((event) => (event.forms ?? []).length === 0)) {
    topics.push(`${base}/events/+`);
  }
  return topics;
}
