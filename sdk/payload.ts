import { limits, type Microseconds, parseInstant } from '@millrace/contract';
import type { BatchBuilder } from './batch.ts';
import type { Thing } from './things.ts';

/** What became of one payload. `rejected` counts values; `reason` is the first, in the sender's terms. */
export interface PayloadOutcome {
  accepted: number;
  rejected: number;
  problems: { at: string; reason: string }[];
}

const problemsMax = 20;

/**
 * Takes a plain JSON payload apart: `{"temperature": 21.5}`, `{"time": …, "values": {…}}`, or an array of those (MQTT
 * `things/<id>/properties` and HTTP push alike). What is wrong is rejected value by value; the rest is taken. Never throws.
 *
 * A thing with a property that is itself called "values" or "time" is understood as long as its payload does not look like the
 * second form: that one has an object in `values` and nothing besides `time` and `values`.
 */
export function takePropertyPayload(
  thing: Thing,
  payload: Uint8Array | string,
  received: Microseconds,
  batch: BatchBuilder,
  source: string,
): PayloadOutcome {
  const outcome: PayloadOutcome = { accepted: 0, rejected: 0, problems: [] };
  if (payload.length > limits.payloadBytesMax) {
    refuse(
      thing.id,
      outcome,
      batch,
      source,
      'too-large',
      `payload of ${payload.length} bytes; at most ${limits.payloadBytesMax} (payloadBytesMax) are taken`,
      '',
    );
    return outcome;
  }
  const text =
    typeof payload === 'string'
      ? payload
      : Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    refuse(thing.id, outcome, batch, source, 'malformed', `not JSON: ${(error as Error).message}`, text);
    return outcome;
  }
  takePropertyJson(thing, json, received, batch, source, outcome, text);
  return outcome;
}

/** The same for JSON that has already been parsed. */
export function takePropertyJson(
  thing: Thing,
  json: unknown,
  received: Microseconds,
  batch: BatchBuilder,
  source: string,
  outcome: PayloadOutcome = { accepted: 0, rejected: 0, problems: [] },
  text?: string,
): PayloadOutcome {
  const excerpt = (): string =>
    text ?? JSON.stringify(json)?.slice(0, limits.quarantineExcerptBytesMax) ?? '';
  if (!Array.isArray(json)) {
    takeOne(thing, json, received, batch, source, outcome, '', excerpt);
    return outcome;
  }
  if (json.length > limits.payloadValuesMax) {
    refuse(
      thing.id,
      outcome,
      batch,
      source,
      'too-large',
      `array of ${json.length}; at most ${limits.payloadValuesMax} (payloadValuesMax) are taken`,
      excerpt(),
    );
    return outcome;
  }
  for (let i = 0; i < json.length; i++)
    takeOne(thing, json[i], received, batch, source, outcome, `/${i}`, excerpt);
  return outcome;
}

function takeOne(
  thing: Thing,
  json: unknown,
  received: Microseconds,
  batch: BatchBuilder,
  source: string,
  outcome: PayloadOutcome,
  at: string,
  excerpt: () => string,
): void {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) {
    refuse(
      thing.id,
      outcome,
      batch,
      source,
      'malformed',
      'expected an object of property values, {"name": value}',
      excerpt(),
      at,
    );
    return;
  }
  let values = json as Record<string, unknown>;
  let time: Microseconds | undefined;
  if (isTimed(values)) {
    if (values['time'] !== undefined && values['time'] !== null) {
      time = parseInstant(values['time']);
      if (time === undefined) {
        const count = Math.max(1, Object.keys(values['values'] as object).length);
        refuse(
          thing.id,
          outcome,
          batch,
          source,
          'time-invalid',
          `"time" is neither RFC 3339 nor epoch milliseconds: ${JSON.stringify(values['time'])?.slice(0, 80)}`,
          excerpt(),
          `${at}/time`,
          count,
        );
        return;
      }
    }
    values = values['values'] as Record<string, unknown>;
  }
  for (const name of Object.keys(values)) {
    const point = thing.points.get(name);
    if (point === undefined) {
      refuse(
        thing.id,
        outcome,
        batch,
        source,
        'unknown-property',
        `the thing has no property "${name.slice(0, 100)}"`,
        excerpt(),
        `${at}/${name.slice(0, 100)}`,
      );
    } else if (batch.add(point, values[name], time, received, 0, source)) {
      outcome.accepted++;
    } else {
      outcome.rejected++;
      if (outcome.problems.length < problemsMax) {
        outcome.problems.push({ at: `${at}/${name}`, reason: `"${name}" expects ${point.type}` });
      }
    }
  }
}

function isTimed(json: Record<string, unknown>): boolean {
  const values = json['values'];
  if (values === null || typeof values !== 'object' || Array.isArray(values)) return false;
  for (const key of Object.keys(json)) if (key !== 'time' && key !== 'values') return false;
  return true;
}

function refuse(
  thing: string,
  outcome: PayloadOutcome,
  batch: BatchBuilder,
  source: string,
  reason: Parameters<BatchBuilder['reject']>[0]['reason'],
  detail: string,
  excerpt: string,
  at = '',
  count = 1,
): void {
  batch.reject({ thing, source, reason, detail, excerpt, count });
  outcome.rejected += count;
  if (outcome.problems.length < problemsMax)
    outcome.problems.push({ at: at === '' ? '/' : at, reason: detail });
}
