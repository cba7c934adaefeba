import {
  formatInstant,
  type LiveValue,
  type PlantNode,
  qualityClass,
  status,
  statusName,
  type ThingState,
} from '@millrace/contract';
import type { Clock, ThingRecord } from '@millrace/sdk';
import type { Registry } from './registry.ts';
import type { Twin } from './twin.ts';

/** A thing is stale when its newest sample is older than this many of its usual distances, and older than the floor. */
const staleIntervals = 10;
const staleFloorMicroseconds = 15_000_000;
const staleCeilingMicroseconds = 3_600_000_000;
const abnormalMax = 8;
/** ISA-95 (IEC 62264-1) equipment levels by depth of the path. */
const levels = ['enterprise', 'site', 'area', 'line', 'cell', 'unit'] as const;

/** Latest values of a thing in API form, in the order of its description. */
export function liveValues(record: ThingRecord, twin: Twin): LiveValue[] {
  return Object.entries(record.description.properties ?? {}).map(([property, schema]) => {
    const series = record.series[property];
    const sample = series === undefined ? undefined : twin.latest(series, schema.type === 'boolean');
    if (sample === undefined) return { property, value: null };
    return {
      property,
      time: formatInstant(sample.time),
      received: formatInstant(sample.received),
      value: sample.value,
      quality: qualityClass(sample.status),
      ...(sample.status === status.good ? {} : { status: statusName(sample.status) }),
    };
  });
}

/** How every thing is now, and since when. */
export class LiveStates {
  readonly #registry: Registry;
  readonly #twin: Twin;
  readonly #clock: Clock;
  readonly #keptCurrent: (thing: string) => boolean;
  readonly #states = new Map<string, { state: ThingState['state']; since: number }>();
  readonly #abnormal = new Map<number, number>();

  /**
   * `keptCurrent` tells whether an open connection vouches for a thing's values: a poll or a subscription that is alive says so itself when
   * it ends, and a machine that stands still changes nothing for hours. Only what sends by itself can go stale.
   */
  constructor(registry: Registry, twin: Twin, clock: Clock, keptCurrent: (thing: string) => boolean) {
    this.#keptCurrent = keptCurrent;
    this.#registry = registry;
    this.#twin = twin;
    this.#clock = clock;
    registry.onChange((change) => {
      for (const { id, series } of change.removed) {
        this.#states.delete(id);
        for (const one of series) this.#abnormal.delete(one);
      }
    });
  }

  /** Looks at every thing, so that "since when" is right even while nobody watches. */
  tick(): void {
    for (const record of this.#registry.all()) this.of(record, undefined);
  }

  /**
   * The state of a thing is the worst quality among its latest values, stale if it has gone quiet, silent if it never spoke. Properties outside
   * their normal band or without good quality are listed.
   */
  of(record: ThingRecord, connection: string | undefined): ThingState {
    const twin = this.#twin;
    const now = this.#clock.now();
    let newest = Number.NEGATIVE_INFINITY;
    let interval = Number.POSITIVE_INFINITY;
    let worst = 0;
    const abnormal: ThingState['abnormal'] = [];
    const properties = Object.entries(record.description.properties ?? {});
    for (const [property, schema] of properties) {
      const series = record.series[property];
      if (series === undefined) continue;
      const time = twin.timeOf(series);
      if (time === Number.NEGATIVE_INFINITY) continue;
      newest = Math.max(newest, twin.receivedOf(series));
      const usual = twin.intervalOf(series);
      if (usual > 0) interval = Math.min(interval, usual);
      const code = twin.statusOf(series);
      const quality = qualityClass(code);
      if (quality !== 'good') worst = Math.max(worst, quality === 'bad' ? 2 : 1);
      const normal = schema['millrace:normal'];
      const number = twin.numberOf(series);
      const above = quality === 'good' && normal?.max !== undefined && number > normal.max;
      const below = quality === 'good' && normal?.min !== undefined && number < normal.min;
      if (quality === 'good' && !above && !below) {
        this.#abnormal.delete(series);
        continue;
      }
      let since = this.#abnormal.get(series);
      if (since === undefined) {
        since = time;
        this.#abnormal.set(series, since);
      }
      if (abnormal.length >= abnormalMax) continue;
      abnormal.push({
        property,
        value: twin.latest(series, schema.type === 'boolean')?.value ?? null,
        quality,
        reason: above ? 'above-normal' : below ? 'below-normal' : statusName(code),
        time: formatInstant(time),
        since: formatInstant(since),
        ...(schema.title === undefined ? {} : { title: schema.title }),
        ...(schema.titles === undefined ? {} : { titles: schema.titles }),
        ...(schema.unit === undefined ? {} : { unit: schema.unit }),
        ...(schema['millrace:decimals'] === undefined ? {} : { decimals: schema['millrace:decimals'] }),
        ...(normal === undefined ? {} : { normal }),
      });
    }
    // What has not yet shown how often it sends is given the longest time.
    const usualGap = Number.isFinite(interval) ? interval * staleIntervals : staleCeilingMicroseconds;
    const declared = record.description['millrace:staleAfterSeconds'];
    const patience =
      typeof declared === 'number'
        ? declared === 0
          ? Number.POSITIVE_INFINITY
          : declared * 1_000_000
        : Math.min(staleCeilingMicroseconds, Math.max(staleFloorMicroseconds, usualGap));
    const silent = newest === Number.NEGATIVE_INFINITY;
    const stale = now - newest > patience && !this.#keptCurrent(record.id);
    const state = silent
      ? 'silent'
      : stale
        ? 'stale'
        : worst === 2
          ? 'bad'
          : worst === 1
            ? 'uncertain'
            : 'good';
    let known = this.#states.get(record.id);
    if (known?.state !== state) {
      known = { state, since: state === 'stale' ? newest + patience : now };
      this.#states.set(record.id, known);
    }
    return {
      id: record.id,
      title: record.description.title,
      ...(record.description.titles === undefined ? {} : { titles: record.description.titles }),
      place: placeOf(record),
      types: [record.description['@type'] ?? []].flat(),
      state,
      since: formatInstant(known.since),
      ...(silent ? {} : { lastSample: formatInstant(newest) }),
      properties: properties.length,
      ...(connection === undefined ? {} : { connection }),
      abnormal,
    };
  }

  /**
   * The ISA-95 tree that the things' places span; every node counts the things at and below it by state. Things at places that are not
   * `visible` are left out, and so are nodes that only they are below.
   */
  tree(visible: (place: string) => boolean = () => true): PlantNode[] {
    const nodes = new Map<string, PlantNode>();
    for (const record of this.#registry.all()) {
      if (!visible(placeOf(record))) continue;
      const { state: quality, abnormal } = this.of(record, undefined);
      // Good data that says something is not as usual is counted apart: it is what a person looks for.
      const state = quality === 'good' && abnormal.length > 0 ? 'outside' : quality;
      const place = placeOf(record);
      const parts = place === '' ? [] : place.split('/');
      for (let depth = 0; depth <= parts.length; depth++) {
        const path = parts.slice(0, depth).join('/');
        let node = nodes.get(path);
        if (node === undefined) {
          node = {
            path,
            name: parts[depth - 1] ?? '',
            level: depth === 0 ? 'root' : (levels[depth - 1] ?? 'unit'),
            things: 0,
            states: {},
          };
          nodes.set(path, node);
        }
        node.things++;
        node.states[state] = (node.states[state] ?? 0) + 1;
      }
    }
    return [...nodes.values()].sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
  }
}

export function placeOf(record: ThingRecord): string {
  return record.description['millrace:place'] ?? '';
}

export function isUnder(place: string, root: string): boolean {
  return root === '' || place === root || place.startsWith(`${root}/`);
}
