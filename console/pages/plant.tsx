import type { PlantNode, ThingState } from '@millrace/contract';
import {
  type Column,
  EmptyState,
  ErrorState,
  formatCount,
  Instant,
  Mark,
  type MarkKind,
  Page,
  SearchField,
  Section,
  Since,
  Skeleton,
  type Sort,
  StateBadge,
  Table,
  ToolBar,
  titleOf,
  toInstant,
  urgency,
  useBandText,
  useLanguage,
  usePlantTime,
  useUiWords,
  Value,
} from '@millrace/ui';
import buttonStyles from '@millrace/ui/controls/button.module.css';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Factory, Plus } from 'lucide-react';
import { useMemo } from 'react';
import { problemWords } from '../api/problem.ts';
import { plantQuery, thingStatesQuery } from '../api/queries.ts';
import { PlacePath } from '../shell/place-path.tsx';
import { useTimeState } from '../shell/time-state.ts';
import { useConsoleWords } from '../words/index.ts';
import styles from './plant.module.css';
import { abnormalKind, byUrgency, thingKind, worstAbnormal } from './thing-kind.ts';

const stateOrder: readonly MarkKind[] = ['bad', 'outside', 'uncertain', 'stale', 'silent', 'good'];

/** The whole plant at a glance. */
export function PlantPage() {
  return <Overview place="" />;
}

/** One place of it: a site, an area, a line, a cell. */
export function PlacePage() {
  const { _splat } = useParams({ strict: false }) as { _splat?: string };
  return <Overview place={_splat ?? ''} />;
}

function Overview({ place }: { place: string }) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { state?: string; text?: string; sort?: string };
  const { frozen } = useTimeState();
  const plantTime = usePlantTime();
  const plant = useQuery(plantQuery);
  const states = useQuery(thingStatesQuery(place, frozen === undefined));

  const setSearch = (change: { state?: string; text?: string; sort?: string }) =>
    void navigate({
      to: '.',
      search: ((previous: object) => ({ ...previous, ...change })) as never,
      replace: true,
      resetScroll: false,
    });

  const things = useMemo(() => [...(states.data?.things ?? [])].sort(byUrgency), [states.data]);
  const counts = useMemo(() => {
    const by = new Map<MarkKind, number>();
    for (const thing of things) by.set(thingKind(thing), (by.get(thingKind(thing)) ?? 0) + 1);
    return by;
  }, [things]);
  const text = (search.text ?? '').toLowerCase();
  const shown = useMemo(
    () =>
      things.filter(
        (thing) =>
          (search.state === undefined || matches(thing, search.state)) &&
          (text === '' ||
            thing.id.toLowerCase().includes(text) ||
            titleOf(thing, language, thing.id).toLowerCase().includes(text) ||
            thing.place.toLowerCase().includes(text)),
      ),
    [things, search.state, text, language],
  );

  const node = plant.data?.find((one) => one.path === place);
  const nodes = (plant.data ?? []).filter((one) => one.path !== '');
  const paths = new Set(nodes.map((one) => one.path));
  const parts = partsOf(place, nodes, paths);
  const name = place === '' ? words('plant.title') : (node?.name ?? place.slice(place.lastIndexOf('/') + 1));
  const columns = useThingColumns(
    parts[0] === undefined ? place : parts[0].path.slice(0, Math.max(0, parts[0].path.lastIndexOf('/'))),
  );

  if (states.error !== null && states.data === undefined) {
    return (
      <Page title={name}>
        <ErrorState problem={problemWords(states.error, words)} onRetry={() => void states.refetch()} />
      </Page>
    );
  }
  if (states.data === undefined) {
    return (
      <Page title={name}>
        <Skeleton height="4.5rem" />
        <Skeleton height="3rem" rows={8} />
      </Page>
    );
  }
  if (states.data.total === 0) {
    return (
      <Page title={name} above={<PlacePath path={place} root />}>
        <EmptyState
          icon={<Factory size={44} />}
          title={place === '' ? words('plant.empty') : words('plant.emptyPlace')}
          actions={
            <>
              <Link to="/terminals/add" className={`${buttonStyles.button} ${buttonStyles.primary}`}>
                <Plus size={18} />
                {words('plant.addTerminal')}
              </Link>
              <Link to="/add-thing" className={buttonStyles.button}>
                {words('plant.addThing')}
              </Link>
            </>
          }
        >
          <p>{place === '' ? words('plant.emptyHelp') : words('plant.emptyPlaceHelp')}</p>
        </EmptyState>
      </Page>
    );
  }

  return (
    <Page
      title={name}
      above={<PlacePath path={place} root />}
      fill
      note={words('plant.note', { count: states.data.total }).replace(
        String(states.data.total),
        formatCount(states.data.total, language),
      )}
      actions={
        <Link to="/live" search={place === '' ? {} : { place }} className={buttonStyles.button}>
          {words('plant.liveValues')}
        </Link>
      }
    >
      {frozen === undefined ? null : (
        <p className={styles.frozen} role="status">
          {words('plant.frozen', { time: plantTime.instant(states.dataUpdatedAt) })}
        </p>
      )}
      <ul className={styles.states} aria-label={words('plant.states')}>
        {stateOrder.map((kind) => {
          const count = counts.get(kind) ?? 0;
          const chosen = search.state === kind;
          return (
            <li key={kind}>
              <button
                type="button"
                className={`${styles.state} ${count === 0 ? styles.zero : ''}`}
                aria-pressed={chosen}
                onClick={() => setSearch({ state: chosen ? undefined : kind })}
              >
                <Mark kind={kind} size={22} />
                <span className={styles.count}>{formatCount(count, language)}</span>
                <span className={styles.word}>{uiWords(`state.${kind}`)}</span>
              </button>
            </li>
          );
        })}
      </ul>
      {parts.length === 0 ? null : <Parts parts={parts} />}
      <Section
        title={words('plant.things')}
        flush
        actions={
          <ToolBar label={words('plant.filter')}>
            {search.state === undefined ? null : (
              <button type="button" className={styles.chip} onClick={() => setSearch({ state: undefined })}>
                {stateWord(search.state, uiWords, words)} ✕
              </button>
            )}
            <SearchField
              label={words('plant.search')}
              value={search.text ?? ''}
              onChange={(next) => setSearch({ text: next === '' ? undefined : next })}
            />
          </ToolBar>
        }
      >
        <Table
          label={words('plant.things')}
          columns={columns}
          rows={shown}
          rowKey={(thing) => thing.id}
          onOpen={(thing) => void navigate({ to: '/things/$id', params: { id: thing.id } })}
          sort={readSort(search.sort)}
          onSort={(sort) => setSearch({ sort: writeSort(sort) })}
          csv={name}
          rowHeight={56}
          empty={
            <EmptyState title={words('plant.nothingFound')}>
              <p>{words('plant.nothingFoundHelp')}</p>
            </EmptyState>
          }
        />
      </Section>
      {states.data.total > states.data.things.length ? (
        <p>{words('plant.notAll', { shown: states.data.things.length, total: states.data.total })}</p>
      ) : null}
    </Page>
  );
}

function matches(thing: ThingState, state: string): boolean {
  const kind = thingKind(thing);
  return state === 'abnormal' ? urgency[kind] < urgency.silent : kind === state;
}

function stateWord(
  state: string,
  uiWords: ReturnType<typeof useUiWords>,
  words: ReturnType<typeof useConsoleWords>,
): string {
  const kind = stateOrder.find((one) => one === state);
  return kind === undefined ? words('plant.abnormal') : uiWords(`state.${kind}`);
}

/** The node above, if it is there: undefined at the top. */
function parentOf(path: string, paths: ReadonlySet<string>): string | undefined {
  const slash = path.lastIndexOf('/');
  const above = slash < 0 ? undefined : path.slice(0, slash);
  return above !== undefined && paths.has(above) ? above : undefined;
}

/**
 * The places below, down to the first level that has more than one: an enterprise with one site and one hall says nothing at
 * a glance, its lines do.
 */
function partsOf(place: string, nodes: readonly PlantNode[], paths: ReadonlySet<string>): PlantNode[] {
  let above = place === '' ? undefined : place;
  for (;;) {
    const below = nodes.filter((one) => parentOf(one.path, paths) === above);
    if (below.length !== 1) return below;
    const only = below[0]!;
    if (!nodes.some((one) => parentOf(one.path, paths) === only.path)) return below;
    above = only.path;
  }
}

/** The places directly below, each with its counts: the way from plant to area to machine. */
function Parts({ parts }: { parts: readonly PlantNode[] }) {
  const words = useConsoleWords();
  const language = useLanguage();
  return (
    <ul className={styles.parts} aria-label={words('plant.parts')}>
      {parts.map((part) => (
        <li key={part.path}>
          <Link to="/places/$" params={{ _splat: part.path }} className={styles.part}>
            <span className={styles.partName}>{part.name}</span>
            <span className={styles.partNote}>
              {words('plant.note', { count: part.things }).replace(
                String(part.things),
                formatCount(part.things, language),
              )}
            </span>
            <span className={styles.partStates}>
              {stateOrder
                .filter((kind) => kind !== 'good' && (part.states[kind] ?? 0) > 0)
                .map((kind) => (
                  <StateBadge key={kind} kind={kind} count={formatCount(part.states[kind]!, language)} />
                ))}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function useThingColumns(commonPlace: string): Column<ThingState>[] {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  return useMemo(
    () => [
      {
        id: 'what',
        title: words('list.what'),
        width: 'minmax(11rem, 2fr)',
        phone: 'title',
        value: (thing) => titleOf(thing, language, thing.id),
        render: (thing) => (
          <div className={styles.what}>
            <Link to="/things/$id" params={{ id: thing.id }} className={styles.title}>
              {titleOf(thing, language, thing.id)}
            </Link>
            <span className={`${styles.id} ${styles.oneLine}`} title={thing.id}>
              {thing.id}
            </span>
          </div>
        ),
      },
      {
        id: 'state',
        title: words('list.state'),
        width: '9.5rem',
        value: (thing) => uiWords(`state.${thingKind(thing)}`),
        render: (thing) => <StateBadge kind={thingKind(thing)} />,
      },
      {
        id: 'where',
        title: words('list.where'),
        width: 'minmax(9rem, 1.4fr)',
        value: (thing) => thing.place,
        render: (thing) =>
          thing.place === '' ? (
            <span className={styles.id}>{words('plant.noPlace')}</span>
          ) : (
            <PlacePath path={thing.place} from={commonPlace} />
          ),
      },
      {
        id: 'since',
        title: words('list.since'),
        width: '11rem',
        value: (thing) => toInstant(thing.since ?? thing.lastSample),
        render: (thing) => (
          <span className={styles.since}>
            <Since time={thing.since ?? thing.lastSample} />
            {(thing.since ?? thing.lastSample) === undefined ? null : (
              <span className={styles.id}>
                <Instant time={thing.since ?? thing.lastSample} />
              </span>
            )}
          </span>
        ),
      },
      {
        id: 'because',
        title: words('list.because'),
        width: 'minmax(12rem, 2fr)',
        value: (thing) => worstAbnormal(thing)?.property ?? '',
        render: (thing) => <Because thing={thing} />,
      },
      {
        id: 'todo',
        title: words('list.todo'),
        width: 'minmax(9rem, 1.4fr)',
        render: (thing) => <ToDo thing={thing} />,
      },
    ],
    [words, uiWords, language, commonPlace],
  );
}

/** Which property is off, what it reads, and where it should be. */
function Because({ thing }: { thing: ThingState }) {
  const language = useLanguage();
  const words = useConsoleWords();
  const bandText = useBandText();
  const worst = worstAbnormal(thing);
  if (worst === undefined) {
    const kind = thingKind(thing);
    if (kind === 'stale') return <>{words('plant.because.stale')}</>;
    if (kind === 'silent') return <>{words('plant.because.silent')}</>;
    return <span className={styles.id}>–</span>;
  }
  const more = thing.abnormal.length - 1;
  return (
    <div className={styles.because}>
      <span>
        {titleOf(worst, language, worst.property)}{' '}
        <Value
          value={worst.value}
          unit={worst.unit}
          decimals={worst.decimals}
          quality={worst.quality}
          normal={worst.normal}
          status={worst.reason}
        />
      </span>
      <span className={styles.id}>
        {[
          bandText(worst.normal, worst.unit, worst.decimals),
          more > 0 ? words('plant.because.more', { count: more }) : '',
        ]
          .filter((part) => part !== '')
          .join(' · ')}
      </span>
    </div>
  );
}

function ToDo({ thing }: { thing: ThingState }) {
  const words = useConsoleWords();
  const kind = thingKind(thing);
  if (kind === 'good') return <span className={styles.id}>–</span>;
  const worst = worstAbnormal(thing);
  const reason = worst === undefined ? kind : abnormalKind(worst);
  if ((kind === 'stale' || kind === 'silent' || reason === 'bad') && thing.connection !== undefined) {
    return (
      <Link to="/terminals/$id" params={{ id: thing.connection }}>
        {words('plant.todo.connection')}
      </Link>
    );
  }
  if (kind === 'silent') {
    return (
      <Link to="/things/$id" params={{ id: thing.id }} search={{ tab: 'access' }}>
        {words('plant.todo.silent')}
      </Link>
    );
  }
  const property = worst?.property;
  return (
    <Link
      to="/things/$id"
      params={{ id: thing.id }}
      search={property === undefined ? { tab: 'chart' } : { tab: 'chart', properties: property }}
    >
      {words(
        kind === 'stale' ? 'plant.todo.stale' : reason === 'bad' ? 'plant.todo.bad' : 'plant.todo.chart',
      )}
    </Link>
  );
}

/** Order in the URL: a column's name, with a minus before it for descending. */
export function readSort(text: string | undefined): Sort | undefined {
  if (text === undefined) return undefined;
  return text.startsWith('-')
    ? { column: text.slice(1), descending: true }
    : { column: text, descending: false };
}

export function writeSort(sort: Sort | undefined): string | undefined {
  return sort === undefined ? undefined : `${sort.descending ? '-' : ''}${sort.column}`;
}
