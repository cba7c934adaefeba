import type { Row } from './harness.ts';

export const name = 'network';

/** Files of bench/network/, in the order they run; each alone by `npm run bench -- network <part>`. */
export const parts = ['stamp', 'judgement', 'localising', 'layer', 'linux', 'camara'] as const;

/** Every part, or those named. */
export async function run(wanted: readonly string[] = parts): Promise<Row[]> {
  const rows: Row[] = [];
  for (const part of parts) {
    if (!wanted.includes(part)) continue;
    const { run: measure } = (await import(new URL(`network/${part}.js`, import.meta.url).href)) as {
      run(): Promise<Row[]>;
    };
    rows.push(...(await measure()));
  }
  return rows;
}
