import { type Actor, limits, status } from '@millrace/contract';
import type {
  AppCommands,
  AppHistory,
  AppThings,
  AppValues,
  Clock,
  CommandDesk,
  SampleStore,
} from '@millrace/sdk';
import { BatchBuilder, viewThing } from '@millrace/sdk';
import { type Iot, placeOf, readDescription } from '../../iot/index.ts';

/** What an application reaches of the platform's IoT part; everything it gives goes the way a terminal's takes. */

export const appThings = (iot: Iot, app: string): AppThings => ownThings(iot, `urn:millrace:app:${app}:`);

/** Things of the plant to read; of them those whose id begins with `own` to change. */
export function ownThings(iot: Iot, own: string): AppThings {
  const { registry } = iot;
  const mustBeOwn = (id: string): void => {
    if (!id.startsWith(own))
      throw new Error(`only things of its own may be changed, "${own}…", and not "${id}"`);
  };
  return {
    all: () => registry.all(),
    get: (id) => registry.get(id),
    ofType: (type) =>
      [...registry.all()].filter((record) => [record.description['@type'] ?? []].flat().includes(type)),
    placeOf,
    onChange: (call) => registry.onChange(() => call()),
    put: async (description) => {
      mustBeOwn(description.id);
      return (await iot.putThing(readDescription(description))).record;
    },
    remove: (id) => {
      mustBeOwn(id);
      return iot.deleteThing(id);
    },
  };
}

export const appValues = (iot: Iot, app: string, clock: Clock): AppValues =>
  ownValues(iot, `urn:millrace:app:${app}:`, `app-${app}`, clock);

/** Values as they come; of the things whose id begins with `own` to give, counted under `source`. */
export function ownValues(iot: Iot, own: string, source: string, clock: Clock): AppValues {
  const { registry, twin, bus } = iot;
  const views = new Map<string, { record: object; view: ReturnType<typeof viewThing> }>();
  return {
    latest: ({ thing, property }) => {
      const record = registry.get(thing);
      const series =
        record === undefined || !Object.hasOwn(record.series, property) ? undefined : record.series[property];
      return series === undefined
        ? undefined
        : twin.latest(series, record!.description.properties?.[property]?.type === 'boolean');
    },
    subscribe: (receive) => bus.subscribe(receive),
    seriesOf: ({ thing, property }) => {
      const record = registry.get(thing);
      return record !== undefined && Object.hasOwn(record.series, property)
        ? record.series[property]
        : undefined;
    },
    ownerOf: (series) => registry.ownerOf(series),
    publish: async (values) => {
      if (values.length > limits.payloadValuesMax)
        throw new Error(
          `${values.length} values at once; at most ${limits.payloadValuesMax} (payloadValuesMax) are taken`,
        );
      const batch = new BatchBuilder(values.length);
      const now = clock.now();
      for (const { thing, property, value, time, status: code = status.good } of values) {
        const record = thing.startsWith(own) ? registry.get(thing) : undefined;
        if (record === undefined) throw new Error(`"${thing}" is no thing of its own`);
        let known = views.get(thing);
        if (known?.record !== record) views.set(thing, (known = { record, view: viewThing(record) }));
        const point = known.view.points.get(property);
        if (point === undefined) throw new Error(`"${thing}" has no property "${property}"`);
        batch.add(point, value, time ?? now, now, code, source);
      }
      await iot.intake.take(batch.take(), source);
    },
  };
}

export function appHistory(iot: Iot, samples: SampleStore): AppHistory {
  const { registry } = iot;
  const seriesOf = ({ thing, property }: { thing: string; property: string }): number | undefined => {
    const record = registry.get(thing);
    return record !== undefined && Object.hasOwn(record.series, property)
      ? record.series[property]
      : undefined;
  };
  return {
    samples: async (property, from, to, points) => {
      const series = seriesOf(property);
      return series === undefined
        ? { samples: [], reduced: false, spanMicroseconds: undefined }
        : samples.samples(series, from, to, points);
    },
    spans: async (properties, from, to, span) => {
      const position = new Map<number, number>();
      properties.forEach((property, index) => {
        const series = seriesOf(property);
        if (series !== undefined) position.set(series, index);
      });
      const found = await samples.spans({ series: [...position.keys()], from, to, span });
      return { ...found, series: found.series.map((series) => position.get(series)!) };
    },
  };
}

export function appCommands(desk: CommandDesk, app: string): AppCommands {
  const actor = (approvedBy: Actor | undefined): Actor => ({
    kind: 'app',
    id: app,
    ...(approvedBy === undefined ? {} : { for: approvedBy.for ?? approvedBy.id }),
  });
  return {
    write: ({ approvedBy, ...request }) => desk.write({ ...request, actor: actor(approvedBy) }),
    invoke: ({ approvedBy, ...request }) => desk.invoke({ ...request, actor: actor(approvedBy) }),
    applyGroup: ({ approvedBy, ...request }) => desk.applyGroup({ ...request, actor: actor(approvedBy) }),
    undoGroup: (group, approvedBy) => desk.undoGroup(group, actor(approvedBy)),
  };
}
