import { Check } from 'lucide-react';
import { useUiWords } from '../words/index.ts';
import styles from './stepper.module.css';

export interface Step {
  id: string;
  title: string;
}

/** Where one stands in a sequence of steps. Steps already done can be gone back to. */
export function Stepper({
  label,
  steps,
  current,
  onGo,
}: {
  label: string;
  steps: readonly Step[];
  current: string;
  onGo?: (id: string) => void;
}) {
  const words = useUiWords();
  const at = steps.findIndex((step) => step.id === current);
  return (
    <nav aria-label={label} className={styles.nav}>
      <p className={styles.progress}>{words('steps.progress', { current: at + 1, total: steps.length })}</p>
      <ol className={styles.steps}>
        {steps.map((step, index) => {
          const state = index < at ? 'done' : index === at ? 'current' : 'todo';
          const inside = (
            <>
              <span className={styles.number} aria-hidden="true">
                {state === 'done' ? <Check size={14} /> : index + 1}
              </span>
              <span className={styles.title}>{step.title}</span>
              <span className="visually-hidden"> ({words(`steps.${state}`)})</span>
            </>
          );
          return (
            <li
              key={step.id}
              className={`${styles.step} ${styles[state]}`}
              aria-current={state === 'current' ? 'step' : undefined}
            >
              {state === 'done' && onGo !== undefined ? (
                <button type="button" className={styles.button} onClick={() => onGo(step.id)}>
                  {inside}
                </button>
              ) : (
                <span className={styles.button}>{inside}</span>
              )}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
