import { alarmPriorities } from '@millrace/contract';
import {
  ErrorState,
  formatNumber,
  Instant,
  Section,
  Skeleton,
  useLanguage,
  usePlantTime,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useBounds } from '../../shell/time-state.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './alarms.module.css';
import { AlarmFrame, named } from './frame.tsx';
import { Priority } from './priority.tsx';
import { alarmMetricsQuery } from './queries.ts';

const secondsPerSpanOfTen = 600;

/** How well the alarms serve their operators, after EEMUA 191 and ISA-18.2, each figure beside what it should be. */
export function AlarmMetricsPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const plant = usePlantTime();
  const { from, to } = useBounds();
  const answer = useQuery({ ...alarmMetricsQuery(from, to), placeholderData: (previous) => previous });
  const metrics = answer.data;
  if (metrics === undefined)
    return (
      <AlarmFrame title={words('alarm.metrics.title')}>
        {answer.error === null ? (
          <Skeleton height="6rem" rows={3} />
        ) : (
          <ErrorState problem={problemWords(answer.error, words)} onRetry={() => void answer.refetch()} />
        )}
      </AlarmFrame>
    );
  const tile = (title: string, value: ReactNode, good?: string, broken = false) => (
    <div className={`${styles.tile} ${broken ? styles.broken : ''}`}>
      <h3>{title}</h3>
      <p className={styles.figure}>{value}</p>
      {good === undefined ? null : <p className={styles.faint}>{good}</p>}
    </div>
  );
  const number = (value: number, decimals: number) => formatNumber(value, language, decimals);
  const most = Math.max(1, ...metrics.rate.map((one) => one.count));
  const limit = (10 * metrics.operators * metrics.rateSpanSeconds) / secondsPerSpanOfTen;
  return (
    <AlarmFrame title={words('alarm.metrics.title')} note={words('alarm.metrics.note')}>
      <div className={styles.stack}>
        <div className={styles.columns}>
          {tile(
            words('alarm.metrics.average'),
            number(metrics.averagePerTenMinutes, 2),
            words('alarm.metrics.averageGood'),
            metrics.averagePerTenMinutes >= 2,
          )}
          {tile(
            words('alarm.metrics.peak'),
            metrics.peakPerTenMinutes,
            words('alarm.metrics.peakGood'),
            metrics.peakPerTenMinutes > 10 * metrics.operators,
          )}
          {tile(
            words('alarm.metrics.flood'),
            `${number(metrics.floodPercent, 1)} %`,
            words('alarm.metrics.floodGood'),
            metrics.floodPercent >= 1,
          )}
          {tile(
            words('alarm.metrics.standing'),
            metrics.standingCount,
            words('alarm.metrics.standingGood'),
            metrics.standingCount >= 5,
          )}
          {tile(
            words('alarm.metrics.chattering'),
            metrics.chattering.length,
            words('alarm.metrics.chatteringGood'),
            metrics.chattering.length > 0,
          )}
          {tile(
            words('alarm.metrics.acknowledge'),
            metrics.secondsToAcknowledge === undefined
              ? '–'
              : plant.duration(metrics.secondsToAcknowledge * 1000),
          )}
          {tile(words('alarm.metrics.total'), metrics.total)}
          {tile(
            words('alarm.metrics.held'),
            `${metrics.shelved} · ${metrics.suppressed} · ${metrics.outOfService}`,
          )}
          {tile(words('alarm.metrics.unjudged'), metrics.unjudged, undefined, metrics.unjudged > 0)}
        </div>
        <Section title={words('alarm.metrics.rate')} note={`${plant.instant(from)} – ${plant.instant(to)}`}>
          <div className={styles.bars} role="img" aria-label={words('alarm.metrics.rate')}>
            {metrics.rate.map((one) => (
              <span
                key={one.time}
                className={one.count > limit ? styles.over : ''}
                style={{ height: `${(one.count / most) * 100}%` }}
                title={`${plant.instant(Date.parse(one.time))}: ${one.count}`}
              />
            ))}
          </div>
        </Section>
        <Section title={words('alarm.metrics.priorities')} note={words('alarm.metrics.prioritiesGood')}>
          <ul className={styles.list}>
            {alarmPriorities.map((priority) => {
              const count = metrics.priorities[priority] ?? 0;
              return (
                <li key={priority} className={styles.bar}>
                  <Priority priority={priority} />
                  <span className={styles.count}>
                    {count} ({number(metrics.total === 0 ? 0 : (count / metrics.total) * 100, 0)} %)
                  </span>
                </li>
              );
            })}
          </ul>
        </Section>
        <Section title={words('alarm.metrics.top')} note={words('alarm.metrics.topGood')}>
          {metrics.top.length === 0 ? (
            <p>{words('alarm.metrics.none')}</p>
          ) : (
            <ol className={styles.list}>
              {metrics.top.map((one) => (
                <li key={`${one.rule} ${one.thing}`} className={styles.bar}>
                  <Link to="/alarm-rules/$id" params={{ id: one.rule }}>
                    {one.titles?.[language] ?? one.title}
                  </Link>
                  <span>{one.thingTitles?.[language] ?? one.thingTitle}</span>
                  <span className={styles.count}>
                    {one.count} ({number(one.percent, 0)} %)
                  </span>
                </li>
              ))}
            </ol>
          )}
        </Section>
        {metrics.chattering.length === 0 ? null : (
          <Section title={words('alarm.metrics.chattering')}>
            <ol className={styles.list}>
              {metrics.chattering.map((one) => (
                <li key={`${one.rule} ${one.thing}`} className={styles.bar}>
                  <Link to="/alarm-rules/$id" params={{ id: one.rule }}>
                    {one.titles?.[language] ?? one.title}
                  </Link>
                  <span>{one.thingTitles?.[language] ?? one.thingTitle}</span>
                  <span className={styles.count}>
                    {words('alarm.metrics.worst')}: {one.worstInTenMinutes}
                  </span>
                </li>
              ))}
            </ol>
          </Section>
        )}
        {metrics.floods.length === 0 ? null : (
          <Section title={words('alarm.metrics.floods')}>
            <ol className={styles.list}>
              {metrics.floods.map((flood) => (
                <li key={flood.from} className={styles.bar}>
                  <Instant time={flood.from} /> <b className={styles.count}>{flood.count}</b>
                  {flood.first === undefined ? null : (
                    <Link to="/alarms/$id" params={{ id: flood.first.id }}>
                      {named(flood.first, language).title} – {named(flood.first, language).thing}
                    </Link>
                  )}
                </li>
              ))}
            </ol>
          </Section>
        )}
      </div>
    </AlarmFrame>
  );
}
