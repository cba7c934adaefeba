import { randomUUID } from 'node:crypto';
import type { Clock, Log } from '@millrace/sdk';
import type { CamaraApi } from './apis.ts';
import type { CamaraPorts } from './ports.ts';
import { CamaraProblem, invalid } from './problem.ts';
import type { SinkCredential } from './shapes.ts';

/** Where notifications of something go, as it is kept. */
export interface SinkOf {
  readonly url: string;
  readonly token: string | undefined;
  /** When the token is over (µs). */
  readonly tokenExpires: number | undefined;
}

/** Bounds of sending notifications. */
export const outboxLimits = {
  waitingMax: 5000,
  perSinkMax: 200,
  /** Pauses before the second, third, … attempt, ms; after them it is given up. */
  pauses: [1000, 10_000, 60_000, 300_000],
  attemptMilliseconds: 10_000,
  sinksAtOnceMax: 20,
} as const;

/** Checks sink and credential of a request. Throws CamaraProblem. */
export function sinkOf(
  ports: CamaraPorts,
  api: CamaraApi,
  sink: string | undefined,
  credential: SinkCredential | undefined,
): SinkOf | undefined {
  if (sink === undefined) {
    if (credential !== undefined)
      throw invalid('"sinkCredential" says how to reach "sink"; there is no "sink".');
    return undefined;
  }
  let url: URL;
  try {
    url = new URL(sink);
  } catch {
    throw new CamaraProblem(400, 'INVALID_SINK', '"sink" is not a URL.');
  }
  if (url.protocol !== 'https:') throw new CamaraProblem(400, 'INVALID_SINK', '"sink" must be an https URL.');
  if (url.username !== '' || url.password !== '')
    throw new CamaraProblem(400, 'INVALID_SINK', '"sink" must not carry a user name or password.');
  const problem = ports.sinkProblem?.(url.href);
  if (problem !== undefined) throw new CamaraProblem(400, 'INVALID_SINK', problem);
  if (credential === undefined) return { url: url.href, token: undefined, tokenExpires: undefined };
  const { credentialType, accessToken, accessTokenExpiresUtc, accessTokenType } = credential;
  if (credentialType !== 'ACCESSTOKEN') {
    if (!api.credentials.includes(credentialType))
      throw invalid(
        `sinkCredential.credentialType must be one of ACCESSTOKEN, ${api.credentials.join(', ')}.`,
      );
    if (credentialType === 'PRIVATE_KEY_JWT')
      throw new CamaraProblem(
        422,
        'PRIVATE_KEY_JWT_NOT_CONFIGURED',
        'No key was agreed on beforehand for this sink; use ACCESSTOKEN.',
      );
    throw new CamaraProblem(
      400,
      'INVALID_CREDENTIAL',
      'Only sinkCredential.credentialType ACCESSTOKEN is taken.',
    );
  }
  if (accessToken === undefined || accessTokenExpiresUtc === undefined || accessTokenType === undefined)
    throw invalid('sinkCredential ACCESSTOKEN needs accessToken, accessTokenExpiresUtc and accessTokenType.');
  if (accessTokenType !== 'bearer')
    throw new CamaraProblem(400, 'INVALID_TOKEN', 'sinkCredential.accessTokenType must be "bearer".');
  // It becomes a header.
  if (!/^[\x21-\x7e]+$/.test(accessToken))
    throw new CamaraProblem(
      400,
      'INVALID_TOKEN',
      'sinkCredential.accessToken has characters no bearer token has.',
    );
  return { url: url.href, token: accessToken, tokenExpires: Date.parse(accessTokenExpiresUtc) * 1000 };
}

interface Message {
  readonly sink: SinkOf;
  readonly body: string;
  readonly correlator: string;
  attempt: number;
  /** The receiver said that it is gone, or no longer lets us in. */
  readonly ended: (() => void) | undefined;
}

/**
 * Sends notifications as CloudEvents in structured mode: per sink one after another, in order, tried again where the receiver is away or asks
 * for patience. Given up after the last pause, and counted. What waits when the server stops is not kept: whoever polls sees the state itself.
 */
export class Outbox {
  readonly counts = { sent: 0, retried: 0, refused: 0, givenUp: 0, dropped: 0 };
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #post: CamaraPorts['post'];
  readonly #queues = new Map<string, Message[]>();
  readonly #busy = new Set<string>();
  readonly #pauses = new Set<() => void>();
  #waiting = 0;
  #active = 0;
  #stopped = false;

  constructor(ports: Pick<CamaraPorts, 'clock' | 'log' | 'post'>) {
    this.#clock = ports.clock;
    this.#log = ports.log;
    this.#post = ports.post;
  }

  /** `source`: URI of what the event is about. */
  send(
    sink: SinkOf | undefined,
    event: { type: string; source: string; data: unknown },
    ended?: () => void,
  ): void {
    if (sink === undefined || this.#stopped) return;
    const queue = this.#queues.get(sink.url) ?? [];
    if (this.#waiting >= outboxLimits.waitingMax || queue.length >= outboxLimits.perSinkMax) {
      this.counts.dropped++;
      return;
    }
    const id = randomUUID();
    const body = JSON.stringify({
      id,
      source: event.source,
      type: event.type,
      specversion: '1.0',
      datacontenttype: 'application/json',
      data: event.data,
      time: instant(this.#clock.now()),
    });
    queue.push({ sink, body, correlator: id, attempt: 0, ended });
    this.#queues.set(sink.url, queue);
    this.#waiting++;
    this.#begin();
  }

  stop(): void {
    this.#stopped = true;
    for (const end of this.#pauses) end();
    this.#pauses.clear();
    this.#queues.clear();
  }

  #begin(): void {
    for (const url of this.#queues.keys()) {
      if (this.#active >= outboxLimits.sinksAtOnceMax) return;
      if (this.#busy.has(url)) continue;
      this.#busy.add(url);
      this.#active++;
      void this.#drain(url);
    }
  }

  async #drain(url: string): Promise<void> {
    const queue = this.#queues.get(url)!;
    const message = queue[0]!;
    const again = await this.#attempt(message);
    this.#active--;
    if (this.#stopped) return;
    const pause = again ? outboxLimits.pauses[message.attempt++] : undefined;
    if (pause !== undefined) {
      this.counts.retried++;
      // The sink keeps its turn, and gives up its place among those worked on.
      const end = this.#clock.after(pause, () => {
        this.#pauses.delete(end);
        this.#active++;
        void this.#drain(url);
      });
      this.#pauses.add(end);
      this.#begin();
      return;
    }
    if (again) {
      this.counts.givenUp++;
      this.#log.warn('a notification could not be delivered', { host: new URL(url).host });
    }
    queue.shift();
    this.#waiting--;
    if (queue.length === 0) this.#queues.delete(url);
    this.#busy.delete(url);
    this.#begin();
  }

  /** True: try again later. */
  async #attempt({ sink, body, correlator, ended }: Message): Promise<boolean> {
    if (sink.tokenExpires !== undefined && sink.tokenExpires <= this.#clock.now()) {
      // A token that is over would only be refused, and teaches the receiver's log a secret.
      this.counts.refused++;
      return false;
    }
    let late: (() => void) | undefined;
    try {
      const { status } = await Promise.race([
        this.#post(sink.url, {
          headers: {
            'content-type': 'application/cloudevents+json',
            'x-correlator': correlator,
            ...(sink.token === undefined ? {} : { authorization: `Bearer ${sink.token}` }),
          },
          body,
        }),
        new Promise<never>((_, reject) => {
          late = this.#clock.after(outboxLimits.attemptMilliseconds, () =>
            reject(new Error('no answer in time')),
          );
        }),
      ]);
      if (status >= 200 && status < 300) {
        this.counts.sent++;
        return false;
      }
      if (status === 429 || status >= 500) return true;
      this.counts.refused++;
      if (status === 410) ended?.();
      return false;
    } catch {
      return true;
    } finally {
      late?.();
    }
  }
}

/** RFC 3339, to the millisecond. */
export function instant(microseconds: number): string {
  return new Date(microseconds / 1000).toISOString();
}
