import { api, take } from '../api/client.ts';
import { isOfKey, keyBytes } from './subscription-key.ts';

/** Why this browser cannot be told of alarms. */
export type PushObstacle =
  /** The page was not reached over HTTPS. */
  | 'insecure'
  /** The browser has no push, or only for installed pages (iOS). */
  | 'unsupported'
  /** The platform itself is not reached over HTTPS: a proxy before it is, and it knows nothing of that. */
  | 'server'
  /** The person, or whoever set the browser up, has forbidden notifications. */
  | 'denied';

export type PushState = { obstacle: PushObstacle } | { on: boolean; key: string };

const workerPath = '/push-worker.js';
/** Whose alarms this browser is told of: on a shared machine that is whoever asked last. */
const ownerKey = 'millrace-push';

export async function pushState(user: string): Promise<PushState> {
  if (!window.isSecureContext) return { obstacle: 'insecure' };
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window))
    return { obstacle: 'unsupported' };
  const { key } = await take(api.GET('/api/push-key'));
  // A page of this very machine is a secure one without HTTPS too.
  if (key === undefined) return { obstacle: window.location.protocol === 'https:' ? 'server' : 'insecure' };
  if (Notification.permission === 'denied') return { obstacle: 'denied' };
  const subscription = await (await registered())?.pushManager.getSubscription();
  const on =
    subscription !== null &&
    subscription !== undefined &&
    isOfKey(subscription.options.applicationServerKey, key) &&
    localStorage.getItem(ownerKey) === user;
  return { on, key };
}

/** Asks the person and subscribes. Rejects where the browser or its push service does not. */
export async function startPush(user: string, key: string, language: 'en' | 'zh'): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') return;
  const registration = await navigator.serviceWorker.register(workerPath);
  await navigator.serviceWorker.ready;
  const before = await registration.pushManager.getSubscription();
  const kept = before !== null && isOfKey(before.options.applicationServerKey, key) ? before : undefined;
  // A browser holds one subscription, and refuses a second one with another key.
  if (kept === undefined) await before?.unsubscribe();
  const subscription =
    kept ??
    (await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: keyBytes(key),
    }));
  const { endpoint = '', keys } = subscription.toJSON();
  await take(
    api.POST('/api/push-subscriptions', {
      body: { endpoint, keys: { p256dh: keys?.['p256dh'] ?? '', auth: keys?.['auth'] ?? '' }, language },
    }),
  );
  localStorage.setItem(ownerKey, user);
}

export async function endPush(): Promise<void> {
  const subscription = await (await registered())?.pushManager.getSubscription();
  localStorage.removeItem(ownerKey);
  if (subscription === null || subscription === undefined) return;
  // The browser's own end first: then nothing is shown any more, whatever becomes of the rest.
  await subscription.unsubscribe();
  await take(api.POST('/api/push-subscriptions/end', { body: { endpoint: subscription.endpoint } }));
}

const registered = (): Promise<ServiceWorkerRegistration | undefined> =>
  navigator.serviceWorker.getRegistration('/');
