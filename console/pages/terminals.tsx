import {
  type Column,
  EmptyState,
  ErrorState,
  Page,
  Section,
  Since,
  Skeleton,
  StateBadge,
  Table,
  useLocalText,
} from '@millrace/ui';
import buttonStyles from '@millrace/ui/controls/button.module.css';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Cable, Plus } from 'lucide-react';
import { useMemo } from 'react';
import type { Schemas } from '../api/client.ts';
import { problemWords } from '../api/problem.ts';
import { connectionsQuery } from '../api/queries.ts';
import { useConsoleWords } from '../words/index.ts';

type Connection = Schemas['Connection'];

/** Every connection, whether it is well, and what to do where it is not. */
export function TerminalsPage() {
  const words = useConsoleWords();
  const local = useLocalText();
  const navigate = useNavigate();
  const connections = useQuery(connectionsQuery);
  const columns = useMemo<Column<Connection>[]>(
    () => [
      {
        id: 'what',
        title: words('list.what'),
        width: 'minmax(10rem, 1.5fr)',
        phone: 'title',
        value: (one) => one.title,
        render: (one) => (
          <Link to="/terminals/$id" params={{ id: one.id }}>
            {one.title}
          </Link>
        ),
      },
      {
        id: 'protocol',
        title: words('terminals.protocol'),
        width: '8rem',
        value: (one) => one.protocol,
        render: (one) => one.protocol,
      },
      {
        id: 'state',
        title: words('list.state'),
        width: '9rem',
        value: (one) => one.state,
        render: (one) => <StateBadge kind={one.state} />,
      },
      {
        id: 'since',
        title: words('list.since'),
        width: '8rem',
        value: (one) => one.since,
        render: (one) => <Since time={one.since} />,
      },
      {
        id: 'because',
        title: words('list.because'),
        width: 'minmax(10rem, 2fr)',
        value: (one) => (one.problem === undefined ? '' : local(one.problem.what)),
        render: (one) => (one.problem === undefined ? '–' : local(one.problem.what)),
      },
      {
        id: 'todo',
        title: words('list.todo'),
        width: 'minmax(10rem, 2fr)',
        value: (one) => (one.problem === undefined ? '' : local(one.problem.remedy)),
        render: (one) => (one.problem === undefined ? '–' : local(one.problem.remedy)),
      },
    ],
    [words, local],
  );
  const add = (
    <Link to="/terminals/add" className={`${buttonStyles.button} ${buttonStyles.primary}`}>
      <Plus size={18} />
      {words('terminals.add')}
    </Link>
  );
  return (
    <Page title={words('terminals.title')} note={words('terminals.note')} actions={add}>
      {connections.error !== null && connections.data === undefined ? (
        <ErrorState
          problem={problemWords(connections.error, words)}
          onRetry={() => void connections.refetch()}
        />
      ) : connections.data === undefined ? (
        <Skeleton height="3rem" rows={5} />
      ) : (
        <Section flush>
          <Table
            label={words('terminals.title')}
            columns={columns}
            rows={connections.data}
            rowKey={(one) => one.id}
            onOpen={(one) => void navigate({ to: '/terminals/$id', params: { id: one.id } })}
            csv={words('terminals.title')}
            empty={
              <EmptyState icon={<Cable size={44} />} title={words('terminals.none')} actions={add}>
                <p>{words('terminals.noneHelp')}</p>
              </EmptyState>
            }
          />
        </Section>
      )}
    </Page>
  );
}
