import type { Solver } from '../model/index.ts';

/** Seconds a plan may take; what was found by then is taken if it is a plan at all. */
export const solveSecondsMax = 10;
/** A plan this near to the best possible is good enough. */
export const solveGapMax = 0.002;

/** HiGHS (https://highs.dev) as WebAssembly: loaded at the first plan, a fresh solver for each. It blocks its thread while it solves. */
export async function highsSolver(): Promise<Solver> {
  // The package's types are those of its CommonJS build; what an ES module imports is the loader itself.
  const load = (await import('highs')).default as unknown as typeof import('highs')['default'];
  const highs = await load();
  return (model) => {
    const solution = highs.solve(model, {
      time_limit: solveSecondsMax,
      mip_rel_gap: solveGapMax,
      output_flag: false,
    });
    const values: Record<string, number> = {};
    for (const [name, column] of Object.entries(solution.Columns)) {
      if ('Primal' in column && typeof column.Primal === 'number') values[name] = column.Primal;
    }
    return { status: solution.Status, values };
  };
}
