import type { Problem } from '@millrace/contract';
import { RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../controls/button.tsx';
import { Mark } from '../values/mark.tsx';
import { useUiWords } from '../words/index.ts';
import styles from './states.module.css';

/** An empty page or list: what would be here, and how to fill it. */
export function EmptyState({
  icon,
  title,
  children,
  actions,
}: {
  icon?: ReactNode;
  title: string;
  /** How to fill it. */
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      {icon === undefined ? null : <div className={styles.icon}>{icon}</div>}
      <h2>{title}</h2>
      {children === undefined ? null : <div className={styles.how}>{children}</div>}
      {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
    </div>
  );
}

/** A problem in the words the reader understands; `technical` is what support asks for. */
export interface ProblemWords {
  title: string;
  why?: string;
  remedy?: string;
  technical?: string;
  rejected?: NonNullable<Problem['rejected']>;
}

/** Something went wrong: what happened, why, what to do next. */
export function ErrorState({
  problem,
  onRetry,
  compact = false,
}: {
  problem: ProblemWords;
  onRetry?: () => void;
  compact?: boolean;
}) {
  const words = useUiWords();
  return (
    <div className={`${styles.error} ${compact ? styles.compact : ''}`} role="alert">
      <Mark kind="bad" size={compact ? 18 : 24} />
      <div className={styles.errorText}>
        <p className={styles.what}>{problem.title}</p>
        {problem.why === undefined ? null : (
          <p>
            <b>{words('problem.why')}</b> {problem.why}
          </p>
        )}
        {problem.remedy === undefined ? null : (
          <p>
            <b>{words('problem.remedy')}</b> {problem.remedy}
          </p>
        )}
        {problem.rejected === undefined || problem.rejected.length === 0 ? null : (
          <ul className={styles.rejected}>
            {problem.rejected.slice(0, 20).map((one) => (
              <li key={`${one.at} ${one.reason}`}>
                <code>{one.at}</code> {one.reason}
              </li>
            ))}
          </ul>
        )}
        {problem.technical === undefined ? null : (
          <details>
            <summary>{words('problem.technical')}</summary>
            <code className={styles.technical}>{problem.technical}</code>
          </details>
        )}
        {onRetry === undefined ? null : (
          <Button icon={<RotateCw size={16} />} onPress={onRetry}>
            {words('action.retry')}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Room held for something on its way, of the size it will have, so that nothing jumps. */
export function Skeleton({
  height,
  width = '100%',
  rows = 1,
}: {
  height: string;
  width?: string;
  rows?: number;
}) {
  return (
    <div className={styles.skeletons} aria-hidden="true">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks are all alike and never change places
        <div key={index} className={styles.skeleton} style={{ height, width }} />
      ))}
    </div>
  );
}
