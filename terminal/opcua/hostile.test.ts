import './test-quiet.ts';
import { connect, createServer, type Socket } from 'node:net';
import { status } from '@millrace/contract';
import { type Clock, systemClock } from '@millrace/sdk';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { opcua } from './opcua.ts';
import { type Machine, startSample } from './test-server.ts';
import { contextFor, describeThing } from './test-things.ts';

let machine: Machine;
beforeAll(async () => {
  machine = await startSample({ maxSessions: 100, server: { maxConnectionsPerEndpoint: 100 } });
});
afterAll(() => machine.stop());

const proxies: { close(): void }[] = [];
afterEach(() => {
  for (const one of proxies.splice(0)) one.close();
});

interface Proxy {
  endpoint: string;
  /** What is done to bytes on their way to the client; undefined: they are held back. */
  change: (data: Buffer) => Buffer | undefined;
  cut(): void;
  close(): void;
}

/** A network between us and the sample server that can be made to misbehave. */
async function proxy(): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const made: Proxy = {
    endpoint: '',
    change: (data) => data,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: () => {
      made.cut();
      server.close();
    },
  };
  const server = createServer((near) => {
    const far = connect(machine.port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (data) => far.write(data));
    far.on('data', (data) => {
      const changed = made.change(data);
      if (changed !== undefined) near.write(changed);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  made.endpoint = `opc.tcp://127.0.0.1:${(server.address() as { port: number }).port}`;
  proxies.push(made);
  return made;
}

const types = { Temperature: 'number', Bool: 'boolean', State: 'object' };

/** A clock that runs faster, for waits that are long on purpose. */
function fastClock(times: number): Clock {
  const start = systemClock.now();
  return {
    now: () => start + (systemClock.now() - start) * times,
    after: (milliseconds, call) => systemClock.after(milliseconds / times, call),
  };
}

test('a cable pulled: the loss is told once, and the gap is marked', async () => {
  const network = await proxy();
  const context = contextFor(network.endpoint, {}, { things: [describeThing(network.endpoint, types)] });
  await opcua.open(context);
  await context.until(() => context.samples.length >= 3, 'values');
  network.cut();
  await context.until(() => context.losses.length > 0, 'the loss');
  await context.until(
    () => context.samples.filter((one) => one.status === status.badNotConnected).length === 3,
    'three gaps',
  );
  expect(context.losses).toMatchObject([{ kind: 'unavailable', code: 'connection-lost' }]);
});

test('a server that goes silent is given up', async () => {
  const network = await proxy();
  const context = contextFor(
    network.endpoint,
    { timeoutMilliseconds: 3000 },
    { things: [describeThing(network.endpoint, types)], clock: fastClock(6) },
  );
  await opcua.open(context);
  await context.until(() => context.samples.length >= 3, 'values');
  network.change = () => undefined;
  await context.until(() => context.losses.length > 0, 'the loss');
  expect(context.losses).toMatchObject([{ kind: 'unavailable', code: 'server-silent' }]);
});

test('whatever comes instead of the server’s bytes, the process lives and the loss or the values are told', async () => {
  const corruptions: [string, (data: Buffer, random: number) => Buffer][] = [
    [
      'flipped',
      (data, random) => {
        const changed = Buffer.from(data);
        changed[random % changed.length]! ^= 0x80;
        return changed;
      },
    ],
    ['cut short', (data, random) => data.subarray(0, random % data.length)],
    ['doubled', (data) => Buffer.concat([data, data])],
    ['noise', (data, random) => Buffer.from(data.map((byte, at) => (byte * 31 + at * random) & 0xff))],
    [
      'huge length',
      (data) => {
        const changed = Buffer.from(data);
        changed.writeUInt32LE(0xffffffff, 4);
        return changed;
      },
    ],
  ];
  const seeds = fc.sample(fc.nat(1_000_000), { numRuns: 4, seed: 7 });
  await Promise.all(
    corruptions.flatMap(([name, corrupt]) =>
      seeds.map(async (seed) => {
        const network = await proxy();
        const context = contextFor(
          network.endpoint,
          { securityPolicy: 'None', timeoutMilliseconds: 8000, publishingMilliseconds: 20 },
          { things: [describeThing(network.endpoint, types)], clock: fastClock(20) },
        );
        const session = await opcua.open(context);
        await context.until(() => context.samples.length >= 3, 'values');
        let turn = 0;
        network.change = (data) => (turn++ === 0 && data.length >= 8 ? corrupt(data, seed + turn) : data);
        machine.set('Bool', seed % 2 === 0);
        // Either the connection ends, and says so, or it goes on.
        await context.until(
          () => context.losses.length > 0 || turn > 6,
          `the end or the rest after ${name} (${seed})`,
          20_000,
        );
        await session.close();
        expect(context.losses.length).toBeLessThanOrEqual(1);
      }),
    ),
  );
});

test('the same while the connection is being opened', async () => {
  const seeds = fc.sample(fc.nat(1_000_000), { numRuns: 12, seed: 11 });
  await Promise.all(
    seeds.map(async (seed, at) => {
      const network = await proxy();
      let turn = 0;
      network.change = (data) => {
        if (turn++ !== at % 6) return data;
        const changed = Buffer.from(data);
        for (let i = 0; i < 4; i++) changed[(seed * (i + 3)) % changed.length]! ^= 1 << (seed % 8);
        return changed;
      };
      const context = contextFor(
        network.endpoint,
        { timeoutMilliseconds: 500, securityPolicy: at % 2 === 0 ? 'None' : 'auto' },
        { things: [describeThing(network.endpoint, types)] },
      );
      try {
        const session = await opcua.open(context);
        await session.close();
      } catch (error) {
        expect((error as { problem?: object }).problem).toMatchObject({ what: { zh: expect.any(String) } });
      }
    }),
  );
});
