import { addressOf, notificationOf, type ShownNotification } from './notification.ts';

// Nothing that pages import too may be imported here: it would be put into a file of its own, which a service worker cannot import.

/** As much of a service worker's surroundings as is used: its types cannot stand beside those of a page. */
interface Surroundings {
  readonly location: { origin: string };
  readonly registration: {
    showNotification(title: string, options: ShownNotification['options']): Promise<void>;
    readonly pushManager: PushManager;
  };
  readonly clients: {
    matchAll(wanted: { type: 'window'; includeUncontrolled: boolean }): Promise<readonly WindowOfConsole[]>;
    openWindow(url: string): Promise<unknown>;
  };
  skipWaiting(): Promise<void>;
  addEventListener<K extends keyof Events>(name: K, call: (event: Events[K]) => void): void;
}
interface WindowOfConsole {
  navigate(url: string): Promise<WindowOfConsole | null>;
  focus(): Promise<unknown>;
}
interface Waiting {
  waitUntil(work: Promise<unknown>): void;
}
interface Events {
  install: Waiting;
  push: Waiting & { data: { text(): string } | null };
  notificationclick: Waiting & { notification: { data: unknown; close(): void } };
  pushsubscriptionchange: Waiting & { oldSubscription?: PushSubscription | null };
}

const worker = globalThis as unknown as Surroundings;

worker.addEventListener('install', () => void worker.skipWaiting());

worker.addEventListener('push', (event) => {
  const { title, options } = notificationOf(event.data?.text());
  event.waitUntil(worker.registration.showNotification(title, options));
});

worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(addressOf(event.notification.data, worker.location.origin)));
});

// The push service gives out a new address now and then: the platform is told of it as the person who is signed in.
worker.addEventListener('pushsubscriptionchange', (event) => {
  const options = event.oldSubscription?.options;
  if (options !== undefined) event.waitUntil(renew(options));
});

async function open(address: string): Promise<void> {
  const [first] = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  // A page that this worker does not control cannot be led elsewhere.
  const led = await first?.navigate(address).catch(() => null);
  if (led === undefined || led === null) await worker.clients.openWindow(address);
  else await led.focus();
}

async function renew(options: PushSubscriptionOptions): Promise<void> {
  const { endpoint, keys } = (await worker.registration.pushManager.subscribe(options)).toJSON();
  await fetch('/api/push-subscriptions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ endpoint, keys }),
  });
}
