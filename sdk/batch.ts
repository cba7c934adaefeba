import {
  formatInstant,
  limits,
  type Microseconds,
  type RejectReason,
  type SampleColumns,
  status,
  type ThingEvent,
} from '@millrace/contract';
import type { Point } from './things.ts';

/** Something a sender gave that is not stored, for counters and quarantine. */
export interface Rejection {
  thing: string | undefined;
  /** Where it came in: topic, register, node id, URL. */
  source: string;
  reason: RejectReason;
  /** In the sender's own terms. */
  detail: string;
  /** First bytes of what came, as text. */
  excerpt: string;
  /** Values this stands for. */
  count: number;
}

/** A batch on its way from a terminal to intake. */
export interface IntakeBatch {
  columns: SampleColumns;
  events: ThingEvent[];
  rejections: Rejection[];
  /** thing id → values let go by policy (congestion). */
  dropped: Map<string, number>;
}

const distinctRejectionsMax = 200;

/**
 * Collects values into columns, checking each against its point: the front half of intake, run where the protocol runs.
 * Times ahead of the clock, unknown things and counters are the business of the back half.
 */
export class BatchBuilder {
  #capacity: number;
  #count = 0;
  #series: Uint32Array;
  #time: Float64Array;
  #received: Float64Array;
  #value: Float64Array;
  #status: Uint32Array;
  #text: Map<number, string> | undefined;
  #events: ThingEvent[] = [];
  #rejections = new Map<string, Rejection>();
  #dropped = new Map<string, number>();
  /** Microseconds back from now that are kept; older samples are rejected. 0: no bound. */
  retention = 0;

  constructor(capacity = 256) {
    this.#capacity = capacity;
    this.#series = new Uint32Array(capacity);
    this.#time = new Float64Array(capacity);
    this.#received = new Float64Array(capacity);
    this.#value = new Float64Array(capacity);
    this.#status = new Uint32Array(capacity);
  }

  get count(): number {
    return this.#count;
  }

  get empty(): boolean {
    return (
      this.#count === 0 &&
      this.#events.length === 0 &&
      this.#rejections.size === 0 &&
      this.#dropped.size === 0
    );
  }

  /**
   * Adds one value of a point. `time` undefined: the source gave none, and the value gets a receive time later than the one
   * before. A number outside the point's declared range is kept with quality uncertain; a value of the wrong type is
   * rejected. `value` null with a bad status is a value that could not be read. Returns whether it was taken.
   */
  add(
    point: Point,
    value: unknown,
    time: Microseconds | undefined,
    received: Microseconds,
    code: number,
    source: string,
  ): boolean {
    let number = Number.NaN;
    let text: string | undefined;
    let storedStatus = code;
    if (time !== undefined) {
      if (time > received + limits.timeAheadMicrosecondsMax)
        return this.#wrongTime(point, value, time, received, source, 'time-ahead');
      if (this.retention > 0 && time < received - this.retention) {
        return this.#wrongTime(point, value, time, received, source, 'time-too-old');
      }
    }
    if (value === null || value === undefined) {
      if (code >>> 30 === 0) return this.#wrong(point, value, source, 'wrong-type');
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) return this.#wrong(point, value, source, 'not-a-number');
      if (
        point.type === 'integer' ? !Number.isInteger(value) : point.type !== 'number' && point.type !== 'any'
      ) {
        return this.#wrong(point, value, source, 'wrong-type');
      }
      number = value;
      if (
        code === 0 &&
        ((point.minimum !== undefined && value < point.minimum) ||
          (point.maximum !== undefined && value > point.maximum) ||
          (point.enum !== undefined && !point.enum.has(value)))
      ) {
        storedStatus = status.uncertainEngineeringUnitsExceeded;
      }
    } else if (typeof value === 'boolean') {
      if (point.type !== 'boolean' && point.type !== 'any')
        return this.#wrong(point, value, source, 'wrong-type');
      number = value ? 1 : 0;
      if (point.type === 'any') text = value ? 'true' : 'false';
    } else if (typeof value === 'bigint') {
      if (point.type !== 'integer' && point.type !== 'number' && point.type !== 'any') {
        return this.#wrong(point, value, source, 'wrong-type');
      }
      number = Number(value);
      if (!Number.isSafeInteger(number)) text = value.toString();
    } else if (typeof value === 'string') {
      if (point.type !== 'string' && point.type !== 'any')
        return this.#wrong(point, value, source, 'wrong-type');
      text = JSON.stringify(value);
      if (code === 0 && point.enum !== undefined && !point.enum.has(value)) {
        storedStatus = status.uncertainEngineeringUnitsExceeded;
      }
    } else if (typeof value === 'object') {
      const type = Array.isArray(value) ? 'array' : 'object';
      if (point.type !== type && point.type !== 'any') return this.#wrong(point, value, source, 'wrong-type');
      if (deeperThan(value, limits.jsonDepthMax)) return this.#wrong(point, value, source, 'too-deep');
      text = JSON.stringify(value);
    } else {
      return this.#wrong(point, String(value), source, 'wrong-type');
    }
    if (text !== undefined && text.length > limits.textValueBytesMax) {
      return this.#wrong(point, text.slice(0, 200), source, 'too-large');
    }
    let at = time;
    if (at === undefined) {
      at = received > point.lastGiven ? received : point.lastGiven + 1;
      point.lastGiven = at;
    }
    if (this.#count === this.#capacity) this.#grow();
    const row = this.#count++;
    this.#series[row] = point.series;
    this.#time[row] = at;
    this.#received[row] = time === undefined ? at : received;
    this.#value[row] = number;
    this.#status[row] = storedStatus;
    if (text !== undefined) (this.#text ??= new Map()).set(row, text);
    return true;
  }

  addEvent(event: ThingEvent): void {
    this.#events.push(event);
  }

  /** Counts and keeps something that is not stored; the same again only raises its count. */
  reject(rejection: Rejection): void {
    const key = `${rejection.thing ?? ''}\n${rejection.reason}\n${rejection.source}`;
    const known = this.#rejections.get(key);
    if (known !== undefined) {
      known.count += rejection.count;
      return;
    }
    if (this.#rejections.size >= distinctRejectionsMax) {
      const rest = `${rejection.thing ?? ''}\n${rejection.reason}\n…`;
      const others = this.#rejections.get(rest);
      if (others !== undefined) others.count += rejection.count;
      else this.#rejections.set(rest, { ...rejection, source: '…' });
      return;
    }
    this.#rejections.set(key, {
      ...rejection,
      source: rejection.source.slice(0, 512),
      detail: rejection.detail.slice(0, 512),
      excerpt: rejection.excerpt.slice(0, limits.quarantineExcerptBytesMax),
    });
  }

  /** Counts values let go because intake could not keep up and the protocol has no way to make its source wait. */
  drop(thing: string, count: number): void {
    this.#dropped.set(thing, (this.#dropped.get(thing) ?? 0) + count);
  }

  /** Hands over what was collected; the builder starts empty. */
  take(): IntakeBatch {
    const count = this.#count;
    const batch: IntakeBatch = {
      columns: {
        count,
        series: this.#series.slice(0, count),
        time: this.#time.slice(0, count),
        received: this.#received.slice(0, count),
        value: this.#value.slice(0, count),
        status: this.#status.slice(0, count),
        text: this.#text,
      },
      events: this.#events,
      rejections: [...this.#rejections.values()],
      dropped: this.#dropped,
    };
    this.#count = 0;
    this.#text = undefined;
    this.#events = [];
    this.#rejections = new Map();
    this.#dropped = new Map();
    return batch;
  }

  #wrong(point: Point, value: unknown, source: string, reason: RejectReason): false {
    const shown = excerptOf(value);
    const expected = point.type === 'any' ? 'a value' : point.type;
    this.reject({
      thing: point.thing,
      source,
      reason,
      detail:
        reason === 'not-a-number'
          ? `"${point.name}" is ${shown}, which is not a number that can be kept`
          : `"${point.name}" expects ${expected}, got ${value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value} ${shown}`,
      excerpt: shown,
      count: 1,
    });
    return false;
  }

  #wrongTime(
    point: Point,
    value: unknown,
    time: Microseconds,
    received: Microseconds,
    source: string,
    reason: 'time-ahead' | 'time-too-old',
  ): false {
    this.reject({
      thing: point.thing,
      source,
      reason,
      detail:
        reason === 'time-ahead'
          ? `"${point.name}" has time ${formatInstant(time)}, ${Math.round((time - received) / 1e6)} s ahead of the platform's clock; at most ${limits.timeAheadMicrosecondsMax / 1e6} s are taken`
          : `"${point.name}" has time ${formatInstant(time)}, older than samples are kept`,
      excerpt: excerptOf(value),
      count: 1,
    });
    return false;
  }

  #grow(): void {
    this.#capacity *= 2;
    const grown = <T extends Uint32Array | Float64Array>(column: T): T => {
      const next = new (column.constructor as new (length: number) => T)(this.#capacity);
      next.set(column as never);
      return next;
    };
    this.#series = grown(this.#series);
    this.#time = grown(this.#time);
    this.#received = grown(this.#received);
    this.#value = grown(this.#value);
    this.#status = grown(this.#status);
  }
}

/** Whether JSON is nested deeper than `depth`; walks no further than that, without recursion beyond it. */
export function deeperThan(value: unknown, depth: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  if (depth <= 0) return true;
  for (const inner of Object.values(value)) if (deeperThan(inner, depth - 1)) return true;
  return false;
}

function excerptOf(value: unknown): string {
  try {
    const text = typeof value === 'bigint' ? value.toString() : (JSON.stringify(value) ?? String(value));
    return text.length > 200 ? `${text.slice(0, 200)}…` : text;
  } catch {
    return String(value).slice(0, 200);
  }
}
