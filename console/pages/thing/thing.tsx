import type { ThingDescription } from '@millrace/contract';
import {
  CopyButton,
  descriptionOf,
  ErrorState,
  Page,
  Skeleton,
  StateBadge,
  type TabItem,
  Tabs,
  titleOf,
  useLanguage,
} from '@millrace/ui';
import buttonStyles from '@millrace/ui/controls/button.module.css';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { problemWords } from '../../api/problem.ts';
import { thingQuery, thingStatesQuery } from '../../api/queries.ts';
import { useLiveThings } from '../../live/live.ts';
import { PlacePath } from '../../shell/place-path.tsx';
import { useTimeState } from '../../shell/time-state.ts';
import { useConsoleWords } from '../../words/index.ts';
import { thingKind } from '../thing-kind.ts';
import styles from './thing.module.css';
import { ValuesTab } from './values.tsx';

const ChartTab = lazy(() => import('./chart.tsx').then((part) => ({ default: part.ChartTab })));
const AlarmsTab = lazy(() => import('../alarms/alarms.tsx').then((part) => ({ default: part.ThingAlarms })));
const EventsTab = lazy(() => import('./events.tsx').then((part) => ({ default: part.EventsTab })));
const ControlTab = lazy(() => import('./control.tsx').then((part) => ({ default: part.ControlTab })));
const DescriptionTab = lazy(() =>
  import('./description.tsx').then((part) => ({ default: part.DescriptionTab })),
);
const RelationsTab = lazy(() => import('./relations.tsx').then((part) => ({ default: part.RelationsTab })));
const ConnectionTab = lazy(() =>
  import('./connection.tsx').then((part) => ({ default: part.ConnectionTab })),
);
const CountersTab = lazy(() => import('./counters.tsx').then((part) => ({ default: part.CountersTab })));
const AccessTab = lazy(() => import('./access.tsx').then((part) => ({ default: part.AccessTab })));

const tabIds = [
  'values',
  'chart',
  'alarms',
  'events',
  'actions',
  'description',
  'relations',
  'connection',
  'counters',
  'access',
] as const;
export type ThingTab = (typeof tabIds)[number];

/** A thing: everything there is to know of one machine, sensor or meter. */
export function ThingPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  // Another thing is another page: nothing of the one before may stay in sight.
  return <OneThing key={id} id={id} />;
}

function OneThing({ id }: { id: string }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { tab?: string };
  const thing = useQuery(thingQuery(id));
  useLiveThings([id]);

  const selected = tabIds.find((tab) => tab === search.tab) ?? 'values';
  const select = (tab: ThingTab) =>
    void navigate({
      to: '.',
      search: ((previous: object) => ({ ...previous, tab: tab === 'values' ? undefined : tab })) as never,
      resetScroll: false,
    });

  if (thing.data === undefined) {
    return (
      <Page title={id}>
        {thing.error === null ? (
          <>
            <Skeleton height="2.5rem" />
            <Skeleton height="3rem" rows={8} />
          </>
        ) : (
          <ErrorState problem={problemWords(thing.error, words)} onRetry={() => void thing.refetch()} />
        )}
      </Page>
    );
  }
  const description = thing.data;
  const place = description['millrace:place'] ?? '';
  const types = [description['@type'] ?? []].flat().filter((type) => type !== 'Thing');
  const about = descriptionOf(description, language);
  const lazily = (content: React.ReactNode) => (
    <Suspense fallback={<Skeleton height="3rem" rows={6} />}>{content}</Suspense>
  );

  const items: TabItem<ThingTab>[] = [
    { id: 'values', title: words('thing.tabs.values'), content: () => <ValuesTab thing={description} /> },
    {
      id: 'chart',
      title: words('thing.tabs.chart'),
      content: () => lazily(<ChartTab thing={description} />),
    },
    {
      id: 'alarms',
      title: words('alarm.title'),
      content: () => lazily(<AlarmsTab thing={id} />),
    },
    {
      id: 'events',
      title: words('thing.tabs.events'),
      content: () => lazily(<EventsTab thing={description} />),
    },
    {
      id: 'actions',
      title: words('command.control.tab'),
      content: () => lazily(<ControlTab thing={description} />),
    },
    {
      id: 'description',
      title: words('thing.tabs.description'),
      content: () => lazily(<DescriptionTab thing={description} />),
    },
    {
      id: 'relations',
      title: words('thing.tabs.relations'),
      content: () => lazily(<RelationsTab thing={description} />),
    },
    {
      id: 'connection',
      title: words('thing.tabs.connection'),
      content: () => lazily(<ConnectionTab thing={description} />),
    },
    {
      id: 'counters',
      title: words('thing.tabs.counters'),
      content: () => lazily(<CountersTab thing={description} />),
    },
    {
      id: 'access',
      title: words('thing.tabs.access'),
      content: () => lazily(<AccessTab thing={description} />),
    },
  ];

  return (
    <Page
      title={titleOf(description, language, id)}
      above={<PlacePath path={place} root />}
      note={
        <div className={styles.note}>
          <ThingState id={id} place={place} />
          {types.length === 0 ? null : <span>{types.join(', ')}</span>}
          <span className={styles.id}>
            <code>{id}</code>
            <CopyButton text={id} label={words('thing.copyId')} />
          </span>
        </div>
      }
      actions={
        <Link to="/export" search={{ things: id }} className={buttonStyles.button}>
          <Download size={16} />
          {words('thing.export')}
        </Link>
      }
    >
      {about === undefined ? null : <p className={styles.about}>{about}</p>}
      <Tabs
        label={words('thing.parts')}
        items={items}
        selected={items.some((item) => item.id === selected) ? selected : 'values'}
        onSelect={select}
      />
    </Page>
  );
}

/** The live state as the overview gives it. */
function ThingState({ id, place }: { id: string; place: string }) {
  const { frozen } = useTimeState();
  const states = useQuery(thingStatesQuery(place, frozen === undefined));
  const state = states.data?.things.find((one) => one.id === id);
  return state === undefined ? null : <StateBadge kind={thingKind(state)} />;
}

/** Properties in the order of the description, without those that can only be written. */
export function readable(
  thing: ThingDescription,
): [string, NonNullable<ThingDescription['properties']>[string]][] {
  return Object.entries(thing.properties ?? {}).filter(([, property]) => property.writeOnly !== true);
}
