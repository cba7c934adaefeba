import {
  dashboardLimits,
  formatInstant,
  type Grant,
  grantsGiving,
  isAtOrBelow,
  parseInstant,
  qualityClass,
} from '@millrace/contract';
import type { SampleStore, ThingRecord } from '@millrace/sdk';
import { type Iot, placeOf } from '../../iot/index.ts';
import { HttpProblem } from '../problems.ts';

/** Rows of a table or annotation answer. */
const rowsMax = 1000;

interface Target {
  target?: string;
  payload?: unknown;
}

interface Payload {
  place?: string;
  thing?: string;
  property?: string | string[];
  aggregate?: string;
}

export interface GrafanaQuestion {
  range: { from: string; to: string };
  maxDataPoints?: number;
  targets: readonly unknown[];
}

const aggregates = ['all', 'mean', 'min', 'max', 'last', 'count'] as const;

const metrics = [
  {
    label: 'Values of a thing',
    value: 'values',
    payloads: [
      { label: 'Thing', name: 'thing', type: 'select', reloadMetric: true, width: 40 },
      { label: 'Properties', name: 'property', type: 'multi-select', width: 40 },
      {
        label: 'As',
        name: 'aggregate',
        type: 'select',
        options: aggregates.map((value) => ({ label: value, value })),
      },
    ],
  },
  {
    label: 'States of things',
    value: 'states',
    payloads: [{ label: 'Place', name: 'place', type: 'select', width: 40 }],
  },
  {
    label: 'Events of a thing',
    value: 'events',
    payloads: [{ label: 'Thing', name: 'thing', type: 'select', width: 40 }],
  },
  {
    label: 'Alarms',
    value: 'alarms',
    payloads: [{ label: 'Place', name: 'place', type: 'select', width: 40 }],
  },
];

/**
 * Grafana's JSON data source (simpod-json-datasource 0.6): the endpoints it asks for, over what the holder of a token may see. A metric is `values`,
 * `states`, `events` or `alarms` with its payload, or for short `<thing id>/<property>`.
 */
export class Grafana {
  readonly #iot: Iot;
  readonly #samples: SampleStore;

  constructor(iot: Iot, samples: SampleStore) {
    this.#iot = iot;
    this.#samples = samples;
  }

  metrics(): unknown[] {
    return metrics;
  }

  /** Choices for one payload of the builder. */
  options(grants: readonly Grant[], name: string, given: unknown): { label: string; value: string }[] {
    const payload = payloadOf(given);
    if (name === 'place') return this.#places(grants).map((value) => ({ label: value, value }));
    if (name === 'property') {
      const record = payload.thing === undefined ? undefined : this.#thing(grants, payload.thing);
      return Object.entries(record?.description.properties ?? {})
        .slice(0, dashboardLimits.grafanaOptionsMax)
        .map(([value, schema]) => ({ label: schema.title ?? value, value }));
    }
    if (name === 'thing')
      return this.#things(grants, payload.place)
        .slice(0, dashboardLimits.grafanaOptionsMax)
        .map(({ id, description }) => ({ label: description.title, value: id }));
    return [];
  }

  variable(grants: readonly Grant[], given: unknown): { __text: string; __value: string }[] {
    const { target = '', ...payload } = (typeof given === 'string' ? { target: given } : (given ?? {})) as {
      target?: string;
    };
    const name = { things: 'thing', places: 'place', properties: 'property' }[target] ?? target;
    const found =
      target === 'types'
        ? [
            ...new Set(
              this.#things(grants, undefined).flatMap(({ description }) =>
                [description['@type'] ?? []].flat(),
              ),
            ),
          ]
            .sort()
            .map((value) => ({ label: value, value }))
        : this.options(grants, name, payload);
    return found.map(({ label, value }) => ({ __text: label, __value: value }));
  }

  tagKeys(): { type: string; text: string }[] {
    return [
      { type: 'string', text: 'place' },
      { type: 'string', text: 'thing' },
    ];
  }

  tagValues(grants: readonly Grant[], key: string): { text: string }[] {
    return this.options(grants, key, {}).map(({ value }) => ({ text: value }));
  }

  async query(
    grants: readonly Grant[],
    { range, maxDataPoints, targets }: GrafanaQuestion,
  ): Promise<unknown[]> {
    const from = instantOf(range.from, 'range/from');
    const to = instantOf(range.to, 'range/to');
    if (from > to)
      throw new HttpProblem(400, 'wrong-range', '"from" is later than "to".', { field: 'range/from' });
    const points = Math.min(dashboardLimits.grafanaPointsMax, Math.max(1, Math.floor(maxDataPoints ?? 1000)));
    const answers: unknown[] = [];
    for (const given of targets) {
      if (given === null || typeof given !== 'object') continue;
      const { target = '', payload: rawPayload } = given as Target;
      if (typeof target !== 'string' || target === '') continue;
      const payload = payloadOf(rawPayload);
      if (target === 'states') answers.push(this.#states(grants, payload.place ?? ''));
      else if (target === 'events') answers.push(await this.#events(grants, payload.thing ?? '', from, to));
      else if (target === 'alarms') answers.push(await this.#alarms(grants, payload.place, from, to));
      else if (target === 'values') {
        const names = [payload.property ?? []].flat();
        for (const name of names.slice(0, dashboardLimits.grafanaTargetsMax))
          answers.push(
            await this.#series(
              grants,
              payload.thing ?? '',
              name,
              payload.aggregate ?? 'all',
              from,
              to,
              points,
            ),
          );
      } else {
        const named = this.splitName(grants, target);
        answers.push(
          await this.#series(
            grants,
            named.thing,
            named.property,
            payload.aggregate ?? 'all',
            from,
            to,
            points,
          ),
        );
      }
    }
    return answers;
  }

  /** `<thing id>/<property>`: the longest thing id there is that may be seen. Ids may hold slashes themselves. */
  splitName(grants: readonly Grant[], name: string): { thing: string; property: string } {
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
      const record = this.#thing(grants, name.slice(0, at));
      const property = name.slice(at + 1);
      if (record !== undefined && Object.hasOwn(record.series, property))
        return { thing: record.id, property };
    }
    throw new HttpProblem(404, 'not-found', `There is no property “${name.slice(0, 300)}” to be seen here.`, {
      remedy: 'Write <thing id>/<property>.',
    });
  }

  async #series(
    grants: readonly Grant[],
    thing: string,
    property: string,
    aggregate: string,
    from: number,
    to: number,
    points: number,
  ): Promise<unknown> {
    const record = this.#thing(grants, thing);
    const series =
      record !== undefined && Object.hasOwn(record.series, property) ? record.series[property] : undefined;
    const schema = record?.description.properties?.[property];
    const target =
      record === undefined
        ? `${thing}/${property}`
        : `${record.description.title} – ${schema?.title ?? property}`;
    // One that is not there and one that may not be seen are the same: nothing.
    if (series === undefined) return { target, datapoints: [] };
    if (aggregate === 'all' || !aggregates.includes(aggregate as (typeof aggregates)[number])) {
      const { samples } = await this.#samples.samples(series, from, to, points);
      return {
        target,
        datapoints: samples.map(({ value, time, status }) => [
          qualityClass(status) === 'bad' ? null : typeof value === 'boolean' ? Number(value) : value,
          Math.round(time / 1000),
        ]),
      };
    }
    const minute = 60_000_000;
    // Whole minutes come from summaries: a year is as fast as a day.
    const width = Math.max(1, Math.ceil((to - from) / points / minute)) * minute;
    const start = Math.floor(from / minute) * minute;
    const spans = await this.#samples.spans({ series: [series], from: start, to, span: width });
    const pick = (row: number): number => {
      if (aggregate === 'mean') return spans.total[row]! / spans.numbers[row]!;
      if (aggregate === 'min') return spans.least[row]!;
      if (aggregate === 'max') return spans.greatest[row]!;
      return aggregate === 'last' ? spans.last[row]! : spans.samples[row]!;
    };
    return {
      target: `${target} (${aggregate})`,
      datapoints: Array.from({ length: spans.count }, (_, row) => [
        Number.isFinite(pick(row)) ? pick(row) : null,
        Math.round(spans.start[row]! / 1000),
      ]),
    };
  }

  #states(grants: readonly Grant[], place: string): unknown {
    const rows = this.#things(grants, place)
      .slice(0, rowsMax)
      .map((record) => {
        const state = this.#iot.states.of(record, undefined);
        return [
          record.description.title,
          record.id,
          state.place,
          state.state,
          state.since === undefined ? null : Date.parse(state.since),
        ];
      });
    const columns = ['Title', 'Thing', 'Place', 'State'].map((text) => ({ text, type: 'string' }));
    return { type: 'table', columns: [...columns, { text: 'Since', type: 'time' }], rows };
  }

  async #events(grants: readonly Grant[], thing: string, from: number, to: number): Promise<unknown> {
    const record = this.#thing(grants, thing);
    const events =
      record === undefined ? [] : await this.#samples.events(record.id, undefined, from, to, rowsMax);
    return {
      type: 'table',
      columns: [
        { text: 'Time', type: 'time' },
        { text: 'Title', type: 'string' },
        { text: 'Text', type: 'string' },
      ],
      rows: events.map((event) => [Math.round(event.time / 1000), event.name, event.data]),
    };
  }

  async #alarms(
    grants: readonly Grant[],
    place: string | undefined,
    from: number,
    to: number,
  ): Promise<unknown> {
    const { alarms } = this.#iot;
    const found = await alarms.history(
      {
        from,
        to,
        places: grantsGiving(grants, 'read').map((grant) => grant.place),
        place: place === '' ? undefined : place,
      },
      0,
      rowsMax,
    );
    return {
      type: 'table',
      columns: [
        { text: 'Time', type: 'time' },
        ...['Title', 'Thing', 'Place', 'Priority', 'State'].map((text) => ({ text, type: 'string' })),
      ],
      rows: found.alarms.map((record) => {
        const alarm = alarms.show(record);
        return [
          Date.parse(alarm.time),
          alarm.title,
          alarm.thingTitle,
          alarm.place,
          alarm.priority,
          alarm.state,
        ];
      }),
    };
  }

  /** Plain rows of several series. */
  async rows(
    grants: readonly Grant[],
    names: readonly string[],
    from: number,
    to: number,
    points: number,
  ): Promise<unknown[]> {
    const rows: unknown[] = [];
    for (const name of names.slice(0, dashboardLimits.grafanaTargetsMax)) {
      const { thing, property } = this.splitName(grants, name);
      const record = this.#iot.registry.get(thing)!;
      const boolean = record.description.properties?.[property]?.type === 'boolean';
      const { samples } = await this.#samples.samples(record.series[property]!, from, to, points);
      for (const { time, value, status } of samples)
        rows.push({
          time: formatInstant(time),
          thing,
          property,
          value: boolean && typeof value === 'number' ? value !== 0 : value,
          quality: qualityClass(status),
        });
    }
    return rows;
  }

  #thing(grants: readonly Grant[], id: string): ThingRecord | undefined {
    const record = this.#iot.registry.get(id);
    return record !== undefined && sees(grants)(placeOf(record)) ? record : undefined;
  }

  #things(grants: readonly Grant[], place: string | undefined): ThingRecord[] {
    const visible = sees(grants);
    return [...this.#iot.registry.all()]
      .filter(
        (record) => visible(placeOf(record)) && (place === undefined || isAtOrBelow(placeOf(record), place)),
      )
      .sort((a, b) => a.description.title.localeCompare(b.description.title, 'en', { numeric: true }));
  }

  #places(grants: readonly Grant[]): string[] {
    return this.#iot.states
      .tree(sees(grants))
      .map(({ path }) => path)
      .filter((path) => path !== '')
      .slice(0, dashboardLimits.grafanaOptionsMax);
  }
}

/** Tells of places whether they may be seen. */
function sees(grants: readonly Grant[]): (place: string) => boolean {
  const places = grantsGiving(grants, 'read').map((grant) => grant.place);
  return (place) => places.some((at) => isAtOrBelow(place, at));
}

/** The payload as the builder sends it, or as text of JSON from the editor. */
function payloadOf(given: unknown): Payload {
  let payload = given;
  if (typeof payload === 'string') {
    try {
      payload = JSON.parse(payload);
    } catch {
      return {};
    }
  }
  if (payload === null || typeof payload !== 'object') return {};
  const text = (name: string): string | undefined => {
    const value = (payload as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : undefined;
  };
  const { property } = payload as { property?: unknown };
  const properties = [property ?? []].flat().filter((one): one is string => typeof one === 'string');
  const [thing, place, aggregate] = [text('thing'), text('place'), text('aggregate')];
  return {
    ...(thing === undefined ? {} : { thing }),
    ...(place === undefined ? {} : { place }),
    ...(aggregate === undefined ? {} : { aggregate }),
    ...(properties.length === 0 ? {} : { property: properties }),
  };
}

function instantOf(text: string, field: string): number {
  const instant = parseInstant(text);
  if (instant === undefined)
    throw new HttpProblem(400, 'wrong-time', `"${field}" is neither RFC 3339 nor epoch milliseconds.`, {
      field,
    });
  return instant;
}
