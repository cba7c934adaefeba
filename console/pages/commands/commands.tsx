import { type Command, commandStates, type Lease } from '@millrace/contract';
import {
  Button,
  type Column,
  EmptyState,
  ErrorState,
  Instant,
  Page,
  SearchField,
  SelectField,
  Since,
  Skeleton,
  Table,
  Tabs,
  ToolBar,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Hand, Zap } from 'lucide-react';
import { useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { commandsQuery, leasesQuery, useCommandUpdates } from './command-queries.ts';
import { actorText, CommandDialog, CommandState, useShown } from './command-view.tsx';
import styles from './commands.module.css';
import { GroupsTab } from './groups.tsx';
import { MemberName, ThingName } from './names.tsx';

const pageSize = 100;
const shownMax = 1000;

interface Search {
  tab?: string;
  state?: string;
  text?: string;
  thing?: string;
}

const tabIds = ['commands', 'groups', 'leases'] as const;
type Tab = (typeof tabIds)[number];

/** Everything anybody asked of the plant, groups of set-points, and who holds control of what. */
export function CommandsPage() {
  const words = useConsoleWords();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  useCommandUpdates(undefined);
  const set = (change: Search) =>
    void navigate({
      to: '.',
      search: ((previous: object) => ({ ...previous, ...change })) as never,
      resetScroll: false,
    });
  const selected = tabIds.find((tab) => tab === search.tab) ?? 'commands';
  return (
    <Page title={words('command.title')} note={words('command.note')}>
      <Tabs<Tab>
        label={words('command.parts')}
        selected={selected}
        onSelect={(tab) => set({ tab: tab === 'commands' ? undefined : tab } as Search)}
        items={[
          {
            id: 'commands',
            title: words('command.part.commands'),
            content: () => <History search={search} set={set} />,
          },
          { id: 'groups', title: words('command.part.groups'), content: () => <GroupsTab /> },
          { id: 'leases', title: words('command.part.leases'), content: () => <Leases /> },
        ]}
      />
    </Page>
  );
}

function History({ search, set }: { search: Search; set: (change: Search) => void }) {
  const words = useConsoleWords();
  const shown = useShown();
  const [limit, setLimit] = useState(pageSize);
  const [open, setOpen] = useState<Command>();
  const filter = {
    limit,
    ...(search.state === undefined ? {} : { state: search.state }),
    ...(search.text === undefined ? {} : { text: search.text }),
    ...(search.thing === undefined ? {} : { thing: search.thing }),
  };
  const list = useQuery({ ...commandsQuery(filter), placeholderData: (previous) => previous });
  const filtered = search.state !== undefined || search.text !== undefined || search.thing !== undefined;
  const columns = useMemo<Column<Command>[]>(
    () => [
      {
        id: 'what',
        title: words('command.what'),
        width: 'minmax(9rem, 1.5fr)',
        phone: 'title',
        value: (row) => row.name,
        render: (row) => (
          <b>
            <MemberName thing={row.thing} kind={row.kind} name={row.name} />
            {row.value === undefined ? '' : ` = ${shown(row.value)}`}
          </b>
        ),
      },
      {
        id: 'state',
        title: words('command.outcome'),
        width: 'minmax(13rem, 1fr)',
        value: (row) => row.state,
        render: (row) => <CommandState command={row} />,
      },
      {
        id: 'thing',
        title: words('command.thing'),
        width: 'minmax(9rem, 1.5fr)',
        value: (row) => row.thing,
        render: (row) => (
          <Link to="/things/$id" params={{ id: row.thing }} search={{ tab: 'actions' }}>
            <ThingName thing={row.thing} />
          </Link>
        ),
      },
      {
        id: 'who',
        title: words('command.who'),
        width: 'minmax(7rem, 1fr)',
        value: (row) => row.actor.id,
        render: (row) => actorText(row, words),
      },
      {
        id: 'time',
        title: words('command.time'),
        width: '12rem',
        value: (row) => row.created,
        render: (row) => <Instant time={row.created} />,
      },
    ],
    [words, shown],
  );
  return (
    <div className={styles.stack}>
      <ToolBar label={words('plant.filter')}>
        <SearchField
          label={words('command.search')}
          placeholder={words('command.search')}
          value={search.text ?? ''}
          onChange={(text) => set({ text: text === '' ? undefined : text } as Search)}
        />
        <SelectField
          compact
          label={words('command.stateFilter')}
          value={search.state ?? ''}
          options={[
            { value: '', title: words('command.anyState') },
            ...commandStates.map((state) => ({ value: state, title: words(`command.state.${state}`) })),
          ]}
          onChange={(state) => set({ state: state === '' ? undefined : state } as Search)}
        />
      </ToolBar>
      {list.data === undefined ? (
        list.error === null ? (
          <Skeleton height="3rem" rows={6} />
        ) : (
          <ErrorState problem={problemWords(list.error, words)} onRetry={() => void list.refetch()} />
        )
      ) : (
        <>
          <Table
            label={words('command.title')}
            columns={columns}
            rows={list.data.commands}
            rowKey={(row) => row.id}
            onOpen={setOpen}
            csv="commands"
            empty={
              <EmptyState
                icon={<Zap size={44} />}
                title={words(filtered ? 'command.noneFound' : 'command.none')}
              >
                <p>{words(filtered ? 'command.noneFoundHelp' : 'command.noneHelp')}</p>
              </EmptyState>
            }
          />
          {list.data.more && limit < shownMax ? (
            <Button onPress={() => setLimit(Math.min(shownMax, limit + pageSize))}>
              {words('command.more')}
            </Button>
          ) : null}
        </>
      )}
      {open === undefined ? null : <CommandDialog command={open} onClose={() => setOpen(undefined)} />}
    </div>
  );
}

function Leases() {
  const words = useConsoleWords();
  const leases = useQuery(leasesQuery);
  const columns = useMemo<Column<Lease>[]>(
    () => [
      {
        id: 'thing',
        title: words('command.thing'),
        phone: 'title',
        width: 'minmax(10rem, 2fr)',
        value: (row) => row.thing,
        render: (row) => (
          <Link to="/things/$id" params={{ id: row.thing }} search={{ tab: 'actions' }}>
            <ThingName thing={row.thing} />
          </Link>
        ),
      },
      {
        id: 'holder',
        title: words('command.lease.holder'),
        value: (row) => row.holder.id,
        render: (row) => actorText({ actor: row.holder }, words),
      },
      {
        id: 'since',
        title: words('command.lease.since'),
        value: (row) => row.since,
        render: (row) => <Since time={row.since} />,
      },
      {
        id: 'expires',
        title: words('command.lease.expires'),
        value: (row) => row.expires,
        render: (row) => <Instant time={row.expires} />,
      },
    ],
    [words],
  );
  if (leases.data === undefined)
    return leases.error === null ? (
      <Skeleton height="3rem" rows={3} />
    ) : (
      <ErrorState problem={problemWords(leases.error, words)} onRetry={() => void leases.refetch()} />
    );
  return (
    <Table
      label={words('command.part.leases')}
      columns={columns}
      rows={leases.data}
      rowKey={(row) => row.thing}
      empty={
        <EmptyState icon={<Hand size={44} />} title={words('command.lease.none')}>
          <p>{words('command.lease.noneHelp')}</p>
        </EmptyState>
      }
    />
  );
}
