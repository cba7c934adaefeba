/**
 * What every child process of the platform does first: it ignores the group's signals (Ctrl-C reaches the whole group), obeys its
 * parent only, and is gone as soon as the parent is.
 */
export function obeyParent(onStop: () => Promise<void> | void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('disconnect', () => process.exit(0));
  if (process.connected === false) process.exit(0);
  let stopping = false;
  process.on('message', (message: unknown) => {
    if (
      stopping ||
      message === null ||
      typeof message !== 'object' ||
      (message as { type?: unknown }).type !== 'stop'
    )
      return;
    stopping = true;
    Promise.resolve()
      .then(onStop)
      .catch(() => {})
      .finally(() => process.exit(0));
  });
}
