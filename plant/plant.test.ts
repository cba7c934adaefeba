import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningPlant, startPlant } from './index.ts';
import { FakePlatform } from './testing/fake-platform.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-plant-'));
let platform: FakePlatform;
let plant: RunningPlant | undefined;

const start = async (): Promise<RunningPlant> => {
  plant = await startPlant({
    serverUrl: platform.url,
    token: platform.token,
    mqttUrl: platform.mqttUrl,
    folder,
    seed: 5,
    anyPorts: true,
    apps: {
      energy: {
        'machining-shop': {
          puts: [{ path: '/loads', body: [{ from: '{day-7}' }] }],
          jobs: [{ job: 'backfill', input: { days: 3 } }],
        },
        'another-pack': { puts: [{ path: '/never', body: {} }], jobs: [] },
      },
    },
  });
  return plant;
};

beforeAll(async () => {
  platform = await FakePlatform.start();
});
afterEach(async () => {
  await plant?.stop();
  plant = undefined;
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

const id = (name: string): string => `urn:millrace:demo:${name}`;

// The machine may be busy with other things while four OPC UA servers start.
describe('the plant', { timeout: 120_000 }, () => {
  it('registers itself with a platform that is slow to come up, and comes to life', async () => {
    platform.failures.push(503, 503, 502);
    const running = await start();
    expect(await running.ready).toEqual({ things: 76, refusals: 0 });
    expect(platform.things.size).toBe(76);
    expect([...platform.connections.keys()].sort()).toEqual([
      'demo-cnc-1',
      'demo-cnc-2',
      'demo-cnc-3',
      'demo-cnc-4',
      'demo-compressor',
      'demo-meters',
      'demo-storage',
    ]);
    expect(platform.connections.get('demo-cnc-1')).toMatchObject({
      protocol: 'opcua',
      startup: 'retry',
      settings: {
        endpoint: expect.stringMatching(/^opc\.tcp:\/\/127\.0\.0\.1:\d+$/),
        securityPolicy: 'Basic256Sha256',
        trustedThumbprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
    // Forty sensors, the washer, the plant itself, the robot's edge node, the network with its cells, and two vehicles.
    expect(platform.credentials.size).toBe(49);
    expect(statSync(join(folder, 'machining-shop', 'credentials.json')).mode & 0o777).toBe(0o600);

    const plain = await platform.message(
      (m) => m.topic === `things/${id('vibration-cnc-1')}/properties`,
      'a plain reading',
    );
    expect(JSON.parse(plain.payload.toString())).toMatchObject({ velocity: expect.any(Number) });
    const timed = await platform.message(
      (m) => m.topic === `things/${id('vibration-cnc-2')}/properties`,
      'a timed reading',
    );
    expect(JSON.parse(timed.payload.toString())).toMatchObject({
      time: expect.stringMatching(/Z$/),
      values: { velocity: expect.any(Number) },
    });
    await platform.message(
      (m) => m.topic === 'spBv1.0/Millrace-Suzhou/DBIRTH/Line-1/robot',
      'the birth of the robot',
    );
    // The hours before, once: what a controller remembers itself is left for the platform to read there.
    const end = Date.now() + 30_000;
    while (platform.pushed.size < 76 && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const meter = platform.pushed.get(id('meter-main'))!;
    expect(meter.length).toBeGreaterThan(600);
    expect(meter[0]?.values).toMatchObject({ activeEnergy: expect.any(Number) });
    const machine = platform.pushed.get(id('cnc-1'))!;
    expect(machine.some((record) => 'spindleLoad' in record.values)).toBe(true);
    expect(machine.at(-1)?.values).not.toHaveProperty('spindleLoad');
    expect(machine.at(-1)?.values).toHaveProperty('pieces');
    // The weeks before, by quarter-hour, end where the recorded hours begin, and the counters run on.
    const times = meter.map((record) => Date.parse(record.time!));
    expect(times.filter((time) => time % 900_000 === 0).length).toBeGreaterThan(31 * 96);
    expect(times[0]).toBeLessThan(Date.now() - 31 * 86_400_000);
    const counts = meter
      .map((record) => [record.time!, record.values['activeEnergy'] as number] as const)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([, count]) => count);
    expect(counts.every((count, at) => at === 0 || count >= counts[at - 1]!)).toBe(true);
    expect(platform.pushed.get(id('outside'))![0]?.values).toEqual({ temperature: expect.any(Number) });
    // Then applications get their demo part, once.
    await vi.waitFor(() => expect(platform.appRequests).toHaveLength(2), 30_000);
    expect(platform.appRequests[0]).toEqual([
      'energy/loads',
      [{ from: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) }],
    ]);
    expect(platform.appRequests[1]).toEqual(['energy/jobs', { job: 'backfill', input: { days: 3 } }]);
    const own = platform.messages.find((m) => m.topic === `things/${id('plant')}/properties`);
    expect(own).toBeDefined();
  });

  it('changes nothing when it starts again, but goes on where it was', async () => {
    platform.requests.length = 0;
    const running = await start();
    await running.ready;
    const puts = platform.requests.filter((request) => !request.startsWith('GET'));
    // Its servers have other ports in this test, so what names a port is put anew; nothing else is.
    expect(puts.filter((request) => request.startsWith('POST'))).toEqual([]);
    expect(platform.requests.filter((request) => request.endsWith('/properties'))).toEqual([]);
    expect(puts.filter((request) => /sensor|climate|door|vibration/.test(request))).toEqual([]);
    expect(platform.requests.filter((request) => request.includes('/api/apps/'))).toEqual([]);
    expect(running.model.variable('cnc-1', 'pieces')).toBeGreaterThan(1200);
  });

  it('causes and clears faults when told to by message', async () => {
    const running = await start();
    await running.ready;
    const topic = `things/${id('plant')}/actions/causeFault`;
    await platform.message(
      (m) => m.topic === `things/${id('plant')}/properties`,
      'the plant',
      platform.messages.length,
    );
    const from = platform.messages.length;
    const invoke = (request: unknown): void => platform.publish(topic, JSON.stringify(request));
    const result = async (request: string): Promise<unknown> =>
      JSON.parse(
        (
          await platform.message(
            (m) => m.topic === `${topic}/result` && JSON.parse(m.payload.toString()).id === request,
            `the result of ${request}`,
            from,
          )
        ).payload.toString(),
      );
    invoke({ id: 'a', input: { thing: id('cnc-3'), fault: 'emergencyStop' } });
    expect(await result('a')).toMatchObject({ id: 'a', state: 'confirmed' });
    expect(running.model.activeFaults().map((each) => each.fault)).toContain('emergencyStop');
    await platform.message((m) => m.topic === `things/${id('plant')}/events/faultBegan`, 'the event', from);
    invoke({ id: 'b', input: { thing: id('cnc-3'), fault: 'flood' } });
    expect(await result('b')).toMatchObject({
      state: 'refused',
      output: { zh: expect.stringContaining('flood') },
    });
    platform.publish(topic, 'no JSON');
    platform.publish(`things/${id('plant')}/actions/clearAllFaults`, JSON.stringify({ id: 'c' }));
    await platform.message((m) => m.topic.endsWith('clearAllFaults/result'), 'all cleared', from);
    expect(running.model.activeFaults()).toEqual([]);
  });

  it('asks for new credentials when the platform has forgotten the old ones', async () => {
    platform.credentials.clear();
    const running = await start();
    await running.ready;
    await platform.message(
      (m) => m.topic === `things/${id('plant')}/properties`,
      'the plant after renewal',
      platform.messages.length,
      90_000,
    );
    // The plant's own comes first; the sensors ask one after another.
    await vi.waitFor(() => expect(platform.credentials.size).toBeGreaterThan(30), 60_000);
  }, 180_000);

  it('stops while the platform is away', async () => {
    platform.failures.push(...Array.from({ length: 50 }, () => 503));
    const running = await start();
    await running.stop();
    await expect(running.ready).rejects.toThrow('stopping');
    platform.failures.length = 0;
    plant = undefined;
  });
});
