import { type DashboardTile, dashboardLimits } from '@millrace/contract';

/** Where a tile stands, in columns and rows. */
export interface Place {
  x: number;
  y: number;
  w: number;
  h: number;
}

const columns = dashboardLimits.dashboardColumns;

/** Size a new tile of a kind starts with. */
export const startSize: Record<DashboardTile['kind'], { w: number; h: number }> = {
  chart: { w: 6, h: 5 },
  value: { w: 3, h: 2 },
  states: { w: 4, h: 4 },
  table: { w: 6, h: 4 },
  text: { w: 4, h: 2 },
  picture: { w: 6, h: 6 },
};

export const smallest: Record<DashboardTile['kind'], { w: number; h: number }> = {
  chart: { w: 3, h: 3 },
  value: { w: 2, h: 2 },
  states: { w: 2, h: 2 },
  table: { w: 3, h: 2 },
  text: { w: 2, h: 1 },
  picture: { w: 2, h: 2 },
};

function overlap(a: Place, b: Place): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/** Keeps a tile on the grid, and no smaller than its kind can be read at. */
export function fitted(kind: DashboardTile['kind'], { x, y, w, h }: Place): Place {
  const least = smallest[kind];
  const width = Math.min(columns, Math.max(least.w, Math.round(w)));
  const height = Math.min(dashboardLimits.tileRowsMax, Math.max(least.h, Math.round(h)));
  return {
    x: Math.min(columns - width, Math.max(0, Math.round(x))),
    y: Math.min(dashboardLimits.dashboardRowsMax, Math.max(0, Math.round(y))),
    w: width,
    h: height,
  };
}

/**
 * Settles tiles on the grid: none overlap, and each stands as high as it can, so that moving one never leaves holes or hides another. `first` goes before
 * others of its row: it is the one that somebody holds.
 */
export function settled<T extends Place & { id: string }>(tiles: readonly T[], first?: string): T[] {
  const order = [...tiles].sort(
    (a, b) => a.y - b.y || Number(b.id === first) - Number(a.id === first) || a.x - b.x,
  );
  const placed: T[] = [];
  for (const tile of order) {
    let { y } = tile;
    const free = (at: number): boolean => !placed.some((one) => overlap({ ...tile, y: at }, one));
    while (!free(y)) y++;
    while (y > 0 && free(y - 1)) y--;
    placed.push(y === tile.y ? tile : { ...tile, y });
  }
  const byId = new Map(placed.map((tile) => [tile.id, tile]));
  // In the order they came, so that what is drawn from them keeps its place in the document.
  return tiles.map((tile) => byId.get(tile.id)!);
}

/** One tile moved or made another size, the others out of its way. */
export function moved(tiles: readonly DashboardTile[], id: string, to: Place): DashboardTile[] {
  return settled(
    tiles.map((tile) => (tile.id === id ? { ...tile, ...fitted(tile.kind, to) } : tile)),
    id,
  );
}

/** The first free spot of a size, row by row. */
export function freeSpot(tiles: readonly Place[], { w, h }: { w: number; h: number }): Place {
  for (let y = 0; ; y++) {
    for (let x = 0; x + w <= columns; x++) {
      const place = { x, y, w, h };
      if (!tiles.some((tile) => overlap(place, tile))) return place;
    }
  }
}

/** Tiles as they are read on a desk: row by row. */
export function deskOrder(tiles: readonly DashboardTile[]): DashboardTile[] {
  return [...tiles].sort((a, b) => a.y - b.y || a.x - b.x);
}

/** Tiles as they stand on a phone: in the order given, the others after them. */
export function phoneOrder(tiles: readonly DashboardTile[], phone: readonly string[]): DashboardTile[] {
  const at = new Map(phone.map((id, index) => [id, index]));
  return deskOrder(tiles).sort((a, b) => (at.get(a.id) ?? tiles.length) - (at.get(b.id) ?? tiles.length));
}
