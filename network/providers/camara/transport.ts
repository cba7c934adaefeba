import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '@millrace/sdk';

/** Bounds of one request to an operator. */
export const transportLimits = { answerBytesMax: 1_048_576, redirectsMax: 3 } as const;

export interface HttpQuestion {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMilliseconds: number;
  /** PEM of authorities beside the usual ones' place; undefined: the usual ones. */
  readonly authority: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly retryAfterSeconds: number | undefined;
  readonly text: string;
}

/** Why there is no answer. `unsent`: nothing of the request can have been done. */
export class TransportError extends Error {
  readonly kind: 'unreachable' | 'certificate' | 'late' | 'too-long' | 'redirect' | 'stopped';
  readonly unsent: boolean;
  constructor(kind: TransportError['kind'], message: string, unsent = false) {
    super(message);
    this.kind = kind;
    this.unsent = unsent;
  }
}

/** Asks, with everything bounded; follows redirections within the same origin only, since the credentials are for that one. */
export async function ask(question: HttpQuestion, clock: Clock, signal: AbortSignal): Promise<HttpAnswer> {
  let url = new URL(question.url);
  for (let count = 0; ; count++) {
    const { answer, location } = await once(url, question, clock, signal);
    const { status } = answer;
    if (status < 300 || status >= 400 || location === undefined) return answer;
    let next: URL;
    try {
      next = new URL(location, url);
    } catch {
      throw new TransportError('redirect', location.slice(0, 200));
    }
    if (next.origin !== url.origin) throw new TransportError('redirect', next.origin);
    // Anything else would turn a request into another one.
    if (
      count >= transportLimits.redirectsMax ||
      (question.method !== 'GET' && status !== 307 && status !== 308)
    )
      throw new TransportError('redirect', next.href.slice(0, 200));
    url = next;
  }
}

function once(
  url: URL,
  question: HttpQuestion,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ answer: HttpAnswer; location: string | undefined }> {
  return new Promise((resolve, reject) => {
    let connected = false;
    let settled = false;
    const finish = (act: () => void): void => {
      if (settled) return;
      settled = true;
      endTimer();
      signal.removeEventListener('abort', stop);
      request.destroy();
      act();
    };
    const fail = (error: TransportError): void => finish(() => reject(error));
    const stop = (): void => fail(new TransportError('stopped', 'stopped'));
    const options = {
      method: question.method,
      headers: {
        accept: 'application/json',
        ...question.headers,
        ...(question.body === undefined
          ? {}
          : { 'content-length': String(Buffer.byteLength(question.body)) }),
      },
      agent: false as const,
      ...(question.authority === undefined ? {} : { ca: question.authority }),
    };
    const receive = (response: IncomingMessage): void => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength;
        if (bytes > transportLimits.answerBytesMax)
          fail(new TransportError('too-long', `more than ${transportLimits.answerBytesMax} bytes`));
        else chunks.push(chunk);
      });
      response.on('end', () =>
        finish(() => {
          const retry = Number(response.headers['retry-after']);
          resolve({
            answer: {
              status: response.statusCode ?? 0,
              contentType: response.headers['content-type'] ?? '',
              retryAfterSeconds: Number.isFinite(retry) && retry >= 0 ? retry : undefined,
              text: Buffer.concat(chunks).toString('utf8'),
            },
            location: response.headers.location,
          });
        }),
      );
      response.on('error', (error) => fail(new TransportError('unreachable', error.message)));
    };
    const request =
      url.protocol === 'https:' ? httpsRequest(url, options, receive) : httpRequest(url, options, receive);
    request.on('socket', (socket) =>
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        connected = true;
      }),
    );
    request.on('error', (error: NodeJS.ErrnoException) =>
      fail(
        /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(error.code ?? '')
          ? new TransportError('certificate', error.message, true)
          : new TransportError('unreachable', error.code ?? error.message, !connected),
      ),
    );
    const endTimer = clock.after(question.timeoutMilliseconds, () =>
      fail(new TransportError('late', `${question.timeoutMilliseconds} ms`, !connected)),
    );
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    else request.end(question.body);
  });
}
