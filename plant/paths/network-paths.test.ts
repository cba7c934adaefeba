import { silentLog, VirtualClock } from '@millrace/sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Model } from '../engine/model.ts';
import { type Pack, packFolder, readPack } from '../engine/pack.ts';
import { quietPack } from '../testing/quiet-pack.ts';
import { NetworkPaths } from './network-paths.ts';
import { networkIntroductions } from './network-registration.ts';

const start = Date.parse('2026-09-06T22:00:00Z') * 1000;
let pack: Pack;
let model: Model;
let clock: VirtualClock;
let paths: NetworkPaths;

beforeEach(async () => {
  pack = quietPack(readPack(packFolder('machining-shop')));
  model = new Model(pack, 3, start);
  clock = new VirtualClock(start);
  paths = await NetworkPaths.open({
    pack,
    network: pack.network!,
    model,
    seed: 3,
    clock,
    log: silentLog,
    host: '127.0.0.1',
    mqttUrl: 'mqtt://127.0.0.1:1',
    ports: {},
    trace: '/nowhere/trace.csv',
    data: '/nowhere',
  });
});
afterEach(() => paths.close());

function live(seconds: number): void {
  for (let at = 0; at < seconds * 4; at++) {
    model.step(0.25);
    clock.advance(250);
    paths.stepped();
  }
}

/** Round trips of one terminal over some seconds, five a second, in order; Infinity where lost. */
function trips(id: string, seconds: number): number[] {
  const { path } = paths.terminals.find(({ spec }) => spec.id === id)!;
  const found: number[] = [];
  for (let at = 0; at < seconds * 5; at++) {
    if (at % 5 === 0) live(1);
    const moment = clock.now() / 1e6 + (at % 5) / 5;
    const down = path.down(moment);
    const up = path.up(moment);
    found.push(down === undefined || up === undefined ? Number.POSITIVE_INFINITY : down + up);
  }
  return found.sort((a, b) => a - b);
}
const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))]!;
const seen = (): string[] =>
  (paths.core.information('GET', '/ue-info').body as { items: { supi: string }[] }).items.map(
    ({ supi }) => supi,
  );

describe('paths of the machining shop', () => {
  test('are good when nothing is wrong, and the console says how they are played', () => {
    const found = trips('vibration-cnc-1', 60);
    expect(at(found, 0.5)).toBeLessThan(20);
    expect(at(found, 0.95)).toBeLessThan(40);
    expect(seen()).toHaveLength(pack.network!.terminals.length);
    live(10);
    const shown = (name: string): unknown =>
      model.valueOf(
        model.signals.find((one) => one.thing.spec.name === 'network' && one.property.name === name)!,
      );
    expect(shown('pathSource')).toBe('builtIn');
    expect(shown('pathMode')).toBe('userSpace');
  });

  test('become bad where the cell is weak, and only there', () => {
    model.causeFault('cell-hall-1', 'weak');
    live(10);
    expect(at(trips('vibration-cnc-1', 120), 0.97)).toBeGreaterThan(40);
    expect(at(trips('vibration-cnc-3', 120), 0.97)).toBeLessThan(30);
  });

  test('are gone with the cell: no session, no answer from the PCF', () => {
    model.causeFault('cell-hall-2', 'outage');
    live(2);
    expect(trips('washer', 2).every((one) => one === Number.POSITIVE_INFINITY)).toBe(true);
    expect(seen()).not.toContain('imsi-999700000000004');
    expect(seen()).toContain('imsi-999700000000003');
    model.clearFault('cell-hall-2', 'outage');
    live(2);
    expect(seen()).toContain('imsi-999700000000004');
    model.causeFault('network', 'outage');
    live(2);
    expect(seen()).toEqual([]);
  });

  test('wait behind video, and not with a flow of their own', () => {
    model.causeFault('cell-hall-1', 'jammed');
    live(15);
    expect(at(trips('robot-cell', 10), 0.5)).toBeGreaterThan(300);
    const ascReqData = {
      suppFeat: '0',
      notifUri: 'http://127.0.0.1:9/n5',
      ueIpv4: '10.45.0.4',
      medComponents: { 1: { medType: 'VIDEO' } },
    };
    const { status } = paths.core.policy(
      'POST',
      '/npcf-policyauthorization/v1/app-sessions',
      JSON.stringify({ ascReqData }),
    );
    expect(status).toBe(201);
    expect(at(trips('robot-cell', 10), 0.5)).toBeLessThan(40);
    expect(at(trips('vibration-cnc-1', 10), 0.5)).toBeGreaterThan(300);
  });

  test('of vehicles change cells along the way, and again and again with ping-pong', () => {
    const { path } = paths.terminals.find(({ spec }) => spec.id === 'agv-1')!;
    live(300);
    const ordinary = path.handovers;
    expect(ordinary).toBeGreaterThan(0);
    expect(ordinary).toBeLessThan(20);
    model.causeFault('network', 'handover');
    live(300);
    expect(path.handovers - ordinary).toBeGreaterThan(3 * ordinary);
  });

  test('are told to the platform with numbers that pass their checks', () => {
    const told = networkIntroductions(pack, paths, '127.0.0.1');
    expect(told.at(-1)).toMatchObject({
      method: 'PUT',
      path: '/api/network/providers/campus-core',
      body: { kind: 'open5gs', settings: { pcf: paths.core.pcfUrl, amf: paths.core.informationUrl } },
    });
    const of = (kind: string): unknown[] => told.filter(({ name }) => name.startsWith(`${kind} `));
    expect([of('zone'), of('sim'), of('terminal'), of('flow')].map((list) => list.length)).toEqual([
      1, 11, 11, 2,
    ]);
    expect(told.find(({ name }) => name === 'terminal agv-1')?.body).toMatchObject({
      things: ['urn:millrace:demo:agv-1'],
      place: 'Millrace Works/Suzhou/Logistics/AGV 1',
      probe: { method: 'stamp', host: '127.0.0.1', port: paths.terminals[0]!.probe.port },
    });
  });
});
