import type { SessionInfo } from '@millrace/contract';
import { Button, type Column, EmptyState, Instant, notify, Since, Table } from '@millrace/ui';
import { useQueryClient } from '@tanstack/react-query';
import { LogOut } from 'lucide-react';
import { useMemo } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';

/** Sessions that are open; `all`: everybody's. */
export function SessionList({ sessions, all }: { sessions: readonly SessionInfo[]; all: boolean }) {
  const words = useConsoleWords();
  const queryClient = useQueryClient();
  const columns = useMemo<Column<SessionInfo>[]>(() => {
    const end = (one: SessionInfo) => {
      const params = { path: { session: one.id } };
      take(
        all
          ? api.DELETE('/api/sessions/{session}', { params })
          : api.DELETE('/api/account/sessions/{session}', { params }),
      )
        .then(
          () => notify({ kind: 'info', title: words('access.sessions.ended') }),
          (error: unknown) => notify({ kind: 'error', title: problemWords(error, words).title }),
        )
        .finally(() => void queryClient.invalidateQueries({ queryKey: ['access'] }));
    };
    return [
      {
        id: 'agent',
        title: words(all ? 'access.sessions.user' : 'access.sessions.agent'),
        phone: 'title',
        width: 'minmax(9rem, 2fr)',
        value: (one) => (all ? one.user : one.agent),
        render: (one) => (
          <span title={one.agent}>
            {all ? one.user : shortAgent(one.agent)}
            {one.own ? ` · ${words('access.sessions.own')}` : ''}
          </span>
        ),
      },
      {
        id: 'from',
        title: words('access.sessions.from'),
        width: 'minmax(7rem, 1fr)',
        value: (one) => one.address,
        render: (one) => <span title={one.agent}>{one.address}</span>,
      },
      {
        id: 'since',
        title: words('access.sessions.since'),
        width: 'minmax(9rem, 1fr)',
        value: (one) => one.created,
        render: (one) => <Instant time={one.created} />,
      },
      {
        id: 'used',
        title: words('access.sessions.used'),
        width: 'minmax(7rem, 1fr)',
        value: (one) => one.lastUsed,
        render: (one) => <Since time={one.lastUsed} />,
      },
      {
        id: 'end',
        title: '',
        width: '7rem',
        align: 'end',
        render: (one) => (
          <Button kind="act" icon={<LogOut size={16} />} onPress={() => end(one)}>
            {words('access.sessions.end')}
          </Button>
        ),
      },
    ];
  }, [words, all, queryClient]);
  return (
    <Table
      label={words('access.sessions.title')}
      columns={columns}
      rows={sessions}
      rowKey={(one) => one.id}
      empty={<EmptyState title={words('access.sessions.none')} />}
    />
  );
}

/** The part of what a browser calls itself that people know. */
function shortAgent(agent: string): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\/[\d.]+/.exec(agent)?.[0];
  const system = /\(([^);]+)/.exec(agent)?.[1];
  return browser === undefined
    ? agent.slice(0, 60)
    : `${browser}${system === undefined ? '' : ` · ${system}`}`;
}
