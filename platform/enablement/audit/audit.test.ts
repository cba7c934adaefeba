import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EmbeddedRecordStore, openRecordStore } from '@millrace/platform/data';
import { type AuditEntry, silentLog, VirtualClock } from '@millrace/sdk';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { canonicalJson } from './canonical-json.ts';
import { headHolds, SigningKey } from './signing-key.ts';
import { auditMigrations, ChainedTrail } from './trail.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 180_000 });

const verifier = fileURLToPath(new URL('../../../tools/audit/verify-audit.js', import.meta.url));
const start = Date.parse('2025-03-01T08:00:00Z') * 1000;
const entry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
  actor: { kind: 'person', id: 'li.wei' },
  action: 'command.write',
  object: 'urn:test:pump',
  place: 'acme/north/hall-1',
  detail: { property: 'speed', value: 12.5 },
  outcome: 'asked',
  ...more,
});

describe('the canonical form', () => {
  test.each([
    // From RFC 8785, 3.2.3 and its appendix B.
    [
      {
        '\u20ac': 'Euro Sign',
        '\r': 'Carriage Return',
        '\ufb33': 'Hebrew',
        '1': 'One',
        '\ud83d\ude00': 'Emoji',
        '\u0080': 'Control',
        '\u00f6': 'o',
      },
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"o","\u20ac":"Euro Sign","\ud83d\ude00":"Emoji","\ufb33":"Hebrew"}',
    ],
    [
      [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001, -0],
      '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]',
    ],
    [{ b: undefined, a: [undefined, null, true] }, '{"a":[null,null,true]}'],
    ['half \ud800 a pair', '"half \ufffd a pair"'],
  ])('case %#', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test('what JSON cannot hold is refused', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow('NaN');
    expect(() => canonicalJson(1n)).toThrow('bigint');
  });
});

describe('the trail', () => {
  let folder: string;
  let records: EmbeddedRecordStore;
  const clock = new VirtualClock(start);
  const trails: ChainedTrail[] = [];
  const open = (store = records): ChainedTrail => {
    const trail = new ChainedTrail(store, clock, SigningKey.open(join(folder, 'audit-key')));
    trails.push(trail);
    return trail;
  };
  const exported = async (trail: ChainedTrail): Promise<string> => {
    let text = '';
    for await (const part of trail.export()) text += part;
    return text;
  };
  const verified = (text: string, ...more: string[]): { status: number | null; stdout: string } => {
    const file = join(folder, 'trail.jsonl');
    writeFileSync(file, text);
    const { status, stdout, stderr } = spawnSync(process.execPath, [verifier, file, ...more], {
      encoding: 'utf8',
    });
    return { status, stdout: stdout + stderr };
  };
  /** What somebody does who owns the database. */
  const tamper = async (sql: string): Promise<void> => {
    await records.query('ALTER TABLE audit DISABLE TRIGGER ALL');
    await records.query(sql);
    await records.query('ALTER TABLE audit ENABLE TRIGGER ALL');
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-audit-'));
    records = await openRecordStore({
      folder: join(folder, 'records'),
      log: silentLog,
      migrations: auditMigrations,
    });
  });
  afterEach(async () => {
    for (const trail of trails.splice(0)) await trail.settled();
    await records.query('ALTER TABLE audit DISABLE TRIGGER ALL');
    await records.query('DELETE FROM audit');
    await records.query('ALTER TABLE audit ENABLE TRIGGER ALL');
    await records.query('ALTER TABLE audit_cuts DISABLE TRIGGER ALL');
    await records.query('DELETE FROM audit_cuts');
    await records.query('ALTER TABLE audit_cuts ENABLE TRIGGER ALL');
    await records.query('DELETE FROM audit_exports');
  });
  afterAll(async () => {
    await records?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('numbers what is told, in order, and goes on after a restart', async () => {
    const trail = open();
    expect(await trail.head()).toBeUndefined();
    const numbers = await Promise.all(
      Array.from({ length: 700 }, (_, n) => trail.record(entry({ object: `thing-${n}` }))),
    );
    expect(numbers).toEqual(Array.from({ length: 700 }, (_, n) => n + 1));
    clock.advance(1000);
    expect(await open().record(entry())).toBe(701);
    expect(await open().verify()).toMatchObject({ ok: true, records: 701 });
  });

  test('its clock never goes back', async () => {
    const trail = open();
    await trail.record(entry());
    const back = new ChainedTrail(
      records,
      new VirtualClock(start - 3600e6),
      SigningKey.open(join(folder, 'audit-key')),
    );
    await back.record(entry());
    const { records: found } = await trail.search({ limit: 10, within: [''] });
    expect(found[0]!.time >= found[1]!.time).toBe(true);
  });

  test('a failed write refuses what waited for it, and the chain goes on where it was', async () => {
    let failing = false;
    const store = new Proxy(records, {
      get: (target, name) =>
        name === 'transaction' && failing
          ? () => Promise.reject(new Error('the disk is full'))
          : typeof Reflect.get(target, name) === 'function'
            ? (Reflect.get(target, name) as (...given: unknown[]) => unknown).bind(target)
            : Reflect.get(target, name),
    });
    const trail = open(store);
    await trail.record(entry());
    failing = true;
    await expect(trail.record(entry({ object: 'lost' }))).rejects.toThrow('the disk is full');
    failing = false;
    expect(await trail.record(entry())).toBe(2);
    expect(await trail.verify()).toMatchObject({ ok: true, records: 2 });
  });

  test('a write that was done although its answer was lost does not break the chain', async () => {
    let lost = true;
    const store = new Proxy(records, {
      get: (target, name) =>
        name === 'transaction'
          ? async (statements: never) => {
              const answer = await target.transaction(statements);
              if (lost) throw new Error('the store ended');
              return answer;
            }
          : (Reflect.get(target, name) as (...given: unknown[]) => unknown).bind(target),
    });
    const trail = open(store);
    await expect(trail.record(entry())).rejects.toThrow('the store ended');
    lost = false;
    expect(await trail.record(entry())).toBe(2);
    expect(await trail.verify()).toMatchObject({ ok: true, records: 2 });
  });

  test('the table takes neither changes nor deletions', async () => {
    const trail = open();
    await trail.record(entry());
    for (const sql of ["UPDATE audit SET actor = 'x'", 'DELETE FROM audit', 'TRUNCATE audit'])
      await expect(records.query(sql)).rejects.toThrow('only grows');
  });

  test('is searched by actor, action, object, place, time and text, newest first and in pages', async () => {
    const trail = open();
    await trail.record(entry({ actor: { kind: 'token', id: 'tk-1', for: 'li.wei' } }));
    clock.advance(60_000);
    const later = clock.now();
    await trail.record(
      entry({ action: 'alarm.shelve', place: 'acme/north', detail: { reason: '100% noise_' } }),
    );
    await trail.record(
      entry({ actor: { kind: 'person', id: 'ana' }, action: 'alarm', place: 'acme/northern' }),
    );
    await trail.record(entry({ place: '', object: 'settings', outcome: 'refused' }));
    const numbers = async (search: Partial<Parameters<typeof trail.search>[0]>): Promise<number[]> =>
      (await trail.search({ limit: 100, within: [''], ...search })).records.map(({ number }) => number);
    expect(await numbers({})).toEqual([4, 3, 2, 1]);
    expect(await numbers({ actor: 'li.wei' })).toEqual([4, 2, 1]);
    expect(await numbers({ actor: 'tk-1' })).toEqual([1]);
    expect(await numbers({ action: 'alarm' })).toEqual([3, 2]);
    expect(await numbers({ action: 'alarm.shelve' })).toEqual([2]);
    expect(await numbers({ object: 'settings' })).toEqual([4]);
    expect(await numbers({ outcome: 'refused' })).toEqual([4]);
    expect(await numbers({ place: 'acme/north' })).toEqual([2, 1]);
    expect(await numbers({ to: later })).toEqual([1]);
    expect(await numbers({ from: later })).toEqual([4, 3, 2]);
    expect(await numbers({ text: '0% NOISE_' })).toEqual([2]);
    expect(await numbers({ text: '0%_NOISE' })).toEqual([]);
    expect(await numbers({ text: "'; DROP TABLE audit; --" })).toEqual([]);
    expect(await numbers({ text: '\u0000' })).toEqual([4, 3, 2, 1]);
    expect(await numbers({ before: 3 })).toEqual([2, 1]);
    expect(await trail.search({ limit: 2, within: [''] })).toMatchObject({ total: 4, more: true });
    // Who may see one place sees what happened there and below, and nothing else.
    expect(await numbers({ within: ['acme/north'] })).toEqual([2, 1]);
    expect(await numbers({ within: [] })).toEqual([]);
    expect(await numbers({ within: ['acme/north'], place: 'acme' })).toEqual([2, 1]);
  });

  test('holds what it was told within bounds, and no secrets', async () => {
    const trail = open();
    const loop: Record<string, unknown> = {};
    loop['loop'] = { loop };
    await trail.record(
      entry({
        object: 'x'.repeat(5000),
        detail: { password: 'hunter2', inner: { clientSecret: 's3', key: 'k' } },
      }),
    );
    await trail.record(entry({ detail: { text: 'y'.repeat(100_000) } }));
    await trail.record(entry({ detail: loop }));
    await trail.record(
      entry({ detail: { not: Number.NaN, at: new Date(0), zero: 'a\u0000b' }, object: 'a\u0000b' }),
    );
    const { records: found } = await trail.search({ limit: 10, within: [''] });
    expect(found[3]!.object).toHaveLength(1024);
    expect(JSON.stringify(found[3])).not.toMatch(/hunter2|s3/);
    expect(found[3]!.detail).toMatchObject({ inner: { key: 'k' } });
    expect(found[2]!.detail).toMatchObject({ tooLargeBytes: 100_011 });
    expect(found[1]!.detail).toEqual({ tooDeep: true });
    expect(found[0]!.detail).toMatchObject({ not: 'NaN', at: '1970-01-01T00:00:00.000Z' });
    expect(await trail.verify()).toMatchObject({ ok: true, records: 4 });
  });

  test('what is old and was exported is cut at a signed record, and the rest is still verified', async () => {
    const trail = open();
    for (let n = 0; n < 6; n++) await trail.record(entry({ detail: { n } }));
    const early = (await trail.head())!;
    const day = 86_400_000;
    clock.advance(100 * day);
    await trail.record(entry({ detail: { n: 'late' } }));
    // Nothing that was not exported goes, nothing where it is kept for ever, nothing younger than the least.
    expect(await trail.cut(90)).toBe(0);
    const before = await exported(trail);
    expect(verified(before)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('whole: 7 records\n'),
    });
    expect([await trail.cut(0), await trail.cut(200)]).toEqual([0, 0]);
    await expect(records.query('DELETE FROM audit WHERE number = 1')).rejects.toThrow('only grows');
    // A limit below the least is the least.
    expect(await trail.cut(1)).toBe(6);
    expect(await trail.cut(90)).toBe(0);
    expect(await trail.verify()).toMatchObject({ ok: true, records: 3 });
    const { records: told } = await trail.search({ limit: 10, within: [''], action: 'audit.cut' });
    expect(told.map(({ outcome, detail }) => [outcome, detail])).toMatchObject([
      ['done', { from: 1, to: 6, hash: early.hash, exportedTo: 7 }],
      ['asked', { from: 1, to: 6 }],
    ]);
    const reopened = open();
    await reopened.record(entry({ detail: { n: 'after' } }));
    expect(await reopened.verify()).toMatchObject({ ok: true, records: 4 });
    await expect(records.query('DELETE FROM audit WHERE number = 7')).rejects.toThrow('only grows');
    await expect(records.query('DELETE FROM audit_cuts')).rejects.toThrow('only grows');

    const after = await exported(reopened);
    const keptAt = (head: unknown): string[] => {
      const file = join(folder, 'head.json');
      writeFileSync(file, JSON.stringify(head));
      return ['--head', file];
    };
    expect(verified(after, '--key', early.key)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('whole: 4 records, from number 7'),
    });
    // The head that stands at the cut joins what was exported before to what is left; one before it belongs to the older file.
    expect(verified(after, ...keptAt(early))).toMatchObject({ status: 0 });
    expect(verified(before, ...keptAt(early))).toMatchObject({ status: 0 });
    expect(verified(after, ...keptAt({ ...early, number: 5 })).status).toBe(1);
    const [cut, ...rest] = after.split('\n') as [string, ...string[]];
    expect(verified(rest.join('\n'))).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('record 1 is missing'),
    });
    // Somebody without the key cuts more, or moves a cut.
    const more = [cut.replace('"number":6', '"number":7'), ...rest.slice(1)].join('\n');
    expect(verified(more)).toMatchObject({ status: 1, stdout: expect.stringContaining('the cut') });
    expect(verified([rest[0]!, cut, ...rest.slice(1)].join('\n')).status).toBe(1);
    await records.query(
      `INSERT INTO audit_cuts (number, head) SELECT 7, replace(head, '"number":6', '"number":7') FROM audit_cuts`,
    );
    await records.query('DELETE FROM audit WHERE number = 7');
    expect(await reopened.verify()).toMatchObject({
      ok: false,
      broken: { number: 7, reason: 'cut-not-signed' },
    });
  });

  test('a trail that is not whole, or not the one that was exported, is not cut', async () => {
    const trail = open();
    for (let n = 0; n < 4; n++) await trail.record(entry({ detail: { n } }));
    await exported(trail);
    clock.advance(200 * 86_400_000);
    await trail.record(entry());
    await tamper(`UPDATE audit SET entry = replace(entry, '"n":2', '"n":7') WHERE number = 3`);
    await expect(trail.cut(90)).rejects.toThrow('not whole');
    expect(await records.query('SELECT 1 FROM audit')).toHaveLength(5);
    await tamper(`UPDATE audit SET entry = replace(entry, '"n":7', '"n":2') WHERE number = 3`);
    await records.query(`UPDATE audit_exports SET hash = 'another'`);
    await expect(trail.cut(90)).rejects.toThrow('not the one that was exported');
    expect(await records.query('SELECT 1 FROM audit')).toHaveLength(5);
  });

  test('an export is checked by the verifier alone', async () => {
    const trail = open();
    expect(verified(await exported(trail))).toMatchObject({ status: 0, stdout: 'whole: 0 records\n' });
    for (let n = 0; n < 5; n++) await trail.record(entry({ detail: { n, text: '温度\ud83d\ude00"\\' } }));
    const early = (await trail.head())!;
    expect(headHolds(early)).toBe(true);
    writeFileSync(join(folder, 'head.json'), JSON.stringify(early));
    await trail.record(entry());
    const text = await exported(trail);
    const lines = text.trimEnd().split('\n');
    expect(verified(text, '--head', join(folder, 'head.json'), '--key', early.key)).toMatchObject({
      status: 0,
    });
    const changed = text.replace('"n":3', '"n":4');
    expect(verified(changed)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('record 4 was changed'),
    });
    const without = [...lines.slice(0, 2), ...lines.slice(3)].join('\n');
    expect(verified(without)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('record 3 is missing'),
    });
    expect(verified(lines.slice(0, -1).join('\n'))).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('its end is missing'),
    });
    const shortened = [...lines.slice(0, 5), lines.at(-1)].join('\n');
    expect(verified(shortened)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('the head names record 6'),
    });
    expect(verified(text, '--key', 'AAAA')).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('another key'),
    });
    const forged = text.replace(/"signature":"..../, '"signature":"AAAA');
    expect(verified(forged)).toMatchObject({ status: 1, stdout: expect.stringContaining('signature') });
    expect(verified(`${text}{}`)).toMatchObject({ status: 1 });
    expect(verified('not json')).toMatchObject({ status: 1 });
    expect(spawnSync(process.execPath, [verifier]).status).toBe(2);
  });

  test.each([
    [
      'what a record says',
      `UPDATE audit SET entry = replace(entry, 'speed', 'spend') WHERE number = 3`,
      3,
      'changed',
    ],
    [
      'a hash that fits what it says',
      `UPDATE audit SET hash = repeat('1', 64) WHERE number = 3`,
      3,
      'changed',
    ],
    ['what a search goes by', `UPDATE audit SET actor = 'nobody' WHERE number = 4`, 4, 'index-differs'],
    ['a record taken out', 'DELETE FROM audit WHERE number = 2', 2, 'missing'],
    ['the newest taken out', 'DELETE FROM audit WHERE number = 5', 5, 'missing'],
    ['all of them taken out', 'DELETE FROM audit', 1, 'missing'],
    ['something that is no record', `UPDATE audit SET entry = 'x' WHERE number = 1`, 1, 'not-readable'],
  ])('the platform itself finds %s', async (_what, sql, number, reason) => {
    const trail = open();
    for (let n = 0; n < 5; n++) await trail.record(entry());
    await tamper(sql);
    expect(await trail.verify()).toMatchObject({ ok: false, broken: { number, reason } });
  });

  test('the key is the platform’s alone, and a file that holds none is refused by name', () => {
    const file = join(folder, 'audit-key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(SigningKey.open(file).publicKey).toBe(SigningKey.open(file).publicKey);
    expect(readFileSync(file, 'utf8')).toMatch(/PRIVATE KEY/);
    const wrong = join(folder, 'wrong-key');
    writeFileSync(wrong, 'nothing');
    expect(() => SigningKey.open(wrong)).toThrow(wrong);
  });
});
