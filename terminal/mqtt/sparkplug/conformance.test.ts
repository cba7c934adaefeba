import { status, type ThingDescription } from '@millrace/contract';
import { defineTerminal, VirtualClock } from '@millrace/sdk';
import { TestContext } from '@millrace/sdk/testing';
import { describe, expect, test } from 'vitest';
import { createSparkplugHost, type SparkplugHostOptions } from './index.ts';
import { decode, encode, SimulatedEdge } from './test-edge.ts';

/**
 * The statements of Sparkplug 3.0 that bind a host application and that a program can check at the engine, each under its
 * identifier and in our words. Those about the MQTT session (CONNECT, order of packets, DISCONNECT) are in
 * ../client/sparkplug-conformance.test.ts. Which cannot be checked, and why: docs/decisions/0004-sparkplug-and-mqtt-client.md.
 */

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

const watched: ThingDescription = {
  '@context': 'https://www.w3.org/2022/wot/td/v1.1',
  id: 'watched',
  title: 'watched',
  security: 'nosec_sc',
  securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
  properties: {
    load: {
      type: 'number',
      forms: [{ href: 'mqtt:', 'mqv:topic': 'spBv1.0/Plant/NDATA/Cell', 'millrace:metric': 'Load' }],
    },
    speed: {
      type: 'number',
      forms: [{ href: 'mqtt:', 'mqv:topic': 'spBv1.0/Plant/DDATA/Cell/Arm', 'millrace:metric': 'Speed' }],
    },
  },
};

function setUp(options: Partial<SparkplugHostOptions> = {}) {
  const clock = new VirtualClock(start);
  const context = new TestContext(protocol, { clock, things: [watched] });
  const sent: { topic: string; payload: Buffer; qos: number; retain: boolean; at: number }[] = [];
  const host = createSparkplugHost({
    context,
    hostId: 'Host A',
    publish: (topic, payload, { qos, retain }) =>
      void sent.push({ topic, payload, qos, retain, at: clock.now() / 1000 }),
    ...options,
  });
  const edge = new SimulatedEdge(host, () => clock.now() / 1000, { group: 'Plant', node: 'Cell' });
  const samples = async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return context.samples;
  };
  const born = () => {
    edge.nbirth([{ name: 'Load', type: 'Double', value: 1 }], 3);
    edge.dbirth('Arm', [{ name: 'Speed', alias: 9, type: 'Double', value: 2 }]);
  };
  return { clock, context, sent, host, edge, samples, born };
}

const json = (payload: Buffer): unknown =>
  JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
const stateTopic = 'spBv1.0/STATE/Host A';

describe('birth certificate of the host', () => {
  const birth = () => {
    const { host, sent, clock } = setUp();
    host.will();
    clock.advance(25);
    host.start();
    return sent[0]!;
  };

  test.each([
    'tck-id-intro-sparkplug-host-state: a host says in STATE messages whether it is online',
    'tck-id-components-ph-state: a host uses STATE to say so at any time',
    'tck-id-conformance-primary-host: STATE is its birth and death certificate',
    'tck-id-host-topic-phid-birth-message: the birth certificate is the first thing a host publishes',
    'tck-id-host-topic-phid-birth-required: it is published once the subscriptions stand',
    'tck-id-principles-birth-certificates-order: nothing is published before it',
    'tck-id-operational-behavior-host-application-connect-birth: it is sent as soon as the session stands',
    'tck-id-operational-behavior-primary-application-state-with-multiple-servers-state: on every server it is the first message',
  ])('%s', () => {
    const { host, sent } = setUp();
    host.will();
    expect(sent).toEqual([]);
    host.start();
    expect(sent.length).toBe(1);
    expect(sent[0]!.topic).toBe(stateTopic);
    expect(json(sent[0]!.payload)).toMatchObject({ online: true });
  });

  test.each([
    'tck-id-host-topic-phid-birth-topic: spBv1.0/STATE/<host id>',
    'tck-id-operational-behavior-host-application-connect-birth-topic: spBv1.0/STATE/<host id>',
    'tck-id-payloads-state-birth: on spBv1.0/STATE/<host id>, QoS 1, retained',
  ])('%s', () => expect(birth()).toMatchObject({ topic: stateTopic, qos: 1, retain: true }));

  test.each([
    'tck-id-host-topic-phid-birth-qos: QoS 1',
    'tck-id-operational-behavior-host-application-connect-birth-qos: QoS 1',
  ])('%s', () => expect(birth().qos).toBe(1));

  test.each([
    'tck-id-host-topic-phid-birth-retain: retained',
    'tck-id-operational-behavior-host-application-connect-birth-retained: retained',
  ])('%s', () => expect(birth().retain).toBe(true));

  test.each([
    'tck-id-host-topic-phid-birth-payload: JSON in UTF-8 with online true and a timestamp in milliseconds',
    'tck-id-host-topic-phid-birth-payload-timestamp: the timestamp is the one in the will',
    'tck-id-message-flow-phid-sparkplug-state-publish-payload: JSON with online true and a timestamp',
    'tck-id-message-flow-phid-sparkplug-state-publish-payload-timestamp: the timestamp is the one in the will',
    'tck-id-operational-behavior-host-application-connect-birth-payload: JSON with online true and that timestamp',
    'tck-id-payloads-state-birth-payload: JSON with online true and that timestamp',
  ])('%s', () => expect(json(birth().payload)).toEqual({ online: true, timestamp: startMs }));

  test.each([
    'tck-id-host-topic-phid-birth-sub-required: the host subscribes to the Sparkplug namespace and to its own STATE',
    'tck-id-payloads-state-subscribe: the host subscribes to its own STATE topic',
    'tck-id-operational-behavior-primary-application-state-with-multiple-servers-state-subs: STATE is published so that edge nodes can subscribe to it',
  ])('%s', () => {
    const { host } = setUp();
    expect(host.subscriptions.map(({ filter }) => filter)).toEqual(['spBv1.0/#', stateTopic]);
  });

  test('tck-id-message-flow-hid-sparkplug-state-message-delivered: told that it is offline, the host says at once that it is not, with the same timestamp', () => {
    const { host, sent, clock } = setUp();
    host.will();
    host.start();
    clock.advance(5000);
    host.message(stateTopic, Buffer.from('{"online":false,"timestamp":1}'), clock.now(), undefined);
    expect(sent[1]).toMatchObject({ topic: stateTopic, qos: 1, retain: true, at: startMs + 5000 });
    expect(json(sent[1]!.payload)).toEqual({ online: true, timestamp: startMs });
    host.message(stateTopic, Buffer.from('{"online":true,"timestamp":1}'), clock.now(), undefined);
    host.message(
      'spBv1.0/STATE/host a',
      Buffer.from('{"online":false,"timestamp":1}'),
      clock.now(),
      undefined,
    );
    host.message(stateTopic, Buffer.from('not JSON'), clock.now(), undefined);
    expect(sent.length).toBe(2);
  });

  test('tck-id-operational-behavior-host-application-multi-server-timestamp: each server has a timestamp of its own', () => {
    const one = setUp();
    const two = setUp();
    two.clock.advance(1234);
    one.host.will();
    two.host.will();
    one.host.start();
    two.host.start();
    expect(json(one.sent[0]!.payload)).toEqual({ online: true, timestamp: startMs });
    expect(json(two.sent[0]!.payload)).toEqual({ online: true, timestamp: startMs + 1234 });
  });
});

describe('death certificate of the host', () => {
  test.each([
    'tck-id-host-topic-phid-death-required: the will holds the death certificate',
    'tck-id-host-topic-phid-death-topic: spBv1.0/STATE/<host id>',
    'tck-id-host-topic-phid-death-qos: QoS 1',
    'tck-id-host-topic-phid-death-retain: retained',
    'tck-id-host-topic-phid-death-payload: JSON with online false and a timestamp',
    'tck-id-host-topic-phid-death-payload-timestamp-connect: the timestamp is that of connecting',
    'tck-id-operational-behavior-host-application-connect-will-topic: spBv1.0/STATE/<host id>',
    'tck-id-operational-behavior-host-application-connect-will-payload: JSON with online false and a timestamp',
    'tck-id-operational-behavior-host-application-connect-will-qos: QoS 1',
    'tck-id-operational-behavior-host-application-connect-will-retained: retained',
    'tck-id-payloads-state-will-message: STATE is registered as the will',
    'tck-id-payloads-state-will-message-qos: QoS 1',
    'tck-id-payloads-state-will-message-retain: retained',
    'tck-id-payloads-state-will-message-payload: JSON with online false and a timestamp',
  ])('%s', () => {
    const { host, clock } = setUp();
    clock.advance(77);
    const will = host.will();
    expect(will).toMatchObject({ topic: stateTopic, qos: 1, retain: true });
    expect(json(will.payload)).toEqual({ online: false, timestamp: startMs + 77 });
  });

  test.each([
    'tck-id-operational-behavior-host-application-termination: a host that leaves on purpose publishes its death',
    'tck-id-operational-behavior-host-application-death-topic: spBv1.0/STATE/<host id>',
    'tck-id-operational-behavior-host-application-death-payload: JSON with online false and a timestamp',
    'tck-id-operational-behavior-host-application-death-qos: QoS 1',
    'tck-id-operational-behavior-host-application-death-retained: retained',
    'tck-id-host-topic-phid-death-payload-timestamp-disconnect-clean: the timestamp is that of leaving',
    'tck-id-host-topic-phid-death-payload-timestamp-disconnect-with-no-disconnect-packet: the same without DISCONNECT',
  ])('%s', async () => {
    const { host, sent, clock } = setUp();
    host.will();
    host.start();
    clock.advance(9000);
    await host.close();
    expect(sent.at(-1)).toMatchObject({ topic: stateTopic, qos: 1, retain: true });
    expect(json(sent.at(-1)!.payload)).toEqual({ online: false, timestamp: startMs + 9000 });
  });
});

describe('what the host does when an edge node or device dies', () => {
  test('tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-offline: the node is offline', () => {
    const { host, edge, born } = setUp();
    born();
    expect(host.online('Plant', 'Cell')).toBe(true);
    edge.ndeath(3);
    expect(host.online('Plant', 'Cell')).toBe(false);
  });

  test('tck-id-operational-behavior-edge-node-termination-host-action-ndeath-node-tags-stale: its metrics are stale from the host’s own time on', async () => {
    const { edge, born, clock, samples } = setUp();
    born();
    clock.advance(10_000);
    edge.ndeath(3);
    expect((await samples()).findLast(({ property }) => property === 'load')).toMatchObject({
      value: null,
      status: status.badNotConnected,
      time: start + 10_000_000,
    });
  });

  test('tck-id-operational-behavior-edge-node-termination-host-action-ndeath-devices-offline: its devices are offline', () => {
    const { host, edge, born } = setUp();
    born();
    expect(host.online('Plant', 'Cell', 'Arm')).toBe(true);
    edge.ndeath(3);
    expect(host.online('Plant', 'Cell', 'Arm')).toBe(false);
  });

  test('tck-id-operational-behavior-edge-node-termination-host-action-ndeath-devices-tags-stale: the metrics of its devices are stale', async () => {
    const { edge, born, clock, samples } = setUp();
    born();
    clock.advance(10_000);
    edge.ndeath(3);
    expect((await samples()).findLast(({ property }) => property === 'speed')).toMatchObject({
      value: null,
      status: status.badNotConnected,
      time: start + 10_000_000,
    });
  });

  test('tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-offline: the device is offline, the node is not', () => {
    const { host, edge, born } = setUp();
    born();
    edge.ddeath('Arm');
    expect(host.online('Plant', 'Cell', 'Arm')).toBe(false);
    expect(host.online('Plant', 'Cell')).toBe(true);
  });

  test('tck-id-operational-behavior-edge-node-termination-host-action-ddeath-devices-tags-stale: its metrics are stale from the time in the message on', async () => {
    const { edge, born, clock, samples } = setUp();
    born();
    clock.advance(10_000);
    edge.send('DDEATH', 'Arm', edge.payload([], startMs + 4000));
    const all = await samples();
    expect(all.at(-1)).toMatchObject({
      property: 'speed',
      value: null,
      status: status.badNotConnected,
      time: start + 4_000_000,
    });
    expect(all.some(({ property, value }) => property === 'load' && value === null)).toBe(false);
  });
});

describe('order of messages', () => {
  test('tck-id-operational-behavior-host-reordering-param: the time to wait can be set', () => {
    const { edge, born, clock, sent } = setUp({ reorderTimeoutMilliseconds: 7000 });
    born();
    edge.payload([]);
    edge.ndata([]);
    clock.advance(6999);
    expect(sent).toEqual([]);
    clock.advance(1);
    expect(sent.length).toBe(1);
  });

  test.each([
    'tck-id-operational-behavior-host-reordering-start: a message out of order starts the time',
    'tck-id-operational-behavior-host-reordering-rebirth: when it is over, a rebirth is asked for',
  ])('%s', () => {
    const { edge, born, clock, sent } = setUp();
    born();
    clock.advance(3_600_000);
    edge.payload([]);
    edge.ndata([]);
    clock.advance(1000);
    edge.ndata([]);
    clock.advance(999);
    expect(sent).toEqual([]);
    clock.advance(1);
    expect(sent).toMatchObject([{ topic: 'spBv1.0/Plant/NCMD/Cell' }]);
  });

  test('tck-id-operational-behavior-host-reordering-success: what was missing comes in time, and nothing happened', async () => {
    const { edge, born, clock, sent, samples } = setUp();
    born();
    const late = edge.payload([{ name: 'Load', type: 'Double', value: 10 }]);
    edge.ndata([{ name: 'Load', type: 'Double', value: 11 }]);
    clock.advance(1500);
    edge.send('NDATA', undefined, late);
    clock.advance(3_600_000);
    edge.ndata([{ name: 'Load', type: 'Double', value: 12 }]);
    expect(sent).toEqual([]);
    expect((await samples()).filter(({ property }) => property === 'load').map(({ value }) => value)).toEqual(
      [1, 10, 11, 12],
    );
  });

  test.each([
    'tck-id-payloads-sequence-num-always-included: a message without a number is refused',
    'tck-id-payloads-sequence-num-incrementing: numbers go from 0 to 255 and begin again',
    'tck-id-payloads-sequence-num-zero-nbirth: the birth of a node sets the number',
  ])('%s', async (statement) => {
    const { edge, born, host, context, clock, sent, samples } = setUp();
    born();
    if (statement.includes('always')) {
      host.message(edge.topic('NDATA'), encode({ timestamp: startMs, metrics: [] }), clock.now(), undefined);
      await samples();
      expect(context.rejections).toMatchObject([
        { reason: 'malformed', detail: 'NDATA without a sequence number' },
      ]);
    } else if (statement.includes('incrementing')) {
      for (let i = 0; i < 1000; i++) edge.ndata([]);
      clock.advance(10_000);
      expect(sent).toEqual([]);
    } else {
      for (let i = 0; i < 100; i++) edge.ndata([]);
      born();
      edge.ndata([]);
      clock.advance(10_000);
      expect(sent).toEqual([]);
    }
  });
});

describe('rebirth requests', () => {
  const request = () => {
    const { edge, sent, clock } = setUp();
    clock.advance(123);
    edge.ndata([]);
    return sent[0]!;
  };

  test.each([
    'tck-id-operational-behavior-data-commands-ncmd-rebirth-verb: as NCMD',
    'tck-id-operational-behavior-data-commands-ncmd-verb: a command to a node is an NCMD',
    'tck-id-topics-ncmd-topic: spBv1.0/<group>/NCMD/<edge node>',
    'tck-id-topic-structure: namespace, group, type, node',
    'tck-id-topic-structure-namespace-a: the namespace is spBv1.0',
    'tck-id-topic-structure-namespace-device-id-non-associated-message-types: no device in the topic of an NCMD',
  ])('%s', () => expect(request().topic).toBe('spBv1.0/Plant/NCMD/Cell'));

  test.each([
    'tck-id-topics-ncmd-mqtt: QoS 0, not retained',
    'tck-id-payloads-ncmd-qos: QoS 0',
    'tck-id-payloads-ncmd-retain: not retained',
  ])('%s', () => expect(request()).toMatchObject({ qos: 0, retain: false }));

  test.each([
    'tck-id-operational-behavior-data-commands-ncmd-rebirth-name: the metric is Node Control/Rebirth',
    'tck-id-operational-behavior-data-commands-ncmd-rebirth-value: its value is true',
    'tck-id-topics-ncmd-payload: the metrics to be written, and no others',
    'tck-id-operational-behavior-data-commands-ncmd-metric-name: by the name it has in every NBIRTH',
    'tck-id-operational-behavior-data-commands-ncmd-metric-value: a value of the metric’s own type',
    'tck-id-payloads-metric-datatype-value: the datatype is one of the specification’s',
  ])('%s', () => {
    expect(decode(request().payload).metrics).toMatchObject([
      { name: 'Node Control/Rebirth', type: 'Boolean', value: true },
    ]);
    expect(decode(request().payload).metrics!.length).toBe(1);
  });

  test.each([
    'tck-id-topics-ncmd-timestamp: with the time of sending',
    'tck-id-payloads-ncmd-timestamp: with the time of sending',
    'tck-id-payloads-timestamp-in-UTC: in milliseconds since 1970, UTC',
    'tck-id-payloads-metric-timestamp-in-UTC: the metric’s too',
    'tck-id-payloads-name-cmd-requirement: a metric of a command may have a timestamp',
  ])('%s', () => {
    const payload = decode(request().payload);
    expect(Number(payload.timestamp)).toBe(startMs + 123);
    expect(Number(payload.metrics![0]!.timestamp)).toBe(startMs + 123);
  });

  test('tck-id-payloads-ncmd-seq: without a sequence number', () => {
    // The Tahu library gives 0 for a field that is absent; the bytes say so: field 3 does not occur at the top.
    const { payload } = request();
    let at = 0;
    const fields: number[] = [];
    while (at < payload.length) {
      const tag = payload[at++]!;
      fields.push(tag >> 3);
      if ((tag & 7) === 0) while (payload[at++]! >= 0x80);
      else at += payload[at]! + 1;
    }
    expect(fields).toEqual([1, 2]);
  });
});

describe('what the host understands', () => {
  test.each([
    'tck-id-case-sensitivity-sparkplug-ids: ids that differ in case are different',
    'tck-id-topic-structure-namespace-duplicate-device-id-across-edge-node: the same device id under another node is another device',
  ])('%s', () => {
    const { host, clock, born } = setUp();
    born();
    const other = new SimulatedEdge(host, () => clock.now() / 1000, { group: 'plant', node: 'cell' });
    other.nbirth();
    other.dbirth('Arm', []);
    other.ndeath(0);
    expect(host.online('plant', 'cell', 'Arm')).toBe(false);
    expect(host.online('Plant', 'Cell', 'Arm')).toBe(true);
  });

  test('tck-id-case-sensitivity-metric-names: metric names that differ in case are different', async () => {
    const { edge, samples } = setUp();
    edge.nbirth([
      { name: 'load', type: 'Double', value: 99 },
      { name: 'Load', type: 'Double', value: 1 },
    ]);
    expect((await samples()).map(({ value }) => value)).toEqual([1]);
  });

  test.each([
    'tck-id-payloads-alias-data-cmd-requirement: data with an alias and no name',
    'tck-id-payloads-alias-birth-requirement: the alias as the birth gave it with the name',
    'tck-id-payloads-metric-datatype-not-req: data without a datatype',
    'tck-id-payloads-name-requirement: data with a name and no alias',
  ])('%s', async (statement) => {
    const { edge, born, samples } = setUp();
    born();
    edge.ddata('Arm', [
      statement.includes('name-requirement')
        ? { name: 'Speed', type: 'Double', value: 5 }
        : { alias: 9, type: 'Double', value: 5 },
    ]);
    expect((await samples()).at(-1)).toMatchObject({ property: 'speed', value: 5 });
  });

  test.each([
    'tck-id-payloads-ndeath-bdseq: a death belongs to the birth with the same bdSeq',
    'tck-id-topics-nbirth-bdseq-matching: one with another does not count',
  ])('%s', () => {
    const { host, edge, born } = setUp();
    born();
    edge.ndeath(2);
    expect(host.online('Plant', 'Cell')).toBe(true);
    edge.ndeath(3);
    expect(host.online('Plant', 'Cell')).toBe(false);
  });

  test.each([
    ['tck-id-payloads-propertyset-quality-value-value: 192 is good', 192, status.good],
    ['tck-id-payloads-propertyset-quality-value-value: 0 is bad', 0, status.bad],
    ['tck-id-payloads-propertyset-quality-value-value: 500 is stale', 500, status.uncertainLastUsableValue],
  ])('%s', async (_, value, expected) => {
    const { edge, born, samples } = setUp();
    born();
    edge.ndata([
      { name: 'Load', type: 'Double', value: 5, properties: { Quality: { type: 'Int32', value } } },
    ]);
    expect((await samples()).at(-1)).toMatchObject({ value: 5, status: expected });
  });

  test('tck-id-payloads-dbirth-order: data of a device before its birth is not taken, and a rebirth asked for', async () => {
    const { edge, sent, samples } = setUp();
    edge.nbirth();
    edge.ddata('Arm', [{ name: 'Speed', type: 'Double', value: 5 }]);
    expect(await samples()).toEqual([]);
    expect(sent).toMatchObject([{ topic: 'spBv1.0/Plant/NCMD/Cell' }]);
  });

  test('tck-id-payloads-template-definition-nbirth-only: definitions of templates are read past, and are no values', async () => {
    const { edge, context, samples, sent } = setUp();
    edge.nbirth([
      {
        name: 'MotorType',
        type: 'Template',
        value: {
          version: '1',
          isDefinition: true,
          metrics: [{ name: 'Speed', type: 'Double', value: 0 }],
          parameters: [],
        },
      },
      { name: 'Load', type: 'Double', value: 1 },
    ]);
    expect((await samples()).length).toBe(1);
    expect(context.rejections).toEqual([]);
    expect(sent).toEqual([]);
  });
});
