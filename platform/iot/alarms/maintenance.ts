import { alarmLimits, formatInstant, type MaintenanceWindow, type Microseconds } from '@millrace/contract';
import type { RecordStore } from '@millrace/sdk';

export interface WindowRecord {
  id: string;
  title: string;
  place: string;
  from: Microseconds;
  to: Microseconds;
  reason: string;
  by: string;
}

/** Times in which the alarms of a place are out of service. */
export class Maintenance {
  readonly #records: RecordStore;
  readonly #windows = new Map<string, WindowRecord>();
  #under = '';

  private constructor(records: RecordStore) {
    this.#records = records;
  }

  static async open(records: RecordStore): Promise<Maintenance> {
    const maintenance = new Maintenance(records);
    for (const row of await records.query<{
      id: string;
      title: string;
      place: string;
      starts: string;
      ends: string;
      reason: string;
      by_whom: string;
    }>(
      'SELECT id, title, place, starts::text AS starts, ends::text AS ends, reason, by_whom FROM maintenance_windows',
    )) {
      maintenance.#windows.set(row.id, {
        id: row.id,
        title: row.title,
        place: row.place,
        from: Number(row.starts),
        to: Number(row.ends),
        reason: row.reason,
        by: row.by_whom,
      });
    }
    return maintenance;
  }

  all(): WindowRecord[] {
    return [...this.#windows.values()].sort((a, b) => b.from - a.from);
  }

  get(id: string): WindowRecord | undefined {
    return this.#windows.get(id);
  }

  get full(): boolean {
    return this.#windows.size >= alarmLimits.maintenanceWindowsMax;
  }

  /** The maintenance under way at a place. */
  at(place: string, now: Microseconds): WindowRecord | undefined {
    for (const window of this.#windows.values()) {
      if (now < window.from || now >= window.to) continue;
      if (window.place === '' || place === window.place || place.startsWith(`${window.place}/`))
        return window;
    }
    return undefined;
  }

  /** True once after a window began or ended. */
  turned(now: Microseconds): boolean {
    let under = '';
    for (const window of this.#windows.values())
      if (now >= window.from && now < window.to) under += `${window.id} `;
    if (under === this.#under) return false;
    this.#under = under;
    return true;
  }

  async add(window: WindowRecord): Promise<void> {
    await this.#records.query(
      'INSERT INTO maintenance_windows (id, title, place, starts, ends, reason, by_whom) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [window.id, window.title, window.place, window.from, window.to, window.reason, window.by],
    );
    this.#windows.set(window.id, window);
  }

  async remove(id: string): Promise<void> {
    await this.#records.query('DELETE FROM maintenance_windows WHERE id = $1', [id]);
    this.#windows.delete(id);
  }
}

export function showWindow(window: WindowRecord): MaintenanceWindow {
  return { ...window, from: formatInstant(window.from), to: formatInstant(window.to) };
}
