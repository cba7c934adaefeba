import type { Actor } from '@millrace/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type HeldLease, LeaseTable, sameActor } from './lease-table.ts';

const people: Actor[] = ['ann', 'bo', 'cy'].map((id) => ({ kind: 'person', id }));
const things = ['urn:a', 'urn:b'];

type Step =
  | { do: 'take'; thing: string; who: number }
  | { do: 'implicit'; thing: string; who: number }
  | { do: 'accept'; thing: string; who: number }
  | { do: 'break'; thing: string; who: number }
  | { do: 'renew'; thing: string; who: number; token: number; to: number }
  | { do: 'release'; thing: string; who: number; token: number; to: number }
  | { do: 'offer'; thing: string; who: number; token: number; to: number }
  | { do: 'check'; thing: string; who: number; token: number; to: number }
  | { do: 'wait'; seconds: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constantFrom('take', 'implicit', 'accept', 'break'),
    thing: fc.constantFrom(...things),
    who: fc.nat(2),
  }) as fc.Arbitrary<Step>,
  fc.record({
    do: fc.constantFrom('renew', 'release', 'offer', 'check'),
    thing: fc.constantFrom(...things),
    who: fc.nat(2),
    /** Which of the tokens ever given, counted from the latest. */
    token: fc.nat(4),
    to: fc.nat(2),
  }) as fc.Arbitrary<Step>,
  fc.record({ do: fc.constant('wait'), seconds: fc.integer({ min: 1, max: 20 }) }) as fc.Arbitrary<Step>,
);

test('one holder at a time, tokens only grow, what has run out or was replaced is never accepted', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.nat(1000), (steps, first) => {
      const table = new LeaseTable(first);
      let now = 1_000_000_000;
      const given: HeldLease[] = [];
      const note = (lease: HeldLease): void => {
        expect(lease.token).toBeGreaterThan(given.at(-1)?.token ?? first);
        given.push(lease);
      };
      /** The model: who holds each thing, by which token, until when. */
      const model = new Map<string, { token: number; holder: Actor; expires: number; offeredTo?: string }>();
      for (const one of steps) {
        if (one.do === 'wait') {
          now += one.seconds * 1_000_000;
          if (one.seconds % 3 === 0)
            for (const lost of table.expire(now)) {
              expect(lost.expires).toBeLessThanOrEqual(now);
              model.delete(lost.thing);
            }
          continue;
        }
        const who = people[one.who]!;
        const before = model.get(one.thing);
        const inForce = before !== undefined && now < before.expires ? before : undefined;
        if (one.do === 'take' || one.do === 'implicit') {
          const result = table.take(one.thing, who, 10, now, one.do === 'implicit');
          if ('code' in result) expect(inForce).toBeDefined();
          else {
            if (inForce !== undefined) expect(sameActor(inForce.holder, who)).toBe(true);
            expect(result.lost !== undefined).toBe(inForce === undefined && before !== undefined);
            note(result.lease);
            model.set(one.thing, { token: result.lease.token, holder: who, expires: result.lease.expires });
          }
        } else if (one.do === 'break') {
          const { lease } = table.breakGlass(one.thing, who, 'why', 10, now);
          note(lease);
          model.set(one.thing, { token: lease.token, holder: who, expires: lease.expires });
        } else if (one.do === 'accept') {
          const result = table.accept(one.thing, who, now);
          expect('code' in result).toBe(inForce?.offeredTo !== who.id);
          if (!('code' in result)) {
            note(result);
            model.set(one.thing, { token: result.token, holder: who, expires: result.expires });
          }
        } else {
          const token = given.at(-1 - one.token)?.token ?? first;
          const right = inForce !== undefined && inForce.token === token && sameActor(inForce.holder, who);
          if (one.do === 'check') {
            expect(table.check(one.thing, token, who, now) === undefined).toBe(right);
          } else if (one.do === 'renew') {
            const result = table.renew(one.thing, token, who, now);
            expect('code' in result).toBe(!right);
            if (right) inForce.expires = now + 10_000_000;
          } else if (one.do === 'release') {
            expect('code' in table.release(one.thing, token, who, now)).toBe(!right);
            if (right) model.delete(one.thing);
          } else {
            const to = people[one.to]!.id;
            expect('code' in table.offer(one.thing, token, who, to, now)).toBe(!right);
            if (right) inForce.offeredTo = to;
          }
        }
        // Of all tokens ever given, at most one is accepted for each thing, and by one person only.
        for (const thing of things) {
          const accepted = given.flatMap((lease) =>
            people.filter((one) => table.check(thing, lease.token, one, now) === undefined),
          );
          expect(accepted.length).toBeLessThanOrEqual(1);
          const known = model.get(thing);
          const expected = known !== undefined && now < known.expires ? known.holder.id : undefined;
          expect(table.held(thing, now)?.holder.id).toBe(expected);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('tokens go on growing after a restart, whatever was stored in which order', () => {
  const table = new LeaseTable(7);
  const lease: HeldLease = {
    thing: 'urn:a',
    token: 41,
    holder: people[0]!,
    since: 0,
    expires: 10,
    seconds: 5,
    implicit: false,
  };
  table.restore(lease);
  table.restore({ ...lease, thing: 'urn:b', token: 12 });
  const result = table.take('urn:c', people[1]!, 5, 0, false);
  expect('lease' in result && result.lease.token).toBe(42);
  expect(table.nextToken()).toBe(43);
});
