import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useUiWords } from '../words/index.ts';
import styles from './tile-wall.module.css';

/** In a rotating wall the next screenful comes after this long. */
const rotateMilliseconds = 20_000;

/**
 * Tiles of one size in as many columns as fit, thousands of them: only the rows in sight are in the document. With `rotate` it
 * goes on by a screenful every twenty seconds and needs no hand.
 */
export function TileWall<T>({
  tiles,
  tileKey,
  render,
  widthRem,
  heightRem,
  rotate = false,
  onSight,
}: {
  tiles: readonly T[];
  tileKey: (tile: T) => string;
  render: (tile: T) => ReactNode;
  /** Least width of a tile; they share what is left over. */
  widthRem: number;
  heightRem: number;
  rotate?: boolean;
  /** Told which tiles are in sight, from and to (exclusive), once scrolling rests. */
  onSight?: (from: number, to: number) => void;
}) {
  const words = useUiWords();
  const scroller = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(
      ([entry]) => entry !== undefined && setWidth(entry.contentRect.width),
    );
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, []);
  const rem = useMemo(() => Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16, []);
  const columns = Math.max(1, Math.floor(width / (widthRem * rem)));
  const virtualizer = useVirtualizer({
    count: Math.ceil(tiles.length / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => heightRem * rem,
    overscan: 3,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another number of columns moves every tile
  useLayoutEffect(() => virtualizer.measure(), [columns, virtualizer]);
  const items = virtualizer.getVirtualItems();
  const from = (items[0]?.index ?? 0) * columns;
  const to = Math.min(tiles.length, ((items.at(-1)?.index ?? -1) + 1) * columns);

  const told = useRef(onSight);
  told.current = onSight;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other tiles in the same places are news as well
  useEffect(() => {
    const timer = setTimeout(() => told.current?.(from, to), 150);
    return () => clearTimeout(timer);
  }, [from, to, tiles]);

  const page = useRotation(rotate, scroller, heightRem * rem, virtualizer.getTotalSize());
  return (
    <>
      <div ref={scroller} className={styles.scroller} data-wall="">
        <ul className={styles.wall} style={{ height: virtualizer.getTotalSize() }}>
          {items.flatMap((item) =>
            tiles.slice(item.index * columns, (item.index + 1) * columns).map((tile, column) => (
              <li
                key={tileKey(tile)}
                className={styles.cell}
                aria-setsize={tiles.length}
                aria-posinset={item.index * columns + column + 1}
                style={{
                  width: `${100 / columns}%`,
                  height: item.size,
                  transform: `translate(${column * 100}%, ${item.start}px)`,
                }}
              >
                {render(tile)}
              </li>
            )),
          )}
        </ul>
      </div>
      {page === undefined ? null : <p className={styles.page}>{words('wall.page', page)}</p>}
    </>
  );
}

/** Goes on by as many whole rows as fit, so that none is cut in two. */
function useRotation(
  rotate: boolean,
  scroller: { current: HTMLDivElement | null },
  rowHeight: number,
  totalHeight: number,
): { page: number; pages: number } | undefined {
  const [page, setPage] = useState<{ page: number; pages: number }>();
  useEffect(() => {
    if (!rotate) {
      setPage(undefined);
      return;
    }
    const step = () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight)) * rowHeight;
    const say = () => {
      const pages = Math.max(1, Math.ceil(totalHeight / step() - 0.01));
      setPage({ page: Math.min(pages, Math.round((scroller.current?.scrollTop ?? 0) / step()) + 1), pages });
    };
    say();
    const timer = setInterval(() => {
      const element = scroller.current;
      if (element === null) return;
      const end = element.scrollTop + element.clientHeight >= element.scrollHeight - 4;
      element.scrollTop = end ? 0 : element.scrollTop + step();
      say();
    }, rotateMilliseconds);
    return () => clearInterval(timer);
  }, [rotate, scroller, rowHeight, totalHeight]);
  return page;
}
