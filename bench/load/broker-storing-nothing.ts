/** Our broker with an intake that says "committed" at the next turn and keeps nothing: the ceiling for the one that stores. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ThingDescription } from '@millrace/contract';
import {
  BatchBuilder,
  checkSettings,
  silentLog,
  systemClock,
  type TerminalContext,
  viewThing,
} from '@millrace/sdk';
import { type MqttSession, mqtt } from '@millrace/terminal/mqtt';
import type { LoadCredentials } from './index.ts';

async function main(argument: { credentials: LoadCredentials[]; properties: string[] }): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  let nextSeries = 1;
  const things = new Map(
    argument.credentials.map(({ thing }) => {
      const description: ThingDescription = {
        '@context': 'https://www.w3.org/2022/wot/td/v1.1',
        id: thing,
        title: thing,
        security: 'nosec_sc',
        securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
        properties: Object.fromEntries(argument.properties.map((name) => [name, { type: 'number' }])),
      };
      const series = Object.fromEntries(argument.properties.map((name) => [name, nextSeries++]));
      return [thing, viewThing({ id: thing, description, series })];
    }),
  );
  const users = new Map(argument.credentials.map((entry) => [entry.username, entry]));
  const builder = new BatchBuilder(16_384);
  let waiting: ((error: Error | undefined) => void)[] = [];
  let scheduled = false;
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      builder.take();
      const calls = waiting;
      waiting = [];
      setImmediate(() => {
        for (const call of calls) call(undefined);
      });
    });
  };
  const context: TerminalContext = {
    connection: { id: 'mqtt', title: 'mqtt' },
    settings: checkSettings(mqtt.settings, { port: 0 }).settings,
    things,
    onThingsChanged: () => {},
    intake: {
      get batch() {
        schedule();
        return builder;
      },
      committed(call) {
        waiting.push(call);
        schedule();
      },
      congested: false,
      drained: (call) => setImmediate(call),
    },
    clock: systemClock,
    random: Math.random,
    log: silentLog,
    signal: new AbortController().signal,
    folder,
    protocolFolder: folder,
    report: () => {},
    lost: () => {},
    propose: () => {},
    count: () => {},
    gauge: () => {},
    authenticate: (username, password) => {
      const user = users.get(username);
      return user !== undefined && user.password === password ? { username, thing: user.thing } : undefined;
    },
    onCredentialsWithdrawn: () => {},
    lastStored: () => Promise.resolve(new Map()),
  };
  const session = (await mqtt.open(context)) as MqttSession;
  process.send?.({ port: session.port });
}

process.on('disconnect', () => process.exit(0));
process.once('message', (argument) => void main(argument as never));
