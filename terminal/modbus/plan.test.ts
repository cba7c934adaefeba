import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entities } from './frame.ts';
import { cutKey, cutOf, planBlocks, type Span } from './plan.ts';

const limits = { maxGap: 4, maxRegisters: 125, maxBits: 2000 };
const at = (start: number, length = 1, unit = 1): Span => ({
  unit,
  entity: 'HoldingRegister',
  start,
  length,
});
const shape = (spans: Span[], more = {}) =>
  planBlocks(spans, { ...limits, ...more }).map((block) => [block.start, block.length]);

test('neighbours are read together, with gaps up to the setting', () => {
  expect(shape([at(0, 2), at(2), at(7), at(13)])).toEqual([
    [0, 8],
    [13, 1],
  ]);
  expect(shape([at(0, 2), at(2), at(7), at(13)], { maxGap: 0 })).toEqual([
    [0, 3],
    [7, 1],
    [13, 1],
  ]);
});

test('no read is longer than the device allows', () => {
  const spans = Array.from({ length: 300 }, (_, i) => at(i));
  expect(shape(spans)).toEqual([
    [0, 125],
    [125, 125],
    [250, 50],
  ]);
  expect(shape(spans, { maxRegisters: 100 })).toHaveLength(3);
  // A value is never torn apart.
  expect(shape([at(0, 124), at(124, 2)])).toEqual([
    [0, 124],
    [124, 2],
  ]);
});

test('units and entities are never mixed', () => {
  expect(planBlocks([at(0, 1, 1), at(1, 1, 2), { ...at(1), entity: 'InputRegister' }], limits)).toHaveLength(
    3,
  );
});

test('every span lies in exactly one block, within every limit', () => {
  const span = fc.record({
    unit: fc.integer({ min: 1, max: 3 }),
    entity: fc.constantFrom(...entities),
    start: fc.integer({ min: 0, max: 400 }),
    length: fc.integer({ min: 1, max: 8 }),
  });
  fc.assert(
    fc.property(
      fc.array(span, { maxLength: 60 }),
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 8, max: 40 }),
      (spans, maxGap, maxRegisters) => {
        const blocks = planBlocks(spans, { maxGap, maxRegisters, maxBits: maxRegisters });
        expect(blocks.flatMap((block) => block.spans)).toHaveLength(spans.length);
        for (const block of blocks) {
          expect(block.length).toBeLessThanOrEqual(maxRegisters);
          for (const s of block.spans) {
            expect([s.unit, s.entity]).toEqual([block.unit, block.entity]);
            expect(s.start).toBeGreaterThanOrEqual(block.start);
            expect(s.start + s.length).toBeLessThanOrEqual(block.start + block.length);
          }
        }
      },
    ),
  );
});

test('cutting finds whatever addresses are illegal, and everything else stays readable', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 40 }),
      fc.uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: 20 }),
      (addresses, illegal) => {
        const bad = new Set(illegal);
        const cuts = new Map<string, Set<number>>();
        const good = new Set<number>();
        const refused = new Set<number>();
        const work = planBlocks(
          addresses.map((address) => at(address)),
          limits,
          cuts,
        );
        let requests = 0;
        for (let block = work.shift(); block !== undefined; block = work.shift()) {
          requests++;
          const hits = Array.from({ length: block.length }, (_, i) => block!.start + i).some((a) =>
            bad.has(a),
          );
          if (!hits) for (const s of block.spans) good.add(s.start);
          else {
            const cut = cutOf(block);
            if (cut === undefined) refused.add(block.start);
            else {
              const key = cutKey(1, 'HoldingRegister');
              if (!cuts.has(key)) cuts.set(key, new Set());
              cuts.get(key)!.add(cut);
              work.unshift(...planBlocks(block.spans, limits, cuts));
            }
          }
          expect(requests).toBeLessThan(3 * addresses.length + 10);
        }
        expect([...refused].sort()).toEqual(addresses.filter((a) => bad.has(a)).sort());
        expect([...good].sort()).toEqual(addresses.filter((a) => !bad.has(a)).sort());
        // What was learned holds: planned anew without the refused ones, nothing is refused.
        for (const block of planBlocks(
          [...good].map((a) => at(a)),
          limits,
          cuts,
        )) {
          for (let a = block.start; a < block.start + block.length; a++) expect(bad.has(a)).toBe(false);
        }
      },
    ),
  );
});
