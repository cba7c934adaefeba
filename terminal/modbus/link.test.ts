import { systemClock } from '@millrace/sdk';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { Link, LinkError, type LinkOptions } from './link.ts';
import { replyTo, type SeenRead, words } from './test-device.ts';
import { closeAll, closeLater, device, freePort } from './test-setup.ts';
import { lateTransactionsMax, Transactions } from './transactions.ts';

afterEach(closeAll);

function link(
  port: number,
  more: Partial<LinkOptions> = {},
): { link: Link; counters: Record<string, number> } {
  const counters: Record<string, number> = {};
  const made = new Link({
    host: '127.0.0.1',
    port,
    connectMilliseconds: 1000,
    inFlight: 1,
    pauseMilliseconds: 0,
    clock: systemClock,
    count: (name, by) => {
      counters[name] = (counters[name] ?? 0) + by;
    },
    ...more,
  });
  closeLater(() => Promise.resolve(made.close()));
  return { link: made, counters };
}

const read = (made: Link, address: number, milliseconds = 500, hold?: number) =>
  made.read(1, 'HoldingRegister', address, 1, milliseconds, hold);

test('a damaged reply is never a value', async () => {
  /** Damages everything but the data itself, which TCP protects and Modbus does not. */
  const damage = fc.oneof(
    fc.record({
      kind: fc.constant('byte' as const),
      at: fc.integer({ min: 0, max: 8 }),
      xor: fc.integer({ min: 1, max: 255 }),
    }),
    fc.record({ kind: fc.constant('cut' as const), at: fc.integer({ min: 0, max: 10 }) }),
    fc.record({ kind: fc.constant('tail' as const), bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }) }),
    fc.record({ kind: fc.constant('random' as const), bytes: fc.uint8Array({ maxLength: 300 }) }),
  );
  let spoil: (reply: Buffer) => Buffer = (reply) => reply;
  const { port } = await device((seen: SeenRead) => ({
    raw: spoil(replyTo(seen, { data: words(0x1234) })),
  }));
  await fc.assert(
    fc.asyncProperty(damage, async (how) => {
      spoil = (reply) => {
        if (how.kind === 'byte') reply[how.at] = reply[how.at]! ^ how.xor;
        else if (how.kind === 'cut') return reply.subarray(0, how.at);
        else if (how.kind === 'random') return Buffer.from(how.bytes);
        return how.kind === 'tail' ? Buffer.concat([reply, how.bytes]) : reply;
      };
      const { link: made } = link(port);
      await made.connect();
      const outcome = await read(made, 0, 30);
      made.close();
      if (outcome.kind !== 'data') return;
      // Only a whole reply with something behind it is still the reply.
      expect([how.kind, outcome.data.toString('hex')]).toEqual(['tail', '1234']);
    }),
    { numRuns: 60 },
  );
});

test('transaction ids go round without meeting a late one or one under way', () => {
  const ids = new Transactions();
  const late = Array.from({ length: lateTransactionsMax }, () => ids.next(() => false));
  for (const id of late) ids.giveUp(id);
  const underWay = new Set([ids.next(() => false), ids.next(() => false)]);
  const barred = new Set([...late, ...underWay]);
  for (let i = 0; i < 200_000; i++) {
    const id = ids.next((candidate) => underWay.has(candidate));
    if (barred.has(id)) expect(id).toBeUndefined();
  }
  expect(ids.takeLate(late[0]!)).toBe(true);
  expect(ids.takeLate(late[0]!)).toBe(false);
});

test('a request that may hold the line for a while only, lets the next go and still gets its reply', async () => {
  const { device: made, port } = await device(async (seen) => {
    if (seen.address === 1) await new Promise((resolve) => setTimeout(resolve, 150));
    return { data: words(seen.address) };
  });
  const { link: one } = link(port);
  await one.connect();
  const order: number[] = [];
  const slow = read(one, 1, 1000, 30).then((outcome) => {
    order.push(1);
    return outcome;
  });
  const quick = read(one, 2).then((outcome) => {
    order.push(2);
    return outcome;
  });
  expect(await quick).toMatchObject({ kind: 'data' });
  expect(await slow).toMatchObject({ kind: 'data', data: words(1) });
  expect(order).toEqual([2, 1]);
  expect(made.reads).toHaveLength(2);
});

test('requests rest between each other where a gateway needs it', async () => {
  const seenAt: number[] = [];
  const { port } = await device((seen) => {
    seenAt.push(performance.now());
    return { data: words(seen.address) };
  });
  const { link: one } = link(port, { pauseMilliseconds: 30 });
  await one.connect();
  await Promise.all([read(one, 1), read(one, 2), read(one, 3)]);
  expect(seenAt[1]! - seenAt[0]!).toBeGreaterThanOrEqual(28);
  expect(seenAt[2]! - seenAt[1]!).toBeGreaterThanOrEqual(28);
});

test('closing answers everything that waits', async () => {
  const { port } = await device(() => 'silence');
  const { link: one } = link(port);
  await one.connect();
  const waiting = [read(one, 1), read(one, 2), read(one, 3)];
  one.close();
  expect((await Promise.all(waiting)).map((outcome) => outcome.kind)).toEqual(['closed', 'closed', 'closed']);
  expect((await read(one, 4)).kind).toBe('closed');
  await expect(one.connect()).rejects.toBeInstanceOf(LinkError);
});

test('connecting can be called off', async () => {
  const { port } = await device(() => 'silence');
  const { link: one } = link(port);
  const connecting = one.connect();
  one.close();
  await expect(connecting).rejects.toMatchObject({ problem: { code: 'cancelled' } });
  const controller = new AbortController();
  const { link: two } = link(port);
  const other = two.connect(controller.signal);
  controller.abort();
  await expect(other).rejects.toMatchObject({ problem: { code: 'cancelled' } });
});

test('a port where nobody listens is refused in words', async () => {
  const { link: one } = link(await freePort());
  await expect(one.connect()).rejects.toMatchObject({
    problem: { code: 'connection-refused', kind: 'unavailable' },
  });
});
