import type { FlowPerformance, NetworkIncident } from '@millrace/contract';
import type { TimeRange } from '@millrace/ui';
import { EmptyState, ErrorState, runsOf, Section, Skeleton, traceOf } from '@millrace/ui';
import { StateStrip } from '@millrace/ui/charts/state-strip.tsx';
import { type ChartSeries, TimeChart } from '@millrace/ui/charts/time-chart.tsx';
import { useQuery } from '@tanstack/react-query';
import { ChartLine } from 'lucide-react';
import { useMemo } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './network.module.css';
import { historyQuery } from './queries.ts';

/** What was measured and judged of a flow at a terminal: latency, loss, and the verdict above them; incidents marked. */
export function FlowHistory({
  terminal,
  flow,
  from,
  to,
  onRange,
  incidents,
}: {
  terminal: string;
  flow: string;
  from: number;
  to: number;
  onRange: (range: TimeRange) => void;
  incidents: readonly NetworkIncident[];
}) {
  const words = useConsoleWords();
  const history = useQuery(historyQuery(terminal, flow, from, to));
  const lines = history.data;
  const { latency, rest, runs } = useMemo(() => {
    const all = lines ?? [];
    const series = (
      name: string,
      title: string,
      unit: string,
      tone: number,
      measured: (line: FlowPerformance) => number | undefined,
    ): ChartSeries[] => {
      const samples = all.flatMap((line) => {
        const value = measured(line);
        return value === undefined ? [] : [{ time: Date.parse(line.from), value, quality: 'good' as const }];
      });
      return samples.length === 0
        ? []
        : [{ id: name, title, unit, tone, trace: traceOf(samples, undefined) }];
    };
    return {
      latency: [
        ...series('p50', words('network.terminal.p50'), 'ms', 0, (line) => line.p50Ms),
        ...series('p95', words('network.terminal.p95'), 'ms', 1, (line) => line.p95Ms),
        ...series('p99', words('network.terminal.p99'), 'ms', 2, (line) => line.p99Ms),
        ...series('jitter', words('network.terminal.jitter'), 'ms', 3, (line) => line.jitterMs),
      ],
      rest: series('loss', words('network.terminal.lost'), '%', 4, (line) =>
        line.messages === 0 ? undefined : (100 * line.lost) / line.messages,
      ),
      runs: runsOf(
        all.map((line) => ({
          time: Date.parse(line.from),
          value: line.state,
          quality: line.state === 'violated' ? ('bad' as const) : ('good' as const),
        })),
        Date.parse(all.at(-1)?.to ?? new Date(to).toISOString()),
      ),
    };
  }, [lines, words, to]);
  const marks = useMemo(
    () =>
      incidents
        .filter((one) => one.flow === flow)
        .map((one) => ({ time: Date.parse(one.from), text: words('network.pages.incidents') }))
        .filter(({ time }) => time >= from && time <= to),
    [incidents, flow, from, to, words],
  );
  if (history.error !== null && lines === undefined)
    return <ErrorState problem={problemWords(history.error, words)} onRetry={() => void history.refetch()} />;
  if (lines === undefined) return <Skeleton height="8rem" rows={2} />;
  if (lines.length === 0)
    return (
      <EmptyState icon={<ChartLine size={44} />} title={words('network.terminal.historyNone')}>
        <p>{words('network.terminal.historyNoneHelp')}</p>
      </EmptyState>
    );
  return (
    <div className={styles.stack}>
      <StateStrip
        title={words('network.verdict.title')}
        runs={runs}
        nameOf={(value) => words(`network.verdict.${value as FlowPerformance['state']}`)}
        from={from}
        to={to}
      />
      {latency.length === 0 ? null : (
        <Section title={words('network.terminal.latency')}>
          <TimeChart
            series={latency}
            from={from}
            to={to}
            onRange={onRange}
            marks={marks}
            height={300}
            syncKey={`network ${terminal} ${flow}`}
          />
        </Section>
      )}
      {rest.length === 0 ? null : (
        <Section title={words('network.terminal.lost')}>
          <TimeChart
            series={rest}
            from={from}
            to={to}
            onRange={onRange}
            marks={marks}
            height={180}
            syncKey={`network ${terminal} ${flow}`}
          />
        </Section>
      )}
    </div>
  );
}
