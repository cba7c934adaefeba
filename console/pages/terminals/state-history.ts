import type { Connection, ConnectionState } from '@millrace/contract';
import { connectionsQuery } from '../../api/queries.ts';
import { queryClient } from '../../shell/session.ts';

/** Changes of one connection kept; the oldest go first. */
export const changesMax = 50;

export interface StateChange {
  state: ConnectionState;
  /** RFC 3339, as the platform gave it. */
  since: string;
}

const seen = new Map<string, StateChange[]>();

/** Notes what the platform says of its connections now. Called with every answer; equal states add nothing. */
export function noteStates(connections: readonly Pick<Connection, 'id' | 'state' | 'since'>[]): void {
  const there = new Set<string>();
  for (const { id, state, since } of connections) {
    there.add(id);
    const changes = seen.get(id) ?? [];
    const last = changes.at(-1);
    // Each try in vain is told anew by the platform; for a reader it is one stretch, from its first.
    if (last?.state === state) continue;
    changes.push({ state, since });
    seen.set(id, changes.slice(-changesMax));
  }
  for (const id of seen.keys()) if (!there.has(id)) seen.delete(id);
}

/** The states of a connection since this console began to look, the latest first. */
export function statesOf(id: string): readonly StateChange[] {
  return [...(seen.get(id) ?? [])].reverse();
}

/** Every answer about connections is noted, whichever page asked for it. */
queryClient.getQueryCache().subscribe((event) => {
  if (event.type !== 'updated' || event.query.queryKey[0] !== connectionsQuery.queryKey[0]) return;
  const connections = event.query.state.data as readonly Connection[] | undefined;
  if (connections !== undefined) noteStates(connections);
});
