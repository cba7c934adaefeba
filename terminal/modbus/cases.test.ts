import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { statusName, type ThingDescription } from '@millrace/contract';
import { afterEach, expect, test } from 'vitest';
import { type DeviceDescription, registersOf } from './test-registers.ts';
import { closeAll, device, open } from './test-setup.ts';

/**
 * One folder per rule or bug: `thing.json` (a Thing Description whose addresses say `localhost:502`, or only its properties),
 * `device.json` (what the device holds), `expected.json` (last sample of each property, and what was asked and rejected).
 */
interface Expected {
  /** property → [value, status name]; status Good where there is only a value. */
  samples: Record<string, [unknown, string?]>;
  /** Rejected values by reason: part of the detail. */
  rejections?: string[];
  /** Code of the problem last reported. */
  problem?: string;
  /** What each poll asks once everything is learned: "unit entity address quantity". */
  reads?: string[];
  settings?: Record<string, string | number | boolean>;
}

afterEach(closeAll);

const folder = join(import.meta.dirname, 'cases');
const json = <T>(name: string, file: string): T =>
  JSON.parse(readFileSync(join(folder, name, file), 'utf8')) as T;

test.each(readdirSync(folder).sort())('%s', async (name) => {
  const expected = json<Expected>(name, 'expected.json');
  const { device: made, port } = await device(registersOf(json<DeviceDescription>(name, 'device.json')));
  const written = readFileSync(join(folder, name, 'thing.json'), 'utf8').replaceAll(
    'localhost:502',
    `127.0.0.1:${port}`,
  );
  const thing: ThingDescription = {
    '@context': 'https://www.w3.org/2022/wot/td/v1.1',
    id: `urn:case:${name}`,
    title: name,
    security: 'nosec_sc',
    securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
    ...(JSON.parse(written) as object),
  };
  const { context } = await open(port, [thing], { pollMilliseconds: 100, ...expected.settings });
  const wanted = Object.keys(expected.samples);
  await context.until(
    () => wanted.every((property) => context.samples.some((sample) => sample.property === property)),
    `samples of ${wanted.join(', ')}; there are ${JSON.stringify(context.samples.at(-1))}`,
  );
  const last = (property: string): [unknown, string?] => {
    const sample = context.samples.findLast((candidate) => candidate.property === property)!;
    return sample.status === 0 ? [sample.value] : [sample.value, statusName(sample.status)];
  };
  expect(Object.fromEntries(wanted.map((property) => [property, last(property)]))).toEqual(expected.samples);
  expect(new Set(context.samples.map((sample) => sample.property))).toEqual(new Set(wanted));
  if (expected.problem !== undefined) {
    await context.until(() => context.reports.at(-1)?.problem?.code === expected.problem, expected.problem);
  }
  const details = context.rejections.map((rejection) => rejection.detail);
  for (const part of expected.rejections ?? []) {
    expect(
      details.some((detail) => detail.includes(part)),
      `${part} in ${details.join('\n')}`,
    ).toBe(true);
  }
  if (expected.rejections === undefined) expect(details).toEqual([]);
  if (expected.reads !== undefined) {
    const { reads } = expected;
    // Once everything is learned, each poll asks the same.
    const asked = (): Set<string> =>
      new Set(
        made.reads
          .slice(-2 * reads.length)
          .map((read) => `${read.unit} ${read.entity} ${read.address} ${read.quantity}`),
      );
    const same = (): boolean => asked().size === reads.length && reads.every((read) => asked().has(read));
    await context.until(same, `reads ${reads.join(', ')}`).catch((error: unknown) => {
      expect([...asked()].sort()).toEqual([...reads].sort());
      throw error;
    });
  }
});
