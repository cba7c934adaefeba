import { type EdgeZone, type EdgeZoneInput, networkLimits } from '@millrace/contract';
import type { NetworkPlatform } from '@millrace/sdk';
import { tooMany } from './refusals.ts';

/** Edge zones: where applications can run near their terminals. */
export class Zones {
  readonly #platform: NetworkPlatform;
  readonly #zones = new Map<string, EdgeZoneInput>();

  private constructor(platform: NetworkPlatform) {
    this.#platform = platform;
  }

  static async open(platform: NetworkPlatform): Promise<Zones> {
    const zones = new Zones(platform);
    for (const row of await platform.records.query<{ id: string; zone: EdgeZoneInput }>(
      'SELECT id, zone FROM network_zones ORDER BY id',
    ))
      zones.#zones.set(row.id, row.zone);
    return zones;
  }

  all(): EdgeZone[] {
    return [...this.#zones].map(([id, zone]) => ({ ...zone, id }));
  }

  get(id: string): EdgeZone | undefined {
    const zone = this.#zones.get(id);
    return zone === undefined ? undefined : { ...zone, id };
  }

  async put(id: string, zone: EdgeZoneInput): Promise<EdgeZone> {
    if (!this.#zones.has(id) && this.#zones.size >= networkLimits.edgeZonesMax)
      throw tooMany(this.#zones.size, 'edgeZonesMax');
    await this.#platform.records.query(
      'INSERT INTO network_zones (id, zone) VALUES ($1, $2::jsonb) ON CONFLICT (id) DO UPDATE SET zone = EXCLUDED.zone',
      [id, JSON.stringify(zone)],
    );
    this.#zones.set(id, zone);
    return { ...zone, id };
  }

  async remove(id: string): Promise<void> {
    await this.#platform.records.query('DELETE FROM network_zones WHERE id = $1', [id]);
    this.#zones.delete(id);
  }
}
