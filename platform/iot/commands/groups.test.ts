import { beforeEach, expect, test } from 'vitest';
import { ann, bo, problem, refusal, TestPlant } from './test-plant.ts';

let plant: TestPlant;
beforeEach(async () => {
  plant = await TestPlant.make();
  plant.sample('urn:press', 'force', 10);
  plant.sample('urn:press', 'mode', 'manual');
});

const steps = [
  { thing: 'urn:press', property: 'force', value: 20 },
  { thing: 'urn:press', property: 'mode', value: 'automatic' },
  { thing: 'urn:press', property: 'speed', value: 5 },
];
const apply = (more: object = {}) => plant.desk.applyGroup({ actor: ann, title: 'Night', steps, ...more });
const arrived = () => plant.arrived.map((one) => `${one.name}=${one.value}`);

test('written in order under one lease, undone in reverse', async () => {
  const ticket = await apply();
  expect(ticket.group.state).toBe('applying');
  expect(plant.desk.leases.held('urn:press')?.implicit).toBe(true);
  expect(await refusal(plant.write('mode', 'manual', { actor: bo }))).toBe('lease-held');
  const done = await ticket.settled;
  expect(done).toMatchObject({ state: 'applied', final: true });
  expect(arrived()).toEqual(['force=20', 'mode=automatic', 'speed=5']);
  expect(new Set(plant.arrived.map((one) => one.options.fence)).size).toBe(1);
  expect(plant.desk.leases.held('urn:press')).toBeUndefined();
  expect(done.steps.map((step) => step.before)).toEqual([10, 'manual', undefined]);
  const undone = await (await plant.desk.undoGroup(done.id, bo)).settled;
  // What nobody knew before cannot be put back, and is said to be so.
  expect(undone.state).toBe('partly-restored');
  expect(undone.steps.map((step) => step.state)).toEqual(['restored', 'restored', 'not-restored']);
  expect(undone.steps[2]!.reason!.en).toContain('not known');
  expect(arrived().slice(3)).toEqual(['mode=manual', 'force=10']);
  expect(await plant.desk.groups.get(done.id)).toEqual(undone);
});

test('a step that fails puts back those before it; what cannot be put back is shown', async () => {
  plant.answer = ({ name, value }) =>
    name === 'speed' || (name === 'force' && value === 10)
      ? Promise.resolve({ state: 'refused', detail: 'BadNotWritable' })
      : Promise.resolve({ state: 'confirmed' });
  const done = await (await apply()).settled;
  expect(arrived()).toEqual(['force=20', 'mode=automatic', 'speed=5', 'mode=manual', 'force=10']);
  expect(done.state).toBe('partly-restored');
  expect(done.steps.map((step) => step.state)).toEqual(['not-restored', 'restored', 'failed']);
  expect(done.reason!.en).toContain('Step 3');
  // What is left can be undone later.
  plant.answer = () => Promise.resolve({ state: 'confirmed' });
  const later = await (await plant.desk.undoGroup(done.id, ann)).settled;
  expect(later.state).toBe('undone');
  expect(await refusal(plant.desk.undoGroup(done.id, ann))).toBe('nothing-to-undo');
});

test('a step of which nobody knows is put back too', async () => {
  plant.answer = ({ name, value }) =>
    name === 'mode' && value === 'automatic'
      ? Promise.reject(problem('command-timed-out'))
      : Promise.resolve({ state: 'confirmed' });
  const done = await (await apply()).settled;
  expect(arrived()).toEqual(['force=20', 'mode=automatic', 'mode=manual', 'force=10']);
  expect(done.state).toBe('restored');
  expect(done.steps.map((step) => step.state)).toEqual(['restored', 'restored', 'not-tried']);
});

test('nothing is begun that is known not to work, and nothing is kept of it', async () => {
  expect(await refusal(apply({ steps: [...steps, { ...steps[0], value: 999 }] }))).toBe('above-maximum');
  expect(await refusal(apply({ steps: [{ thing: 'urn:crane', property: 'drive', value: 1 }] }))).toBe(
    'lease-needed',
  );
  await plant.desk.takeLease('urn:press', bo);
  expect(await refusal(apply())).toBe('lease-held');
  expect(plant.arrived).toEqual([]);
  expect(await plant.desk.groups.list(10)).toEqual([]);
});

test('idempotent by key; with the holder’s own lease', async () => {
  const { token } = await plant.desk.takeLease('urn:press', ann, 60);
  const first = await apply({ key: 'k', leases: { 'urn:press': token } });
  const second = await apply({ key: 'k', leases: { 'urn:press': token } });
  expect(second.group.id).toBe(first.group.id);
  expect(await first.settled).toMatchObject({ state: 'applied' });
  expect((await apply({ key: 'k' })).group.state).toBe('applied');
  expect(await refusal(apply({ key: 'k', title: 'Day' }))).toBe('key-taken');
  expect(plant.arrived).toHaveLength(3);
  expect(plant.desk.leases.held('urn:press')?.token).toBe(token);
});

test('a lease lost on the way stops the group', async () => {
  const { token } = await plant.desk.takeLease('urn:press', ann, 60);
  let taken = false;
  plant.answer = async () => {
    if (!taken) {
      taken = true;
      await plant.desk.breakGlass('urn:press', bo, 'smoke');
    }
    return { state: 'confirmed' };
  };
  const done = await (await apply({ leases: { 'urn:press': token } })).settled;
  expect(done.state).toBe('partly-restored');
  expect(done.steps.map((step) => step.state)).toEqual(['not-restored', 'failed', 'not-tried']);
  expect(plant.arrived).toHaveLength(1);
});

test('the platform ended in between: nothing goes on by itself, what was changed can be undone', async () => {
  plant.answer = ({ name }) =>
    name === 'mode' ? new Promise(() => {}) : Promise.resolve({ state: 'confirmed' });
  const { group } = await apply();
  await plant.until(() => plant.arrived.length === 2);
  plant.answer = () => Promise.resolve({ state: 'confirmed' });
  await plant.start();
  const found = await plant.desk.groups.get(group.id);
  expect(found).toMatchObject({ state: 'interrupted', final: true });
  expect(found!.steps.map((step) => step.state)).toEqual(['applied', 'not-restored', 'not-tried']);
  expect(plant.arrived).toHaveLength(2);
  expect(await (await plant.desk.undoGroup(group.id, ann)).settled).toMatchObject({ state: 'undone' });
  expect(arrived().slice(2)).toEqual(['mode=manual', 'force=10']);
});
