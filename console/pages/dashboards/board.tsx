import { type DashboardTile, dashboardLimits } from '@millrace/contract';
import { Button } from '@millrace/ui';
import { GripVertical, Settings2, X } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { useConsoleWords } from '../../words/index.ts';
import styles from './dashboards.module.css';
import { deskOrder, fitted, moved, type Place, phoneOrder } from './layout.ts';
import { usePhone } from './phone.ts';
import { gapPixels, rowPixels, TileContent, useTileTitle } from './tiles.tsx';

export interface BoardEditing {
  /** `again`: part of the step before, while something is dragged. */
  onTiles(tiles: DashboardTile[], again: boolean): void;
  onOpen(id: string): void;
  onRemove(id: string): void;
}

/** Tiles on their grid; on a phone one below the other, in their order there. */
export function Board({
  tiles,
  phone,
  editing,
}: {
  tiles: readonly DashboardTile[];
  phone: readonly string[];
  editing?: BoardEditing;
}) {
  const narrow = usePhone();
  const board = useRef<HTMLDivElement>(null);
  const words = useConsoleWords();
  const [said, setSaid] = useState('');
  const shown = narrow ? phoneOrder(tiles, phone) : deskOrder(tiles);
  const place = (id: string, to: Place, again: boolean): void => {
    const before = tiles.find((tile) => tile.id === id);
    if (before === undefined || editing === undefined) return;
    const next = fitted(before.kind, to);
    if (next.x === before.x && next.y === before.y && next.w === before.w && next.h === before.h) return;
    const all = moved(tiles, id, next);
    const now = all.find((tile) => tile.id === id)!;
    if (now.x === before.x && now.y === before.y && now.w === before.w && now.h === before.h) return;
    editing.onTiles(all, again);
    setSaid(words('dashboard.at', { x: now.x + 1, y: now.y + 1, w: now.w, h: now.h }));
  };
  return (
    <div ref={board} className={`${styles.board} ${editing === undefined ? '' : styles.editing}`}>
      {shown.map((tile) => (
        <Tile key={tile.id} tile={tile} narrow={narrow} board={board} editing={editing} onPlace={place} />
      ))}
      <span className="visually-hidden" aria-live="polite">
        {said}
      </span>
    </div>
  );
}

interface Held {
  pointer: number;
  /** Where it was taken hold of, and what the tile was then. */
  x: number;
  y: number;
  from: Place;
  resize: boolean;
  moved: boolean;
}

function Tile({
  tile,
  narrow,
  board,
  editing,
  onPlace,
}: {
  tile: DashboardTile;
  narrow: boolean;
  board: { current: HTMLDivElement | null };
  editing: BoardEditing | undefined;
  onPlace: (id: string, to: Place, again: boolean) => void;
}) {
  const words = useConsoleWords();
  const titleOf = useTileTitle();
  const title = titleOf(tile);
  const held = useRef<Held>(null);
  const [isHeld, setHeld] = useState(false);
  const canPlace = editing !== undefined && !narrow;

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step !== undefined) {
      const [x = 0, y = 0] = step;
      const { x: left, y: top, w, h } = tile;
      onPlace(
        tile.id,
        event.shiftKey ? { x: left, y: top, w: w + x, h: h + y } : { x: left + x, y: down(top, y, h), w, h },
        false,
      );
    } else if (event.key === 'Delete') editing?.onRemove(tile.id);
    else if (event.key === 'Enter') editing?.onOpen(tile.id);
    else return;
    event.preventDefault();
  };
  const take = (event: PointerEvent, resize: boolean): void => {
    if (!canPlace || event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const { x, y, w, h } = tile;
    held.current = {
      pointer: event.pointerId,
      x: event.clientX,
      y: event.clientY,
      from: { x, y, w, h },
      resize,
      moved: false,
    };
    setHeld(true);
    event.preventDefault();
    (event.currentTarget as HTMLElement).focus({ preventScroll: true });
  };
  const drag = (event: PointerEvent): void => {
    const hold = held.current;
    if (hold === null || hold.pointer !== event.pointerId) return;
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;
    const column = ((board.current?.clientWidth ?? 0) + gapPixels) / dashboardLimits.dashboardColumns;
    const across = Math.round((event.clientX - hold.x) / column);
    const along = Math.round((event.clientY - hold.y) / ((rowPixels + gapPixels) * rem));
    const { x, y, w, h } = hold.from;
    const to = hold.resize ? { x, y, w: w + across, h: h + along } : { x: x + across, y: y + along, w, h };
    const now = fitted(tile.kind, to);
    if (now.x === tile.x && now.y === tile.y && now.w === tile.w && now.h === tile.h) return;
    onPlace(tile.id, to, hold.moved);
    hold.moved = true;
  };
  const release = (): void => {
    held.current = null;
    setHeld(false);
  };
  const handlers = (resize: boolean) => ({
    onPointerDown: (event: PointerEvent) => take(event, resize),
    onPointerMove: drag,
    onPointerUp: release,
    onPointerCancel: release,
    onKeyDown,
  });

  return (
    <section
      className={`${styles.tile} ${isHeld ? styles.held : ''}`}
      aria-label={title}
      data-tile={tile.id}
      style={
        narrow
          ? {}
          : { gridColumn: `${tile.x + 1} / span ${tile.w}`, gridRow: `${tile.y + 1} / span ${tile.h}` }
      }
    >
      <header className={styles.tileHead}>
        {canPlace ? (
          <button
            type="button"
            className={styles.grip}
            aria-label={words('dashboard.move', { title })}
            title={words('dashboard.move', { title })}
            {...handlers(false)}
          >
            <GripVertical size={18} aria-hidden="true" />
          </button>
        ) : null}
        <h2 className={styles.tileTitle} title={title}>
          {title}
        </h2>
        {editing === undefined ? null : (
          <>
            <Button
              kind="quiet"
              icon={<Settings2 size={16} />}
              label={`${words('dashboard.settings')}: ${title}`}
              onPress={() => editing.onOpen(tile.id)}
            />
            <Button
              kind="quiet"
              icon={<X size={16} />}
              label={`${words('dashboard.removeTile')}: ${title}`}
              onPress={() => editing.onRemove(tile.id)}
            />
          </>
        )}
      </header>
      <div className={styles.tileBody}>
        <TileContent tile={tile} />
      </div>
      {canPlace ? (
        <button
          type="button"
          className={styles.corner}
          aria-label={words('dashboard.resize', { title })}
          title={words('dashboard.resize', { title })}
          {...handlers(true)}
          onKeyDown={(event) => {
            const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
              event.key
            ];
            if (step === undefined) return;
            onPlace(tile.id, { x: tile.x, y: tile.y, w: tile.w + step[0]!, h: tile.h + step[1]! }, false);
            event.preventDefault();
          }}
        />
      ) : null}
    </section>
  );
}

/** A step down goes past what stands below: a single row would only be pulled up again. */
function down(top: number, step: number, height: number): number {
  return step > 0 ? top + height : top + step;
}
