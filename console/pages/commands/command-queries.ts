import type { Command, CommandUpdate, Lease, SetPointGroup, ThingControl } from '@millrace/contract';
import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, take } from '../../api/client.ts';

const seconds = 1000;
/** The stream tells of changes; asking again is only for what it could miss. */
const againMilliseconds = 10 * seconds;
/** What comes in one moment is shown in one go. */
const settleMilliseconds = 120;

export interface CommandFilter {
  thing?: string;
  state?: string;
  text?: string;
  offset?: number;
  limit?: number;
}

export const commandsQuery = (filter: CommandFilter) =>
  queryOptions({
    queryKey: ['commands', filter],
    queryFn: async () =>
      (await take(api.GET('/api/commands', { params: { query: filter } }))) as unknown as {
        commands: Command[];
        more: boolean;
      },
    refetchInterval: againMilliseconds,
  });

export const commandQuery = (id: string) =>
  queryOptions({
    queryKey: ['command', id],
    queryFn: async () =>
      (await take(
        api.GET('/api/commands/{command}', { params: { path: { command: id } } }),
      )) as unknown as Command,
    refetchInterval: (query) => (query.state.data?.final === true ? false : 2 * seconds),
  });

export const controlQuery = (thing: string) =>
  queryOptions({
    queryKey: ['control', thing],
    queryFn: async () =>
      (await take(
        api.GET('/api/things/{id}/control', { params: { path: { id: thing } } }),
      )) as unknown as ThingControl,
    refetchInterval: 5 * seconds,
  });

export const groupsQuery = queryOptions({
  queryKey: ['set-point-groups'],
  queryFn: async () => (await take(api.GET('/api/set-point-groups'))) as unknown as SetPointGroup[],
  refetchInterval: againMilliseconds,
});

export const leasesQuery = queryOptions({
  queryKey: ['leases'],
  queryFn: async () => (await take(api.GET('/api/leases'))) as unknown as Lease[],
  refetchInterval: againMilliseconds,
});

/** Follows commands, leases and groups (of one thing, or all) while the component is there. */
export function useCommandUpdates(thing: string | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    const query = thing === undefined ? '' : `?thing=${encodeURIComponent(thing)}`;
    const source = new EventSource(`/api/commands/live${query}`, { withCredentials: true });
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const stale = new Set<string>();
    const ask = (key: string): void => {
      stale.add(key);
      waiting ??= setTimeout(() => {
        waiting = undefined;
        for (const one of stale) void client.invalidateQueries({ queryKey: [one] });
        stale.clear();
      }, settleMilliseconds);
    };
    source.onmessage = (event) => {
      const update = JSON.parse(event.data as string) as CommandUpdate;
      if (update.command !== undefined) {
        client.setQueryData(['command', update.command.id], update.command);
        ask('commands');
      }
      if (update.lease !== undefined) {
        ask('leases');
        ask('control');
      }
      if (update.group !== undefined) ask('set-point-groups');
    };
    return () => {
      clearTimeout(waiting);
      source.close();
    };
  }, [client, thing]);
}
