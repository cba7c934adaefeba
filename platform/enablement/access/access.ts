import { randomBytes } from 'node:crypto';
import {
  type Actor,
  formatInstant,
  type Grant,
  type PersonInfo,
  type SessionInfo,
  type TokenInfo,
} from '@millrace/contract';
import type { Clock, RecordStatement, RecordStore } from '@millrace/sdk';
import { administersPlant, commonGrants, tidyGrants, widestRole, within } from './grants.ts';
import { Lockout } from './lockout.ts';
import { Passkeys } from './passkeys.ts';
import {
  hashPassword,
  inTurn,
  passwordFault,
  passwordHolds,
  readablePassword,
  tokenHash,
} from './passwords.ts';
import { newRecoveryCodes, newTotp, recoveryHash, totpStep } from './second-factor.ts';

const sessionMicroseconds = 12 * 3600 * 1_000_000;
const sessionsMax = 10_000;
const sessionsPerPersonMax = 100;
const peopleMax = 5000;
const tokensPerPersonMax = 50;
/** How long a proof of who one is counts for dangerous administration. */
const confirmedMicroseconds = 30 * 60 * 1_000_000;
const agentCharactersMax = 300;
/** Secrets of codes that are being set up and wait to be confirmed. */
const pendingTotpMax = 1000;
const tokenPrefix = 'mlr_';

/** Who asks: a session or a token, with what it may do now. Changes while it is held: see `ended` and `grants`. */
export interface Person {
  readonly user: string;
  /** The widest of the roles held, for showing. */
  role: string;
  /** Another array whenever they change. */
  grants: readonly Grant[];
  mustChangePassword: boolean;
  readonly expires: number;
  /** Hash of the session's token, which names the session. */
  readonly session: string;
  /** Id of the API token; undefined: a session. */
  readonly token: string | undefined;
  /** When it was last proved who this is. */
  confirmed: number;
  /** Signed out, withdrawn, removed. */
  ended: boolean;
}

export interface Origin {
  address: string;
  agent: string;
}

export type SignIn =
  | { outcome: 'in'; token: string; person: Person }
  | { outcome: 'wrong'; locked: boolean }
  | { outcome: 'second-factor'; factors: ('totp' | 'passkey' | 'recovery')[] };

/** Why something was not done, by a name that the API turns into words. */
export class AccessError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface User {
  name: string;
  title: string;
  password: string | undefined;
  mustChange: boolean;
  grants: readonly Grant[];
  disabled: boolean;
  /** `issuer subject` of the OpenID provider that vouches for this person. */
  oidc: string | undefined;
  /** Sealed. */
  totp: string | undefined;
  totpStep: number;
  recovery: readonly string[];
  created: number;
  lastSignIn: number | undefined;
}

interface Session extends Origin {
  person: Person;
  created: number;
  lastUsed: number;
}

interface Token {
  id: string;
  title: string;
  scopes: readonly Grant[];
  created: number;
  lastUsed: number | undefined;
  person: Person;
}

export interface AccessOptions {
  records: RecordStore;
  clock: Clock;
  seal: { seal(secret: string): string; open(sealed: string): string };
  /**
   * The password of `admin` from the environment; it is set whenever it differs. Without one, the first start makes one up, which
   * `firstPassword` tells once and which must be changed.
   */
  adminPassword: string | undefined;
  plantName: () => string;
}

/** Who a person is in audit trail, leases and alarms. */
export function actorOf(person: Person): Actor {
  return person.token === undefined
    ? { kind: 'person', id: person.user }
    : { kind: 'token', id: person.token, for: person.user };
}

/** People, what they hold, the sessions and tokens they hold it with. What opens something is 256 random bits; only its hash is kept. */
export class Access {
  readonly #options: AccessOptions;
  readonly #records: RecordStore;
  readonly #clock: Clock;
  readonly lockout: Lockout;
  readonly passkeys: Passkeys;
  readonly #users = new Map<string, User>();
  readonly #sessions = new Map<string, Session>();
  readonly #tokens = new Map<string, Token>();
  readonly #pendingTotp = new Map<string, string>();
  readonly #usedSinceFlush = new Set<Session | Token>();
  readonly #changeListeners: ((person: Person) => void)[] = [];
  #changing: Promise<unknown> = Promise.resolve();
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(options: AccessOptions, passkeys: Passkeys) {
    this.#options = options;
    this.#records = options.records;
    this.#clock = options.clock;
    this.lockout = new Lockout(options.clock);
    this.passkeys = passkeys;
  }

  static async open(options: AccessOptions): Promise<{ access: Access; firstPassword: string | undefined }> {
    const { records, clock, adminPassword } = options;
    const access = new Access(options, await Passkeys.open(records, clock));
    await access.#load();
    const admin = access.#users.get('admin');
    let firstPassword: string | undefined;
    if (adminPassword !== undefined) {
      if (admin === undefined) await access.#insert(freshUser('admin', clock.now()), adminPassword, false);
      else if (!(await passwordHolds(adminPassword, admin.password)) || admin.mustChange)
        await access.#setPassword(admin, adminPassword, false);
    } else if (!access.#someoneAdministers()) {
      firstPassword = readablePassword();
      if (admin === undefined) await access.#insert(freshUser('admin', clock.now()), firstPassword, true);
      else {
        await access.#setPassword(admin, firstPassword, true);
        await access.#update(admin, { grants: [{ role: 'admin', place: '' }], disabled: false });
      }
    }
    return { access, firstPassword };
  }

  /** Throws Locked and PasswordsBusy. A user that is not there, a wrong password and a person who may not sign in look the same. */
  async signIn(name: string, password: string, code: string | undefined, origin: Origin): Promise<SignIn> {
    const user = this.#users.get(name.normalize('NFC'));
    this.lockout.check(name, origin.address);
    const right = await inTurn(() => {
      // Others may have used up the tries while this one waited.
      this.lockout.check(name, origin.address);
      return passwordHolds(password, user?.disabled === true ? undefined : user?.password);
    });
    if (!right || user === undefined || this.#users.get(user.name) !== user || user.disabled)
      return { outcome: 'wrong', locked: this.lockout.fail(name, origin.address) };
    const factors = this.#factorsOf(user);
    if (factors.length > 0) {
      if (code === undefined || code === '') return { outcome: 'second-factor', factors };
      if (!(await this.#takeCode(user, code)))
        return { outcome: 'wrong', locked: this.lockout.fail(name, origin.address) };
    }
    return { outcome: 'in', ...(await this.#admit(user, origin)) };
  }

  async signInWithPasskey(id: string, response: Record<string, unknown>, origin: Origin): Promise<SignIn> {
    this.lockout.check('', origin.address);
    const name = await this.passkeys.finishSignIn(id, response);
    const user = name === undefined ? undefined : this.#users.get(name);
    if (user === undefined || user.disabled)
      return { outcome: 'wrong', locked: this.lockout.fail('', origin.address) };
    return { outcome: 'in', ...(await this.#admit(user, origin)) };
  }

  /** A person the OpenID provider vouches for; added when first seen. What they hold follows the provider's groups. */
  async signInWithOidc(
    given: { subject: string; name: string; title: string; grants: readonly Grant[] },
    origin: Origin,
  ): Promise<{ token: string; person: Person }> {
    const grants = tidyGrants(given.grants);
    let user = [...this.#users.values()].find(({ oidc }) => oidc === given.subject);
    if (grants.length === 0) {
      if (user !== undefined) await this.#exclusive(() => this.#update(user!, { grants: [] }));
      throw new AccessError('no-grants', 'None of this person’s groups is one that may do something here.');
    }
    if (user === undefined) {
      const name = given.name.normalize('NFC');
      if (!userName.test(name) || name.length > 64)
        throw new AccessError(
          'name-wrong',
          `The provider calls this person "${name.slice(0, 64)}", which is no user name here.`,
        );
      user = { ...freshUser(name, this.#clock.now()), title: given.title, grants, oidc: given.subject };
      await this.#exclusive(async () => {
        this.#refuseTaken(name);
        await this.#insert(user!, undefined, false);
      });
    } else {
      if (user.disabled) throw new AccessError('disabled', 'This person may not sign in.');
      const known = user;
      if (JSON.stringify(known.grants) !== JSON.stringify(grants) || known.title !== given.title)
        await this.#exclusive(() => this.#update(known, { grants, title: given.title }));
    }
    return this.#admit(user, origin);
  }

  /** A session for a program of the platform's own (the demo plant's registration). */
  async issue(name: string): Promise<string> {
    const user =
      this.#users.get(name) ??
      [...this.#users.values()].find((one) => administersPlant(one.grants) && !one.disabled);
    if (user === undefined) throw new AccessError('not-there', 'There is no administrator.');
    return (await this.#begin(user, { address: 'this machine', agent: 'demo plant' }, 0)).token;
  }

  /** Whose session or token this is; undefined: nobody's. */
  check(token: string): Person | undefined {
    const hash = tokenHash(token);
    const held = token.startsWith(tokenPrefix) ? this.#tokens.get(hash) : this.#sessions.get(hash);
    if (held === undefined) return undefined;
    const now = this.#clock.now();
    if (held.person.expires < now) {
      this.#drop(held.person);
      return undefined;
    }
    held.lastUsed = now;
    this.#usedSinceFlush.add(held);
    return held.person;
  }

  /** Called when a session or token is over, for whatever reason, or may do other things than before. */
  onChange(call: (person: Person) => void): void {
    this.#changeListeners.push(call);
  }

  isConfirmed(person: Person): boolean {
    return person.token === undefined && this.#clock.now() - person.confirmed <= confirmedMicroseconds;
  }

  /** False: wrong. Throws Locked. */
  async confirm(
    person: Person,
    password: string | undefined,
    code: string | undefined,
    address: string,
  ): Promise<boolean> {
    const user = this.#users.get(person.user);
    if (user === undefined || person.token !== undefined) return false;
    this.lockout.check(user.name, address);
    const right =
      user.totp !== undefined && code !== undefined && code !== ''
        ? await this.#takeCode(user, code)
        : await inTurn(() => passwordHolds(password ?? '', user.password));
    if (!right) {
      this.lockout.fail(user.name, address);
      return false;
    }
    this.lockout.succeed(user.name, address);
    person.confirmed = this.#clock.now();
    await this.#records.query('UPDATE sessions SET confirmed = $2 WHERE hash = $1', [
      person.session,
      person.confirmed,
    ]);
    return true;
  }

  async end(person: Person): Promise<void> {
    this.#drop(person);
    await this.#records.query('DELETE FROM sessions WHERE hash = $1', [person.session]);
  }

  /** False: the current password is wrong. All other sessions of the user end. Throws Locked and AccessError. */
  async changePassword(person: Person, current: string, next: string, address: string): Promise<boolean> {
    const user = this.#userOf(person.user);
    this.lockout.check(user.name, address);
    if (!(await inTurn(() => passwordHolds(current, user.password)))) {
      this.lockout.fail(user.name, address);
      return false;
    }
    refuseWeak(next, user.name);
    if (current === next) throw new AccessError('password-same', 'The new password is the old one.');
    await this.#setPassword(user, next, false);
    await this.#endSessions((one) => one.user === user.name && one.session !== person.session);
    person.confirmed = this.#clock.now();
    return true;
  }

  people(): PersonInfo[] {
    return [...this.#users.values()]
      .sort((a, b) => a.name.localeCompare(b.name))
      .map((user) => this.#show(user));
  }

  person(name: string): PersonInfo {
    return this.#show(this.#userOf(name));
  }

  /** `password` undefined: one is made up and returned, to be changed at the first sign-in. Throws AccessError. */
  createPerson(given: {
    name: string;
    title?: string;
    password?: string;
    mustChangePassword?: boolean;
    grants: readonly Grant[];
  }): Promise<{ person: PersonInfo; password: string | undefined }> {
    return this.#exclusive(async () => {
      const name = given.name.normalize('NFC');
      this.#refuseTaken(name);
      if (given.password !== undefined) refuseWeak(given.password, name);
      const made = given.password === undefined ? readablePassword() : undefined;
      const user: User = {
        ...freshUser(name, this.#clock.now()),
        title: given.title ?? '',
        grants: tidyGrants(given.grants),
      };
      await this.#insert(
        user,
        given.password ?? made!,
        made !== undefined || given.mustChangePassword === true,
      );
      return { person: this.#show(user), password: made };
    });
  }

  /** It holds at once, in sessions and tokens that are open. Throws AccessError. */
  changePerson(
    name: string,
    change: { title?: string; grants?: readonly Grant[]; disabled?: boolean },
  ): Promise<PersonInfo> {
    return this.#exclusive(async () => {
      const user = this.#userOf(name);
      const grants = change.grants === undefined ? user.grants : tidyGrants(change.grants);
      const disabled = change.disabled ?? user.disabled;
      if (!administersPlant(grants) || disabled) this.#refuseLast(user);
      await this.#update(user, { grants, disabled, title: change.title ?? user.title });
      if (disabled) await this.#endSessions((one) => one.user === user.name);
      return this.#show(user);
    });
  }

  deletePerson(name: string): Promise<void> {
    return this.#exclusive(async () => {
      const user = this.#userOf(name);
      this.#refuseLast(user);
      await this.#records.query('DELETE FROM users WHERE name = $1', [user.name]);
      this.#users.delete(user.name);
      await this.passkeys.removeAll(user.name);
      this.#dropAll((one) => one.user === user.name);
    });
  }

  /** Returns the password that was made up, where none was given. The person's sessions end. */
  async resetPassword(name: string, password: string | undefined): Promise<string | undefined> {
    const user = this.#userOf(name);
    if (user.oidc !== undefined)
      throw new AccessError(
        'not-local',
        'This person signs in through the OpenID provider and has no password here.',
      );
    if (password !== undefined) refuseWeak(password, user.name);
    const made = password === undefined ? readablePassword() : undefined;
    await this.#setPassword(user, password ?? made!, true);
    await this.#endSessions((one) => one.user === user.name);
    this.lockout.unlock(user.name);
    return made;
  }

  async resetSecondFactor(name: string): Promise<void> {
    const user = this.#userOf(name);
    await this.#update(user, { totp: undefined, recovery: [] });
    await this.passkeys.removeAll(user.name);
    await this.#endSessions((one) => one.user === user.name);
  }

  unlock(name: string): void {
    this.lockout.unlock(this.#userOf(name).name);
  }

  async beginTotp(person: Person): Promise<{ secret: string; uri: string }> {
    const user = this.#userOf(person.user);
    if (user.totp !== undefined)
      throw new AccessError('exists', 'There is an authenticator app already; remove it first.');
    const made = await newTotp(user.name, this.#options.plantName());
    if (this.#pendingTotp.size >= pendingTotpMax)
      this.#pendingTotp.delete(this.#pendingTotp.keys().next().value!);
    this.#pendingTotp.set(user.name, made.secret);
    return made;
  }

  /** The recovery codes, or undefined where the code is wrong. */
  async confirmTotp(person: Person, code: string): Promise<string[] | undefined> {
    const user = this.#userOf(person.user);
    const secret = this.#pendingTotp.get(user.name);
    if (secret === undefined) throw new AccessError('not-begun', 'Begin with POST /api/account/totp.');
    const step = await totpStep(secret, code, this.#clock.now(), 0);
    if (step === undefined) return undefined;
    this.#pendingTotp.delete(user.name);
    const recovery = newRecoveryCodes();
    await this.#update(user, {
      totp: this.#options.seal.seal(secret),
      totpStep: step,
      recovery: recovery.hashes,
    });
    return recovery.codes;
  }

  async removeTotp(person: Person): Promise<void> {
    const user = this.#userOf(person.user);
    await this.#update(user, {
      totp: undefined,
      recovery: this.passkeys.of(user.name).length === 0 ? [] : user.recovery,
    });
  }

  async renewRecoveryCodes(person: Person): Promise<string[]> {
    const user = this.#userOf(person.user);
    if (this.#factorsOf(user).length === 0)
      throw new AccessError('no-second-factor', 'There is no second factor that could be lost.');
    const recovery = newRecoveryCodes();
    await this.#update(user, { recovery: recovery.hashes });
    return recovery.codes;
  }

  /** Recovery codes where these are the first; undefined: the passkey does not hold. */
  async addPasskey(
    person: Person,
    id: string,
    title: string,
    response: unknown,
  ): Promise<string[] | undefined> {
    const user = this.#userOf(person.user);
    if (!(await this.passkeys.finishRegistration(user.name, id, title, response))) return undefined;
    return user.recovery.length > 0 ? [] : this.renewRecoveryCodes(person);
  }

  account(person: Person): { title: string; source: 'local' | 'oidc'; totp: boolean; recoveryCodes: number } {
    const user = this.#userOf(person.user);
    return {
      title: user.title,
      source: user.oidc === undefined ? 'local' : 'oidc',
      totp: user.totp !== undefined,
      recoveryCodes: user.recovery.length,
    };
  }

  sessions(user: string | undefined, asking: Person): SessionInfo[] {
    return [...this.#sessions.values()]
      .filter(({ person }) => user === undefined || person.user === user)
      .sort((a, b) => b.lastUsed - a.lastUsed)
      .map(({ person, created, lastUsed, address, agent }) => ({
        id: person.session.slice(0, 24),
        user: person.user,
        created: formatInstant(created),
        lastUsed: formatInstant(lastUsed),
        expires: formatInstant(person.expires),
        address,
        agent,
        own: person === asking,
      }));
  }

  /** `user`: only a session of this one. The user whose it was, or undefined. */
  async endSession(id: string, user: string | undefined): Promise<string | undefined> {
    const found = [...this.#sessions.values()].find(
      ({ person }) => person.session.slice(0, 24) === id && (user === undefined || person.user === user),
    );
    if (found === undefined) return undefined;
    await this.end(found.person);
    return found.person.user;
  }

  async createToken(
    person: Person,
    title: string,
    scopes: readonly Grant[],
    days: number,
  ): Promise<{ token: string; info: TokenInfo }> {
    const user = this.#userOf(person.user);
    const tidy = tidyGrants(scopes);
    if (!within(tidy, user.grants))
      throw new AccessError('beyond-grants', 'A token may do no more than the person who makes it.');
    const own = [...this.#tokens.values()].filter((one) => one.person.user === user.name);
    if (own.length >= tokensPerPersonMax)
      throw new AccessError(
        'too-many',
        `${tokensPerPersonMax} tokens are the most a person has; withdraw one first.`,
      );
    const token = `${tokenPrefix}${randomBytes(32).toString('base64url')}`;
    const now = this.#clock.now();
    const made: Token = {
      id: randomBytes(9).toString('base64url'),
      title,
      scopes: tidy,
      created: now,
      lastUsed: undefined,
      person: undefined as never,
    };
    made.person = this.#personOf(user, tokenHash(token), now + days * 86_400_000_000, made);
    await this.#records.query(
      'INSERT INTO tokens (id, hash, username, title, scopes, created, expires) VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7)',
      [made.id, made.person.session, user.name, title, JSON.stringify(tidy), now, made.person.expires],
    );
    this.#tokens.set(made.person.session, made);
    return { token, info: showToken(made) };
  }

  tokens(user: string | undefined): TokenInfo[] {
    return [...this.#tokens.values()]
      .filter(({ person }) => user === undefined || person.user === user)
      .sort((a, b) => b.created - a.created)
      .map(showToken);
  }

  /** `user`: only a token of this one. False: there is none. */
  async deleteToken(id: string, user: string | undefined): Promise<string | undefined> {
    const found = [...this.#tokens.values()].find(
      (one) => one.id === id && (user === undefined || one.person.user === user),
    );
    if (found === undefined) return undefined;
    await this.#records.query('DELETE FROM tokens WHERE id = $1', [id]);
    this.#drop(found.person);
    return found.person.user;
  }

  /** Writes down when sessions and tokens were last used, and forgets those that are over; called now and then and at the end. */
  async flush(): Promise<void> {
    const now = this.#clock.now();
    for (const { person } of [...this.#sessions.values(), ...this.#tokens.values()])
      if (person.expires < now) this.#drop(person);
    const used = [...this.#usedSinceFlush].filter(({ person }) => !person.ended);
    this.#usedSinceFlush.clear();
    const statements: RecordStatement[] = [
      { sql: 'DELETE FROM sessions WHERE expires < $1', parameters: [now] },
      { sql: 'DELETE FROM tokens WHERE expires < $1', parameters: [now] },
    ];
    for (const [table, of] of [
      ['sessions', used.filter(({ person }) => person.token === undefined)],
      ['tokens', used.filter(({ person }) => person.token !== undefined)],
    ] as const) {
      if (of.length === 0) continue;
      statements.push({
        sql: `UPDATE ${table} SET last_used = u.at FROM unnest($1::text[], $2::bigint[]) AS u(hash, at) WHERE ${table}.hash = u.hash`,
        parameters: [of.map(({ person }) => person.session), of.map(({ lastUsed }) => lastUsed ?? 0)],
      });
    }
    await this.#records.transaction(statements);
  }

  async #load(): Promise<void> {
    const now = this.#clock.now();
    await this.#records.query('DELETE FROM sessions WHERE expires < $1', [now]);
    type UserRow = {
      name: string;
      title: string;
      password: string | null;
      must_change: boolean;
      grants: Grant[];
      disabled: boolean;
      oidc: string | null;
      totp: string | null;
      totp_step: number;
      recovery: string[];
      created: number;
      last_sign_in: number | null;
    };
    for (const row of await this.#records.query<UserRow>(
      `SELECT name, title, password, must_change, grants, disabled, oidc, totp, totp_step::float8 AS totp_step, recovery,
        (extract(epoch FROM created) * 1000000)::float8 AS created, last_sign_in::float8 AS last_sign_in FROM users`,
    )) {
      this.#users.set(row.name, {
        name: row.name,
        title: row.title,
        password: row.password ?? undefined,
        mustChange: row.must_change,
        grants: row.grants,
        disabled: row.disabled,
        oidc: row.oidc ?? undefined,
        totp: row.totp ?? undefined,
        totpStep: row.totp_step,
        recovery: row.recovery,
        created: Math.round(row.created),
        lastSignIn: row.last_sign_in ?? undefined,
      });
    }
    type SessionRow = Origin & {
      hash: string;
      username: string;
      expires: number;
      created: number;
      last_used: number;
      confirmed: number;
    };
    for (const row of await this.#records.query<SessionRow>(
      `SELECT hash, username, expires::float8 AS expires, created::float8 AS created, last_used::float8 AS last_used,
        confirmed::float8 AS confirmed, address, agent FROM sessions`,
    )) {
      const user = this.#users.get(row.username)!;
      if (user.disabled) continue;
      const person = this.#personOf(user, row.hash, row.expires, undefined);
      person.confirmed = row.confirmed;
      this.#sessions.set(row.hash, {
        person,
        created: row.created,
        lastUsed: row.last_used,
        address: row.address,
        agent: row.agent,
      });
    }
    type TokenRow = {
      id: string;
      hash: string;
      username: string;
      title: string;
      scopes: Grant[];
      created: number;
      expires: number;
      last_used: number | null;
    };
    for (const row of await this.#records.query<TokenRow>(
      'SELECT id, hash, username, title, scopes, created::float8 AS created, expires::float8 AS expires, last_used::float8 AS last_used FROM tokens',
    )) {
      const token: Token = {
        id: row.id,
        title: row.title,
        scopes: row.scopes,
        created: row.created,
        lastUsed: row.last_used ?? undefined,
        person: undefined as never,
      };
      token.person = this.#personOf(this.#users.get(row.username)!, row.hash, row.expires, token);
      this.#tokens.set(row.hash, token);
    }
  }

  #personOf(user: User, session: string, expires: number, token: Token | undefined): Person {
    const grants = user.disabled
      ? []
      : token === undefined
        ? user.grants
        : commonGrants(token.scopes, user.grants);
    return {
      user: user.name,
      role: widestRole(grants),
      grants,
      mustChangePassword: token === undefined && user.mustChange,
      expires,
      session,
      token: token?.id,
      confirmed: 0,
      ended: false,
    };
  }

  async #admit(user: User, origin: Origin): Promise<{ token: string; person: Person }> {
    this.lockout.succeed(user.name, origin.address);
    user.lastSignIn = this.#clock.now();
    return this.#begin(user, origin, user.lastSignIn);
  }

  async #begin(user: User, origin: Origin, confirmed: number): Promise<{ token: string; person: Person }> {
    const token = randomBytes(32).toString('base64url');
    const now = this.#clock.now();
    const person = this.#personOf(user, tokenHash(token), now + sessionMicroseconds, undefined);
    person.confirmed = confirmed;
    const own = [...this.#sessions.values()].filter((one) => one.person.user === user.name);
    for (const crowd of [
      { of: own, max: sessionsPerPersonMax },
      { of: [...this.#sessions.values()], max: sessionsMax },
    ]) {
      if (crowd.of.length < crowd.max) continue;
      await this.end(crowd.of.sort((a, b) => a.lastUsed - b.lastUsed)[0]!.person);
    }
    const agent = origin.agent.slice(0, agentCharactersMax).replaceAll('\u0000', '');
    await this.#records.transaction([
      {
        sql: 'INSERT INTO sessions (hash, username, expires, created, last_used, confirmed, address, agent) VALUES ($1, $2, $3, $4, $4, $5, $6, $7)',
        parameters: [person.session, user.name, person.expires, now, confirmed, origin.address, agent],
      },
      {
        sql: 'UPDATE users SET last_sign_in = $2 WHERE name = $1',
        parameters: [user.name, user.lastSignIn ?? null],
      },
    ]);
    this.#sessions.set(person.session, {
      person,
      created: now,
      lastUsed: now,
      address: origin.address,
      agent,
    });
    return { token, person };
  }

  #factorsOf(user: User): ('totp' | 'passkey' | 'recovery')[] {
    const factors: ('totp' | 'passkey' | 'recovery')[] = [];
    if (user.totp !== undefined) factors.push('totp');
    if (this.passkeys.of(user.name).length > 0) factors.push('passkey');
    if (factors.length > 0 && user.recovery.length > 0) factors.push('recovery');
    return factors;
  }

  /** Takes a code of the authenticator app or a recovery code, each once. */
  #takeCode(user: User, code: string): Promise<boolean> {
    return this.#exclusive(async () => {
      if (user.totp !== undefined) {
        const step = await totpStep(
          this.#options.seal.open(user.totp),
          code,
          this.#clock.now(),
          user.totpStep,
        );
        if (step !== undefined) {
          await this.#update(user, { totpStep: step });
          return true;
        }
      }
      const hash = recoveryHash(code);
      if (!user.recovery.includes(hash)) return false;
      await this.#update(user, { recovery: user.recovery.filter((one) => one !== hash) });
      return true;
    });
  }

  #userOf(name: string): User {
    const user = this.#users.get(name.normalize('NFC'));
    if (user === undefined) throw new AccessError('not-there', `There is no person "${name.slice(0, 64)}".`);
    return user;
  }

  #refuseTaken(name: string): void {
    if (this.#users.size >= peopleMax)
      throw new AccessError('too-many', `${peopleMax} people are the most that are kept.`);
    // Names that differ only in case look alike to people.
    const lower = name.toLowerCase();
    if ([...this.#users.keys()].some((other) => other.toLowerCase() === lower))
      throw new AccessError('exists', `There is a person "${name}" already.`);
  }

  /** The one who is left when the provider is gone and all others are: signs in with a password, administers the plant. */
  #administersAlone(user: User): boolean {
    const able = [...this.#users.values()].filter(canAdminister);
    return able.length === 1 && able[0] === user;
  }

  #someoneAdministers(): boolean {
    return [...this.#users.values()].some(canAdminister);
  }

  #refuseLast(user: User): void {
    if (this.#administersAlone(user)) {
      throw new AccessError(
        'last-administrator',
        'This is the last person who can administer the plant with a password of its own.',
      );
    }
  }

  #show(user: User): PersonInfo {
    const lockedUntil = this.lockout.until(user.name);
    return {
      name: user.name,
      title: user.title,
      grants: [...user.grants],
      source: user.oidc === undefined ? 'local' : 'oidc',
      disabled: user.disabled,
      mustChangePassword: user.mustChange,
      secondFactors: this.#factorsOf(user).filter((factor) => factor !== 'recovery') as (
        | 'totp'
        | 'passkey'
      )[],
      sessions: [...this.#sessions.values()].filter(({ person }) => person.user === user.name).length,
      tokens: [...this.#tokens.values()].filter(({ person }) => person.user === user.name).length,
      created: formatInstant(user.created),
      ...(user.lastSignIn === undefined ? {} : { lastSignIn: formatInstant(user.lastSignIn) }),
      ...(lockedUntil === undefined ? {} : { lockedUntil: formatInstant(lockedUntil) }),
      lastAdministrator: this.#administersAlone(user),
    };
  }

  async #insert(user: User, password: string | undefined, mustChange: boolean): Promise<void> {
    user.password = password === undefined ? undefined : await hashPassword(password);
    user.mustChange = mustChange;
    await this.#records.query(
      `INSERT INTO users (name, title, password, must_change, grants, oidc) VALUES ($1, $2, $3, $4, $5::jsonb, $6)`,
      [
        user.name,
        user.title,
        user.password ?? null,
        mustChange,
        JSON.stringify(user.grants),
        user.oidc ?? null,
      ],
    );
    this.#users.set(user.name, user);
  }

  async #setPassword(user: User, password: string, mustChange: boolean): Promise<void> {
    await this.#update(user, { password: await hashPassword(password), mustChange });
  }

  #update(user: User, change: Partial<User>): Promise<void> {
    // One after the other: each writes the whole row.
    const done = this.#writing.then(() => this.#writeUser(user, change));
    this.#writing = done.catch(() => {});
    return done;
  }

  async #writeUser(user: User, change: Partial<User>): Promise<void> {
    const next = { ...user, ...change };
    await this.#records.query(
      `UPDATE users SET title = $2, password = $3, must_change = $4, grants = $5::jsonb, disabled = $6, totp = $7, totp_step = $8,
        recovery = $9::jsonb WHERE name = $1`,
      [
        user.name,
        next.title,
        next.password ?? null,
        next.mustChange,
        JSON.stringify(next.grants),
        next.disabled,
        next.totp ?? null,
        next.totpStep,
        JSON.stringify(next.recovery),
      ],
    );
    Object.assign(user, change);
    for (const { person } of this.#sessions.values()) {
      if (person.user !== user.name) continue;
      person.mustChangePassword = user.mustChange;
      this.#regrant(person, user.grants);
    }
    for (const { person, scopes } of this.#tokens.values()) {
      if (person.user === user.name)
        this.#regrant(person, user.disabled ? [] : commonGrants(scopes, user.grants));
    }
  }

  #regrant(person: Person, grants: readonly Grant[]): void {
    if (JSON.stringify(person.grants) === JSON.stringify(grants)) return;
    person.grants = grants;
    person.role = widestRole(grants);
    this.#tell(person);
  }

  #tell(person: Person): void {
    for (const call of this.#changeListeners) call(person);
  }

  async #endSessions(which: (person: Person) => boolean): Promise<void> {
    const gone = [...this.#sessions.values()].filter(({ person }) => which(person));
    for (const { person } of gone) this.#drop(person);
    if (gone.length > 0)
      await this.#records.query('DELETE FROM sessions WHERE hash = ANY ($1::text[])', [
        gone.map(({ person }) => person.session),
      ]);
  }

  #dropAll(which: (person: Person) => boolean): void {
    for (const { person } of [...this.#sessions.values(), ...this.#tokens.values()])
      if (which(person)) this.#drop(person);
  }

  #drop(person: Person): void {
    (person.token === undefined ? this.#sessions : this.#tokens).delete(person.session);
    if (person.ended) return;
    person.ended = true;
    person.grants = [];
    this.#tell(person);
  }

  /** One change at a time, so that what was checked still holds when it is written. */
  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#changing.then(work, work);
    this.#changing = done.catch(() => {});
    return done;
  }
}

const userName = /^[\p{L}\p{N}][\p{L}\p{N}._@+-]*$/u;

function freshUser(name: string, created: number): User {
  return {
    name,
    title: '',
    password: undefined,
    mustChange: false,
    grants: name === 'admin' ? [{ role: 'admin', place: '' }] : [],
    disabled: false,
    oidc: undefined,
    totp: undefined,
    totpStep: 0,
    recovery: [],
    created,
    lastSignIn: undefined,
  };
}

function canAdminister(user: User): boolean {
  return (
    !user.disabled && user.oidc === undefined && user.password !== undefined && administersPlant(user.grants)
  );
}

function refuseWeak(password: string, user: string): void {
  const fault = passwordFault(password, user);
  if (fault !== undefined) throw new AccessError(`password-${fault}`, passwordFaults[fault]);
}

const passwordFaults = {
  'too-short': 'The password has fewer than 10 characters.',
  'too-long': 'The password has more than 1024 characters.',
  'too-common': 'This password is among the first that anybody would try.',
  'has-name': 'The password is little more than the user name.',
};

function showToken({ id, title, scopes, created, lastUsed, person }: Token): TokenInfo {
  return {
    id,
    title,
    user: person.user,
    scopes: [...scopes],
    created: formatInstant(created),
    expires: formatInstant(person.expires),
    ...(lastUsed === undefined ? {} : { lastUsed: formatInstant(lastUsed) }),
  };
}
