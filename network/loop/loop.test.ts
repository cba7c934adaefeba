import type { BindingInput, LoopSettings, VerdictState } from '@millrace/contract';
import { silentLog } from '@millrace/sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LoopVerdict } from '../requests/ports.ts';
import {
  bindingOf,
  flow,
  person,
  RequestPlant,
  terminal,
  videoLevel,
} from '../requests/testing/request-plant.ts';
import { assess, decide } from './decide.ts';
import { Loop, type LoopOptions } from './loop.ts';
import { loopLimits } from './situation.ts';
import { MemoryLoop } from './testing/memory-loop.ts';

const minute = 60_000_000;

/** A plant whose verdicts a test sets, with the loop over it. */
class LoopPlant extends RequestPlant {
  readonly loopStore = new MemoryLoop();
  readonly verdicts = new Map<string, LoopVerdict>();
  readonly people: string[] = [];
  readonly apps: string[] = [];
  readonly zoneMoves: [string, string | null][] = [];
  loop: Loop = undefined as never;

  judge(flowId: string, terminalId: string, state: VerdictState, more: Partial<LoopVerdict> = {}): void {
    const key = `${flowId}@${terminalId}`;
    const before = this.verdicts.get(key);
    const now = this.clock.now();
    this.verdicts.set(key, {
      flow: flowId,
      terminal: terminalId,
      state,
      since: before?.state === state ? before.since : now,
      at: now,
      criteria: [],
      blame: undefined,
      ...more,
    });
  }

  async openLoop(settings: Partial<LoopSettings> = {}, more: Partial<LoopOptions> = {}): Promise<Loop> {
    this.loop = await Loop.open({
      records: undefined as never,
      audit: this.audit,
      clock: this.clock,
      log: silentLog,
      inventory: this.inventory,
      requests: this.requests,
      verdicts: () => [...this.verdicts.values()],
      tellPeople: async ({ flow, terminal, cause }) =>
        void this.people.push(`${flow}@${terminal}: ${cause.en}`),
      tellApp: async (app, flow) => void this.apps.push(`${app}: ${flow}`),
      store: this.loopStore,
      ...more,
    });
    if (Object.keys(settings).length > 0) await this.loop.putSettings(settings, person);
    return this.loop;
  }

  /** Rounds every half minute, each with what was judged just before. */
  async rounds(minutes: number, each: () => void = () => {}): Promise<void> {
    for (let half = 0; half < minutes * 2; half++) {
      // Small steps: what a provider answers at once must not seem to come after its time.
      for (let step = 0; step < 6; step++) {
        this.clock.advance(5_000);
        for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve));
      }
      for (const [key, verdict] of this.verdicts)
        this.verdicts.set(key, { ...verdict, at: this.clock.now() });
      each();
      await this.loop.runRound();
    }
  }

  /** Wishes for bindings, by id. */
  wishes(): Record<string, BindingInput> {
    return Object.fromEntries(
      this.requests.wantedBindings().map(({ id, input }) => [id, structuredClone(input)]),
    );
  }
}

let plant: LoopPlant;
beforeEach(async () => {
  plant = new LoopPlant();
  await plant.withProviders();
  plant.inventory.zoneList[0] = { ...plant.inventory.zoneList[0]!, provider: 'core' };
});
afterEach(() => plant.end());

const kinds = (): string[] => plant.loopStore.all().map(({ kind, state }) => `${kind} ${state}`);
const changing = () => plant.loopStore.all().filter(({ changes }) => changes.length > 0);

describe('a level that is not met', () => {
  test('tells people once with the cause, and proposes; a person approves; it helps; a person takes it back', async () => {
    const loop = await plant.openLoop();
    plant.judge('control', 'agv-1', 'violated', {
      blame: {
        from: 'radio',
        to: 'radio',
        observable: true,
        confidence: 0.9,
        cause: { en: 'The cell is weak.', zh: '小区信号弱。' },
        evidence: [],
      },
    });
    await plant.rounds(1);
    expect(kinds()).toEqual([]);
    await plant.rounds(9);
    expect(plant.people).toEqual(['control@agv-1: The cell is weak.']);
    expect(kinds().sort()).toEqual(['raise-qos proposed', 'tell-people told']);
    expect(plant.wishes()).toEqual({});
    const { id } = changing()[0]!;
    expect(await loop.approve(id, person)).toMatchObject({ state: 'watching', by: 'lin', canUndo: true });
    await plant.settle();
    expect(Object.values(plant.wishes())).toMatchObject([
      { flow: 'control', terminal: 'agv-1', provider: 'core', qos: { fiveQi: 84 } },
    ]);
    expect(plant.core.inForce.size).toBe(1);
    plant.judge('control', 'agv-1', 'met');
    await plant.rounds(1);
    expect(changing()[0]).toMatchObject({ state: 'helped' });
    await expect(loop.approve(id, person)).rejects.toMatchObject({ status: 409 });
    expect(await loop.undo(id, person)).toMatchObject({ state: 'undone', endedBy: 'lin', canUndo: false });
    await plant.settle();
    expect(plant.wishes()).toEqual({});
    expect(plant.core.inForce.size).toBe(0);
    expect(plant.audit.told.filter((told) => told.startsWith('network.loop'))).toEqual([
      'network.loop.tell asked',
      'network.loop.propose done',
      'network.loop.approve done',
      'network.loop.do done',
      'network.loop.undo asked',
      'network.loop.undo done',
    ]);
  });

  test('climbs the ladder by itself, and takes back what did not help', async () => {
    await plant.requests.put('binding', 'b', bindingOf(), person);
    await plant.settle();
    const before = plant.wishes();
    await plant.openLoop({ mode: 'act', coolDownMinutes: 10, helpWithinMinutes: 10 });
    plant.judge('control', 'agv-1', 'violated');
    await plant.rounds(150);
    const tried = changing()
      .sort((a, b) => a.proposed - b.proposed)
      .map(({ kind, state }) => `${kind} ${state}`);
    // More rate, then the other provider, then less for the video; each undone when it had not helped.
    expect(tried).toEqual(['raise-qos undone', 'move-provider undone', 'thin undone']);
    expect(plant.wishes()).toEqual(before);
    expect(plant.people).toHaveLength(1);
  });

  test('whose cause lies in the terminal changes nothing in the network', async () => {
    await plant.openLoop({ mode: 'act' });
    plant.judge('control', 'agv-1', 'violated', {
      blame: {
        from: 'terminal',
        to: 'terminal',
        observable: true,
        confidence: 1,
        cause: { en: 'It is off.', zh: '已关机。' },
        evidence: [],
      },
    });
    await plant.rounds(30);
    expect(kinds()).toEqual(['tell-people told']);
  });

  test('tells its application, which takes its safe action', async () => {
    plant.inventory.flowList[0] = { ...plant.inventory.flowList[0]!, app: 'smart-logistics' };
    await plant.openLoop({ kinds: { 'raise-qos': 'off', thin: 'off' } });
    plant.judge('control', 'agv-1', 'violated');
    await plant.rounds(5);
    expect(plant.apps).toEqual(['smart-logistics: control']);
  });

  test('does nothing where the loop is off, or the kind is', async () => {
    await plant.openLoop({ mode: 'off' });
    plant.judge('control', 'agv-1', 'violated');
    await plant.rounds(5);
    expect(kinds()).toEqual([]);
    await plant.loop.putSettings({ mode: 'act', kinds: { 'raise-qos': 'off', thin: 'propose' } }, person);
    await plant.rounds(5);
    expect(kinds().sort()).toEqual(['tell-people told', 'thin proposed']);
  });

  test('that is met again lets its proposal go; one that was refused is not proposed again', async () => {
    const loop = await plant.openLoop();
    plant.judge('control', 'agv-1', 'violated');
    await plant.rounds(5);
    plant.judge('control', 'agv-1', 'met');
    await plant.rounds(1);
    expect(changing().map(({ state }) => state)).toEqual(['expired']);
    plant.judge('control', 'agv-1', 'violated');
    await plant.rounds(30);
    const open = changing().find(({ state }) => state === 'proposed')!;
    await loop.reject(open.id, person);
    await plant.rounds(60);
    expect(
      changing()
        .filter(({ kind }) => kind === 'raise-qos')
        .map(({ state }) => state),
    ).toEqual(['expired', 'rejected']);
  });

  test('is not proposed what could not be sent', async () => {
    plant.inventory.zoneList[0] = { ...plant.inventory.zoneList[0]!, uplinkMbps: 0.01 };
    await plant.openLoop();
    plant.judge('control', 'agv-1', 'violated');
    await plant.rounds(5);
    const [first] = changing();
    expect(first).toMatchObject({ kind: 'raise-qos', state: 'failed' });
    expect(first!.outcome!.en).toContain('too much');
  });

  test('moves to an edge zone with more room where somebody can move it', async () => {
    plant.inventory.zoneList.push({ id: 'roof', title: 'Roof', uplinkMbps: 100 });
    await plant.openLoop(
      { mode: 'act', kinds: { 'raise-qos': 'off', 'move-provider': 'off' } },
      {
        moveZone: async (id, zone) => {
          const index = plant.inventory.terminalList.findIndex((one) => one.id === id);
          const { zone: _, ...rest } = plant.inventory.terminalList[index]!;
          plant.inventory.terminalList[index] = zone === null ? rest : { ...rest, zone };
        },
      },
    );
    plant.judge('control', 'agv-1', 'violated');
    await plant.rounds(3);
    expect(plant.inventory.terminal('agv-1')!.zone).toBe('roof');
    await plant.loop.undo(changing()[0]!.id, person);
    expect(plant.inventory.terminal('agv-1')!.zone).toBe('hall');
  });
});

describe('what a person has changed since', () => {
  test('is not overwritten by taking back', async () => {
    const loop = await plant.openLoop({ mode: 'act' });
    plant.judge('control', 'agv-1', 'violated');
    await plant.rounds(3);
    const [{ id, changes }] = changing() as [ReturnType<typeof changing>[number]];
    const theirs = bindingOf({ filters: [] });
    await plant.requests.put('binding', changes[0]!.id, theirs, person);
    await expect(loop.undo(id, person)).rejects.toMatchObject({ status: 409, code: 'changed-since' });
    await plant.rounds(20);
    expect(plant.loopStore.all().find((one) => one.id === id)).toMatchObject({ state: 'failed' });
    expect(plant.wishes()[changes[0]!.id]).toEqual(theirs);
  });
});

describe('after an end at any moment', () => {
  const never = new Promise<never>(() => {});

  test('what was being done is carried on, what was being taken back is taken back', async () => {
    await plant.requests.put('binding', 'b', bindingOf(), person);
    await plant.settle();
    const before = plant.wishes();
    await plant.openLoop({ mode: 'act' });
    plant.judge('control', 'agv-1', 'violated');
    plant.loopStore.before = (action) => (action.state === 'watching' ? never : Promise.resolve());
    await Promise.race([plant.rounds(3), new Promise((resolve) => setTimeout(resolve, 100))]);
    expect(changing()[0]).toMatchObject({ state: 'doing' });

    plant.loopStore.before = async () => {};
    const second = await plant.openLoop();
    second.start();
    await plant.settle();
    expect(changing()[0]).toMatchObject({ state: 'watching' });
    const { id, changes } = changing()[0]!;
    expect(plant.wishes()['b']).toEqual(changes[0]!.after);

    plant.loopStore.before = (action) => (action.state === 'undone' ? never : Promise.resolve());
    await Promise.race([second.undo(id, person), new Promise((resolve) => setTimeout(resolve, 100))]);
    expect(changing()[0]).toMatchObject({ state: 'undoing' });
    plant.loopStore.before = async () => {};
    const third = await plant.openLoop();
    third.start();
    await plant.settle();
    expect(changing()[0]).toMatchObject({ state: 'undone' });
    expect(plant.wishes()).toEqual(before);
    await third.stop();
  });
});

describe('whatever the verdicts do', () => {
  /** A generator of its own, so that a seed gives the same day again. */
  function chance(seed: number): () => number {
    let state = seed;
    return () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state / 2 ** 32;
    };
  }

  for (let seed = 1; seed <= 12; seed++)
    test(`nothing swings, nothing of value is thinned, and all of it can be taken back (seed ${seed})`, async () => {
      const random = chance(seed);
      const { inventory } = plant;
      inventory.flowList.push(
        flow('scan', { ...videoLevel, uplinkMbpsMin: 2 }, 5),
        flow('backup', { ...videoLevel, uplinkMbpsMin: 1 }, 9),
      );
      inventory.terminalList.push(terminal('cam-2', { zone: 'hall' }), terminal('nas', { zone: 'hall' }));
      Object.assign(inventory.of, { video: ['cam-1', 'cam-2'], scan: ['cam-2'], backup: ['nas'] });
      await plant.requests.put('binding', 'mine', bindingOf(), person);
      await plant.settle();
      const before = plant.wishes();
      const coolDownMinutes = 5 + Math.floor(random() * 10);
      const actionsPerHourMax = 2 + Math.floor(random() * 4);
      const settings = {
        mode: 'act' as const,
        coolDownMinutes,
        actionsPerHourMax,
        helpWithinMinutes: 2 + Math.floor(random() * 20),
        thinForMinutes: 10 + Math.floor(random() * 60),
        keepFlows: random() < 0.5 ? ['backup'] : [],
      };
      await plant.openLoop(settings);
      const changes: { id: string; time: number }[] = [];
      const record = plant.audit.record.bind(plant.audit);
      plant.audit.record = (entry) => {
        if (
          /^network\.binding\.(want|want-changed|unwant)$/.test(entry.action) &&
          entry.actor.id === 'network-loop'
        )
          changes.push({ id: entry.object, time: plant.clock.now() });
        return record(entry);
      };
      const pairs = [
        ['control', 'agv-1'],
        ['control', 'agv-2'],
        ['video', 'cam-1'],
        ['scan', 'cam-2'],
      ] as const;
      for (let part = 0; part < 30; part++) {
        for (const [one, at] of pairs)
          if (random() < 0.4)
            plant.judge(
              one,
              at,
              (['met', 'violated', 'violated', 'inconclusive'] as const)[Math.floor(random() * 4)]!,
            );
        await plant.rounds(1 + Math.floor(random() * 12));
        await plant.settle();
        // As good as ended and begun again.
        if (random() < 0.2) await plant.openLoop(settings);
      }
      const done = changing().filter((action) => action.done !== undefined);
      expect(done.length).toBeGreaterThan(3);

      const last = new Map<string, number>();
      for (const { id, time } of changes) {
        const gap = time - (last.get(id) ?? Number.NEGATIVE_INFINITY);
        expect(gap, `${id} changed again`).toBeGreaterThanOrEqual(coolDownMinutes * minute);
        last.set(id, time);
      }
      const times = done.map((action) => action.done!).sort((a, b) => a - b);
      for (let index = actionsPerHourMax; index < times.length; index++)
        expect(times[index]! - times[index - actionsPerHourMax]!).toBeGreaterThanOrEqual(60 * minute);
      for (const action of done.filter(({ kind }) => kind === 'thin')) {
        const helped = inventory.flow(action.flow)!;
        for (const change of action.changes) {
          const thinned = inventory.flow((change.after as BindingInput).flow)!;
          expect(thinned.priority).toBeGreaterThan(helped.priority);
          expect(settings.keepFlows).not.toContain(thinned.id);
        }
        expect(action.changes.length).toBeLessThanOrEqual(loopLimits.changesMax);
      }
      for (const { situation, decision } of await plant.loopStore.decisions(1000))
        expect(JSON.parse(JSON.stringify(decide(assess(situation))))).toEqual(decision);

      // The latest first, everything that is still in force is taken back.
      const inForce = changing()
        .filter(({ state }) => state === 'watching' || state === 'helped')
        .sort((a, b) => b.done! - a.done!);
      for (const { id } of inForce) await plant.loop.undo(id, person);
      expect(plant.wishes()).toEqual(before);
    }, 60_000);
});
