import type { VerdictState } from '@millrace/contract';
import { commandLost, commandTimedOut } from '@millrace/sdk';
import { beforeEach, describe, expect, test } from 'vitest';
import { ann, bo, problem, refusal, rule, TestPlant } from './test-plant.ts';

let plant: TestPlant;
beforeEach(async () => {
  plant = await TestPlant.make();
});

describe('a command', () => {
  test('is recorded, audited before it is sent, confirmed, and audited again', async () => {
    let toldWhenSent: string[] = [];
    plant.answer = () => {
      toldWhenSent = plant.audit.told;
      return Promise.resolve({ state: 'confirmed', by: 'read-back', value: 40.5 });
    };
    plant.sample('urn:press', 'force', 12);
    const command = await plant.written('force', 40.5);
    expect(command).toMatchObject({ state: 'confirmed', confirmedBy: 'read-back', output: 40.5, before: 12 });
    expect(toldWhenSent).toEqual(['command.write asked']);
    expect(plant.audit.told).toEqual(['command.write asked', 'command.write done']);
    expect(plant.states(command.id)).toEqual(['accepted', 'sent', 'confirmed']);
    expect(command.history.map((one) => one.state)).toEqual(['accepted', 'sent', 'confirmed']);
    expect(plant.arrived[0]!.options).toMatchObject({ command: command.id, fence: command.lease });
    expect((await plant.desk.get(command.id))?.command).toEqual(command);
    expect(plant.desk.leases.all()).toEqual([]);
  });

  test.each([
    ['force', 101, 'above-maximum'],
    ['force', -1, 'below-minimum'],
    ['force', 40.3, 'not-a-step'],
    ['force', '40', 'wrong-type'],
    ['force', undefined, 'value-missing'],
    ['mode', 'fast', 'not-in-list'],
    ['guard_open', true, 'read-only'],
    ['weight', 1, 'unknown-property'],
    ['mode', 'x'.repeat(70_000), 'too-large'],
  ])('%s = %j is not taken: %s', async (property, value, code) => {
    expect(await refusal(plant.write(property, value))).toBe(code);
    expect(plant.arrived).toEqual([]);
    await plant.until(() => plant.audit.entries.length === 1);
    expect(plant.audit.told).toEqual(['command.write refused']);
  });

  test('the input of an action is checked as deep as its schema goes', async () => {
    const invoke = (input: unknown) =>
      refusal(plant.desk.invoke({ actor: ann, thing: 'urn:press', action: 'stroke', input }));
    expect(await invoke({})).toBe('member-missing');
    expect(await invoke({ count: 6 })).toBe('above-maximum');
    expect(await invoke({ count: 2.5 })).toBe('wrong-type');
    expect(await invoke({ count: 5 })).toBe('taken');
    expect(await refusal(plant.desk.invoke({ actor: ann, thing: 'urn:press', action: 'jump' }))).toBe(
      'unknown-action',
    );
    expect(await refusal(plant.desk.invoke({ actor: ann, thing: 'urn:none', action: 'jump' }))).toBe(
      'unknown-thing',
    );
  });

  test('what the audit trail cannot take is not sent', async () => {
    plant.audit.failure = new Error('the disk is full');
    const command = await plant.written('force', 1);
    expect(command).toMatchObject({ state: 'refused', code: 'audit-failed' });
    expect(plant.arrived).toEqual([]);
  });

  test('an interlock blocks while it holds, and while nobody can tell', async () => {
    plant.sample('urn:press', 'guard_open', true);
    expect(await plant.written('force', 1)).toMatchObject({ state: 'refused', code: 'interlock' });
    plant.sample('urn:press', 'guard_open', false, 0x80000000);
    expect(await plant.written('force', 1)).toMatchObject({ code: 'interlock-cannot-judge' });
    plant.sample('urn:press', 'guard_open', false);
    plant.staleThings.add('urn:press');
    const stale = await plant.written('force', 1);
    expect(stale.reason!.en).toContain('is stale');
    plant.staleThings.clear();
    expect(plant.arrived).toEqual([]);
    expect(await plant.written('force', 1)).toMatchObject({ state: 'confirmed' });
    // The other properties do not care.
    plant.sample('urn:press', 'guard_open', true);
    expect(await plant.written('mode', 'manual')).toMatchObject({ state: 'confirmed' });
    expect(plant.desk.control(plant.things.get('urn:press')!, ann).affordances[0]!.interlocks[0]!.state).toBe(
      'blocks',
    );
  });

  test('a command whose model asks for a network goes when the path is good enough, is refused or warned of when not', async () => {
    plant.put('urn:winch', {
      title: 'Winch',
      properties: {
        pull: { type: 'number', readOnly: false, 'millrace:network': { flow: 'crane.control' } },
        lamp: { type: 'boolean', readOnly: false, 'millrace:network': { otherwise: 'warn' } },
        drop: { type: 'number', readOnly: false, 'millrace:network': { strict: true } },
      },
    });
    const send = async (property: string, value: unknown) =>
      await (await plant.desk.write({ actor: ann, thing: 'urn:winch', property, value })).settled;
    // Nothing is known of the network: only who asks for more than that is refused.
    expect(await send('pull', 1)).toMatchObject({ state: 'confirmed' });
    expect(await send('drop', 1)).toMatchObject({ state: 'refused', code: 'network-not-known' });
    let state: VerdictState = 'violated';
    const asked: (string | undefined)[] = [];
    plant.desk.pathOf = (_thing, flow) => {
      asked.push(flow);
      return { state, words: { en: 'the cell is overloaded', zh: '小区过载' } };
    };
    const refused = await send('pull', 1);
    expect(refused).toMatchObject({ state: 'refused', code: 'network-not-good-enough' });
    expect(refused.reason?.en).toMatch(/the cell is overloaded/);
    expect(await send('lamp', true)).toMatchObject({
      state: 'confirmed',
      warning: { zh: expect.stringContaining('小区过载') },
    });
    expect(new Set(asked)).toEqual(new Set(['crane.control', undefined]));
    state = 'inconclusive';
    expect(await send('pull', 2)).toMatchObject({ state: 'confirmed' });
    expect(await send('drop', 2)).toMatchObject({ state: 'refused' });
    state = 'met';
    expect(await send('drop', 3)).toMatchObject({ state: 'confirmed' });
    expect((await send('lamp', false)).warning).toBeUndefined();
  });

  test('an interlock that closes while the command waits for its turn is seen at the last moment', async () => {
    let go: () => void = () => {};
    plant.answer = () => new Promise((resolve) => (go = () => resolve({ state: 'confirmed' })));
    const first = await plant.write('mode', 'manual');
    await plant.until(() => plant.arrived.length === 1);
    const second = await plant.write('force', 5);
    plant.sample('urn:press', 'guard_open', true);
    go();
    await first.settled;
    expect(await second.settled).toMatchObject({ state: 'refused', code: 'interlock' });
    expect(plant.arrived).toHaveLength(1);
  });

  test('a condition that does not type blocks with its reason', async () => {
    plant.put('urn:odd', {
      properties: {
        x: {
          type: 'number',
          readOnly: false,
          'millrace:interlocks': [{ when: 'gone > "a"', reason: 'odd' }],
        },
      },
    });
    expect(await plant.written('x', 1, { thing: 'urn:odd' })).toMatchObject({
      code: 'interlock-cannot-judge',
    });
  });

  test('every kind of ending has its own state', async () => {
    const endings: [() => Promise<never>, string, string][] = [
      [() => Promise.reject(problem('not-connected')), 'refused', 'not-connected'],
      [() => Promise.reject(problem(commandTimedOut)), 'timed-out', commandTimedOut],
      [() => Promise.reject(problem('action-timed-out')), 'timed-out', 'action-timed-out'],
      [() => Promise.reject(problem(commandLost)), 'unknown', commandLost],
      [() => Promise.reject(new Error('the modbus process ended')), 'unknown', 'link-lost'],
      [
        () => Promise.resolve({ state: 'refused', detail: 'BadOutOfRange' } as never),
        'refused',
        'refused-by-thing',
      ],
    ];
    for (const [answer, state, code] of endings) {
      plant.answer = answer;
      expect(await plant.written('mode', 'manual')).toMatchObject({ state, code, final: true });
    }
    plant.answer = () => Promise.resolve({ state: 'sent' });
    // Nothing is ever heard of a property that can only be written.
    expect(await plant.written('lamp', true)).toMatchObject({ state: 'sent', code: 'no-confirmation' });
  });

  test('a value that the thing reports confirms what the protocol cannot', async () => {
    plant.answer = () => Promise.resolve({ state: 'sent' });
    plant.sample('urn:press', 'speed', 3);
    const ticket = await plant.write('speed', 7);
    await plant.until(() => plant.updates.some(({ command }) => command?.waiting?.for === 'read-back'));
    plant.sample('urn:press', 'speed', 4);
    plant.sample('urn:press', 'speed', 7, 0x80000000);
    plant.clock.advance(1000);
    plant.sample('urn:press', 'speed', 7);
    expect(await ticket.settled).toMatchObject({ state: 'confirmed', confirmedBy: 'report', output: 7 });

    const other = await plant.write('speed', 9);
    await plant.until(() => plant.arrived.length === 2);
    await plant.until(() => plant.updates.at(-1)?.command?.waiting?.for === 'read-back');
    plant.sample('urn:press', 'speed', 8);
    plant.clock.advance(4001);
    const late = await other.settled;
    expect(late).toMatchObject({ state: 'timed-out', code: 'not-read-back' });
    expect(late.reason!.en).toContain('last reported 8');
  });

  test('no answer at all is a time-out; a late one is counted and changes nothing, however often', async () => {
    let answer: (outcome: { state: 'confirmed' }) => void = () => {};
    plant.answer = () => new Promise((resolve) => (answer = resolve));
    const ticket = await plant.write('mode', 'manual');
    await plant.until(() => plant.arrived.length === 1);
    plant.clock.advance(30_000);
    const command = await ticket.settled;
    expect(command).toMatchObject({ state: 'timed-out', code: 'no-answer', lateAnswersCount: 0 });
    answer({ state: 'confirmed' });
    for (let i = 0; i < 12; i++) plant.desk.lateAnswer(command.id, 'refused', 'busy');
    await plant.until(() => plant.updates.at(-1)?.command?.lateAnswersCount === 13);
    const { command: after } = (await plant.desk.get(command.id))!;
    expect(after).toMatchObject({ state: 'timed-out', final: true });
    expect(after.lateAnswers).toHaveLength(10);
    plant.desk.lateAnswer('no such command', 'confirmed', undefined);
  });

  test('the same key is the same command; another content is refused', async () => {
    let answered: () => void = () => {};
    plant.answer = () => new Promise((resolve) => (answered = () => resolve({ state: 'confirmed' })));
    const [first, second] = await Promise.all([
      plant.write('mode', 'manual', { key: 'k' }),
      plant.write('mode', 'manual', { key: 'k' }),
    ]);
    expect(second.command.id).toBe(first.command.id);
    expect(await refusal(plant.write('mode', 'automatic', { key: 'k' }))).toBe('key-taken');
    await plant.until(() => plant.arrived.length === 1);
    answered();
    const done = await first.settled;
    expect((await plant.write('mode', 'manual', { key: 'k' })).command).toEqual(done);
    expect(await refusal(plant.write('mode', 'automatic', { key: 'k' }))).toBe('key-taken');
    expect(plant.arrived).toHaveLength(1);
    // Somebody else's key is another key.
    plant.answer = () => Promise.resolve({ state: 'confirmed' });
    expect((await plant.write('mode', 'manual', { key: 'k', actor: bo })).command.id).not.toBe(done.id);
  });

  test('who does not get a turn in time is not sent; too many are not taken', async () => {
    plant.answer = () => new Promise(() => {});
    const { token } = await plant.desk.takeLease('urn:press', ann, 600);
    const tickets = [];
    for (let i = 0; i < 32; i++) tickets.push(await plant.write('mode', 'manual', { lease: token }));
    expect(await refusal(plant.write('mode', 'manual', { lease: token }))).toBe('too-many-commands');
    await plant.until(() => plant.arrived.length === 1);
    plant.clock.advance(10_001);
    expect(await tickets[1]!.settled).toMatchObject({ state: 'refused', code: 'deadline-passed' });
    plant.clock.advance(30_000);
    expect(await tickets[0]!.settled).toMatchObject({ state: 'timed-out' });
    expect(plant.arrived).toHaveLength(1);
  });

  test('it can be called off until it is sent', async () => {
    plant.answer = () => new Promise(() => {});
    await plant.write('mode', 'manual');
    await plant.until(() => plant.arrived.length === 1);
    const second = await plant.write('mode', 'automatic');
    await plant.desk.refuse(second.command.id, ann, 'wrong press');
    expect(await second.settled).toMatchObject({ state: 'refused', code: 'called-off' });
    expect(await refusal(plant.desk.refuse(second.command.id, ann, ''))).toBe('too-late');
  });
});

describe('two persons', () => {
  test('the second is another person, in time', async () => {
    const ticket = await plant.write('heat', 5);
    expect(ticket.command.waiting?.for).toBe('release');
    expect(plant.arrived).toEqual([]);
    expect(await refusal(plant.desk.release(ticket.command.id, ann))).toBe('same-person');
    expect(await refusal(plant.desk.release(ticket.command.id, { kind: 'token', id: 't', for: 'bo' }))).toBe(
      'person-needed',
    );
    await plant.desk.release(ticket.command.id, bo);
    expect(await ticket.settled).toMatchObject({ state: 'confirmed', releasedBy: 'bo' });
    expect(plant.audit.told).toContain('command.release done');
    expect(await refusal(plant.desk.release(ticket.command.id, bo))).toBe('too-late');
  });

  test('the author of a rule cannot release what the rule asks', async () => {
    const { command } = await plant.write('heat', 5, { actor: rule });
    expect(await refusal(plant.desk.release(command.id, ann))).toBe('same-person');
  });

  test('nobody: refused; meanwhile others have their turn', async () => {
    const { token } = await plant.desk.takeLease('urn:press', ann, 600);
    const ticket = await plant.write('heat', 5, { lease: token });
    expect(await plant.written('mode', 'manual', { lease: token })).toMatchObject({ state: 'confirmed' });
    plant.clock.advance(60_001);
    expect(await ticket.settled).toMatchObject({ state: 'refused', code: 'not-released' });
    expect(plant.arrived).toHaveLength(1);
  });
});

describe('leases', () => {
  test('two clients fight: one holds, the other is told who', async () => {
    const takes = await Promise.all([
      refusal(plant.desk.takeLease('urn:press', ann)),
      refusal(plant.desk.takeLease('urn:press', bo)),
    ]);
    expect(takes).toEqual(['taken', 'lease-held']);
    expect(await refusal(plant.write('mode', 'manual', { actor: bo }))).toBe('lease-held');
    expect(await refusal(plant.write('mode', 'manual', { actor: rule }))).toBe('lease-held');
    // Its holder has to show the token: another window of the same person is another client.
    expect(await refusal(plant.write('mode', 'manual'))).toBe('lease-token-needed');
    const first = plant.desk.leases.held('urn:press')!.token;
    const { token } = await plant.desk.takeLease('urn:press', ann);
    expect(token).toBeGreaterThan(first);
    expect(await refusal(plant.write('mode', 'manual', { lease: first }))).toBe('fenced');
    expect(await refusal(plant.write('mode', 'manual', { lease: token, actor: bo }))).toBe('lease-other');
    expect(await plant.written('mode', 'manual', { lease: token })).toMatchObject({ state: 'confirmed' });
  });

  test('a command whose lease runs out while it waits is not sent', async () => {
    const { token } = await plant.desk.takeLease('urn:press', ann, 20);
    const ticket = await plant.write('heat', 5, { lease: token });
    plant.clock.advance(21_000);
    await plant.desk.release(ticket.command.id, bo);
    expect(await ticket.settled).toMatchObject({ state: 'refused', code: 'lease-lost' });
    expect(plant.arrived).toEqual([]);
  });

  test('handed over: the giver is fenced out, nothing is made safe', async () => {
    const { token } = await plant.desk.takeLease('urn:crane', ann);
    expect(await refusal(plant.desk.leases.accept('urn:crane', bo))).toBe('not-offered');
    await plant.desk.leases.offer('urn:crane', token, ann, 'bo');
    const taken = await plant.desk.leases.accept('urn:crane', bo);
    expect(await refusal(plant.write('drive', 1, { thing: 'urn:crane', lease: token }))).toBe('fenced');
    const crane = { thing: 'urn:crane', lease: taken.token, actor: bo };
    expect(await plant.written('drive', 1, crane)).toMatchObject({ state: 'confirmed' });
    await plant.desk.releaseLease('urn:crane', taken.token, bo);
    expect(plant.arrived.map((one) => one.name)).toEqual(['drive']);
  });

  test('a thing with a safe action is commanded under a lease that is kept alive, and made safe when it is not', async () => {
    expect(await refusal(plant.write('drive', 1, { thing: 'urn:crane' }))).toBe('lease-needed');
    const { token } = await plant.desk.takeLease('urn:crane', ann);
    const crane = { thing: 'urn:crane', lease: token };
    await plant.written('drive', 3, crane);
    plant.clock.advance(8000);
    await plant.desk.renewLease('urn:crane', token, ann);
    plant.clock.advance(8000);
    expect(plant.desk.leases.held('urn:crane')?.token).toBe(token);
    plant.clock.advance(2001);
    await plant.until(() => plant.arrived.length === 3);
    expect(plant.arrived.slice(1)).toMatchObject([
      { kind: 'write', name: 'drive', value: 0, options: { fence: token } },
      { kind: 'invoke', name: 'brake' },
    ]);
    await plant.until(
      () => plant.desk.control(plant.things.get('urn:crane')!, ann).safeAction?.state === 'done',
    );
    expect(await refusal(plant.desk.renewLease('urn:crane', token, ann))).toBe('lease-lost');
    expect(plant.audit.told).toContain('lease.lost done');
    const safe = (await plant.desk.list({ places: undefined, offset: 0, limit: 10 })).filter(
      (one) => one.actor.kind === 'platform',
    );
    expect(safe.every((one) => one.actor.for === 'ann' && one.state === 'confirmed')).toBe(true);
  });

  test('what was commanded under the lost lease is made safe as well, only then', async () => {
    const { token } = await plant.desk.takeLease('urn:crane', ann);
    await plant.written('hoist', 2, { thing: 'urn:crane', lease: token });
    plant.clock.advance(10_001);
    await plant.until(() => plant.arrived.length === 4);
    expect(plant.arrived.slice(1).map((one) => one.name)).toEqual(['hoist', 'drive', 'brake']);
  });

  test('a thing that is away is made safe when it is back', async () => {
    await plant.desk.takeLease('urn:crane', ann);
    plant.unreachable.add('urn:crane');
    plant.clock.advance(10_001);
    await plant.until(() => plant.arrived.length === 2);
    const state = () => plant.desk.control(plant.things.get('urn:crane')!, ann).safeAction?.state;
    await plant.until(() => plant.updates.filter((one) => one.lease?.why === 'safe-action').length === 2);
    expect(state()).toBe('running');
    plant.unreachable.clear();
    plant.clock.advance(5000);
    await plant.until(() => state() === 'done');
    expect(plant.arrived).toHaveLength(4);
  });

  test('breaking the glass needs a reason on the trail, makes safe first, and fences the holder out', async () => {
    const { token } = await plant.desk.takeLease('urn:crane', ann);
    plant.audit.failure = new Error('the disk is full');
    expect(await refusal(plant.desk.breakGlass('urn:crane', bo, 'ann fell ill'))).toBe('audit-failed');
    plant.audit.failure = undefined;
    const taken = await plant.desk.breakGlass('urn:crane', bo, 'ann fell ill');
    expect(taken).toMatchObject({ holder: bo, brokenGlass: { reason: 'ann fell ill', from: ann } });
    expect(await refusal(plant.write('drive', 1, { thing: 'urn:crane', lease: token }))).toBe('fenced');
    await plant.until(() => plant.arrived.length === 2);
    expect(plant.audit.entries.filter((one) => one.action === 'lease.break-glass')).toHaveLength(2);
    const more = { thing: 'urn:crane', lease: taken.token, actor: bo };
    expect(await plant.written('drive', 2, more)).toMatchObject({ state: 'confirmed' });
  });

  test('the safe action goes out although the interlock and the queue are in the way', async () => {
    plant.put('urn:crane', {
      'millrace:safe': { runs: 'platform', values: { drive: 0 } },
      'millrace:leaseSeconds': 5,
      'millrace:interlocks': [{ when: 'drive >= 0.0', reason: 'always' }],
      properties: { drive: { type: 'number', readOnly: false } },
    });
    plant.sample('urn:crane', 'drive', 3);
    const { token } = await plant.desk.takeLease('urn:crane', ann);
    expect(await plant.written('drive', 1, { thing: 'urn:crane', lease: token })).toMatchObject({
      code: 'interlock',
    });
    plant.clock.advance(5001);
    await plant.until(() => plant.arrived.length === 1);
    expect(plant.arrived[0]).toMatchObject({ name: 'drive', value: 0 });
  });
});

describe('after a crash', () => {
  test('what was sent is unknown and not sent again, what was not is refused, tokens go on, safe actions run', async () => {
    plant.answer = () => new Promise(() => {});
    const { token } = await plant.desk.takeLease('urn:crane', ann);
    const sent = await plant.write('drive', 3, { thing: 'urn:crane', lease: token, key: 'once' });
    await plant.until(() => plant.arrived.length === 1);
    const waiting = await plant.write('drive', 4, { thing: 'urn:crane', lease: token });
    const implicit = await plant.write('mode', 'manual');
    await plant.until(() => plant.arrived.length === 2);
    // The desk is left as it stands: another one opens on what it had stored.
    plant.clock.advance(3000);
    plant.answer = () => Promise.resolve({ state: 'confirmed' });
    const before = plant.arrived.length;
    plant.desk.leases.stop();
    await plant.start();
    const state = async (id: string) => (await plant.desk.get(id))!.command;
    expect(await state(sent.command.id)).toMatchObject({ state: 'unknown', code: 'platform-restarted' });
    expect(await state(implicit.command.id)).toMatchObject({ state: 'unknown' });
    expect(await state(waiting.command.id)).toMatchObject({ state: 'refused', code: 'platform-restarted' });
    expect(plant.arrived).toHaveLength(before);
    // Asked again with the same key it is still the one command.
    const again = await plant.write('drive', 3, { thing: 'urn:crane', lease: token, key: 'once' });
    expect(again.command.state).toBe('unknown');
    // The lease outlived the crash by what was left of its time.
    expect(plant.desk.leases.held('urn:crane')?.token).toBe(token);
    expect(plant.desk.leases.held('urn:press')).toBeUndefined();
    plant.clock.advance(8000);
    await plant.until(() => plant.arrived.length === before + 2);
    const next = await plant.desk.takeLease('urn:press', bo);
    expect(next.token).toBeGreaterThan(implicit.command.lease!);
  });

  test('stopping refuses what has not been sent', async () => {
    plant.answer = () => new Promise(() => {});
    await plant.write('mode', 'manual');
    await plant.until(() => plant.arrived.length === 1);
    const second = await plant.write('mode', 'automatic');
    void plant.desk.stop();
    expect(await second.settled).toMatchObject({ state: 'refused', code: 'platform-stopping' });
    expect(await refusal(plant.write('mode', 'manual'))).toBe('platform-stopping');
  });
});

test('counted: what was taken is what ended and what is open', async () => {
  const counts = (): Record<string, number> =>
    Object.fromEntries([...plant.desk.counters.all()].map(({ outcome, count }) => [outcome, count]));
  await plant.written('force', 1);
  plant.answer = () => Promise.resolve({ state: 'refused' });
  await plant.written('force', 2);
  plant.answer = () => Promise.reject(problem(commandTimedOut));
  await plant.written('force', 3);
  plant.answer = () => Promise.reject(problem(commandLost));
  await plant.written('force', 4);
  plant.answer = () => Promise.resolve({ state: 'sent' });
  await plant.written('lamp', true);
  expect(await refusal(plant.write('force', 101))).toBe('above-maximum');
  plant.unreachable.add('urn:press');
  await plant.written('force', 5);
  expect(counts()).toEqual({
    accepted: 6,
    sent: 6,
    confirmed: 1,
    refused: 2,
    'timed-out': 1,
    unknown: 1,
    'not-confirmable': 1,
    'not-taken': 1,
  });
  expect([...plant.desk.counters.all()].every(({ protocol }) => protocol === 'modbus')).toBe(true);
  let answer: (outcome: { state: 'confirmed' }) => void = () => {};
  plant.unreachable.clear();
  plant.answer = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  const { settled } = await plant.write('force', 6);
  await plant.until(() => counts()['sent'] === 7);
  expect(plant.desk.open).toBe(1);
  answer({ state: 'confirmed' });
  await settled;
  expect([plant.desk.open, counts()['confirmed']]).toEqual([0, 2]);
});
