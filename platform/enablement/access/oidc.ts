import { randomBytes } from 'node:crypto';
import type { Grant, OidcSettings } from '@millrace/contract';
import type { Clock, RecordStore } from '@millrace/sdk';
import type { Configuration } from 'openid-client';
import { AccessError } from './access.ts';
import { Challenges } from './challenges.ts';

const timeoutSeconds = 10;
/** The provider's own description is asked for again after this long. */
const discoveredMicroseconds = 3600 * 1_000_000;

const none: OidcSettings = {
  enabled: false,
  title: '',
  issuer: '',
  clientId: '',
  publicUrl: '',
  scope: 'openid profile',
  nameClaim: 'preferred_username',
  groupsClaim: 'groups',
  groups: [],
};

interface Begun {
  verifier: string;
  nonce: string;
  back: string;
  /** Held by the browser that began: an answer brought by another one is not taken. */
  browser: string;
}

export interface Vouched {
  subject: string;
  name: string;
  title: string;
  grants: Grant[];
  back: string;
}

/** Sign-in through the plant's OpenID provider: authorization code with PKCE (RFC 7636), state and nonce (OpenID Connect Core 1.0). */
export class Oidc {
  readonly #records: RecordStore;
  readonly #clock: Clock;
  readonly #seal: { seal(secret: string): string; open(sealed: string): string };
  readonly #begun: Challenges<Begun>;
  /** Its `clientSecret` is sealed. */
  #settings: OidcSettings;
  #found: { configuration: Configuration; at: number } | undefined;

  private constructor(
    records: RecordStore,
    clock: Clock,
    seal: { seal(secret: string): string; open(sealed: string): string },
    settings: OidcSettings,
  ) {
    this.#records = records;
    this.#clock = clock;
    this.#seal = seal;
    this.#settings = settings;
    this.#begun = new Challenges(clock);
  }

  static async open(
    records: RecordStore,
    clock: Clock,
    seal: { seal(secret: string): string; open(sealed: string): string },
  ): Promise<Oidc> {
    const [row] = await records.query<{ value: Partial<OidcSettings> }>(
      `SELECT value FROM settings WHERE name = 'oidc'`,
    );
    return new Oidc(records, clock, seal, { ...none, ...row?.value });
  }

  /** Without the secret. */
  get settings(): OidcSettings {
    const { clientSecret, ...shown } = this.#settings;
    return { ...shown, clientSecretSet: clientSecret !== undefined };
  }

  /** What the sign-in page offers. */
  get offered(): { title: string } | undefined {
    return this.#settings.enabled ? { title: this.#settings.title } : undefined;
  }

  /** Where it is switched on, the provider is asked first. Throws AccessError with `field`-like codes. */
  async put(given: OidcSettings): Promise<OidcSettings> {
    const { clientSecretSet: _, clientSecret, ...rest } = given;
    const sealed =
      clientSecret === undefined
        ? this.#settings.clientSecret
        : clientSecret === ''
          ? undefined
          : this.#seal.seal(clientSecret);
    const next: OidcSettings = { ...rest, ...(sealed === undefined ? {} : { clientSecret: sealed }) };
    if (next.enabled) {
      const publicUrl = urlOf(next.publicUrl, 'publicUrl');
      next.publicUrl = publicUrl.origin;
      if (next.clientId === '') throw new AccessError('oidc-wrong', 'The client id is missing.');
      if (!next.scope.split(' ').includes('openid')) next.scope = `openid ${next.scope}`;
      this.#found = { configuration: await this.#discover(next), at: this.#clock.now() };
    } else this.#found = undefined;
    await this.#records.query(
      `INSERT INTO settings (name, value) VALUES ('oidc', $1::jsonb) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value`,
      [JSON.stringify(next)],
    );
    this.#settings = next;
    return this.settings;
  }

  /** `browser`: what the browser that begins keeps, in a cookie, until it comes back. */
  async begin(back: string): Promise<{ url: string; browser: string }> {
    const client = await import('openid-client');
    const configuration = await this.#configuration();
    const verifier = client.randomPKCECodeVerifier();
    const nonce = client.randomNonce();
    const browser = randomBytes(24).toString('base64url');
    const state = this.#begun.add({ verifier, nonce, back: insideOnly(back), browser });
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#callback,
      scope: this.#settings.scope,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    return { url: url.href, browser };
  }

  /** Whom the provider vouches for. Throws AccessError. `query`: what stood behind the question mark. */
  async finish(query: string, browser: string | undefined): Promise<Vouched> {
    const state = new URLSearchParams(query).get('state') ?? '';
    const begun = this.#begun.take(state);
    if (begun === undefined || browser !== begun.browser)
      throw new AccessError('oidc-late', 'This sign-in was not begun here, or too long ago.');
    const client = await import('openid-client');
    const configuration = await this.#configuration();
    let claims: Record<string, unknown>;
    try {
      const tokens = await client.authorizationCodeGrant(
        configuration,
        new URL(`${this.#callback}?${query}`),
        {
          pkceCodeVerifier: begun.verifier,
          expectedState: state,
          expectedNonce: begun.nonce,
          idTokenExpected: true,
        },
      );
      claims = { ...tokens.claims() };
      const { nameClaim, groupsClaim } = this.#settings;
      if (
        configuration.serverMetadata().userinfo_endpoint !== undefined &&
        (claims[nameClaim] === undefined || claims[groupsClaim] === undefined)
      ) {
        const more = await client.fetchUserInfo(configuration, tokens.access_token, claims['sub'] as string);
        claims = { ...more, ...claims };
      }
    } catch (error) {
      throw new AccessError('oidc-refused', `The provider did not vouch for this person: ${reasonOf(error)}`);
    }
    const groups = [claims[this.#settings.groupsClaim] ?? []].flat().map(String);
    const name = claims[this.#settings.nameClaim] ?? claims['email'] ?? claims['sub'];
    return {
      subject: `${configuration.serverMetadata().issuer} ${String(claims['sub'])}`,
      name: String(name).slice(0, 200),
      title: typeof claims['name'] === 'string' ? claims['name'].slice(0, 200) : '',
      grants: this.#settings.groups.filter(({ group }) => groups.includes(group)).map(({ grant }) => grant),
      back: begun.back,
    };
  }

  get #callback(): string {
    return `${this.#settings.publicUrl}/api/session/oidc/callback`;
  }

  async #configuration(): Promise<Configuration> {
    if (!this.#settings.enabled)
      throw new AccessError('oidc-off', 'Sign-in through a provider is switched off.');
    const now = this.#clock.now();
    if (this.#found === undefined || now - this.#found.at > discoveredMicroseconds)
      this.#found = { configuration: await this.#discover(this.#settings), at: now };
    return this.#found.configuration;
  }

  async #discover(settings: OidcSettings): Promise<Configuration> {
    const issuer = urlOf(settings.issuer, 'issuer');
    const client = await import('openid-client');
    const secret = settings.clientSecret === undefined ? undefined : this.#seal.open(settings.clientSecret);
    try {
      return await client.discovery(
        issuer,
        settings.clientId,
        undefined,
        secret === undefined ? client.None() : client.ClientSecretBasic(secret),
        {
          timeout: timeoutSeconds,
          // A provider on this very machine may do without TLS; over a network none may.
          execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [],
        },
      );
    } catch (error) {
      throw new AccessError(
        'oidc-unreachable',
        `The provider at ${issuer.origin} did not answer as one: ${reasonOf(error)}`,
      );
    }
  }
}

function urlOf(text: string, field: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new AccessError('oidc-wrong', `${field} is no URL.`);
  }
  const here = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && here))
    throw new AccessError('oidc-wrong', `${field} must begin with https://.`);
  if (url.username !== '' || url.password !== '')
    throw new AccessError('oidc-wrong', `${field} must not hold a user name or password.`);
  return url;
}

/** Only ever back into the console: an address from outside could lead anywhere. */
export function insideOnly(back: string): string {
  return /^\/(?![/\\])[^\\\s]*$/.test(back) && !back.startsWith('/sign-in') && !back.startsWith('/api')
    ? back
    : '/';
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: unknown };
  const inner = cause instanceof Error ? `: ${cause.message}` : '';
  return `${message}${inner}`.slice(0, 300);
}
