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

/** Posts one message. Rejects with why it was not taken: anything but 2xx within the time. Redirects are not followed. */
export async function postWebhook(
  message: WebhookMessage,
  allowedHosts: readonly string[],
  options: { resolve?: Resolve; millisecondsMax?: number } = {},
): Promise<void> {
  const { url, lookup } = await checkAddress(message.url, allowedHosts, options.resolve);
  const millisecondsMax = options.millisecondsMax ?? webhookMillisecondsMax;
  const body = Buffer.from(message.body);
  await new Promise<void>((resolve, reject) => {
    const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(
      url,
      {
        method: 'POST',
        lookup,
        agent: false,
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          'user-agent': 'millrace',
          'millrace-key': message.key,
          'millrace-timestamp': String(message.timestamp),
          ...(message.secret === ''
            ? {}
            : { 'millrace-signature': signature(message.secret, message.timestamp, message.body) }),
        },
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
          const status = response.statusCode ?? 0;
          if (status >= 200 && status < 300) resolve();
          else if (status >= 300 && status < 400)
            reject(new Error(`It answered ${status} and sends elsewhere; redirects are not followed.`));
          else reject(new Error(`It answered ${status}.`));
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
