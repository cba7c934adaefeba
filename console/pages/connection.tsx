import type { ConnectionState, Counters, ThingState } from '@millrace/contract';
import {
  Button,
  type Column,
  CounterEquation,
  EmptyState,
  ErrorState,
  Facts,
  formatNumber,
  Instant,
  Mark,
  Page,
  Section,
  Since,
  Skeleton,
  StateBadge,
  Table,
  Tabs,
  titleOf,
  useLanguage,
  useLocalText,
  useUiWords,
} from '@millrace/ui';
import buttonStyles from '@millrace/ui/controls/button.module.css';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Pause, Play, Plus, RotateCw, Trash2 } from 'lucide-react';
import { type ReactNode, useMemo, useState } from 'react';
import type { Schemas } from '../api/client.ts';
import { problemWords } from '../api/problem.ts';
import {
  connectionsQuery,
  countersQuery,
  protocolsQuery,
  quarantineQuery,
  thingStatesQuery,
} from '../api/queries.ts';
import { NotFound } from '../shell/fallbacks.tsx';
import { PlacePath } from '../shell/place-path.tsx';
import { en } from '../words/en.ts';
import { useConsoleWords } from '../words/index.ts';
import { RejectedTable } from './quarantine.tsx';
import { Authorities } from './terminals/authorities.tsx';
import { ConnectionSettings } from './terminals/connection-settings.tsx';
import { endpointOfSettings } from './terminals/draft.ts';
import { PeerProblem } from './terminals/peer-problem.tsx';
import { RemoveConnection } from './terminals/remove-connection.tsx';
import { SendingFacts, SendingWays, useListeners } from './terminals/sending.tsx';
import { noteStates, statesOf } from './terminals/state-history.ts';
import styles from './terminals/terminals.module.css';
import { isOwn, useConnectionWork } from './terminals/use-connection-work.ts';
import { byUrgency, thingKind } from './thing-kind.ts';

type Connection = Schemas['Connection'];
const tabs = ['overview', 'things', 'settings', 'quarantine', 'sending'] as const;
type TabId = (typeof tabs)[number];

const quarantineShownMax = 100;
const nothing: Counters = {
  received: 0,
  stored: 0,
  rejected: 0,
  dropped: 0,
  inFlight: 0,
  duplicates: 0,
  rejectedBy: {},
};

/** Everything of one connection: whether it is well and, where not, why and what to do; what it reaches; what came through it. */
export function ConnectionPage() {
  const words = useConsoleWords();
  const local = useLocalText();
  const navigate = useNavigate();
  const { id } = useParams({ strict: false }) as { id: string };
  const search = useSearch({ strict: false }) as { tab?: string };
  const connections = useQuery(connectionsQuery);
  const protocols = useQuery(protocolsQuery);
  const work = useConnectionWork();
  const [removing, setRemoving] = useState(false);
  if (connections.data !== undefined) noteStates(connections.data);
  const one = connections.data?.find((connection) => connection.id === id);
  const above = <Link to="/terminals">{words('terminals.title')}</Link>;
  if (connections.error !== null && connections.data === undefined) {
    return (
      <Page title={id} above={above}>
        <ErrorState
          problem={problemWords(connections.error, words)}
          onRetry={() => void connections.refetch()}
        />
      </Page>
    );
  }
  if (connections.data === undefined) {
    return (
      <Page title={id} above={above}>
        <Skeleton height="3rem" rows={4} />
      </Page>
    );
  }
  if (one === undefined) return <NotFound />;
  const protocol = protocols.data?.find((known) => known.id === one.protocol);
  const own = isOwn(one);
  const shown: TabId[] = own ? [...tabs] : tabs.filter((tab) => tab !== 'sending');
  const selected = shown.find((tab) => tab === search.tab) ?? 'overview';
  const content: Record<TabId, () => ReactNode> = {
    overview: () => <Overview connection={one} protocol={protocol} />,
    things: () => <Things connection={one} others={connections.data} />,
    settings: () =>
      protocol === undefined ? (
        <Skeleton height="3rem" rows={4} />
      ) : (
        <ConnectionSettings key={one.id} connection={one} protocol={protocol} />
      ),
    quarantine: () => <Rejected connection={one.id} />,
    sending: () => (
      <div className={styles.stack}>
        <Sending />
        <Authorities />
      </div>
    ),
  };
  return (
    <Page
      title={one.title}
      above={above}
      note={
        <span className={styles.row}>
          <StateBadge kind={one.state} {...(one.enabled ? {} : { word: words('terminals.disabled') })} />
          <Since time={one.since} />
          <span>{protocol === undefined ? one.protocol : local(protocol.title)}</span>
          <code className={styles.code}>{endpointOfSettings(one.protocol, one.settings)}</code>
        </span>
      }
      actions={
        <>
          <Button icon={<RotateCw size={16} />} onPress={() => void work.restart(one)}>
            {words('terminals.restart')}
          </Button>
          {own ? null : (
            <>
              <Button
                icon={one.enabled ? <Pause size={16} /> : <Play size={16} />}
                onPress={() => void work.enable(one, !one.enabled)}
              >
                {words(one.enabled ? 'terminal.work.disable' : 'terminal.work.enable')}
              </Button>
              <Button kind="act" icon={<Trash2 size={16} />} onPress={() => setRemoving(true)}>
                {`${words('terminal.work.remove')}…`}
              </Button>
            </>
          )}
          {own || protocol?.canBrowse === true ? (
            <Link
              to="/terminals/add"
              search={
                (own
                  ? { protocol: one.protocol }
                  : { protocol: one.protocol, connection: one.id, step: 'browse' }) as never
              }
              className={`${buttonStyles.button} ${buttonStyles.primary}`}
            >
              <Plus size={18} />
              {words(own ? 'terminal.sending.add' : 'terminal.list.addThing')}
            </Link>
          ) : null}
        </>
      }
    >
      {one.problem === undefined ? null : <PeerProblem problem={one.problem} />}
      <Tabs
        label={words('terminal.tabs.label')}
        selected={selected}
        onSelect={(tab) =>
          void navigate({
            to: '.',
            search: ((previous: object) => ({
              ...previous,
              tab: tab === 'overview' ? undefined : tab,
            })) as never,
            replace: true,
            resetScroll: false,
          })
        }
        items={shown.map((tab) => ({
          id: tab,
          title: words(`terminal.tabs.${tab}`),
          content: content[tab],
        }))}
      />
      <RemoveConnection
        connection={removing ? one : undefined}
        onClose={() => setRemoving(false)}
        onRemoved={() => void navigate({ to: '/terminals' })}
      />
    </Page>
  );
}

function Overview({
  connection,
  protocol,
}: {
  connection: Connection;
  protocol: Schemas['Protocol'] | undefined;
}) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const local = useLocalText();
  const counters = useQuery(countersQuery);
  const changes = statesOf(connection.id);
  return (
    <div className={styles.stack}>
      <Section title={words('terminal.tabs.overview')}>
        <Facts
          facts={[
            {
              name: words('terminals.protocol'),
              value:
                protocol === undefined
                  ? connection.protocol
                  : `${local(protocol.title)} – ${local(protocol.summary)}`,
            },
            {
              name: words('list.where'),
              value: (
                <code className={styles.code}>
                  {endpointOfSettings(connection.protocol, connection.settings)}
                </code>
              ),
            },
            { name: words('terminals.things'), value: String(connection.things.length) },
            {
              name: words('terminal.startup.title'),
              value: (
                <>
                  {words(`terminal.startup.${connection.startup}`)}{' '}
                  <span className={styles.faint}>{words(`terminal.startup.help.${connection.startup}`)}</span>
                </>
              ),
            },
            ...(connection.processId === undefined
              ? []
              : [{ name: words('terminal.list.process'), value: String(connection.processId) }]),
          ]}
        />
      </Section>
      <Section title={words('terminal.history.title')} note={words('terminal.history.note')}>
        <ol className={styles.history}>
          {changes.map((change) => (
            <li key={`${change.since} ${change.state}`}>
              <Mark kind={change.state as ConnectionState} />
              <span>{uiWords(`state.${change.state as ConnectionState}`)}</span>
              <span className={styles.faint}>
                <Instant time={change.since} /> · <Since time={change.since} />
              </span>
            </li>
          ))}
        </ol>
      </Section>
      <Section title={words('about.flow')} note={words('thing.counters.note')}>
        {counters.error !== null && counters.data === undefined ? (
          <ErrorState
            problem={problemWords(counters.error, words)}
            onRetry={() => void counters.refetch()}
            compact
          />
        ) : counters.data === undefined ? (
          <Skeleton height="4rem" />
        ) : (
          <CounterEquation
            counters={counters.data.connections[connection.id] ?? nothing}
            rejectedLink={(text) => (
              <Link to="/quarantine" search={{ connection: connection.id }}>
                {text}
              </Link>
            )}
          />
        )}
      </Section>
      <ProtocolCounters counters={connection.counters} />
    </div>
  );
}

type KnownCounter = keyof typeof en.terminal.counter;
const knownCounter = (name: string): name is KnownCounter => Object.hasOwn(en.terminal.counter, name);

/** What the protocol itself counts, explained. */
function ProtocolCounters({ counters }: { counters: Record<string, number> }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const entries = Object.entries(counters);
  return (
    <Section title={words('terminal.counters.title')} note={words('terminal.counters.note')}>
      {entries.length === 0 ? (
        <p className={styles.faint}>{words('terminal.counters.none')}</p>
      ) : (
        <dl className={styles.counters}>
          {entries.map(([name, value]) => (
            <div key={name} className={styles.counter}>
              <dt>
                {knownCounter(name) ? words(`terminal.counter.${name}.title`) : name}
                {knownCounter(name) ? (
                  <span className={styles.faint}>{words(`terminal.counter.${name}.help`)}</span>
                ) : null}
              </dt>
              <dd>{formatNumber(value, language)}</dd>
            </div>
          ))}
        </dl>
      )}
    </Section>
  );
}

/** The things reached through it with their live state. A listener takes what any thing sends: those that another connection fetches are left out. */
function Things({ connection, others }: { connection: Connection; others: readonly Connection[] }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const states = useQuery(thingStatesQuery('', true));
  const rows = useMemo(() => {
    const elsewhere = new Set(
      isOwn(connection)
        ? others.filter((other) => other.id !== connection.id).flatMap((other) => other.things)
        : [],
    );
    const own = new Set(connection.things.filter((id) => !elsewhere.has(id)));
    return (states.data?.things ?? []).filter((thing) => own.has(thing.id)).sort(byUrgency);
  }, [connection, others, states.data]);
  const columns = useMemo<Column<ThingState>[]>(
    () => [
      {
        id: 'what',
        title: words('list.what'),
        width: 'minmax(11rem, 1.4fr)',
        phone: 'title',
        value: (thing) => titleOf(thing, language, thing.id),
        render: (thing) => (
          <div className={styles.name}>
            <Link to="/things/$id" params={{ id: thing.id }} className={styles.title}>
              {titleOf(thing, language, thing.id)}
            </Link>
            <span className={styles.faint}>{thing.id}</span>
          </div>
        ),
      },
      {
        id: 'state',
        title: words('list.state'),
        width: '9rem',
        value: (thing) => thingKind(thing),
        render: (thing) => <StateBadge kind={thingKind(thing)} />,
      },
      {
        id: 'where',
        title: words('list.where'),
        width: 'minmax(10rem, 1.6fr)',
        value: (thing) => thing.place,
        render: (thing) =>
          thing.place === '' ? (
            <span className={styles.faint}>{words('plant.noPlace')}</span>
          ) : (
            <PlacePath path={thing.place} />
          ),
      },
      {
        id: 'properties',
        title: words('thing.description.properties'),
        width: '6rem',
        align: 'end',
        value: (thing) => thing.properties,
        render: (thing) => thing.properties,
      },
      {
        id: 'last',
        title: words('terminal.list.lastValue'),
        width: '8rem',
        value: (thing) => thing.lastSample,
        render: (thing) => <Since time={thing.lastSample} />,
      },
    ],
    [words, language],
  );
  if (states.error !== null && states.data === undefined) {
    return <ErrorState problem={problemWords(states.error, words)} onRetry={() => void states.refetch()} />;
  }
  if (states.data === undefined) return <Skeleton height="3rem" rows={5} />;
  return (
    <Section flush>
      <Table
        label={words('terminals.things')}
        columns={columns}
        rows={rows}
        rowKey={(thing) => thing.id}
        onOpen={(thing) => void navigate({ to: '/things/$id', params: { id: thing.id } })}
        csv={`${connection.title} ${words('terminals.things')}`}
        empty={
          <EmptyState title={words('terminal.list.noThings')}>
            <p>{words('terminal.list.noThingsHelp')}</p>
          </EmptyState>
        }
      />
    </Section>
  );
}

function Rejected({ connection }: { connection: string }) {
  const words = useConsoleWords();
  const records = useQuery(quarantineQuery(0, quarantineShownMax, { connection }));
  if (records.error !== null && records.data === undefined) {
    return <ErrorState problem={problemWords(records.error, words)} onRetry={() => void records.refetch()} />;
  }
  if (records.data === undefined) return <Skeleton height="3rem" rows={4} />;
  return (
    <>
      <RejectedTable records={records.data.records} filtered={false} />
      {records.data.total > records.data.records.length ? (
        <p>
          <Link to="/quarantine" search={{ connection }}>
            {words('terminal.quarantine.all', { count: records.data.total })}
          </Link>
        </p>
      ) : null}
    </>
  );
}

/** How devices send to the listener. */
function Sending() {
  const words = useConsoleWords();
  const { mqtt, http, onlyHere } = useListeners();
  const sending = {
    id: words('terminal.sending.anId'),
    username: words('terminal.sending.aUser'),
    password: words('terminal.sending.aPassword'),
    sample: { temperature: 21.5 },
    mqtt,
    http,
  };
  return (
    <Section title={words('terminal.sending.title')} note={words('terminal.sending.note')}>
      <div className={styles.stack}>
        <SendingFacts sending={sending} />
        {onlyHere ? <p className={styles.hint}>{words('terminal.sending.onlyHere')}</p> : null}
        <SendingWays sending={sending} />
        <p className={styles.faint}>{words('terminal.sending.forms')}</p>
      </div>
    </Section>
  );
}
