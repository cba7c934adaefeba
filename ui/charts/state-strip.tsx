import { usePlantTime } from '../time/plant-time.tsx';
import { formatValue } from '../values/number.ts';
import { useUiWords } from '../words/index.ts';
import { useLanguage } from '../words/typed.ts';
import styles from './state-strip.module.css';
import type { StateRun } from './trace.ts';

/** Runs drawn in one strip; beyond that they are too thin to be seen. */
const runsShownMax = 400;

/** The course of a value that is no number, as a strip of its states over time. */
export function StateStrip({
  title,
  nameOf,
  runs,
  from,
  to,
}: {
  title: string;
  /** The word for a value, where its data schema names it. */
  nameOf?: (value: unknown) => string | undefined;
  runs: readonly StateRun[] | undefined;
  from: number;
  to: number;
}) {
  const words = useUiWords();
  const language = useLanguage();
  const plant = usePlantTime();
  const as = { language, yes: words('value.yes'), no: words('value.no'), none: words('value.none') };
  const tones = new Map<string, number>();
  const shown = (runs ?? []).filter((run) => run.to >= from && run.from <= to).slice(-runsShownMax);
  return (
    <div className={styles.row}>
      <span className={styles.title}>{title}</span>
      <div className={styles.strip}>
        {runs !== undefined && shown.length === 0 ? (
          <p className={styles.empty}>{words('chart.noData')}</p>
        ) : null}
        <ol className={styles.runs} aria-label={title}>
          {shown.map((run) => {
            const text = nameOf?.(run.value) ?? formatValue(run.value, as);
            if (!tones.has(text)) tones.set(text, tones.size);
            const left = ((Math.max(run.from, from) - from) / (to - from)) * 100;
            const width = ((Math.min(run.to, to) - Math.max(run.from, from)) / (to - from)) * 100;
            const label = `${text}, ${plant.instant(run.from)}, ${plant.duration(run.to - run.from)}`;
            return (
              <li
                key={run.from}
                className={`${styles.run} ${styles[run.quality] ?? ''}`}
                data-tone={tones.get(text)! % 4}
                style={{ left: `${left}%`, width: `${width}%` }}
                title={label}
              >
                <span className={styles.text}>{text}</span>
              </li>
            );
          })}
        </ol>
      </div>
    </div>
  );
}
