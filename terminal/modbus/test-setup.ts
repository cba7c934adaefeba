import { type AddressInfo, createServer } from 'node:net';
import type { ThingDescription } from '@millrace/contract';
import { type Clock, systemClock, type TerminalSession } from '@millrace/sdk';
import { TestContext, type TestContextOptions } from '@millrace/sdk/testing';
import { modbus } from './protocol.ts';
import { ScriptedDevice } from './test-device.ts';

const toClose: (() => Promise<unknown>)[] = [];

/** Call in `afterEach`: ends what the helpers below started, last first. */
export async function closeAll(): Promise<void> {
  for (const close of toClose.splice(0).reverse()) await close();
}

export function closeLater(close: () => Promise<unknown>): void {
  toClose.push(close);
}

/** name → [href, form terms, property schema]; a property is a number where the schema says nothing else. */
export type Properties = Record<string, readonly [string, object?, object?]>;

/** A meter whose hrefs are relative to the device at `port`. */
export function meter(port: number, properties: Properties, id = 'urn:test:meter'): ThingDescription {
  return {
    '@context': 'https://www.w3.org/2022/wot/td/v1.1',
    id,
    title: 'meter',
    security: 'nosec_sc',
    securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
    base: `modbus+tcp://127.0.0.1:${port}/`,
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, [href, form, schema]]) => [
        name,
        { type: 'number', ...schema, forms: [{ href, ...form }] },
      ]),
    ),
  };
}

/** Registers r<first> … of one unit, one property each. */
export function registers(first: number, count: number, unit = 1, more: object = {}): Properties {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`r${first + i}`, [`${unit}/${first + i}`, more]]),
  );
}

export function contextFor(
  port: number,
  things: readonly ThingDescription[],
  settings: Record<string, string | number | boolean> = {},
  options: TestContextOptions = {},
): TestContext {
  return new TestContext(modbus, {
    settings: { host: '127.0.0.1', port, pollMilliseconds: 50, timeoutMilliseconds: 200, ...settings },
    things,
    ...options,
  });
}

export async function open(
  port: number,
  things: readonly ThingDescription[],
  settings: Record<string, string | number | boolean> = {},
  options: TestContextOptions = {},
): Promise<{ context: TestContext; session: TerminalSession }> {
  const context = contextFor(port, things, settings, options);
  const session = await modbus.open(context);
  toClose.push(() => session.close());
  return { context, session };
}

export async function device(
  answer: ScriptedDevice['answer'],
): Promise<{ device: ScriptedDevice; port: number }> {
  const made = new ScriptedDevice(answer);
  const port = await made.listen();
  toClose.push(() => made.close());
  return { device: made, port };
}

/** Last sample of a property. */
export function last(context: TestContext, property: string): { value: unknown; status: number } | undefined {
  const sample = context.samples.findLast((candidate) => candidate.property === property);
  return sample === undefined ? undefined : { value: sample.value, status: sample.status };
}

export async function allSampled(context: TestContext, properties: number): Promise<void> {
  await context.until(
    () => new Set(context.samples.map((sample) => sample.property)).size === properties,
    'a sample of each property',
  );
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Time that runs faster than the wall clock: what takes a minute in a plant takes a second in a test. */
export function fastClock(factor: number): Clock {
  const start = systemClock.now();
  return {
    now: () => start + Math.round((systemClock.now() - start) * factor),
    after: (milliseconds, call) => systemClock.after(milliseconds / factor, call),
  };
}
