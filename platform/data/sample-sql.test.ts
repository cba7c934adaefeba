import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedSampleStore, openSampleStore, type StoreError } from '@millrace/platform/data';
import { type SqlName, silentLog } from '@millrace/sdk';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { isFunctionAllowed } from './sql-functions.ts';
import { checkTree } from './sql-guard.ts';
import { columnsOf } from './testing/sample-store-conformance.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const second = 1_000_000;
const hour = 3600 * second;
const base = Math.floor(Date.now() / 3_600_000) * hour - 3 * hour;
let folder: string;
let store: EmbeddedSampleStore;

const names: SqlName[] = [
  {
    series: 1,
    thing: 'urn:a',
    property: 'temperature',
    place: 'works/hall-1',
    title: 'A',
    types: 'Press',
    unit: 'degC',
  },
  { series: 2, thing: 'urn:b', property: "it's", place: 'works/hall-10', title: 'B', types: '', unit: '' },
  { series: 3, thing: 'urn:c', property: 'mode', place: '', title: 'C', types: 'Press\nMachine', unit: '' },
];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-sql-'));
  store = await openSampleStore({ folder: join(folder, 'store'), log: silentLog });
  const rows = Array.from({ length: 3 * 360 }, (_, at): [number, number, number] => [
    1,
    base + at * 10 * second,
    at % 100,
  ]);
  await store.append(columnsOf([...rows, [2, base + 5, 7], [3, base + 6, Number.NaN]]), []);
});

afterAll(async () => {
  await store?.close();
  rmSync(folder, { recursive: true, force: true });
});

const bytes = (
  query: string,
  places: string[] = [''],
  format: 'json' | 'csv' | 'parquet' = 'json',
  range: [number?, number?] = [],
) => store.sql({ query, format, places, names: 1, from: range[0], to: range[1] }, () => names);
const rows = async (query: string, places?: string[], range?: [number?, number?]): Promise<unknown[]> =>
  (JSON.parse(new TextDecoder().decode(await bytes(query, places, 'json', range))) as { data: unknown[] })
    .data;
const refusal = async (query: string): Promise<StoreError> =>
  bytes(query).then(
    () => Promise.reject(new Error(`answered: ${query}`)),
    (error: StoreError) => error,
  );

describe('what is answered', () => {
  test('samples with the names of their things', async () => {
    expect(
      await rows(
        "SELECT thing, count() AS n, max(value) AS most FROM samples WHERE property = 'temperature' GROUP BY thing",
      ),
    ).toEqual([{ thing: 'urn:a', n: 1080, most: 99 }]);
    expect(await rows("SELECT quality, value, text FROM samples WHERE thing = 'urn:c'")).toEqual([
      { quality: 'good', value: null, text: '' },
    ]);
  });

  test('minutes and hours, summed up already or not, tell the same', async () => {
    const look = () =>
      rows(
        'SELECT sum(samples) AS n, sum(numbers * mean) AS total, min(least) AS low, max(greatest) AS high FROM minutes',
      );
    const before = await look();
    await store.settleSummaries();
    expect(await look()).toEqual(before);
    expect(await rows("SELECT samples, mean FROM hours WHERE thing = 'urn:a' ORDER BY time LIMIT 1")).toEqual(
      [{ samples: 360, mean: expect.closeTo(46.17, 1) as number }],
    );
  });

  test('things, with joins, subqueries, common table expressions and windows', async () => {
    expect(
      await rows(`WITH warm AS (SELECT thing, avg(value) AS mean FROM samples GROUP BY thing)
        SELECT title, types, mean, rank() OVER (ORDER BY mean DESC) AS place_in_line
        FROM warm JOIN things USING (thing) WHERE thing IN (SELECT thing FROM things WHERE place != '') ORDER BY mean DESC -- so`),
    ).toEqual([
      { title: 'A', types: ['Press'], mean: expect.any(Number) as number, place_in_line: 1 },
      { title: 'B', types: [''], mean: 7, place_in_line: 2 },
    ]);
  });

  test('a stretch of time', async () => {
    expect(await rows('SELECT count() AS n FROM samples', [''], [base + hour, base + 2 * hour])).toEqual([
      { n: 360 },
    ]);
  });

  test('CSV and Parquet', async () => {
    expect(
      new TextDecoder().decode(
        await bytes("SELECT thing, 'a,\"b' AS x FROM things ORDER BY thing LIMIT 1", [''], 'csv'),
      ),
    ).toBe('"thing","x"\n"urn:a","a,""b"\n');
    expect(new TextDecoder().decode((await bytes('SELECT 1', [''], 'parquet')).subarray(0, 4))).toBe('PAR1');
  });
});

describe('what is seen', () => {
  test('only what lies where the person may see, whatever they ask', async () => {
    const seen = async (places: string[]) =>
      (await rows('SELECT DISTINCT thing FROM samples ORDER BY thing', places)).map(
        (row) => (row as { thing: string }).thing,
      );
    expect(await seen([''])).toEqual(['urn:a', 'urn:b', 'urn:c']);
    expect(await seen(['works/hall-1'])).toEqual(['urn:a']);
    expect(await seen(['works'])).toEqual(['urn:a', 'urn:b']);
    expect(await seen([])).toEqual([]);
    expect(await seen(["x' OR 1 = 1 --", "\\' OR 1 --"])).toEqual([]);
    for (const table of ['things', 'minutes', 'hours', '(SELECT * FROM samples) AS reading'])
      expect(await rows(`SELECT count(DISTINCT thing) AS n FROM ${table}`, ['works/hall-1'])).toEqual([
        { n: 1 },
      ]);
    // Defining a table of the same name anew makes another table of it, and shows no more.
    expect(
      await rows(
        'WITH samples AS (SELECT thing FROM samples) SELECT count(DISTINCT thing) AS n FROM samples',
        ['works/hall-1'],
      ),
    ).toEqual([{ n: 1 }]);
  });
});

describe('what is refused', () => {
  const secret = () => {
    const file = join(folder, 'secret.txt');
    writeFileSync(file, 'secret');
    return file;
  };

  test.each([
    ['the host’s files, by a function', (file: string) => `SELECT file('${file}')`],
    [
      'the host’s files, by a table function',
      (file: string) => `SELECT * FROM file('${file}', 'LineAsString')`,
    ],
    ['the host’s files, in IN', (file: string) => `SELECT 1 WHERE 'x' IN file('${file}', 'LineAsString')`],
    ['another machine', () => "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')"],
    ['another server', () => "SELECT * FROM remote('127.0.0.1', system.one)"],
    ['a bucket', () => "SELECT * FROM s3('http://127.0.0.1/b/k', 'CSV', 'a String')"],
    ['a program', () => "SELECT * FROM executable('id', 'TSV', 'a String')"],
    ['a database of another kind', () => "SELECT * FROM postgresql('127.0.0.1:1', 'b', 'c', 'd', 'e')"],
    ['a file of another database', () => "SELECT * FROM sqlite('/tmp/x', 'y')"],
    ['memory of this process', () => "SELECT * FROM arrowstream('intake')"],
    ['all tables at once', () => "SELECT * FROM merge('millrace', 'samples')"],
    ['the tables behind', () => 'SELECT * FROM millrace.samples'],
    ['the tables behind, quoted', () => 'SELECT * FROM `millrace`."samples"'],
    ['the tables behind, in IN', () => 'SELECT 1 WHERE (1, 2) IN millrace.samples'],
    ['the tables behind, in a join', () => 'SELECT * FROM samples AS a JOIN reading.names AS b ON 1'],
    ['the tables behind, in a view', () => 'SELECT * FROM view(SELECT * FROM millrace.samples)'],
    ['the tables behind, by a function', () => "SELECT joinGet('millrace.samples', 'value', 1)"],
    ['the engine’s own tables', () => 'SELECT * FROM system.tables'],
    ['the schema', () => 'SELECT * FROM information_schema.tables'],
    ['settings', () => 'SELECT 1 SETTINGS max_threads = 8'],
    ['settings of a subquery', () => 'SELECT * FROM (SELECT 1 SETTINGS max_memory_usage = 0)'],
    ['setting something', () => 'SET readonly = 0'],
    ['a file to write', (file: string) => `SELECT 1 INTO OUTFILE '${file}.out'`],
    ['a format', () => 'SELECT 1 FORMAT Null'],
    ['writing', () => 'INSERT INTO samples VALUES (1)'],
    ['dropping', () => 'DROP TABLE millrace.samples'],
    ['making', () => 'CREATE TABLE x (a Int8) ENGINE = Memory'],
    ['ending', () => 'SYSTEM SHUTDOWN'],
    ['ending others', () => 'KILL QUERY WHERE 1'],
    ['showing', () => 'SHOW TABLES'],
    ['describing', () => 'DESCRIBE TABLE millrace.samples'],
    ['explaining', () => 'EXPLAIN SELECT 1'],
    ['two statements', () => 'SELECT 1; DROP TABLE millrace.samples'],
    [
      'brackets that close what is around',
      () => 'SELECT 1) UNION ALL SELECT * FROM (SELECT hour FROM millrace.samples',
    ],
    ['a comment that hides what is around', () => 'SELECT 1 /*'],
    ['waiting', () => 'SELECT sleep(3)'],
    ['the environment', () => "SELECT hostName(), getSetting('max_threads'), currentUser()"],
    ['other machines that think', () => "SELECT aiGenerate('x', 'y')"],
    ['quadratic functions', () => "SELECT editDistance(repeat('a', 1000000), repeat('b', 1000000))"],
    ['substitutions', () => 'SELECT {x:String}'],
    ['nothing', () => '   '],
    ['no SQL', () => 'how warm is it?'],
    ['tables that are not there', () => 'SELECT * FROM alarms'],
    ['columns that are not there', () => 'SELECT nothing FROM samples'],
  ])('%s', async (_name, query) => {
    const file = secret();
    const error = await refusal(query(file));
    expect([error.code, error.message]).toEqual([
      'input',
      expect.not.stringContaining('secret.txt:') as string,
    ]);
    expect(error.message).not.toMatch(/INNER JOIN|FINAL|startsWith/);
    expect(existsSync(`${file}.out`)).toBe(false);
  });

  test('more memory than given, more rows than given, more time than given', async () => {
    await expect(bytes('SELECT arraySum(range(1000000000))')).rejects.toThrow(/memory|maximum/i);
    await expect(bytes('SELECT arrayJoin(range(2000000))')).rejects.toMatchObject({ code: 'input' });
    // What the one before had written when it failed is not in the next answer, whoever asks.
    expect(await rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await expect(bytes('SELECT thing, throwIf(thing = 1) FROM samples', [''], 'csv')).rejects.toMatchObject({
      code: 'input',
    });
    await expect(bytes('SELECT arrayJoin(range(600000)) AS n', [''], 'csv')).rejects.toMatchObject({
      code: 'input',
    });
    expect(new TextDecoder().decode(await bytes('SELECT 1 AS one', [], 'csv'))).toBe('"one"\n1\n');
  });

  test('the store goes on', async () => {
    await store.append(columnsOf([[1, base - second, 5]]), []);
    expect(await rows('SELECT count() AS n FROM samples')).toEqual([{ n: 1083 }]);
    expect((await store.samples(1, base - hour, base, 10)).samples).toHaveLength(1);
  });
});

test('what the parser finds is let in by name only', () => {
  const select = [
    'SelectWithUnionQuery (children 1)',
    ' ExpressionList (children 1)',
    '  SelectQuery (children 1)',
  ];
  expect(() => checkTree(select)).not.toThrow();
  for (const line of [
    'Set',
    'Function file (children 1)',
    'TableIdentifier a.b',
    'Identifier SYSTEM.tables',
    'InsertQuery',
    'Anything',
  ])
    expect(() => checkTree([...select, `   ${line}`])).toThrow();
  expect(() => checkTree(['InsertQuery  (children 1)'])).toThrow();
  // A table function of the same name as a function.
  expect(() =>
    checkTree([...select, 'TableExpression (children 1)', ' Function format (children 1)']),
  ).toThrow();
  expect(['sumIf', 'avgOrNullIf', 'COUNT', 'quantilesExact', 'toStartOfHour'].every(isFunctionAllowed)).toBe(
    true,
  );
  expect(['file', 'fileIf', 'sumState', 'dictGet', 'url', 'if1', ''].some(isFunctionAllowed)).toBe(false);
});
