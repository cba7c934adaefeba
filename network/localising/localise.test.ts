import type { Hop } from '@millrace/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Clues,
  correlate,
  coverageMap,
  coverageShare,
  localise,
  type Peer,
  type Quality,
} from './index.ts';

const mobile: Hop[] = ['terminal', 'radio', 'transport', 'core', 'edge', 'platform'];
const now = 1_700_000_000_000_000;
const path = { terminal: 't0', hops: mobile, cell: 'c1', gnb: 'g1', zone: 'z1' };
const peer = (number: number, quality: Quality, where: Partial<Peer> = {}): Peer => ({
  terminal: `t${number}`,
  hops: mobile,
  cell: 'c1',
  gnb: 'g1',
  zone: 'z1',
  quality,
  ...where,
});
const many = (count: number, quality: Quality, where: Partial<Peer> = {}, from = 1): Peer[] =>
  Array.from({ length: count }, (_, index) => peer(from + index, quality, where));
const blame = (clues: Partial<Clues>) => localise({ path, now, ...clues });

test('others in the cell are well: the terminal or its own radio, and the radio where that is poor', () => {
  const alone = blame({ peers: many(5, 'good') });
  expect(alone).toMatchObject({ from: 'terminal', to: 'radio', observable: false });
  const faded = blame({
    peers: many(5, 'good'),
    radio: { sinrDb: -2, usualSinrDb: 14, rsrpDbm: -118 },
    protocol: 'working',
  });
  expect(faded).toMatchObject({ from: 'radio', to: 'radio', observable: true });
  expect(faded.cause.en).toContain('radio of this terminal alone');
});

test('all in the cell are affected, those in other cells of the station are not', () => {
  const judged = blame({
    peers: [...many(6, 'bad'), ...many(6, 'good', { cell: 'c2' }, 10)],
    radio: { sinrDb: 14, usualSinrDb: 15 },
    protocol: 'working',
  });
  expect(judged).toMatchObject({ from: 'radio', to: 'radio', observable: true });
  expect(judged.cause.en).toContain('cell c1');
});

test('a fault elsewhere is not put on this path', () => {
  const judged = blame({
    peers: [
      ...many(4, 'good'),
      ...many(6, 'bad', { cell: 'c2', gnb: 'g2', zone: 'z2' }, 10),
      ...many(6, 'good', { cell: 'c3', gnb: 'g3', zone: 'z1' }, 20),
    ],
    protocol: 'failing',
    radio: { sinrDb: 15, usualSinrDb: 15 },
  });
  expect(judged).toMatchObject({ from: 'terminal', to: 'terminal' });
});

test('everybody is affected and the platform answers itself late', () => {
  const judged = blame({
    peers: [
      ...many(6, 'bad'),
      ...many(6, 'bad', { cell: 'c2', gnb: 'g2', zone: 'z2' }, 10),
      ...many(3, 'bad', { hops: ['terminal', 'transport', 'platform'], cell: undefined, gnb: undefined }, 30),
    ],
    platform: { noiseFloorMs: 40, usualNoiseFloorMs: 0.4 },
  });
  expect(judged).toMatchObject({ from: 'platform', to: 'platform', observable: true });
});

test('two at once: the stretch holds both', () => {
  const judged = blame({
    peers: [
      ...many(4, 'bad'),
      ...many(6, 'bad', { cell: 'c2', gnb: 'g2' }, 10),
      ...many(8, 'good', { cell: 'c3', gnb: 'g3', zone: 'z2' }, 20),
    ],
    segments: [
      {
        from: 'edge',
        to: 'platform',
        quality: 'bad',
        what: { en: 'zone z1 to platform', zh: '边缘 z1 到平台' },
      },
    ],
    platform: { noiseFloorMs: 0.4, usualNoiseFloorMs: 0.4 },
    radio: { sinrDb: -4, usualSinrDb: 15 },
  });
  expect(mobile.indexOf(judged.from!)).toBeLessThanOrEqual(1);
  expect(mobile.indexOf(judged.to!)).toBeGreaterThanOrEqual(4);
  expect(judged.observable).toBe(false);
});

test('nothing tells', () => {
  const judged = blame({});
  expect(judged.observable).toBe(false);
  expect(judged.from).toBeUndefined();
});

test('whatever the clues are, there is an answer on the path', () => {
  const quality = fc.constantFrom<Quality>('good', 'bad', 'unknown');
  const name = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined });
  const odd = fc.option(fc.double(), { nil: undefined });
  fc.assert(
    fc.property(
      fc.subarray(mobile),
      fc.array(
        fc.record({
          terminal: fc.string(),
          hops: fc.subarray(mobile),
          cell: name,
          gnb: name,
          zone: name,
          quality,
        }),
        { maxLength: 30 },
      ),
      fc.array(
        fc.record({ from: fc.constantFrom(...mobile), to: fc.constantFrom(...mobile), quality, value: odd }),
        { maxLength: 5 },
      ),
      odd,
      odd,
      (own, peers, segments, sinrDb, noise) => {
        const judged = localise({
          path: { terminal: 'x', hops: own, cell: 'a', gnb: 'b', zone: 'c' },
          now,
          peers,
          segments: segments.map((one) => ({ ...one, what: { en: 'a part', zh: '一段' } })),
          radio: { sinrDb },
          ...(noise === undefined ? {} : { platform: { noiseFloorMs: noise, usualNoiseFloorMs: noise } }),
        });
        expect(judged.confidence).toBeGreaterThanOrEqual(0);
        if (judged.from !== undefined) expect(own).toContain(judged.from);
        if (judged.observable) expect(judged.from).toBe(judged.to);
      },
    ),
    { numRuns: 60, seed: 17 },
  );
});

test('what makes it worse is named with the least it makes it worse by; chance is not', () => {
  const times = Array.from({ length: 2000 }, (_, index) => {
    const cell = String(index % 4);
    const machine = Math.floor(index / 20) % 3 === 0 ? 'running' : 'stopped';
    const chance = ((index * 0.618_034) % 1) * (cell === '2' ? 0.4 : 2);
    return { bad: chance < 0.1, conditions: { cell, 'machine:press-1': machine } };
  });
  const found = correlate(times);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ name: 'cell', value: '2' });
  expect(found[0]!.liftAtLeast).toBeGreaterThan(2);
  expect(found[0]!.lift).toBeGreaterThan(found[0]!.liftAtLeast);
  expect(correlate([])).toEqual([]);
});

test('a map has only cells somebody was in; a cell with too few messages counts neither way', () => {
  const points = Array.from({ length: 100 }, (_, index) => ({
    x: index < 50 ? 2 : 27,
    y: 3,
    time: now + index,
    sinrDb: index < 50 ? 20 : 0,
    delayMs: index < 50 ? 10 : 40,
    lost: index === 99,
  }));
  const map = coverageMap(
    [...points, { x: Number.NaN, y: 0, time: now }, { x: 52, y: 3, time: now, delayMs: 1 }],
    {
      cellMetres: 5,
      withinMs: 20,
    },
  );
  expect(map.unreadable).toBe(1);
  expect(map.cells.map(({ column, row, count, met }) => [column, row, count, met])).toEqual([
    [0, 0, 50, 1],
    [5, 0, 50, 0],
    [10, 0, 1, 1],
  ]);
  expect(map.cells[1]).toMatchObject({ lost: 1, delayMs: 40, delayP95Ms: 40, sinrDb: 0 });
  expect(coverageShare(map, 0.95)).toEqual({ share: 0.5, cells: 2 });
});
