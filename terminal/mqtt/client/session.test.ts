import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ThingDescription } from '@millrace/contract';
import type { TerminalError } from '@millrace/sdk';
import { VirtualClock } from '@millrace/sdk';
import { TestContext, type TestContextOptions } from '@millrace/sdk/testing';
import fc from 'fast-check';
import mqttPacket, { type IPublishPacket } from 'mqtt-packet';
import { afterEach, describe, expect, test } from 'vitest';
import { covers, withoutCovered } from './filters.ts';
import { PacketFramer, publishHead } from './framing.ts';
import { mqttClient } from './index.ts';
import { ForeignBroker, ScriptedBroker } from './test-broker.ts';

const endings: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const lamp: ThingDescription = {
  '@context': 'https://www.w3.org/2022/wot/td/v1.1',
  id: 'lamp',
  title: 'lamp',
  security: 'nosec_sc',
  securityDefinitions: { nosec_sc: { scheme: 'nosec' } },
  properties: { on: { type: 'boolean', forms: [{ href: 'mqtt://x', 'mqv:topic': 'lamp/on' }] } },
};

async function scripted(): Promise<ScriptedBroker> {
  const broker = await ScriptedBroker.start();
  endings.push(() => broker.stop());
  return broker;
}

async function open(port: number, options: TestContextOptions = {}) {
  const context = new TestContext(mqttClient, {
    things: [lamp],
    ...options,
    settings: { host: '127.0.0.1', port, ...options.settings },
  });
  const session = await mqttClient.open(context);
  endings.push(() => session.close());
  return { context, session };
}

const problemOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => undefined,
    (error: TerminalError) => error.problem,
  );

describe('versions', () => {
  test('5.0 is offered first, with what it needs for messages to be kept and held back', async () => {
    const broker = await scripted();
    const { context } = await open(broker.port);
    expect(broker.packets[0]).toMatchObject({
      cmd: 'connect',
      protocolVersion: 5,
      clean: false,
      properties: { sessionExpiryInterval: 604_800, receiveMaximum: 1000 },
    });
    expect(context.counters['mqttVersion']).toBe(5);
  });

  test.each(['by reason', 'by return code', 'by closing'])(
    'a broker that refuses 5.0 %s gets 3.1.1',
    async (how) => {
      const broker = await scripted();
      broker.answer = (packet, socket) => {
        if (packet.cmd !== 'connect' || packet.protocolVersion !== 5) return undefined;
        if (how === 'by closing') {
          socket.end();
          return [];
        }
        const code = how === 'by reason' ? 0x84 : 1;
        return [{ cmd: 'connack', sessionPresent: false, reasonCode: code, returnCode: code }];
      };
      const { context } = await open(broker.port);
      expect(context.counters['mqttVersion']).toBe(4);
    },
  );

  test('tck-id-message-flow-phid-sparkplug-clean-session-50: a Sparkplug host starts clean and leaves no session behind', async () => {
    const broker = await scripted();
    await open(broker.port, { settings: { sparkplug: true } });
    const connect = broker.packets.find((packet) => packet.cmd === 'connect' && packet.will !== undefined);
    expect(connect).toMatchObject({
      protocolVersion: 5,
      clean: true,
      properties: { sessionExpiryInterval: 0 },
    });
  });

  test('a broker without retained messages cannot carry Sparkplug, and is told so', async () => {
    const broker = await scripted();
    broker.answer = (packet) =>
      packet.cmd === 'connect'
        ? [{ cmd: 'connack', sessionPresent: false, reasonCode: 0, properties: { retainAvailable: false } }]
        : undefined;
    expect(await problemOf(open(broker.port, { settings: { sparkplug: true } }))).toMatchObject({
      kind: 'settings',
      code: 'broker-without-retained',
    });
    expect(await problemOf(open(broker.port))).toBeUndefined();
  });

  test('no more messages are on their way than the broker takes at once', async () => {
    const broker = await scripted();
    broker.answer = (packet) => {
      if (packet.cmd === 'connect')
        return [{ cmd: 'connack', sessionPresent: false, reasonCode: 0, properties: { receiveMaximum: 2 } }];
      return packet.cmd === 'publish' ? [] : undefined;
    };
    const { session, context } = await open(broker.port);
    const outcomes = Promise.allSettled([1, 2, 3].map((input) => session.invoke!('lamp', 'blink', input)));
    const sent = () => broker.packets.filter((packet) => packet.cmd === 'publish');
    await context.until(() => sent().length === 2, 'two');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(sent().length).toBe(2);
    broker.send({ cmd: 'puback', messageId: sent()[0]!.messageId!, reasonCode: 0 });
    await context.until(() => sent().length === 3, 'the third');
    await session.close();
    await outcomes;
  });

  test('a refused password is not tried again with another version', async () => {
    const broker = await scripted();
    broker.answer = (packet) =>
      packet.cmd === 'connect'
        ? [
            {
              cmd: 'connack',
              sessionPresent: false,
              reasonCode: 0x86,
              properties: { reasonString: 'who are you?' },
            },
          ]
        : undefined;
    expect(await problemOf(open(broker.port))).toMatchObject({
      kind: 'denied',
      code: 'not-authorised',
      detail: 'reason 0x86: who are you?',
    });
    expect(broker.packets.length).toBe(1);
  });
});

describe('messages', () => {
  const publish = (messageId: number, qos: 0 | 1 | 2, payload = 'true'): IPublishPacket => ({
    cmd: 'publish',
    topic: 'lamp/on',
    payload,
    qos,
    retain: false,
    dup: false,
    ...(qos === 0 ? {} : { messageId }),
  });

  test('acknowledgements come in the order of the messages, for QoS 2 as its three steps', async () => {
    const broker = await scripted();
    const { context } = await open(broker.port);
    for (const [id, qos] of [
      [7, 1],
      [8, 2],
      [0, 0],
      [65_535, 1],
      [65_535, 2],
    ] as const) {
      broker.send(publish(id, qos));
    }
    const answers = () =>
      broker.packets
        .filter(({ cmd }) => cmd === 'puback' || cmd === 'pubrec' || cmd === 'pubcomp')
        .map(({ cmd, messageId }) => [cmd, messageId]);
    await context.until(() => answers().length === 6, 'six answers');
    expect(answers().filter(([cmd]) => cmd !== 'pubcomp')).toEqual([
      ['puback', 7],
      ['pubrec', 8],
      ['puback', 65_535],
      ['pubrec', 65_535],
    ]);
    expect(answers().filter(([cmd]) => cmd === 'pubcomp')).toEqual([
      ['pubcomp', 8],
      ['pubcomp', 65_535],
    ]);
    expect(context.samples.length).toBe(5);
  });

  test('a message whose acknowledgement was lost with the connection is taken once', async () => {
    const broker = await scripted();
    const first = await open(broker.port);
    broker.send(publish(3, 1));
    await first.context.until(() => first.context.samples.length === 1, 'the sample');
    await first.session.close();
    const second = await open(broker.port);
    broker.send({ ...publish(3, 1), dup: true });
    broker.send({ ...publish(4, 1, 'false'), dup: true });
    await second.context.until(
      () => broker.packets.filter(({ cmd }) => cmd === 'puback').length === 3,
      'all acknowledged',
    );
    expect(second.context.samples.map(({ value }) => value)).toEqual([false]);
    expect(second.context.counters['redeliveries']).toBe(1);
  });

  test('a subscription that is refused leaves the rest standing, and says which', async () => {
    const broker = await scripted();
    broker.answer = (packet) =>
      packet.cmd === 'subscribe'
        ? [
            {
              cmd: 'suback',
              messageId: packet.messageId!,
              granted: packet.subscriptions.map(({ topic }) => (topic === 'lamp/on' ? 1 : 0x87)),
            },
          ]
        : undefined;
    const { context } = await open(broker.port, { settings: { filters: 'secret/#' } });
    expect(context.reports.at(-1)).toMatchObject({
      state: 'degraded',
      problem: { code: 'subscription-refused', what: { en: expect.stringContaining('secret/#') } },
    });
    broker.send(publish(1, 1));
    await context.until(() => context.samples.length === 1, 'a sample');
  });

  test('shared subscriptions', async () => {
    const broker = await scripted();
    await open(broker.port, { settings: { share: 'millrace' } });
    expect(broker.packets.find(({ cmd }) => cmd === 'subscribe')).toMatchObject({
      subscriptions: [{ topic: '$share/millrace/lamp/on', qos: 1 }],
    });
  });
});

describe('ends', () => {
  test.each([
    [0x8e, 'session-taken-over', 'settings'],
    [0x8b, 'broker-unavailable', 'unavailable'],
    [0x87, 'not-authorised', 'denied'],
  ])('DISCONNECT 0x%i is told in words', async (reasonCode, code, kind) => {
    const broker = await scripted();
    const { context } = await open(broker.port);
    broker.send({ cmd: 'disconnect', reasonCode });
    await context.until(() => context.losses.length > 0, 'the loss');
    expect(context.losses).toMatchObject([{ code, kind }]);
  });

  test('a broker that falls silent is noticed within the keep-alive interval', async () => {
    const clock = new VirtualClock(Date.now() * 1000);
    const broker = await scripted();
    const { context } = await open(broker.port, { clock, settings: { keepAlive: 10 } });
    const turns = async () => {
      clock.advance(5000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    for (let i = 0; i < 10; i++) await turns();
    expect(context.losses).toEqual([]);
    expect(broker.packets.filter(({ cmd }) => cmd === 'pingreq').length).toBeGreaterThan(3);
    broker.answer = (packet) => (packet.cmd === 'pingreq' ? [] : undefined);
    for (let i = 0; i < 3; i++) await turns();
    expect(context.losses).toMatchObject([{ code: 'broker-silent', kind: 'unavailable' }]);
  });

  test('a broker that waits because we make it wait is not silent', async () => {
    const clock = new VirtualClock(Date.now() * 1000);
    const broker = await scripted();
    const { context } = await open(broker.port, { clock, settings: { keepAlive: 10 } });
    context.setCongested(true);
    broker.send({ cmd: 'publish', topic: 'lamp/on', payload: 'true', qos: 0, retain: false, dup: false });
    await context.until(() => context.counters['pauses'] === 1, 'the pause');
    for (let i = 0; i < 10; i++) {
      clock.advance(5000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(context.losses).toEqual([]);
    context.setCongested(false);
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (let i = 0; i < 4; i++) {
      clock.advance(5000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(context.losses).toEqual([]);
  });

  test('bytes that are no MQTT end the connection, with words', async () => {
    const broker = await scripted();
    const { context } = await open(broker.port);
    broker.sockets[0]!.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff]));
    await context.until(() => context.losses.length > 0, 'the loss');
    expect(context.losses).toMatchObject([{ code: 'not-mqtt' }]);
  });
});

describe('TLS', () => {
  const file = (name: string): string =>
    readFileSync(join(import.meta.dirname, 'cases', 'tls', name), 'utf8');
  const start = async (cert: string, key: string, more: object = {}): Promise<number> => {
    const broker = await ForeignBroker.start({ tls: { cert: file(cert), key: file(key), ...more } });
    endings.push(() => broker.stop());
    return broker.port;
  };
  const attempt = (port: number, settings: Record<string, string | boolean> = {}) =>
    problemOf(open(port, { settings: { tls: true, version: '3.1.1', ...settings } }));

  test('a certificate of the authority given is trusted, another is not unless checks are off', async () => {
    const port = await start('server.crt', 'server.key');
    expect(await attempt(port, { ca: file('ca.crt') })).toBeUndefined();
    expect(await attempt(port)).toMatchObject({
      kind: 'settings',
      code: 'certificate-untrusted',
      field: 'ca',
    });
    expect(await attempt(port, { verify: false })).toBeUndefined();
  });

  test('expired, for another host, not TLS', async () => {
    expect(await attempt(await start('expired.crt', 'server.key'), { ca: file('ca.crt') })).toMatchObject({
      kind: 'unavailable',
      code: 'certificate-expired',
    });
    expect(await attempt(await start('other.crt', 'other.key'), { ca: file('ca.crt') })).toMatchObject({
      kind: 'settings',
      code: 'certificate-other-host',
      field: 'host',
    });
    const plain = await scripted();
    plain.answer = (_, socket) => {
      socket.end();
      return [];
    };
    expect(await attempt(plain.port)).toMatchObject({
      code: expect.stringMatching(/tls-not-spoken|connection-closed/),
    });
    expect(
      await problemOf(open(await start('server.crt', 'server.key'), { settings: { version: '3.1.1' } })),
    ).toMatchObject({
      code: 'connection-closed',
      remedy: { en: expect.stringContaining('TLS') },
    });
  });

  test('a broker that knows its clients by certificate', async () => {
    const port = await start('server.crt', 'server.key', {
      ca: file('ca.crt'),
      requestCert: true,
      rejectUnauthorized: true,
    });
    const ca = file('ca.crt');
    expect(await attempt(port, { ca, cert: file('client.crt'), key: file('client.key') })).toBeUndefined();
    expect(await attempt(port, { ca })).toMatchObject({
      kind: 'denied',
      code: 'client-certificate-refused',
      field: 'cert',
    });
    expect(await attempt(port, { ca, cert: file('client.crt'), key: file('other.key') })).toMatchObject({
      kind: 'settings',
      code: 'certificate-unreadable',
      field: 'key',
    });
  });
});

describe('framing', () => {
  const packet = (payload: Buffer, topic = 't', messageId = 5): Buffer =>
    mqttPacket.generate({ cmd: 'publish', topic, payload, qos: 1, retain: false, dup: false, messageId });

  test('however the stream is cut, the packets come out whole, and the large ones as what they are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 30 }),
        (sizes, cuts) => {
          const bytesMax = 1000;
          const packets = sizes.map((size, i) => packet(Buffer.alloc(size, i)));
          const stream = Buffer.concat(packets);
          const framer = new PacketFramer(bytesMax);
          const out: string[] = [];
          for (let at = 0, i = 0; at < stream.length; i++) {
            const size = cuts[i % cuts.length]!;
            framer.push(
              stream.subarray(at, at + size),
              (whole) => out.push(whole.toString('hex')),
              ({ bytes, head }) =>
                out.push(`${bytes} ${publishHead(head)?.topic} ${publishHead(head)?.messageId}`),
            );
            at += size;
          }
          expect(out).toEqual(
            packets.map((one) => (one.length > bytesMax ? `${one.length} t 5` : one.toString('hex'))),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test('random bytes give packets or an error, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 20 }), (chunks) => {
        const framer = new PacketFramer(1000);
        try {
          for (const chunk of chunks)
            framer.push(
              Buffer.from(chunk),
              () => {},
              ({ head }) => void publishHead(head),
            );
        } catch (error) {
          expect((error as Error).message).toContain('not MQTT');
        }
      }),
    );
  });
});

describe('filters', () => {
  test.each([
    ['#', 'a/b', true],
    ['#', '$SYS/x', false],
    ['a/#', 'a', true],
    ['a/#', 'a/+/c', true],
    ['a/+', 'a/b', true],
    ['a/+', 'a/#', false],
    ['a/+', 'a/b/c', false],
    ['+/b', 'a/+', false],
    ['a/b', 'a/b', true],
  ])('%s covers %s: %s', (outer, inner, expected) => expect(covers(outer, inner)).toBe(expected));

  test('covered filters are left out, equal ones kept once', () => {
    expect(withoutCovered(['a/b', 'a/+', 'c', 'c', 'a/#', 'd/+/e'])).toEqual(['c', 'a/#', 'd/+/e']);
  });
});
