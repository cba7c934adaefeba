import { VirtualClock } from '@millrace/sdk';
import { expect, test } from 'vitest';
import { type CommitBatch, CommitWriter, waitingRowsMax } from './commit-writer.ts';
import { StoreBusyError, StoreError } from './store-error.ts';
import { columnsOf, type RowInput } from './testing/sample-store-conformance.ts';

/** A writer whose commits end when told. */
function setUp() {
  const clock = new VirtualClock(1_000_000_000);
  const commits: { times: number[]; texts: [number, string][]; done(error?: Error): Promise<void> }[] = [];
  const writer = new CommitWriter(clock, ({ columns, events }: CommitBatch) => {
    const times = [...columns.time.subarray(0, columns.count), ...events.map((event) => event.time)];
    const texts = [...(columns.text ?? [])];
    return new Promise<void>((resolve, reject) => {
      commits.push({
        times,
        texts,
        done: async (error) => {
          if (error === undefined) resolve();
          else reject(error);
          await turn();
        },
      });
    });
  });
  const append = (...rows: RowInput[]): Promise<string> =>
    writer.append(columnsOf(rows), []).then(
      () => 'stored',
      (error: Error) => error.message,
    );
  return { clock, commits, writer, append };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a lone sample goes at once', async () => {
  const { commits, append } = setUp();
  const answer = append([1, 5, 1]);
  await turn();
  expect(commits.map(({ times }) => times)).toEqual([[5]]);
  await commits[0]!.done();
  expect(await answer).toBe('stored');
});

test('what comes while an insert runs goes into the next together, with its texts and events', async () => {
  const { commits, writer, append } = setUp();
  const answers = [append([1, 1, 1])];
  await turn();
  answers.push(append([1, 2, 'a'], [1, 3, 3]), append([2, 4, 'b']));
  const event = writer.append(columnsOf([]), [{ thing: 't', name: 'e', time: 9, received: 9, data: '' }]);
  await turn();
  expect(commits).toHaveLength(1);
  await commits[0]!.done();
  expect(commits[1]!.times).toEqual([2, 3, 4, 9]);
  expect(commits[1]!.texts).toEqual([
    [0, '"a"'],
    [2, '"b"'],
  ]);
  await commits[1]!.done();
  expect(await Promise.all(answers)).toEqual(['stored', 'stored', 'stored']);
  await event;
});

/** Counts inserts over two seconds in which `rows` come every millisecond that `when` names. */
async function inserts(rows: number, when: (millisecond: number) => boolean): Promise<number> {
  const { clock, commits, append } = setUp();
  let time = 0;
  let before = 0;
  for (let millisecond = 0; millisecond < 4_000; millisecond++) {
    if (millisecond === 2_000) before = commits.length;
    if (when(millisecond)) void append(...Array.from({ length: rows }, (): RowInput => [1, ++time, 1]));
    await turn();
    clock.advance(1);
    const open = commits.at(-1);
    if (open !== undefined) await open.done();
  }
  expect(commits.flatMap(({ times }) => times).length).toBeGreaterThan(time - 100 * rows);
  return commits.length - before;
}

test('under load and from a trickle inserts keep a pace', async () => {
  const load = await inserts(10, () => true);
  expect(load).toBeGreaterThan(32);
  expect(load).toBeLessThan(40);
  const trickle = await inserts(1, (millisecond) => millisecond % 11 === 0);
  expect(trickle).toBeGreaterThan(20);
  expect(trickle).toBeLessThan(27);
  const steady = await inserts(1, () => true);
  expect(steady).toBeGreaterThan(20);
  expect(steady).toBeLessThan(27);
});

test('a sender that waits for each answer is not held up by the pace of a trickle', async () => {
  const { clock, commits, append } = setUp();
  let answered = true;
  let sent = 0;
  for (let millisecond = 0; millisecond < 4_000; millisecond++) {
    if (millisecond === 2_000) sent = 0;
    if (answered) {
      answered = false;
      void append([1, ++sent, 1]).then(() => (answered = true));
    }
    await turn();
    clock.advance(1);
    await commits.at(-1)?.done();
  }
  expect(sent).toBeGreaterThan(80);
});

test('a failed insert fails its callers and no others', async () => {
  const { commits, append } = setUp();
  const first = append([1, 1, 1]);
  await turn();
  const second = append([1, 2, 1]);
  await commits[0]!.done(new StoreError('full', 'The disk is full.'));
  await commits[1]!.done();
  expect([await first, await second]).toEqual(['The disk is full.', 'stored']);
});

test('takes no more than its limit, and again when there is room', async () => {
  const { commits, writer, append } = setUp();
  const many = columnsOf([]);
  const rows = waitingRowsMax - 10;
  const large = {
    ...many,
    count: rows,
    series: new Uint32Array(rows),
    time: new Float64Array(rows),
    received: new Float64Array(rows),
    value: new Float64Array(rows),
    status: new Uint32Array(rows),
  };
  const first = writer.append(large, []);
  await turn();
  const fits = append(...Array.from({ length: 10 }, (_, row): RowInput => [1, row, 1]));
  await expect(writer.append(columnsOf([[1, 10, 1]]), [])).rejects.toBeInstanceOf(StoreBusyError);
  await commits[0]!.done();
  await first;
  const after = append([1, 11, 1]);
  await turn();
  await commits[1]!.done();
  await turn();
  await commits[2]?.done();
  expect([await fits, await after]).toEqual(['stored', 'stored']);
});

test('close commits what was taken and refuses more', async () => {
  const { commits, writer, append } = setUp();
  const first = append([1, 1, 1]);
  await turn();
  const second = append([1, 2, 1]);
  const closed = writer.close();
  expect(await append([1, 3, 1])).toMatch(/closed/);
  await commits[0]!.done();
  await turn();
  await commits[1]!.done();
  await closed;
  expect([await first, await second]).toEqual(['stored', 'stored']);
});
