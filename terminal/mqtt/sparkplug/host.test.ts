import { limits, status, type ThingDescription } from '@millrace/contract';
import { defineTerminal, VirtualClock } from '@millrace/sdk';
import { TestContext } from '@millrace/sdk/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSparkplugHost, type SparkplugHostOptions, sparkplugThingId } from './index.ts';
import { decode, encode, SimulatedEdge } from './test-edge.ts';

const start = Date.UTC(2026, 0, 15, 8) * 1000;
const startMs = start / 1000;

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

function thing(id: string, properties: ThingDescription['properties']): ThingDescription {
  return {
    '@context': 'https://www.w3.org/2022/wot/td/v1.1',
    id,
    title: id,
    security: 'nosec_sc',
    securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
    ...(properties === undefined ? {} : { properties }),
  };
}

function metricForm(topic: string, metric: string) {
  return [{ href: 'mqtt:', 'mqv:topic': topic, 'millrace:metric': metric }];
}

const robot = thing('robot', {
  speed: { type: 'number', forms: metricForm('spBv1.0/plant/DDATA/cell/arm', 'Motor/Speed') },
  parts: { type: 'integer', forms: metricForm('spBv1.0/plant/DDATA/cell/arm', 'Parts') },
  running: { type: 'boolean', forms: metricForm('spBv1.0/plant/DDATA/cell/arm', 'Running') },
  uptime: { type: 'integer', forms: metricForm('spBv1.0/plant/NDATA/cell', 'Uptime') },
});

function setUp(options: Partial<SparkplugHostOptions> & { things?: ThingDescription[] } = {}) {
  const clock = new VirtualClock(start);
  const context = new TestContext(protocol, { clock, things: options.things ?? [robot] });
  const sent: { topic: string; payload: Buffer; qos: number; retain: boolean }[] = [];
  const host = createSparkplugHost({
    context,
    hostId: 'millrace',
    publish: (topic, payload, { qos, retain }) => void sent.push({ topic, payload, qos, retain }),
    ...options,
  });
  const edge = new SimulatedEdge(host, () => clock.now() / 1000);
  const settle = () => new Promise((resolve) => setTimeout(resolve, 10));
  const rebirths = () => sent.filter(({ topic }) => topic.includes('/NCMD/')).length;
  return { clock, context, sent, host, edge, settle, rebirths };
}

const arm = [
  { name: 'Motor/Speed', alias: 1, type: 'Double' as const, value: 10.5 },
  { name: 'Parts', alias: 2, type: 'UInt32' as const, value: 7 },
  { name: 'Running', alias: 3, type: 'Boolean' as const, value: true },
];

describe('births', () => {
  test('values of a birth and of data reach the points whose forms name them', async () => {
    const { edge, context, settle } = setUp();
    edge.nbirth([{ name: 'Uptime', type: 'Int32', value: 5 }]);
    edge.dbirth('arm', arm);
    edge.ddata('arm', [{ name: 'Motor/Speed', type: 'Double', value: 11, timestamp: start / 1000 + 1 }]);
    await settle();
    expect(context.samples.map(({ thing, property, value, time }) => [thing, property, value, time])).toEqual(
      [
        ['robot', 'uptime', 5, start],
        ['robot', 'speed', 10.5, start],
        ['robot', 'parts', 7, start],
        ['robot', 'running', true, start],
        ['robot', 'speed', 11, start + 1000],
      ],
    );
    expect(context.rejections).toEqual([]);
  });

  test('data with aliases alone', async () => {
    const { edge, context, settle } = setUp();
    edge.nbirth();
    edge.dbirth('arm', arm);
    edge.ddata('arm', [
      { alias: 2, type: 'UInt32', value: 8 },
      { alias: 3, type: 'Boolean', value: false },
    ]);
    await settle();
    expect(context.samples.slice(-2).map(({ property, value }) => [property, value])).toEqual([
      ['parts', 8],
      ['running', false],
    ]);
  });

  test('an alias that a birth gave twice feeds neither', async () => {
    const { edge, context, settle } = setUp();
    edge.nbirth();
    edge.dbirth('arm', [arm[0]!, { ...arm[1]!, alias: 1 }]);
    edge.ddata('arm', [{ alias: 1, type: 'Double', value: 99 }]);
    await settle();
    expect(context.samples.some(({ value }) => value === 99)).toBe(false);
    expect(context.rejections).toMatchObject([{ reason: 'malformed', detail: /alias 1 stands for two/ }]);
  });

  test('a birth proposes a node and each device as a thing', () => {
    const { edge, context } = setUp({ things: [] });
    edge.nbirth([{ name: 'Properties/Firmware', type: 'String', value: '1.2' }]);
    edge.dbirth('arm 1', [
      {
        name: 'Motor/Temperature',
        type: 'Float',
        value: 21.5,
        properties: {
          engUnit: { type: 'String', value: '°C' },
          engLow: { type: 'Double', value: -20 },
          engHigh: { type: 'Double', value: 120 },
        },
      },
      { name: 'Device Control/Reboot', type: 'Boolean', value: false },
      {
        name: 'Setpoint',
        type: 'Int16',
        value: 4,
        properties: { readOnly: { type: 'Boolean', value: false } },
      },
    ]);
    expect(
      context.proposals.map(({ description, source }) => [description.id, description.title, source]),
    ).toEqual([
      ['urn:sparkplug:plant:cell', 'cell', 'spBv1.0/plant/NBIRTH/cell'],
      ['urn:sparkplug:plant:cell:arm%201', 'arm 1', 'spBv1.0/plant/DBIRTH/cell/arm 1'],
    ]);
    expect(JSON.parse(JSON.stringify(context.proposals[1]!.description.properties))).toEqual({
      'Motor/Temperature': {
        title: 'Temperature',
        type: 'number',
        unit: '°C',
        minimum: -20,
        maximum: 120,
        observable: true,
        readOnly: true,
        forms: [
          {
            href: 'mqtt:',
            op: 'observeproperty',
            contentType: 'application/x-protobuf',
            'mqv:topic': 'spBv1.0/plant/DDATA/cell/arm 1',
            'millrace:metric': 'Motor/Temperature',
            'millrace:datatype': 'Float',
          },
        ],
      },
      Setpoint: {
        title: 'Setpoint',
        type: 'integer',
        observable: true,
        readOnly: false,
        forms: [
          {
            href: 'mqtt:',
            op: 'observeproperty',
            contentType: 'application/x-protobuf',
            'mqv:topic': 'spBv1.0/plant/DDATA/cell/arm 1',
            'millrace:metric': 'Setpoint',
            'millrace:datatype': 'Int16',
          },
        ],
      },
    });
  });

  test('a proposed thing that is accepted receives its metrics', async () => {
    const { edge, context, settle } = setUp({ things: [] });
    edge.nbirth();
    edge.dbirth('arm', arm);
    expect(context.counters['unmapped']).toBe(3);
    context.putThing(context.proposals[0]!.description);
    edge.ddata('arm', [{ alias: 1, type: 'Double', value: 12 }]);
    await settle();
    expect(context.samples).toMatchObject([
      { thing: 'urn:sparkplug:plant:cell:arm', property: 'Motor/Speed', value: 12 },
    ]);
  });

  test('things that come, change and go are bound anew', async () => {
    const { edge, context, settle } = setUp();
    edge.nbirth();
    edge.dbirth('arm', arm);
    context.putThing(
      thing('second', {
        v: { type: 'number', forms: metricForm('spBv1.0/plant/DDATA/cell/arm', 'Motor/Speed') },
      }),
    );
    edge.ddata('arm', [{ alias: 1, type: 'Double', value: 20 }]);
    context.putThing(
      thing('second', { v: { type: 'integer', forms: metricForm('spBv1.0/plant/DDATA/cell/arm', 'Parts') } }),
    );
    edge.ddata('arm', [{ alias: 1, type: 'Double', value: 21 }]);
    edge.ddata('arm', [{ alias: 2, type: 'UInt32', value: 22 }]);
    context.removeThing('robot');
    context.removeThing('second');
    edge.ddata('arm', [{ alias: 2, type: 'UInt32', value: 23 }]);
    await settle();
    expect(context.samples.slice(3).map(({ thing, property, value }) => [thing, property, value])).toEqual([
      ['robot', 'speed', 20],
      ['second', 'v', 20],
      ['robot', 'speed', 21],
      ['robot', 'parts', 22],
      ['second', 'v', 22],
    ]);
  });

  test('a rebirth that says the same proposes nothing, one that says more does', () => {
    const { edge, context } = setUp({ things: [] });
    edge.nbirth();
    edge.dbirth('arm', arm);
    edge.nbirth();
    edge.dbirth('arm', arm);
    expect(context.proposals.length).toBe(1);
    edge.dbirth('arm', [...arm, { name: 'Torque', type: 'Float', value: 1 }]);
    expect(context.proposals.length).toBe(2);
  });

  test('the session’s own thing is fed by the names of its properties', async () => {
    const { host, clock, context, settle } = setUp({
      things: [thing('press', { Uptime: { type: 'integer' }, 'pump/Pressure': { type: 'number' } })],
    });
    const edge = new SimulatedEdge(host, () => clock.now() / 1000, { owner: 'press' });
    edge.nbirth([{ name: 'Uptime', type: 'Int32', value: 5 }]);
    edge.dbirth('pump', [{ name: 'Pressure', type: 'Double', value: 2.5 }]);
    await settle();
    expect(context.samples.map(({ property, value }) => [property, value])).toEqual([
      ['Uptime', 5],
      ['pump/Pressure', 2.5],
    ]);
    expect(context.proposals).toEqual([]);
  });

  test('other credentials cannot speak for an edge node that is online', async () => {
    const { host, clock, context, settle } = setUp();
    const one = new SimulatedEdge(host, () => clock.now() / 1000, { owner: 'one' });
    const two = new SimulatedEdge(host, () => clock.now() / 1000, { owner: 'two' });
    one.nbirth();
    two.ndeath(0);
    two.seq = 1;
    two.ndata([]);
    await settle();
    expect(host.online('plant', 'cell')).toBe(true);
    expect(context.rejections).toMatchObject([
      { reason: 'denied', thing: 'two', count: 1 },
      { reason: 'denied' },
    ]);
    two.nbirth();
    two.ndeath(0);
    expect(host.online('plant', 'cell')).toBe(false);
  });

  test('metrics named like parts of JavaScript objects do no harm', async () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const { edge, context, settle } = setUp({ things: [] });
    edge.nbirth();
    edge.dbirth(
      'arm',
      names.map((name) => ({ name, type: 'Int32' as const, value: 1 })),
    );
    const description = structuredClone(context.proposals[0]!.description);
    expect(Object.keys(description.properties!)).toEqual(names);
    context.putThing(JSON.parse(JSON.stringify(context.proposals[0]!.description)) as ThingDescription);
    edge.ddata(
      'arm',
      names.map((name) => ({ name, type: 'Int32' as const, value: 2 })),
    );
    await settle();
    expect(({} as Record<string, unknown>)['type']).toBeUndefined();
  });

  test('ids of any script and length make a valid id of a thing', () => {
    expect(sparkplugThingId('车间', 'a:b/c', 'd')).toBe('urn:sparkplug:%E8%BD%A6%E9%97%B4:a%3Ab%2Fc:d');
    expect(sparkplugThingId('x'.repeat(200), 'y'.repeat(200)).length).toBeLessThanOrEqual(
      limits.thingIdCharactersMax,
    );
  });
});

describe('deaths', () => {
  test('a node’s death leaves a bad sample in every point, at its own time and again after a later birth', async () => {
    const { edge, clock, context, settle, host } = setUp();
    edge.nbirth([{ name: 'Uptime', type: 'Int32', value: 5 }], 4);
    edge.dbirth('arm', arm);
    clock.advance(60_000);
    edge.ndeath(4);
    await settle();
    expect(host.online('plant', 'cell')).toBe(false);
    expect(host.online('plant', 'cell', 'arm')).toBe(false);
    const bad = context.samples.filter((sample) => sample.status === status.badNotConnected);
    expect(bad.map(({ property, value, time }) => [property, value, time])).toEqual(
      ['uptime', 'speed', 'parts', 'running'].map((property) => [property, null, start + 60_000_000]),
    );
    edge.nbirth([{ name: 'Uptime', type: 'Int32', value: 6 }], 5);
    await settle();
    expect(context.samples.at(-1)).toMatchObject({ property: 'uptime', value: 6, status: status.good });
  });

  test('the will of an older session does not end the newer one', async () => {
    const { edge, context, host } = setUp();
    edge.nbirth([], 7);
    edge.nbirth([], 8);
    edge.ndeath(7);
    expect(host.online('plant', 'cell')).toBe(true);
    expect(context.counters['staleDeaths']).toBe(1);
    edge.ndeath(8);
    expect(host.online('plant', 'cell')).toBe(false);
  });

  test('a device that a new session does not bear again is gone after a while', async () => {
    const { edge, clock, context, host, settle } = setUp();
    edge.nbirth();
    edge.dbirth('arm', arm);
    edge.nbirth([], 1);
    clock.advance(9000);
    await settle();
    expect(context.samples.every((sample) => sample.status === status.good)).toBe(true);
    clock.advance(2000);
    await settle();
    expect(host.online('plant', 'cell', 'arm')).toBe(false);
    expect(context.samples.filter((sample) => sample.status === status.badNotConnected).length).toBe(3);
  });

  test('a metric that a new birth leaves out loses its value', async () => {
    const { edge, context, settle } = setUp();
    edge.nbirth();
    edge.dbirth('arm', arm);
    edge.dbirth('arm', arm.slice(0, 2));
    await settle();
    expect(context.samples.filter((sample) => sample.status === status.badNoData)).toMatchObject([
      { property: 'running', value: null },
    ]);
  });
});

describe('order', () => {
  test('numbers wrap from 255 to 0', async () => {
    const { edge, context, settle, rebirths } = setUp();
    edge.nbirth();
    edge.dbirth('arm', arm);
    for (let i = 0; i < 600; i++) edge.ddata('arm', [{ alias: 2, type: 'UInt32', value: i }]);
    await settle();
    expect(context.samples.filter(({ property }) => property === 'parts').length).toBe(601);
    expect(rebirths()).toBe(0);
  });

  test('a message that overtook another waits for it', async () => {
    const { edge, clock, context, settle, rebirths } = setUp();
    edge.nbirth();
    edge.dbirth('arm', arm);
    const first = edge.payload([{ alias: 2, type: 'UInt32', value: 100 }]);
    edge.ddata('arm', [{ alias: 2, type: 'UInt32', value: 101 }]);
    edge.ddata('arm', [{ alias: 2, type: 'UInt32', value: 102 }]);
    await settle();
    expect(context.samples.filter(({ property }) => property === 'parts').length).toBe(1);
    clock.advance(1000);
    edge.send('DDATA', 'arm', first);
    clock.advance(60_000);
    await settle();
    expect(context.samples.filter(({ property }) => property === 'parts').map(({ value }) => value)).toEqual([
      7, 100, 101, 102,
    ]);
    expect(rebirths()).toBe(0);
  });

  test('a message that is lost costs itself alone: those behind it are taken when the time is over, and a birth asked for', async () => {
    const { edge, clock, context, settle, rebirths, sent } = setUp();
    edge.nbirth();
    edge.dbirth('arm', arm);
    edge.payload([{ alias: 2, type: 'UInt32', value: 100 }]);
    edge.ddata('arm', [{ alias: 2, type: 'UInt32', value: 101 }]);
    clock.advance(1999);
    expect(rebirths()).toBe(0);
    clock.advance(1);
    await settle();
    expect(rebirths()).toBe(1);
    expect(sent[0]).toMatchObject({ topic: 'spBv1.0/plant/NCMD/cell', qos: 0, retain: false });
    expect(decode(sent[0]!.payload).metrics).toMatchObject([
      { name: 'Node Control/Rebirth', type: 'Boolean', value: true },
    ]);
    expect(context.samples.at(-1)).toMatchObject({ property: 'parts', value: 101 });
    expect(context.counters['sequenceGaps']).toBe(1);
  });

  test('with no time to wait a gap asks at once', () => {
    const { edge, rebirths } = setUp({ reorderTimeoutMilliseconds: 0 });
    edge.nbirth();
    edge.payload([]);
    edge.ndata([]);
    expect(rebirths()).toBe(1);
  });

  test('data before a birth, and data with an unknown alias, ask for a rebirth, and not again and again', () => {
    const { edge, clock, context, rebirths } = setUp();
    edge.ndata([{ name: 'Uptime', type: 'Int32', value: 1 }]);
    edge.ndata([{ name: 'Uptime', type: 'Int32', value: 1 }]);
    expect(rebirths()).toBe(1);
    expect(context.counters['beforeBirth']).toBe(2);
    clock.advance(30_000);
    edge.nbirth();
    edge.ndata([{ alias: 77, type: 'Int32', value: 1 }]);
    expect(rebirths()).toBe(2);
    for (let i = 0; i < 1000; i++) {
      clock.advance(1000);
      edge.ndata([{ alias: 77, type: 'Int32', value: 1 }]);
    }
    // Asking has not helped: the times between get longer.
    expect(rebirths()).toBeLessThan(12);
  });

  test('what waits is bounded', () => {
    const { edge, context, rebirths } = setUp();
    edge.nbirth([{ name: 'Uptime', type: 'Int32', value: 1 }]);
    edge.payload([]);
    const big = 'x'.repeat(900_000);
    for (let i = 0; i < 10; i++) edge.ndata([{ name: 'Uptime', type: 'String', value: big }]);
    expect(context.counters['sequenceGaps']).toBe(1);
    expect(rebirths()).toBe(1);
  });
});

describe('what is wrong', () => {
  test.each([
    ['spBv1.0/plant/NDATA/cell', Buffer.from('hello'), 'malformed'],
    ['spBv1.0/plant/NDATA/cell', encode({ timestamp: 1, metrics: [] }), 'malformed'],
    ['spBv1.0/plant/NDATA/cell', encode({ timestamp: 1, seq: 256, metrics: [] }), 'malformed'],
    ['spBv1.0/plant/NDATA', encode({ seq: 0 }), 'malformed'],
    ['spBv1.0/plant/NDATA/cell/arm', encode({ seq: 0 }), 'malformed'],
    ['spBv1.0/plant/DDATA/cell', encode({ seq: 0 }), 'malformed'],
    ['spBv1.0/plant/PDATA/cell', encode({ seq: 0 }), 'malformed'],
    ['spBv1.0/plant/NDATA/cell', Buffer.alloc(limits.payloadBytesMax + 1), 'too-large'],
    [`spBv1.0/plant/NDATA/${'x'.repeat(60_000)}`, encode({ seq: 0 }), 'too-large'],
  ])('wrong message %# is refused and says why', async (topic, payload, reason) => {
    const { host, context, settle, clock } = setUp();
    host.message(topic, payload, clock.now(), undefined);
    await settle();
    expect(context.rejections).toMatchObject([{ reason, count: 1 }]);
    expect(context.rejections[0]!.detail.length).toBeGreaterThan(10);
    expect(context.rejections[0]!.excerpt).toMatch(/^([0-9a-f]{2})*$/);
    expect(context.counters['refusedMessages']).toBe(1);
  });

  test('one metric that does not fit its type costs that metric', async () => {
    const { edge, context, settle } = setUp();
    edge.nbirth();
    edge.dbirth('arm', arm);
    edge.ddata('arm', [
      { alias: 2, type: 'String', value: 'many' },
      { alias: 1, type: 'Double', value: 12 },
    ]);
    await settle();
    expect(context.rejections).toMatchObject([
      {
        thing: 'robot',
        reason: 'wrong-type',
        detail: 'metric "Parts": declared UInt32, but the value came as string_value',
      },
    ]);
    expect(context.samples.at(-1)).toMatchObject({ property: 'speed', value: 12 });
  });

  test('a metric that the birth could not be read for does not ask for births for ever', async () => {
    const { edge, context, settle, rebirths } = setUp();
    edge.nbirth([{ type: 'Int32', value: 1 }]);
    edge.ndata([{ alias: 9, type: 'Int32', value: 1 }]);
    await settle();
    expect(rebirths()).toBe(0);
    expect(context.rejections).toMatchObject([
      { reason: 'malformed', detail: 'a metric of a birth has no name' },
    ]);
  });
});

describe('whatever comes in', () => {
  test('sequences of messages, right and wrong, throw nothing and leave the engine working', async () => {
    const valid = [
      encode({ timestamp: startMs, seq: 0, metrics: [{ name: 'bdSeq', type: 'Int64', value: 0 }, ...arm] }),
      encode({ timestamp: startMs, seq: 1, metrics: arm }),
      encode({ timestamp: startMs, seq: 2, metrics: [{ alias: 1, type: 'Double', value: 3 }] }),
      encode({ metrics: [{ name: 'bdSeq', type: 'Int64', value: 0 }] }),
    ];
    const payload = fc.oneof(
      fc.constantFrom(...valid),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom(...valid), fc.nat(200), fc.nat(255))
        .map(([bytes, at, byte]) =>
          Buffer.from(bytes.map((old, i) => (i === at % bytes.length ? byte : old))),
        ),
    );
    const topic = fc.oneof(
      fc
        .tuple(
          fc.constantFrom('NBIRTH', 'NDATA', 'NDEATH', 'DBIRTH', 'DDATA', 'DDEATH', 'NCMD', 'DCMD'),
          fc.constantFrom('', '/arm'),
        )
        .map(([type, device]) => `spBv1.0/plant/${type}/cell${device}`),
      fc.constant('spBv1.0/STATE/millrace'),
      fc.string({ maxLength: 20 }).map((rest) => `spBv1.0/${rest}`),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(topic, payload, fc.nat(3000)), { maxLength: 40 }),
        async (messages) => {
          const { host, clock, context, edge, settle } = setUp();
          host.start();
          for (const [name, bytes, milliseconds] of messages) {
            host.message(name, bytes, clock.now(), undefined);
            clock.advance(milliseconds);
          }
          edge.nbirth([{ name: 'Uptime', type: 'Int32', value: 41 }], 9);
          edge.ndata([{ name: 'Uptime', type: 'Int32', value: 42 }]);
          await settle();
          expect(context.samples.at(-1)).toMatchObject({ property: 'uptime', value: 42 });
          await host.close();
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('qualities and kinds of value', () => {
  test('quality, null, transient and historical', async () => {
    const { edge, context, settle } = setUp();
    edge.nbirth();
    edge.dbirth('arm', arm);
    const quality = (value: number) => ({ Quality: { type: 'Int32' as const, value } });
    edge.ddata('arm', [
      { alias: 1, type: 'Double', value: 1, properties: quality(192) },
      { alias: 1, type: 'Double', value: 2, properties: quality(0) },
      { alias: 1, type: 'Double', value: 3, properties: quality(500) },
      { alias: 1, type: 'Double', value: 4, properties: quality(64) },
      { alias: 1, type: 'Double', value: null, isNull: true },
      { alias: 1, type: 'Double', value: 5, isTransient: true },
      { alias: 1, type: 'Double', value: 6, isHistorical: true, timestamp: start / 1000 - 3_600_000 },
    ]);
    await settle();
    expect(context.samples.slice(3).map(({ value, status, time }) => [value, status, time - start])).toEqual([
      [1, status.good, 0],
      [2, status.bad, 0],
      [3, status.uncertainLastUsableValue, 0],
      [4, status.uncertain, 0],
      [null, status.badNoData, 0],
      [6, status.good, -3_600_000_000],
    ]);
    expect(context.counters['transient']).toBe(1);
  });

  test('without any time, the receive time; a time in the wrong unit is refused', async () => {
    const { edge, context, settle, clock } = setUp();
    edge.nbirth();
    edge.dbirth('arm', arm);
    clock.advance(5);
    edge.send('DDATA', 'arm', encode({ seq: 2, metrics: [{ alias: 2, type: 'UInt32', value: 8 }] }));
    edge.send(
      'DDATA',
      'arm',
      encode({ seq: 3, metrics: [{ alias: 2, type: 'UInt32', value: 9, timestamp: start }] }),
    );
    await settle();
    expect(context.samples.at(-1)).toMatchObject({ value: 8, time: start + 5000 });
    expect(context.rejections).toMatchObject([{ reason: 'time-invalid', thing: 'robot' }]);
  });
});

describe('end', () => {
  test('close says offline, leaves nothing that looks current, and no timer', async () => {
    const { edge, host, sent, context, settle, clock } = setUp();
    host.will();
    host.start();
    edge.nbirth([{ name: 'Uptime', type: 'Int32', value: 5 }]);
    edge.payload([]);
    edge.ndata([]);
    clock.advance(1000);
    await host.close();
    await host.close();
    clock.advance(100_000);
    edge.ndata([]);
    await settle();
    expect(sent.map(({ topic, payload }) => [topic, payload.toString()])).toEqual([
      ['spBv1.0/STATE/millrace', JSON.stringify({ online: true, timestamp: start / 1000 })],
      ['spBv1.0/STATE/millrace', JSON.stringify({ online: false, timestamp: start / 1000 + 1000 })],
    ]);
    expect(context.samples.at(-1)).toMatchObject({ property: 'uptime', status: status.badNotConnected });
  });
});
