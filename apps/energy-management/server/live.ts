import { type Microseconds, noSecurity, type ThingDescription, thingContext } from '@millrace/contract';
import type { AppContext } from '@millrace/sdk';
import { consumptionAt, type Meter, plantClock, priceAt } from '../model/index.ts';
import { Ledger } from './ledger.ts';
import { findMeters, type PlantMeter } from './meters.ts';
import { tariffOf } from './settings.ts';

/** Indicators of the plant's nodes as things of the application's own: live, kept, in dashboards and alarms like any other value. */
const indicators = {
  power: { title: 'Electric power', zh: '电功率', unit: 'kW', decimals: 1 },
  quarterMean: { title: 'Mean of the quarter-hour so far', zh: '本刻钟平均负荷', unit: 'kW', decimals: 1 },
  quarterExpected: { title: 'Quarter-hour mean expected', zh: '本刻钟预计负荷', unit: 'kW', decimals: 1 },
  costPerHour: { title: 'Cost per hour', zh: '每小时电费', unit: '1/h', decimals: 2 },
  carbonPerHour: { title: 'Emissions per hour', zh: '每小时排放', unit: 'kg/h', decimals: 2 },
} as const;
type Indicator = keyof typeof indicators;

const own = (id: string, place: string): string =>
  `urn:millrace:app:${id}:node:${place === '' ? 'plant' : place.replaceAll(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}`;
export const liveNodesMax = 1000;
const everyMilliseconds = 1000;
const quarter = 900_000_000;
/** Power older than this is not live. */
const staleMicroseconds = 120_000_000;

interface Node {
  place: string;
  thing: string;
  meters: PlantMeter[];
  began: Microseconds;
  energy: number;
}

export class LiveIndicators {
  readonly #context: AppContext;
  #nodes: Node[] = [];
  #cancel: () => void = () => {};
  #changed = true;
  #last = 0;
  #stopped = false;
  readonly #ignore: () => void;

  constructor(context: AppContext) {
    this.#context = context;
    this.#ignore = context.things.onChange(() => {
      this.#changed = true;
    });
    this.#later(0);
  }

  stop(): void {
    this.#stopped = true;
    this.#ignore();
    this.#cancel();
  }

  #later(milliseconds: number): void {
    if (this.#stopped) return;
    this.#cancel = this.#context.clock.after(milliseconds, () => {
      this.#tick()
        .catch((error: unknown) =>
          this.#context.log.warn('live indicators could not be given', { error: String(error) }),
        )
        .finally(() => this.#later(everyMilliseconds));
    });
  }

  /** Every place at which an electricity meter with a live power stands, and all above it. */
  async #arrange(): Promise<void> {
    this.#changed = false;
    const { settings } = await new Ledger(this.#context.records).meterSettings();
    const live = findMeters(this.#context.things, settings).filter(
      (meter) =>
        meter.carrier === 'electricity' && meter.live !== undefined && meter.settings.ignored !== true,
    );
    const plain: Meter[] = live.map((meter) => ({ ...meter, title: meter.titles.en, quarters: [] }));
    const places = new Set<string>(live.length === 0 ? [] : ['']);
    for (const meter of live) {
      const parts = meter.place.split('/').filter((part) => part !== '');
      for (let depth = 1; depth <= parts.length; depth++) places.add(parts.slice(0, depth).join('/'));
    }
    const nodes: Node[] = [];
    for (const place of [...places].slice(0, liveNodesMax)) {
      const within = new Set(consumptionAt(plain, place, 'electricity').meters.map((meter) => meter.id));
      const thing = own(this.#context.id, place);
      const known = this.#nodes.find((node) => node.thing === thing);
      nodes.push({
        place,
        thing,
        meters: live.filter((meter) => within.has(meter.id)),
        began: known?.began ?? 0,
        energy: known?.energy ?? 0,
      });
      const name = place === '' ? 'Plant' : place.split('/').at(-1)!;
      const record = this.#context.things.get(thing);
      if (
        record !== undefined &&
        (record.description['millrace:place'] ?? '') === place &&
        record.description.title === `Energy: ${name}`
      )
        continue;
      await this.#context.things.put(describe(thing, place, name));
    }
    this.#nodes = nodes;
  }

  async #tick(): Promise<void> {
    if (this.#changed) {
      await this.#arrange();
      // What was just put must not be taken for a change of the plant's.
      this.#changed = false;
    }
    const context = this.#context;
    const now = context.clock.now();
    const seconds = this.#last === 0 ? 0 : Math.min(5, (now - this.#last) / 1e6);
    this.#last = now;
    const { tariff } = tariffOf(context.settings, 'electricity');
    const price = priceAt(tariff, plantClock(context.plant.timeZone), now)?.price;
    const values: { thing: string; property: Indicator; value: number | null; status?: number }[] = [];
    for (const node of this.#nodes) {
      let power = 0;
      let known = 0;
      for (const meter of node.meters) {
        const sample = context.values.latest({ thing: meter.id, property: meter.live!.property });
        if (sample === undefined || typeof sample.value !== 'number' || now - sample.time > staleMicroseconds)
          continue;
        power += sample.value * meter.live!.factor;
        known++;
      }
      if (known === 0) continue;
      const begin = Math.floor(now / quarter) * quarter;
      if (node.began !== begin) {
        node.began = begin;
        node.energy = (power * (now - begin)) / 3.6e9;
      } else node.energy += (power * seconds) / 3600;
      // A meter that is silent makes the sum uncertain, not small.
      const status = known < node.meters.length ? 0x40000000 : 0;
      const elapsed = Math.max(1e6, now - begin);
      const round = (value: number): number => Number(value.toFixed(3));
      const add = (property: Indicator, value: number): void => {
        values.push({
          thing: node.thing,
          property,
          value: round(value),
          ...(status === 0 ? {} : { status }),
        });
      };
      add('power', power);
      add('quarterMean', (node.energy * 3.6e9) / elapsed);
      add('quarterExpected', (node.energy + (power * (quarter - elapsed)) / 3.6e9) * 4);
      if (price !== undefined) add('costPerHour', power * price);
      add('carbonPerHour', power * tariff.carbon);
    }
    if (values.length > 0) await context.values.publish(values);
  }
}

function describe(id: string, place: string, name: string): ThingDescription {
  return {
    '@context': [...thingContext],
    '@type': ['EnergyIndicators'],
    id,
    title: `Energy: ${name}`,
    titles: { en: `Energy: ${name}`, zh: `能耗：${place === '' ? '全厂' : name}` },
    ...noSecurity,
    ...(place === '' ? {} : { 'millrace:place': place }),
    'millrace:staleAfterSeconds': 15,
    properties: Object.fromEntries(
      Object.entries(indicators).map(([property, { title, zh, unit, decimals }]) => [
        property,
        {
          type: 'number',
          title,
          titles: { en: title, zh },
          unit,
          readOnly: true,
          observable: true,
          'millrace:decimals': decimals,
        },
      ]),
    ),
  };
}
