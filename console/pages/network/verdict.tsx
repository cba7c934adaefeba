import type { VerdictCounts, VerdictState } from '@millrace/contract';
import { formatCount, useLanguage } from '@millrace/ui';
import { useConsoleWords } from '../../words/index.ts';
import styles from './network.module.css';

export type ShownState = VerdictState | 'none';

/** The worst first, as the server ranks them: the order of every list and of the counts. */
export const stateOrder: Record<ShownState, number> = {
  violated: 0,
  'not-measurable': 1,
  inconclusive: 2,
  none: 3,
  met: 4,
};
const ordered: readonly ShownState[] = ['violated', 'not-measurable', 'inconclusive', 'none', 'met'];

/**
 * The shape of a verdict, each its own, so that it reads without colour: a ring with a tick is met, a filled shield with a bar is
 * violated, a ring with a question mark inconclusive, a broken ring with a stroke not measurable, a dot not judged yet.
 */
export function VerdictMark({ state, size = 16 }: { state: ShownState; size?: number }) {
  return (
    <svg
      className={`${styles.mark} ${styles[state]}`}
      style={{ width: `${size / 16}rem`, height: `${size / 16}rem` }}
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      {shapes[state]}
    </svg>
  );
}

const shapes: Record<ShownState, React.ReactNode> = {
  met: (
    <>
      <circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path
        d="M5 8.2l2.2 2.2L11 6.2"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.7"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
  violated: (
    <>
      <path d="M8 .8l6.4 2v5.4c0 3.4-2.6 5.8-6.4 7-3.8-1.2-6.4-3.6-6.4-7V2.8z" fill="currentColor" />
      <path d="M8 4v5m0 2.2v.6" className={styles.inner} strokeWidth="1.9" strokeLinecap="round" />
    </>
  ),
  inconclusive: (
    <>
      <circle cx="8" cy="8" r="6.4" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path
        d="M6 6.4a2 2 0 1 1 2.8 1.8c-.6.3-.8.6-.8 1.3m0 1.9v.2"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
      />
    </>
  ),
  'not-measurable': (
    <>
      <circle
        cx="8"
        cy="8"
        r="6.4"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeDasharray="2.6 2.43"
      />
      <path d="M4.6 11.4l6.8-6.8" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
    </>
  ),
  none: <circle cx="8" cy="8" r="2.2" fill="currentColor" />,
};

/** A verdict as shape and word. */
export function VerdictWord({ state }: { state: ShownState | undefined }) {
  const words = useConsoleWords();
  const shown = state ?? 'none';
  return (
    <span className={`${styles.verdict} ${styles[shown]}`} title={words(`network.verdict.help.${shown}`)}>
      <VerdictMark state={shown} />
      <span className={shown === 'violated' ? styles.loud : styles.word}>
        {words(`network.verdict.${shown}`)}
      </span>
    </span>
  );
}

/** How often each verdict was found, the worst first; those that were not found are left out. */
export function Counts({ counts, large = false }: { counts: VerdictCounts; large?: boolean }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const present = ordered.filter((state) => counts[state] > 0);
  if (present.length === 0) return <span className={styles.faint}>–</span>;
  return (
    <ul
      className={`${styles.counts} ${large ? styles.large : ''}`}
      aria-label={words('network.verdict.counts')}
    >
      {present.map((state) => (
        <li key={state} className={styles[state]} title={words(`network.verdict.${state}`)}>
          <VerdictMark state={state} size={large ? 20 : 16} />
          <b>{formatCount(counts[state], language)}</b>
          <span className={large ? styles.countWord : 'visually-hidden'}>
            {words(`network.verdict.${state}`)}
          </span>
        </li>
      ))}
    </ul>
  );
}
