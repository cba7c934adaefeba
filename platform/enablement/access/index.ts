import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Grant } from '@millrace/contract';
import type { Clock, RecordStore } from '@millrace/sdk';

export const accessMigrations = [
  {
    id: 'enablement-001-access',
    sql: `
      CREATE TABLE users (name text PRIMARY KEY, password text NOT NULL, role text NOT NULL, must_change boolean NOT NULL, created timestamptz NOT NULL DEFAULT now());
      CREATE TABLE sessions (hash text PRIMARY KEY, username text NOT NULL REFERENCES users (name) ON DELETE CASCADE, expires bigint NOT NULL);
      CREATE TABLE settings (name text PRIMARY KEY, value jsonb NOT NULL);
    `,
  },
] as const;

const sessionMicroseconds = 12 * 3600 * 1_000_000;
const sessionsMax = 10_000;
/** Wrong passwords for one user before further tries must wait. */
const failuresMax = 10;
const lockMicroseconds = 30_000_000;
/** scrypt (RFC 7914) cost: 32 MiB and some 60 ms a try. */
const cost = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

export interface Person {
  user: string;
  role: string;
  grants: readonly Grant[];
  mustChangePassword: boolean;
  expires: number;
  /** Hash of the session's token, which names the session. */
  session: string;
}

const everything: readonly Grant[] = [{ role: 'admin', place: '' }];

export class Locked extends Error {
  readonly secondsLeft: number;
  constructor(secondsLeft: number) {
    super(`too many wrong passwords; try again in ${secondsLeft} s`);
    this.secondsLeft = secondsLeft;
  }
}

/** People: who may sign in, and the sessions they hold. A session's token is 256 random bits; only its hash is kept. */
export class Access {
  readonly #records: RecordStore;
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Person>();
  readonly #failures = new Map<string, { count: number; until: number }>();
  #hashing: Promise<unknown> = Promise.resolve();

  private constructor(records: RecordStore, clock: Clock) {
    this.#records = records;
    this.#clock = clock;
  }

  /**
   * `given`: the administrator's password from the environment; it is set whenever it differs. Without one, the first start makes
   * one up, which `firstPassword` tells once and which must be changed.
   */
  static async open(
    records: RecordStore,
    clock: Clock,
    given: string | undefined,
  ): Promise<{ access: Access; firstPassword: string | undefined }> {
    const access = new Access(records, clock);
    let firstPassword: string | undefined;
    const [admin] = await records.query<{ password: string }>(
      `SELECT password FROM users WHERE name = 'admin'`,
    );
    if (given !== undefined) {
      if (admin === undefined || !(await verify(given, admin.password)))
        await access.#setPassword('admin', given, false);
    } else if (admin === undefined) {
      firstPassword = readablePassword();
      await access.#setPassword('admin', firstPassword, true);
    }
    await records.query('DELETE FROM sessions WHERE expires < $1', [clock.now()]);
    type Row = {
      hash: string;
      username: string;
      expires: string | number;
      role: string;
      must_change: boolean;
    };
    for (const row of await records.query<Row>(
      'SELECT hash, username, expires::text AS expires, role, must_change FROM sessions JOIN users ON users.name = sessions.username',
    )) {
      access.#sessions.set(row.hash, {
        user: row.username,
        role: row.role,
        grants: everything,
        mustChangePassword: row.must_change,
        expires: Number(row.expires),
        session: row.hash,
      });
    }
    return { access, firstPassword };
  }

  /** Undefined: no such user or wrong password (the two take the same time). Throws Locked. */
  async signIn(user: string, password: string): Promise<{ token: string; person: Person } | undefined> {
    const now = this.#clock.now();
    const failure = this.#failures.get(user);
    if (failure !== undefined && failure.count >= failuresMax) {
      if (now < failure.until) throw new Locked(Math.ceil((failure.until - now) / 1e6));
      this.#failures.delete(user);
    }
    const [row] = await this.#records.query<{ password: string; role: string; must_change: boolean }>(
      'SELECT password, role, must_change FROM users WHERE name = $1',
      [user.replaceAll('\u0000', '')],
    );
    // One at a time: a flood of tries must not take all the memory that scrypt wants.
    const checked = this.#hashing.then(() => verify(password, row?.password ?? absentHash));
    this.#hashing = checked.catch(() => {});
    if (!(await checked) || row === undefined) {
      this.#fail(user, now);
      return undefined;
    }
    this.#failures.delete(user);
    return this.#begin(user, row.role, row.must_change);
  }

  /** A session for a program of the platform's own (the demo plant's registration). */
  async issue(user: string): Promise<string> {
    return (await this.#begin(user, 'admin', false)).token;
  }

  check(token: string): Person | undefined {
    const hash = tokenHash(token);
    const person = this.#sessions.get(hash);
    if (person === undefined) return undefined;
    if (person.expires < this.#clock.now()) {
      this.#sessions.delete(hash);
      return undefined;
    }
    return person;
  }

  async end(person: Person): Promise<void> {
    this.#sessions.delete(person.session);
    await this.#records.query('DELETE FROM sessions WHERE hash = $1', [person.session]);
  }

  /** False: the current password is wrong. All other sessions of the user end. */
  async changePassword(person: Person, current: string, next: string): Promise<boolean> {
    const [row] = await this.#records.query<{ password: string }>(
      'SELECT password FROM users WHERE name = $1',
      [person.user],
    );
    if (row === undefined || !(await verify(current, row.password))) return false;
    await this.#setPassword(person.user, next, false);
    await this.#records.query('DELETE FROM sessions WHERE username = $1 AND hash <> $2', [
      person.user,
      person.session,
    ]);
    for (const other of [...this.#sessions.values()]) {
      if (other.user === person.user && other.session !== person.session)
        this.#sessions.delete(other.session);
    }
    person.mustChangePassword = false;
    return true;
  }

  async #begin(
    user: string,
    role: string,
    mustChangePassword: boolean,
  ): Promise<{ token: string; person: Person }> {
    const token = randomBytes(32).toString('base64url');
    const session = tokenHash(token);
    const person: Person = {
      user,
      role,
      grants: everything,
      mustChangePassword,
      expires: this.#clock.now() + sessionMicroseconds,
      session,
    };
    if (this.#sessions.size >= sessionsMax) {
      const oldest = [...this.#sessions.values()].sort((a, b) => a.expires - b.expires)[0]!;
      await this.end(oldest);
    }
    await this.#records.query('INSERT INTO sessions (hash, username, expires) VALUES ($1, $2, $3)', [
      session,
      user,
      person.expires,
    ]);
    this.#sessions.set(session, person);
    return { token, person };
  }

  async #setPassword(user: string, password: string, mustChange: boolean): Promise<void> {
    await this.#records.query(
      `INSERT INTO users (name, password, role, must_change) VALUES ($1, $2, 'admin', $3)
       ON CONFLICT (name) DO UPDATE SET password = EXCLUDED.password, must_change = EXCLUDED.must_change`,
      [user, await hash(password), mustChange],
    );
  }

  #fail(user: string, now: number): void {
    const failure = this.#failures.get(user) ?? { count: 0, until: 0 };
    failure.count++;
    failure.until = now + lockMicroseconds;
    if (this.#failures.size > 10_000) this.#failures.clear();
    this.#failures.set(user, failure);
  }
}

function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, 32, cost, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

async function hash(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `scrypt:${salt.toString('base64')}:${(await derive(password, salt)).toString('base64')}`;
}

async function verify(password: string, stored: string): Promise<boolean> {
  const [, salt, key] = stored.split(':');
  const expected = Buffer.from(key ?? '', 'base64');
  const given = await derive(password, Buffer.from(salt ?? '', 'base64'));
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** What is compared with when there is no such user, so that the answer takes as long. */
const absentHash = `scrypt:${Buffer.alloc(16).toString('base64')}:${Buffer.alloc(32).toString('base64')}`;

/** 80 random bits in groups that can be read out and typed: no letters or digits that look alike. */
function readablePassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  const bytes = randomBytes(32);
  let text = '';
  for (const byte of bytes) {
    if (byte >= 248 || text.replaceAll('-', '').length === 16) continue;
    if (text.length > 0 && text.replaceAll('-', '').length % 4 === 0 && !text.endsWith('-')) text += '-';
    text += letters[byte % letters.length];
  }
  return text;
}
