import type { DashboardTile } from '@millrace/contract';
import { describe, expect, it } from 'vitest';
import { fitted, freeSpot, moved, phoneOrder, settled } from './layout.ts';

const tile = (id: string, x: number, y: number, w: number, h: number): DashboardTile => ({
  id,
  kind: 'text',
  text: '',
  x,
  y,
  w,
  h,
});
const places = (tiles: readonly DashboardTile[]) =>
  Object.fromEntries(tiles.map(({ id, x, y, w, h }) => [id, [x, y, w, h]]));

describe('layout of a dashboard', () => {
  it('lets nothing overlap and leaves no holes', () => {
    expect(places(settled([tile('a', 0, 3, 6, 2), tile('b', 0, 4, 12, 1), tile('c', 6, 9, 6, 1)]))).toEqual({
      a: [0, 0, 6, 2],
      b: [0, 2, 12, 1],
      c: [6, 3, 6, 1],
    });
  });

  it('gives way to the tile that is held', () => {
    const tiles = [tile('a', 0, 0, 6, 2), tile('b', 6, 0, 6, 2), tile('c', 0, 2, 12, 2)];
    expect(places(moved(tiles, 'b', { x: 0, y: 0, w: 6, h: 2 }))).toEqual({
      b: [0, 0, 6, 2],
      a: [0, 2, 6, 2],
      c: [0, 4, 12, 2],
    });
    expect(places(moved(tiles, 'a', { x: 0, y: 0, w: 12, h: 3 }))).toEqual({
      a: [0, 0, 12, 3],
      b: [6, 3, 6, 2],
      c: [0, 5, 12, 2],
    });
  });

  it('keeps tiles on the grid', () => {
    expect(fitted('chart', { x: 11, y: -3, w: 1, h: 0 })).toEqual({ x: 9, y: 0, w: 3, h: 3 });
    expect(fitted('text', { x: 0, y: 0, w: 40, h: 400 })).toEqual({ x: 0, y: 0, w: 12, h: 30 });
  });

  it('finds room for one more', () => {
    expect(freeSpot([tile('a', 0, 0, 8, 2)], { w: 4, h: 3 })).toEqual({ x: 8, y: 0, w: 4, h: 3 });
    expect(freeSpot([tile('a', 0, 0, 9, 2)], { w: 4, h: 1 })).toEqual({ x: 0, y: 2, w: 4, h: 1 });
  });

  it('has an order of its own on a phone', () => {
    const tiles = [tile('a', 0, 0, 6, 1), tile('b', 6, 0, 6, 1), tile('c', 0, 1, 6, 1)];
    expect(phoneOrder(tiles, ['c']).map(({ id }) => id)).toEqual(['c', 'a', 'b']);
  });
});
