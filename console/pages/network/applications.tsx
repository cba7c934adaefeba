import type { ApplicationFlow, NetworkFlow } from '@millrace/contract';
import { verdictStates } from '@millrace/contract';
import {
  Button,
  EmptyState,
  ErrorState,
  Instant,
  SearchField,
  Section,
  SelectField,
  Since,
  Skeleton,
  ToolBar,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import buttonStyles from '@millrace/ui/controls/button.module.css';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Blocks, Plus } from 'lucide-react';
import { useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useMay } from '../access/permission.ts';
import { blameText, todoText } from './figures.ts';
import { NetworkFrame } from './frame.tsx';
import { useNetworkChanges } from './live.ts';
import { NeedsAndHas, Sources } from './need-table.tsx';
import styles from './network.module.css';
import { applicationsQuery, flowsQuery } from './queries.ts';
import { usePageSearch } from './search.ts';
import { Counts, stateOrder, VerdictWord } from './verdict.tsx';

interface Search {
  text?: string;
  state?: string;
  app?: string;
}

/** Flows shown at first, and more with each press: each is a dozen lines. */
const stepRows = 100;

/** Applications × network: what each flow needs, has, has had since, or has lost and why. */
export function NetworkApplicationsPage() {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  const may = useMay();
  const { search, set } = usePageSearch<Search>();
  const [rows, setRows] = useState(stepRows);
  const applications = useQuery(applicationsQuery);
  const flows = useQuery(flowsQuery);
  useNetworkChanges();
  const levels = useMemo(() => new Map((flows.data ?? []).map((flow) => [flow.id, flow])), [flows.data]);
  const all = useMemo(
    () =>
      [...(applications.data ?? [])].sort(
        (a, b) =>
          Number(b.enabled) - Number(a.enabled) ||
          stateOrder[a.state ?? 'none'] - stateOrder[b.state ?? 'none'] ||
          a.priority - b.priority,
      ),
    [applications.data],
  );
  const text = search.text?.toLowerCase();
  const shown = all.filter(
    (one) =>
      (search.state === undefined || (one.state ?? 'none') === search.state) &&
      (search.app === undefined || (one.app ?? 'own') === search.app) &&
      (text === undefined ||
        [one.title.en, one.title.zh, one.appTitle?.en, one.appTitle?.zh, one.flow].some(
          (name) => name?.toLowerCase().includes(text) === true,
        )),
  );
  const apps = [...new Map(all.map((one) => [one.app ?? 'own', one.appTitle]))];
  return (
    <NetworkFrame
      title={words('network.pages.applications')}
      note={words('network.applications.note')}
      actions={
        may('configure', '') ? (
          <Link to="/network/flows/$flow" params={{ flow: 'new' }} className={buttonStyles.button}>
            <Plus size={16} /> {words('network.applications.add')}
          </Link>
        ) : undefined
      }
    >
      <ToolBar label={words('plant.filter')}>
        <SearchField
          label={words('network.applications.find')}
          value={search.text ?? ''}
          onChange={(value) => set({ text: value === '' ? undefined : value })}
        />
        <SelectField
          compact
          label={words('network.verdict.title')}
          value={search.state ?? ''}
          options={[
            { value: '', title: words('network.applications.anyState') },
            ...[...verdictStates, 'none' as const].map((state) => ({
              value: state,
              title: words(`network.verdict.${state}`),
            })),
          ]}
          onChange={(value) => set({ state: value === '' ? undefined : value })}
        />
        {apps.length < 2 ? null : (
          <SelectField
            compact
            label={words('nav.apps')}
            value={search.app ?? ''}
            options={[
              { value: '', title: words('network.applications.anyApp') },
              ...apps.map(([id, title]) => ({
                value: id,
                title: title === undefined ? words('network.applications.own') : title[language],
              })),
            ]}
            onChange={(value) => set({ app: value === '' ? undefined : value })}
          />
        )}
      </ToolBar>
      {applications.error !== null && applications.data === undefined ? (
        <ErrorState
          problem={problemWords(applications.error, words)}
          onRetry={() => void applications.refetch()}
        />
      ) : applications.data === undefined || flows.data === undefined ? (
        <Skeleton height="7rem" rows={4} />
      ) : shown.length === 0 ? (
        <EmptyState
          icon={<Blocks size={44} />}
          title={words(all.length === 0 ? 'network.applications.none' : 'network.applications.noneFound')}
        >
          <p>
            {words('network.applications.noneHelp')} <Link to="/apps">{words('nav.apps')}</Link>
          </p>
        </EmptyState>
      ) : (
        <Section flush>
          <div className={styles.flowHead} aria-hidden="true">
            <span>{words('network.applications.flow')}</span>
            <span className={styles.flowHeadPair}>
              <span>{words('network.applications.needs')}</span>
              <span>{words('network.applications.has')}</span>
            </span>
            <span>{words('network.applications.because')}</span>
          </div>
          <ul className={styles.list} aria-label={words('network.pages.applications')}>
            {shown.slice(0, rows).map((one) => (
              <FlowRow key={one.flow} flow={one} known={levels.get(one.flow)} name={local(one.title)} />
            ))}
          </ul>
          {shown.length <= rows ? null : (
            <div className={styles.more}>
              <Button onPress={() => setRows(rows + stepRows)}>{words('network.incidents.more')}</Button>
            </div>
          )}
        </Section>
      )}
    </NetworkFrame>
  );
}

function FlowRow({
  flow,
  known,
  name,
}: {
  flow: ApplicationFlow;
  known: NetworkFlow | undefined;
  name: string;
}) {
  const words = useConsoleWords();
  const local = useLocalText();
  return (
    <li className={`${styles.flow} ${flow.enabled ? '' : styles.off}`}>
      <div className={styles.close}>
        <VerdictWord state={flow.state} />
        <Link to="/network/flows/$flow" params={{ flow: flow.flow }} className={styles.title}>
          {name}
        </Link>
        <span className={styles.faint}>
          {flow.appTitle === undefined ? words('network.applications.own') : local(flow.appTitle)} ·{' '}
          {words('network.applications.priority', { priority: flow.priority })}
        </span>
        {flow.adapted ? <span className={styles.faint}>{words('network.applications.adapted')}</span> : null}
        {flow.enabled ? null : <b className={styles.faint}>{words('network.applications.off')}</b>}
        <Counts counts={flow.terminals} />
      </div>
      <div className={styles.needsCell}>
        {known === undefined ? null : <NeedsAndHas level={known.level} figures={flow.figures} />}
        {known === undefined ? null : <Sources level={known.level} />}
      </div>
      <Because flow={flow} />
    </li>
  );
}

/** Since when it is so, and because of what; what to do where it is lost. */
export function Because({ flow }: { flow: ApplicationFlow }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const { state, blame, worst } = flow;
  const violated = state === 'violated';
  return (
    <div className={styles.close}>
      {flow.since === undefined || state === undefined ? null : (
        <span>
          <b>
            {words(
              state === 'met'
                ? 'network.applications.metSince'
                : violated
                  ? 'network.applications.lostSince'
                  : 'network.applications.stateSince',
            )}
          </b>{' '}
          <Instant time={flow.since} />{' '}
          <span className={styles.faint}>
            · <Since time={flow.since} />
          </span>
        </span>
      )}
      {violated && blame !== undefined ? (
        <>
          <b>{blameText(blame, words)}</b>
          <span>{local(blame.cause)}</span>
        </>
      ) : flow.reason === undefined ? (
        <span className={styles.faint}>{words('network.verdict.help.none')}</span>
      ) : (
        <span>{local(flow.reason)}</span>
      )}
      {worst === undefined || state === 'met' ? null : (
        <span>
          {words('network.applications.at')}{' '}
          <Link to="/network/terminals/$terminal" params={{ terminal: worst.terminal }}>
            {worst.terminalTitle}
          </Link>{' '}
          <span className={styles.faint}>{worst.place}</span>
        </span>
      )}
      {violated ? <span>→ {todoText(blame, words)}</span> : null}
      {violated && flow.whenLost !== undefined ? (
        <span className={styles.faint}>
          {words('network.applications.whenLost')}: {local(flow.whenLost)}
        </span>
      ) : null}
      {flow.openIncidents === 0 ? null : (
        <Link
          to="/network/incidents"
          search={{ flow: flow.flow, which: 'open' } as never}
          className={styles.press}
        >
          {words('network.pages.incidents')}: {words('network.overview.open', { count: flow.openIncidents })}
        </Link>
      )}
    </div>
  );
}
