import type { Form } from '@millrace/contract';
import type { Point, Thing } from '@millrace/sdk';
import { isSparkplugTopic, parseTopic, sourceKey } from './topic.ts';

/** Whether a form is reached as a metric of Sparkplug, and so is not plain JSON on a topic. */
export function isSparkplugForm(form: Form): boolean {
  const topic = formTopic(form);
  return topic !== undefined && isSparkplugTopic(topic);
}

function formTopic(form: Form): string | undefined {
  const topic = form['mqv:topic'] ?? form['mqv:filter'];
  if (typeof topic === 'string') return topic;
  const path = /^mqtts?:\/\/[^/?#]+\/([^?#]+)/i.exec(form.href)?.[1];
  if (path === undefined) return undefined;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * Which points a metric feeds: those of every thing whose forms name the metric's edge node or device in `mqv:topic`, and the
 * metric in `millrace:metric` (or by the property's own name, where that is not given).
 */
export class PointIndex {
  /** Source → metric → points. */
  readonly #sources = new Map<string, Map<string, Point[]>>();
  /** Thing → the places above that hold its points. */
  readonly #places = new Map<string, { source: string; metric: string; point: Point }[]>();

  /** Takes a thing, new or changed. Adds the sources that it concerns, or no longer does, to `touched`. */
  set(thing: Thing, touched: Set<string>): void {
    this.remove(thing.id, touched);
    const places: { source: string; metric: string; point: Point }[] = [];
    for (const point of thing.points.values()) {
      for (const form of point.forms) {
        const place = placeOf(point, form);
        if (place === undefined) continue;
        let metrics = this.#sources.get(place.source);
        if (metrics === undefined) this.#sources.set(place.source, (metrics = new Map()));
        const points = metrics.get(place.metric);
        if (points === undefined) metrics.set(place.metric, [point]);
        else if (points.includes(point)) continue;
        else points.push(point);
        places.push({ ...place, point });
        touched.add(place.source);
      }
    }
    if (places.length > 0) this.#places.set(thing.id, places);
  }

  remove(thing: string, touched: Set<string>): void {
    for (const { source, metric, point } of this.#places.get(thing) ?? []) {
      touched.add(source);
      const metrics = this.#sources.get(source)!;
      const points = metrics.get(metric)!.filter((one) => one !== point);
      if (points.length > 0) metrics.set(metric, points);
      else metrics.delete(metric);
      if (metrics.size === 0) this.#sources.delete(source);
    }
    this.#places.delete(thing);
  }

  /** Where a property of a thing comes from; undefined where no form of its names a metric. */
  placeOf(thing: string, property: string): { source: string; metric: string } | undefined {
    return this.#places.get(thing)?.find((place) => place.point.name === property);
  }

  find(source: string, metric: string): readonly Point[] | undefined {
    return this.#sources.get(source)?.get(metric);
  }
}

function placeOf(point: Point, form: Form): { source: string; metric: string } | undefined {
  const text = formTopic(form);
  if (text === undefined || !isSparkplugTopic(text)) return undefined;
  const topic = parseTopic(text);
  if (topic.kind !== 'message') return undefined;
  const named = form['millrace:metric'];
  return {
    source: sourceKey(topic.group, topic.node, topic.device),
    metric: typeof named === 'string' ? named : point.name,
  };
}
