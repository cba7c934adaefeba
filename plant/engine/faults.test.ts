import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quietPack } from '../testing/quiet-pack.ts';
import { Model, type Signal } from './model.ts';
import { packFolder, readPack, type ShowSpec } from './pack.ts';

/**
 * Every fault of every pack is caused on a plant that has run for a while, beside a twin of the same seed without it. What the
 * catalogue says is seen must be seen: what rises must lie above the twin's in the mean over the time it takes, and so on. Faults
 * that come by themselves are switched off in both, so that nothing else differs.
 */
const root = dirname(packFolder('machining-shop'));
const warmUpSeconds = 5400;
const seed = 21;

for (const name of readdirSync(root)) {
  const pack = quietPack(readPack(packFolder(name)));
  const start = Date.parse('2026-09-06T22:00:00Z') * 1000;
  const warm = new Model(pack, seed, start);
  for (let second = 0; second < warmUpSeconds; second++) warm.step(1);
  const snapshot = warm.snapshot();
  const again = (): Model => {
    const model = new Model(pack, seed, start);
    if (!model.restore(snapshot)) throw new Error('the snapshot does not fit');
    return model;
  };

  describe(`faults of ${name}`, () => {
    for (const kind of Object.values(pack.kinds)) {
      // The first thing of a kind stands for all.
      const thing = warm.things.find((each) => each.kind.id === kind.id);
      if (thing === undefined) continue;
      for (const [fault, spec] of Object.entries(kind.faults)) {
        it(`${kind.id}: ${fault}`, () => {
          const healthy = again();
          const faulty = again();
          expect(faulty.causeFault(thing.id, fault)).toBe(true);
          const shows = spec.shows.map((show) => watch(faulty, healthy, thing.spec.name, show));
          const seconds = Math.max(60, ...spec.shows.map((show) => show.within));
          for (let second = 1; second <= seconds; second++) {
            const fresh = new Set<Signal>();
            healthy.step(1);
            faulty.step(1, (signals) => {
              for (const signal of signals) fresh.add(signal);
            });
            for (const each of shows) if (second <= each.show.within) each.look(second, fresh);
          }
          for (const each of shows) expect(each.verdict(), describeShow(each.show)).toBe('seen');
          expect(faulty.values.every((value) => Number.isFinite(value))).toBe(true);
          // Put right, it leaves no trace of being there.
          faulty.clearFault(thing.id, fault);
          expect(faulty.activeFaults()).toEqual([]);
        });
      }
    }
  });
}

function watch(faulty: Model, healthy: Model, thing: string, show: ShowSpec) {
  const owner = faulty.thing(thing)!;
  const at = show.via === undefined ? thing : owner.spec.roles[show.via]?.[0];
  const target = at === undefined ? undefined : faulty.thing(at);
  const find = (model: Model) =>
    model.signals.find((each) => each.thing.id === target?.id && each.property.name === show.property);
  const signal = find(faulty);
  const other = find(healthy);
  if (signal === undefined || other === undefined || target === undefined) {
    throw new Error(`${describeShow(show)}: there is no such property`);
  }
  let sum = 0;
  let count = 0;
  let differed = false;
  let bad = false;
  let moved = 0;
  let last: unknown;
  let looks = 0;
  let silentThroughout = true;
  return {
    show,
    look(second: number, fresh: ReadonlySet<Signal>) {
      if (!fresh.has(signal)) return;
      looks++;
      const a = faulty.valueOf(signal);
      const b = healthy.valueOf(other);
      if (a === undefined) bad = true;
      if (JSON.stringify(a) !== JSON.stringify(b)) differed = true;
      if (second > 2 && JSON.stringify(a) !== JSON.stringify(last)) moved++;
      last = a;
      if (!faulty.isOffline(target)) silentThroughout = false;
      if (typeof a !== 'object' && typeof b !== 'object' && a !== undefined && b !== undefined) {
        sum += Number(a) - Number(b);
        count++;
      }
    },
    verdict(): string {
      const mean = count === 0 ? 0 : sum / count;
      switch (show.change) {
        case 'rises':
          return mean > 0 ? 'seen' : `differs by ${mean} in the mean`;
        case 'falls':
          return mean < 0 ? 'seen' : `differs by ${mean} in the mean`;
        case 'differs':
          return differed ? 'seen' : 'the same as without';
        case 'freezes':
          return looks > 1 && moved <= 1 ? 'seen' : `moved ${moved} times in ${looks} looks`;
        case 'bad':
          return bad ? 'seen' : 'good all the time';
        case 'silent':
          return looks > 0 && silentThroughout ? 'seen' : 'could be reached';
      }
    },
  };
}

function describeShow(show: ShowSpec): string {
  return `${show.via === undefined ? '' : `${show.via}.`}${show.property} ${show.change} within ${show.within} s`;
}
