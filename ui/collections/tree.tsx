import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronRight } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import styles from './tree.module.css';
import { handleTreeKey } from './tree-keys.ts';

export interface TreeNode {
  id: string;
  /** Id of the node above; undefined at the top. */
  parent: string | undefined;
  label: string;
  /** Counts or marks at the end of the line. */
  note?: ReactNode;
}

interface Line {
  node: TreeNode;
  depth: number;
  hasChildren: boolean;
  open: boolean;
  position: number;
  siblings: number;
}

const virtualFrom = 150;
const lineHeight = 36;

/** A tree after the ARIA pattern: up and down move, right opens or goes in, left closes or goes out, Enter chooses. */
export function Tree({
  label,
  nodes,
  selected,
  onSelect,
  renderLabel,
  openDepth = 1,
}: {
  label: string;
  /** In the order shown; a node stands after its parent. */
  nodes: readonly TreeNode[];
  selected: string | undefined;
  onSelect: (id: string) => void;
  renderLabel?: (node: TreeNode) => ReactNode;
  /** Nodes above this depth are open at first. */
  openDepth?: number;
}) {
  const [changed, setChanged] = useState<ReadonlyMap<string, boolean>>(new Map());
  const [focusId, setFocusId] = useState<string>();
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useMemo(
    () => linesOf(nodes, changed, selected, openDepth),
    [nodes, changed, selected, openDepth],
  );
  const long = lines.length > virtualFrom;
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => lineHeight,
    getItemKey: (index) => lines[index]!.node.id,
    overscan: 10,
    enabled: long,
  });
  const current = Math.max(
    0,
    lines.findIndex((line) => line.node.id === (focusId ?? selected)),
  );

  const toggle = (id: string, open: boolean) => setChanged(new Map(changed).set(id, open));
  const go = (index: number) => {
    const line = lines[Math.min(lines.length - 1, Math.max(0, index))];
    if (line === undefined) return;
    setFocusId(line.node.id);
    if (long) virtualizer.scrollToIndex(lines.indexOf(line));
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(line.node.id)}"]`)?.focus();
    });
  };
  const onKeyDown = (event: KeyboardEvent) =>
    handleTreeKey(event, {
      count: lines.length,
      current,
      line: (index) => {
        const { node, depth, hasChildren, open } = lines[index]!;
        return { label: node.label, depth, open: hasChildren ? open : undefined };
      },
      go,
      setOpen: (index, open) => toggle(lines[index]!.node.id, open),
      act: () => onSelect(lines[current]!.node.id),
    });

  const renderLine = (line: Line, index: number, style?: { transform: string }) => (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree above handles the keys of all lines
    <div
      key={line.node.id}
      data-node={line.node.id}
      role="treeitem"
      aria-level={line.depth + 1}
      aria-setsize={line.siblings}
      aria-posinset={line.position}
      aria-expanded={line.hasChildren ? line.open : undefined}
      aria-selected={line.node.id === selected}
      tabIndex={index === current ? 0 : -1}
      className={`${styles.line} ${line.node.id === selected ? styles.selected : ''}`}
      style={{ ...style, paddingLeft: `${0.25 + line.depth * 0.9}rem` }}
      onClick={() => {
        setFocusId(line.node.id);
        onSelect(line.node.id);
      }}
    >
      {line.hasChildren ? (
        <span
          className={`${styles.twist} ${line.open ? styles.open : ''}`}
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            toggle(line.node.id, !line.open);
          }}
        >
          <ChevronRight size={16} />
        </span>
      ) : (
        <span className={styles.twist} />
      )}
      <span className={styles.label} title={line.node.label}>
        {renderLabel === undefined ? line.node.label : renderLabel(line.node)}
      </span>
      {line.node.note === undefined ? null : <span className={styles.note}>{line.node.note}</span>}
    </div>
  );

  return (
    <div
      ref={scroller}
      role="tree"
      aria-label={label}
      className={long ? styles.long : styles.tree}
      onKeyDown={onKeyDown}
    >
      {long ? (
        <div role="presentation" className={styles.virtual} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer
            .getVirtualItems()
            .map((item) =>
              renderLine(lines[item.index]!, item.index, { transform: `translateY(${item.start}px)` }),
            )}
        </div>
      ) : (
        lines.map((line, index) => renderLine(line, index))
      )}
    </div>
  );
}

/** The lines in sight: children of open nodes, and the way to the selected one. */
function linesOf(
  nodes: readonly TreeNode[],
  changed: ReadonlyMap<string, boolean>,
  selected: string | undefined,
  openDepth: number,
): Line[] {
  const ids = new Set(nodes.map((node) => node.id));
  const children = new Map<string | undefined, TreeNode[]>();
  const parents = new Map<string, string | undefined>();
  for (const node of nodes) {
    const parent = node.parent !== undefined && ids.has(node.parent) ? node.parent : undefined;
    parents.set(node.id, parent);
    const list = children.get(parent);
    if (list === undefined) children.set(parent, [node]);
    else list.push(node);
  }
  const onTheWay = new Set<string>();
  for (
    let id = selected === undefined ? undefined : parents.get(selected);
    id !== undefined;
    id = parents.get(id)
  ) {
    if (onTheWay.has(id)) break;
    onTheWay.add(id);
  }
  const lines: Line[] = [];
  const walk = (parent: string | undefined, depth: number) => {
    const list = children.get(parent) ?? [];
    list.forEach((node, index) => {
      const hasChildren = children.has(node.id);
      const open = hasChildren && (changed.get(node.id) ?? (depth < openDepth || onTheWay.has(node.id)));
      lines.push({ node, depth, hasChildren, open, position: index + 1, siblings: list.length });
      if (open) walk(node.id, depth + 1);
    });
  };
  walk(undefined, 0);
  return lines;
}
