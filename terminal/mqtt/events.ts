import {
  formatInstant,
  limits,
  type Microseconds,
  parseInstant,
  type RejectReason,
} from '@millrace/contract';
import { type BatchBuilder, deeperThan } from '@millrace/sdk';

/**
 * Takes an event's payload: any JSON, or `{"time": …, "data": …}`; nothing at all is an event without data. Returns why it was
 * not taken, in words for the sender. Never throws.
 */
export function takeEventPayload(
  thing: string,
  name: string,
  payload: Buffer,
  received: Microseconds,
  batch: BatchBuilder,
  topic: string,
): string | undefined {
  const refuse = (reason: RejectReason, detail: string): string => {
    batch.reject({
      thing,
      source: topic,
      reason,
      detail,
      excerpt: payload.toString('utf8', 0, limits.quarantineExcerptBytesMax),
      count: 1,
    });
    return detail;
  };
  // The wrapper with a time may come on top of the data.
  if (payload.length > limits.eventBytesMax + 1024) {
    return refuse(
      'too-large',
      `event of ${payload.length} bytes; at most ${limits.eventBytesMax} (eventBytesMax) are taken`,
    );
  }
  let json: unknown = null;
  if (payload.length > 0) {
    try {
      json = JSON.parse(payload.toString('utf8'));
    } catch (error) {
      return refuse('malformed', `not JSON: ${(error as Error).message}`);
    }
  }
  let time: Microseconds | undefined;
  if (isTimed(json)) {
    if (json.time !== null) {
      time = parseInstant(json.time);
      if (time === undefined) {
        return refuse(
          'time-invalid',
          `"time" is neither RFC 3339 nor epoch milliseconds: ${JSON.stringify(json.time).slice(0, 80)}`,
        );
      }
      if (time > received + limits.timeAheadMicrosecondsMax) {
        return refuse(
          'time-ahead',
          `the event has time ${formatInstant(time)}, ${Math.round((time - received) / 1e6)} s ahead of the platform's clock; at most ${limits.timeAheadMicrosecondsMax / 1e6} s are taken`,
        );
      }
      if (batch.retention > 0 && time < received - batch.retention) {
        return refuse(
          'time-too-old',
          `the event has time ${formatInstant(time)}, older than events are kept`,
        );
      }
    }
    json = json.data;
  }
  if (deeperThan(json, limits.jsonDepthMax)) {
    return refuse('too-deep', `nested deeper than ${limits.jsonDepthMax} (jsonDepthMax)`);
  }
  const data = JSON.stringify(json);
  if (Buffer.byteLength(data) > limits.eventBytesMax) {
    return refuse(
      'too-large',
      `event data of ${Buffer.byteLength(data)} bytes; at most ${limits.eventBytesMax} (eventBytesMax) are taken`,
    );
  }
  batch.addEvent({ thing, name, time: time ?? received, received, data });
  return undefined;
}

function isTimed(json: unknown): json is { time: unknown; data: unknown } {
  if (json === null || typeof json !== 'object' || Array.isArray(json)) return false;
  const keys = Object.keys(json);
  return keys.length === 2 && Object.hasOwn(json, 'time') && Object.hasOwn(json, 'data');
}
