import { openSampleStore } from '@millrace/platform/data';
import { SampleEngine } from '@millrace/platform/data/engine';
import { createLog, systemClock } from '@millrace/sdk';
import { figure, median, percentile, progress, type Row } from './harness.ts';
import { type LoadedPlant, loadedPlant } from './synthetic/loaded-plant.ts';
import { mulberry32 } from './synthetic/plant.ts';

export const name = 'query';

const second = 1_000_000;
const day = 86_400 * second;
const points = 1_000;
const chartsOfPage = 26;
const dayMillisecondsMax = 20;
const pageMillisecondsMax = 500;
const asks = 200;
const pages = 10;

interface Chart {
  series: number;
  from: number;
}
type Ask = (chart: Chart) => Promise<number>;

/** History as the console asks for it, with 50 million samples stored. */
export async function run(): Promise<Row[]> {
  const plant = await loadedPlant();
  const store = await openSampleStore({ folder: plant.folder, log: createLog('bench') });
  let throughPort: Figures;
  try {
    progress('asking through the port');
    throughPort = await measure(plant, async ({ series, from }) => {
      const { samples } = await store.samples(series, from, from + day, points);
      return samples.length;
    });
  } finally {
    await store.close();
  }
  progress('asking the engine itself');
  const engine = await SampleEngine.open({
    folder: plant.folder,
    log: createLog('bench'),
    clock: systemClock,
  });
  let bare: Figures;
  try {
    bare = await measure(plant, async ({ series, from }) => {
      const { rows } = await engine.samples(series, from, from + day, points);
      return rows.count;
    });
  } finally {
    await engine.close();
  }
  return [
    {
      what: `a day of one-second samples → ${points} points, p95 of ${asks}`,
      reach: `≤ ${dayMillisecondsMax} ms`,
      measured: `${figure(throughPort.day95, 'ms')} (median ${figure(throughPort.day50, 'ms')})`,
      ceiling: `${figure(bare.day95, 'ms')} without the way to the child`,
      reached: throughPort.day95 <= dayMillisecondsMax,
    },
    {
      what: `a page of ${chartsOfPage} such charts, slowest of ${pages}`,
      reach: `≤ ${pageMillisecondsMax} ms`,
      measured: figure(throughPort.page, 'ms'),
      ceiling: `${figure(bare.page, 'ms')} without the way to the child`,
      reached: throughPort.page <= pageMillisecondsMax,
    },
  ];
}

interface Figures {
  day50: number;
  day95: number;
  page: number;
}

async function measure(plant: LoadedPlant, ask: Ask): Promise<Figures> {
  const random = mulberry32(3);
  const end = plant.start + (plant.rows / plant.series) * second;
  // Half of them end with the newest sample, as a person mostly looks at the last day; the others lie anywhere.
  const chart = (): Chart => ({
    series: 1 + Math.floor(random() * plant.series),
    from: random() < 0.5 ? end - day : Math.floor(plant.start + random() * (end - plant.start - day)),
  });
  for (let i = 0; i < 10; i++) await ask(chart());
  const days: number[] = [];
  for (let i = 0; i < asks; i++) {
    const begun = performance.now();
    const found = await ask(chart());
    days.push(performance.now() - begun);
    if (found < points / 2 || found > points) throw new Error(`a chart came with ${found} points`);
  }
  const whole: number[] = [];
  for (let i = 0; i < pages; i++) {
    const first = 1 + Math.floor(random() * (plant.series - chartsOfPage));
    const { from } = chart();
    const begun = performance.now();
    await Promise.all(
      Array.from({ length: chartsOfPage }, (_, offset) => ask({ series: first + offset, from })),
    );
    whole.push(performance.now() - begun);
  }
  return { day50: median(days), day95: percentile(days, 95), page: Math.max(...whole) };
}
