import type { NetworkIncident } from '@millrace/contract';
import {
  Button,
  EmptyState,
  ErrorState,
  formatCount,
  Instant,
  Section,
  SelectField,
  Skeleton,
  ToolBar,
  useLanguage,
  useLocalText,
  useNow,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ShieldCheck } from 'lucide-react';
import { useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useBounds } from '../../shell/time-state.ts';
import { useConsoleWords } from '../../words/index.ts';
import { blameText, durationText } from './figures.ts';
import { NetworkFrame } from './frame.tsx';
import { useNetworkChanges } from './live.ts';
import styles from './network.module.css';
import { flowsQuery, incidentsQuery, terminalsQuery } from './queries.ts';
import { usePageSearch } from './search.ts';
import { VerdictMark } from './verdict.tsx';

const stepRows = 100;
/** Incidents in one list; the time chosen above narrows them down further. */
const rowsMax = 1000;

interface Search {
  which?: string;
  flow?: string;
  terminal?: string;
}

/** Times in which levels were not met: of the time range in force, or those that are open. */
export function NetworkIncidentsPage() {
  const words = useConsoleWords();
  const local = useLocalText();
  const { search, set } = usePageSearch<Search>();
  const { from, to } = useBounds();
  const [rows, setRows] = useState(stepRows);
  const open = search.which === 'open';
  const flows = useQuery(flowsQuery);
  const incidents = useQuery(
    incidentsQuery(
      {
        ...(search.flow === undefined ? {} : { flow: search.flow }),
        ...(search.terminal === undefined ? {} : { terminal: search.terminal }),
        ...(open ? { open: true } : { from, to }),
      },
      rows,
    ),
  );
  useNetworkChanges();
  const { data } = incidents;
  return (
    <NetworkFrame title={words('network.pages.incidents')} note={words('network.incidents.note')}>
      <ToolBar label={words('plant.filter')}>
        <SelectField
          compact
          label={words('network.incidents.which')}
          value={open ? 'open' : ''}
          options={[
            { value: '', title: words('network.incidents.inRange') },
            { value: 'open', title: words('network.incidents.open') },
          ]}
          onChange={(which) => set({ which: which === '' ? undefined : which })}
        />
        <SelectField
          compact
          label={words('network.incidents.flow')}
          value={search.flow ?? ''}
          options={[
            { value: '', title: words('network.incidents.anyFlow') },
            ...(flows.data ?? []).map((flow) => ({ value: flow.id, title: local(flow.title) })),
          ]}
          onChange={(flow) => set({ flow: flow === '' ? undefined : flow })}
        />
        {search.terminal === undefined ? null : (
          <Button onPress={() => set({ terminal: undefined })}>{`${search.terminal} ×`}</Button>
        )}
        {data === undefined ? null : (
          <span className={styles.faint}>{words('network.incidents.total', { count: data.total })}</span>
        )}
      </ToolBar>
      {incidents.error !== null && data === undefined ? (
        <ErrorState problem={problemWords(incidents.error, words)} onRetry={() => void incidents.refetch()} />
      ) : data === undefined ? (
        <Skeleton height="4rem" rows={5} />
      ) : data.incidents.length === 0 ? (
        <EmptyState
          icon={<ShieldCheck size={44} />}
          title={words(open ? 'network.incidents.noneOpen' : 'network.incidents.none')}
        >
          <p>{words('network.incidents.noneHelp')}</p>
        </EmptyState>
      ) : (
        <Section flush>
          <IncidentLines incidents={data.incidents} />
          {data.total <= data.incidents.length || rows >= rowsMax ? null : (
            <div className={styles.more}>
              <Button onPress={() => setRows(Math.min(rowsMax, rows + stepRows))}>
                {words('network.incidents.more')}
              </Button>
            </div>
          )}
        </Section>
      )}
    </NetworkFrame>
  );
}

/** What flows and terminals are called; by their identifiers while that is not known. */
export function useNetworkNames(): { flow: (id: string) => string; terminal: (id: string) => string } {
  const local = useLocalText();
  const flows = useQuery(flowsQuery);
  const terminals = useQuery({ ...terminalsQuery(), staleTime: 60_000, refetchInterval: false });
  return useMemo(() => {
    const flowNames = new Map((flows.data ?? []).map((one) => [one.id, local(one.title)]));
    const terminalNames = new Map((terminals.data?.terminals ?? []).map((one) => [one.id, one.title]));
    return {
      flow: (id: string) => flowNames.get(id) ?? id,
      terminal: (id: string) => terminalNames.get(id) ?? id,
    };
  }, [flows.data, terminals.data, local]);
}

/** Incidents line by line: what, where, when and for how long, because of what, what was done. */
export function IncidentLines({ incidents }: { incidents: readonly NetworkIncident[] }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  const names = useNetworkNames();
  const now = useNow(5);
  return (
    <ul className={styles.list} aria-label={words('network.pages.incidents')}>
      {incidents.map((incident) => {
        const over = incident.to !== undefined;
        const length = (over ? Date.parse(incident.to!) : now) - Date.parse(incident.from);
        return (
          <li key={incident.id} className={styles.item}>
            <span className={over ? styles.none : styles.violated}>
              <VerdictMark state={over ? 'none' : 'violated'} size={20} />
              <span className="visually-hidden">
                {words(over ? 'network.incident.ended' : 'network.incidents.goingOn')}
              </span>
            </span>
            <div className={styles.close}>
              <Link
                to="/network/incidents/$incident"
                params={{ incident: incident.id }}
                className={styles.title}
              >
                {names.flow(incident.flow)}
              </Link>
              <Link to="/network/terminals/$terminal" params={{ terminal: incident.terminal }}>
                {names.terminal(incident.terminal)}
              </Link>
            </div>
            <div className={styles.close}>
              <b>
                {incident.blame === undefined
                  ? words('network.hops.unknown')
                  : blameText(incident.blame, words)}
              </b>
              {incident.blame === undefined ? null : <span>{local(incident.blame.cause)}</span>}
              <span className={styles.faint}>
                {[...new Set(incident.criteria)]
                  .map((criterion) => words(`network.criteria.${criterion}`))
                  .join(language === 'zh' ? '、' : ', ')}
                {incident.actions.length === 0
                  ? null
                  : ` · ${words('network.incidents.actions')}: ${formatCount(incident.actions.length, language)}`}
              </span>
            </div>
            <div className={styles.close}>
              <Instant time={incident.from} />
              <span className={over ? styles.faint : styles.strong}>
                {over ? '' : `${words('network.incidents.goingOn')} · `}
                {durationText(Math.max(0, length), words, language)}
              </span>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
