import { createHash, randomBytes } from 'node:crypto';
import { formatInstant } from '@millrace/contract';
import type { Clock, RecordStore } from '@millrace/sdk';
import type { CredentialRecord } from '@millrace/sdk/host';

export const credentialMigrations = [
  {
    id: 'iot-004-credentials',
    sql: `
      CREATE TABLE credentials (username text PRIMARY KEY, thing text NOT NULL, salt text NOT NULL, hash text NOT NULL,
        created timestamptz NOT NULL DEFAULT now(), last_used timestamptz);
      CREATE INDEX credentials_thing ON credentials (thing);
    `,
  },
] as const;

const perThingMax = 16;

interface Entry extends CredentialRecord {
  created: number;
  lastUsed: number | undefined;
}

/** Credentials of terminals. The password is 160 random bits, shown once; what is kept is a salted SHA-256 of it. */
export class Credentials {
  readonly #records: RecordStore;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  #usedSinceFlush = new Set<string>();

  private constructor(records: RecordStore, clock: Clock) {
    this.#records = records;
    this.#clock = clock;
  }

  static async open(records: RecordStore, clock: Clock): Promise<Credentials> {
    const credentials = new Credentials(records, clock);
    type Row = {
      username: string;
      thing: string;
      salt: string;
      hash: string;
      created: number;
      last_used: number | null;
    };
    const rows = await records.query<Row>(
      `SELECT username, thing, salt, hash, extract(epoch FROM created)::float8 AS created, extract(epoch FROM last_used)::float8 AS last_used FROM credentials`,
    );
    for (const { username, thing, salt, hash, created, last_used } of rows) {
      credentials.#entries.set(username, {
        username,
        thing,
        salt,
        hash,
        created: Number(created) * 1e6,
        lastUsed: last_used === null ? undefined : Number(last_used) * 1e6,
      });
    }
    return credentials;
  }

  records(): CredentialRecord[] {
    return [...this.#entries.values()].map(({ username, thing, salt, hash }) => ({
      username,
      thing,
      salt,
      hash,
    }));
  }

  list(thing: string): { username: string; created: string; lastUsed?: string }[] {
    return [...this.#entries.values()]
      .filter((entry) => entry.thing === thing)
      .map((entry) => ({
        username: entry.username,
        created: formatInstant(Math.round(entry.created)),
        ...(entry.lastUsed === undefined ? {} : { lastUsed: formatInstant(Math.round(entry.lastUsed)) }),
      }));
  }

  async create(thing: string): Promise<{ username: string; password: string; record: CredentialRecord }> {
    if (this.list(thing).length >= perThingMax)
      throw new Error(`this thing has ${perThingMax} credentials already; withdraw one first`);
    const username = `t-${randomBytes(8).toString('hex')}`;
    const password = randomBytes(20).toString('base64url');
    const salt = randomBytes(8).toString('hex');
    const record = { username, thing, salt, hash: digest(salt, password) };
    await this.#records.query(
      'INSERT INTO credentials (username, thing, salt, hash) VALUES ($1, $2, $3, $4)',
      [username, thing, salt, record.hash],
    );
    this.#entries.set(username, { ...record, created: this.#clock.now(), lastUsed: undefined });
    return { username, password, record };
  }

  async remove(thing: string, username: string): Promise<boolean> {
    if (this.#entries.get(username)?.thing !== thing) return false;
    await this.#records.query('DELETE FROM credentials WHERE username = $1', [username]);
    return this.#entries.delete(username);
  }

  async removeThing(thing: string): Promise<string[]> {
    const usernames = [...this.#entries.values()]
      .filter((entry) => entry.thing === thing)
      .map((entry) => entry.username);
    if (usernames.length > 0) await this.#records.query('DELETE FROM credentials WHERE thing = $1', [thing]);
    for (const username of usernames) this.#entries.delete(username);
    return usernames;
  }

  /** The thing these credentials are of; undefined if they are wrong. */
  check(username: string, password: string): string | undefined {
    const entry = this.#entries.get(username);
    const given = digest(entry?.salt ?? '', password);
    if (entry === undefined || !sameText(given, entry.hash)) return undefined;
    this.used([username]);
    return entry.thing;
  }

  used(usernames: readonly string[]): void {
    for (const username of usernames) {
      const entry = this.#entries.get(username);
      if (entry === undefined) continue;
      entry.lastUsed = this.#clock.now();
      this.#usedSinceFlush.add(username);
    }
  }

  /** Writes down when credentials were last used; called now and then and at the end. */
  async flush(): Promise<void> {
    const used = [...this.#usedSinceFlush].filter((username) => this.#entries.has(username));
    this.#usedSinceFlush = new Set();
    if (used.length === 0) return;
    await this.#records.query(
      'UPDATE credentials SET last_used = u.at FROM unnest($1::text[], $2::timestamptz[]) AS u(username, at) WHERE credentials.username = u.username',
      [used, used.map((username) => formatInstant(Math.round(this.#entries.get(username)!.lastUsed!)))],
    );
  }
}

function digest(salt: string, password: string): string {
  return createHash('sha256').update(salt).update(password).digest('hex');
}

/** Compares in constant time for texts of one length. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length && i < b.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
