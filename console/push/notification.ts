/** What a push message of the platform becomes on the screen. Knows no browser, so that it can be tried without one. */
export interface ShownNotification {
  title: string;
  options: {
    /** One alarm takes one place: what is told of it later stands in the place of what was told before. */
    tag: string;
    renotify: boolean;
    icon: string;
    data: { path: string };
  };
}

const titleCharactersMax = 200;
const otherwise = { title: 'Millrace', path: '/alarms' };

/** A message that cannot be read still says that there is something: browsers ask for a notification with each. */
export function notificationOf(text: string | undefined): ShownNotification {
  let message: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    if (typeof parsed === 'object' && parsed !== null) message = parsed as Record<string, unknown>;
  } catch {
    // Told below in the words of a message without any.
  }
  const { title, tag, path } = message;
  return {
    title:
      typeof title === 'string' && title.trim() !== '' ? title.slice(0, titleCharactersMax) : otherwise.title,
    options: {
      tag: typeof tag === 'string' && tag !== '' ? tag : 'millrace',
      renotify: true,
      icon: '/icon.svg',
      data: { path: typeof path === 'string' ? path : otherwise.path },
    },
  };
}

/** The address that a press on it opens: of this console and no other, whatever the message said. */
export function addressOf(data: unknown, origin: string): string {
  const path = (data as { path?: unknown } | null | undefined)?.path;
  if (typeof path === 'string' && path.startsWith('/')) {
    try {
      const url = new URL(path, origin);
      if (url.origin === origin) return url.href;
    } catch {
      // Not an address.
    }
  }
  return new URL(otherwise.path, origin).href;
}
