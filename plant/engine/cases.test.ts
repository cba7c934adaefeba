import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import { Model } from './model.ts';
import { readPack } from './pack.ts';
import { PackError } from './shape.ts';

/**
 * Each folder is a case. One with a `pack` is run: `expected.json` says what its variables, its instruments and its events are after so
 * many seconds. One with a `patch.json` (RFC 7386, list items by position) is the pump station spoilt, and `expected.json` says the error.
 */
const root = fileURLToPath(new URL('./cases/', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'millrace-pack-'));
const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

interface Expected {
  error?: string;
  start: string;
  after: {
    cause?: [string, string];
    seconds: number;
    variables?: Record<string, number>;
    shown?: Record<string, unknown>;
    events?: string[];
  }[];
}

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('packs', () => {
  for (const name of readdirSync(root)) {
    const expected = json(join(root, name, 'expected.json')) as Expected;
    it(name.replaceAll('-', ' '), () => {
      if (existsSync(join(root, name, 'patch.json'))) spoil(name, expected.error!);
      else run(join(root, name, 'pack'), expected);
    });
  }
});

function run(folder: string, expected: Expected): void {
  const model = new Model(readPack(folder), 1, Date.parse(expected.start) * 1000);
  for (const { cause, seconds, variables = {}, shown = {}, events = [] } of expected.after) {
    if (cause !== undefined) expect(model.causeFault(...cause)).toBe(true);
    for (let second = 0; second < seconds; second++) model.step(1);
    for (const [path, value] of Object.entries(variables)) {
      const [thing, variable] = path.split('.');
      expect(model.variable(thing!, variable!), path).toBeCloseTo(value, 2);
    }
    for (const [path, value] of Object.entries(shown)) {
      const signal = model.signals.find((each) => `${each.thing.spec.name}.${each.property.name}` === path);
      expect(model.valueOf(signal!), path).toEqual(value);
    }
    const fired = model.events.splice(0).map((event) => `${event.thing.spec.name} ${event.name}`);
    expect(fired).toEqual(expect.arrayContaining(events));
  }
}

function spoil(name: string, error: string): void {
  const folder = join(scratch, name);
  cpSync(join(root, 'pump-station', 'pack'), folder, { recursive: true });
  for (const [file, patch] of Object.entries(
    json(join(root, name, 'patch.json')) as Record<string, unknown>,
  )) {
    writeFileSync(join(folder, file), JSON.stringify(merge(json(join(folder, file)), patch)));
  }
  const make = (): unknown => compile(readPack(folder));
  expect(make).toThrow(PackError);
  expect(make).toThrow(error);
}

function merge(target: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const result = (Array.isArray(target) ? [...target] : { ...(target as object) }) as Record<string, unknown>;
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key] ?? {}, value);
  }
  return result;
}
