import type { NetworkTerminalSummary } from '@millrace/contract';
import { networkKinds } from '@millrace/contract';
import {
  type Column,
  EmptyState,
  ErrorState,
  formatNumber,
  Mark,
  SearchField,
  SelectField,
  Since,
  Skeleton,
  Table,
  ToggleField,
  ToolBar,
  useLanguage,
} from '@millrace/ui';
import buttonStyles from '@millrace/ui/controls/button.module.css';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Download, Plus, RadioTower, Upload } from 'lucide-react';
import { useDeferredValue, useMemo } from 'react';
import { problemWords } from '../../api/problem.ts';
import { plantQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useMay } from '../access/permission.ts';
import { readSort, writeSort } from '../plant.tsx';
import { durationText, percentText } from './figures.ts';
import { NetworkFrame } from './frame.tsx';
import { useNetworkChanges } from './live.ts';
import styles from './network.module.css';
import { type TerminalFilter, terminalStates, terminalsQuery } from './queries.ts';
import { usePageSearch } from './search.ts';
import { stateOrder, VerdictWord } from './verdict.tsx';

interface Search {
  text?: string;
  state?: string;
  kind?: string;
  place?: string;
  problems?: string;
  sort?: string;
}

/** Every terminal: what it is, its signal, how its levels stand, what is wrong with it. */
export function NetworkTerminalsPage() {
  const words = useConsoleWords();
  const navigate = useNavigate();
  const may = useMay();
  const { search, set } = usePageSearch<Search>();
  const text = useDeferredValue(search.text);
  const filter = useMemo<TerminalFilter>(
    () => ({
      ...(text === undefined ? {} : { text: text.slice(0, 200) }),
      ...(search.place === undefined ? {} : { place: search.place }),
      ...(networkKinds.some((kind) => kind === search.kind) ? { kind: search.kind! } : {}),
      ...(terminalStates.some((state) => state === search.state) ? { state: search.state as 'met' } : {}),
      ...(search.problems === undefined ? {} : { problems: true }),
    }),
    [text, search.place, search.kind, search.state, search.problems],
  );
  const terminals = useQuery({
    ...terminalsQuery(filter),
    placeholderData: (before: { total: number; terminals: NetworkTerminalSummary[] } | undefined) => before,
  });
  const plant = useQuery(plantQuery);
  useNetworkChanges();
  const rows = useMemo(
    () =>
      [...(terminals.data?.terminals ?? [])].sort(
        (a, b) =>
          stateOrder[a.state ?? 'none'] - stateOrder[b.state ?? 'none'] ||
          b.problems - a.problems ||
          a.title.localeCompare(b.title, undefined, { numeric: true }),
      ),
    [terminals.data],
  );
  const filtered = Object.keys(filter).length > 0;
  const columns = useColumns();
  return (
    <NetworkFrame
      title={words('network.pages.terminals')}
      note={words('network.terminals.note')}
      actions={
        <>
          <a href="/api/network/terminals.csv" download className={buttonStyles.button}>
            <Download size={16} /> {words('network.terminals.export')}
          </a>
          {may('configure') ? (
            <Link
              to="/network/import"
              search={{ what: 'terminals' } as never}
              className={buttonStyles.button}
            >
              <Upload size={16} /> {words('network.terminals.import')}
            </Link>
          ) : null}
          {may('configure') ? (
            <Link
              to="/network/terminals/$terminal"
              params={{ terminal: 'new' }}
              className={buttonStyles.button}
            >
              <Plus size={16} /> {words('network.terminals.add')}
            </Link>
          ) : null}
        </>
      }
    >
      <ToolBar label={words('plant.filter')}>
        <SearchField
          label={words('network.terminals.find')}
          value={search.text ?? ''}
          onChange={(value) => set({ text: value === '' ? undefined : value })}
        />
        <SelectField
          compact
          label={words('network.verdict.title')}
          value={search.state ?? ''}
          options={[
            { value: '', title: words('network.terminals.anyState') },
            ...terminalStates.map((state) => ({ value: state, title: words(`network.verdict.${state}`) })),
          ]}
          onChange={(value) => set({ state: value === '' ? undefined : value })}
        />
        <SelectField
          compact
          label={words('network.terminals.kind')}
          value={search.kind ?? ''}
          options={[
            { value: '', title: words('network.terminals.anyKind') },
            ...networkKinds.map((kind) => ({ value: kind, title: words(`network.kinds.${kind}`) })),
          ]}
          onChange={(value) => set({ kind: value === '' ? undefined : value })}
        />
        <SelectField
          compact
          label={words('network.terminals.place')}
          value={search.place ?? ''}
          options={[
            { value: '', title: words('network.terminals.anyPlace') },
            ...(plant.data ?? [])
              .filter((node) => node.path !== '')
              .map((node) => ({ value: node.path, title: node.path })),
          ]}
          onChange={(value) => set({ place: value === '' ? undefined : value })}
        />
        <ToggleField
          label={words('network.terminals.onlyProblems')}
          value={search.problems !== undefined}
          onChange={(on) => set({ problems: on ? 'on' : undefined })}
        />
      </ToolBar>
      {terminals.error !== null && terminals.data === undefined ? (
        <ErrorState problem={problemWords(terminals.error, words)} onRetry={() => void terminals.refetch()} />
      ) : terminals.data === undefined ? (
        <Skeleton height="3.5rem" rows={8} />
      ) : rows.length === 0 ? (
        <EmptyState
          icon={<RadioTower size={44} />}
          title={words(filtered ? 'network.terminals.noneFound' : 'network.terminals.none')}
        >
          <p>
            {words('network.terminals.noneHelp')} <Link to="/terminals">{words('nav.terminals')}</Link>
          </p>
        </EmptyState>
      ) : (
        <Table
          label={words('network.pages.terminals')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.id}
          rowHeight={68}
          sort={readSort(search.sort)}
          onSort={(sort) => set({ sort: writeSort(sort) })}
          onOpen={(row) =>
            void navigate({ to: '/network/terminals/$terminal', params: { terminal: row.id } })
          }
          csv={words('network.pages.terminals')}
        />
      )}
    </NetworkFrame>
  );
}

/** The last two parts of a place: with the first ones, which all share, a row would be four lines high. */
const shortPlace = (place: string): string => place.split('/').slice(-2).join(' / ');

/** Columns of the list. */
function useColumns(): Column<NetworkTerminalSummary>[] {
  const words = useConsoleWords();
  const language = useLanguage();
  return useMemo(
    () => [
      {
        id: 'terminal',
        title: words('network.terminals.terminal'),
        width: 'minmax(11rem, 1.5fr)',
        phone: 'title',
        value: (row) => row.title,
        render: (row) => (
          <div className={styles.close}>
            <Link to="/network/terminals/$terminal" params={{ terminal: row.id }} className={styles.title}>
              {row.title}
            </Link>
            <span className={styles.faint}>
              {words(`network.kinds.${row.kind}`)}
              {row.address === undefined ? '' : ` · ${row.address}`}
              {row.found ? ` · ${words('network.terminals.found')}` : ''}
            </span>
          </div>
        ),
      },
      {
        id: 'place',
        title: words('network.terminals.place'),
        width: 'minmax(8rem, 1.2fr)',
        value: (row) => row.place,
        render: (row) => (
          <span className={styles.wrap} title={row.place}>
            {row.place === '' ? '–' : shortPlace(row.place)}
          </span>
        ),
      },
      {
        id: 'state',
        title: words('network.verdict.title'),
        width: '9.5rem',
        value: (row) => stateOrder[row.state ?? 'none'],
        render: (row) => (
          <div className={styles.close}>
            <VerdictWord state={row.state} />
            {row.since === undefined ? null : <Since time={row.since} className={styles.faint} />}
          </div>
        ),
      },
      {
        id: 'roundTrip',
        title: words('network.terminals.roundTrip'),
        width: 'minmax(9rem, 1.1fr)',
        value: (row) => row.roundTripMs?.p95,
        render: (row) =>
          row.roundTripMs === undefined ? (
            <span className={styles.faint}>–</span>
          ) : (
            <div className={styles.close}>
              <span className={styles.number}>{durationText(row.roundTripMs.p50, words, language)}</span>
              <span className={styles.faint}>
                {words('network.terminals.roundTripOf', {
                  p95: durationText(row.roundTripMs.p95, words, language),
                  method: words(`network.methods.${row.roundTripMs.method}`),
                })}
              </span>
            </div>
          ),
      },
      {
        id: 'loss',
        title: words('network.terminals.loss'),
        width: '5rem',
        align: 'end',
        value: (row) => row.lossRatio,
        render: (row) =>
          row.lossRatio === undefined ? (
            <span className={styles.faint}>–</span>
          ) : (
            <span className={styles.number}>{percentText(row.lossRatio, language, 2)} %</span>
          ),
      },
      {
        id: 'radio',
        title: words('network.terminals.radio'),
        width: 'minmax(7rem, 0.8fr)',
        value: (row) => row.rsrpDbm,
        render: (row) =>
          row.cell === undefined && row.rsrpDbm === undefined ? (
            <span className={styles.faint}>–</span>
          ) : (
            <div className={styles.close}>
              <span>{row.cell ?? '–'}</span>
              <span className={styles.faint}>
                {row.rsrpDbm === undefined ? null : `${formatNumber(row.rsrpDbm, language)} dBm`}
                {row.sinrDb === undefined ? null : ` · ${formatNumber(row.sinrDb, language)} dB`}
              </span>
            </div>
          ),
      },
      {
        id: 'problems',
        title: words('network.terminals.problems'),
        width: '7rem',
        value: (row) => row.problems,
        render: (row) =>
          row.problems === 0 ? (
            <span className={styles.faint}>–</span>
          ) : (
            <span className={styles.verdict}>
              <Mark kind="outside" size={14} />
              {words('network.terminals.problemsOf', { count: row.problems })}
            </span>
          ),
      },
      {
        id: 'lastSeen',
        title: words('network.terminals.lastSeen'),
        width: '6.5rem',
        value: (row) => row.lastSeen,
        render: (row) =>
          row.lastSeen === undefined ? (
            <span className={styles.faint}>–</span>
          ) : (
            <Since time={row.lastSeen} />
          ),
      },
    ],
    [words, language],
  );
}
