import { expect, test } from 'vitest';
import { type Arrival, defaultReflecting, privateSources, Reflector, reflectorLimits } from './reflector.ts';
import { errorEstimateBits, readReply, type StampReply, writeReply, writeRequest } from './stamp.ts';

const start = 1_700_000_000_000_000;

function setup(options: Partial<ConstructorParameters<typeof Reflector>[0]> = {}) {
  const reflector = new Reflector(
    { allow: privateSources, ...defaultReflecting, ownPort: 5862, ...options },
    errorEstimateBits(true, 20),
  );
  const into = Buffer.alloc(9216);
  const request = (sequence: number, ssid = 5, octets = 44, key?: Uint8Array): Buffer => {
    const packet = Buffer.alloc(octets);
    writeRequest(packet, { sequence, time: start, error: 1, ssid }, octets, key);
    return packet;
  };
  const send = (packet: Buffer, over: Partial<Arrival> & { from?: string } = {}, key?: Uint8Array) => {
    const address = over.from ?? '10.1.2.3';
    const port = over.port ?? 40_000;
    const length = reflector.answer(
      packet,
      {
        source: address,
        session: `${address}:${port}`,
        address: () => address,
        port,
        ttl: 61,
        trafficClass: 184,
        received: start + 100,
        ...over,
      },
      () => start + 130,
      into,
    );
    return {
      length,
      reply: length === 0 ? undefined : (readReply(into.subarray(0, length), key) as StampReply),
    };
  };
  return { reflector, request, send };
}

test('it gives back what it was sent, with its own times and the time to live', () => {
  const { request, send, reflector } = setup({ stateful: false });
  const { reply, length } = send(request(41));
  expect(length).toBe(44);
  expect(reply).toMatchObject({ sequence: 41, senderSequence: 41, ssid: 5, senderTtl: 61 });
  expect(Math.round(reply!.received - start)).toBe(100);
  expect(Math.round(reply!.time - start)).toBe(130);
  expect(reply!.error.synchronised).toBe(true);
  expect(reflector.counters.reflected).toBe(0);
});

test('a stateful one counts by address, port and session identifier', () => {
  const { request, send } = setup();
  const counts = [
    send(request(1)),
    send(request(9)),
    send(request(1), { port: 40_001 }),
    send(request(1, 6)),
    send(request(10)),
    send(request(11), { received: start + 901_000_000 }),
  ].map(({ reply }) => reply!.sequence);
  expect(counts).toEqual([0, 1, 0, 0, 2, 0]);
});

test('it answers only whom it knows, IPv4 and IPv6', () => {
  const { request, send, reflector } = setup();
  expect(send(request(1), { from: '8.8.8.8' }).length).toBe(0);
  expect(send(request(1), { from: '2001:db8::1' }).length).toBe(0);
  expect(send(request(1), { from: 'fd00::1' }).length).toBe(44);
  expect(reflector.counters.notAllowed).toBe(2);
});

test('sources have keys of their own, and nothing unsealed is answered under one', () => {
  const key = Buffer.alloc(32, 1);
  const { request, send, reflector } = setup({
    allow: [{ prefix: '10.1.2.3', key }, { prefix: '10.0.0.0/8' }],
  });
  expect(send(request(3, 5, 112, key), {}, key).reply).toMatchObject({ senderSequence: 3 });
  expect(send(request(3, 5, 112)).length).toBe(0);
  expect(send(request(3)).length).toBe(0);
  expect(send(request(3), { from: '10.9.9.9' }).length).toBe(44);
  expect(reflector.counters).toMatchObject({ wrongHmac: 1, short: 1 });
});

test('it is no amplifier and no partner of other reflectors', () => {
  const { request, send, reflector } = setup();
  for (let octets = 0; octets < 120; octets++) {
    const { length } = send(Buffer.from(Array.from({ length: octets }, (_, at) => (at * 37) & 255)), {
      port: 40_000 + octets,
    });
    expect(length === 0 || length === octets).toBe(true);
    expect(length > 0).toBe(octets >= 38);
  }
  expect(send(request(1), { port: 862 }).length).toBe(0);
  expect(send(request(1), { port: 5862 }).length).toBe(0);
  // Its own answer, sent back to it.
  const into = Buffer.alloc(44);
  writeReply(
    into,
    request(1),
    { sequence: 0, time: start + 20, error: 1, received: start + 10, ttl: 9 },
    undefined,
  );
  expect(send(into, { port: 40_500 }).length).toBe(0);
  expect(reflector.counters).toMatchObject({ short: 38, fromReflectorPort: 2, reflection: 1 });
});

test('no source gets more than its rate, and all together not more than theirs', () => {
  const { request, send, reflector } = setup({ perSourcePerSecond: 10, perSecond: 25 });
  const many = (from: string, received: number): number =>
    Array.from({ length: 40 }, (_, at) => send(request(at), { from, received }).length).filter((n) => n > 0)
      .length;
  expect([many('10.0.0.1', start), many('10.0.0.2', start), many('10.0.0.3', start)]).toEqual([10, 10, 5]);
  expect(many('10.0.0.1', start + 500_000)).toBe(5);
  expect(reflector.counters.rateLimited).toBe(30 + 30 + 35 + 35);
});

test('what it remembers of others is bounded', () => {
  const { request, send, reflector } = setup({ perSecond: 1_000_000 });
  for (let at = 0; at < reflectorLimits.sessionsMax + 100; at++)
    send(request(1), { from: `10.${at >> 14}.${(at >> 7) & 127}.${at & 127}` });
  expect(reflector.sessions).toBe(reflectorLimits.sessionsMax);
  expect(reflector.sources).toBe(reflectorLimits.sourcesMax);
});

test('whom it answers can be changed while it runs', () => {
  const key = Buffer.alloc(32, 7);
  const { reflector, request, send } = setup();
  expect(send(request(1)).length).toBe(44);
  reflector.allow([{ prefix: '10.1.2.3', key }]);
  expect(send(request(2)).length).toBe(0);
  expect(send(request(2, 5, 112, key), {}, key).length).toBe(112);
  reflector.allow([]);
  expect(send(request(3, 5, 112, key), {}, key).length).toBe(0);
  expect(reflector.counters.notAllowed).toBe(1);
});
