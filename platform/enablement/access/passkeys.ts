import { isIP } from 'node:net';
import { formatInstant } from '@millrace/contract';
import type { Clock, RecordStore } from '@millrace/sdk';
import { Challenges } from './challenges.ts';

const perPersonMax = 20;

interface Passkey {
  id: string;
  user: string;
  /** Relying party id (WebAuthn): the host name it was made under. */
  host: string;
  publicKey: string;
  counter: number;
  transports: string[];
  title: string;
  created: number;
  lastUsed: number | undefined;
}

/** Where a browser says it is: scheme, host name and port, from the request. */
export interface Place {
  host: string;
  origin: string;
}

/**
 * Where passkeys can be used: browsers offer them under HTTPS with a host name, or on the machine itself. Undefined: not here. That the
 * `Host` header is the sender's own word does no harm: the browser signs the origin it really is at, and a passkey holds for the host it
 * was made under alone.
 */
export function passkeyPlace(hostHeader: string | undefined, secure: boolean): Place | undefined {
  if (hostHeader === undefined) return undefined;
  let url: URL;
  try {
    url = new URL(`${secure ? 'https' : 'http'}://${hostHeader}`);
  } catch {
    return undefined;
  }
  const host = url.hostname;
  if (host === '' || host.startsWith('[') || isIP(host) !== 0) return undefined;
  if (!secure && host !== 'localhost') return undefined;
  return { host, origin: url.origin };
}

/** Passkeys (WebAuthn level 3), with the person verified by the authenticator: something they have and are or know, in one. */
export class Passkeys {
  readonly #records: RecordStore;
  readonly #clock: Clock;
  readonly #keys = new Map<string, Passkey>();
  readonly #registrations: Challenges<{ user: string; challenge: string; place: Place }>;
  readonly #signIns: Challenges<{ challenge: string; place: Place }>;

  private constructor(records: RecordStore, clock: Clock) {
    this.#records = records;
    this.#clock = clock;
    this.#registrations = new Challenges(clock);
    this.#signIns = new Challenges(clock);
  }

  static async open(records: RecordStore, clock: Clock): Promise<Passkeys> {
    const passkeys = new Passkeys(records, clock);
    type Row = Omit<Passkey, 'user' | 'publicKey' | 'lastUsed'> & {
      username: string;
      public_key: string;
      last_used: number | null;
    };
    for (const row of await records.query<Row>(
      'SELECT id, username, host, public_key, counter::float8 AS counter, transports, title, created::float8 AS created, last_used::float8 AS last_used FROM passkeys',
    )) {
      const { username, public_key, last_used, ...rest } = row;
      passkeys.#keys.set(row.id, {
        ...rest,
        user: username,
        publicKey: public_key,
        lastUsed: last_used ?? undefined,
      });
    }
    return passkeys;
  }

  of(user: string): Passkey[] {
    return [...this.#keys.values()].filter((key) => key.user === user);
  }

  list(user: string): { id: string; title: string; host: string; created: string; lastUsed?: string }[] {
    return this.of(user).map(({ id, title, host, created, lastUsed }) => ({
      id,
      title,
      host,
      created: formatInstant(created),
      ...(lastUsed === undefined ? {} : { lastUsed: formatInstant(lastUsed) }),
    }));
  }

  async beginRegistration(
    user: string,
    title: string,
    place: Place,
  ): Promise<{ id: string; options: unknown }> {
    if (this.of(user).length >= perPersonMax)
      throw new RangeError(`${perPersonMax} passkeys are the most a person has`);
    const { generateRegistrationOptions } = await import('@simplewebauthn/server');
    const options = await generateRegistrationOptions({
      rpName: 'Millrace',
      rpID: place.host,
      userName: user,
      userDisplayName: title === '' ? user : title,
      userID: new Uint8Array(Buffer.from(user)),
      attestationType: 'none',
      excludeCredentials: this.of(user)
        .filter((key) => key.host === place.host)
        .map(({ id, transports }) => ({ id, transports })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
    return { id: this.#registrations.add({ user, challenge: options.challenge, place }), options };
  }

  /** False: it does not answer what was asked, here and of this person. */
  async finishRegistration(user: string, id: string, title: string, response: unknown): Promise<boolean> {
    const asked = this.#registrations.take(id);
    if (asked === undefined || asked.user !== user) return false;
    const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
    const verified = await verifyRegistrationResponse({
      response: response as never,
      expectedChallenge: asked.challenge,
      expectedOrigin: asked.place.origin,
      expectedRPID: asked.place.host,
      requireUserVerification: true,
    }).catch(() => undefined);
    if (verified === undefined || !verified.verified) return false;
    const { credential } = verified.registrationInfo;
    if (this.#keys.has(credential.id)) return false;
    const key: Passkey = {
      id: credential.id,
      user,
      host: asked.place.host,
      publicKey: Buffer.from(credential.publicKey).toString('base64'),
      counter: credential.counter,
      transports: credential.transports ?? [],
      title,
      created: this.#clock.now(),
      lastUsed: undefined,
    };
    await this.#records.query(
      'INSERT INTO passkeys (id, username, host, public_key, counter, transports, title, created) VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8)',
      [
        key.id,
        user,
        key.host,
        key.publicKey,
        key.counter,
        JSON.stringify(key.transports),
        title,
        key.created,
      ],
    );
    this.#keys.set(key.id, key);
    return true;
  }

  /** Names nobody: whoever asks learns nothing of who is known here. */
  async beginSignIn(place: Place): Promise<{ id: string; options: unknown }> {
    const { generateAuthenticationOptions } = await import('@simplewebauthn/server');
    const options = await generateAuthenticationOptions({ rpID: place.host, userVerification: 'required' });
    return { id: this.#signIns.add({ challenge: options.challenge, place }), options };
  }

  /** The user whose passkey answered; undefined if none did. */
  async finishSignIn(id: string, response: Record<string, unknown>): Promise<string | undefined> {
    const asked = this.#signIns.take(id);
    const given = response['id'];
    const key = typeof given === 'string' ? this.#keys.get(given) : undefined;
    if (asked === undefined || key === undefined || key.host !== asked.place.host) return undefined;
    const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
    const verified = await verifyAuthenticationResponse({
      response: response as never,
      expectedChallenge: asked.challenge,
      expectedOrigin: asked.place.origin,
      expectedRPID: key.host,
      requireUserVerification: true,
      credential: {
        id: key.id,
        publicKey: new Uint8Array(Buffer.from(key.publicKey, 'base64')),
        counter: key.counter,
        transports: key.transports,
      } as never,
    }).catch(() => undefined);
    if (verified?.verified !== true) return undefined;
    key.counter = verified.authenticationInfo.newCounter;
    key.lastUsed = this.#clock.now();
    await this.#records.query('UPDATE passkeys SET counter = $2, last_used = $3 WHERE id = $1', [
      key.id,
      key.counter,
      key.lastUsed,
    ]);
    return key.user;
  }

  async remove(user: string, id: string): Promise<boolean> {
    if (this.#keys.get(id)?.user !== user) return false;
    await this.#records.query('DELETE FROM passkeys WHERE id = $1', [id]);
    return this.#keys.delete(id);
  }

  async removeAll(user: string): Promise<void> {
    await this.#records.query('DELETE FROM passkeys WHERE username = $1', [user]);
    for (const { id } of this.of(user)) this.#keys.delete(id);
  }
}
