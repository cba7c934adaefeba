import { type Alarm, alarmPriorities, alarmStates } from '@millrace/contract';
import {
  Button,
  Confirm,
  EmptyState,
  ErrorState,
  NumberField,
  notify,
  SearchField,
  Section,
  SelectField,
  Since,
  Skeleton,
  TextField,
  ToolBar,
  useLanguage,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { BellOff, Check, Download, ShieldCheck } from 'lucide-react';
import { useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { plantQuery } from '../../api/queries.ts';
import { useOpenAlarms } from '../../live/alarms.ts';
import { useBounds } from '../../shell/time-state.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './alarms.module.css';
import { AlarmFrame, causeText, named } from './frame.tsx';
import { AlarmStateWord, Priority } from './priority.tsx';
import { type AlarmFilter, alarmHistoryQuery, doWithAlarms } from './queries.ts';

const historyMax = 500;
/** From so many on, alarms that came together are said to be a flood. */
const floodMin = 5;
const rowsMax = 500;

interface Search extends AlarmFilter {
  page?: string;
}

function useFilter(): { search: Search; set: (change: Search) => void } {
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  return {
    search,
    set: (change) =>
      void navigate({
        to: '.',
        search: ((previous: object) => ({ ...previous, ...change })) as never,
        replace: true,
        resetScroll: false,
      }),
  };
}

function FilterBar({ children }: { children?: React.ReactNode }) {
  const words = useConsoleWords();
  const { search, set } = useFilter();
  const plant = useQuery(plantQuery);
  return (
    <ToolBar label={words('plant.filter')}>
      <SearchField
        label={words('alarm.what')}
        value={search.text ?? ''}
        onChange={(text) => set({ text: text === '' ? (undefined as never) : text })}
      />
      <SelectField
        compact
        label={words('alarm.priorityTitle')}
        value={search.priority ?? ''}
        options={[
          { value: '', title: words('alarm.anyPriority') },
          ...alarmPriorities.map((one) => ({ value: one, title: words(`alarm.priority.${one}`) })),
        ]}
        onChange={(priority) => set({ priority: priority === '' ? (undefined as never) : priority })}
      />
      <SelectField
        compact
        label={words('alarm.state')}
        value={search.state ?? ''}
        options={[
          { value: '', title: words('alarm.anyState') },
          ...alarmStates.map((one) => ({ value: one, title: words(`alarm.states.${one}`) })),
        ]}
        onChange={(state) => set({ state: state === '' ? (undefined as never) : state })}
      />
      <SelectField
        compact
        label={words('alarm.place')}
        value={search.place ?? ''}
        options={[
          { value: '', title: words('alarm.anyPlace') },
          ...(plant.data ?? [])
            .filter((node) => node.path !== '')
            .map((node) => ({ value: node.path, title: node.path })),
        ]}
        onChange={(place) => set({ place: place === '' ? (undefined as never) : place })}
      />
      {children}
    </ToolBar>
  );
}

/** What asks for somebody now, the most urgent first, as it comes. */
export function AlarmsPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const { search } = useFilter();
  const open = useOpenAlarms();
  const shown = useMemo(
    () =>
      open.alarms.filter((alarm) => {
        const text = search.text?.toLowerCase();
        const { title, thing } = named(alarm, language);
        return (
          (search.priority === undefined || alarm.priority === search.priority) &&
          (search.state === undefined || alarm.state === search.state) &&
          (search.thing === undefined || alarm.thing === search.thing) &&
          (search.place === undefined ||
            alarm.place === search.place ||
            alarm.place.startsWith(`${search.place}/`)) &&
          (text === undefined || `${title} ${thing}`.toLowerCase().includes(text))
        );
      }),
    [open.alarms, search, language],
  );
  return (
    <AlarmFrame title={words('alarm.title')} note={words('alarm.note')}>
      <FilterBar />
      {!open.known ? (
        <Skeleton height="3.5rem" rows={5} />
      ) : shown.length === 0 ? (
        <EmptyState
          icon={<ShieldCheck size={44} />}
          title={words(open.alarms.length === 0 ? 'alarm.none' : 'alarm.noneFound')}
        >
          <p>
            {words('alarm.noneHelp')} <Link to="/alarm-rules">{words('alarm.rule.title')}</Link>
          </p>
        </EmptyState>
      ) : (
        <AlarmList alarms={shown} />
      )}
    </AlarmFrame>
  );
}

/** Alarms with what can be done to them, one or many. */
export function AlarmList({ alarms }: { alarms: readonly Alarm[] }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const queries = useQueryClient();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [shelving, setShelving] = useState(false);
  const [minutes, setMinutes] = useState<number | undefined>(60);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const chosen = alarms.filter((alarm) => picked.has(alarm.id));
  const floods = useMemo(() => {
    const groups = new Map<string, Alarm[]>();
    for (const alarm of alarms) groups.set(alarm.group, [...(groups.get(alarm.group) ?? []), alarm]);
    return [...groups.values()]
      .filter((group) => group.length >= floodMin)
      .map((group) => ({ count: group.length, first: group.reduce((a, b) => (a.time <= b.time ? a : b)) }));
  }, [alarms]);
  const run = (
    work: Promise<{ done: Alarm[]; refused: { because: { en: string; zh: string } }[] }>,
    withChosen = true,
  ) => {
    setBusy(true);
    work
      .then(
        ({ done, refused }) => {
          if (done.length > 0) notify({ kind: 'info', title: words('alarm.done', { count: done.length }) });
          const [first] = refused;
          if (first !== undefined)
            notify({ kind: 'error', title: words('alarm.refused', { because: first.because[language] }) });
          // What was chosen while a single one was being done stays chosen.
          if (withChosen) {
            setPicked(new Set());
            setShelving(false);
            setReason('');
          }
          void queries.invalidateQueries({ queryKey: ['alarms'] });
        },
        (error: unknown) => notify({ kind: 'error', title: problemWords(error, words).title }),
      )
      .finally(() => setBusy(false));
  };
  const ids = chosen.map((alarm) => alarm.id);
  const none = chosen.length === 0 ? words('alarm.chooseFirst') : undefined;
  return (
    <Section flush>
      {floods.map(({ count, first }) => (
        <p key={first.group} className={styles.bar}>
          <Link to="/alarms/$id" params={{ id: first.id }}>
            {words('alarm.flood', {
              count,
              first: `${named(first, language).title} – ${named(first, language).thing}`,
            })}
          </Link>
        </p>
      ))}
      <div className={styles.bar}>
        <label className={styles.named}>
          <span className={styles.pick}>
            <input
              type="checkbox"
              checked={chosen.length > 0 && chosen.length === alarms.length}
              onChange={(event) =>
                setPicked(new Set(event.target.checked ? alarms.map((alarm) => alarm.id) : []))
              }
            />
          </span>
          {chosen.length === 0 ? words('alarm.selectAll') : words('alarm.chosen', { count: chosen.length })}
        </label>
        <Button
          kind="act"
          icon={<Check size={16} />}
          disabledReason={none}
          pending={busy}
          onPress={() => run(doWithAlarms.acknowledge(ids))}
        >
          {words('alarm.acknowledge')}
        </Button>
        <Button icon={<BellOff size={16} />} disabledReason={none} onPress={() => setShelving(true)}>
          {`${words('alarm.shelve')}…`}
        </Button>
        {chosen.some((alarm) => alarm.state === 'shelved') ? (
          <Button onPress={() => run(doWithAlarms.unshelve(ids))}>{words('alarm.unshelve')}</Button>
        ) : null}
        {chosen.some((alarm) => alarm.state === 'latched') ? (
          <Button onPress={() => run(doWithAlarms.reset(ids))}>{words('alarm.reset')}</Button>
        ) : null}
      </div>
      <ul className={styles.list} aria-label={words('alarm.title')}>
        {alarms.slice(0, rowsMax).map((alarm) => (
          <AlarmRow
            key={alarm.id}
            alarm={alarm}
            picked={picked.has(alarm.id)}
            onPick={(on) => {
              const next = new Set(picked);
              if (on) next.add(alarm.id);
              else next.delete(alarm.id);
              setPicked(next);
            }}
            onAcknowledge={() => run(doWithAlarms.acknowledge([alarm.id]), false)}
          />
        ))}
      </ul>
      <Confirm
        open={shelving}
        onClose={() => setShelving(false)}
        title={words('alarm.shelveTitle')}
        confirm={words('alarm.shelve')}
        busy={busy}
        disabledReason={
          reason.trim() === '' || minutes === undefined ? words('alarm.reasonNeeded') : undefined
        }
        onConfirm={() => run(doWithAlarms.shelve(ids, minutes ?? 60, reason))}
      >
        <div className={styles.stack}>
          <p>{words('alarm.shelveWill')}</p>
          <NumberField label={words('alarm.minutes')} value={minutes} onChange={setMinutes} />
          <TextField label={words('alarm.reason')} value={reason} onChange={setReason} required lines={2} />
        </div>
      </Confirm>
    </Section>
  );
}

function AlarmRow({
  alarm,
  picked,
  onPick,
  onAcknowledge,
}: {
  alarm: Alarm;
  picked?: boolean;
  onPick?: (on: boolean) => void;
  onAcknowledge?: () => void;
}) {
  const words = useConsoleWords();
  const language = useLanguage();
  const { title, thing, response } = named(alarm, language);
  const asks = alarm.state === 'unacknowledged' || alarm.state === 'returned';
  return (
    <li className={styles.item}>
      {onPick === undefined ? (
        <span />
      ) : (
        <span className={styles.pick}>
          <input
            type="checkbox"
            aria-label={`${words('alarm.select')}: ${title}`}
            checked={picked ?? false}
            onChange={(event) => onPick(event.target.checked)}
          />
        </span>
      )}
      <Priority priority={alarm.priority} quiet={!alarm.active || alarm.held !== undefined} />
      <div className={styles.what}>
        <Link to="/alarms/$id" params={{ id: alarm.id }}>
          {title}
        </Link>
        <div>
          <Link to="/things/$id" params={{ id: alarm.thing }} className={styles.faint}>
            {thing}
          </Link>{' '}
          <span className={styles.faint}>{alarm.place}</span>
        </div>
        {response === undefined || response === '' ? null : <div>→ {response}</div>}
      </div>
      <div className={styles.cause}>
        {causeText(alarm)}
        {alarm.unjudged === undefined ? null : (
          <div className={styles.faint}>
            {words('alarm.unjudged', { because: alarm.unjudged.because[language] })}
          </div>
        )}
      </div>
      <div>
        <AlarmStateWord state={alarm.state} />
        <div className={styles.faint}>
          <Since time={alarm.time} />
          {alarm.acknowledged === undefined
            ? null
            : ` · ${words('alarm.by', { name: alarm.acknowledged.by })}`}
          {alarm.held === undefined || alarm.held.reason === '' ? null : ` · ${alarm.held.reason}`}
        </div>
      </div>
      {onAcknowledge === undefined || !asks ? (
        <span />
      ) : (
        <Button icon={<Check size={16} />} onPress={onAcknowledge}>
          {words('alarm.acknowledge')}
        </Button>
      )}
    </li>
  );
}

/** The alarms raised in the time range in force, the newest first. */
export function AlarmHistoryPage() {
  const words = useConsoleWords();
  const { search } = useFilter();
  const { from, to } = useBounds();
  const { page: _, ...filter } = search;
  const only = Object.fromEntries(
    Object.entries({
      place: filter.place,
      priority: filter.priority,
      state: filter.state,
      thing: filter.thing,
      text: filter.text,
    }).filter(([, value]) => value !== undefined),
  ) as AlarmFilter;
  const history = useQuery({
    ...alarmHistoryQuery(from, to, only, 0, historyMax),
    placeholderData: (previous: { total: number; alarms: Alarm[] } | undefined) => previous,
  });
  const csv = `/api/alarms/export?${new URLSearchParams({ ...(only as Record<string, string>), from: new Date(from).toISOString(), to: new Date(to).toISOString() })}`;
  return (
    <AlarmFrame title={words('alarm.pages.history')}>
      <FilterBar>
        <a href={csv} download className={styles.named}>
          <Download size={16} /> {words('alarm.csv')}
        </a>
        {history.data === undefined ? null : (
          <span className={styles.faint}>{words('alarm.open', { count: history.data.total })}</span>
        )}
      </FilterBar>
      {history.error !== null && history.data === undefined ? (
        <ErrorState problem={problemWords(history.error, words)} onRetry={() => void history.refetch()} />
      ) : history.data === undefined ? (
        <Skeleton height="3.5rem" rows={5} />
      ) : history.data.alarms.length === 0 ? (
        <EmptyState icon={<ShieldCheck size={44} />} title={words('alarm.none')} />
      ) : (
        <Section flush>
          <ul className={styles.list} aria-label={words('alarm.pages.history')}>
            {history.data.alarms.map((alarm) => (
              <AlarmRow key={alarm.id} alarm={alarm} />
            ))}
          </ul>
        </Section>
      )}
    </AlarmFrame>
  );
}

/** The alarms of one thing: what is open, and what was. */
export function ThingAlarms({ thing }: { thing: string }) {
  const words = useConsoleWords();
  const { from, to } = useBounds();
  const open = useOpenAlarms();
  const own = open.alarms.filter((alarm) => alarm.thing === thing);
  const history = useQuery(alarmHistoryQuery(from, to, { thing }, 0, 100));
  const past = (history.data?.alarms ?? []).filter((alarm) => !own.some((one) => one.id === alarm.id));
  return (
    <div className={styles.stack}>
      {own.length === 0 ? <p>{words('alarm.none')}</p> : <AlarmList alarms={own} />}
      {past.length === 0 ? null : (
        <Section title={words('alarm.pages.history')} flush>
          <ul className={styles.list}>
            {past.map((alarm) => (
              <AlarmRow key={alarm.id} alarm={alarm} />
            ))}
          </ul>
        </Section>
      )}
      <p>
        <Link to="/alarm-rules" search={{ thing }}>
          {words('alarm.rule.title')}
        </Link>
      </p>
    </div>
  );
}
