import type { Counters } from '@millrace/contract';
import {
  Button,
  type Column,
  EmptyState,
  ErrorState,
  formatCount,
  Mark,
  MenuButton,
  Page,
  SearchField,
  Section,
  Since,
  Skeleton,
  StateBadge,
  Table,
  ToolBar,
  urgency,
  useLanguage,
  useLocalText,
  useUiWords,
} from '@millrace/ui';
import buttonStyles from '@millrace/ui/controls/button.module.css';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import {
  Cable,
  EllipsisVertical,
  FolderOpen,
  Pause,
  Play,
  Plus,
  RotateCw,
  Settings2,
  Trash2,
} from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { problemWords } from '../api/problem.ts';
import { connectionsQuery, countersQuery, protocolsQuery } from '../api/queries.ts';
import { useConsoleWords } from '../words/index.ts';
import { readSort, writeSort } from './plant.tsx';
import { endpointOfSettings } from './terminals/draft.ts';
import { RemoveConnection } from './terminals/remove-connection.tsx';
import { SendingFacts, useListeners } from './terminals/sending.tsx';
import styles from './terminals/terminals.module.css';
import { isOwn, useConnectionWork } from './terminals/use-connection-work.ts';

type Connection = Schemas['Connection'];
interface Row {
  connection: Connection;
  counters: Counters | undefined;
  protocol: string;
  endpoint: string;
  text: string;
}
const states = ['disconnected', 'degraded', 'connecting', 'stopped', 'connected'] as const;
const nothing: Counters = {
  received: 0,
  stored: 0,
  rejected: 0,
  dropped: 0,
  inFlight: 0,
  duplicates: 0,
  rejectedBy: {},
};

/** Every connection: what it reaches, whether it is well, what came through it, and what to do where it is not well. */
export function TerminalsPage() {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const local = useLocalText();
  const language = useLanguage();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { text?: string; state?: string; sort?: string };
  const connections = useQuery(connectionsQuery);
  const protocols = useQuery(protocolsQuery);
  const counters = useQuery(countersQuery);
  const work = useConnectionWork();
  const [removing, setRemoving] = useState<Connection>();
  const setSearch = (change: { text?: string; state?: string; sort?: string }) =>
    void navigate({
      to: '.',
      search: ((previous: object) => ({ ...previous, ...change })) as never,
      replace: true,
      resetScroll: false,
    });

  const all = useMemo<Row[]>(
    () =>
      [...(connections.data ?? [])]
        .sort(
          (a, b) =>
            urgency[a.state] - urgency[b.state] ||
            a.title.localeCompare(b.title, undefined, { numeric: true }),
        )
        .map((connection) => {
          const known = protocols.data?.find((one) => one.id === connection.protocol);
          const protocol = known === undefined ? connection.protocol : local(known.title);
          const endpoint = endpointOfSettings(connection.protocol, connection.settings);
          return {
            connection,
            counters: counters.data?.connections[connection.id],
            protocol,
            endpoint,
            text: `${connection.title} ${connection.id} ${protocol} ${endpoint}`.toLowerCase(),
          };
        }),
    [connections.data, protocols.data, counters.data, local],
  );
  const text = (search.text ?? '').toLowerCase();
  const rows = all.filter(
    (row) =>
      (search.state === undefined || row.connection.state === search.state) &&
      (text === '' || row.text.includes(text)),
  );

  const columns = useMemo<Column<Row>[]>(() => {
    const number = (id: 'received' | 'stored' | 'rejected' | 'dropped' | 'inFlight'): Column<Row> => ({
      id,
      title: uiWords(`counters.${id}`),
      width: id === 'received' || id === 'stored' ? '5rem' : '4.25rem',
      align: 'end',
      // A card on a phone names what matters at a glance; the whole equation stands on the connection's page.
      phone: id === 'stored' || id === 'inFlight' || id === 'dropped' ? 'hide' : 'line',
      value: (row) => row.counters?.[id] ?? 0,
      render: (row) => {
        const count = (row.counters ?? nothing)[id];
        const shown = formatCount(count, language);
        if (id === 'rejected' && count > 0) {
          return (
            <Link to="/quarantine" search={{ connection: row.connection.id }} className={styles.rejected}>
              {shown}
            </Link>
          );
        }
        return <span className={count === 0 ? styles.zero : styles.number}>{shown}</span>;
      },
    });
    return [
      {
        id: 'what',
        title: words('list.what'),
        width: 'minmax(12.5rem, 1.2fr)',
        phone: 'title',
        value: (row) => row.connection.title,
        render: (row) => (
          <div className={styles.name}>
            <Link to="/terminals/$id" params={{ id: row.connection.id }} className={styles.title}>
              {row.connection.title}
            </Link>
            <span className={styles.faint}>{row.protocol}</span>
            <span className={styles.faint}>{row.endpoint}</span>
          </div>
        ),
      },
      {
        id: 'state',
        title: words('list.state'),
        width: '7.75rem',
        value: (row) => urgency[row.connection.state],
        render: (row) => (
          <div className={styles.name}>
            <StateBadge
              kind={row.connection.state}
              {...(row.connection.enabled ? {} : { word: words('terminals.disabled') })}
            />
            <Since time={row.connection.since} className={styles.faint} />
          </div>
        ),
      },
      {
        id: 'because',
        title: words('terminal.list.because'),
        width: 'minmax(9rem, 1.6fr)',
        phone: 'plain',
        value: (row) =>
          row.connection.problem === undefined
            ? ''
            : `${local(row.connection.problem.what)} ${local(row.connection.problem.remedy)}`,
        render: (row) =>
          row.connection.problem === undefined ? (
            <span className={styles.noProblem}>–</span>
          ) : (
            <div className={styles.because}>
              <p>{local(row.connection.problem.what)}</p>
              {row.connection.problem.detail === undefined ? null : (
                <p className={styles.faint}>{row.connection.problem.detail}</p>
              )}
              <p className={styles.todo}>→ {local(row.connection.problem.remedy)}</p>
            </div>
          ),
      },
      {
        id: 'things',
        title: words('terminals.things'),
        width: '4rem',
        align: 'end',
        value: (row) => row.connection.things.length,
        render: (row) => (
          <span className={styles.number}>{formatCount(row.connection.things.length, language)}</span>
        ),
      },
      number('received'),
      number('stored'),
      number('rejected'),
      number('dropped'),
      number('inFlight'),
      {
        id: 'do',
        title: '',
        width: '2.75rem',
        phone: 'plain',
        render: ({ connection }) => (
          <MenuButton
            label={words('terminal.list.actions', { connection: connection.title })}
            icon={<EllipsisVertical size={18} />}
            groups={[
              {
                items: [
                  {
                    id: 'open',
                    text: words('terminal.list.open'),
                    icon: <FolderOpen size={16} />,
                    onChoose: () => void navigate({ to: '/terminals/$id', params: { id: connection.id } }),
                  },
                  {
                    id: 'restart',
                    text: words('terminals.restart'),
                    icon: <RotateCw size={16} />,
                    onChoose: () => void work.restart(connection),
                  },
                  ...(isOwn(connection)
                    ? []
                    : [
                        {
                          id: 'enable',
                          text: words(connection.enabled ? 'terminal.work.disable' : 'terminal.work.enable'),
                          icon: connection.enabled ? <Pause size={16} /> : <Play size={16} />,
                          onChoose: () => void work.enable(connection, !connection.enabled),
                        },
                        {
                          id: 'edit',
                          text: words('terminal.list.edit'),
                          icon: <Settings2 size={16} />,
                          onChoose: () =>
                            void navigate({
                              to: '/terminals/$id',
                              params: { id: connection.id },
                              search: { tab: 'settings' },
                            }),
                        },
                        {
                          id: 'remove',
                          text: `${words('terminal.work.remove')}…`,
                          icon: <Trash2 size={16} />,
                          onChoose: () => setRemoving(connection),
                        },
                      ]),
                ],
              },
            ]}
          />
        ),
      },
    ];
  }, [words, uiWords, local, language, navigate, work.restart, work.enable]);

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
        <>
          <ToolBar label={words('plant.filter')}>
            {states.map((state) => {
              const count = all.filter((row) => row.connection.state === state).length;
              if (count === 0 && search.state !== state) return null;
              return (
                <Button
                  key={state}
                  pressed={search.state === state}
                  onPress={() => setSearch({ state: search.state === state ? undefined : state })}
                  icon={<Mark kind={state} />}
                >
                  {`${uiWords(`state.${state}`)} ${formatCount(count, language)}`}
                </Button>
              );
            })}
            <SearchField
              label={words('terminal.list.search')}
              value={search.text ?? ''}
              onChange={(next) => setSearch({ text: next === '' ? undefined : next })}
            />
          </ToolBar>
          <Section flush>
            <Table
              label={words('terminals.title')}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.connection.id}
              onOpen={(row) => void navigate({ to: '/terminals/$id', params: { id: row.connection.id } })}
              csv={words('terminals.title')}
              sort={readSort(search.sort)}
              onSort={(sort) => setSearch({ sort: writeSort(sort) })}
              empty={
                all.length === 0 ? (
                  <EmptyState icon={<Cable size={44} />} title={words('terminals.none')} actions={add}>
                    <p>{words('terminals.noneHelp')}</p>
                  </EmptyState>
                ) : (
                  <EmptyState title={words('plant.nothingFound')}>
                    <p>{words('terminal.list.noneFoundHelp')}</p>
                  </EmptyState>
                )
              }
            />
          </Section>
          <Listeners httpCounters={counters.data?.connections['http']} />
        </>
      )}
      <RemoveConnection connection={removing} onClose={() => setRemoving(undefined)} />
    </Page>
  );
}

/** Where devices send to that come by themselves. */
function Listeners({ httpCounters }: { httpCounters: Counters | undefined }) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const { mqtt, http, onlyHere } = useListeners();
  return (
    <Section
      title={words('terminal.sending.title')}
      note={words('terminal.sending.note')}
      actions={
        <Link to="/terminals/add" search={{ protocol: 'mqtt' } as never} className={buttonStyles.button}>
          <Plus size={18} />
          {words('terminal.sending.add')}
        </Link>
      }
    >
      <div className={styles.stack}>
        <SendingFacts
          sending={{ id: words('terminal.sending.anId'), mqtt, http, sample: { temperature: 21.5 } }}
        />
        {httpCounters === undefined ? null : (
          <p className={styles.faint}>
            {words('terminal.sending.httpCounters', {
              received: formatCount(httpCounters.received, language),
              stored: formatCount(httpCounters.stored, language),
            })}{' '}
            <Link to="/quarantine" search={{ connection: 'http' }}>
              {uiWords('counters.rejected')} {formatCount(httpCounters.rejected, language)}
            </Link>
          </p>
        )}
        {onlyHere ? <p className={styles.hint}>{words('terminal.sending.onlyHere')}</p> : null}
      </div>
    </Section>
  );
}
