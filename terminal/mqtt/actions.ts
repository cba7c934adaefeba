import { fromTopicSegment, limits, topicSegment } from '@millrace/contract';
import { type BatchBuilder, type CommandOptions, type TerminalContext, TerminalError } from '@millrace/sdk';
import { spelledFor } from './access.ts';
import type { Verdict } from './broker.ts';
import { listenerLimits } from './listener-limits.ts';
import type { Message, Session } from './session.ts';
import { reason } from './wire/codes.ts';

interface Outcome {
  state: 'confirmed' | 'refused';
  output?: unknown;
}

/** Commands over lately, so that an answer that comes too late or twice is told from one nobody asked for. */
const rememberedMax = 1000;

interface Pending {
  thing: string;
  /** What the answer's topic has to be below the thing's own. */
  rest: string;
  settle(outcome: Outcome): void;
}

/**
 * Actions and writes on their way to a thing's clients: `things/<id>/actions/<name>` or `things/<id>/properties/<name>/set` out, the same with
 * `/result` back. Nothing is said to be done that the device did not confirm, and nothing is delivered after its caller has given up.
 */
export class Actions {
  readonly #context: TerminalContext;
  readonly #now: () => number;
  readonly #sessionsOf: (thing: string) => Iterable<Session>;
  readonly #pending = new Map<string, Pending>();
  readonly #over = new Map<string, { thing: string; command: string }>();
  #next = 1;

  constructor(context: TerminalContext, now: () => number, sessionsOf: (thing: string) => Iterable<Session>) {
    this.#context = context;
    this.#now = now;
    this.#sessionsOf = sessionsOf;
  }

  /** Sends an action to those who can carry it out and waits for the first result. */
  invoke(
    thing: string,
    action: string,
    input: unknown,
    options: CommandOptions = {},
  ): Promise<{ state: 'confirmed' | 'refused'; output?: unknown }> {
    return this.#ask(thing, `actions/${topicSegment(action)}`, input === undefined ? {} : { input }, options);
  }

  /** Sends a value to be written in the same way. */
  write(
    thing: string,
    property: string,
    value: unknown,
    options: CommandOptions = {},
  ): Promise<{ state: 'confirmed' | 'refused'; output?: unknown }> {
    return this.#ask(thing, `properties/${topicSegment(property)}/set`, { value }, options);
  }

  #ask(
    thing: string,
    rest: string,
    body: Record<string, unknown>,
    options: CommandOptions,
  ): Promise<{ state: 'confirmed' | 'refused'; output?: unknown }> {
    const listeners: { session: Session; topic: string; qos: 0 | 1 | 2 }[] = [];
    for (const session of this.#sessionsOf(thing)) {
      if (session.connection === undefined) continue;
      let best: { session: Session; topic: string; qos: 0 | 1 | 2 } | undefined;
      for (const { filter, qos } of session.subscriptions.values()) {
        const topic = spelledFor(filter, thing, rest);
        if (topic !== undefined && (best === undefined || qos > best.qos)) best = { session, topic, qos };
      }
      if (best !== undefined) listeners.push(best);
    }
    if (listeners.length === 0) {
      return Promise.reject(
        new TerminalError(
          'unavailable',
          'not-connected',
          {
            en: `No client of this thing is connected and subscribed to its ${rest.startsWith('actions') ? 'actions' : 'writes'}.`,
            zh: `该物没有已连接并订阅其${rest.startsWith('actions') ? '动作' : '写入'}的客户端。`,
          },
          {
            en: `The device must subscribe to things/${topicSegment(thing)}/${asFilter(rest)}.`,
            zh: `设备须订阅 things/${topicSegment(thing)}/${asFilter(rest)}。`,
          },
        ),
      );
    }
    if (this.#pending.size >= listenerLimits.actionsPendingMax) {
      return Promise.reject(
        new TerminalError(
          'unavailable',
          'too-many-actions',
          { en: 'Too many actions wait for their result.', zh: '等待结果的动作过多。' },
          { en: 'Try again in a few seconds.', zh: '请数秒后重试。' },
        ),
      );
    }
    const id = `${this.#next++}-${Math.floor(this.#context.random() * 2 ** 48).toString(36)}`;
    const { command, fence } = options;
    const payload = Buffer.from(JSON.stringify({ id, ...body, ...(fence === undefined ? {} : { fence }) }));
    const sent: { session: Session; message: Message }[] = [];
    this.#context.count('actions', 1);
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        cancel();
        this.#pending.delete(id);
        if (command !== undefined) this.#remember(id, thing, command);
        for (const { session, message } of sent) session.withdraw(message);
      };
      const cancel = this.#context.clock.after(listenerLimits.actionWaitMilliseconds, () => {
        finish();
        reject(
          new TerminalError(
            'unavailable',
            'action-timed-out',
            {
              en: `The device gave no result within ${listenerLimits.actionWaitMilliseconds / 1000} s; whether it acted is unknown.`,
              zh: `设备在 ${listenerLimits.actionWaitMilliseconds / 1000} 秒内未返回结果，是否已执行未知。`,
            },
            {
              en: `It must answer on things/${topicSegment(thing)}/${rest}/result with {"id", "state"}.`,
              zh: `设备须在 things/${topicSegment(thing)}/${rest}/result 上以 {"id", "state"} 作答。`,
            },
          ),
        );
      });
      this.#pending.set(id, {
        thing,
        rest,
        settle: (outcome) => {
          finish();
          resolve(outcome);
        },
      });
      for (const { session, topic, qos } of listeners) {
        const message: Message = {
          topic,
          payload,
          qos: 1,
          retain: false,
          properties: { messageExpiry: Math.ceil(listenerLimits.actionWaitMilliseconds / 1000) },
          // An action that could not be sent in time must not be carried out later.
          expiresAt: this.#now() + listenerLimits.actionWaitMilliseconds,
          from: undefined,
        };
        sent.push({ session, message });
        session.deliver(message, Math.min(qos, 1) as 0 | 1, false, undefined);
      }
    });
  }

  #remember(id: string, thing: string, command: string): void {
    this.#over.set(id, { thing, command });
    if (this.#over.size > rememberedMax) this.#over.delete(this.#over.keys().next().value!);
  }

  reaches(thing: string): boolean {
    for (const session of this.#sessionsOf(thing)) {
      if (session.connection === undefined) continue;
      for (const { filter } of session.subscriptions.values()) {
        // Any name does: a filter for one action alone still makes the thing one that can be reached.
        const name = filter.split('/')[3];
        const probe = name === undefined || name === '+' || name === '#' || name === '' ? 'x' : name;
        if (spelledFor(filter, thing, `actions/${probe}`) !== undefined) return true;
        if (spelledFor(filter, thing, `properties/${probe}/set`) !== undefined) return true;
      }
    }
    return false;
  }

  /** Takes the payload of a result. */
  take(thing: string, topic: string, payload: Buffer, batch: BatchBuilder): Verdict | undefined {
    const refuse = (detail: string): Verdict => {
      batch.reject({
        thing,
        source: topic,
        reason: 'malformed',
        detail,
        excerpt: payload.toString('utf8', 0, limits.quarantineExcerptBytesMax),
        count: 1,
      });
      return { code: reason.payloadFormatInvalid, why: detail };
    };
    if (payload.length > limits.eventBytesMax) {
      return refuse(`a result of ${payload.length} bytes; at most ${limits.eventBytesMax} (eventBytesMax)`);
    }
    let json: unknown;
    try {
      json = JSON.parse(payload.toString('utf8'));
    } catch (error) {
      return refuse(`not JSON: ${(error as Error).message}`);
    }
    if (json === null || typeof json !== 'object' || Array.isArray(json)) {
      return refuse('expected {"id", "state", "output"}');
    }
    const { id, state, output } = json as { id?: unknown; state?: unknown; output?: unknown };
    if (typeof id !== 'string' || (state !== 'confirmed' && state !== 'refused')) {
      return refuse('expected "id" as it was given and "state" confirmed or refused');
    }
    const action = this.#pending.get(id);
    if (action === undefined || action.thing !== thing || !answers(topic, action.rest)) {
      const over = this.#over.get(id);
      if (over?.thing === thing)
        this.#context.lateAnswer?.(over.command, {
          state,
          ...(output === undefined ? {} : { detail: JSON.stringify(output).slice(0, 200) }),
        });
      return refuse('no action with this "id" waits for a result; it may have come too late');
    }
    action.settle(output === undefined ? { state } : { state, output });
    return undefined;
  }
}

/** Whether a result came on the topic of what was asked; ids may be percent-encoded more or less. */
function answers(topic: string, rest: string): boolean {
  const plain = (text: string): string => text.split('/').map(fromTopicSegment).join('\u0000');
  return plain(topic.split('/').slice(2).join('/')) === plain(`${rest}/result`);
}

/** The filter that takes all of a thing's actions, or all of its writes. */
function asFilter(rest: string): string {
  return rest.startsWith('actions') ? 'actions/+' : 'properties/+/set';
}
