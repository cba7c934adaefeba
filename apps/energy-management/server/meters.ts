import type { LocalText, PropertyAffordance } from '@millrace/contract';
import type { AppThings, ThingRecord } from '@millrace/sdk';
import { type Carrier, isCarrier, unitOf } from '../model/index.ts';

/** A meter of the plant: which property counts, in what, where, behind which other. */
export interface PlantMeter {
  /** Id of its thing. */
  id: string;
  titles: LocalText;
  carrier: Carrier;
  place: string;
  behind: string | undefined;
  /** What it measures, where its description says. */
  measures: string | undefined;
  property: string;
  kind: 'amount' | 'rate';
  /** Carrier's unit = reading × factor. */
  factor: number;
  /** Power or flow beside the counter, for what is live. */
  live: { property: string; factor: number } | undefined;
  settings: MeterSettings;
}

/** What a person may say of a meter that its description does not. */
export interface MeterSettings {
  ignored?: boolean;
  behind?: string;
  rollsOverAt?: number;
  perHourMax?: number;
  classPercent?: number;
  swaps?: { time: number; lastOfOld: number; firstOfNew: number }[];
}

/** Semantic types of things that are meters, and of what. */
const meterTypes: Readonly<Record<string, Carrier>> = {
  PowerMeter: 'electricity',
  ElectricityMeter: 'electricity',
  EnergyMeter: 'electricity',
  WaterMeter: 'water',
  GasMeter: 'gas',
  SteamMeter: 'steam',
  AirMeter: 'compressed-air',
  CompressorStation: 'compressed-air',
  HeatMeter: 'heat',
  EmissionMeter: 'emissions',
};

export const metersMax = 5000;

const typesOf = (record: ThingRecord): string[] => [record.description['@type'] ?? []].flat();

export function titlesOf(record: ThingRecord): LocalText {
  const { title, titles } = record.description;
  return { en: titles?.['en'] ?? title, zh: titles?.['zh'] ?? title };
}

/** Prefers the total of what was used over reactive, apparent or partial counts. */
function preference(name: string): number {
  if (/reactive|apparent|returned|export|motor/i.test(name)) return -1;
  if (/active.?(energy|power)|total|import/i.test(name)) return 2;
  return /energy|power|volume|flow|mass|amount/i.test(name) ? 1 : 0;
}

function choose(
  properties: Readonly<Record<string, PropertyAffordance>>,
  carrier: Carrier,
  kind: 'amount' | 'rate',
): { property: string; factor: number } | undefined {
  let best: { property: string; factor: number; preference: number } | undefined;
  for (const [property, schema] of Object.entries(properties)) {
    if (schema.type !== 'number' && schema.type !== 'integer') continue;
    const unit = typeof schema.unit === 'string' ? unitOf(carrier, schema.unit) : undefined;
    if (unit === undefined || unit.kind !== kind) continue;
    const rank = preference(property);
    if (rank >= 0 && (best === undefined || rank > best.preference))
      best = { property, factor: unit.factor, preference: rank };
  }
  return best;
}

/**
 * Meters that the plant's descriptions show: things of a meter's type with a counter, or a rate, in a unit of its carrier; `millrace:carrier`
 * on a thing names the carrier of any other. Links say what they measure (`measures`) and which meters stand behind them (`sumOf`).
 */
export function findMeters(
  things: AppThings,
  kept: ReadonlyMap<string, MeterSettings> = new Map(),
): PlantMeter[] {
  const meters: PlantMeter[] = [];
  const behind = new Map<string, string>();
  for (const record of things.all()) {
    const named = record.description['millrace:carrier'];
    const carrier =
      typeof named === 'string' && isCarrier(named)
        ? named
        : typesOf(record)
            .map((type) => meterTypes[type])
            .find((found) => found !== undefined);
    if (carrier === undefined || record.id.startsWith('urn:millrace:app:')) continue;
    const properties = record.description.properties ?? {};
    const counter = choose(properties, carrier, 'amount');
    const rate = choose(properties, carrier, 'rate');
    const source = counter ?? rate;
    if (source === undefined) continue;
    const links = record.description.links ?? [];
    for (const link of links) if (link.rel === 'sumOf') behind.set(link.href, record.id);
    const settings = kept.get(record.id) ?? {};
    meters.push({
      id: record.id,
      titles: titlesOf(record),
      carrier,
      place: things.placeOf(record),
      behind: undefined,
      measures: links.find((link) => link.rel === 'measures')?.href,
      property: source.property,
      kind: counter === undefined ? 'rate' : 'amount',
      factor: source.factor,
      live: rate,
      settings,
    });
    if (meters.length >= metersMax) break;
  }
  for (const meter of meters) meter.behind = meter.settings.behind ?? behind.get(meter.id);
  return meters;
}
