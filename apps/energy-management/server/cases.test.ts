import { readdirSync, readFileSync } from 'node:fs';
import { checkSettings } from '@millrace/sdk';
import { expect, test } from 'vitest';
import { assess, decide, type Situation, summarise } from './rounds.ts';
import { energySettings } from './settings.ts';

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
  const { now, situation } = read<{ now: number; situation: Situation }>(name, 'input.json');
  const expected = read<Expected>(name, 'expected.json');
  const { settings } = checkSettings(energySettings, {});
  const decision = decide(assess(situation, settings, now));
  const { quarters, events } = decision.store[0]!;
  const round = (value: number | undefined) => (value === undefined ? null : Number(value.toFixed(6)));
  expect(quarters.map((quarter) => round(quarter.amount))).toEqual(expected.amounts);
  expect(quarters.map((quarter) => quarter.how)).toEqual(expected.how);
  if (expected.returned !== undefined)
    expect(quarters.map((quarter) => round(quarter.returned))).toEqual(expected.returned);
  const counts: Record<string, number> = {};
  for (const { kind } of events) counts[kind] = (counts[kind] ?? 0) + 1;
  expect(counts).toEqual(expected.events);
  expect(summarise(decision)).toContain('Meters read up to');
  // A situation, and what came of it, must survive being written down.
  expect(JSON.parse(JSON.stringify(decision))).toEqual(
    JSON.parse(JSON.stringify(decide(assess(JSON.parse(JSON.stringify(situation)), settings, now)))),
  );
});
