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

/** How a thing is now: the worst quality among its latest values, stale if it has gone quiet, silent if it never spoke. */
export function thingState(
  record: ThingRecord,
  twin: Twin,
  clock: Clock,
  connection: string | undefined,
): ThingState {
  const now = clock.now();
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
    const outside =
      normal !== undefined &&
      quality === 'good' &&
      ((normal.min !== undefined && number < normal.min) ||
        (normal.max !== undefined && number > normal.max));
    if ((quality !== 'good' || outside) && abnormal.length < abnormalMax) {
      const latest = twin.latest(series, schema.type === 'boolean');
      abnormal.push({
        property,
        value: latest?.value ?? null,
        quality,
        reason: outside
          ? normal?.max !== undefined && number > normal.max
            ? 'above-normal'
            : 'below-normal'
          : statusName(code),
      });
    }
  }
  const patience = Math.min(
    staleCeilingMicroseconds,
    Math.max(staleFloorMicroseconds, (Number.isFinite(interval) ? interval : 0) * staleIntervals),
  );
  const types = [record.description['@type'] ?? []].flat();
  return {
    id: record.id,
    title: record.description.title,
    ...(record.description.titles === undefined ? {} : { titles: record.description.titles }),
    place: placeOf(record),
    types,
    state:
      newest === Number.NEGATIVE_INFINITY
        ? 'silent'
        : now - newest > patience
          ? 'stale'
          : worst === 2
            ? 'bad'
            : worst === 1
              ? 'uncertain'
              : 'good',
    ...(newest === Number.NEGATIVE_INFINITY ? {} : { lastSample: formatInstant(newest) }),
    properties: properties.length,
    ...(connection === undefined ? {} : { connection }),
    abnormal,
  };
}

export function placeOf(record: ThingRecord): string {
  return record.description['millrace:place'] ?? '';
}

export function isUnder(place: string, root: string): boolean {
  return root === '' || place === root || place.startsWith(`${root}/`);
}

/** The ISA-95 tree that the things' places span; every node counts the things at and below it by state. */
export function plantTree(registry: Registry, twin: Twin, clock: Clock): PlantNode[] {
  const nodes = new Map<string, PlantNode>();
  for (const record of registry.all()) {
    const { state } = thingState(record, twin, clock, undefined);
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
