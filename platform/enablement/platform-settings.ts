import type { PlatformSettings } from '@millrace/contract';
import type { RecordStore } from '@millrace/sdk';
import { auditDaysMin } from './audit/index.ts';
import { HttpProblem } from './problems.ts';

const tiers = ['raw', 'minute', 'hour', 'events', 'audit'] as const;

/** Settings of the platform that a person changes while it runs; kept in the record store. */
export class PlatformSettingsStore {
  readonly #records: RecordStore;
  #settings: PlatformSettings;
  readonly #listeners: ((settings: PlatformSettings) => void)[] = [];

  private constructor(records: RecordStore, settings: PlatformSettings) {
    this.#records = records;
    this.#settings = settings;
  }

  static async open(records: RecordStore): Promise<PlatformSettingsStore> {
    const settings: PlatformSettings = {
      // 0 keeps for ever: history a plant had before the platform is welcome whole.
      retentionDays: { raw: 0, minute: 0, hour: 0, events: 0, audit: 0 },
      plantTimeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      plantName: '',
      autoAcceptProposals: false,
    };
    const [row] = await records.query<{ value: Partial<PlatformSettings> }>(
      `SELECT value FROM settings WHERE name = 'platform'`,
    );
    return new PlatformSettingsStore(records, {
      ...settings,
      ...row?.value,
      retentionDays: { ...settings.retentionDays, ...row?.value.retentionDays },
    });
  }

  get(): PlatformSettings {
    return this.#settings;
  }

  onChange(call: (settings: PlatformSettings) => void): void {
    this.#listeners.push(call);
  }

  async put(change: Partial<PlatformSettings>): Promise<PlatformSettings> {
    for (const name of Object.keys(change)) {
      if (!Object.hasOwn(this.#settings, name)) throw wrong(name, `there is no setting "${name}"`);
    }
    for (const tier of Object.keys(change.retentionDays ?? {})) {
      if (!tiers.includes(tier as (typeof tiers)[number]))
        throw wrong('retentionDays', `there is no tier "${tier}"; there are ${tiers.join(', ')}`);
    }
    const auditDays = change.retentionDays?.['audit'] ?? 0;
    if (auditDays !== 0 && auditDays < auditDaysMin)
      throw wrong(
        'retentionDays',
        `the audit trail is kept for at least ${auditDaysMin} days, or for ever (0)`,
      );
    if (change.plantTimeZone !== undefined) {
      try {
        new Intl.DateTimeFormat('en', { timeZone: change.plantTimeZone });
      } catch {
        throw wrong(
          'plantTimeZone',
          `"${change.plantTimeZone.slice(0, 60)}" is no IANA time zone such as "Asia/Shanghai"`,
        );
      }
    }
    if (change.plantName !== undefined && change.plantName.length > 200)
      throw wrong('plantName', 'is longer than 200 characters');
    const next = {
      ...this.#settings,
      ...change,
      retentionDays: { ...this.#settings.retentionDays, ...change.retentionDays },
    };
    await this.#records.query(
      `INSERT INTO settings (name, value) VALUES ('platform', $1::jsonb) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value`,
      [JSON.stringify(next)],
    );
    this.#settings = next;
    for (const call of this.#listeners) call(next);
    return next;
  }
}

function wrong(field: string, detail: string): HttpProblem {
  return new HttpProblem(400, 'wrong-settings', 'A setting is wrong.', { field, detail });
}
