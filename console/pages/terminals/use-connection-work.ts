import type { ConnectionInput } from '@millrace/contract';
import { notify } from '@millrace/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api, type Schemas, take } from '../../api/client.ts';
import { connectionsQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import { usePeerWords } from './peer-problem.tsx';

type Connection = Schemas['Connection'];

/** A listener of the platform's own: it comes with the settings of the server and cannot be changed or removed here. */
export const isOwn = (one: Connection): boolean => one.protocol === 'mqtt';

/** What can be done with a connection. Each tells its outcome and reads the list anew. */
export function useConnectionWork() {
  const words = useConsoleWords();
  const peerWords = usePeerWords();
  const queryClient = useQueryClient();
  const run = useCallback(
    async (work: Promise<unknown>, done: string): Promise<boolean> => {
      try {
        await work;
        notify({ kind: 'info', title: done });
        return true;
      } catch (error) {
        const problem = peerWords(error);
        notify({
          kind: 'error',
          title: problem.title,
          ...(problem.why === undefined ? {} : { detail: problem.why }),
        });
        return false;
      } finally {
        await queryClient.invalidateQueries({ queryKey: connectionsQuery.queryKey });
      }
    },
    [peerWords, queryClient],
  );
  const path = (one: Connection) => ({ params: { path: { id: one.id } } });
  return {
    restart: (one: Connection) =>
      run(
        take(api.POST('/api/connections/{id}/restart', path(one))),
        words('terminal.work.restarted', { connection: one.title }),
      ),
    enable: (one: Connection, enabled: boolean) =>
      run(
        take(
          api.PUT('/api/connections/{id}', {
            ...path(one),
            body: {
              protocol: one.protocol,
              title: one.title,
              startup: one.startup,
              settings: one.settings,
              enabled,
            } satisfies ConnectionInput as never,
          }),
        ),
        words(enabled ? 'terminal.work.enabled' : 'terminal.work.disabled', { connection: one.title }),
      ),
    remove: (one: Connection) =>
      run(
        take(api.DELETE('/api/connections/{id}', path(one))),
        words('terminal.work.removed', { connection: one.title }),
      ),
  };
}
