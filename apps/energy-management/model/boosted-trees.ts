/**
 * Gradient-boosted regression trees for the pinball loss (Friedman 2001, algorithms 1 and 3; histogram splits as in LightGBM, Ke et al.
 * 2017): each tree splits where the sign of the errors parts best, each leaf takes the wanted quantile of its errors. One seed gives one
 * model. Columns of features, no categorical ones, NaN counts as the lowest value.
 */
export interface TreeSettings {
  /** Between 0 and 1; 0.5 is the median, whose loss is the absolute error. */
  quantile: number;
  trees: number;
  depth: number;
  /** Share of each tree that is taken. */
  rate: number;
  leafRowsMin: number;
  /** Shares of rows and of columns that each tree sees. */
  rowShare: number;
  columnShare: number;
  seed: number;
}

export interface BoostedTrees {
  base: number;
  /** Upper edges of the bins of each column. */
  edges: number[][];
  /** Flat trees: column, bin, left and right child, value; column −1 marks a leaf. */
  trees: { column: Int16Array; bin: Uint8Array; left: Int16Array; right: Int16Array; value: Float64Array }[];
}

const binsMax = 32;
export const treeRowsMax = 500_000;

export function trainTrees(
  columns: readonly Float64Array[],
  target: Float64Array,
  settings: TreeSettings,
): BoostedTrees {
  const rows = target.length;
  if (rows === 0) throw new RangeError('no rows to learn from');
  if (rows > treeRowsMax) throw new RangeError(`${rows} rows to learn from; at most ${treeRowsMax}`);
  const { quantile } = settings;
  const edges = columns.map((column) => edgesOf(column));
  const bins = columns.map((column, index) =>
    Uint8Array.from(column, (value) => binOf(edges[index]!, value)),
  );
  const random = lehmer(settings.seed);
  const base = pick(Float64Array.from(target), quantile);
  const fitted = new Float64Array(rows).fill(base);
  const sign = new Float64Array(rows);
  const order = new Int32Array(rows);
  const trees: BoostedTrees['trees'] = [];
  const sums = new Float64Array(binsMax);
  const counts = new Int32Array(binsMax);
  for (let tree = 0; tree < settings.trees; tree++) {
    let chosen = 0;
    for (let row = 0; row < rows; row++) {
      sign[row] = target[row]! > fitted[row]! ? quantile : quantile - 1;
      if (random() < settings.rowShare) order[chosen++] = row;
    }
    const used = columns.map((_, index) => index).filter(() => random() < settings.columnShare);
    if (used.length === 0) used.push(tree % columns.length);
    const nodes: { column: number; bin: number; left: number; right: number; value: number }[] = [];
    const grow = (begin: number, end: number, depth: number): number => {
      const id = nodes.length;
      const node = { column: -1, bin: 0, left: 0, right: 0, value: 0 };
      nodes.push(node);
      let total = 0;
      for (let at = begin; at < end; at++) total += sign[order[at]!]!;
      const size = end - begin;
      let best = 1e-12;
      if (depth < settings.depth && size >= 2 * settings.leafRowsMin) {
        const whole = (total * total) / (size + 1);
        for (const column of used) {
          const binCount = edges[column]!.length + 1;
          if (binCount < 2) continue;
          sums.fill(0);
          counts.fill(0);
          const binned = bins[column]!;
          for (let at = begin; at < end; at++) {
            const row = order[at]!;
            sums[binned[row]!]! += sign[row]!;
            counts[binned[row]!]! += 1;
          }
          let left = 0;
          let leftRows = 0;
          for (let bin = 0; bin < binCount - 1; bin++) {
            left += sums[bin]!;
            leftRows += counts[bin]!;
            if (leftRows < settings.leafRowsMin) continue;
            if (size - leftRows < settings.leafRowsMin) break;
            const gain = (left * left) / (leftRows + 1) + (total - left) ** 2 / (size - leftRows + 1) - whole;
            if (gain > best) {
              best = gain;
              node.column = column;
              node.bin = bin;
            }
          }
        }
      }
      if (node.column < 0) {
        if (size > 0) {
          const errors = new Float64Array(size);
          for (let at = begin; at < end; at++) errors[at - begin] = target[order[at]!]! - fitted[order[at]!]!;
          node.value = pick(errors, quantile) * settings.rate;
        }
        return id;
      }
      const binned = bins[node.column]!;
      let low = begin;
      let high = end - 1;
      while (low <= high) {
        const row = order[low]!;
        if (binned[row]! <= node.bin) low++;
        else {
          order[low] = order[high]!;
          order[high--] = row;
        }
      }
      node.left = grow(begin, low, depth + 1);
      node.right = grow(low, end, depth + 1);
      return id;
    };
    grow(0, chosen, 0);
    const flat = {
      column: Int16Array.from(nodes, (node) => node.column),
      bin: Uint8Array.from(nodes, (node) => node.bin),
      left: Int16Array.from(nodes, (node) => node.left),
      right: Int16Array.from(nodes, (node) => node.right),
      value: Float64Array.from(nodes, (node) => node.value),
    };
    trees.push(flat);
    for (let row = 0; row < rows; row++) {
      let at = 0;
      for (let column = flat.column[0]!; column >= 0; column = flat.column[at]!) {
        at = bins[column]![row]! <= flat.bin[at]! ? flat.left[at]! : flat.right[at]!;
      }
      fitted[row]! += flat.value[at]!;
    }
  }
  return { base, edges, trees };
}

/** The model's value for one row of features. */
export function predictTrees(model: BoostedTrees, features: readonly number[]): number {
  const binned = features.map((value, column) => binOf(model.edges[column]!, value));
  let sum = model.base;
  for (const tree of model.trees) {
    let at = 0;
    for (let column = tree.column[0]!; column >= 0; column = tree.column[at]!) {
      at = binned[column]! <= tree.bin[at]! ? tree.left[at]! : tree.right[at]!;
    }
    sum += tree.value[at]!;
  }
  return sum;
}

function edgesOf(column: Float64Array): number[] {
  const sorted = Float64Array.from(column, (value) =>
    Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value,
  ).sort();
  const edges: number[] = [];
  for (let bin = 1; bin < binsMax; bin++) {
    const edge = sorted[Math.floor((bin * sorted.length) / binsMax)]!;
    if (edge > sorted[0]! && (edges.length === 0 || edge > edges.at(-1)!)) edges.push(edge);
  }
  return edges;
}

function binOf(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    // NaN compares false with everything: written so that it goes lowest.
    if (value >= edges[middle]!) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Order statistic at a quantile; sorts what it is given. */
function pick(values: Float64Array, quantile: number): number {
  values.sort();
  return values[Math.min(values.length - 1, Math.floor(quantile * values.length))] ?? 0;
}

/** Park & Miller's generator with multiplier 48271: enough to choose rows, the same on every machine. */
function lehmer(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
