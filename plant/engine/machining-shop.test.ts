import { describe, expect, it } from 'vitest';
import { Model } from './model.ts';
import { packFolder, readPack } from './pack.ts';

/** What must hold of the machining shop whatever the seed: the laws it is built on, seen from outside its expressions. */
const pack = readPack(packFolder('machining-shop'));
// A Monday, 06:00 in Suzhou.
const monday = Date.parse('2026-09-06T22:00:00Z') * 1000;
const machines = ['cnc-1', 'cnc-2', 'cnc-3', 'cnc-4'];
const statesOfCnc = Object.keys(pack.kinds['cnc-machine']!.states);

describe('the machining shop', () => {
  it('keeps its numbers within physics for a day', () => {
    const model = new Model(pack, 7, monday);
    const energyOf = (meter: string): number => model.variable(meter, 'energy');
    const meters = model.things
      .filter((thing) => thing.kind.id === 'power-meter')
      .map((thing) => thing.spec.name);
    const integral = new Map(meters.map((meter) => [meter, energyOf(meter)]));
    const counters: [string, string][] = [
      ...machines.flatMap((machine): [string, string][] =>
        ['pieces', 'scrap', 'operatingHours', 'cuttingHours', 'energy', 'orderNumber'].map((name) => [
          machine,
          name,
        ]),
      ),
      ...meters.flatMap((meter): [string, string][] => [
        [meter, 'energy'],
        [meter, 'reactiveEnergy'],
      ]),
      ['compressor', 'airTotal'],
      ['compressor', 'runHours'],
      ['robot-cell', 'moved'],
    ];
    const before = new Map(
      counters.map(([thing, name]) => [`${thing}.${name}`, model.variable(thing, name)]),
    );
    const seen = new Set<string>();
    const hottest = { spindle: 0, hall: 0 };
    let produced = 0;

    for (let second = 0; second < 86_400; second++) {
      model.step(1);
      model.events.length = 0;
      for (const meter of meters)
        integral.set(meter, integral.get(meter)! + model.variable(meter, 'power') / 3600);
      for (const [thing, name] of counters) {
        const now = model.variable(thing, name);
        if (now < before.get(`${thing}.${name}`)!) {
          expect.fail(`${thing}.${name} went back from ${before.get(`${thing}.${name}`)} to ${now}`);
        }
        before.set(`${thing}.${name}`, now);
      }
      if (second % 60 === 0) {
        const power = (meter: string): number => model.variable(meter, 'power');
        const feederA = ['meter-cnc-1', 'meter-cnc-2', 'meter-robot', 'meter-lighting'].reduce(
          (sum, m) => sum + power(m),
          0,
        );
        const feederB = [
          'meter-cnc-3',
          'meter-cnc-4',
          'meter-compressor',
          'meter-hvac',
          'meter-filtration',
        ].reduce((sum, m) => sum + power(m), 0);
        // Losses: up to one per cent and half a kilowatt each.
        for (const [whole, parts] of [
          [power('meter-feeder-a'), feederA],
          [power('meter-feeder-b'), feederB],
          [power('meter-main'), power('meter-feeder-a') + power('meter-feeder-b')],
        ] as const) {
          expect(whole).toBeGreaterThanOrEqual(parts);
          expect(whole).toBeLessThanOrEqual(parts * 1.01 + 0.5);
        }
        for (const machine of machines) {
          expect(power(`meter-${machine}`)).toBeCloseTo(model.variable(machine, 'power'), 9);
          seen.add(statesOfCnc[model.variable(machine, 'state')]!);
          const spindle = model.variable(machine, 'spindleTemperature');
          hottest.spindle = Math.max(hottest.spindle, spindle);
          // Heat flows from the machine to the hall: never colder than what surrounds it.
          expect(spindle).toBeGreaterThan(model.variable('building', 'temperature') - 4);
        }
        hottest.hall = Math.max(hottest.hall, model.variable('building', 'temperature'));
        expect(model.variable('compressor', 'pressure')).toBeGreaterThan(0);
      }
    }
    expect(model.values.every((value) => Number.isFinite(value))).toBe(true);
    for (const meter of meters) expect(energyOf(meter)).toBeCloseTo(integral.get(meter)!, 6);
    for (const machine of machines) produced += model.variable(machine, 'pieces');
    expect(produced).toBeGreaterThan(6600 + 100);
    expect(hottest.spindle).toBeLessThan(82);
    expect(hottest.hall).toBeLessThan(35);
    for (const state of ['idle', 'setup', 'loading', 'running', 'toolService']) expect(seen).toContain(state);
  });

  it('shows nothing beyond the range of its instruments', () => {
    const model = new Model(pack, 3, monday);
    for (let second = 0; second < 4 * 3600; second++) {
      model.step(1, (signals) => {
        for (const signal of signals) {
          const { range, resolution } = signal.property.spec;
          const value = model.numberOf(signal);
          if (range === undefined || Number.isNaN(value)) continue;
          if (value < range[0] || value > range[1]) {
            expect.fail(`${signal.thing.spec.name}.${signal.property.name} shows ${value}`);
          }
          const digits = String(value).split('.')[1]?.length ?? 0;
          if (resolution !== undefined && resolution >= 0.001 && digits > 3) {
            expect.fail(
              `${signal.thing.spec.name}.${signal.property.name} shows ${value} at resolution ${resolution}`,
            );
          }
        }
      });
    }
  });

  it('runs the same again from the same seed, and otherwise from another', () => {
    const run = (seed: number): Float64Array => {
      const model = new Model(pack, seed, monday);
      for (let second = 0; second < 7200; second++) model.step(1);
      return model.values;
    };
    const first = run(11);
    expect(run(11)).toEqual(first);
    expect(run(12)).not.toEqual(first);
  });

  it('goes on from a snapshot as if it had never stopped', () => {
    const whole = new Model(pack, 5, monday);
    for (let second = 0; second < 3000; second++) whole.step(1);
    const snapshot = JSON.parse(JSON.stringify(whole.snapshot()));
    const resumed = new Model(pack, 5, monday);
    expect(resumed.restore(snapshot)).toBe(true);
    for (let second = 0; second < 3000; second++) {
      whole.step(1);
      resumed.step(1);
    }
    expect(resumed.time).toBe(whole.time);
    expect(resumed.values).toEqual(whole.values);
    expect(new Model(pack, 6, monday).restore(snapshot)).toBe(false);
    expect(resumed.restore({ ...snapshot, values: [1] })).toBe(false);
    expect(resumed.restore({ ...snapshot, streams: 'x' } as never)).toBe(false);
  });

  it('carries energy on at any step', () => {
    for (const step of [0.25, 1]) {
      const model = new Model(pack, 2, monday);
      let sum = model.variable('meter-main', 'energy');
      for (let i = 0; i < 600 / step; i++) {
        model.step(step);
        sum += (model.variable('meter-main', 'power') * step) / 3600;
      }
      expect(model.variable('meter-main', 'energy')).toBeCloseTo(sum, 6);
    }
  });

  it('rests on Sunday morning and works when called', () => {
    // Sunday 06:00 to 10:00 local there is no shift.
    const model = new Model(pack, 4, Date.parse('2026-09-12T21:00:00Z') * 1000);
    for (let second = 0; second < 3 * 3600; second++) model.step(1);
    const states = (): string[] => machines.map((machine) => statesOfCnc[model.variable(machine, 'state')]!);
    expect(states()).toEqual(['off', 'off', 'off', 'off']);
    expect(model.variable('meter-cnc-1', 'power')).toBeLessThan(0.1);
    const plant = model.thing('plant')!;
    expect(model.invoke(plant, 'startShift', { hours: 99 })).toMatchObject({ state: 'refused' });
    expect(model.invoke(plant, 'startShift', { hours: 1 })).toEqual({ state: 'confirmed' });
    for (let second = 0; second < 1800; second++) model.step(1);
    expect(states()).not.toContain('off');
    expect(model.invoke(plant, 'endShift', { hours: 1 })).toEqual({ state: 'confirmed' });
    for (let second = 0; second < 3600; second++) model.step(1);
    expect(states()).toEqual(['off', 'off', 'off', 'off']);
  });

  it('answers actions as described', () => {
    const model = new Model(pack, 9, monday);
    for (let second = 0; second < 2000; second++) model.step(1);
    const plant = model.thing('plant')!;
    const cnc = model.thing('urn:millrace:demo:cnc-2')!;
    expect(model.invoke(cnc, 'setFeedOverride', { percent: 80 })).toEqual({ state: 'confirmed' });
    expect(model.variable('cnc-2', 'feedOverride')).toBe(80);
    expect(model.invoke(cnc, 'setFeedOverride', { percent: 'fast' })).toMatchObject({ state: 'refused' });
    expect(model.invoke(cnc, 'constructor', {})).toMatchObject({ state: 'refused' });
    expect(model.invoke(plant, 'causeFault', { thing: cnc.id, fault: 'airLeak' })).toMatchObject({
      state: 'refused',
      output: { en: expect.stringContaining('toolBreakage') },
    });
    expect(model.invoke(plant, 'causeFault', null)).toMatchObject({ state: 'refused' });
    expect(model.invoke(plant, 'causeFault', { thing: cnc.id, fault: 'emergencyStop' })).toMatchObject({
      state: 'confirmed',
    });
    model.step(1);
    expect(model.invoke(cnc, 'reset', {})).toMatchObject({ state: 'refused' });
    expect(model.activeFaults()).toMatchObject([{ thing: cnc.id, fault: 'emergencyStop' }]);
    expect(model.events.map((event) => event.name)).toContain('faultBegan');
    expect(model.invoke(plant, 'clearAllFaults', undefined)).toEqual({
      state: 'confirmed',
      output: { cleared: 1 },
    });
    expect(model.invoke(plant, 'clearFault', { thing: cnc.id, fault: 'emergencyStop' })).toMatchObject({
      state: 'refused',
    });
  });
});
