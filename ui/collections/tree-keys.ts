import type { KeyboardEvent } from 'react';

/** What the keys need to know of one visible line; `open` undefined: nothing below it. */
export interface TreeLine {
  label: string;
  depth: number;
  open?: boolean | undefined;
}

export interface TreeKeys {
  count: number;
  current: number;
  line(index: number): TreeLine;
  go(index: number): void;
  setOpen(index: number, open: boolean): void;
  /** Enter or the space bar on the current line. */
  act(key: 'Enter' | ' '): void;
}

/** The keys of a tree (WAI-ARIA Authoring Practices, tree view): arrows, Home, End, Enter, space, and the first letter of a label. */
export function handleTreeKey(event: KeyboardEvent, tree: TreeKeys): void {
  const { count, current, line, go, setOpen, act } = tree;
  if (current < 0 || current >= count || event.ctrlKey || event.metaKey || event.altKey) return;
  const here = line(current);
  switch (event.key) {
    case 'ArrowDown':
      go(current + 1);
      break;
    case 'ArrowUp':
      go(current - 1);
      break;
    case 'Home':
      go(0);
      break;
    case 'End':
      go(count - 1);
      break;
    case 'ArrowRight':
      if (here.open === false) setOpen(current, true);
      else if (here.open === true) go(current + 1);
      break;
    case 'ArrowLeft':
      if (here.open === true) setOpen(current, false);
      else {
        let above = current - 1;
        while (above >= 0 && line(above).depth >= here.depth) above--;
        if (above >= 0) go(above);
      }
      break;
    case 'Enter':
    case ' ':
      act(event.key);
      break;
    default: {
      if (event.key.length !== 1) return;
      const letter = event.key.toLowerCase();
      for (let step = 1; step < count; step++) {
        const index = (current + step) % count;
        if (!line(index).label.toLowerCase().startsWith(letter)) continue;
        go(index);
        break;
      }
    }
  }
  event.preventDefault();
}
