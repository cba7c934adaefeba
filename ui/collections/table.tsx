import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp, Download } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../controls/button.tsx';
import { formatCount } from '../values/number.ts';
import { useUiWords } from '../words/index.ts';
import { useLanguage } from '../words/typed.ts';
import { csvText, fileName, saveText } from './csv.ts';
import styles from './table.module.css';

export interface Column<R> {
  id: string;
  title: string;
  render: (row: R) => ReactNode;
  /** What it is sorted by and what stands in the CSV. Without it the column can do neither. */
  value?: (row: R) => string | number | boolean | undefined;
  /** Track of the grid: `minmax(8rem, 2fr)`, `6rem`. */
  width?: string;
  align?: 'end';
  /** On a phone each row is a card: `title` stands first and large, `hide` is left out, others are named lines. */
  phone?: 'title' | 'hide' | 'line' | 'plain';
}

export interface Sort {
  column: string;
  descending: boolean;
}

/** From this many rows on only those in sight are in the document. */
const virtualFrom = 80;

/**
 * A table of any length: columns sort, arrow keys go from row to row, Enter opens. Long ones scroll in themselves and keep only
 * the rows in sight in the document; on a phone a row is a card.
 */
export function Table<R>({
  label,
  columns,
  rows,
  rowKey,
  onOpen,
  rowClass,
  sort: givenSort,
  onSort,
  empty,
  csv,
  rowHeight = 48,
  fill = false,
}: {
  label: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string;
  onOpen?: (row: R) => void;
  rowClass?: (row: R) => string | undefined;
  /** Order kept by the caller (in the URL). Without it the table keeps its own; rows come as given until somebody sorts. */
  sort?: Sort | undefined;
  onSort?: (sort: Sort | undefined) => void;
  empty?: ReactNode;
  /** Name of the CSV file; shows a button for it. */
  csv?: string;
  rowHeight?: number;
  /** Takes the height that its place gives, and scrolls in itself. */
  fill?: boolean;
}) {
  const words = useUiWords();
  const language = useLanguage();
  const helpId = useId();
  const [ownSort, setOwnSort] = useState<Sort>();
  const sort = onSort === undefined ? ownSort : givenSort;
  const setSort = onSort ?? setOwnSort;
  const scroller = useRef<HTMLDivElement>(null);
  const [focusKey, setFocusKey] = useState<string>();
  const phone = useNarrow(scroller);

  const sorted = useMemo(() => sortRows(rows, columns, sort, language), [rows, columns, sort, language]);
  const long = fill || sorted.length > virtualFrom;
  const virtualizer = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (phone ? 40 + columns.length * 26 : rowHeight),
    getItemKey: (index) => rowKey(sorted[index]!),
    overscan: 8,
    enabled: long,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows change their height with the layout
  useLayoutEffect(() => virtualizer.measure(), [phone, virtualizer, columns.length]);

  const template = columns.map((column) => column.width ?? 'minmax(6rem, 1fr)').join(' ');
  const focusIndex = Math.max(
    0,
    sorted.findIndex((row) => rowKey(row) === focusKey),
  );

  const go = (index: number) => {
    const to = Math.min(sorted.length - 1, Math.max(0, index));
    const row = sorted[to];
    if (row === undefined) return;
    const key = rowKey(row);
    setFocusKey(key);
    if (long) virtualizer.scrollToIndex(to, { align: 'auto' });
    requestAnimationFrame(() => {
      scroller.current
        ?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`)
        ?.focus({ preventScroll: long });
    });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (!(event.target instanceof HTMLElement) || event.target.dataset['row'] === undefined) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / rowHeight) - 2);
    const steps: Record<string, number> = {
      ArrowDown: focusIndex + 1,
      ArrowUp: focusIndex - 1,
      PageDown: focusIndex + page,
      PageUp: focusIndex - page,
      Home: 0,
      End: sorted.length - 1,
    };
    const to = steps[event.key];
    if (to !== undefined) {
      event.preventDefault();
      go(to);
    } else if (event.key === 'Enter' && onOpen !== undefined) {
      const row = sorted[focusIndex];
      if (row !== undefined) onOpen(row);
    }
  };

  const renderRow = (row: R, index: number, style?: { transform: string }) => {
    const key = rowKey(row);
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the grid above handles the keys of all rows
      // biome-ignore lint/a11y/useSemanticElements: rows of a virtual list are placed by hand, which table rows cannot be
      <div
        key={key}
        ref={style === undefined ? undefined : virtualizer.measureElement}
        data-index={index}
        data-row={key}
        role="row"
        aria-rowindex={index + 2}
        tabIndex={index === focusIndex ? 0 : -1}
        className={`${styles.row} ${onOpen === undefined ? '' : styles.open} ${rowClass?.(row) ?? ''}`}
        style={{ ...style, gridTemplateColumns: phone ? undefined : template }}
        onFocus={(event) => {
          if (event.target === event.currentTarget) setFocusKey(key);
        }}
        onClick={(event) => {
          if (onOpen === undefined || pressedInside(event.target as Element, event.currentTarget)) return;
          // Selecting text to copy it is no wish to leave the page.
          if ((window.getSelection()?.toString() ?? '') === '') onOpen(row);
        }}
      >
        {columns.map((column) =>
          phone && column.phone === 'hide' ? null : (
            // biome-ignore lint/a11y/useSemanticElements: see the row
            // biome-ignore lint/a11y/useFocusableInteractive: focus goes from row to row
            <div
              key={column.id}
              role="gridcell"
              className={`${styles.cell} ${column.align === 'end' ? styles.end : ''} ${phone && column.phone === 'title' ? styles.cardTitle : ''}`}
            >
              {phone && column.phone !== 'title' && column.phone !== 'plain' ? (
                <span className={styles.cardName}>{column.title}</span>
              ) : null}
              <div className={styles.content}>{column.render(row)}</div>
            </div>
          ),
        )}
      </div>
    );
  };

  if (rows.length === 0 && empty !== undefined) return <div className={styles.emptyBox}>{empty}</div>;

  return (
    <div className={`${styles.frame} ${fill ? styles.fill : ''}`}>
      {/* biome-ignore lint/a11y/useSemanticElements: a virtual list cannot be a table element */}
      <div
        ref={scroller}
        role="grid"
        aria-label={label}
        aria-rowcount={sorted.length + 1}
        aria-colcount={columns.length}
        aria-describedby={onOpen === undefined ? undefined : helpId}
        className={`${styles.scroller} ${long ? styles.long : ''} ${phone ? styles.phone : ''}`}
        onKeyDown={onKeyDown}
      >
        {/* biome-ignore lint/a11y/useSemanticElements: see the grid */}
        {/* biome-ignore lint/a11y/useFocusableInteractive: its buttons take the focus */}
        <div role="row" aria-rowindex={1} className={styles.head} style={{ gridTemplateColumns: template }}>
          {columns.map((column) => {
            const active = sort?.column === column.id;
            return (
              // biome-ignore lint/a11y/useSemanticElements: see the grid
              // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus
              <div
                key={column.id}
                role="columnheader"
                aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : undefined}
                className={`${styles.headCell} ${column.align === 'end' ? styles.end : ''}`}
              >
                {column.value === undefined ? (
                  column.title
                ) : (
                  <button
                    type="button"
                    className={styles.sort}
                    title={words('table.sorted', { column: column.title })}
                    onClick={() =>
                      setSort(
                        !active
                          ? { column: column.id, descending: false }
                          : sort.descending
                            ? undefined
                            : { column: column.id, descending: true },
                      )
                    }
                  >
                    {column.title}
                    {active ? sort.descending ? <ArrowDown size={14} /> : <ArrowUp size={14} /> : null}
                  </button>
                )}
              </div>
            );
          })}
        </div>
        {long ? (
          <div role="presentation" className={styles.virtual} style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer
              .getVirtualItems()
              .map((item) =>
                renderRow(sorted[item.index]!, item.index, { transform: `translateY(${item.start}px)` }),
              )}
          </div>
        ) : (
          sorted.map((row, index) => renderRow(row, index))
        )}
      </div>
      <div className={styles.foot}>
        <span>
          {words('table.rows', { count: sorted.length }).replace(
            String(sorted.length),
            formatCount(sorted.length, language),
          )}
        </span>
        {csv === undefined ? null : (
          <Button
            kind="quiet"
            icon={<Download size={16} />}
            onPress={() => {
              const shown = columns.filter((column) => column.value !== undefined);
              saveText(
                `${fileName(csv)}.csv`,
                csvText(
                  shown.map((column) => column.title),
                  sorted.map((row) => shown.map((column) => column.value!(row))),
                ),
              );
            }}
          >
            {words('action.csv')}
          </Button>
        )}
        {onOpen === undefined ? null : (
          <span id={helpId} className="visually-hidden">
            {words('table.open')}
          </span>
        )}
      </div>
    </div>
  );
}

/** True where a press met something in the row that does something itself. */
function pressedInside(target: Element, row: Element): boolean {
  const active = target.closest('a, button, input, select, textarea, label, summary');
  return active !== null && row.contains(active);
}

function sortRows<R>(
  rows: readonly R[],
  columns: readonly Column<R>[],
  sort: Sort | undefined,
  language: string,
): readonly R[] {
  const value = columns.find((column) => column.id === sort?.column)?.value;
  if (sort === undefined || value === undefined) return rows;
  const collator = new Intl.Collator(language === 'zh' ? 'zh-CN' : 'en', { numeric: true });
  const direction = sort.descending ? -1 : 1;
  return rows
    .map((row) => ({ row, key: value(row) }))
    .sort((a, b) => {
      // What has no value stands at the end in either order.
      if (a.key === undefined || b.key === undefined)
        return a.key === b.key ? 0 : a.key === undefined ? 1 : -1;
      if (typeof a.key === 'string' && typeof b.key === 'string')
        return direction * collator.compare(a.key, b.key);
      return direction * (Number(a.key) - Number(b.key));
    })
    .map(({ row }) => row);
}

/** True while the element is too narrow for columns. Measured, as a table also stands beside other things. */
function useNarrow(element: { current: HTMLElement | null }): boolean {
  const [narrow, setNarrow] = useState(() => typeof window !== 'undefined' && window.innerWidth < 640);
  useLayoutEffect(() => {
    const observed = element.current;
    if (observed === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setNarrow(entry.contentRect.width < 35 * rem());
    });
    observer.observe(observed);
    return () => observer.disconnect();
  }, [element]);
  return narrow;
}

function rem(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
}
