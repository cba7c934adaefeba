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
  #sources = new Map<string, Map<string, Point[]>>();

  update(things: Iterable<Thing>): void {
    this.#sources = new Map();
    for (const thing of things) {
      for (const point of thing.points.values()) {
        for (const form of point.forms) this.#add(point, form);
      }
    }
  }

  find(source: string, metric: string): readonly Point[] | undefined {
    return this.#sources.get(source)?.get(metric);
  }

  #add(point: Point, form: Form): void {
    const text = formTopic(form);
    if (text === undefined || !isSparkplugTopic(text)) return;
    const topic = parseTopic(text);
    if (topic.kind !== 'message') return;
    const key = sourceKey(topic.group, topic.node, topic.device);
    let metrics = this.#sources.get(key);
    if (metrics === undefined) this.#sources.set(key, (metrics = new Map()));
    const named = form['millrace:metric'];
    const metric = typeof named === 'string' ? named : point.name;
    const points = metrics.get(metric);
    if (points === undefined) metrics.set(metric, [point]);
    else if (!points.includes(point)) points.push(point);
  }
}
