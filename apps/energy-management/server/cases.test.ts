import { readdirSync, readFileSync } from 'node:fs';
import { type AppCase, type AppDefinition, replayCase } from '@millrace/sdk';
import { expect, test } from 'vitest';
import { app } from './app.ts';
import type { Decision } from './rounds.ts';

/** A case: what a round saw (`case.json`, as the console saves it), and in `expected.json` what a person worked out by hand. */
const folder = new URL('../cases/', import.meta.url);
const read = <T>(name: string, file: string): T =>
  JSON.parse(readFileSync(new URL(`${name}/${file}`, folder), 'utf8')) as T;

interface Expected {
  amounts: (number | null)[];
  returned?: number[];
  how: string[];
  events: Record<string, number>;
}

test.each(readdirSync(folder))('case %s', (name) => {
  const round = replayCase(app as unknown as AppDefinition, read<AppCase>(name, 'case.json'));
  expect(round.differences).toEqual([]);
  const expected = read<Expected>(name, 'expected.json');
  const { quarters, events } = (round.decision as Decision).store[0]!;
  const plain = (value: number | undefined) => (value === undefined ? null : Number(value.toFixed(6)));
  expect(quarters.map((quarter) => plain(quarter.amount))).toEqual(expected.amounts);
  expect(quarters.map((quarter) => quarter.how)).toEqual(expected.how);
  if (expected.returned !== undefined)
    expect(quarters.map((quarter) => plain(quarter.returned))).toEqual(expected.returned);
  const counts: Record<string, number> = {};
  for (const { kind } of events) counts[kind] = (counts[kind] ?? 0) + 1;
  expect(counts).toEqual(expected.events);
  expect(round.summary.en).toContain('Meters read up to');
});
