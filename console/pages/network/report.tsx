import type { FlowReport } from '@millrace/contract';
import {
  Button,
  type Column,
  Dialog,
  EmptyState,
  ErrorState,
  formatCount,
  formatNumber,
  Instant,
  Section,
  Skeleton,
  Table,
  ToolBar,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import buttonStyles from '@millrace/ui/controls/button.module.css';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight, Download, FileText, ListChecks, Printer } from 'lucide-react';
import { useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { durationText, percentText } from './figures.ts';
import { NetworkFrame } from './frame.tsx';
import styles from './network.module.css';
import { reportQuery } from './queries.ts';
import { usePageSearch } from './search.ts';

/** `YYYY-MM` so many months away. */
export function monthAway(month: string, by: number): string {
  const [year = 1970, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

/** Service levels of a month, flow by flow: to be read, printed, taken along as CSV. */
export function NetworkReportPage() {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  const { search, set } = usePageSearch<{ month?: string }>();
  const asked =
    search.month !== undefined && /^\d{4}-(0[1-9]|1[0-2])$/.test(search.month) ? search.month : undefined;
  const report = useQuery(reportQuery(asked));
  const [opened, setOpened] = useState<string>();
  const { data } = report;
  const month = data?.month;
  const flow = data?.flows.find((one) => one.flow === opened);
  const columns = useMemo<Column<FlowReport>[]>(() => {
    const percent = (share: number | undefined, digits = 6) =>
      share === undefined ? '–' : `${percentText(share, language, digits)} %`;
    return [
      {
        id: 'flow',
        title: words('network.report.flow'),
        width: 'minmax(11rem, 1.6fr)',
        phone: 'title',
        value: (row) => local(row.title),
        render: (row) => (
          <div className={styles.close}>
            <Link to="/network/flows/$flow" params={{ flow: row.flow }} className={styles.title}>
              {local(row.title)}
            </Link>
            <span className={styles.faint}>
              {row.appTitle === undefined ? words('network.applications.own') : local(row.appTitle)}
              {row.terminals === 0 ? '' : ` · ${words('network.terminals.total', { count: row.terminals })}`}
            </span>
          </div>
        ),
      },
      {
        id: 'judged',
        title: words('network.report.judged'),
        width: '7rem',
        align: 'end',
        value: (row) => row.judgedHours,
        render: (row) =>
          row.judgedHours === 0 ? (
            <span className={styles.faint}>{words('network.report.notJudged')}</span>
          ) : (
            <span className={styles.number}>
              {words('network.report.hours', {
                value: formatNumber(Number(row.judgedHours.toPrecision(4)), language),
              })}
            </span>
          ),
      },
      {
        id: 'met',
        title: `${words('network.report.met')} / ${words('network.report.violated')} / ${words('network.report.undecided')}`,
        width: 'minmax(11rem, 1.3fr)',
        value: (row) => row.metShare,
        render: (row) => <Shares flow={row} />,
      },
      {
        id: 'availability',
        title: words('network.report.availability'),
        width: 'minmax(7rem, 0.9fr)',
        align: 'end',
        value: (row) => row.availability,
        render: (row) => (
          <div className={styles.closeEnd}>
            <b className={styles.number}>{percent(row.availability)}</b>
            {row.availabilityLow === undefined ? null : (
              <span className={styles.faint}>
                {words('network.report.atLeast', { share: percentText(row.availabilityLow, language, 6) })}
              </span>
            )}
          </div>
        ),
      },
      {
        id: 'down',
        title: words('network.report.down'),
        width: '7rem',
        align: 'end',
        value: (row) => row.downSeconds,
        render: (row) => (
          <div className={styles.closeEnd}>
            <span className={styles.number}>
              {row.judgedHours === 0 ? '–' : durationText(row.downSeconds * 1000, words, language)}
            </span>
            {row.downEvents === 0 ? null : (
              <span className={styles.faint}>
                {words('network.report.events', { count: row.downEvents })}
              </span>
            )}
          </div>
        ),
      },
      {
        id: 'mtbf',
        title: words('network.report.mtbf'),
        width: '7rem',
        align: 'end',
        value: (row) => row.mtbfHours,
        render: (row) => (
          <span className={styles.number}>
            {row.mtbfHours === undefined ? '–' : durationText(row.mtbfHours * 3_600_000, words, language)}
          </span>
        ),
      },
      {
        id: 'incidents',
        title: words('network.report.incidents'),
        width: '6rem',
        align: 'end',
        value: (row) => row.incidents,
        render: (row) => <span className={styles.number}>{formatCount(row.incidents, language)}</span>,
      },
      {
        id: 'open',
        title: '',
        width: '3.5rem',
        phone: 'plain',
        render: (row) =>
          row.worstHours.length === 0 && row.byTerminal.length === 0 ? null : (
            <Button
              kind="quiet"
              icon={<ListChecks size={16} />}
              label={words('network.report.details', { flow: local(row.title) })}
              onPress={() => setOpened(row.flow)}
            />
          ),
      },
    ];
  }, [words, local, language]);
  const query = asked === undefined ? '' : `?month=${asked}`;
  return (
    <NetworkFrame
      title={words('network.pages.report')}
      note={words('network.report.note')}
      actions={
        <>
          <a href={`/api/network/report.csv${query}`} download className={buttonStyles.button}>
            <Download size={16} /> {words('network.report.csv')}
          </a>
          <Button icon={<Printer size={16} />} onPress={() => window.print()}>
            {words('network.report.print')}
          </Button>
        </>
      }
    >
      <ToolBar label={words('network.report.month')}>
        <Button
          icon={<ChevronLeft size={18} />}
          label={words('network.report.previous')}
          disabledReason={undefined}
          onPress={() => (month === undefined ? undefined : set({ month: monthAway(month, -1) }))}
        />
        <b className={styles.figure}>{month ?? ' '}</b>
        <Button
          icon={<ChevronRight size={18} />}
          label={words('network.report.next')}
          disabledReason={data?.complete === false ? words('network.report.soFar') : undefined}
          onPress={() => (month === undefined ? undefined : set({ month: monthAway(month, 1) }))}
        />
        {data === undefined ? null : (
          <span className={styles.faint}>
            <Instant time={data.from} /> – <Instant time={data.to} />
            {data.complete ? null : ` · ${words('network.report.soFar')}`}
          </span>
        )}
      </ToolBar>
      {report.error !== null && data === undefined ? (
        <ErrorState problem={problemWords(report.error, words)} onRetry={() => void report.refetch()} />
      ) : data === undefined ? (
        <Skeleton height="4rem" rows={4} />
      ) : data.flows.length === 0 ? (
        <EmptyState icon={<FileText size={44} />} title={words('network.report.none')}>
          <p>{words('network.report.noneHelp')}</p>
        </EmptyState>
      ) : (
        <>
          <Section flush>
            <Table
              label={words('network.pages.report')}
              columns={columns}
              rows={data.flows}
              rowKey={(row) => row.flow}
              rowHeight={72}
            />
          </Section>
          <p className={styles.faint}>{words('network.report.definition')}</p>
        </>
      )}
      <Dialog
        open={flow !== undefined}
        onClose={() => setOpened(undefined)}
        wide
        title={flow === undefined ? '' : local(flow.title)}
      >
        {flow === undefined ? null : <Details flow={flow} />}
      </Dialog>
    </NetworkFrame>
  );
}

/** Shares of the judged time as one bar with its figures; told apart by pattern, not by colour alone. */
function Shares({ flow }: { flow: FlowReport }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const { metShare = 0, violatedShare = 0, undecidedShare = 0 } = flow;
  if (flow.metShare === undefined) return <span className={styles.faint}>–</span>;
  const parts = [
    ['met', metShare],
    ['violated', violatedShare],
    ['undecided', undecidedShare],
  ] as const;
  return (
    <div className={styles.shares}>
      <div className={styles.shareBar} aria-hidden="true">
        {parts.map(([name, share]) => (
          <span key={name} className={styles[`share-${name}`]} style={{ width: `${share * 100}%` }} />
        ))}
      </div>
      <span className={styles.number}>
        {parts.map(([name, share], index) => (
          <span key={name}>
            {index === 0 ? '' : ' / '}
            <span className="visually-hidden">{words(`network.report.${name}`)} </span>
            {percentText(share, language, 3)}
          </span>
        ))}{' '}
        %
      </span>
    </div>
  );
}

function Details({ flow }: { flow: FlowReport }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const percent = (share: number | undefined) =>
    share === undefined ? '–' : `${percentText(share, language, 6)} %`;
  const terminalColumns: Column<FlowReport['byTerminal'][number]>[] = [
    {
      id: 'terminal',
      title: words('network.report.terminal'),
      width: 'minmax(9rem, 1.5fr)',
      phone: 'title',
      value: (row) => row.title,
      render: (row) => (
        <Link to="/network/terminals/$terminal" params={{ terminal: row.terminal }}>
          {row.title}
        </Link>
      ),
    },
    {
      id: 'judged',
      title: words('network.report.judged'),
      align: 'end',
      value: (row) => row.judgedHours,
      render: (row) =>
        words('network.report.hours', {
          value: formatNumber(Number(row.judgedHours.toPrecision(3)), language),
        }),
    },
    {
      id: 'met',
      title: words('network.report.met'),
      align: 'end',
      value: (row) => row.metShare,
      render: (row) => percent(row.metShare),
    },
    {
      id: 'availability',
      title: words('network.report.availability'),
      align: 'end',
      value: (row) => row.availability,
      render: (row) => percent(row.availability),
    },
    {
      id: 'down',
      title: words('network.report.down'),
      align: 'end',
      value: (row) => row.downSeconds,
      render: (row) =>
        `${durationText(row.downSeconds * 1000, words, language)} · ${words('network.report.events', { count: row.downEvents })}`,
    },
  ];
  return (
    <div className={styles.stack}>
      {flow.worstHours.length === 0 ? null : (
        <div>
          <h3>{words('network.report.worstHours')}</h3>
          <ul className={styles.plainList}>
            {flow.worstHours.map((hour) => (
              <li key={`${hour.from} ${hour.terminal}`} className={styles.evidence}>
                <Instant time={hour.from} />
                <span>
                  <Link to="/network/terminals/$terminal" params={{ terminal: hour.terminal }}>
                    {hour.terminalTitle}
                  </Link>{' '}
                  <span className={styles.number}>
                    {words('network.report.violated')} {percent(hour.violatedShare)} ·{' '}
                    {words('network.report.down')} {durationText(hour.downSeconds * 1000, words, language)}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {flow.byTerminal.length === 0 ? null : (
        <div>
          <h3>{words('network.report.byTerminal')}</h3>
          <Table
            label={words('network.report.byTerminal')}
            columns={terminalColumns}
            rows={flow.byTerminal}
            rowKey={(row) => row.terminal}
            csv={flow.flow}
          />
        </div>
      )}
    </div>
  );
}
