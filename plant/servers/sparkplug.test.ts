import { createRequire } from 'node:module';
import { silentLog } from '@millrace/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { History } from '../engine/history.ts';
import { Model } from '../engine/model.ts';
import { packFolder, readPack } from '../engine/pack.ts';
import { FakePlatform } from '../testing/fake-platform.ts';
import { quietPack } from '../testing/quiet-pack.ts';
import type { Outlet } from './outlet.ts';
import { openSparkplug } from './sparkplug.ts';
import { decodeCommand, encodePayload } from './sparkplug-payload.ts';

// Read by the library of the Sparkplug project, not by ours.
const peer = createRequire(import.meta.url)('sparkplug-payload').get('spBv1.0') as {
  decodePayload(bytes: Uint8Array): {
    seq?: { toNumber(): number } | number;
    metrics: {
      name?: string;
      alias?: { toNumber(): number } | number;
      type: string;
      value: unknown;
      properties?: unknown;
    }[];
  };
  encodePayload(payload: unknown): Uint8Array;
};
const number = (value: { toNumber(): number } | number | undefined): number =>
  typeof value === 'object' ? value.toNumber() : (value ?? -1);

const pack = quietPack(readPack(packFolder('machining-shop')));
const root = 'spBv1.0/Millrace-Suzhou';

describe('the robot cell as a Sparkplug edge node', () => {
  let platform: FakePlatform;
  let model: Model;
  let outlet: Outlet;

  beforeEach(async () => {
    platform = await FakePlatform.start();
    platform.credentials.set('urn:millrace:demo:robot-cell', { username: 'robot', password: 'secret' });
    model = new Model(pack, 1, Date.parse('2026-09-06T22:00:00Z') * 1000);
    // Past the first changeover, so that the robot has work.
    for (let second = 0; second < 3600; second++) model.step(1);
    outlet = openSparkplug({
      model,
      history: new History(model),
      folder: '',
      log: silentLog,
      url: platform.mqttUrl,
      group: 'Millrace-Suzhou',
      node: 'Line-1',
      things: [model.thing('robot-cell')!],
      credentials: () => ({ username: 'robot', password: 'secret' }),
      refused: () => Promise.resolve(false),
    });
  });

  afterEach(async () => {
    await outlet.close();
    await platform.stop();
  });

  const step = (seconds: number): void => {
    for (let second = 0; second < seconds; second++) {
      model.step(1, (signals) => outlet.seen(signals));
      outlet.stepped?.([]);
    }
  };
  const payloadOf = (message: { payload: Buffer }) => peer.decodePayload(message.payload);

  it('is born, reports by alias and in sequence, and is born again when asked', async () => {
    const birth = payloadOf(await platform.message((m) => m.topic === `${root}/NBIRTH/Line-1`, 'NBIRTH'));
    expect(number(birth.seq)).toBe(0);
    expect(birth.metrics.map((metric) => metric.name)).toEqual(['bdSeq', 'Node Control/Rebirth']);
    const device = payloadOf(
      await platform.message((m) => m.topic === `${root}/DBIRTH/Line-1/robot`, 'DBIRTH'),
    );
    expect(number(device.seq)).toBe(1);
    const load = device.metrics.find((metric) => metric.name === 'Motion/axis2Load')!;
    expect(load).toMatchObject({
      type: 'Double',
      properties: { engUnit: { value: '%' }, engHigh: { value: 200 } },
    });
    expect(device.metrics.find((metric) => metric.name === 'Counters/cycles')?.type).toBe('Int32');
    expect(new Set(device.metrics.map((metric) => number(metric.alias))).size).toBe(device.metrics.length);

    const from = platform.messages.length;
    step(600);
    await platform.message(
      (m) => m.topic.includes('DDATA') && number(payloadOf(m).seq) === 40,
      'DDATA',
      from,
    );
    const data = platform.messages.slice(from).filter((m) => m.topic === `${root}/DDATA/Line-1/robot`);
    data.forEach((message, position) => {
      const payload = payloadOf(message);
      expect(number(payload.seq)).toBe((position + 2) % 256);
      for (const metric of payload.metrics) expect(metric.name ?? '').toBe('');
    });
    const before = platform.messages.length;
    platform.publish(
      `${root}/NCMD/Line-1`,
      Buffer.from(
        peer.encodePayload({
          timestamp: Date.now(),
          metrics: [{ name: 'Node Control/Rebirth', type: 'Boolean', value: true }],
        }),
      ),
    );
    const again = payloadOf(await platform.message((m) => m.topic.includes('/NBIRTH/'), 'a rebirth', before));
    expect(number(again.seq)).toBe(0);
    expect(again.metrics[0]?.value).toEqual(birth.metrics[0]?.value);
  });

  it('takes a command to a metric that may be written, and shows it in its data', async () => {
    const device = payloadOf(
      await platform.message((m) => m.topic === `${root}/DBIRTH/Line-1/robot`, 'DBIRTH'),
    );
    const override = device.metrics.find((metric) => metric.name === 'Motion/speedOverride')!;
    expect(override.properties).toMatchObject({ readOnly: { value: false } });
    const from = platform.messages.length;
    const send = (metric: object): void =>
      platform.publish(
        `${root}/DCMD/Line-1/robot`,
        Buffer.from(peer.encodePayload({ timestamp: Date.now(), metrics: [metric] })),
      );
    send({ alias: number(override.alias), type: 'Int32', value: 60 });
    send({ name: 'Motion/speedOverride', type: 'Int32', value: 900 });
    send({ name: 'Motion/toolSpeed', type: 'Double', value: 1 });
    const end = Date.now() + 10_000;
    const signal = model.signals.find(
      (one) => one.thing.spec.name === 'robot-cell' && one.property.name === 'speedOverride',
    )!;
    while (model.valueOf(signal) !== 60 && Date.now() < end) await new Promise((done) => setTimeout(done, 5));
    step(5);
    const data = payloadOf(
      await platform.message(
        (m) =>
          m.topic.includes('/DDATA/') &&
          payloadOf(m).metrics.some((metric) => number(metric.alias) === number(override.alias)),
        'the new value',
        from,
      ),
    );
    expect(data.metrics.find((metric) => number(metric.alias) === number(override.alias))!.value).toBe(60);
  });

  it('dies with the number of its birth when its cable is cut, and comes back with the next', async () => {
    const birth = payloadOf(await platform.message((m) => m.topic.includes('/NBIRTH/'), 'NBIRTH'));
    const from = platform.messages.length;
    model.causeFault('robot-cell', 'networkLoss');
    step(1);
    const death = payloadOf(
      await platform.message((m) => m.topic === `${root}/NDEATH/Line-1`, 'NDEATH', from),
    );
    expect(death.metrics[0]).toMatchObject({ name: 'bdSeq' });
    expect(number(death.metrics[0]!.value as number)).toBe(number(birth.metrics[0]!.value as number));
    model.clearFault('robot-cell', 'networkLoss');
    step(1);
    const next = payloadOf(
      await platform.message((m) => m.topic.includes('/NBIRTH/'), 'the next birth', from),
    );
    expect(number(next.metrics[0]!.value as number)).toBe(number(birth.metrics[0]!.value as number) + 1);
  });

  it('says goodbye when it is stopped, and leaves bytes that are no command unheeded', async () => {
    await platform.message((m) => m.topic.includes('/DBIRTH/'), 'DBIRTH');
    const from = platform.messages.length;
    platform.publish(`${root}/NCMD/Line-1`, Buffer.from([0xff, 0xff, 0xff]));
    await outlet.close();
    await platform.message((m) => m.topic.includes('/NDEATH/'), 'NDEATH', from);
  });
});

describe('Sparkplug payloads', () => {
  it('come back from the other library as they went', () => {
    const decoded = peer.decodePayload(
      encodePayload(
        1000,
        [
          { name: 'a', alias: 7, datatype: 3, value: -5 },
          { name: 'b', datatype: 10, value: 2.5 },
          { name: 'c', datatype: 11, value: true },
          { name: 'd', datatype: 12, value: '中文' },
          { name: 'e', datatype: 10, value: null },
        ],
        9,
      ),
    );
    expect(decoded.metrics.map((metric) => metric.value)).toEqual([-5, 2.5, true, '中文', null]);
  });

  it('never throw on foreign bytes', () => {
    expect(decodeCommand(Buffer.from([0x12, 0x05, 0xff]))).toBeUndefined();
    expect(decodeCommand(Buffer.alloc(0))).toEqual([]);
  });
});
