import { Instant } from '@millrace/ui';
import styles from './energy.module.css';
import { useEnergyWords } from './words.ts';

/** Says that amounts before a time were made up by a demo plant, where any of what is shown lies before it. */
export function Generated({ until, from }: { until: string | null; from?: number }) {
  const words = useEnergyWords();
  if (until === null || (from !== undefined && from >= Date.parse(until))) return null;
  return (
    <p className={styles.faint}>
      {words('generated')} <Instant time={Date.parse(until)} />
    </p>
  );
}
