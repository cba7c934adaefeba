import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VirtualClock } from '@millrace/sdk';
import { expect, test } from 'vitest';
import { readSocketStatistics, TcpInfo } from './tcp-info.ts';

const folder = join(import.meta.dirname, 'cases/tcp-established');
const text = readFileSync(join(folder, 'ss.txt'), 'utf8');

test('what the kernel keeps of connections is read from ss; lines that are something else are left out', () => {
  const expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as object[];
  expect(readSocketStatistics(text)).toMatchObject(expected);
  expect(readSocketStatistics(text)).toHaveLength(expected.length);
  expect(readSocketStatistics('\n\n\t\n ESTAB x')).toEqual([]);
});

test('by peer, renewed; a program that fails leaves nothing behind but the reason', async () => {
  const clock = new VirtualClock(1_700_000_000_000_000);
  const answers: (string | Error)[] = [text, Object.assign(new Error('spawn ss'), { code: 'ENOENT' }), text];
  const info = new TcpInfo(clock, 5_000, async () => {
    const answer = answers.shift() ?? '';
    if (typeof answer === 'string') return answer;
    throw answer;
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  await info.start();
  expect(info.of('::ffff:10.0.0.7')[0]).toMatchObject({ roundTrip: 21_500, sentAgain: 3 });
  expect(info.of('fd00:0::9')).toHaveLength(1);
  clock.advance(5_000);
  await settled();
  expect(info.of('10.0.0.7')).toEqual([]);
  expect(info.problem!.en).toContain('iproute2');
  clock.advance(5_000);
  await settled();
  expect(info.of('10.0.0.7')).toHaveLength(1);
  expect(info.problem).toBeUndefined();
  expect(info.time).toBe(1_700_000_010_000_000);
  info.stop();
});
