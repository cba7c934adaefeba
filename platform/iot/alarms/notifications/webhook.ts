import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { checkAddress, type Resolve } from './address-guard.ts';

/** A receiver that takes longer is hanging up on us. */
export const webhookMillisecondsMax = 10_000;
const answerBytesMax = 4096;

export interface WebhookMessage {
  url: string;
  secret: string;
  /** The same for every try of a message: the receiver tells repeats by it. */
  key: string;
  body: string;
  /** Seconds since the epoch. */
  timestamp: number;
}

/** What a receiver checks: HMAC-SHA256 of "timestamp.body" under the shared secret, in hexadecimal. */
export function signature(secret: string, timestamp: number, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

/**
 * Posts to an address the guard lets through, and resolves with the status that came back, whatever it is; rejects where nothing did within
 * the time. Redirects are not followed.
 */
export async function postGuarded(
  address: string,
  message: { headers: Readonly<Record<string, string>>; body: string },
  allowedHosts: readonly string[],
  options: { resolve?: Resolve; millisecondsMax?: number } = {},
): Promise<number> {
  const { url, lookup } = await checkAddress(address, allowedHosts, options.resolve);
  const millisecondsMax = options.millisecondsMax ?? webhookMillisecondsMax;
  const body = Buffer.from(message.body);
  return new Promise<number>((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
      url,
      {
        method: 'POST',
        lookup,
        agent: false,
        headers: { 'user-agent': 'millrace', ...message.headers, 'content-length': body.length },
      },
      (response) => {
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > answerBytesMax) response.destroy();
        });
        response.on('error', () => {});
        response.on('close', () => {
          clearTimeout(timer);
          resolve(response.statusCode ?? 0);
        });
      },
    );
    // One clock over all of it: a receiver that sends a byte now and then hangs all the same.
    const timer = setTimeout(() => {
      request.destroy(new Error(`No answer within ${millisecondsMax / 1000} s.`));
      reject(new Error(`No answer within ${millisecondsMax / 1000} s.`));
    }, millisecondsMax);
    request.on('error', (error: Error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.end(body);
  });
}

/** Posts one message. Rejects with why it was not taken: anything but 2xx within the time. */
export async function postWebhook(
  message: WebhookMessage,
  allowedHosts: readonly string[],
  options: { resolve?: Resolve; millisecondsMax?: number } = {},
): Promise<void> {
  const { url, secret, key, timestamp, body } = message;
  const headers = {
    'content-type': 'application/json',
    'millrace-key': key,
    'millrace-timestamp': String(timestamp),
    ...(secret === '' ? {} : { 'millrace-signature': signature(secret, timestamp, body) }),
  };
  const status = await postGuarded(url, { headers, body }, allowedHosts, options);
  if (status >= 200 && status < 300) return;
  if (status >= 300 && status < 400)
    throw new Error(`It answered ${status} and sends elsewhere; redirects are not followed.`);
  throw new Error(`It answered ${status}.`);
}
