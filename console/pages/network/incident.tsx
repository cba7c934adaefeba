import type { NetworkIncident } from '@millrace/contract';
import {
  ErrorState,
  Facts,
  formatNumber,
  Instant,
  Section,
  Skeleton,
  type TimeRange,
  useLanguage,
  useLocalText,
  useNow,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { blameText, durationText, percentText, todoText } from './figures.ts';
import { NetworkFrame } from './frame.tsx';
import { FlowHistory } from './history.tsx';
import { useNetworkNames } from './incidents.tsx';
import { useNetworkChanges } from './live.ts';
import { CriteriaTable } from './need-table.tsx';
import styles from './network.module.css';
import { flowsQuery, incidentQuery, terminalQuery } from './queries.ts';
import { VerdictMark } from './verdict.tsx';

/** Shown before an incident began and after it ended. */
const aroundMilliseconds = 15 * 60_000;

/** One incident: when, what was not met, where it lies and what tells so, what was done. */
export function NetworkIncidentPage() {
  const { incident: id } = useParams({ strict: false }) as { incident: string };
  const words = useConsoleWords();
  const incident = useQuery(incidentQuery(id));
  useNetworkChanges();
  if (incident.data === undefined)
    return (
      <NetworkFrame title={words('network.pages.incidents')}>
        {incident.error === null ? (
          <Skeleton height="5rem" rows={4} />
        ) : (
          <ErrorState problem={problemWords(incident.error, words)} onRetry={() => void incident.refetch()} />
        )}
      </NetworkFrame>
    );
  return <OneIncident key={id} incident={incident.data} />;
}

function OneIncident({ incident }: { incident: NetworkIncident }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  const names = useNetworkNames();
  const now = useNow(5);
  const flows = useQuery(flowsQuery);
  const flow = flows.data?.find(({ id }) => id === incident.flow);
  const over = incident.to !== undefined;
  const began = Date.parse(incident.from);
  const ended = over ? Date.parse(incident.to!) : now;
  const { blame } = incident;
  return (
    <NetworkFrame
      title={words('network.incident.title', {
        flow: names.flow(incident.flow),
        terminal: names.terminal(incident.terminal),
      })}
      above={<Link to="/network/incidents">{words('network.pages.incidents')}</Link>}
    >
      <div className={styles.halves}>
        <Section>
          <Facts
            facts={[
              {
                name: words('network.verdict.title'),
                value: (
                  <span className={`${styles.verdict} ${over ? styles.none : styles.violated}`}>
                    <VerdictMark state={over ? 'none' : 'violated'} />
                    <b className={styles.word}>
                      {words(over ? 'network.incident.closed' : 'network.incidents.goingOn')}
                    </b>
                  </span>
                ),
              },
              { name: words('network.incident.began'), value: <Instant time={incident.from} /> },
              ...(over
                ? [{ name: words('network.incident.ended'), value: <Instant time={incident.to!} /> }]
                : []),
              {
                name: words('network.incidents.length'),
                value: durationText(Math.max(0, ended - began), words, language),
              },
              {
                name: words('network.incidents.criteria'),
                value: [...new Set(incident.criteria)]
                  .map((criterion) => words(`network.criteria.${criterion}`))
                  .join(language === 'zh' ? '、' : ', '),
              },
              {
                name: words('network.incidents.flow'),
                value: (
                  <Link to="/network/flows/$flow" params={{ flow: incident.flow }}>
                    {names.flow(incident.flow)}
                  </Link>
                ),
              },
              {
                name: words('network.incidents.terminal'),
                value: (
                  <Link to="/network/terminals/$terminal" params={{ terminal: incident.terminal }}>
                    {names.terminal(incident.terminal)}
                  </Link>
                ),
              },
              ...(flow?.whenLost === undefined
                ? []
                : [{ name: words('network.incident.whenLost'), value: local(flow.whenLost) }]),
            ]}
          />
        </Section>
        <Section title={words('network.incident.blame')}>
          {blame === undefined ? (
            <div className={styles.close}>
              <p>{words('network.incident.noBlame')}</p>
              <p>→ {todoText(undefined, words)}</p>
            </div>
          ) : (
            <div className={styles.stack}>
              <div className={styles.close}>
                <b className={styles.figure}>{blameText(blame, words)}</b>
                <span>{local(blame.cause)}</span>
                {blame.from === undefined ? null : (
                  <span className={styles.faint}>
                    {words('network.incident.confidence', {
                      share: percentText(blame.confidence, language, 2),
                    })}{' '}
                    ·{' '}
                    {words(
                      blame.observable ? 'network.incident.observable' : 'network.incident.notObservable',
                    )}
                  </span>
                )}
                <span>→ {todoText(blame, words)}</span>
              </div>
              <Evidence blame={blame} />
            </div>
          )}
        </Section>
      </div>
      <Timeline incident={incident} />
      <NowJudged incident={incident} open={!over} />
      <Course incident={incident} from={began} to={ended} />
    </NetworkFrame>
  );
}

function Evidence({ blame }: { blame: NonNullable<NetworkIncident['blame']> }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  if (blame.evidence.length === 0)
    return <p className={styles.faint}>{words('network.incident.noEvidence')}</p>;
  return (
    <div>
      <h3>{words('network.incident.evidence')}</h3>
      <ul className={styles.plainList}>
        {blame.evidence.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: evidence stands in its order and has no name
          <li key={index} className={styles.evidence}>
            <span className={styles.faint}>
              {one.hop === undefined ? '–' : words(`network.hops.${one.hop}`)}
            </span>
            <span>
              {local(one.what)}
              {one.value === undefined ? null : (
                <b className={styles.number}>
                  {' '}
                  {formatNumber(Number(one.value.toPrecision(3)), language)}
                  {one.unit === undefined ? '' : ` ${one.unit}`}
                </b>
              )}
              {one.time === undefined ? null : (
                <span className={styles.faint}>
                  {' '}
                  · <Instant time={one.time} />
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What happened in its order: begin, what was seen, what was done, end. */
function Timeline({ incident }: { incident: NetworkIncident }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  const entries = useMemo(() => {
    const all: { time: string; text: string; outcome?: string }[] = [
      {
        time: incident.from,
        text: words('network.incident.opened', {
          criteria: [...new Set(incident.criteria)]
            .map((criterion) => words(`network.criteria.${criterion}`))
            .join(language === 'zh' ? '、' : ', '),
        }),
      },
      ...(incident.blame?.evidence ?? []).flatMap(({ time, what }) =>
        time === undefined ? [] : [{ time, text: words('network.incident.seen', { what: local(what) }) }],
      ),
      ...incident.actions.map(({ time, what, outcome }) => ({
        time,
        text: local(what),
        outcome: local(outcome),
      })),
      ...(incident.to === undefined ? [] : [{ time: incident.to, text: words('network.incident.closed') }]),
    ];
    return all
      .map((entry, index) => ({ ...entry, index }))
      .sort((a, b) => Date.parse(a.time) - Date.parse(b.time) || a.index - b.index);
  }, [incident, words, local, language]);
  return (
    <Section
      title={words('network.incident.timeline')}
      {...(incident.actions.length === 0 ? { note: words('network.incident.noActions') } : {})}
    >
      <ol className={styles.timeline}>
        {entries.map((entry) => (
          <li key={entry.index}>
            <span className={styles.faint}>
              <Instant time={entry.time} />
            </span>
            <span>
              {entry.text}
              {entry.outcome === undefined ? null : <b> {entry.outcome}</b>}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  );
}

/** The criteria as they stand now, while the incident goes on. */
function NowJudged({ incident, open }: { incident: NetworkIncident; open: boolean }) {
  const words = useConsoleWords();
  const terminal = useQuery({ ...terminalQuery(incident.terminal), enabled: open });
  const verdict = terminal.data?.verdicts.find(({ flow }) => flow === incident.flow);
  if (!open || verdict === undefined) return null;
  return (
    <Section title={words('network.incident.current')}>
      <CriteriaTable
        level={terminal.data?.flows.find(({ id }) => id === incident.flow)?.level}
        criteria={verdict.criteria}
      />
    </Section>
  );
}

function Course({ incident, from, to }: { incident: NetworkIncident; from: number; to: number }) {
  const words = useConsoleWords();
  const [range, setRange] = useState<{ from: number; to: number }>();
  const marked = useMemo(() => [incident], [incident]);
  const change = (next: TimeRange) =>
    setRange(next.kind === 'last' ? undefined : { from: next.from, to: next.to });
  // While it goes on the end moves in steps, so that the chart is not asked for anew every second.
  const step = 60_000;
  const end = Math.ceil((to + (incident.to === undefined ? 0 : aroundMilliseconds)) / step) * step;
  return (
    <Section title={words('network.incident.course')} note={words('network.incident.courseNote')}>
      <FlowHistory
        terminal={incident.terminal}
        flow={incident.flow}
        from={range?.from ?? from - aroundMilliseconds}
        to={range?.to ?? end}
        onRange={change}
        incidents={marked}
      />
    </Section>
  );
}
