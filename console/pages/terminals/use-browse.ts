import type { BrowseNode } from '@millrace/contract';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api, take } from '../../api/client.ts';
import { type Branch, type Branches, leavesBelow, top, unreadBelow } from './browse-model.ts';

/** Folders read when a whole folder is chosen; what lies deeper is opened by hand. */
export const foldersAtOnceMax = 60;

export interface Browsing {
  branches: Branches;
  open: ReadonlySet<string>;
  setOpen: (path: string, open: boolean) => void;
  /** Reads what is below a node, again if it was read before; the outcome is in `branches`. */
  read: (node: string, quietly?: boolean) => Promise<void>;
  /** Reads a folder with the folders below and gives what can be chosen there. `more`: not all could be read. */
  readAll: (folder: string) => Promise<{ leaves: BrowseNode[]; more: boolean }>;
}

/** What a terminal offers, read node by node with the settings given. It begins anew when these change. */
export function useBrowse(
  protocol: string,
  settings: Record<string, unknown>,
  connection: string | undefined,
): Browsing {
  const key = JSON.stringify([protocol, settings, connection]);
  const [branches, setBranches] = useState<Branches>(new Map());
  const [open, setOpenPaths] = useState<ReadonlySet<string>>(new Set());
  const held = useRef<{ key: string; branches: Map<string, Branch> }>({ key, branches: new Map() });

  useEffect(() => {
    if (held.current.key === key) return;
    held.current = { key, branches: new Map() };
    setBranches(new Map());
    setOpenPaths(new Set());
  }, [key]);

  const put = useCallback(
    (node: string, branch: Branch) => {
      if (held.current.key !== key) return;
      held.current.branches.set(node, branch);
      setBranches(new Map(held.current.branches));
    },
    [key],
  );

  const read = useCallback(
    async (node: string, quietly = false): Promise<void> => {
      const before = held.current.branches.get(node);
      if (before?.state === 'loading') return;
      if (!quietly) put(node, { state: 'loading' });
      const [name, given, known] = JSON.parse(key) as [string, Record<string, unknown>, string | null];
      try {
        const answer = await take(
          api.POST('/api/protocols/{protocol}/browse', {
            params: { path: { protocol: name } },
            body: {
              settings: given,
              ...(known === null ? {} : { connection: known }),
              ...(node === top ? {} : { node }),
            },
          }),
        );
        put(node, { state: 'done', nodes: answer.nodes as BrowseNode[] });
      } catch (error) {
        if (!quietly) put(node, { state: 'failed', error });
      }
    },
    [key, put],
  );

  const readAll = useCallback(
    async (folder: string) => {
      for (let count = 0; count < foldersAtOnceMax; count++) {
        const [next] = unreadBelow(held.current.branches, folder);
        if (next === undefined) break;
        await read(next);
      }
      return {
        leaves: leavesBelow(held.current.branches, folder),
        more: unreadBelow(held.current.branches, folder).length > 0,
      };
    },
    [read],
  );

  const setOpen = useCallback(
    (path: string, next: boolean) =>
      setOpenPaths((before) => {
        const after = new Set(before);
        if (next) after.add(path);
        else after.delete(path);
        return after;
      }),
    [],
  );
  return { branches, open, setOpen, read, readAll };
}
