import { Agent } from 'node:https';
import webPush from 'web-push';
import { checkAddress, type Resolve } from './address-guard.ts';

const millisecondsMax = 10_000;
const timeToLiveSeconds = 3600;

export interface PushKeys {
  publicKey: string;
  privateKey: string;
}

export function makePushKeys(): PushKeys {
  return webPush.generateVAPIDKeys();
}

/** How a push service is reached, where it is not one of the internet. */
export interface PushWay {
  resolve?: Resolve;
  /** In the place of the check that lets through public addresses only. */
  check?: (endpoint: string) => ReturnType<typeof checkAddress>;
  /** PEM of the authority behind its certificate. */
  ca?: string;
}

/** The browser's push service says that there is no such subscription any more. */
export class SubscriptionGone extends Error {}

/** Sends one message through a browser's push service (RFC 8030, 8291, 8292), at the address that was checked. */
export async function sendPush(
  subscription: { endpoint: string; keys: { p256dh: string; auth: string } },
  payload: string,
  keys: PushKeys,
  subject: string,
  { resolve, check, ca }: PushWay = {},
): Promise<void> {
  const { url, lookup } = await (check?.(subscription.endpoint) ??
    checkAddress(subscription.endpoint, [], resolve));
  if (url.protocol !== 'https:') throw new Error('A push service is reached over https only.');
  try {
    await webPush.sendNotification(subscription, payload, {
      vapidDetails: { subject, ...keys },
      TTL: timeToLiveSeconds,
      urgency: 'high',
      timeout: millisecondsMax,
      agent: new Agent({ lookup, keepAlive: false, ...(ca === undefined ? {} : { ca }) }),
    });
  } catch (error) {
    const status = (error as { statusCode?: number }).statusCode;
    if (status === 404 || status === 410)
      throw new SubscriptionGone('The browser has ended its subscription.');
    throw error;
  }
}
