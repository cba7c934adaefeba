import type { ThingDescription } from '@millrace/contract';
import {
  type Column,
  EmptyState,
  ErrorState,
  Instant,
  Section,
  SelectField,
  Since,
  Skeleton,
  Table,
  titleOf,
  toInstant,
  useLanguage,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Bell } from 'lucide-react';
import { useMemo } from 'react';
import { problemWords } from '../../api/problem.ts';
import { eventsQuery } from '../../api/queries.ts';
import { useBounds } from '../../shell/time-state.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './thing.module.css';

/** Events in one list; a shorter time range shows older ones. */
const eventsMax = 1000;

interface EventRow {
  name: string;
  time: string;
  received: string;
  data?: unknown;
}

/** What happened to the thing within the time range in force, newest first. */
export function EventsTab({ thing }: { thing: ThingDescription }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { event?: string };
  const { from, to } = useBounds();
  const events = useQuery({
    ...eventsQuery(thing.id, from, to, eventsMax),
    placeholderData: (previous) => previous,
  });
  const all: readonly EventRow[] = events.data ?? [];
  const names = [...new Set([...Object.keys(thing.events ?? {}), ...all.map((event) => event.name)])];
  const shown = search.event === undefined ? all : all.filter((event) => event.name === search.event);

  const columns = useMemo<Column<EventRow>[]>(
    () => [
      {
        id: 'time',
        title: words('thing.events.when'),
        width: '12rem',
        phone: 'title',
        value: (event) => event.time,
        render: (event) => (
          <span className={styles.name}>
            <Instant time={event.time} />
            <span className={styles.faint}>
              <Since time={event.time} />
            </span>
          </span>
        ),
      },
      {
        id: 'name',
        title: words('thing.events.what'),
        width: 'minmax(10rem, 1fr)',
        value: (event) => event.name,
        render: (event) => (
          <span className={styles.name}>
            <b>{titleOf(thing.events?.[event.name], language, event.name)}</b>
            <span className={styles.faint}>{event.name}</span>
          </span>
        ),
      },
      {
        id: 'data',
        title: words('thing.events.data'),
        width: 'minmax(12rem, 3fr)',
        value: (event) => (event.data === undefined || event.data === null ? '' : JSON.stringify(event.data)),
        render: (event) => <EventData data={event.data} />,
      },
    ],
    [words, language, thing],
  );

  if (events.error !== null && events.data === undefined) {
    return <ErrorState problem={problemWords(events.error, words)} onRetry={() => void events.refetch()} />;
  }
  if (events.data === undefined) return <Skeleton height="3rem" rows={6} />;
  return (
    <Section
      flush
      title={words('thing.tabs.events')}
      note={all.length === eventsMax ? words('thing.events.first', { count: eventsMax }) : undefined}
      actions={
        names.length < 2 ? undefined : (
          <SelectField
            compact
            label={words('thing.events.what')}
            value={search.event ?? ''}
            options={[
              { value: '', title: words('thing.events.all') },
              ...names.map((name) => ({ value: name, title: titleOf(thing.events?.[name], language, name) })),
            ]}
            onChange={(event) =>
              void navigate({
                to: '.',
                search: ((previous: object) => ({
                  ...previous,
                  event: event === '' ? undefined : event,
                })) as never,
                replace: true,
                resetScroll: false,
              })
            }
          />
        )
      }
    >
      <Table
        label={words('thing.tabs.events')}
        columns={columns}
        rows={shown}
        rowKey={(event) => `${toInstant(event.time)} ${event.name} ${event.received}`}
        csv={`${titleOf(thing, language, thing.id)} ${words('thing.tabs.events')}`}
        empty={
          <EmptyState icon={<Bell size={40} />} title={words('thing.events.none')}>
            <p>{words('thing.events.noneHelp')}</p>
            <p>
              <code>{`things/${thing.id}/events/<name>`}</code>
            </p>
          </EmptyState>
        }
      />
    </Section>
  );
}

/** The data of an event as names and values where it is flat, else as JSON. */
function EventData({ data }: { data: unknown }) {
  if (data === undefined || data === null) return <span className={styles.faint}>–</span>;
  if (typeof data !== 'object') return <>{String(data)}</>;
  const entries = Object.entries(data);
  if (
    Array.isArray(data) ||
    entries.length > 6 ||
    entries.some(([, value]) => typeof value === 'object' && value !== null)
  ) {
    return <code className={styles.faint}>{JSON.stringify(data).slice(0, 400)}</code>;
  }
  return (
    <span className={styles.row}>
      {entries.map(([name, value]) => (
        <span key={name}>
          <span className={styles.faint}>{name}</span> {String(value)}
        </span>
      ))}
    </span>
  );
}
