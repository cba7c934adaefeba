import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { NetworkSpec } from './network-spec.ts';
import { packFolder, readPack } from './pack.ts';

/** What is wrong in a `network.json` is told at its place, in words. */
const folder = mkdtempSync(join(tmpdir(), 'millrace-network-'));
cpSync(packFolder('machining-shop'), folder, { recursive: true });
const right = readFileSync(join(folder, 'network.json'), 'utf8');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function refusal(change: (spec: NetworkSpec) => void): string {
  const spec = JSON.parse(right) as NetworkSpec;
  change(spec);
  writeFileSync(join(folder, 'network.json'), JSON.stringify(spec));
  try {
    readPack(folder);
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
}

describe('network.json', () => {
  it('is taken as it comes', () => {
    expect(refusal(() => {})).toBe('taken');
  });

  const cases: [string, (spec: NetworkSpec) => void][] = [
    ['network.json/network: there is no thing "nowhere"', (spec) => void (spec.network = 'nowhere')],
    ['the kind of "washer" has no variable "core"', (spec) => void (spec.network = 'washer')],
    ['there is no profile "6g"', (spec) => void (spec.paths.weak = '6g')],
    ['weakBelow must lie below strongAbove', (spec) => void (spec.paths.weakBelow = -60)],
    [
      'network.json/cells/0: the kind of "cnc-1" has no variable "on"',
      (spec) => void (spec.cells[0]!.thing = 'cnc-1'),
    ],
    ['network.json/cells/0/uplinkMbps: must be above 0', (spec) => void (spec.cells[0]!.uplinkMbps = 0)],
    [
      'its address is that of "agv-1" too',
      (spec) => void (spec.terminals[1]!.address = spec.terminals[0]!.address),
    ],
    ['"agv-1" is behind "agv-1" already', (spec) => void spec.terminals[1]!.things.push('agv-1')],
    ['serves no thing', (spec) => void (spec.terminals[0]!.things = [])],
    ['there is no cell "attic"', (spec) => void (spec.terminals[2]!.cell = 'attic')],
    ['a fixed terminal needs "rsrpDbm"', (spec) => void delete spec.terminals[2]!.rsrpDbm],
    ['the kind of "washer" has no variable "serving"', (spec) => void delete spec.terminals[3]!.cell],
    ['there is no zone "moon"', (spec) => void (spec.terminals[0]!.zone = 'moon')],
    ['there is no terminal "agv-9"', (spec) => void spec.flows[0]!.terminals.push('agv-9')],
    [
      'network.json/flows/0 (vehicle-control)/level/latency.within.0.ms',
      (spec) => void (spec.flows[0]!.level.latency!.within[0]!.ms = 0),
    ],
    ['"supi" is missing', (spec) => void delete (spec.terminals[0] as { supi?: string }).supi],
  ];
  it.each(cases)('%s', (words, change) => {
    expect(refusal(change)).toContain(words);
  });
});
