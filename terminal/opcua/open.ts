import type { Form } from '@millrace/contract';
import {
  endpointOf,
  type Point,
  type TerminalContext,
  type TerminalSession,
  type Thing,
} from '@millrace/sdk';
import { writeNode } from './commands.ts';
import { Backfill } from './history.ts';
import { type Link, openLink } from './link.ts';
import { invokeMethod } from './methods.ts';
import { installReader } from './notifications.ts';
import { problem, problemOf, raise } from './problems.ts';
import { opcuaLimits, readSettings, targetOf } from './settings.ts';
import { type Item, Subscriptions } from './subscription.ts';

const samplingTerm = 'millrace:samplingMilliseconds';

/** Opens the connection once: session, subscriptions, and in the background the history of the gap. Throws TerminalError. */
export async function open(context: TerminalContext): Promise<TerminalSession> {
  installReader();
  const settings = readSettings(context.settings);
  const endpoint = endpointOf(settings.endpoint);
  const link = await openLink({
    settings,
    folder: context.protocolFolder,
    now: () => context.clock.now(),
    signal: context.signal,
  });
  if (link.own.renewed === true) {
    context.log.warn(
      'our certificate was about to expire and has been renewed: servers must trust the new one',
      {
        thumbprint: link.own.thumbprint,
        file: link.own.file,
      },
    );
  }
  let over = false;
  const backfill = new Backfill({ link, context, settings });
  const known = new Map<number, Item>();
  const collect = (things: Iterable<Thing>): Item[] =>
    [...things].flatMap((thing) =>
      itemsOf(thing, endpoint, context.connection.id, settings.samplingMilliseconds),
    );
  const all = collect(context.things.values());
  const items = all.slice(0, opcuaLimits.itemsMax);
  const subscriptions = new Subscriptions({
    link,
    context,
    settings,
    omitted: all.length - items.length,
    lost: (found) => {
      if (over) return;
      over = true;
      backfill.stop();
      subscriptions.markLost();
      void link.close();
      context.lost(found);
    },
  });
  const disconnected = (): void => subscriptions.disconnected('the connection was closed by the other side');
  for (const event of ['close', 'connection_lost', 'abort'] as const) {
    (link.client as unknown as NodeJS.EventEmitter).on(event, disconnected);
  }
  (link.session as unknown as NodeJS.EventEmitter).on('session_closed', disconnected);
  for (const item of items) known.set(item.point.series, item);
  // Things may change while the rest is being set up: they take their turn after it.
  context.onThingsChanged((ids) => {
    if (over) return;
    const changed = new Set(ids);
    const removed = new Set<number>();
    for (const [series, item] of known) if (changed.has(item.point.thing)) removed.add(series);
    const now = collect([...changed].flatMap((id) => context.things.get(id) ?? []));
    const added: Item[] = [];
    for (const item of now) {
      const before = known.get(item.point.series);
      if (before !== undefined && sameItem(before, item)) {
        removed.delete(item.point.series);
      } else if (known.size - removed.size + added.length < opcuaLimits.itemsMax) {
        added.push(item);
      }
    }
    for (const series of removed) known.delete(series);
    for (const item of added) known.set(item.point.series, item);
    if (removed.size > 0 || added.length > 0) subscriptions.change(added, removed).catch(() => {});
  });
  try {
    await subscriptions.start(items);
    backfill.start(items);
  } catch (error) {
    over = true;
    subscriptions.stop();
    backfill.stop();
    await link.close();
    throw raise(problemOf(error, { address: settings.endpoint, step: 'request', own: link.own }));
  }
  return {
    async close() {
      if (over) return;
      over = true;
      subscriptions.stop();
      backfill.stop();
      subscriptions.markLost();
      await link.close();
    },
    invoke: (thing, action, input) => invoke(context, link, subscriptions, thing, action, input),
    write: async (thing, property, value) => {
      const found = context.things.get(thing);
      const point = found?.points.get(property);
      const bound = found?.description['millrace:connection'] === context.connection.id;
      const form = point === undefined ? undefined : writeFormOf(point, endpoint, bound);
      if (point === undefined || form === undefined) throw noWriteForm(property);
      return writeNode(link, subscriptions.structures, settings, point, form, value, context.signal);
    },
    reaches: (thing) => !over && context.things.has(thing),
  };
}

async function invoke(
  context: TerminalContext,
  link: Link,
  subscriptions: Subscriptions,
  thing: string,
  name: string,
  input: unknown,
): Promise<{ state: 'confirmed' | 'refused'; output?: unknown }> {
  const actions = context.things.get(thing)?.description.actions;
  const action = actions !== undefined && Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined) {
    throw raise(
      problem(
        'bad-data',
        'action-unknown',
        { en: `The thing has no action "${name}"`, zh: `该物没有操作“${name}”` },
        { en: "Choose one of the thing's actions.", zh: '请选择该物已有的操作。' },
        {},
      ),
    );
  }
  const settings = readSettings(context.settings);
  return invokeMethod(link, subscriptions.structures, settings, name, action, input, context.signal);
}

/** Address of the node that a property is written to through this connection: a form that says it writes comes first. */
function writeFormOf(point: Point, endpoint: string | undefined, bound: boolean): string | undefined {
  const forms = point.forms.flatMap((form) => {
    const target = targetOf(form);
    const ops = form.op === undefined ? undefined : [form.op].flat();
    if (target === undefined || (ops !== undefined && !ops.includes('writeproperty'))) return [];
    return target.endpoint === endpoint || bound ? [{ node: target.node, says: ops !== undefined }] : [];
  });
  return (forms.find((one) => one.says) ?? forms[0])?.node;
}

function noWriteForm(property: string): Error {
  return raise(
    problem(
      'bad-data',
      'not-writable',
      {
        en: `"${property}" has no form on this connection that can be written through`,
        zh: `“${property}”在此连接上没有可写的 form`,
      },
      { en: 'See the form in the description of the thing.', zh: '请检查物描述中的 form。' },
      {},
    ),
  );
}

/** The same point monitored in the same way; the point itself is new whenever its thing was edited. */
function sameItem(a: Item, b: Item): boolean {
  return a.point === b.point && a.node === b.node && a.samplingMilliseconds === b.samplingMilliseconds;
}

function itemsOf(thing: Thing, endpoint: string | undefined, connection: string, sampling: number): Item[] {
  const bound = thing.description['millrace:connection'] === connection;
  return [...thing.points.values()].flatMap((point) => {
    const form = formOf(point, endpoint, bound);
    if (form === undefined) return [];
    const own = form.form[samplingTerm];
    return [
      {
        point,
        node: form.node,
        samplingMilliseconds:
          typeof own === 'number' && Number.isFinite(own) && own >= -1 ? Math.min(own, 3_600_000) : sampling,
      },
    ];
  });
}

/** The form by which this connection reaches a point: the one that names its endpoint, or any of ours where the thing names the connection. */
function formOf(
  point: Point,
  endpoint: string | undefined,
  bound: boolean,
): { form: Form; node: string } | undefined {
  let other: { form: Form; node: string } | undefined;
  for (const form of point.forms) {
    const target = targetOf(form);
    if (target === undefined || point.schema.writeOnly === true) continue;
    if (target.endpoint === endpoint) return { form, node: target.node };
    other ??= { form, node: target.node };
  }
  return bound ? other : undefined;
}
