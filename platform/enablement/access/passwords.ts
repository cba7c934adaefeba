import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** scrypt (RFC 7914) cost: 32 MiB and some 60 ms a try. */
const cost = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
/** Passwords that wait to be checked: each takes its time and 32 MiB, one after the other. */
const waitingMax = 64;

export const passwordCharactersMin = 10;
export const passwordCharactersMax = 1024;

/** Too many passwords wait to be checked. */
export class PasswordsBusy extends Error {}

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** One at a time: a flood of tries must not take all the memory that scrypt wants. `work` begins when its turn has come. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (waiting >= waitingMax) throw new PasswordsBusy('many passwords wait to be checked');
  waiting++;
  const turn = last.then(work);
  last = turn.catch(() => {});
  try {
    return await turn;
  } finally {
    waiting--;
  }
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, 32, cost, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return `scrypt:${salt.toString('base64')}:${(await derive(password, salt)).toString('base64')}`;
}

/** `stored` undefined: there is none to compare with; the answer is no and takes as long. */
export async function passwordHolds(password: string, stored: string | undefined): Promise<boolean> {
  const [, salt, key] = (stored ?? absent).split(':');
  const expected = Buffer.from(key ?? '', 'base64');
  const given = await derive(password, Buffer.from(salt ?? '', 'base64'));
  return expected.length === given.length && timingSafeEqual(expected, given) && stored !== undefined;
}

const absent = `scrypt:${Buffer.alloc(16).toString('base64')}:${Buffer.alloc(32).toString('base64')}`;

/** 80 random bits in groups that can be read out and typed: no letters or digits that look alike. */
export function readablePassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
  let plain = '';
  while (plain.length < 16)
    for (const byte of randomBytes(32))
      if (byte < 248 && plain.length < 16) plain += letters[byte % letters.length];
  return plain.match(/.{4}/g)!.join('-');
}

/** Of those people choose most, the ones that are long enough. */
const common =
  /^(password\d*|passw0rd\d*|p@ssw0rd\d*|qwertyuiop\d*|1q2w3e4r5t\w*|iloveyou\d*|administrator\d*|admin\d+|changeme\d*|letmein\d*|welcome\d*|millrace\d*|0123456789\d*|1234567890\d*|12345678910\d*|9876543210\d*)[!.]*$/i;

/** What is wrong with a password that somebody chose; undefined: nothing. NIST SP 800-63B: length counts, rules of composition do not. */
export function passwordFault(
  password: string,
  user: string,
): 'too-short' | 'too-long' | 'too-common' | 'has-name' | undefined {
  const normal = password.normalize('NFKC');
  if ([...normal].length < passwordCharactersMin) return 'too-short';
  if (normal.length > passwordCharactersMax) return 'too-long';
  if (common.test(normal) || new Set(normal.toLowerCase()).size < 4) return 'too-common';
  if (
    user.length >= 3 &&
    normal.toLowerCase().replaceAll(user.toLowerCase(), '').length < passwordCharactersMin / 2
  )
    return 'has-name';
  return undefined;
}

/** Only the hash of what opens something is kept. 256 random bits need no salt. */
export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
