import { createHash } from 'node:crypto';
import { limits } from '@millrace/contract';
import { type AuditEntry, deeperThan } from '@millrace/sdk';
import { canonicalJson, wellFormed } from './canonical-json.ts';

/** What stands in the chain. The hash is over all of it but itself, in canonical form. */
export interface AuditRecord {
  /** From 1, without gaps. */
  number: number;
  /** RFC 3339, microseconds. */
  time: string;
  actor: { kind: string; id: string; for?: string };
  action: string;
  object: string;
  place: string;
  outcome: string;
  detail: Readonly<Record<string, unknown>>;
  /** Hash of the record before; 64 zeros for the first. */
  previous: string;
  /** SHA-256 (FIPS 180-4), hexadecimal, of the canonical form of the other members. */
  hash: string;
}

export const noHash = '0'.repeat(64);
/** Characters of an actor, action, object or place that are kept. */
const nameCharactersMax = 1024;
/** Bytes of detail that are kept; a larger one is replaced by its beginning and its size. */
const detailBytesMax = 16_384;
const excerptCharactersMax = 2000;
/** Members that would hold a secret if somebody put them in; what they hold is not written down. */
const secretNames =
  /^(password|passphrase|secret|client-?secret|token|private-?key|recovery-?codes?|authorization|cookie)$/i;

/** The record of an entry: what it tells, cut to its bounds, chained to the one before. */
export function chained(entry: AuditEntry, number: number, time: string, previous: string): AuditRecord {
  const { actor } = entry;
  const body = {
    number,
    time,
    actor: {
      kind: actor.kind,
      id: cut(actor.id),
      ...(actor.for === undefined ? {} : { for: cut(actor.for) }),
    },
    action: cut(entry.action),
    object: cut(entry.object),
    place: cut(entry.place),
    outcome: entry.outcome,
    detail: boundedDetail(entry.detail),
    previous,
  };
  return { ...body, hash: hashOf(body) };
}

/** What the hash of a record must be. */
export function hashOf(record: Omit<AuditRecord, 'hash'>): string {
  return createHash('sha256').update(canonicalJson(record)).digest('hex');
}

function boundedDetail(detail: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (deeperThan(detail, limits.jsonDepthMax)) return { tooDeep: true };
  let text: string;
  try {
    text = canonicalJson(withoutSecrets(detail));
  } catch (error) {
    return { notWritable: (error as Error).message.slice(0, 200) };
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > detailBytesMax)
    return { tooLargeBytes: bytes, excerpt: wellFormed(text.slice(0, excerptCharactersMax)) };
  return JSON.parse(text) as Record<string, unknown>;
}

function withoutSecrets(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  if (typeof value === 'bigint') return String(value);
  if (value === null || typeof value !== 'object') return typeof value === 'function' ? undefined : value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(withoutSecrets);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      secretNames.test(name) && typeof member === 'string' ? '(not written down)' : withoutSecrets(member),
    ]),
  );
}

function cut(text: string): string {
  // PostgreSQL's text holds no NUL.
  const clean = wellFormed(text).replaceAll('\u0000', '\uFFFD');
  return clean.length <= nameCharactersMax ? clean : `${wellFormed(clean.slice(0, nameCharactersMax - 1))}…`;
}
