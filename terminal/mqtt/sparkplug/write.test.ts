import type { ThingDescription } from '@millrace/contract';
import { defineTerminal, VirtualClock } from '@millrace/sdk';
import { TestContext } from '@millrace/sdk/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSparkplugHost } from './index.ts';
import { decode, SimulatedEdge } from './test-edge.ts';
import { commandPayload, UnfitMetric } from './write.ts';

const protocol = defineTerminal({
  id: 'sparkplug-test',
  title: { en: '', zh: '' },
  summary: { en: '', zh: '' },
  schemes: [],
  direction: 'listener',
  settings: {},
  check: () => [],
  open: () => Promise.reject(new Error('not opened')),
  test: () => Promise.reject(new Error('not tested')),
});

const form = (topic: string, metric: string) => [
  { href: 'mqtt:', 'mqv:topic': topic, 'millrace:metric': metric },
];
const arm: ThingDescription = {
  '@context': 'https://www.w3.org/2022/wot/td/v1.1',
  id: 'arm',
  title: 'Arm',
  security: 'nosec_sc',
  securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
  properties: {
    speed: { type: 'number', forms: form('spBv1.0/plant/DDATA/cell/arm', 'Motor/Speed') },
    limit: { type: 'integer', forms: form('spBv1.0/plant/NDATA/cell', 'Limit') },
    plain: { type: 'number' },
  },
};

function setUp() {
  const clock = new VirtualClock(Date.UTC(2026, 0, 15, 8) * 1000);
  const context = new TestContext(protocol, { clock, things: [arm] });
  const sent: { topic: string; payload: Buffer }[] = [];
  const host = createSparkplugHost({
    context,
    hostId: 'millrace',
    publish: (topic, payload) => {
      if (topic.includes('CMD')) sent.push({ topic, payload });
    },
  });
  return { clock, context, host, sent, edge: new SimulatedEdge(host, () => clock.now() / 1000) };
}

const code = (act: () => void): string => {
  try {
    act();
    return 'done';
  } catch (error) {
    return (error as { problem?: { code: string } }).problem?.code ?? String(error);
  }
};

test('a metric of a device by DCMD, of its node by NCMD, by alias where the birth gave one', () => {
  const { host, edge, sent, clock } = setUp();
  expect(host.serves('arm', 'speed')).toBe(true);
  expect(host.serves('arm', 'plain')).toBe(false);
  expect(code(() => host.write('arm', 'speed', 1))).toBe('not-connected');
  edge.nbirth([{ name: 'Limit', type: 'Int16', value: 5, alias: 7 }]);
  expect(code(() => host.write('arm', 'speed', 1))).toBe('not-connected');
  edge.dbirth('arm', [{ name: 'Motor/Speed', type: 'Float', value: 1.5 }]);
  host.write('arm', 'speed', 21.6);
  host.write('arm', 'limit', -3);
  expect(sent.map((one) => one.topic)).toEqual(['spBv1.0/plant/DCMD/cell/arm', 'spBv1.0/plant/NCMD/cell']);
  const [first, second] = sent.map((one) => decode(one.payload));
  expect(first!.seq ?? undefined).toBeUndefined();
  expect(Number(first!.timestamp)).toBe(clock.now() / 1000);
  expect(first!.metrics).toMatchObject([{ name: 'Motor/Speed', type: 'Float' }]);
  expect(first!.metrics![0]!.value).toBeCloseTo(21.6, 5);
  expect(Number(second!.metrics![0]!.alias)).toBe(7);
  expect(second!.metrics![0]!.name ?? '').toBe('');
  expect(second!.metrics![0]!.value).toBe(-3);
  expect(code(() => host.write('arm', 'limit', 40_000))).toBe('value-unfit');
  expect(code(() => host.write('arm', 'speed', 'fast'))).toBe('value-unfit');
  edge.ddeath('arm');
  expect(code(() => host.write('arm', 'speed', 1))).toBe('not-connected');
  edge.ndeath();
  expect(code(() => host.write('arm', 'limit', 1))).toBe('not-connected');
});

test('what is encoded is what the Eclipse library reads, in every datatype', () => {
  const back = (datatype: never, value: unknown): unknown => {
    const read = decode(commandPayload({ name: 'm', alias: undefined, datatype, value }, 1)).metrics![0]!
      .value;
    return read !== null && typeof read === 'object' && 'low' in (read as object) ? String(read) : read;
  };
  const bounds = { Int8: 8, Int16: 16, Int32: 32, UInt8: 8, UInt16: 16, UInt32: 32 } as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(bounds) as (keyof typeof bounds)[])),
      fc.integer({ min: -(2 ** 33), max: 2 ** 33 }),
      (datatype, value) => {
        const bits = bounds[datatype];
        const low = datatype.startsWith('U') ? 0 : -(2 ** (bits - 1));
        const high = low + 2 ** bits - 1;
        if (value >= low && value <= high) expect(Number(back(datatype as never, value))).toBe(value);
        else expect(() => back(datatype as never, value)).toThrow(UnfitMetric);
      },
    ),
  );
  // The library gives 64 bits without a sign.
  expect(BigInt.asIntN(64, BigInt(String(back('Int64' as never, '-5'))))).toBe(-5n);
  expect(back('UInt64' as never, '18446744073709551615')).toBe('18446744073709551615');
  expect(back('Double' as never, 0.1)).toBe(0.1);
  expect(back('Boolean' as never, false)).toBe(false);
  expect(back('String' as never, '主轴')).toBe('主轴');
  expect(String(back('DateTime' as never, '2026-02-03T04:05:06.789Z'))).toMatch(/1770091506789|2026/);
  expect(() => back('DataSet' as never, {})).toThrow('cannot be commanded');
});
