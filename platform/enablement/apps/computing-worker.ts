import { parentPort, workerData } from 'node:worker_threads';
import type { AppDefinition } from '@millrace/sdk';

/** Entry of the thread in which an application's pure functions run: no sockets, no stores, nothing but what is handed in. */
const { module } = workerData as { module: string };
const { app } = (await import(module)) as { app: AppDefinition };
const port = parentPort!;

port.on('message', ({ call, name, input }: { call: number; name: string; input: unknown }) => {
  try {
    port.postMessage({ call, value: run(name, input) });
  } catch (error) {
    port.postMessage({
      call,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
});
port.postMessage({ ready: true });

function run(name: string, input: unknown): unknown {
  if (name === 'round') {
    const { situation, settings, now } = input as { situation: never; settings: never; now: number };
    const assessment = app.assess(situation, settings, now);
    const decision = app.decide(assessment, settings, now);
    return { assessment, decision, summary: app.summarise(decision) };
  }
  const computation = app.computations?.[name];
  if (computation === undefined) throw new Error(`the application has no computation "${name}"`);
  return computation(input as never);
}
