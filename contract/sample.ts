import { type Static, Type } from 'typebox';
import type { Microseconds } from './time.ts';

/** What a property can hold: JSON. Numbers and booleans travel in number columns, all else as JSON text. */
export type Value = number | boolean | string | null | readonly Value[] | { readonly [key: string]: Value };

/**
 * A series is one property of one thing. Its number is given once by the registry, never reused, and is what hot paths
 * carry instead of names.
 */
export type SeriesId = number;

/**
 * Samples as columns: one batch as it travels from a terminal's process to intake, bus and store. All columns have
 * `count` used rows; they may be longer.
 *
 * - `time`      microseconds since the epoch: the source's time, or the receive time where the source gave none
 * - `received`  microseconds since the epoch at which Millrace had it in hand
 * - `value`     the number (booleans 0/1); NaN where the value is text or where there is none (see `text`)
 * - `status`    OPC UA StatusCode
 * - `text`      sparse, by row: JSON text of a value that is not a number or boolean, and of integers beyond 2^53
 */
export interface SampleColumns {
  count: number;
  series: Uint32Array;
  time: Float64Array;
  received: Float64Array;
  value: Float64Array;
  status: Uint32Array;
  text: Map<number, string> | undefined;
}

/** One sample, for the places where one at a time is what is wanted (API answers, live values, tests). */
export interface Sample {
  series: SeriesId;
  time: Microseconds;
  received: Microseconds;
  value: Value;
  status: number;
}

export const Quality = Type.Union([Type.Literal('good'), Type.Literal('uncertain'), Type.Literal('bad')]);

/** A sample as the HTTP API gives it. */
export const ApiSample = Type.Object({
  time: Type.String({ format: 'date-time' }),
  value: Type.Unknown({ description: 'JSON value; null where the source had none to give (see quality).' }),
  quality: Quality,
  status: Type.Optional(
    Type.String({ description: 'OPC UA StatusCode by name, where it says more than the class.' }),
  ),
});
export type ApiSample = Static<typeof ApiSample>;

/** An event of a thing as it is stored (W3C WoT event affordance). */
export interface ThingEvent {
  thing: string;
  name: string;
  time: Microseconds;
  received: Microseconds;
  /** JSON text, at most `limits.eventBytesMax`. */
  data: string;
}
