import type { Microseconds, SampleColumns } from '@millrace/contract';
import { status } from '@millrace/contract';

/**
 * A stand-in for a plant, for benches that need tens of millions of samples in minutes: machine tools, power meters,
 * sensors and robots whose values move as such values do, at their instruments' resolution, once a second.
 *
 * - A thing's values are taken together and arrive together.
 * - Polled things (meters) have no time of their own: source and receive time are the same, in microseconds with the
 *   poller's jitter. The others send a time in milliseconds with a few milliseconds of jitter and are received, in
 *   microseconds, a few milliseconds later.
 * - Two samples of ten thousand are bad.
 */
export interface SyntheticPlant {
  series: number;
  /** Samples of each step of `stepMilliseconds`, in batches of about `rowsMax` rows; the columns are used again. */
  samples(rows: number, rowsMax?: number): Iterable<SampleColumns>;
}

type Mode = 'walk' | 'noise' | 'state' | 'count' | 'energy';

interface Property {
  series: number;
  mode: Mode;
  /** Values are whole multiples of 1 / steps. */
  steps: number;
  value: number;
  base: number;
  noise: number;
  drift: number;
}

interface Thing {
  polled: boolean;
  jitter: number;
  latency: number;
  phase: Microseconds;
  properties: Property[];
}

const kinds: Record<
  string,
  readonly (readonly [mode: Mode, steps: number, base: number, noise: number, drift: number])[]
> = {
  machine: [
    ['walk', 10, 45, 0.02, 0.02],
    ['noise', 1, 3000, 15, 0],
    ['noise', 10, 40, 3, 0.1],
    ['noise', 1000, 1.2, 0.08, 0.01],
    ['state', 1, 2, 0, 0],
    ['count', 1, 100, 0, 0],
    ['walk', 100, 0, 0.5, 0],
    ['state', 1, 1, 0, 0],
    ['walk', 10, 60, 0.05, 0.03],
    ['state', 1, 800, 0, 0],
  ],
  meter: [
    ...[0, 1, 2].flatMap(
      () =>
        [
          ['noise', 10, 230, 0.4, 0.05],
          ['noise', 100, 12, 0.2, 0.05],
          ['noise', 1, 2500, 20, 3],
        ] as const,
    ),
    ['energy', 100, 123456, 0.7, 0],
    ['noise', 100, 50, 0.01, 0],
    ['noise', 1000, 0.95, 0.002, 0],
  ],
  sensor: [
    ['walk', 10, 22, 0.03, 0.01],
    ['walk', 10, 45, 0.1, 0.02],
  ],
  robot: [
    ...[0, 10, 20, 30, 40, 50].map((angle) => ['walk', 100, angle, 0.8, 0] as const),
    ['state', 1, 3, 0, 0],
    ['walk', 10, 35, 0.03, 0.02],
    ['noise', 100, 6.1, 0.01, 0.005],
    ['count', 1, 100, 0, 0],
  ],
};

/** `sets` times one machine, one meter, one sensor and one robot: 34 series a set. */
export function syntheticPlant(start: Microseconds, sets: number, seed = 7): SyntheticPlant {
  const random = mulberry32(seed);
  const gauss = (): number => {
    let sum = 0;
    for (let i = 0; i < 6; i++) sum += random();
    return (sum - 3) * Math.SQRT2;
  };
  const things: Thing[] = [];
  let series = 0;
  for (let set = 0; set < sets; set++) {
    for (const [kind, properties] of Object.entries(kinds)) {
      things.push({
        polled: kind === 'meter',
        jitter: kind === 'machine' ? 1_500 : 4_000,
        latency: kind === 'machine' ? 17_000 : 5_000,
        phase: Math.floor(random() * 1e6),
        properties: properties.map(([mode, steps, base, noise, drift]) => ({
          series: ++series,
          mode,
          steps,
          value: base,
          base,
          noise,
          drift,
        })),
      });
    }
  }

  const next = (property: Property): number => {
    const { mode, noise, drift, base, steps } = property;
    let value: number;
    if (mode === 'walk') {
      value = property.value += gauss() * noise + (base - property.value) * 0.001 * drift;
    } else if (mode === 'noise') {
      property.value += (base - property.value) * 0.01 + gauss() * drift;
      value = property.value + gauss() * noise;
    } else if (mode === 'state') {
      if (random() < 0.005) property.value = Math.floor(random() * 5);
      value = property.value;
    } else if (mode === 'count') {
      if (random() < 0.03) property.value++;
      value = property.value;
    } else value = property.value += (noise / 100) * random();
    return Math.round(value * steps) / steps;
  };

  return {
    series,
    *samples(rows, rowsMax = 65_536) {
      const capacity = rowsMax + series;
      const columns: SampleColumns = {
        count: 0,
        series: new Uint32Array(capacity),
        time: new Float64Array(capacity),
        received: new Float64Array(capacity),
        value: new Float64Array(capacity),
        status: new Uint32Array(capacity),
        text: undefined,
      };
      let made = 0;
      for (let step = 0; made < rows; step++) {
        for (const thing of things) {
          const tick = start + step * 1e6 + thing.phase;
          let time: number;
          let received: number;
          if (thing.polled) time = received = Math.round(tick + Math.abs(gauss()) * 800 + random() * 300);
          else {
            time = Math.round((tick + gauss() * thing.jitter) / 1000) * 1000;
            received = Math.round(time + thing.latency + Math.abs(gauss()) * 4_000);
          }
          for (const property of thing.properties) {
            const row = columns.count++;
            columns.series[row] = property.series;
            columns.time[row] = time;
            columns.received[row] = received;
            columns.value[row] = next(property);
            columns.status[row] = random() < 0.0002 ? status.badCommunicationError : status.good;
          }
        }
        if (columns.count >= rowsMax || made + columns.count >= rows) {
          made += columns.count;
          yield columns;
          columns.count = 0;
        }
      }
    },
  };
}

/** A small generator with a seed, so that every run makes the same plant. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
