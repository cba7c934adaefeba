import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronRight, LoaderCircle } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import styles from './check-tree.module.css';
import { handleTreeKey } from './tree-keys.ts';

/** One line of a tree as it is seen now: children of closed nodes are not among the lines. */
export interface CheckLine {
  id: string;
  /** 0 at the top. */
  depth: number;
  label: string;
  /** Small print under the label. */
  detail?: string;
  /** What stands at the end of the line: a value, a type. */
  note?: ReactNode;
  /** Undefined where there is nothing below. */
  open?: boolean;
  loading?: boolean;
  /** Undefined where the line cannot be chosen. */
  checked?: boolean | 'mixed';
}

const virtualFrom = 120;
const lineHeight = 44;

/**
 * A tree whose nodes are chosen by check boxes and whose children may come later: up and down move, right opens or goes in,
 * left closes or goes out, the space bar checks, Enter opens or, at a leaf, checks. After the ARIA pattern of a tree with
 * checked items. The caller holds what is open and what is checked.
 */
export function CheckTree({
  label,
  lines,
  onOpen,
  onCheck,
  checkLabel,
}: {
  label: string;
  lines: readonly CheckLine[];
  onOpen: (id: string, open: boolean) => void;
  onCheck: (id: string, checked: boolean) => void;
  /** Title of a check box, for those who point at it. */
  checkLabel: (line: CheckLine) => string;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const [focusId, setFocusId] = useState<string>();
  const long = lines.length > virtualFrom;
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    getItemKey: (index) => lines[index]!.id,
    overscan: 12,
    enabled: long,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another set of lines is measured anew
  useLayoutEffect(() => virtualizer.measure(), [lines.length, virtualizer]);
  const current = Math.max(
    0,
    lines.findIndex((line) => line.id === focusId),
  );

  const go = (index: number) => {
    const line = lines[Math.min(lines.length - 1, Math.max(0, index))];
    if (line === undefined) return;
    setFocusId(line.id);
    if (long) virtualizer.scrollToIndex(lines.indexOf(line));
    requestAnimationFrame(() => {
      scroller.current
        ?.querySelector<HTMLElement>(`[data-line="${CSS.escape(line.id)}"]`)
        ?.focus({ preventScroll: long });
    });
  };
  const check = (line: CheckLine) => {
    if (line.checked !== undefined) onCheck(line.id, line.checked !== true);
  };
  const onKeyDown = (event: KeyboardEvent) =>
    handleTreeKey(event, {
      count: lines.length,
      current,
      line: (index) => lines[index]!,
      go,
      setOpen: (index, open) => onOpen(lines[index]!.id, open),
      act: (key) => {
        const line = lines[current]!;
        if (key === ' ' || line.open === undefined) check(line);
        else onOpen(line.id, !line.open);
      },
    });

  const renderLine = (line: CheckLine, index: number, start?: number) => (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree above handles the keys of all lines
    <div
      key={line.id}
      ref={start === undefined ? undefined : virtualizer.measureElement}
      data-index={index}
      data-line={line.id}
      role="treeitem"
      aria-level={line.depth + 1}
      aria-expanded={line.open}
      aria-checked={line.checked}
      aria-selected={line.checked === undefined ? undefined : line.checked === true}
      aria-busy={line.loading === true ? true : undefined}
      tabIndex={index === current ? 0 : -1}
      className={`${styles.line} ${line.checked === true ? styles.checked : ''}`}
      style={{
        paddingLeft: `${0.25 + Math.min(line.depth, 10) * 1.1}rem`,
        ...(start === undefined ? {} : { transform: `translateY(${start}px)` }),
      }}
      onFocus={(event) => {
        if (event.target === event.currentTarget) setFocusId(line.id);
      }}
      onClick={() => {
        setFocusId(line.id);
        if (line.open === undefined) check(line);
        else onOpen(line.id, !line.open);
      }}
    >
      <span className={`${styles.twist} ${line.open === true ? styles.open : ''}`} aria-hidden="true">
        {line.loading === true ? (
          <LoaderCircle size={16} className={styles.turning} />
        ) : line.open === undefined ? null : (
          <ChevronRight size={18} />
        )}
      </span>
      {line.checked === undefined ? null : (
        <span
          className={styles.box}
          data-checked={line.checked}
          aria-hidden="true"
          title={checkLabel(line)}
          onClick={(event) => {
            event.stopPropagation();
            setFocusId(line.id);
            check(line);
          }}
        >
          {line.checked === true ? '✓' : line.checked === 'mixed' ? '–' : ''}
        </span>
      )}
      <span className={styles.label}>
        <span className={styles.name}>{line.label}</span>
        {line.detail === undefined || line.detail === '' ? null : (
          <span className={styles.detail} title={line.detail}>
            {line.detail}
          </span>
        )}
      </span>
      {line.note === undefined ? null : <span className={styles.note}>{line.note}</span>}
    </div>
  );

  return (
    <div
      ref={scroller}
      role="tree"
      aria-label={label}
      aria-multiselectable="true"
      className={`${styles.tree} ${long ? styles.long : ''}`}
      onKeyDown={onKeyDown}
    >
      {long ? (
        <div role="presentation" className={styles.virtual} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer
            .getVirtualItems()
            .map((item) => renderLine(lines[item.index]!, item.index, item.start))}
        </div>
      ) : (
        lines.map((line, index) => renderLine(line, index))
      )}
    </div>
  );
}
