import type { AppError } from '@millrace/sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { bindingOf, MemoryItems, person, RequestPlant } from './testing/request-plant.ts';

let plant: RequestPlant;
beforeEach(() => {
  plant = new RequestPlant();
});
afterEach(() => plant.end());

const failure = async (promise: Promise<unknown>): Promise<AppError> =>
  promise.then(
    () => expect.fail('it was taken'),
    (error: AppError) => error,
  );
const standing = (id = 'b'): string | undefined => plant.requests.binding(id)?.stages.standing;
const problem = (id = 'b'): string | undefined => plant.requests.binding(id)?.stages.problem?.en;

describe('what is asked of a network', () => {
  test('is requested, accepted and effective, each with its time and what exactly', async () => {
    const requests = await plant.withProviders();
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.settle();
    expect(requests.binding('b')!.stages).toMatchObject({
      standing: 'effective',
      requested: { detail: { en: '5QI 84, DSCP 32, 100 kbit/s up guaranteed, of "core".' } },
      accepted: { values: { granted: true } },
      effective: { values: { granted: true } },
      reference: 'r1',
    });
    expect(plant.audit.told).toEqual([
      'network.provider.create done',
      'network.provider.create done',
      'network.binding.want done',
      'network.binding.apply asked',
      'network.binding.apply done',
    ]);
    await requests.remove('binding', 'b', person);
    await plant.settle();
    expect(standing()).toBe('released');
    expect(plant.core.inForce.size).toBe(0);
    await plant.pass(3700);
    expect(requests.binding('b')).toBeUndefined();
    expect(plant.items.rows.size).toBe(0);
  });

  test('is not sent where the audit trail does not take it', async () => {
    const requests = await plant.withProviders();
    await requests.put('binding', 'b', bindingOf(), person);
    plant.audit.failure = new Error('full');
    plant.core.calls.length = 0;
    await expect(requests.put('binding', 'c', bindingOf({ terminal: 'agv-2' }), person)).rejects.toThrow(
      'full',
    );
    await plant.pass(10);
    expect(plant.core.calls.filter((call) => call.startsWith('apply'))).toEqual([]);
    plant.audit.failure = undefined;
    await plant.pass(30);
    expect(standing()).toBe('effective');
    expect(plant.core.inForce.size).toBe(1);
  });

  test('takes another form: released and asked anew, or changed in place where the provider can', async () => {
    const requests = await plant.withProviders();
    const better = bindingOf({ qos: { ...bindingOf().qos, gbrUplink: 150 } });
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.settle();
    await requests.put('binding', 'b', better, person);
    await plant.settle();
    expect(plant.core.calls.map((call) => call.split(' ')[0])).toEqual([
      'apply',
      'read',
      'release',
      'apply',
      'read',
    ]);
    expect(plant.core.inForce.size).toBe(1);
    plant.core.changesInPlace = true;
    await requests.providers.restart('core', person);
    await plant.settle();
    plant.core.calls.length = 0;
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.settle();
    expect(plant.core.calls.map((call) => call.split(' ')[0])).toEqual(['change', 'read']);
    expect(standing()).toBe('effective');
  });

  test('moves to another provider: the one before lets it go', async () => {
    const requests = await plant.withProviders();
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.settle();
    await requests.put('binding', 'b', bindingOf({ provider: 'other' }), person);
    await plant.settle();
    expect([plant.core.inForce.size, plant.other.inForce.size]).toEqual([0, 1]);
  });

  test('follows the address of its terminal', async () => {
    const requests = await plant.withProviders();
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.settle();
    plant.inventory.terminalList[0] = { ...plant.inventory.terminalList[0]!, address: '10.45.0.99' };
    requests.inventoryChanged();
    await plant.settle();
    expect([...plant.core.inForce.values()]).toMatchObject([
      { content: { terminal: { address: '10.45.0.99' } } },
    ]);
  });

  test('ends by itself where it was asked for a time only', async () => {
    const requests = await plant.withProviders();
    await requests.put('binding', 'b', bindingOf({ durationSeconds: 60 }), person);
    await plant.pass(30);
    expect(standing()).toBe('effective');
    await plant.pass(40);
    expect(standing()).toBe('released');
    expect(plant.core.inForce.size).toBe(0);
  });

  test('slices and groups take the same way', async () => {
    const requests = await plant.withProviders();
    await requests.put(
      'slice',
      's',
      { title: 'S', profile: { snssai: { sst: 1 } }, provider: 'core' },
      person,
    );
    await requests.put('slice', 'paper', { title: 'P', profile: { snssai: { sst: 2 } } }, person);
    await requests.put(
      'group',
      'g',
      { title: 'G', kind: 'ip', members: ['agv-1', 'agv-2'], vni: 7, provider: 'core' },
      person,
    );
    await requests.put('binding', 'b', bindingOf({ slice: 's' }), person);
    await plant.settle();
    expect(requests.slices().map(({ id, stages }) => `${id} ${stages.standing}`)).toEqual([
      'paper none',
      's effective',
    ]);
    expect(requests.groups()[0]!.stages.standing).toBe('effective');
    expect((await failure(requests.remove('slice', 's', person))).status).toBe(409);
    await requests.remove('binding', 'b', person);
    await requests.remove('slice', 's', person);
    await requests.remove('group', 'g', person);
    await plant.settle();
    expect(plant.core.inForce.size).toBe(0);
  });
});

describe('a provider that', () => {
  test('answers 500 is asked again with back-off, closed and opened, and gets it once it is well', async () => {
    const requests = await plant.withProviders();
    plant.core.mood = 'error-500';
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.pass(60);
    expect(standing()).toBe('requested');
    expect(problem()).toContain('HTTP 500');
    expect(requests.configured('core')).toMatchObject({ problem: { kind: 'unavailable' } });
    const asked = plant.core.calls.length;
    expect(asked).toBeGreaterThan(2);
    expect(asked).toBeLessThan(10);
    await plant.pass(400);
    expect(requests.configured('core')!.counters['reopened']).toBeGreaterThan(0);
    plant.core.mood = 'well';
    await plant.pass(620);
    expect(standing()).toBe('effective');
    expect(requests.configured('core')).toMatchObject({ state: 'connected' });
    expect(requests.configured('core')!.problem).toBeUndefined();
    expect(plant.core.inForce.size).toBe(1);
  });

  test('hangs is given its time, and asked again by the same key', async () => {
    const requests = await plant.withProviders();
    plant.core.mood = 'does-and-hangs';
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.pass(25);
    expect(problem()).toContain('No answer within 20 s');
    plant.core.mood = 'well';
    await plant.pass(30);
    expect(standing()).toBe('effective');
    expect(plant.core.inForce.size).toBe(1);
    expect(requests.configured('core')!.counters).toMatchObject({ timedOut: 2 });
  });

  test('did it and never answered, for something not wanted any more, has it taken back', async () => {
    const requests = await plant.withProviders();
    plant.core.mood = 'does-and-hangs';
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.settle();
    await requests.remove('binding', 'b', person);
    await plant.pass(25);
    plant.core.mood = 'well';
    await plant.pass(60);
    expect(plant.core.inForce.size).toBe(0);
    expect(standing()).toBe('released');
  });

  test('accepts and does nothing is told of', async () => {
    const requests = await plant.withProviders();
    plant.core.mood = 'lazy';
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.pass(30);
    expect([standing(), problem()]).toEqual(['accepted', undefined]);
    await plant.pass(90);
    expect(standing()).toBe('accepted');
    expect(problem()).toBe('The network said yes and has not put it in force: Not in force.');
    expect(requests.binding('b')!.stages.effective).toBeUndefined();
  });

  test('cannot tell what is in force is believed no further than its yes', async () => {
    const requests = await plant.withProviders();
    plant.core.mood = 'cannot-tell';
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.pass(10);
    expect(requests.binding('b')!.stages).toMatchObject({
      standing: 'accepted',
      problem: { en: 'In force.' },
    });
  });

  test('forgets is asked again; again and again, a person is told', async () => {
    const requests = await plant.withProviders();
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.settle();
    plant.core.forget();
    await plant.pass(40);
    expect(standing()).toBe('effective');
    expect(plant.core.inForce.size).toBe(1);
    expect(plant.audit.told).toContain('network.binding.lost done');
    for (let time = 0; time < 12; time++) {
      plant.core.forget();
      await plant.pass(340);
    }
    expect(standing()).toBe('lost');
    expect(problem()).toContain('is not asked for again by itself');
    await requests.retry('binding', 'b', person);
    await plant.settle();
    expect(standing()).toBe('effective');
  }, 60_000);

  test('revokes tells so itself, and is asked again', async () => {
    const requests = await plant.withProviders();
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.settle();
    plant.core.revoke();
    plant.core.context!.changed({ binding: plant.core.keys()[0]! });
    await plant.settle();
    expect(standing()).toBe('lost');
    expect(problem()).toBe('It was in force, and the network has taken it back.');
    await plant.pass(5);
    expect(standing()).toBe('effective');
    expect(plant.core.inForce.size).toBe(1);
  });

  test('ends sessions after its own time has them renewed', async () => {
    const requests = await plant.withProviders();
    plant.core.expiresAfterSeconds = 100;
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.pass(110);
    expect(standing()).toBe('effective');
    expect(plant.core.inForce.size).toBe(1);
    expect(plant.core.calls.filter((call) => call.startsWith('apply'))).toHaveLength(2);
  });

  test('refuses is asked a few times, and then not before a person says so', async () => {
    const requests = await plant.withProviders();
    plant.core.mood = 'refuses';
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.settle();
    expect([standing(), problem()]).toEqual(['refused', 'There is no such profile.']);
    await plant.pass(8000);
    expect(plant.core.calls.filter((call) => call.startsWith('apply'))).toHaveLength(5);
    expect(problem()).toContain('not asked again by itself');
    // A clear no is no fault of the provider.
    expect(requests.configured('core')!.state).toBe('connected');
  });

  test('denies is not pestered', async () => {
    const requests = await plant.withProviders();
    plant.core.mood = 'denies';
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.pass(200);
    expect(plant.core.calls).toHaveLength(1);
    expect(requests.configured('core')).toMatchObject({
      state: 'degraded',
      problem: { kind: 'denied', detail: 'HTTP 403' },
    });
    plant.core.mood = 'well';
    await requests.providers.restart('core', person);
    await plant.settle();
    expect(standing()).toBe('effective');
  });

  test('answers nonsense is told of', async () => {
    const requests = await plant.withProviders();
    plant.core.mood = 'nonsense';
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.pass(10);
    expect(problem()).toContain('said yes without a reference');
    plant.core.mood = 'well';
    await plant.pass(60);
    expect(standing()).toBe('effective');
  });

  test('cannot be opened: wrong settings wait for a person, everything else is tried again', async () => {
    const requests = await plant.open();
    plant.core.opens = 'hangs';
    await requests.providers.put('core', { kind: 'scripted', settings: { host: 'a' } }, person);
    await plant.pass(40);
    expect(requests.configured('core')).toMatchObject({ problem: { kind: 'unavailable' } });
    plant.core.opens = 'well';
    await plant.pass(40);
    expect(requests.configured('core')!.state).toBe('connected');
    plant.core.opens = 'denies';
    await requests.providers.restart('core', person);
    await plant.pass(620);
    expect(requests.configured('core')).toMatchObject({ state: 'disconnected', problem: { kind: 'denied' } });
    expect(requests.configured('core')!.retryAt).toBeUndefined();
  });
});

describe('providers', () => {
  test('keep their secrets to themselves', async () => {
    const requests = await plant.withProviders();
    expect(requests.configured('core')!.settings).toEqual({ host: 'a', password: '•••' });
    expect(JSON.stringify([...plant.providerRows.values()])).not.toContain('hush');
    await requests.providers.put(
      'core',
      { kind: 'scripted', settings: { host: 'c', password: '•••' } },
      person,
    );
    await plant.settle();
    expect(plant.core.context!.settings).toEqual({ host: 'c', password: 'hush' });
    expect(JSON.stringify(plant.audit.entries)).not.toContain('hush');
  });

  test('are tested without being kept', async () => {
    const requests = await plant.withProviders();
    expect(
      await requests.providers.test({ kind: 'scripted', settings: { host: 'x' } }, undefined),
    ).toMatchObject({ ok: true });
    plant.core.opens = 'denies';
    const report = await requests.providers.test({ kind: 'scripted', settings: { host: 'x' } }, undefined);
    expect(report).toMatchObject({ ok: false, problem: { kind: 'denied', detail: 'HTTP 401' } });
    expect(requests.providers.ids()).toEqual(['core', 'other']);
    const wrong = await failure(
      requests.providers.test({ kind: 'scripted', settings: { host: 'wrong' } }, undefined),
    );
    expect(wrong.fields[0]!.field).toBe('settings.host');
    expect(
      (await failure(requests.providers.put('z', { kind: 'nonsuch', settings: {} }, person))).fields[0]!
        .field,
    ).toBe('kind');
  });

  test('take notifications only by their secret', async () => {
    const requests = await plant.withProviders();
    const secret = plant.core.context!.notificationUrl!.split('/').at(-1)!;
    expect(await requests.providers.notified('core', 'guess', '/x', {})).toBe(false);
    expect(await requests.providers.notified('core', secret, '/x', {})).toBe(true);
    expect(plant.core.calls).toContain('notified /x');
  });

  test('are not removed while something stands there, unless it is left there', async () => {
    const requests = await plant.withProviders();
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.settle();
    expect((await failure(requests.removeProvider('core', false, person))).code).toBe('provider-in-use');
    await requests.removeProvider('core', true, person);
    await plant.settle();
    expect(problem()).toContain('There is no provider "core" any more');
    expect(requests.providers.ids()).toEqual(['other']);
  });

  test('switched off are not called', async () => {
    const requests = await plant.withProviders();
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.settle();
    await requests.providers.put(
      'core',
      { kind: 'scripted', enabled: false, settings: { host: 'a' } },
      person,
    );
    plant.core.calls.length = 0;
    await plant.pass(60);
    expect(plant.core.calls).toEqual([]);
    expect([standing(), problem()]).toEqual(['effective', '"core" is switched off.']);
  });
});

describe('a dry run', () => {
  test('shows what would be sent and sends nothing', async () => {
    const requests = await plant.withProviders();
    const run = await requests.dryRun({ binding: bindingOf() });
    expect(run).toMatchObject({
      problems: [],
      calls: [{ operation: 'apply', exact: true, words: { en: 'POST /sessions' } }],
    });
    expect(plant.core.calls).toEqual(['dryRun']);
    await requests.put('binding', 'b', bindingOf(), person);
    await plant.settle();
    expect((await requests.dryRun({ id: 'b', binding: bindingOf() })).calls).toEqual([]);
    const moved = await requests.dryRun({ id: 'b', binding: bindingOf({ provider: 'other' }) });
    expect(moved.calls.map(({ provider, operation }) => `${operation} ${provider}`)).toEqual([
      'release core',
      'apply other',
    ]);
    expect((await requests.dryRun({ id: 'b', remove: 'binding' })).calls).toMatchObject([
      { operation: 'release' },
    ]);
    const wrong = await requests.dryRun({ binding: bindingOf({ terminal: 'nobody' }) });
    expect(wrong.problems.map(({ field }) => field)).toEqual(['terminal']);
    expect(wrong.calls).toEqual([]);
  });
});

describe('ended at any moment and begun again', () => {
  /** Runs a story until the `n`th effect of any kind, then ends: that effect and all after it never come back. */
  async function upTo(
    n: number,
    doneBeforeEnd: boolean,
    story: (p: RequestPlant) => Promise<void>,
  ): Promise<boolean> {
    const first = new RequestPlant();
    let effects = 0;
    let dead = false;
    const never = new Promise<never>(() => {});
    const point = async (): Promise<void> => {
      if (dead) return never;
      if (++effects === n) {
        dead = true;
        return never;
      }
    };
    try {
      await first.withProviders();
      const record = first.audit.record.bind(first.audit);
      first.items.before = () => (doneBeforeEnd ? Promise.resolve() : point());
      const save = first.items.save.bind(first.items);
      first.items.save = async (item) => {
        if (dead) return never;
        await save(item);
        if (doneBeforeEnd) await point();
      };
      first.audit.record = async (entry) => {
        if (!doneBeforeEnd) await point();
        if (dead) return never;
        const number = await record(entry);
        if (doneBeforeEnd) await point();
        return number;
      };
      first.core.before = () => (doneBeforeEnd ? (dead ? never : Promise.resolve()) : point());
      first.core.after = () => (doneBeforeEnd ? point() : Promise.resolve());
      await Promise.race([story(first), new Promise((resolve) => setTimeout(resolve, 60))]);
      await first.settle();
      const died = dead;
      dead = true;

      // What a start finds: the records and the network, nothing else.
      const second = new RequestPlant();
      for (const [key, row] of first.items.rows) second.items.rows.set(key, row);
      for (const [id, row] of first.providerRows) second.providerRows.set(id, row);
      for (const [reference, one] of first.core.inForce) second.core.inForce.set(reference, { ...one });
      Object.assign(second.items, { before: new MemoryItems().before });
      try {
        await second.open();
        await second.pass(120);
        const wanted = second.requests.wantedBindings();
        expect(
          [...second.core.inForce.values()]
            .map(({ content }) => (content as { terminal: { id: string } }).terminal.id)
            .sort(),
        ).toEqual(wanted.map(({ input }) => input.terminal).sort());
        for (const { id, input } of wanted) {
          expect(second.requests.binding(id)!.stages.standing).toBe('effective');
          expect(
            [...second.core.inForce.values()].find(
              ({ content }) => (content as { terminal: { id: string } }).terminal.id === input.terminal,
            ),
          ).toMatchObject({
            content: { qos: input.qos },
          });
        }
        // Each was told before it was sent.
        const asked = [...first.audit.entries, ...second.audit.entries].filter(
          ({ outcome }) => outcome === 'asked',
        ).length;
        const calls = [...first.core.calls, ...second.core.calls].filter((call) =>
          /^(apply|release|change)/.test(call),
        ).length;
        expect(asked).toBeGreaterThanOrEqual(calls);
      } finally {
        await second.end();
      }
      return died;
    } finally {
      await first.end();
    }
  }

  const stories: Record<string, (p: RequestPlant) => Promise<void>> = {
    'asking, changing, letting go': async (p) => {
      await p.requests.put('binding', 'b', bindingOf(), person);
      await p.settle();
      await p.requests.put(
        'binding',
        'b',
        bindingOf({ qos: { ...bindingOf().qos, gbrUplink: 150 } }),
        person,
      );
      await p.settle();
      await p.requests.remove('binding', 'b', person);
      await p.settle();
    },
    'two at once, one of them let go before it was answered': async (p) => {
      await p.requests.put('binding', 'b', bindingOf(), person);
      await p.requests.put('binding', 'c', bindingOf({ terminal: 'agv-2' }), person);
      await p.requests.remove('binding', 'b', person);
      await p.settle();
    },
  };
  for (const [name, story] of Object.entries(stories))
    for (const doneBeforeEnd of [false, true])
      test(`${name}: no orphan, no double, ${doneBeforeEnd ? 'after' : 'before'} each effect`, async () => {
        let n = 1;
        while (await upTo(n, doneBeforeEnd, story)) n++;
        expect(n).toBeGreaterThan(8);
      }, 120_000);
});
