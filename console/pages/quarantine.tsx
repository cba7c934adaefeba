import {
  type Column,
  EmptyState,
  ErrorState,
  Instant,
  Page,
  reasonWords,
  Section,
  Skeleton,
  Table,
  useUiWords,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { ShieldCheck } from 'lucide-react';
import { useMemo } from 'react';
import type { Schemas } from '../api/client.ts';
import { problemWords } from '../api/problem.ts';
import { quarantineQuery } from '../api/queries.ts';
import { useConsoleWords } from '../words/index.ts';

type Rejected = Schemas['QuarantineRecord'];
const shownMax = 500;

/** What came in and could not be taken, with the reason. */
export function QuarantinePage() {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const search = useSearch({ strict: false }) as { thing?: string; connection?: string; reason?: string };
  const filter = {
    ...(search.thing === undefined ? {} : { thing: search.thing }),
    ...(search.connection === undefined ? {} : { connection: search.connection }),
    ...(search.reason === undefined ? {} : { reason: search.reason }),
  };
  const records = useQuery(quarantineQuery(0, shownMax, filter));
  const columns = useMemo<Column<Rejected>[]>(
    () => [
      {
        id: 'since',
        title: words('list.since'),
        width: '12rem',
        value: (one) => one.time,
        render: (one) => <Instant time={one.time} />,
      },
      {
        id: 'reason',
        title: words('quarantine.reason'),
        width: 'minmax(10rem, 1fr)',
        phone: 'title',
        value: (one) => one.reason,
        render: (one) => (
          <span>
            <b>{reasonWords(uiWords, one.reason)}</b>
            <br />
            {one.detail}
          </span>
        ),
      },
      {
        id: 'source',
        title: words('quarantine.source'),
        width: 'minmax(10rem, 1fr)',
        value: (one) => one.source,
        render: (one) =>
          one.thing === undefined ? (
            <code>{one.source}</code>
          ) : (
            <Link to="/things/$id" params={{ id: one.thing }}>
              <code>{one.source}</code>
            </Link>
          ),
      },
      {
        id: 'excerpt',
        title: words('quarantine.excerpt'),
        width: 'minmax(10rem, 2fr)',
        value: (one) => one.excerpt,
        render: (one) => <code>{one.excerpt.slice(0, 200)}</code>,
      },
      {
        id: 'count',
        title: words('quarantine.count'),
        width: '5rem',
        align: 'end',
        value: (one) => one.count,
        render: (one) => one.count,
      },
    ],
    [words, uiWords],
  );
  return (
    <Page title={words('quarantine.title')} note={words('quarantine.note')}>
      {records.error !== null && records.data === undefined ? (
        <ErrorState problem={problemWords(records.error, words)} onRetry={() => void records.refetch()} />
      ) : records.data === undefined ? (
        <Skeleton height="3rem" rows={5} />
      ) : (
        <Section flush>
          <Table
            label={words('quarantine.title')}
            columns={columns}
            rows={records.data.records}
            rowKey={(one) => one.id}
            csv={words('quarantine.title')}
            empty={
              <EmptyState icon={<ShieldCheck size={44} />} title={words('quarantine.none')}>
                <p>{words('quarantine.noneHelp')}</p>
              </EmptyState>
            }
          />
        </Section>
      )}
    </Page>
  );
}
