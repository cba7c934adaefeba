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
        const feederA = [
          'meter-cnc-1',
          'meter-cnc-2',
          'meter-robot',
          'meter-lighting',
          'meter-offices',
          'meter-charger',
        ].reduce((sum, m) => sum + power(m), 0);
        const feederB = [
          'meter-cnc-3',
          'meter-cnc-4',
          'meter-compressor',
          'meter-hvac',
          'meter-filtration',
          'meter-washer',
        ].reduce((sum, m) => sum + power(m), 0);
        // Losses: up to one per cent and half a kilowatt each.
        for (const [whole, parts] of [
          [power('meter-feeder-a'), feederA],
          [power('meter-feeder-b'), feederB],
          [power('meter-main'), power('meter-feeder-a') + power('meter-feeder-b') + power('meter-battery')],
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

  it('holds and resumes a machine, and stops it when the door is unlocked', () => {
    const model = new Model(pack, 9, monday);
    for (let second = 0; second < 2000; second++) model.step(1);
    const cnc = model.thing('cnc-3')!;
    const state = (): string => statesOfCnc[model.variable('cnc-3', 'state')]!;
    const until = (wanted: string, most: number): void => {
      for (let second = 0; second < most && state() !== wanted; second++) model.step(1);
      expect(state()).toBe(wanted);
    };
    until('running', 3600);
    expect(model.invoke(cnc, 'hold', {})).toEqual({ state: 'confirmed' });
    // A safe action is one that may be repeated.
    expect(model.invoke(cnc, 'hold', {})).toEqual({ state: 'confirmed' });
    for (let second = 0; second < 10; second++) model.step(1);
    expect(state()).toBe('held');
    expect(model.variable('cnc-3', 'speed')).toBe(0);
    expect(model.invoke(cnc, 'unlockDoor', {})).toEqual({ state: 'confirmed' });
    model.step(1);
    expect(model.variable('cnc-3', 'doorOpen')).toBe(1);
    expect(model.invoke(cnc, 'resume', {})).toEqual({ state: 'confirmed' });
    model.step(1);
    expect(state()).toBe('held');
    expect(model.invoke(cnc, 'lockDoor', {})).toEqual({ state: 'confirmed' });
    model.step(1);
    expect(state()).toBe('running');
    expect(model.variable('cnc-3', 'doorOpen')).toBe(0);
  });

  it('moves loads when told to: washer, charger and battery', () => {
    const model = new Model(pack, 4, monday);
    const write = (thing: string, property: string, value: number): boolean =>
      model.write(
        model.signals.find((one) => one.thing.spec.name === thing && one.property.name === property)!,
        value,
      );
    const run = (seconds: number): void => {
      for (let second = 0; second < seconds; second++) model.step(1);
    };
    run(60);
    // 06:01 in Suzhou: the washer is told to begin at 06:15 instead of 10:00.
    expect(write('washer', 'startAt', 375)).toBe(true);
    expect(write('charger', 'setPower', 9)).toBe(true);
    expect(write('battery', 'setPower', -30)).toBe(true);
    expect(write('battery', 'setPower', 51)).toBe(false);
    run(1200);
    expect(model.variable('meter-washer', 'power')).toBeGreaterThan(20);
    expect(model.variable('charger', 'power')).toBeCloseTo(9, 1);
    expect(model.variable('battery', 'power')).toBeCloseTo(-30, 1);
    const before = model.variable('meter-main', 'power');
    expect(write('battery', 'setPower', 20)).toBe(true);
    run(60);
    expect(model.variable('meter-main', 'power') - before).toBeGreaterThan(35);
    // Discharged into the plant, the battery's meter counts what came back.
    expect(model.variable('meter-battery', 'returned')).toBeGreaterThan(15_990);
    // A grid limit makes it help by itself.
    expect(write('battery', 'setPower', 0)).toBe(true);
    run(60);
    const limit = model.variable('meter-main', 'power') - 15;
    expect(write('battery', 'gridLimit', limit)).toBe(true);
    run(30);
    expect(model.variable('battery', 'power')).toBeLessThan(0);
    expect(model.variable('meter-main', 'power')).toBeLessThan(limit + 4);
    // Shortly before midnight what was set for the day is over.
    run(18 * 3600);
    expect(model.variable('charger', 'setPower')).toBe(-1);
    expect(model.variable('battery', 'setPower')).toBe(0);
  });

  it('gives at least 350 indicators of energy each second from at least 63 terminals', () => {
    const model = new Model(pack, 1, monday);
    const kinds = [
      'power-meter',
      'water-meter',
      'air-meter',
      'compressor-station',
      'battery-storage',
      'charging-station',
      'parts-washer',
    ];
    const terminals = model.things.filter((thing) => thing.spec.connection !== undefined);
    expect(terminals.length).toBeGreaterThanOrEqual(63);
    const energy = model.signals.filter((one) => kinds.includes(one.thing.kind.id) && one.interval <= 1);
    expect(energy.length).toBeGreaterThanOrEqual(350);
    const looks = new Map<number, number>();
    for (let second = 0; second < 20; second++)
      model.step(1, (signals) => {
        for (const one of signals) looks.set(one.index, (looks.get(one.index) ?? 0) + 1);
      });
    for (const one of energy)
      expect(looks.get(one.index), `${one.thing.spec.name}.${one.property.name}`).toBe(20);
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
