import type { NetworkFlow, Verdict, VerdictLine } from '@millrace/contract';
import {
  Button,
  type Column,
  Confirm,
  Dialog,
  EmptyState,
  ErrorState,
  Facts,
  formatCount,
  notify,
  Section,
  Since,
  Skeleton,
  Table,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { ListChecks, Pencil, RadioTower, Trash2, Undo2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import { readSort, writeSort } from '../plant.tsx';
import { Because } from './applications.tsx';
import { figureText, intervalText, needsOf } from './figures.ts';
import { FlowForm } from './flow-form.tsx';
import { NetworkFrame } from './frame.tsx';
import { useNetworkChanges } from './live.ts';
import { CriteriaTable, SourceText } from './need-table.tsx';
import styles from './network.module.css';
import { applicationsQuery, flowQuery, flowVerdictsQuery, removeFlow } from './queries.ts';
import { usePageSearch } from './search.ts';
import { Counts, stateOrder, VerdictMark, VerdictWord } from './verdict.tsx';

interface Search {
  edit?: string;
  terminal?: string;
  sort?: string;
}

/** One flow: what it needs and from where the figures come, what it has, at each of its terminals; and the form to change it. */
export function NetworkFlowPage() {
  const { flow: id } = useParams({ strict: false }) as { flow: string };
  const words = useConsoleWords();
  const { search } = usePageSearch<Search>();
  const flow = useQuery({ ...flowQuery(id), enabled: id !== 'new' });
  useNetworkChanges();
  if (id === 'new') return <FlowForm key="new" />;
  if (flow.data === undefined)
    return (
      <NetworkFrame title={words('network.pages.applications')}>
        {flow.error === null ? (
          <Skeleton height="6rem" rows={4} />
        ) : (
          <ErrorState problem={problemWords(flow.error, words)} onRetry={() => void flow.refetch()} />
        )}
      </NetworkFrame>
    );
  return search.edit === undefined ? (
    <OneFlow key={id} flow={flow.data} />
  ) : (
    <FlowForm key={id} saved={flow.data} />
  );
}

function OneFlow({ flow }: { flow: NetworkFlow }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const forbidden = useForbidden()('configure', '');
  const { set } = usePageSearch<Search>();
  const [removing, setRemoving] = useState(false);
  const [busy, setBusy] = useState(false);
  const applications = useQuery(applicationsQuery);
  const now = applications.data?.find((one) => one.flow === flow.id);
  const ofApp = flow.app !== undefined;
  const remove = () => {
    setBusy(true);
    removeFlow(flow.id)
      .then(
        async () => {
          notify({ kind: 'info', title: words(ofApp ? 'network.flow.tookBack' : 'network.flow.removed') });
          setRemoving(false);
          if (!ofApp) await navigate({ to: '/network/applications' });
          await queries.invalidateQueries({ queryKey: ['network'] });
        },
        (error: unknown) => notify({ kind: 'error', title: problemWords(error, words).title }),
      )
      .finally(() => setBusy(false));
  };
  return (
    <NetworkFrame
      title={local(flow.title)}
      above={<Link to="/network/applications">{words('network.pages.applications')}</Link>}
      note={
        <>
          {now?.appTitle === undefined ? words('network.applications.own') : local(now.appTitle)} ·{' '}
          {words('network.applications.priority', { priority: flow.priority })}
          {flow.adapted ? ` · ${words('network.applications.adapted')}` : ''}
          {flow.enabled ? '' : ` · ${words('network.applications.off')}`}
        </>
      }
      actions={
        <>
          {!ofApp || flow.adapted ? (
            <Button
              icon={ofApp ? <Undo2 size={16} /> : <Trash2 size={16} />}
              disabledReason={forbidden}
              onPress={() => setRemoving(true)}
            >
              {`${words(ofApp ? 'network.flow.takeBack' : 'network.flow.remove')}…`}
            </Button>
          ) : null}
          <Button icon={<Pencil size={16} />} disabledReason={forbidden} onPress={() => set({ edit: 'on' })}>
            {words('network.flow.edit')}
          </Button>
        </>
      }
    >
      <div className={styles.halves}>
        <Section>
          <div className={styles.stack}>
            <div className={styles.row}>
              <VerdictWord state={now?.state} />
              {now === undefined ? null : <Counts counts={now.terminals} />}
            </div>
            {now === undefined ? <Skeleton height="3rem" /> : <Because flow={now} />}
          </div>
        </Section>
        <Section>
          <Facts
            facts={[
              {
                name: words('network.flow.class'),
                value: words(`network.classes.${flow.level.trafficClass}`),
              },
              ...(flow.level.messageBytes === undefined && flow.level.burstBytes === undefined
                ? []
                : [
                    {
                      name: words('network.flow.message'),
                      value:
                        flow.level.messageBytes !== undefined
                          ? words('network.flow.messageBytes', { bytes: flow.level.messageBytes })
                          : words('network.flow.bursts', { bytes: flow.level.burstBytes ?? 0 }),
                    },
                  ]),
              { name: words('network.flow.concerns'), value: <Concerns flow={flow} /> },
              ...(flow.whenLost === undefined
                ? []
                : [{ name: words('network.applications.whenLost'), value: local(flow.whenLost) }]),
              {
                name: words('network.pages.incidents'),
                value: (
                  <Link to="/network/incidents" search={{ flow: flow.id } as never}>
                    {words('network.flow.incidents')}
                  </Link>
                ),
              },
            ]}
          />
        </Section>
      </div>
      <LevelTable flow={flow} figures={now?.figures ?? []} />
      <AtTerminals flow={flow} />
      <Confirm
        open={removing}
        onClose={() => setRemoving(false)}
        onConfirm={remove}
        title={words(ofApp ? 'network.flow.takeBackTitle' : 'network.flow.removeTitle')}
        confirm={words(ofApp ? 'network.flow.takeBack' : 'network.flow.remove')}
        busy={busy}
      >
        <p>{words(ofApp ? 'network.flow.takeBackWill' : 'network.flow.removeWill')}</p>
      </Confirm>
    </NetworkFrame>
  );
}

function Concerns({ flow }: { flow: NetworkFlow }) {
  const words = useConsoleWords();
  const parts = [
    ...(flow.things.length === 0
      ? []
      : [words('network.flow.concernsTypes', { types: flow.things.join(', ') })]),
    ...(flow.places.length === 0
      ? []
      : [
          words('network.flow.concernsPlaces', {
            places: flow.places
              .map((place) => (place === '' ? words('network.flow.everywhere') : place))
              .join(', '),
          }),
        ]),
    ...(flow.terminals.length === 0
      ? []
      : [words('network.flow.concernsTerminals', { count: flow.terminals.length })]),
  ];
  return <>{parts.join('; ')}</>;
}

type Figures = NonNullable<ReturnType<typeof needsOf>>[number];

/** Figure by figure: needed, from where, has, between what, measured how, why judged so. */
function LevelTable({
  flow,
  figures,
}: {
  flow: NetworkFlow;
  figures: readonly import('@millrace/contract').NeedFigure[];
}) {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  const needs = needsOf(flow.level, words, language);
  const found = (need: Figures) =>
    figures.find(({ criterion, limit }) => criterion === need.criterion && limit === need.limit);
  const columns: Column<Figures>[] = [
    {
      id: 'figure',
      title: words('network.flow.figure'),
      width: 'minmax(10rem, 1.3fr)',
      phone: 'title',
      render: (need) => (
        <div className={styles.close}>
          <b>{words(`network.criteria.${need.criterion}`)}</b>
          <VerdictWord state={found(need)?.state} />
        </div>
      ),
    },
    {
      id: 'needed',
      title: words('network.flow.needed'),
      width: 'minmax(10rem, 1.6fr)',
      render: (need) => {
        const source = flow.level.sources?.[need.figure];
        return (
          <div className={styles.close}>
            <span>{need.text}</span>
            <span className={styles.faint}>
              {words('network.flow.source')}:{' '}
              {source === undefined ? words('network.flow.noSource') : <SourceText source={source} />}
            </span>
          </div>
        );
      },
    },
    {
      id: 'has',
      title: words('network.flow.measured'),
      width: 'minmax(8rem, 1fr)',
      render: (need) => {
        const one = found(need);
        const interval = intervalText(one?.low, one?.high, one?.unit ?? '', words, language);
        return (
          <div className={styles.close}>
            <b className={styles.number}>
              {figureText(one?.measured, one?.unit ?? '', words, language) ?? '–'}
            </b>
            {interval === undefined ? null : (
              <span className={styles.faint}>
                {words('network.flow.interval')}: {interval}
              </span>
            )}
            {one?.method === undefined ? null : (
              <span className={styles.faint}>{words(`network.methods.${one.method}`)}</span>
            )}
          </div>
        );
      },
    },
    {
      id: 'reason',
      title: words('network.flow.reason'),
      width: 'minmax(12rem, 2fr)',
      phone: 'plain',
      render: (need) => {
        const reason = found(need)?.reason;
        return reason === undefined ? (
          <span className={styles.faint}>{words('network.applications.notYet')}</span>
        ) : (
          <span>{local(reason)}</span>
        );
      },
    },
  ];
  return (
    <Section title={words('network.flow.level')} note={words('network.applications.has')} flush>
      <Table
        label={words('network.flow.level')}
        columns={columns}
        rows={needs}
        rowKey={(need) => `${need.criterion} ${need.limit}`}
        empty={<p className={styles.faint}>{words('network.need.none')}</p>}
      />
    </Section>
  );
}

interface Row {
  line: VerdictLine;
  verdict: Verdict | undefined;
}

function AtTerminals({ flow }: { flow: NetworkFlow }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  const { search, set } = usePageSearch<Search>();
  const verdicts = useQuery(flowVerdictsQuery(flow.id));
  const rows = useMemo<Row[]>(() => {
    const byTerminal = new Map((verdicts.data?.verdicts ?? []).map((one) => [one.terminal, one]));
    return (verdicts.data?.lines ?? []).map((line) => ({ line, verdict: byTerminal.get(line.terminal) }));
  }, [verdicts.data]);
  const opened = rows.find(({ line }) => line.terminal === search.terminal);
  const columns = useMemo<Column<Row>[]>(
    () => [
      {
        id: 'terminal',
        title: words('network.terminals.terminal'),
        width: 'minmax(11rem, 1.3fr)',
        phone: 'title',
        value: ({ line }) => line.terminalTitle,
        render: ({ line }) => (
          <div className={styles.close}>
            <Link
              to="/network/terminals/$terminal"
              params={{ terminal: line.terminal }}
              className={styles.title}
            >
              {line.terminalTitle}
            </Link>
            <span className={styles.faint}>{line.place}</span>
          </div>
        ),
      },
      {
        id: 'state',
        title: words('network.verdict.title'),
        width: '9rem',
        value: ({ line }) => stateOrder[line.state],
        render: ({ line }) => (
          <div className={styles.close}>
            <VerdictWord state={line.state} />
            {line.since === undefined ? null : <Since time={line.since} className={styles.faint} />}
          </div>
        ),
      },
      {
        id: 'criteria',
        title: words('network.flow.criteria'),
        width: 'minmax(11rem, 1.4fr)',
        render: ({ verdict }) => (
          <div className={styles.row}>
            {(verdict?.criteria ?? []).map((one, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a level may have a criterion twice, always in its order
              <span key={index} className={`${styles.verdict} ${styles[one.state]}`}>
                <VerdictMark state={one.state} size={14} />
                <span className={styles.word}>
                  {figureText(one.measured, one.unit, words, language) ??
                    words(`network.criteria.${one.criterion}`)}
                </span>
                <span className="visually-hidden">
                  {words(`network.criteria.${one.criterion}`)} {words(`network.verdict.${one.state}`)}
                </span>
              </span>
            ))}
          </div>
        ),
      },
      {
        id: 'reason',
        title: words('network.flow.reason'),
        width: 'minmax(12rem, 2fr)',
        phone: 'plain',
        value: ({ line }) => local(line.reason),
        render: ({ line }) => <span>{local(line.reason)}</span>,
      },
      {
        id: 'open',
        title: '',
        width: '8rem',
        phone: 'plain',
        render: ({ line, verdict }) =>
          verdict === undefined ? null : (
            <Button icon={<ListChecks size={16} />} onPress={() => set({ terminal: line.terminal })}>
              {words('network.flow.criteria')}
            </Button>
          ),
      },
    ],
    [words, local, language, set],
  );
  return (
    <Section
      title={words('network.flow.atTerminals')}
      {...(verdicts.data === undefined
        ? {}
        : { note: `${formatCount(verdicts.data.total, language)} · ${words('network.live')}` })}
      flush
    >
      {verdicts.error !== null && verdicts.data === undefined ? (
        <ErrorState problem={problemWords(verdicts.error, words)} onRetry={() => void verdicts.refetch()} />
      ) : verdicts.data === undefined ? (
        <Skeleton height="3.5rem" rows={5} />
      ) : rows.length === 0 ? (
        <EmptyState icon={<RadioTower size={44} />} title={words('network.flow.noTerminals')}>
          <p>{words('network.flow.noTerminalsHelp')}</p>
        </EmptyState>
      ) : (
        <Table
          label={words('network.flow.atTerminals')}
          columns={columns}
          rows={rows}
          rowKey={({ line }) => line.terminal}
          rowHeight={72}
          sort={readSort(search.sort)}
          onSort={(sort) => set({ sort: writeSort(sort) })}
          csv={flow.id}
        />
      )}
      <Dialog
        open={opened?.verdict !== undefined}
        onClose={() => set({ terminal: undefined })}
        wide
        title={words('network.flow.criteriaOf', { terminal: opened?.line.terminalTitle ?? '' })}
      >
        {opened?.verdict === undefined ? null : (
          <div className={styles.stack}>
            <p>{local(opened.verdict.reason)}</p>
            <CriteriaTable level={flow.level} criteria={opened.verdict.criteria} />
            <Link
              to="/network/terminals/$terminal"
              params={{ terminal: opened.line.terminal }}
              className={styles.press}
            >
              {words('network.flow.page')}
            </Link>
          </div>
        )}
      </Dialog>
    </Section>
  );
}
