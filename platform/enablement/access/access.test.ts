import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Grant, type RoleName, roleNames } from '@millrace/contract';
import { openRecordStore } from '@millrace/platform/data';
import { type RecordStore, silentLog, VirtualClock } from '@millrace/sdk';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { Access, type AccessError, type Person, type SignIn } from './access.ts';
import { administersPlant, commonGrants, within } from './grants.ts';
import { Locked, Lockout } from './lockout.ts';
import { accessMigrations } from './migrations.ts';
import { passkeyPlace } from './passkeys.ts';
import { hashPassword, passwordFault } from './passwords.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 });

const seal = {
  seal: (text: string) => `sealed:${text.split('').reverse().join('')}`,
  open: (text: string) => text.slice(7).split('').reverse().join(''),
};
const here = { address: '10.0.0.1', agent: 'test' };
const start = Date.parse('2025-03-01T08:00:00Z') * 1000;
const adminGrant: Grant = { role: 'admin', place: '' };

describe('grants', () => {
  const grant = (role: RoleName, place = '', app?: string): Grant => ({
    role,
    place,
    ...(app === undefined ? {} : { app }),
  });

  test('what two roles both give is a role again, whichever two', () => {
    for (const a of roleNames) {
      for (const b of roleNames) {
        const [both] = commonGrants([grant(a)], [grant(b)]);
        expect([a, b, both]).not.toContain(undefined);
        expect(within([both!], [grant(a)]) && within([both!], [grant(b)])).toBe(true);
      }
    }
  });

  test.each<[Grant[], Grant[], Grant[]]>([
    [[grant('engineer', 'a')], [grant('operator', 'a/b')], [grant('operator', 'a/b')]],
    [[grant('engineer', 'a/b')], [grant('operator', 'a')], [grant('operator', 'a/b')]],
    [[grant('engineer', 'a')], [grant('engineer', 'ab')], []],
    [[grant('engineer', 'a')], [grant('auditor')], [grant('viewer', 'a')]],
    [[grant('viewer', '', 'energy')], [grant('viewer')], [grant('viewer', '', 'energy')]],
    [[grant('viewer', '', 'energy')], [grant('viewer', '', 'other')], []],
  ])('%j and %j both give %j', (a, b, both) => {
    expect(commonGrants(a, b)).toEqual(both);
  });

  test('a scope lies within grants only with all it gives, where it gives it', () => {
    expect(within([grant('operator', 'a/b')], [grant('viewer'), grant('supervisor', 'a')])).toBe(true);
    expect(within([grant('operator', '')], [grant('supervisor', 'a')])).toBe(false);
    expect(within([grant('viewer', 'a')], [grant('admin', 'a', 'energy')])).toBe(false);
    expect(administersPlant([grant('admin', 'a'), grant('admin', '', 'energy')])).toBe(false);
  });
});

describe('passwords', () => {
  test.each([
    ['kurz', 'too-short'],
    ['短短短短短短短短短', 'too-short'],
    ['一二三四五六七八九十', undefined],
    ['aaaaaaaaaaaaaaa', 'too-common'],
    ['Password123', 'too-common'],
    ['1234567890', 'too-common'],
    ['li.wei12345', undefined],
    ['li.weili.wei', 'has-name'],
    ['x'.repeat(1025), 'too-long'],
    ['correct horse battery', undefined],
  ])('%s', (password, fault) => {
    expect(passwordFault(password, 'li.wei')).toBe(fault);
  });
});

describe('lock-out', () => {
  const clock = new VirtualClock(start);

  test('ten wrong tries make a user wait, each time longer, and not from where they signed in before', () => {
    const lockout = new Lockout(clock);
    lockout.succeed('li', 'desk');
    for (let n = 0; n < 9; n++) expect(lockout.fail('li', 'far')).toBe(false);
    lockout.check('li', 'far');
    expect(lockout.fail('li', 'far')).toBe(true);
    expect(() => lockout.check('li', 'elsewhere')).toThrow(Locked);
    expect(() => lockout.check('li', 'desk')).not.toThrow();
    expect(lockout.until('li')).toBe(clock.now() + 30e6);
    clock.advance(31_000);
    lockout.check('li', 'far');
    for (let n = 0; n < 10; n++) lockout.fail('li', 'far');
    expect(lockout.until('li')).toBe(clock.now() + 60e6);
    lockout.unlock('li');
    lockout.check('li', 'far');
  });

  test('an address that tries many names is made to wait whomever it names', () => {
    const lockout = new Lockout(clock);
    for (let n = 0; n < 100; n++) lockout.fail(`user-${n}`, 'far');
    expect(() => lockout.check('another', 'far')).toThrow(Locked);
    lockout.check('another', 'near');
  });

  test('a flood of names does not make it forget a lock', () => {
    const lockout = new Lockout(clock);
    for (let n = 0; n < 9_000; n++) lockout.fail(`user-${n}`, `address-${n % 100}`);
    for (let n = 0; n < 10; n++) lockout.fail('li', 'one');
    for (let n = 0; n < 900; n++) lockout.fail(`more-${n}`, `other-${n % 10}`);
    expect(() => lockout.check('li', 'one')).toThrow(Locked);
  });
});

test.each([
  [
    'millrace.plant.example:8443',
    true,
    { host: 'millrace.plant.example', origin: 'https://millrace.plant.example:8443' },
  ],
  ['localhost:8080', false, { host: 'localhost', origin: 'http://localhost:8080' }],
  ['millrace.plant.example', false, undefined],
  ['10.0.0.5:8443', true, undefined],
  ['[::1]:8443', true, undefined],
  ['', true, undefined],
  ['a b', true, undefined],
  [undefined, true, undefined],
])('passkeys at %s (HTTPS: %s)', (host, secure, place) => {
  expect(passkeyPlace(host, secure)).toEqual(place);
});

describe('people', () => {
  let folder: string;
  let records: RecordStore & { close(): Promise<void> };
  let clock = new VirtualClock(start);
  let access: Access;
  const openAccess = async (
    adminPassword: string | undefined = 'the plant’s own',
  ): Promise<{ access: Access; firstPassword: string | undefined }> =>
    Access.open({ records, clock, seal, adminPassword, plantName: () => 'Testwerk' });
  const inside = async (attempt: Promise<SignIn>): Promise<{ token: string; person: Person }> => {
    const result = await attempt;
    if (result.outcome !== 'in') throw new Error(result.outcome);
    return result;
  };
  const admin = () => inside(access.signIn('admin', 'the plant’s own', undefined, here));
  const code = async (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => 'done',
      (error: AccessError) => error.code ?? String(error),
    );

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-access-'));
    records = await openRecordStore({ folder, log: silentLog, migrations: accessMigrations });
  });
  beforeEach(async () => {
    await records.query('DELETE FROM users');
    clock = new VirtualClock(start);
    ({ access } = await openAccess());
  });
  afterAll(async () => {
    await records?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test('without a password from the environment the first start makes one up, to be changed', async () => {
    await records.query('DELETE FROM users');
    const first = await Access.open({ records, clock, seal, adminPassword: undefined, plantName: () => '' });
    expect(first.firstPassword).toMatch(/^([a-z0-9]{4}-){3}[a-z0-9]{4}$/);
    access = first.access;
    const { person } = await inside(access.signIn('admin', first.firstPassword!, undefined, here));
    expect(person.mustChangePassword).toBe(true);
    expect(await access.changePassword(person, first.firstPassword!, 'quite another one', '')).toBe(true);
    expect(person.mustChangePassword).toBe(false);
    const again = await Access.open({ records, clock, seal, adminPassword: undefined, plantName: () => '' });
    expect(again.firstPassword).toBeUndefined();
  });

  test('the one from the environment holds at once and whenever it differs', async () => {
    expect((await admin()).person).toMatchObject({ mustChangePassword: false, role: 'admin' });
    ({ access } = await openAccess('another one given'));
    expect(await access.signIn('admin', 'the plant’s own', undefined, here)).toMatchObject({
      outcome: 'wrong',
    });
    expect(await access.signIn('admin', 'another one given', undefined, here)).toMatchObject({
      outcome: 'in',
    });
  });

  test('who was there before people had grants is the administrator', async () => {
    const old = mkdtempSync(join(tmpdir(), 'millrace-access-old-'));
    const first = await openRecordStore({
      folder: old,
      log: silentLog,
      migrations: accessMigrations.slice(0, 1),
    });
    await first.query(
      `INSERT INTO users (name, password, role, must_change) VALUES ('admin', $1, 'admin', false)`,
      [await hashPassword('an old password')],
    );
    await first.close();
    const later = await openRecordStore({ folder: old, log: silentLog, migrations: accessMigrations });
    const opened = await Access.open({
      records: later,
      clock,
      seal,
      adminPassword: undefined,
      plantName: () => '',
    });
    expect(opened.firstPassword).toBeUndefined();
    const { person } = await inside(opened.access.signIn('admin', 'an old password', undefined, here));
    expect(person.grants).toEqual([adminGrant]);
    await later.close();
    rmSync(old, { recursive: true });
  });

  test('sessions and tokens outlive a restart; what a person may changes in them at once', async () => {
    await access.createPerson({
      name: 'li.wei',
      password: 'a long password',
      grants: [{ role: 'engineer', place: ' acme / north ' }],
    });
    const { token, person } = await inside(access.signIn('li.wei', 'a long password', undefined, here));
    const made = await access.createToken(
      person,
      'reader',
      [{ role: 'viewer', place: 'acme/north/hall' }],
      30,
    );
    await access.flush();
    ({ access } = await openAccess());
    const session = access.check(token)!;
    const byToken = access.check(made.token)!;
    expect(session.grants).toEqual([{ role: 'engineer', place: 'acme/north' }]);
    expect(byToken).toMatchObject({
      user: 'li.wei',
      token: made.info.id,
      grants: [{ role: 'viewer', place: 'acme/north/hall' }],
    });
    const before = session.grants;
    await access.changePerson('li.wei', { grants: [{ role: 'viewer', place: 'acme/south' }] });
    expect(session.grants).toEqual([{ role: 'viewer', place: 'acme/south' }]);
    expect(session.grants).not.toBe(before);
    expect(byToken.grants).toEqual([]);
    const ended: string[] = [];
    access.onChange((one) => ended.push(one.token === undefined ? 'session' : 'token'));
    await access.changePerson('li.wei', { disabled: true });
    expect([session.ended, access.check(token), ended]).toEqual([true, undefined, ['session']]);
    expect(await access.signIn('li.wei', 'a long password', undefined, here)).toMatchObject({
      outcome: 'wrong',
    });
    await access.deletePerson('li.wei');
    expect(access.check(made.token)).toBeUndefined();
    expect(access.people().map(({ name }) => name)).toEqual(['admin']);
  });

  test('a token does no more than its person, ends by itself, and is withdrawn', async () => {
    await access.createPerson({
      name: 'li',
      password: 'a long password',
      grants: [{ role: 'operator', place: 'a' }],
    });
    const { person } = await inside(access.signIn('li', 'a long password', undefined, here));
    expect(await code(access.createToken(person, 'x', [{ role: 'engineer', place: 'a' }], 1))).toBe(
      'beyond-grants',
    );
    expect(await code(access.createToken(person, 'x', [{ role: 'viewer', place: '' }], 1))).toBe(
      'beyond-grants',
    );
    const made = await access.createToken(person, 'x', [{ role: 'viewer', place: 'a' }], 1);
    expect(access.check(made.token)?.token).toBe(made.info.id);
    expect(access.isConfirmed(access.check(made.token)!)).toBe(false);
    expect(await access.deleteToken(made.info.id, 'admin')).toBeUndefined();
    expect(await access.deleteToken(made.info.id, 'li')).toBe('li');
    expect(access.check(made.token)).toBeUndefined();
    const other = await access.createToken(person, 'y', [{ role: 'viewer', place: 'a' }], 1);
    clock.advance(86_400_000 + 1);
    expect(access.check(other.token)).toBeUndefined();
    expect(JSON.stringify(await records.query('SELECT * FROM tokens'))).not.toContain(other.token);
  });

  test('the last administrator stays one', async () => {
    expect(access.person('admin').lastAdministrator).toBe(true);
    expect(await code(access.deletePerson('admin'))).toBe('last-administrator');
    expect(await code(access.changePerson('admin', { disabled: true }))).toBe('last-administrator');
    expect(await code(access.changePerson('admin', { grants: [{ role: 'admin', place: 'a' }] }))).toBe(
      'last-administrator',
    );
    // Somebody of the provider's does not count: the provider may be gone.
    await access.signInWithOidc(
      { subject: 'issuer 1', name: 'ana', title: 'Ana', grants: [adminGrant] },
      here,
    );
    expect(await code(access.deletePerson('admin'))).toBe('last-administrator');
    await access.createPerson({ name: 'bo', password: 'a long password', grants: [adminGrant] });
    // Two at once may not both go.
    expect(
      (await Promise.all([code(access.deletePerson('admin')), code(access.deletePerson('bo'))])).sort(),
    ).toEqual(['done', 'last-administrator']);
  });

  test('people of the provider follow its groups and take nobody’s place', async () => {
    const { person } = await access.signInWithOidc(
      { subject: 'issuer 7', name: 'ana', title: 'Ana', grants: [{ role: 'viewer', place: 'a' }] },
      here,
    );
    expect(
      await code(
        access.signInWithOidc({ subject: 'issuer 8', name: 'admin', title: '', grants: [adminGrant] }, here),
      ),
    ).toBe('exists');
    expect(
      await code(
        access.signInWithOidc({ subject: 'issuer 9', name: 'Ana', title: '', grants: [adminGrant] }, here),
      ),
    ).toBe('exists');
    expect(
      await code(
        access.signInWithOidc({ subject: 'issuer 9', name: '<b>', title: '', grants: [adminGrant] }, here),
      ),
    ).toBe('name-wrong');
    expect(await access.signIn('ana', '', undefined, here)).toMatchObject({ outcome: 'wrong' });
    expect(await code(access.resetPassword('ana', undefined))).toBe('not-local');
    await access.signInWithOidc(
      { subject: 'issuer 7', name: 'renamed', title: 'Ana', grants: [{ role: 'operator', place: 'b' }] },
      here,
    );
    expect(person.grants).toEqual([{ role: 'operator', place: 'b' }]);
    expect(
      await code(access.signInWithOidc({ subject: 'issuer 7', name: 'ana', title: '', grants: [] }, here)),
    ).toBe('no-grants');
    expect(person.grants).toEqual([]);
  });

  test('codes of an authenticator app: each once, recovery codes too', async () => {
    const { person } = await admin();
    const { secret, uri } = await access.beginTotp(person);
    expect(uri).toMatch(/^otpauth:\/\/totp\/Millrace%20Testwerk:admin\?/);
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    const now = () => totp.generate({ timestamp: clock.now() / 1000 });
    expect(await access.confirmTotp(person, '000000')).toBeUndefined();
    const first = now();
    const recovery = (await access.confirmTotp(person, first))!;
    expect(recovery).toHaveLength(10);
    expect(JSON.stringify(await records.query('SELECT * FROM users'))).not.toMatch(
      new RegExp(`${secret}|${recovery[0]}`),
    );
    const attempt = (given: string | undefined) => access.signIn('admin', 'the plant’s own', given, here);
    expect(await attempt(undefined)).toEqual({ outcome: 'second-factor', factors: ['totp', 'recovery'] });
    expect(await access.signIn('admin', 'wrong', first, here)).toMatchObject({ outcome: 'wrong' });
    // The code that set it up is used up.
    expect(await attempt(first)).toMatchObject({ outcome: 'wrong' });
    clock.advance(30_000);
    const next = now();
    expect((await Promise.all([attempt(next), attempt(next)])).map(({ outcome }) => outcome).sort()).toEqual([
      'in',
      'wrong',
    ]);
    expect(await attempt(recovery[0]!.toUpperCase())).toMatchObject({ outcome: 'in' });
    expect(await attempt(recovery[0])).toMatchObject({ outcome: 'wrong' });
    ({ access } = await openAccess());
    expect(await attempt(next)).toMatchObject({ outcome: 'wrong' });
    expect(await attempt(recovery[1])).toMatchObject({ outcome: 'in' });
    expect(access.account(person)).toMatchObject({ totp: true, recoveryCodes: 8 });
    await access.resetSecondFactor('admin');
    expect(await attempt(undefined)).toMatchObject({ outcome: 'in' });
  });

  test('dangerous administration asks for a proof of the last half hour', async () => {
    const { person } = await admin();
    expect(access.isConfirmed(person)).toBe(true);
    clock.advance(31 * 60_000);
    expect(access.isConfirmed(person)).toBe(false);
    expect(await access.confirm(person, 'wrong', undefined, here.address)).toBe(false);
    expect(await access.confirm(person, 'the plant’s own', undefined, here.address)).toBe(true);
    expect(access.isConfirmed(person)).toBe(true);
  });

  test('a new password ends the other sessions; a weak or the same one is refused', async () => {
    const one = await admin();
    const other = await admin();
    expect(await access.changePassword(one.person, 'wrong', 'quite another one', '')).toBe(false);
    expect(await code(access.changePassword(one.person, 'the plant’s own', 'short', ''))).toBe(
      'password-too-short',
    );
    expect(await code(access.changePassword(one.person, 'the plant’s own', 'the plant’s own', ''))).toBe(
      'password-same',
    );
    expect(await access.changePassword(one.person, 'the plant’s own', 'quite another one', '')).toBe(true);
    expect([access.check(one.token) !== undefined, access.check(other.token)]).toEqual([true, undefined]);
    const [session] = access.sessions('admin', one.person);
    expect(session).toMatchObject({ own: true, ...here });
    expect(await access.endSession(session!.id, 'somebody')).toBeUndefined();
    expect(await access.endSession(session!.id, 'admin')).toBe('admin');
    expect(access.check(one.token)).toBeUndefined();
  });

  test('names are told apart, and none is taken twice', async () => {
    expect(await code(access.createPerson({ name: 'Admin', grants: [] }))).toBe('exists');
    const { password, person } = await access.createPerson({
      name: '李伟',
      grants: [{ role: 'viewer', place: '' }],
    });
    expect(person.mustChangePassword).toBe(true);
    expect(await access.signIn('李伟', password!, undefined, here)).toMatchObject({ outcome: 'in' });
    expect(await code(access.createPerson({ name: 'bo', password: 'password123', grants: [] }))).toBe(
      'password-too-common',
    );
    expect(await access.signIn('constructor', 'x', undefined, here)).toMatchObject({ outcome: 'wrong' });
    expect(access.check('')).toBeUndefined();
  });
});
