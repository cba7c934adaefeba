import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { RuleError } from './index.ts';
import { type AlarmRecord, type LifeCycleEvent, move, stateOf } from './life-cycle.ts';
import { anything, openTestRecords, person, start, TestPlant } from './test-plant.ts';
import { advance, freshTrack } from './track.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const blank = (): AlarmRecord => ({
  id: 'x',
  rule: 'r',
  thing: 't',
  place: '',
  priority: 'high',
  time: 1,
  raised: 1,
  changed: 1,
  active: true,
  closed: false,
  latches: false,
  group: 'x',
  entries: 0,
  comments: 0,
  escalated: 0,
  repeated: 0,
  said: { title: 'r', thingTitle: 't', cause: [], condition: '' },
});

describe('the life cycle of ISA-18.2', () => {
  const hold = (kind: 'shelved' | 'suppressed' | 'out-of-service'): LifeCycleEvent => ({
    what: 'held',
    hold: { kind, by: 'a', reason: 'b', since: 1 },
  });
  const acknowledge: LifeCycleEvent = { what: 'acknowledged', by: 'a' };
  const back: LifeCycleEvent = { what: 'returned' };
  const release: LifeCycleEvent = { what: 'released' };
  const reset: LifeCycleEvent = { what: 'reset', by: 'a' };
  test.each<[string, boolean, LifeCycleEvent[], string[]]>([
    ['acknowledged, then over', false, [acknowledge, back], ['acknowledged', 'normal']],
    ['over, then acknowledged', false, [back, acknowledge], ['returned', 'normal']],
    ['acknowledged twice', false, [acknowledge, acknowledge], ['acknowledged', '!already-acknowledged']],
    [
      'latched: over, acknowledged, reset',
      true,
      [back, acknowledge, reset],
      ['returned', 'latched', 'normal'],
    ],
    [
      'latched: acknowledged, over, reset',
      true,
      [acknowledge, back, reset],
      ['acknowledged', 'latched', 'normal'],
    ],
    ['reset before its time', true, [reset], ['!not-latched']],
    ['shelved and back while it holds', false, [hold('shelved'), release], ['shelved', 'unacknowledged']],
    [
      'acknowledged, shelved and back: told anew',
      false,
      [acknowledge, hold('shelved'), release],
      ['acknowledged', 'shelved', 'unacknowledged'],
    ],
    ['shelved, over, and back', false, [hold('shelved'), back, release], ['shelved', 'shelved', 'normal']],
    ['shelved cannot be acknowledged', false, [hold('shelved'), acknowledge], ['shelved', '!is-held']],
    [
      'out of service wins over shelved',
      false,
      [hold('out-of-service'), hold('shelved')],
      ['out-of-service', '!stronger-hold'],
    ],
    ['suppressed wins over shelved', false, [hold('shelved'), hold('suppressed')], ['shelved', 'suppressed']],
    ['released without a hold', false, [release], ['!not-held']],
    ['over twice', false, [back, back], ['returned', '!nothing-changes']],
    [
      'nothing happens to what is over',
      false,
      [acknowledge, back, acknowledge],
      ['acknowledged', 'normal', '!is-over'],
    ],
    ['raised again', false, [back, { what: 'raised-again' }], ['returned', 'normal']],
  ])('%s', (_, latches, events, expected) => {
    const alarm = { ...blank(), latches };
    expect(
      events.map((event) => {
        const refusal = move(alarm, event, 2);
        return refusal === undefined ? stateOf(alarm) : `!${refusal}`;
      }),
    ).toEqual(expected);
  });

  test('whatever happens in whatever order, the state is one of the table and over is over', () => {
    const events = [
      acknowledge,
      back,
      release,
      reset,
      hold('shelved'),
      hold('suppressed'),
      hold('out-of-service'),
    ];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...events), { maxLength: 30 }),
        fc.boolean(),
        (sequence, latches) => {
          const alarm = { ...blank(), latches };
          let over = false;
          for (const event of sequence) {
            const before = structuredClone(alarm);
            const refusal = move(alarm, structuredClone(event), 2);
            if (refusal !== undefined) expect(alarm).toEqual(before);
            if (over) expect(refusal).toBe('is-over');
            over = stateOf(alarm) === 'normal';
            if (stateOf(alarm) === 'latched') expect(latches).toBe(true);
          }
        },
      ),
    );
  });
});

describe('delays', () => {
  test('an alarm begins and ends only after its condition held or was over for as long as asked', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: 1, max: 20 }), fc.constantFrom(1 as const, 0 as const, -1 as const)),
          { maxLength: 60 },
        ),
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 0, max: 30 }),
        (steps, on, off) => {
          const track = freshTrack();
          const delays = { onMicroseconds: on, offMicroseconds: off, rearmMicroseconds: 0 };
          let now = 0;
          let heldSince: number | undefined;
          let overSince: number | undefined;
          for (const [gap, verdict] of steps) {
            now += gap;
            if (verdict === 1) {
              heldSince ??= now;
              overSince = undefined;
            } else if (verdict === 0) {
              overSince ??= now;
              heldSince = undefined;
            }
            const turn = advance(track, verdict, now, now, delays);
            if (turn === 'raise') expect(now - heldSince!).toBeGreaterThanOrEqual(on);
            if (turn === 'return') expect(now - overSince!).toBeGreaterThanOrEqual(off);
            if (verdict === 1 && now - heldSince! >= on) expect(track.active).toBe(true);
            if (verdict === 0 && now - overSince! >= off) expect(track.active).toBe(false);
          }
        },
      ),
    );
  });
});

describe('alarms', () => {
  let plant: TestPlant;
  let records: TestPlant['records'];
  beforeAll(async () => {
    records = await openTestRecords();
  });
  afterAll(() => records.close());
  beforeEach(async () => {
    plant = await TestPlant.open({ ...records });
    await plant.thing('oven', {
      temperature: { type: 'number', unit: '°C' },
      running: { type: 'boolean' },
      load: { type: 'number' },
    });
  });
  afterEach(async () => {
    expect(plant.errors).toEqual([]);
    await plant.close();
  });

  test('are raised with the time of the sample, return, and are acknowledged', async () => {
    await plant.rule('hot', { condition: 'temperature > 80' });
    plant.send('oven', 70);
    plant.pass(1);
    plant.send('oven', 81);
    expect(plant.open).toEqual(['hot oven unacknowledged']);
    const [alarm] = [...plant.alarms.engine.open()];
    expect(alarm!.time).toBe(start + 1_000_000);
    expect(alarm!.said.cause).toEqual([{ thing: 'oven', property: 'temperature', value: 81, unit: '°C' }]);
    const { done } = await plant.alarms.acknowledge(plant.ids(), person, 'seen', anything);
    expect(done).toHaveLength(1);
    expect(plant.open).toEqual(['hot oven acknowledged']);
    plant.pass(1);
    plant.send('oven', 79);
    expect(plant.open).toEqual([]);
    expect(await plant.stored()).toEqual(['hot oven normal 1']);
    expect(plant.audit.told).toEqual(['alarm-rule.create done', 'alarm.acknowledge done']);
    const { journal } = await plant.alarms.around(alarm!);
    expect(journal.map((entry) => entry.what)).toEqual(['raised', 'acknowledged', 'returned']);
  });

  test('each occurrence is an alarm of its own; one not acknowledged gives way to the next', async () => {
    await plant.rule('hot', { condition: 'temperature > 80' });
    for (const value of [81, 70, 82, 70]) {
      plant.pass(1);
      plant.send('oven', value);
    }
    expect(plant.open).toEqual(['hot oven returned']);
    expect(await plant.stored()).toEqual(['hot oven normal 1', 'hot oven returned 3']);
  });

  test('a deadband, an on-delay, an off-delay and a pause before the next', async () => {
    await plant.rule('hot', {
      condition: 'temperature > 80',
      deadband: 5,
      onDelaySeconds: 10,
      offDelaySeconds: 10,
      rearmSeconds: 60,
    });
    plant.send('oven', 81);
    plant.pass(9);
    expect(plant.open).toEqual([]);
    plant.pass(2);
    // By the clock alone: no second sample was needed, and the alarm has the time of the first.
    expect(plant.open).toEqual(['hot oven unacknowledged']);
    expect([...plant.alarms.engine.open()][0]!.time).toBe(start);
    plant.send('oven', 76);
    plant.pass(20);
    expect(plant.open).toEqual(['hot oven unacknowledged']);
    plant.send('oven', 74);
    plant.pass(11);
    expect(plant.open).toEqual(['hot oven returned']);
    plant.send('oven', 90);
    plant.pass(30);
    expect(plant.open).toEqual(['hot oven returned']);
    plant.pass(40);
    expect(plant.open).toEqual(['hot oven unacknowledged']);
  });

  test('several things and a window in one condition', async () => {
    await plant.thing('fan', { speed: { type: 'number' } });
    await plant.rule('choked', {
      condition: 'average(temperature, "1m") > 80 && fan.speed < 500',
      aliases: { fan: 'fan' },
    });
    plant.send('fan', 1000, { property: 'speed' });
    plant.send('oven', 90);
    expect(plant.open).toEqual([]);
    plant.pass(1);
    plant.send('fan', 100, { property: 'speed' });
    expect(plant.open).toEqual(['choked oven unacknowledged']);
    for (let step = 0; step < 10; step++) {
      plant.pass(10);
      plant.send('oven', 20);
    }
    expect(plant.open).toEqual(['choked oven returned']);
  });

  test('silence is judged by the clock', async () => {
    await plant.rule('silent', { condition: 'stale(temperature, "30s")' });
    plant.send('oven', 20);
    plant.pass(29);
    expect(plant.open).toEqual([]);
    plant.pass(3);
    expect(plant.open).toEqual(['silent oven unacknowledged']);
    plant.send('oven', 20);
    expect(plant.open).toEqual(['silent oven returned']);
  });

  test('a platform that was down calls nobody silent that it could not have heard', async () => {
    await plant.rule('silent', { condition: 'stale(temperature, "30s")' });
    plant.send('oven', 20);
    plant.pass(5);
    await plant.alarms.settled();
    plant.pass(600);
    expect(plant.open).toEqual(['silent oven unacknowledged']);
    plant.send('oven', 20);
    expect(plant.open).toEqual(['silent oven returned']);
    await plant.alarms.settled();
    // Down for ten minutes, and for half a minute more nothing is said of what is still silent.
    plant.clock.advance(1_000);
    plant.alarms.engine.stop();
    plant.clock.advance(600_000);
    await plant.crash();
    plant.pass(29);
    expect(plant.open).toEqual(['silent oven returned']);
    plant.pass(3);
    expect(plant.open.filter((one) => one.endsWith('unacknowledged'))).toEqual([
      'silent oven unacknowledged',
    ]);
    // What was silent before the next stop stays so: it is not called over because nobody listened.
    await plant.alarms.settled();
    await plant.crash();
    plant.pass(1);
    expect(plant.open.filter((one) => one.endsWith('unacknowledged'))).toEqual([
      'silent oven unacknowledged',
    ]);
  });

  test('bad quality, division by zero and missing values hold what is, and are shown', async () => {
    await plant.rule('ratio', { condition: 'temperature / load > 2' });
    const unjudged = () =>
      plant.alarms.showRule(plant.alarms.rules.get('ratio')!).unjudged.map((one) => one.because.en);
    expect(unjudged()).toEqual(['“load” has no value yet']);
    plant.send('oven', 1, { property: 'load' });
    plant.send('oven', 10);
    expect(plant.open).toEqual(['ratio oven unacknowledged']);
    expect(unjudged()).toEqual([]);
    plant.pass(1);
    plant.send('oven', 0, { property: 'load' });
    expect(plant.open).toEqual(['ratio oven unacknowledged']);
    expect(unjudged()).toEqual(['it divides by zero']);
    plant.pass(1);
    plant.send('oven', 10, { status: 0x808c0000 });
    plant.send('oven', 1, { property: 'load', at: 1 });
    expect(unjudged()).toEqual(['the value of “temperature” is bad']);
  });

  test('late data fires nothing, and a backlog only by how it ends', async () => {
    await plant.rule('hot', { condition: 'temperature > 80' });
    plant.send('oven', 20);
    plant.pass(3600);
    // An hour of the terminal's memory in one go: hot in the middle, cool at its end.
    plant.take(
      plant.columns(
        Array.from({ length: 3500 }, (_, second) => ({
          thing: 'oven',
          value: second > 1000 && second < 2000 ? 90 : 20,
          at: (second - 3500) * 1000,
        })),
      ),
    );
    plant.pass(5);
    expect(plant.open).toEqual([]);
    // A single old sample that comes after newer ones.
    plant.send('oven', 99, { at: -600_000 });
    plant.pass(5);
    expect(plant.open).toEqual([]);
    expect(await plant.stored()).toEqual([]);
  });

  test('a backlog that ends hot is an alarm, and a clock that is wrong hides none', async () => {
    await plant.rule('hot', { condition: 'temperature > 80' });
    plant.send('oven', 20);
    plant.pass(3600);
    plant.take(
      plant.columns(
        Array.from({ length: 3000 }, (_, second) => ({
          thing: 'oven',
          value: second > 1000 ? 90 : 20,
          at: (second - 3000) * 1000,
        })),
      ),
    );
    plant.pass(5);
    expect(plant.open).toEqual(['hot oven unacknowledged']);
    await plant.thing('slow');
    await plant.rule('slow-hot', { condition: 'temperature > 80', target: { kind: 'thing', thing: 'slow' } });
    // Its clock is half an hour behind.
    for (let second = 0; second < 3; second++) {
      plant.send('slow', 20, { at: -1_800_000 });
      plant.pass(1);
    }
    plant.send('slow', 90, { at: -1_800_000 });
    expect(plant.open).toContain('slow-hot slow unacknowledged');
  });

  test('a redelivered sample raises nothing twice', async () => {
    await plant.rule('hot', { condition: 'temperature > 80' });
    const columns = plant.columns([{ thing: 'oven', value: 90 }]);
    plant.take(columns);
    plant.take(columns);
    plant.pass(1);
    plant.send('oven', 20);
    plant.take(columns);
    expect(await plant.stored()).toEqual(['hot oven returned 0']);
  });

  test('shelved with time and reason, and back when the time is over', async () => {
    await plant.rule('hot', { condition: 'temperature > 80' });
    plant.send('oven', 90);
    await plant.alarms.shelve(plant.ids(), person, 10, 'sensor is being changed', anything);
    expect(plant.open).toEqual(['hot oven shelved']);
    plant.pass(1);
    plant.send('oven', 20);
    plant.pass(1);
    plant.send('oven', 91);
    // The next occurrence stays on the shelf.
    expect(plant.open).toEqual(['hot oven shelved']);
    plant.pass(602);
    expect(plant.open).toEqual(['hot oven unacknowledged']);
  });

  test('suppressed by design while its condition holds', async () => {
    await plant.rule('hot', { condition: 'temperature > 80', suppressedWhen: '!running' });
    plant.send('oven', false, { property: 'running' });
    plant.send('oven', 90);
    expect(plant.open).toEqual(['hot oven suppressed']);
    plant.pass(1);
    plant.send('oven', true, { property: 'running' });
    expect(plant.open).toEqual(['hot oven unacknowledged']);
    plant.pass(1);
    plant.send('oven', false, { property: 'running' });
    expect(plant.open).toEqual(['hot oven suppressed']);
  });

  test('out of service by a person, and by maintenance of its place', async () => {
    await plant.rule('hot', { condition: 'temperature > 80' });
    plant.send('oven', 90);
    const rule = plant.alarms.rules.get('hot')!;
    await plant.alarms.setOutOfService(rule, '', 'rebuilt', person);
    expect(plant.open).toEqual(['hot oven out-of-service']);
    await plant.alarms.setOutOfService(rule, '', undefined, person);
    expect(plant.open).toEqual(['hot oven unacknowledged']);
    const now = plant.clock.now();
    await plant.alarms.addMaintenance(
      { title: 'line 1', place: 'acme/north/hall', from: now + 10e6, to: now + 20e6, reason: 'oil change' },
      person,
    );
    expect(plant.open).toEqual(['hot oven unacknowledged']);
    plant.pass(12);
    expect(plant.open).toEqual(['hot oven out-of-service']);
    plant.pass(12);
    expect(plant.open).toEqual(['hot oven unacknowledged']);
  });

  test('a rule over a type and one over a place watch what comes and leave what goes', async () => {
    await plant.rule('type', { condition: 'temperature > 80', target: { kind: 'type', type: 'Oven' } });
    await plant.rule('place', {
      condition: 'temperature > 80',
      target: { kind: 'place', place: 'acme/north' },
    });
    await plant.thing('oven-2');
    await plant.thing('meter', { power: { type: 'number' } }, 'acme/north/hall', 'Meter');
    plant.send('oven-2', 90);
    expect(plant.open).toEqual(['place oven-2 unacknowledged', 'type oven-2 unacknowledged']);
    expect(plant.alarms.showRule(plant.alarms.rules.get('place')!)).toMatchObject({
      things: 2,
      unjudgedCount: 2 - 1,
    });
  });

  test('a rule on a deleted thing or property cannot be judged, visibly', async () => {
    await plant.rule('hot', { condition: 'temperature > 80' });
    plant.send('oven', 90);
    await plant.thing('oven', { load: { type: 'number' } });
    const shown = () =>
      plant.alarms.showRule(plant.alarms.rules.get('hot')!).unjudged.map((one) => one.because.en);
    expect(shown()).toEqual(['There is no “temperature” at oven. There are: load.']);
    expect(plant.open).toEqual(['hot oven returned']);
    await plant.registry.remove('oven');
    expect(shown()).toEqual(['there is no thing “oven” (any more)']);
    await plant.alarms.acknowledge(plant.ids(), person, undefined, anything);
    expect(plant.open).toEqual([]);
  });

  test('a condition that does not type is not saved, with words that say why', async () => {
    for (const [condition, code] of [
      ['temperature > "80"', 'needs-number'],
      ['temperature', 'needs-boolean'],
      ['temperatur > 80', 'unknown-name'],
      ['temperature / 0 > 1', 'division-by-zero'],
      [Array(200).fill('temperature > 1').join(' || '), 'too-long'],
    ] as const) {
      const error = await plant.rule('wrong', { condition }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RuleError);
      expect((error as RuleError).problems[0]!.code).toBe(code);
    }
    expect(plant.alarms.rules.size).toBe(0);
  });

  test('alarms of one area that come together are one group, the first cause first', async () => {
    for (const name of ['a', 'b', 'c']) {
      await plant.thing(name);
      await plant.rule(`hot-${name}`, {
        condition: 'temperature > 80',
        target: { kind: 'thing', thing: name },
      });
    }
    await plant.thing('far', undefined, 'acme/south/hall');
    await plant.rule('hot-far', { condition: 'temperature > 80', target: { kind: 'thing', thing: 'far' } });
    plant.pass(10);
    plant.send('b', 90);
    plant.send('far', 90);
    plant.pass(20);
    // Began before b, by its own clock, and came later.
    plant.send('a', 90, { at: -25_000 });
    plant.pass(20);
    plant.send('c', 90);
    await plant.alarms.settled();
    const alarm = [...plant.alarms.engine.open()].find((one) => one.thing === 'c')!;
    const { group } = await plant.alarms.around(alarm);
    expect(group.map((one) => one.thing)).toEqual(['a', 'b', 'c']);
    plant.pass(100);
    plant.send('c', 20);
    plant.pass(1);
    plant.send('c', 90);
    const later = [...plant.alarms.engine.open()].find((one) => one.thing === 'c')!;
    expect(later.group).toBe(later.id);
  });

  test('a power cut between judging and writing loses nothing and doubles nothing', async () => {
    await plant.rule('hot', { condition: 'temperature > 80' });
    await plant.rule('long', { condition: 'temperature > 50', onDelaySeconds: 600 });
    plant.send('oven', 20);
    plant.pass(6);
    await plant.alarms.settled();
    plant.pass(1);
    // Judged, and gone before a word of it was written; the sample is in the store.
    plant.send('oven', 90);
    plant.pass(0.5);
    plant.send('oven', 60);
    await plant.crash();
    expect(plant.open).toEqual(['hot oven returned']);
    expect(await plant.stored()).toEqual(['hot oven returned 7']);
    await plant.crash();
    await plant.crash();
    expect(await plant.stored()).toEqual(['hot oven returned 7']);
    plant.pass(300);
    await plant.crash();
    plant.pass(302);
    // The delay went on from where it began.
    expect(await plant.stored()).toEqual(['hot oven returned 7', 'long oven unacknowledged 7']);
  });

  test('whenever the power goes, the alarms stored are those of a run without', async () => {
    await plant.rule('hot', { condition: 'temperature > 80', deadband: 3 });
    const values = Array.from({ length: 60 }, (_, index) => 80 + 10 * Math.sin(index * 1.3) + (index % 7));
    const expected: string[] = [];
    let active = false;
    values.forEach((value, index) => {
      if (!active && value > 80) expected.push(`hot oven ${index + 1}`);
      active = active ? value > 77 : value > 80;
    });
    for (const [index, value] of values.entries()) {
      plant.pass(1);
      plant.send('oven', value);
      if (index % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (index % 7 === 0) await plant.crash();
    }
    const stored = (await plant.stored()).map((line) =>
      line.replace(/(normal|returned|unacknowledged) /, ''),
    );
    expect(stored).toEqual(expected);
  });

  test('tried on history: how often, when, for how long', async () => {
    for (let second = 0; second < 3600; second++) {
      plant.pass(1);
      plant.send('oven', Math.floor(second / 600) % 2 === 1 ? 90 : 20);
    }
    const rule = {
      title: 'hot',
      priority: 'high',
      target: { kind: 'thing', thing: 'oven' },
      condition: 'temperature > 80',
    } as const;
    const trial = await plant.alarms.tryRule(rule, start, plant.clock.now() + 1);
    expect(trial).toMatchObject({ fired: 3, things: 1, samples: 3600, reduced: false });
    expect(Math.round(trial.activeSeconds)).toBe(1799);
    expect(trial.moments.map((one) => one.time)).toEqual([
      '2023-11-14T22:23:21Z',
      '2023-11-14T22:43:21Z',
      '2023-11-14T23:03:21Z',
    ]);
    const delayed = await plant.alarms.tryRule({ ...rule, onDelaySeconds: 700 }, start, plant.clock.now());
    expect(delayed.fired).toBe(0);
    const window = await plant.alarms.tryRule(
      { ...rule, condition: 'average(temperature, "20m") > 60' },
      start,
      plant.clock.now(),
    );
    expect(window.fired).toBe(0);
    const zero = await plant.alarms.tryRule(
      { ...rule, condition: 'temperature / load > 80' },
      start,
      plant.clock.now(),
    );
    expect(zero.fired).toBe(0);
    expect(zero.unjudgedBecause?.en).toBe('“load” has no value yet');
    expect(zero.unjudgedSeconds).toBeGreaterThan(3500);
    expect(plant.open).toEqual([]);
  });

  test('figures after EEMUA 191: rate, floods, chattering, top ten', async () => {
    await plant.rule('hot', { condition: 'temperature > 80' });
    for (let turn = 0; turn < 30; turn++) {
      plant.pass(5);
      plant.send('oven', turn % 2 === 0 ? 90 : 20);
    }
    plant.pass(1);
    const now = plant.clock.now();
    const metrics = await plant.alarms.metrics({ from: now - 3600e6, to: now, places: [''] }, anything);
    expect(metrics).toMatchObject({
      total: 15,
      peakPerTenMinutes: 15,
      priorities: { high: 15 },
    });
    expect(metrics.floodPercent).toBeCloseTo(100 / 6);
    expect(metrics.floods).toHaveLength(1);
    expect(metrics.chattering[0]).toMatchObject({ rule: 'hot', worstInTenMinutes: 15 });
    expect(metrics.top[0]).toMatchObject({ count: 15, percent: 100 });
  });

  test('a store that does not take it keeps the alarms in memory and writes them later', async () => {
    await plant.rule('hot', { condition: 'temperature > 80' });
    const { transaction } = plant.records;
    plant.records.transaction = () => Promise.reject(new Error('the disk is full'));
    plant.send('oven', 90);
    await expect(plant.alarms.settled()).rejects.toThrow('the disk is full');
    expect(plant.open).toEqual(['hot oven unacknowledged']);
    plant.records.transaction = transaction.bind(plant.records);
    plant.pass(3);
    expect(await plant.stored()).toEqual(['hot oven unacknowledged 0']);
  });

  test('a trail that does not take it: nothing is done', async () => {
    await plant.rule('hot', { condition: 'temperature > 80' });
    plant.send('oven', 90);
    plant.audit.failure = new Error('the trail is full');
    await expect(plant.alarms.acknowledge(plant.ids(), person, undefined, anything)).rejects.toThrow(
      'the trail is full',
    );
    expect(plant.open).toEqual(['hot oven unacknowledged']);
  });
});
