import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readChrony, readClockState, readPmc, readTimedatectl, readTimex } from './clock-state.ts';

const cases = join(import.meta.dirname, 'cases');
const readers = { chrony: readChrony, pmc: readPmc, timedatectl: readTimedatectl };

test.each(readdirSync(cases).filter((name) => name.startsWith('clock-')))('%s', (name) => {
  const { reader, text, disciplined, errorMicroseconds, says } = JSON.parse(
    readFileSync(join(cases, name, 'case.json'), 'utf8'),
  ) as {
    reader: keyof typeof readers;
    text: string;
    disciplined: boolean;
    errorMicroseconds?: number;
    says: string;
  };
  const state = readers[reader](text)!;
  expect(state.disciplined).toBe(disciplined);
  if (errorMicroseconds === undefined) expect(state.errorMicroseconds).toBeNaN();
  else expect(state.errorMicroseconds).toBeCloseTo(errorMicroseconds, 3);
  expect(state.source.en).toContain(says);
  expect(state.source.zh).not.toBe('');
});

test('the kernel’s clock counts as kept only where it says so and knows how well', () => {
  const timex = (status: number, error: bigint): Buffer => {
    const buffer = Buffer.alloc(208);
    buffer.writeInt32LE(status, 40);
    buffer.writeBigInt64LE(error, 24);
    return buffer;
  };
  expect(readTimex(timex(0x2001, 1234n))).toMatchObject({ disciplined: true, errorMicroseconds: 1234 });
  expect(readTimex(timex(0x2041, 1234n)).disciplined).toBe(false);
  expect(readTimex(timex(0x2001, 16_000_000n)).disciplined).toBe(false);
});

test('what is not an answer says nothing', async () => {
  for (const text of ['', 'bash: no such thing', '506 Cannot talk to daemon'])
    for (const read of Object.values(readers)) expect(read(text)).toBeUndefined();
  expect(typeof (await readClockState()).disciplined).toBe('boolean');
});
