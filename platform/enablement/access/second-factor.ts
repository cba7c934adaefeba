import { randomBytes, randomInt } from 'node:crypto';
import { tokenHash } from './passwords.ts';

const periodSeconds = 30;
/** Steps either way that a clock may be off. */
const window = 1;
const recoveryCodesMade = 10;

/** A new secret for codes (RFC 6238), 160 bits, and the address that an authenticator app reads from a QR code. */
export async function newTotp(user: string, plant: string): Promise<{ secret: string; uri: string }> {
  const { Secret, TOTP } = await import('otpauth');
  const secret = new Secret({ buffer: new Uint8Array(randomBytes(20)).buffer });
  const issuer = plant === '' ? 'Millrace' : `Millrace ${plant}`;
  return { secret: secret.base32, uri: new TOTP({ issuer, label: user, secret }).toString() };
}

/** The step of the code if it is right and later than `after`, so that none is taken twice; undefined if not. */
export async function totpStep(
  secret: string,
  code: string,
  nowMicroseconds: number,
  after: number,
): Promise<number | undefined> {
  const token = code.replaceAll(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const { Secret, TOTP } = await import('otpauth');
  const totp = new TOTP({ secret: Secret.fromBase32(secret), period: periodSeconds });
  const timestamp = Math.floor(nowMicroseconds / 1000);
  const delta = totp.validate({ token, timestamp, window });
  if (delta === null) return undefined;
  const step = Math.floor(timestamp / 1000 / periodSeconds) + delta;
  return step > after ? step : undefined;
}

/** Ten codes of 50 random bits, each good once, for the day the second factor is lost; and what is kept of them. */
export function newRecoveryCodes(): { codes: string[]; hashes: string[] } {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  const codes = Array.from({ length: recoveryCodesMade }, () => {
    const text = Array.from({ length: 10 }, () => letters[randomInt(letters.length)]).join('');
    return `${text.slice(0, 5)}-${text.slice(5)}`;
  });
  return { codes, hashes: codes.map(recoveryHash) };
}

export function recoveryHash(code: string): string {
  return tokenHash(`recovery ${code.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`);
}
