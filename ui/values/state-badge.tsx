import { useUiWords } from '../words/index.ts';
import { Mark, type MarkKind } from './mark.tsx';
import styles from './state-badge.module.css';

/** A state as shape, word and, where it is abnormal, colour. `count` puts a number before the word. */
export function StateBadge({ kind, count, word }: { kind: MarkKind; count?: string; word?: string }) {
  const words = useUiWords();
  return (
    <span className={`${styles.badge} ${styles[kind] ?? ''}`}>
      <Mark kind={kind} />
      {count === undefined ? null : <b>{count}</b>}
      <span>{word ?? words(`state.${kind}`)}</span>
    </span>
  );
}
