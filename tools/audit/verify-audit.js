#!/usr/bin/env node
// Checks an exported audit trail without the platform that wrote it: one file, nothing but Node.js 20 or newer.
//
//   node verify-audit.js TRAIL.jsonl [--head HEAD.json] [--key PUBLIC-KEY]
//
// TRAIL.jsonl  one record a line, oldest first; the last line is {"head": …}. Where the beginning was cut off by the platform's own
//              retention, the first line is {"cut": …}: the last record that is gone, signed like a head
// --head       a head kept from earlier: the trail must still hold that record
// --key        the platform's public key (base64) as noted down elsewhere: every head must be signed with it
//
// A record's hash is SHA-256 over its other members in the form of RFC 8785; `previous` is the hash of the record before, 64 zeros for
// the first. A head is signed with Ed25519 over {"hash", "number", "time"} in the same form. Exit code 0: whole; 1: not; 2: cannot tell.
// @ts-check
import { createHash, createPublicKey, verify } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';

/** @typedef {{number: number, hash: string, time: string, key: string, signature: string}} Head */

/** @param {unknown} value @returns {string} */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const object = /** @type {Record<string, unknown>} */ (value);
    const names = Object.keys(object).sort();
    return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(object[name])}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** @param {Head} head @param {string} what @param {string | undefined} key @returns {string | undefined} */
function headFault(head, what, key) {
  if (key !== undefined && head.key !== key) return `${what} is signed with another key`;
  const publicKey = createPublicKey({ key: Buffer.from(head.key, 'base64'), format: 'der', type: 'spki' });
  const told = canonical({ hash: head.hash, number: head.number, time: head.time });
  const holds = verify(null, Buffer.from(told), publicKey, Buffer.from(head.signature, 'base64'));
  return holds ? undefined : `the signature of ${what} does not hold`;
}

/**
 * @param {AsyncIterable<string>} lines
 * @param {Head | undefined} kept
 * @param {string | undefined} key
 * @returns {Promise<{fault: string | undefined, records: number, head: Head | undefined, cut: Head | undefined}>}
 */
async function check(lines, kept, key) {
  let number = 0;
  let previous = '0'.repeat(64);
  let keptFound = false;
  /** @type {Head | undefined} */
  let cut;
  /** @type {Head | null | undefined} */
  let head;
  const result = (/** @type {string | undefined} */ fault) => ({
    fault,
    records: number - (cut?.number ?? 0),
    head: head ?? undefined,
    cut,
  });
  for await (const line of lines) {
    if (line === '') continue;
    if (head !== undefined) return result('there is something after the head');
    /** @type {any} */
    let record;
    try {
      record = JSON.parse(line);
    } catch {
      return result(`the line after record ${number} is not JSON`);
    }
    if (Object.hasOwn(record, 'head')) {
      head = record.head;
      continue;
    }
    if (Object.hasOwn(record, 'cut')) {
      if (number > 0) return result(`there is a cut after record ${number}`);
      const fault = headFault(record.cut, 'the cut', key);
      if (fault !== undefined) return result(fault);
      cut = /** @type {Head} */ (record.cut);
      ({ number, hash: previous } = cut);
      if (kept !== undefined && kept.number === number) {
        if (kept.hash !== previous) return result(`record ${number} is not the one the kept head names`);
        keptFound = true;
      }
      continue;
    }
    const { hash, ...body } = record;
    if (body.number !== number + 1) return result(`record ${number + 1} is missing`);
    if (body.previous !== previous) return result(`record ${body.number} is not chained to the one before`);
    if (createHash('sha256').update(canonical(body)).digest('hex') !== hash)
      return result(`record ${body.number} was changed`);
    number = body.number;
    previous = hash;
    if (kept !== undefined && kept.number === number) {
      if (kept.hash !== hash) return result(`record ${number} is not the one the kept head names`);
      keptFound = true;
    }
  }
  if (head === undefined) return result('the trail has no head: its end is missing');
  if (head === null) return result(number === 0 ? undefined : 'the head is empty');
  if (head.number !== number || head.hash !== previous)
    return result(`the head names record ${head.number}, the trail ends with record ${number}`);
  const fault = headFault(head, 'the head', key);
  if (fault !== undefined) return result(fault);
  if (cut !== undefined && cut.key !== head.key)
    return result('the cut is signed with another key than the head');
  if (kept !== undefined) {
    const keptFault = headFault(kept, 'the kept head', key ?? head.key);
    if (keptFault !== undefined) return result(keptFault);
    if (cut !== undefined && kept.number < cut.number)
      return result(
        `record ${kept.number} of the kept head was cut off: check that head with the export from before the cut`,
      );
    if (!keptFound) return result(`record ${kept.number} of the kept head is not in the trail`);
  }
  return result(undefined);
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { head: { type: 'string' }, key: { type: 'string' } },
  });
  const [file, ...rest] = positionals;
  if (file === undefined || rest.length > 0)
    throw new Error('verify-audit.js TRAIL.jsonl [--head HEAD.json] [--key PUBLIC-KEY]');
  /** @type {Head | undefined} */
  let kept;
  if (values.head !== undefined) {
    const read = JSON.parse(readFileSync(values.head, 'utf8'));
    kept = read.head ?? read;
  }
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  const { fault, records, head, cut } = await check(lines, kept, values.key);
  if (fault === undefined) {
    process.stdout.write(
      `whole: ${records} records${cut === undefined ? '' : `, from number ${cut.number + 1}; those before were cut off`}\n`,
    );
    if (head !== undefined)
      process.stdout.write(`head: number ${head.number}, ${head.time}\nhash ${head.hash}\nkey ${head.key}\n`);
  } else {
    process.stdout.write(`NOT whole: ${fault} (${records} records before it hold)\n`);
    process.exitCode = 1;
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 2;
}
