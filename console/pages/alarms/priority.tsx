import type { AlarmPriority, AlarmState } from '@millrace/contract';
import { useConsoleWords } from '../../words/index.ts';
import styles from './alarms.module.css';

/** The mark of a priority: a shape of its own for each, so that it reads without colour, at three metres and in black and white. */
export function PriorityMark({
  priority,
  size = 18,
  quiet = false,
  digit = true,
}: {
  priority: AlarmPriority;
  size?: number;
  quiet?: boolean;
  /** Its rank in the shape; left out where a count stands beside it. */
  digit?: boolean;
}) {
  return (
    <svg
      className={`${styles.priority} ${styles[priority]} ${quiet ? styles.quiet : ''}`}
      style={{ width: `${size / 16}rem`, height: `${size / 16}rem` }}
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      {priority === 'urgent' ? (
        <path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" fill="currentColor" />
      ) : priority === 'high' ? (
        <path d="M8 1.5l7 12.5H1z" fill="currentColor" />
      ) : priority === 'medium' ? (
        <path d="M8 1l7 7-7 7-7-7z" fill="currentColor" />
      ) : (
        <circle cx="8" cy="8" r="5.5" fill="currentColor" />
      )}
      {digit ? (
        <text x="8" y={priority === 'high' ? 12.4 : 11} textAnchor="middle" className={styles.digit}>
          {{ urgent: 1, high: 2, medium: 3, low: 4 }[priority]}
        </text>
      ) : null}
    </svg>
  );
}

export function Priority({ priority, quiet = false }: { priority: AlarmPriority; quiet?: boolean }) {
  const words = useConsoleWords();
  return (
    <span className={styles.named}>
      <PriorityMark priority={priority} quiet={quiet} />
      <span>{words(`alarm.priority.${priority}`)}</span>
    </span>
  );
}

export function AlarmStateWord({ state }: { state: AlarmState }) {
  const words = useConsoleWords();
  return (
    <span className={state === 'unacknowledged' ? styles.loud : ''}>{words(`alarm.states.${state}`)}</span>
  );
}
