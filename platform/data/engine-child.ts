import type { Log } from '@millrace/sdk';
import type { FromEngine, ToEngine } from './engine-process.ts';
import { toWireError } from './store-error.ts';

/** What a child's entry offers: each method takes one argument. `open` comes first, `close` last. */
export type EngineMethods = Record<string, (argument: never) => Promise<unknown>>;

/**
 * Runs an engine as a forked child. The group's signals are the parent's business; the parent's death (the channel
 * closes) ends this process at once, which is safe at any moment because nothing unsynced was acknowledged.
 */
export function serveEngine(methods: EngineMethods): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('disconnect', endAtOnce);
  if (process.send === undefined) {
    process.stderr.write('This file is started by the platform, not by hand.\n');
    process.exit(2);
  }
  process.on('message', (message) => {
    void answer(methods, message as ToEngine);
  });
}

/** Kills this process without exit handlers: native engines may wait in theirs for work that nobody needs any more. */
function endAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}

async function answer(methods: EngineMethods, { id, method, argument }: ToEngine): Promise<void> {
  try {
    const call = methods[method] as ((argument: unknown) => Promise<unknown>) | undefined;
    if (call === undefined) throw new Error(`no method ${method}`);
    const result = await call(argument);
    reply({ id, result });
  } catch (error) {
    reply({ id, error: toWireError(error) });
  }
  if (method === 'close') endAtOnce();
}

function reply(message: FromEngine): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
}

/** A child's log goes through the parent, so that lines never mix. */
export const childLog: Log = {
  info: (message, facts) => reply({ log: 'info', message, facts }),
  warn: (message, facts) => reply({ log: 'warn', message, facts }),
  error: (message, facts) => reply({ log: 'error', message, facts }),
};
