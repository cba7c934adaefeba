import type { BrowseNode } from '@millrace/contract';

/** What is known of the nodes below one: on its way, there, or not to be had. */
export type Branch =
  | { state: 'loading' }
  | { state: 'done'; nodes: readonly BrowseNode[] }
  | { state: 'failed'; error: unknown };

/** The top of what a terminal offers. */
export const top = '';

/** Branches by id of the node above them. */
export type Branches = ReadonlyMap<string, Branch>;

export interface TreeLine {
  /** Ids of the nodes on the way, so that a node reached by two ways is two lines. */
  path: string;
  node: BrowseNode;
  depth: number;
  open: boolean | undefined;
  loading: boolean;
  checked: boolean | 'mixed' | undefined;
}

const depthMax = 24;
const linesMax = 20_000;
const separator = '\u0001';

/**
 * The lines of the tree in sight. With `text` all loaded nodes that hold it, under what they are in, whatever is open. A folder is
 * checked when all it holds that is loaded is chosen, and mixed when some is.
 */
export function linesOf(
  branches: Branches,
  open: ReadonlySet<string>,
  chosen: ReadonlySet<string>,
  text = '',
): TreeLine[] {
  const lines: TreeLine[] = [];
  const wanted = text.trim().toLowerCase();
  const walk = (above: string, path: string, depth: number, ancestors: ReadonlySet<string>): boolean => {
    const branch = branches.get(above);
    if (branch?.state !== 'done' || depth > depthMax) return false;
    let found = false;
    for (const node of branch.nodes) {
      if (lines.length >= linesMax) return found;
      const own = path === '' ? node.id : `${path}${separator}${node.id}`;
      const below = branches.get(node.id);
      const at = lines.length;
      const line: TreeLine = {
        path: own,
        node,
        depth,
        open: node.hasChildren ? open.has(own) : undefined,
        loading: below?.state === 'loading',
        checked: checkedOf(branches, node, chosen),
      };
      lines.push(line);
      const goes = !ancestors.has(node.id) && (wanted === '' ? line.open === true : node.hasChildren);
      const inside = goes && walk(node.id, own, depth + 1, new Set([...ancestors, node.id]));
      const matches = wanted === '' || `${node.name} ${titleText(node)}`.toLowerCase().includes(wanted);
      if (!matches && !inside) lines.length = at;
      else {
        found = true;
        if (wanted !== '' && inside) line.open = true;
      }
    }
    return found;
  };
  walk(top, '', 0, new Set());
  return lines;
}

function titleText(node: BrowseNode): string {
  const affordance = node.affordance as { title?: string; titles?: Record<string, string> } | undefined;
  return [affordance?.title ?? '', ...Object.values(affordance?.titles ?? {})].join(' ');
}

function checkedOf(
  branches: Branches,
  node: BrowseNode,
  chosen: ReadonlySet<string>,
): boolean | 'mixed' | undefined {
  if (node.kind !== 'folder') return node.affordance === undefined ? undefined : chosen.has(node.id);
  const leaves = leavesBelow(branches, node.id);
  if (leaves.length === 0)
    return branches.get(node.id)?.state === 'done' && !hasFolders(branches, node.id) ? undefined : false;
  const count = leaves.filter((leaf) => chosen.has(leaf.id)).length;
  // What is not read yet may hold more: only a folder known to its end is wholly chosen.
  return count === 0
    ? false
    : count === leaves.length && unreadBelow(branches, node.id).length === 0
      ? true
      : 'mixed';
}

function hasFolders(branches: Branches, id: string): boolean {
  const branch = branches.get(id);
  return branch?.state === 'done' && branch.nodes.some((node) => node.kind === 'folder');
}

/** Everything that can be chosen in a folder and in the folders below, as far as it is loaded. Other readings of a value are not among it. */
export function leavesBelow(branches: Branches, folder: string): BrowseNode[] {
  const leaves: BrowseNode[] = [];
  const seen = new Set<string>();
  const walk = (id: string, depth: number) => {
    const branch = branches.get(id);
    if (branch?.state !== 'done' || seen.has(id) || depth > depthMax) return;
    seen.add(id);
    for (const node of branch.nodes) {
      if (node.kind === 'folder') walk(node.id, depth + 1);
      else if (node.kind === 'property' && node.affordance !== undefined) leaves.push(node);
    }
  };
  walk(folder, 0);
  return leaves;
}

/** Folders below one that have not been read, the nearest first. */
export function unreadBelow(branches: Branches, folder: string): string[] {
  const unread: string[] = [];
  const seen = new Set<string>();
  const next = [folder];
  for (let id = next.shift(); id !== undefined; id = next.shift()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const branch = branches.get(id);
    if (branch === undefined) unread.push(id);
    else if (branch.state === 'done') {
      next.push(
        ...branch.nodes.filter((node) => node.kind === 'folder' && node.hasChildren).map((node) => node.id),
      );
    }
  }
  return unread;
}

/** The node at the end of a line's path. */
export const nodeIdOf = (path: string): string => path.slice(path.lastIndexOf(separator) + 1);
