import type { Microseconds } from '@millrace/contract';
import type { AlarmRecord } from './life-cycle.ts';

/** Alarms of one area that follow each other within this time are one group. */
export const groupGapMicroseconds = 60_000_000;
/** From so many on, a group is shown and told as a flood. */
export const floodAlarmsMin = 5;
/** Depth of the place under which alarms are thought to have one cause: enterprise/site/area. */
const areaDepth = 3;
const areasMax = 10_000;

/** Puts alarms that come together into groups, each known by the alarm that began it. */
export class FloodGroups {
  readonly #areas = new Map<string, { id: string; at: Microseconds; count: number }>();

  /** The group of an alarm that is being raised: its own id where it begins one. */
  groupOf(alarm: Pick<AlarmRecord, 'id' | 'place'>, now: Microseconds): string {
    const area = alarm.place.split('/').slice(0, areaDepth).join('/');
    const known = this.#areas.get(area);
    if (known !== undefined && now - known.at <= groupGapMicroseconds) {
      known.at = now;
      known.count++;
      return known.id;
    }
    if (this.#areas.size >= areasMax) this.#areas.clear();
    this.#areas.set(area, { id: alarm.id, at: now, count: 1 });
    return alarm.id;
  }
}

/** Counts the alarms of each group as they are told. */
export class FloodCounter {
  #counts = new Map<string, number>();

  /** Place of an alarm in its group, from 1; counted once, when it is raised. */
  inFlood(alarm: Pick<AlarmRecord, 'group'>, raised: boolean): number {
    const count = (this.#counts.get(alarm.group) ?? 0) + (raised ? 1 : 0);
    if (!raised) return count;
    if (this.#counts.size >= areasMax) this.#counts = new Map();
    this.#counts.set(alarm.group, count);
    return count;
  }
}
