import type { NetworkIncident, NetworkTerminal, RadioState } from '@millrace/contract';
import { EmptyState, ErrorState, Instant, runsOf, Section, Skeleton, traceOf } from '@millrace/ui';
import { StateStrip } from '@millrace/ui/charts/state-strip.tsx';
import { type ChartSeries, TimeChart } from '@millrace/ui/charts/time-chart.tsx';
import { useQuery } from '@tanstack/react-query';
import { Radio } from 'lucide-react';
import { useMemo } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useBounds, useTimeState } from '../../shell/time-state.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './network.module.css';
import { lifeQuery } from './queries.ts';

/** Marks in one chart; more hide the lines. */
const marksMax = 60;

/** What was known of a terminal's radio over time: signal, cell, registration, addresses; handovers and outages marked. */
export function RadioLife({
  terminal,
  incidents,
}: {
  terminal: NetworkTerminal;
  incidents: readonly NetworkIncident[];
}) {
  const words = useConsoleWords();
  const { from, to } = useBounds();
  const { setRange } = useTimeState();
  const life = useQuery(lifeQuery(terminal.id, from, to));
  const radio = life.data?.radio;
  const { series, marks, handovers } = useMemo(() => {
    const states = radio ?? [];
    const lines = (
      [
        ['rsrpDbm', 'network.terminal.rsrp', 'dBm'],
        ['sinrDb', 'network.terminal.sinr', 'dB'],
      ] as const
    ).flatMap(([name, title, unit], tone): ChartSeries[] => {
      const samples = states.flatMap((state) =>
        state[name] === undefined
          ? []
          : [{ time: Date.parse(state.time), value: state[name], quality: 'good' as const }],
      );
      return samples.length === 0
        ? []
        : [{ id: name, title: words(title), unit, tone, trace: traceOf(samples, undefined, true) }];
    });
    const found = handoversOf(states);
    const all = [
      ...found.map(({ time, cell }) => ({ time, text: words('network.terminal.handover', { cell }) })),
      ...lossesOf(states).map((time) => ({ time, text: words('network.terminal.lostRegistration') })),
      ...incidents.map(({ from: began }) => ({
        time: Date.parse(began),
        text: words('network.terminal.outage'),
      })),
    ];
    return {
      series: lines,
      marks: all.filter(({ time }) => time >= from && time <= to).slice(-marksMax),
      handovers: found.length,
    };
  }, [radio, incidents, words, from, to]);

  if (life.error !== null && life.data === undefined)
    return <ErrorState problem={problemWords(life.error, words)} onRetry={() => void life.refetch()} />;
  if (life.data === undefined || radio === undefined) return <Skeleton height="6rem" rows={3} />;
  const strip = (name: 'cell' | 'registration' | 'connection') =>
    runsOf(
      radio.flatMap((state) =>
        state[name] === undefined
          ? []
          : [
              {
                time: Date.parse(state.time),
                value: state[name],
                quality:
                  name === 'registration' && (state[name] === 'denied' || state[name] === 'deregistered')
                    ? ('bad' as const)
                    : ('good' as const),
              },
            ],
      ),
      Math.min(to, Date.now()),
    );
  const addresses = life.data.addresses.map((one) => ({
    from: Date.parse(one.from),
    to: one.to === undefined ? Math.min(to, Date.now()) : Date.parse(one.to),
    value: one.address,
    quality: 'good' as const,
  }));
  if (radio.length === 0 && addresses.length === 0)
    return (
      <EmptyState icon={<Radio size={44} />} title={words('network.terminal.radioNone')}>
        <p>
          {words(
            terminal.kind === 'wired' ? 'network.terminal.radioWired' : 'network.terminal.radioNoneHelp',
          )}
        </p>
      </EmptyState>
    );
  const last = radio.at(-1);
  return (
    <div className={styles.stack}>
      {series.length === 0 ? null : (
        <Section title={words('network.terminal.signal')}>
          <TimeChart
            series={series}
            from={from}
            to={to}
            onRange={setRange}
            marks={marks}
            height={300}
            syncKey={`radio ${terminal.id}`}
          />
        </Section>
      )}
      <Section
        title={words('network.terminal.tabs.radio')}
        note={words('network.terminal.handovers', { count: handovers })}
      >
        <div className={styles.stack}>
          <StateStrip title={words('network.terminal.cell')} runs={strip('cell')} from={from} to={to} />
          <StateStrip
            title={words('network.terminal.registration')}
            runs={strip('registration')}
            nameOf={(value) =>
              words(`network.terminal.registrations.${value as NonNullable<RadioState['registration']>}`)
            }
            from={from}
            to={to}
          />
          <StateStrip
            title={words('network.terminal.connection')}
            runs={strip('connection')}
            nameOf={(value) =>
              words(`network.terminal.connections.${value as NonNullable<RadioState['connection']>}`)
            }
            from={from}
            to={to}
          />
          <StateStrip title={words('network.terminal.address')} runs={addresses} from={from} to={to} />
        </div>
      </Section>
      {last?.neighbours === undefined || last.neighbours.length === 0 ? null : (
        <Section title={words('network.terminal.neighbours')} note={<Instant time={last.time} />}>
          <ul className={styles.pairs}>
            {last.neighbours.map(({ cell, rsrpDbm }) => (
              <li key={cell}>
                <span>{cell}</span>
                <span className={styles.number}>{rsrpDbm === undefined ? '–' : `${rsrpDbm} dBm`}</span>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}

function handoversOf(states: readonly RadioState[]): { time: number; cell: string }[] {
  const found: { time: number; cell: string }[] = [];
  let cell: string | undefined;
  for (const state of states) {
    if (state.cell === undefined) continue;
    if (cell !== undefined && state.cell !== cell)
      found.push({ time: Date.parse(state.time), cell: state.cell });
    cell = state.cell;
  }
  return found;
}

/** When it was registered before and no longer was. */
function lossesOf(states: readonly RadioState[]): number[] {
  const found: number[] = [];
  let held = false;
  for (const { registration, time } of states) {
    if (registration === undefined) continue;
    const holds = registration === 'registered' || registration === 'roaming';
    if (held && !holds) found.push(Date.parse(time));
    held = holds;
  }
  return found;
}
