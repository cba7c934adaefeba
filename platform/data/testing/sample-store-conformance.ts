import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SampleColumns, type SeriesId, status, type ThingEvent, type Value } from '@millrace/contract';
import type { SampleStore } from '@millrace/sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** How a store under test is opened, and what it may be asked beyond the port. */
export interface StoreUnderTest {
  open(folder: string): Promise<SampleStore>;
  /** Brings every summary up to date, where the store has such things. */
  settle?(store: SampleStore): Promise<void>;
}

export type RowInput = [series: SeriesId, time: number, value: Value, code?: number, lag?: number];

/** Columns as intake makes them. */
export function columnsOf(rows: readonly RowInput[]): SampleColumns {
  const text = new Map<number, string>();
  const value = Float64Array.from(rows, ([, , one], row) => {
    if (typeof one === 'number') return one;
    if (one !== null) text.set(row, JSON.stringify(one));
    return typeof one === 'boolean' ? Number(one) : Number.NaN;
  });
  return {
    count: rows.length,
    series: Uint32Array.from(rows, ([series]) => series),
    time: Float64Array.from(rows, ([, time]) => time),
    received: Float64Array.from(rows, ([, time, , , lag]) => time + (lag ?? 1_500)),
    value,
    status: Uint32Array.from(rows, ([, , , code]) => code ?? status.good),
    text: text.size > 0 ? text : undefined,
  };
}

const second = 1_000_000;
const hour = 3600 * second;
const day = 24 * hour;
/** A time in the past whose hours are over, on a full hour. */
const base = Math.floor((Date.now() * 1000 - 20 * day) / hour) * hour;

/**
 * What every engine behind the `SampleStore` port must do. A distributed engine runs through the same: give it a way to
 * open.
 */
export function sampleStoreConformance(name: string, subject: StoreUnderTest): void {
  describe(`${name} as a sample store`, () => {
    let folder: string;
    let store: SampleStore;
    let nextSeries = 1;
    const newSeries = (): SeriesId => (nextSeries += 100);
    const append = (...rows: RowInput[]): Promise<void> => store.append(columnsOf(rows), []);
    const all = (series: SeriesId, from = -8e15, to = 8e15, points = 100_000) =>
      store.samples(series, from, to, points);
    const values = async (series: SeriesId): Promise<Value[]> =>
      (await all(series)).samples.map((sample) => sample.value);

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'millrace-samples-'));
      store = await subject.open(join(folder, 'store'));
    });

    afterAll(async () => {
      await store?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    test('tells equal spans of several series, whichever way they are kept', async () => {
      const [a, b] = [newSeries(), newSeries()];
      const minute = 60 * second;
      const rows: RowInput[] = [];
      // Two hours and a bit: numbers each ten seconds, one of them bad, and a second series with a gap of half an hour.
      for (let at = 0; at < 130 * minute; at += 10 * second) {
        rows.push([a, base + at, at / second, at === 20 * minute ? status.badSensorFailure : status.good]);
        if (at < 30 * minute || at >= 60 * minute) rows.push([b, base + at + 3, 7]);
      }
      await append(...rows);
      const look = async (): Promise<void> => {
        for (const [from, span] of [
          [base, 15 * minute],
          [base + 30 * second, 15 * minute],
          [base - 7 * minute, 40 * minute],
          [base, 1_000_000 * 1],
        ] as const) {
          const to = base + (span === second ? 5 * minute : 125 * minute);
          const found = await store.spans({ series: [b, a], from, to, span });
          const expected = new Map<string, RowInput[]>();
          for (const row of rows) {
            if (row[1] < from || row[1] >= to) continue;
            const key = `${row[0]}/${from + Math.floor((row[1] - from) / span) * span}`;
            expected.set(key, [...(expected.get(key) ?? []), row]);
          }
          expect(found.count).toBe(expected.size);
          for (let i = 0; i < found.count; i++) {
            const own = expected.get(`${found.series[i]}/${found.start[i]}`)!;
            const good = own
              .filter((row) => (row[3] ?? status.good) === status.good)
              .map((row) => row[2] as number);
            expect([
              found.samples[i],
              found.numbers[i],
              found.bad[i],
              found.total[i],
              found.least[i],
              found.greatest[i],
              found.first[i],
              found.firstTime[i],
              found.last[i],
              found.lastTime[i],
            ]).toEqual([
              own.length,
              good.length,
              own.length - good.length,
              good.reduce((sum, one) => sum + one, 0),
              good.length === 0 ? Number.NaN : Math.min(...good),
              good.length === 0 ? Number.NaN : Math.max(...good),
              own[0]![2],
              own[0]![1],
              own.at(-1)![2],
              own.at(-1)![1],
            ]);
          }
        }
      };
      await look();
      await subject.settle?.(store);
      await look();
      await expect(store.spans({ series: [a], from: 0, to: 1e15, span: 1 })).rejects.toThrow(/spanRowsMax/);
    });

    test('gives back every kind of value, bit for bit, in order of time', async () => {
      const series = newSeries();
      const given: RowInput[] = [
        [series, base + 0, 21.5],
        [series, base + 1, 0.1 + 0.2],
        [series, base + 2, Math.fround(21.53)],
        [series, base + 3, -1e300],
        [series, base + 4, Number.MIN_VALUE],
        [series, base + 5, 123_456_789.123],
        [series, base + 6, Number.MAX_SAFE_INTEGER],
        [series, base + 7, 'läuft\t"schnell"\\\n'],
        [series, base + 8, { a: [1, null, '日本'] }],
        [series, base + 9, ''],
        [series, base + 10, true],
        [series, base + 11, null, status.badCommunicationError],
        [series, base + 12, 7, status.uncertainSensorNotAccurate],
      ];
      await append(...[...given].reverse());
      const { samples, reduced } = await all(series);
      expect(reduced).toBe(false);
      expect(samples).toEqual(
        given.map(([, time, value, code]) => ({
          series,
          time,
          received: time + 1_500,
          value,
          status: code ?? status.good,
        })),
      );
    });

    test('keeps more rows of one batch than go in as text', async () => {
      const series = newSeries();
      const rows = Array.from(
        { length: 5_000 },
        (_, row): RowInput => [series, base + row * second, row % 7 === 0 ? `state ${row}` : row / 8],
      );
      await append(...rows);
      const { samples } = await all(series);
      expect(samples.map(({ time, value }) => [time, value])).toEqual(
        rows.map(([, time, value]) => [time, value]),
      );
    });

    test('keeps times to the microsecond from long ago to far ahead, receive times too', async () => {
      const series = newSeries();
      const times = [-2_208_988_800_000_001, -1, 0, 1, 946_684_800_000_007, base + 3, 4_102_444_799_999_999];
      await append(...times.map((time): RowInput => [series, time, 1, 0, -12_345_678]));
      const { samples } = await all(series);
      expect(samples.map(({ time }) => time)).toEqual(times);
      expect(samples.map(({ received }) => received)).toEqual(times.map((time) => time - 12_345_678));
    });

    test('a range holds its start and not its end', async () => {
      const series = newSeries();
      await append([series, base, 1], [series, base + 1, 2], [series, base + 2, 3]);
      expect((await all(series, base, base + 2)).samples.map(({ value }) => value)).toEqual([1, 2]);
      expect((await all(series, base + 1, base + 1)).samples).toEqual([]);
      expect((await all(series, base + 2, base)).samples).toEqual([]);
      expect((await all(newSeries())).samples).toEqual([]);
    });

    test('the same series and time twice is one sample, the last wins', async () => {
      const series = newSeries();
      await append([series, base, 1], [series, base, 2], [series, base + 1, 10]);
      expect(await values(series)).toEqual([2, 10]);
      await append([series, base, 3]);
      await append([series, base + 1, 'text instead']);
      expect(await values(series)).toEqual([3, 'text instead']);
      await append([series, base + 1, 11]);
      await subject.settle?.(store);
      expect(await values(series)).toEqual([3, 11]);
      expect((await store.latest([series])).get(series)?.value).toBe(11);
    });

    test('latest is by the time of the source, of the series that have one', async () => {
      const [a, b, c, d] = [newSeries(), newSeries(), newSeries(), newSeries()];
      const now = Date.now() * 1000;
      await append([a, now, 1], [a, base, 2], [b, base, 'old'], [c, -5, 3]);
      await append([a, now - second, 4], [b, base - 10 * day, 5]);
      const check = async (): Promise<void> => {
        const latest = await store.latest([a, b, c, d]);
        expect([...latest.keys()].sort((x, y) => x - y)).toEqual([a, b, c]);
        expect(latest.get(a)).toMatchObject({ time: now, value: 1, received: now + 1_500 });
        expect(latest.get(b)).toMatchObject({ time: base, value: 'old' });
        expect(latest.get(c)).toMatchObject({ time: -5, value: 3 });
      };
      await check();
      await subject.settle?.(store);
      await check();
      expect(await store.latest([])).toEqual(new Map());
    });

    /** A series that goes up and down with noise, a few bad, for some hours. */
    const noisy = async (
      series: SeriesId,
      count: number,
      step: number,
      seed: number,
    ): Promise<RowInput[]> => {
      let state = seed;
      const random = (): number => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
        return state / 0x7fffffff;
      };
      const rows = Array.from({ length: count }, (_, row): RowInput => {
        const bad = random() < 0.002;
        const value = Math.round(1000 * Math.sin(row / 500) + 200 * random()) / 10;
        return [
          series,
          base + row * step + Math.floor(random() * 1000),
          bad && random() < 0.5 ? null : value,
          bad ? status.badDeviceFailure : 0,
        ];
      });
      for (let at = 0; at < count; at += 20_000) await append(...rows.slice(at, at + 20_000));
      return rows;
    };

    const isBad = (code: number | undefined): boolean => (code ?? 0) >>> 31 === 1;

    /** Every span of the answer's own raster has its least and greatest, and a bad one if it has any. */
    const expectNoPeakLost = (
      rows: readonly RowInput[],
      from: number,
      to: number,
      points: number,
      answer: Awaited<ReturnType<SampleStore['samples']>>,
    ): void => {
      const stored = new Map(rows.map((row) => [row[1], row]));
      const width = answer.spanMicroseconds!;
      expect(answer.reduced).toBe(true);
      expect(answer.samples.length).toBeLessThanOrEqual(points);
      let before = Number.NEGATIVE_INFINITY;
      interface Seen {
        least: number;
        greatest: number;
        bad: boolean;
      }
      const seenIn = (list: Iterable<{ time: number; value: Value; status: number }>): Map<number, Seen> => {
        const spans = new Map<number, Seen>();
        for (const { time, value, status: code } of list) {
          const at = Math.floor(time / width);
          let span = spans.get(at);
          if (span === undefined) {
            spans.set(
              at,
              (span = { least: Number.POSITIVE_INFINITY, greatest: Number.NEGATIVE_INFINITY, bad: false }),
            );
          }
          if (isBad(code)) span.bad = true;
          else if (typeof value === 'number') {
            span.least = Math.min(span.least, value);
            span.greatest = Math.max(span.greatest, value);
          }
        }
        return spans;
      };
      for (const sample of answer.samples) {
        expect(sample.time).toBeGreaterThan(before);
        before = sample.time;
        const row = stored.get(sample.time);
        expect(row, `a sample at ${sample.time} was invented`).toBeDefined();
        expect([sample.value, sample.status]).toEqual([row![2], row![3] ?? 0]);
      }
      const wanted = seenIn(
        rows
          .filter(([, time]) => time >= from && time < to)
          .map(([, time, value, code]) => ({ time, value, status: code ?? 0 })),
      );
      expect(seenIn(answer.samples)).toEqual(wanted);
    };

    test('a range with more samples than points comes as extremes, and no peak is lost', async () => {
      const series = newSeries();
      const rows = await noisy(series, 30_000, second, 11);
      const ranges = [
        [base, base + 30_000 * second],
        [base + 3 * second + 17, base + 9 * hour],
        [base + 1234 * second, base + 7_000 * second],
        [base - 30 * day, base + 30 * day],
      ] as const;
      const check = async (): Promise<void> => {
        for (const [from, to] of ranges) {
          for (const points of [100, 997]) {
            expectNoPeakLost(rows, from, to, points, await store.samples(series, from, to, points));
          }
        }
      };
      await check();
      await subject.settle?.(store);
      await check();
      // A late spike in an hour long over, and one replaced by an ordinary value.
      const late: RowInput = [series, base + 5_000 * second + 500_123, 9_999];
      const replaced = rows[12_000]!;
      await append(late, [series, replaced[1], 0.5]);
      rows[12_000] = [series, replaced[1], 0.5];
      rows.push(late);
      await check();
      await subject.settle?.(store);
      await check();
      const few = await store.samples(series, base, base + 30_000 * second, 2);
      expect(few.samples.some(({ value }) => value === 9_999)).toBe(true);
      expect((await store.samples(series, base, base + 30_000 * second, 1)).samples).toHaveLength(1);
    });

    test('a range that fits comes whole, whatever way it is kept', async () => {
      const series = newSeries();
      const rows = Array.from(
        { length: 900 },
        (_, row): RowInput => [series, base + row * 600 * second, row],
      );
      await append(...rows);
      const check = async (): Promise<void> => {
        const answer = await store.samples(series, base - 300 * day, base + 300 * day, 900);
        expect(answer.reduced).toBe(false);
        expect(answer.samples.map(({ time }) => time)).toEqual(rows.map(([, time]) => time));
      };
      await check();
      await subject.settle?.(store);
      await check();
    });

    test('a long outage stays a gap and texts keep their ends', async () => {
      const [outage, states] = [newSeries(), newSeries()];
      await append(
        ...Array.from(
          { length: 4_000 },
          (_, row): RowInput =>
            row > 1_000 && row < 3_000
              ? [outage, base + row * second, null, status.badNotConnected]
              : [outage, base + row * second, row],
        ),
        ...Array.from(
          { length: 4_000 },
          (_, row): RowInput => [states, base + row * second, row < 2_000 ? 'stopped' : 'running'],
        ),
      );
      const check = async (): Promise<void> => {
        const chart = (await store.samples(outage, base, base + 4_000 * second, 100)).samples;
        const good = chart.filter((sample) => !isBad(sample.status)).map(({ time }) => time);
        const bad = chart.filter((sample) => isBad(sample.status)).map(({ time }) => time);
        expect(bad.length).toBeGreaterThan(10);
        expect(good.filter((time) => time > bad[0]! && time < bad.at(-1)!)).toEqual([]);
        const text = (await store.samples(states, base, base + 4_000 * second, 60)).samples;
        expect(text.length).toBeLessThanOrEqual(60);
        expect(new Set(text.map(({ value }) => value))).toEqual(new Set(['stopped', 'running']));
      };
      await check();
      await subject.settle?.(store);
      await check();
    });

    test('events come newest first, each once, by thing, name and range', async () => {
      const event = (name: string, time: number, data: string): ThingEvent => ({
        thing: "urn:dev:o'brien",
        name,
        time,
        received: time + 5,
        data,
      });
      const events = [
        event('alarm', base, '{"level":1}'),
        event('alarm', base + 1, '{"level":2}'),
        event('door "A"', base + 2, 'null'),
      ];
      const empty = columnsOf([]);
      await store.append(empty, events);
      await store.append(empty, [events[0]!, { ...events[1]!, thing: 'another' }]);
      const ask = (name: string | undefined, from = -8e15, to = 8e15, limit = 10) =>
        store.events("urn:dev:o'brien", name, from, to, limit);
      expect(await ask(undefined)).toEqual([...events].reverse());
      expect(await ask('alarm')).toEqual([events[1], events[0]]);
      expect(await ask(undefined, base, base + 2)).toEqual([events[1], events[0]]);
      expect(await ask(undefined, base, base + 9, 1)).toEqual([events[2]]);
      expect(await ask('none')).toEqual([]);
    });

    test('exports CSV as RFC 4180', async () => {
      const series = newSeries();
      await append(
        [series, base + 1, 21.5],
        [series, base + 2, 'say "hi", twice'],
        [series, base + 3, null, status.badCommunicationError],
        [series, base + 4, [1, 2]],
      );
      const pieces: Uint8Array[] = [];
      const request = {
        series: [{ series, thing: 'Halle 1, links', property: 'temperature' }],
        from: base,
        to: base + second,
      };
      for await (const piece of store.exportSamples({ ...request, format: 'csv' })) pieces.push(piece);
      const start = new Date(base / 1000).toISOString().slice(0, 19);
      expect(Buffer.concat(pieces).toString()).toBe(
        [
          'thing,property,time,value,quality,status',
          `"Halle 1, links",temperature,${start}.000001Z,21.5,good,Good`,
          `"Halle 1, links",temperature,${start}.000002Z,"say ""hi"", twice",good,Good`,
          `"Halle 1, links",temperature,${start}.000003Z,,bad,BadCommunicationError`,
          `"Halle 1, links",temperature,${start}.000004Z,"[1,2]",good,Good`,
          '',
        ].join('\r\n'),
      );
      const parquet: Uint8Array[] = [];
      for await (const piece of store.exportSamples({ ...request, format: 'parquet' })) parquet.push(piece);
      const file = Buffer.concat(parquet);
      expect([file.subarray(0, 4).toString(), file.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1']);
    });

    test('an export that nobody reads to its end harms nothing', async () => {
      const series = newSeries();
      await append(...Array.from({ length: 3_000 }, (_, row): RowInput => [series, base + row, row]));
      for (let round = 0; round < 20; round++) {
        for await (const piece of store.exportSamples({
          series: [{ series, thing: 't', property: 'p' }],
          from: 0,
          to: 8e15,
          format: 'csv',
        })) {
          expect(piece.length).toBeGreaterThan(0);
          break;
        }
      }
      expect((await all(series)).samples).toHaveLength(3_000);
    });

    test('a thing that was deleted leaves nothing', async () => {
      const [gone, stays] = [newSeries(), newSeries()];
      await store.append(
        columnsOf([
          [gone, base, 1],
          [stays, base, 2],
        ]),
        [{ thing: 'gone', name: 'e', time: base, received: base, data: '1' }],
      );
      await store.forget([gone], 'gone');
      const check = async (): Promise<void> => {
        expect(await values(gone)).toEqual([]);
        expect(await values(stays)).toEqual([2]);
        expect([...(await store.latest([gone, stays])).keys()]).toEqual([stays]);
        expect(await store.events('gone', undefined, 0, 8e15, 10)).toEqual([]);
      };
      await check();
      await subject.settle?.(store);
      await check();
    });

    test('many callers at once are each answered when their rows can be read', async () => {
      const series = newSeries();
      await Promise.all(
        Array.from({ length: 500 }, async (_, caller) => {
          await append([series, base + caller, caller]);
          if (caller % 50 === 0) {
            const { samples } = await store.samples(series, base + caller, base + caller + 1, 10);
            expect(samples.map(({ value }) => value)).toEqual([caller]);
          }
        }),
      );
      expect((await all(series)).samples).toHaveLength(500);
    });

    test('what cannot be stored is refused in words and harms nobody else', async () => {
      const series = newSeries();
      const good = append([series, base, 1]);
      await expect(append([series, Number.NaN, 1])).rejects.toThrow(/time NaN/);
      await expect(append([series, 0.5, 1])).rejects.toThrow(/whole microseconds/);
      await expect(append([series, 1e300, 1])).rejects.toThrow(/whole microseconds/);
      await good;
      expect(await values(series)).toEqual([1]);
    });

    test('tells its health and size', async () => {
      await store.health();
      const { rows, bytes, residentBytes } = await store.stats();
      expect(rows).toBeGreaterThan(0);
      expect(bytes).toBeGreaterThan(0);
      expect(residentBytes).toBeGreaterThan(1_000_000);
    });

    test('a copy made while running opens as a store with the same answers', async () => {
      const series = newSeries();
      await append([series, base, 1], [series, base + 1, 'x']);
      await append([series, base, 2]);
      const copy = join(folder, 'copy');
      const writing = Promise.all(
        Array.from({ length: 50 }, (_, row) => append([series, base + 10 + row, row])),
      );
      await store.backup(copy);
      await writing;
      await expect(store.backup(copy)).rejects.toThrow(/not empty/);
      const opened = await subject.open(copy);
      try {
        expect((await opened.samples(series, base, base + 10, 10)).samples.map(({ value }) => value)).toEqual(
          [2, 'x'],
        );
        await opened.append(columnsOf([[series, base + 1, 'y']]), []);
        expect((await opened.samples(series, base, base + 10, 10)).samples.map(({ value }) => value)).toEqual(
          [2, 'y'],
        );
      } finally {
        await opened.close();
      }
      expect((await all(series, base, base + 2)).samples.map(({ value }) => value)).toEqual([2, 'x']);
    });
  });
}
