import type { CriterionVerdict, NeedFigure, ServiceLevel } from '@millrace/contract';
import { formatCount, useLanguage, useLocalText } from '@millrace/ui';
import { useConsoleWords } from '../../words/index.ts';
import { figureText, intervalText, type Need, needsOf, percentText } from './figures.ts';
import styles from './network.module.css';
import { VerdictMark, VerdictWord } from './verdict.tsx';

/** The figure found for a need: by its place where both lists are of the same level, else by what it is about. */
function foundFor(figures: readonly NeedFigure[], need: Need, index: number): NeedFigure | undefined {
  const there = figures[index];
  return there?.criterion === need.criterion && there.limit === need.limit
    ? there
    : figures.find(({ criterion, limit }) => criterion === need.criterion && limit === need.limit);
}

/** What a flow needs beside what it has, line by line. */
export function NeedsAndHas({ level, figures }: { level: ServiceLevel; figures: readonly NeedFigure[] }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const needs = needsOf(level, words, language);
  if (needs.length === 0) return <span className={styles.faint}>{words('network.need.none')}</span>;
  return (
    <ul className={styles.needs}>
      {needs.map((need, index) => {
        const found = foundFor(figures, need, index);
        return (
          <li key={`${need.criterion} ${need.limit}`}>
            <span className={styles[found?.state ?? 'none']}>
              <VerdictMark state={found?.state ?? 'none'} size={14} />
              <span className="visually-hidden">{words(`network.verdict.${found?.state ?? 'none'}`)}</span>
            </span>
            <span>
              <span className={styles.faint}>{words(`network.criteria.${need.criterion}`)}</span> {need.text}
            </span>
            <span className={styles.has}>
              {found?.measured === undefined ? (
                <span className={styles.faint}>
                  {found?.state === undefined ? words('network.applications.notYet') : '–'}
                </span>
              ) : (
                figureText(found.measured, found.unit, words, language)
              )}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Where the figures of a level come from; nothing where none has a source. */
export function Sources({ level }: { level: ServiceLevel }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const needs = needsOf(level, words, language);
  const sources = Object.entries(level.sources ?? {});
  if (sources.length === 0) return null;
  return (
    <details className={styles.sources}>
      <summary>{words('network.applications.sources')}</summary>
      <ul>
        {sources.map(([figure, source]) => {
          const criterion = needs.find((need) => need.figure === figure)?.criterion;
          const name =
            criterion !== undefined
              ? words(`network.criteria.${criterion}`)
              : figure === 'messageBytes'
                ? words('network.form.messageBytes')
                : figure === 'burstBytes'
                  ? words('network.form.burstBytes')
                  : figure === 'trafficClass'
                    ? words('network.flow.class')
                    : figure;
          return (
            <li key={figure}>
              <b>{name}</b>: <SourceText source={source} />
            </li>
          );
        })}
      </ul>
    </details>
  );
}

export function SourceText({ source }: { source: NonNullable<ServiceLevel['sources']>[string] }) {
  const words = useConsoleWords();
  return (
    <>
      {/* A document is named as it is, whatever language it is in. */}
      <code className={styles.quote}>
        {source.document}
        {source.clause === undefined ? '' : `, ${source.clause}`}
      </code>{' '}
      <span className={styles.faint}>({words(`network.standing.${source.standing}`)})</span>
    </>
  );
}

/** Every criterion of a verdict: needed, has, interval, messages, method, and why it was judged so. */
export function CriteriaTable({
  level,
  criteria,
}: {
  level: ServiceLevel | undefined;
  criteria: readonly CriterionVerdict[];
}) {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  const needs = level === undefined ? [] : needsOf(level, words, language);
  return (
    <ul className={styles.criteria}>
      {criteria.map((one, index) => {
        const need =
          needs.find(({ criterion, limit }) => criterion === one.criterion && limit === one.limit) ??
          needs.find(({ criterion }) => criterion === one.criterion);
        const interval = intervalText(one.low, one.high, one.unit, words, language);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a level may have a criterion twice, always in its order
          <li key={index}>
            <div className={styles.criterionHead}>
              <b>{words(`network.criteria.${one.criterion}`)}</b>
              <VerdictWord state={one.state} />
            </div>
            <dl className={styles.criterionFacts}>
              <div>
                <dt>{words('network.flow.needed')}</dt>
                <dd>{need?.text ?? figureText(one.limit, one.unit, words, language)}</dd>
              </div>
              <div>
                <dt>{words('network.flow.measured')}</dt>
                <dd className={styles.strong}>
                  {figureText(one.measured, one.unit, words, language) ?? '–'}
                </dd>
              </div>
              <div>
                <dt>
                  {words('network.flow.confidence', {
                    share: percentText(one.confidence ?? 0.95, language),
                  })}
                </dt>
                <dd>{interval ?? '–'}</dd>
              </div>
              <div>
                <dt>{words('network.flow.messages')}</dt>
                <dd>{formatCount(one.messages, language)}</dd>
              </div>
              <div>
                <dt>{words('network.flow.method')}</dt>
                <dd>{one.method === undefined ? '–' : words(`network.methods.${one.method}`)}</dd>
              </div>
            </dl>
            <p>{local(one.reason)}</p>
            {/* Told in English only; in Chinese what is needed says the same. */}
            {one.definition === undefined ? null : (
              <p className={styles.faint}>
                <code className={styles.quote}>{one.definition[language]}</code>
              </p>
            )}
          </li>
        );
      })}
    </ul>
  );
}
