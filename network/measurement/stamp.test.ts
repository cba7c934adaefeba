import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  errorEstimateBits,
  type ReflectorMark,
  readErrorEstimate,
  readNtpTime,
  readReply,
  readRequest,
  requestOctets,
  type StampRequest,
  writeNtpTime,
  writeReply,
  writeRequest,
} from './stamp.ts';

interface Vector {
  kind: 'request' | 'reply';
  hex: string;
  key?: string;
  octets?: number;
  request?: string;
  mark?: ReflectorMark;
  trafficClass?: number;
  fields?: Record<string, number>;
  synchronised?: boolean;
  errorMicroseconds?: number;
  problem?: string;
}

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const cases = join(import.meta.dirname, 'cases');
const names = readdirSync(cases).filter((name) => /^(request|reply)-/.test(name));

test.each(names)('%s', (name) => {
  const vector = JSON.parse(readFileSync(join(cases, name, 'vector.json'), 'utf8')) as Vector;
  const packet = bytes(vector.hex);
  const key = vector.key === undefined ? undefined : bytes(vector.key);
  const read = vector.kind === 'request' ? readRequest(packet, key) : readReply(packet, key);
  if (vector.problem !== undefined) {
    expect(read).toBe(vector.problem);
    return;
  }
  expect(read).toMatchObject(vector.fields ?? {});
  const into = Buffer.alloc(9216, 0xaa);
  if (vector.kind === 'request') {
    const octets = requestOctets(vector.octets ?? 0, key);
    writeRequest(into, vector.fields as unknown as StampRequest, octets, key);
    expect(into.toString('hex', 0, octets)).toBe(vector.hex);
  } else {
    const { error } = read as { error: { synchronised: boolean; microseconds: number } };
    expect(error.synchronised).toBe(vector.synchronised);
    expect(error.microseconds).toBeCloseTo(vector.errorMicroseconds!, 9);
  }
  if (vector.request !== undefined) {
    const request = bytes(vector.request);
    const length = writeReply(into, request, vector.mark!, key, vector.trafficClass);
    expect(into.toString('hex', 0, length)).toBe(vector.hex);
    expect(length).toBe(request.length);
  }
});

test('a time written and read again is the same to the microsecond', () => {
  const buffer = Buffer.alloc(8);
  for (const time of [
    1_700_000_000_000_001, 1_700_000_000_999_999, 2_085_978_495_999_999, 2_085_978_496_000_001,
  ]) {
    writeNtpTime(buffer, 0, time);
    expect(Math.round(readNtpTime(buffer, 0))).toBe(time);
  }
  expect(readNtpTime(Buffer.alloc(8), 0)).toBeNaN();
});

test('an error estimate never says less than the clock is wrong by, and hardly more', () => {
  for (const microseconds of [0, 0.0001, 0.5, 1, 17, 1000, 12_345, 250_000, 16_000_000, 4e9]) {
    const read = readErrorEstimate(errorEstimateBits(true, microseconds));
    expect(read.microseconds).toBeGreaterThanOrEqual(microseconds);
    expect(read.microseconds).toBeLessThanOrEqual(Math.max(microseconds * 1.01, 0.000_3));
    expect(read.synchronised).toBe(true);
  }
  expect(readErrorEstimate(errorEstimateBits(false, Number.POSITIVE_INFINITY)).synchronised).toBe(false);
  expect(readErrorEstimate(0x8000).microseconds).toBeNaN();
});

test('TLVs under a wrong HMAC TLV are sent back marked, and none is believed', () => {
  const key = Buffer.alloc(32, 7);
  const request = Buffer.alloc(160);
  writeRequest(request, { sequence: 1, time: 1_700_000_000_000_000, error: 1, ssid: 2 }, 160, key);
  request[159]! ^= 1;
  const into = Buffer.alloc(200);
  const mark = {
    sequence: 1,
    time: 1_700_000_000_000_100,
    error: 1,
    received: 1_700_000_000_000_050,
    ttl: 255,
  };
  expect(writeReply(into, request, mark, key)).toBe(160);
  expect(into[112]).toBe(0x20);
  expect(into[140]).toBe(0x20);
});
