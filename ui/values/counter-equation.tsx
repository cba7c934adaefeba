import type { Counters } from '@millrace/contract';
import type { ReactNode } from 'react';
import type { UiWords } from '../words/index.ts';
import { useUiWords } from '../words/index.ts';
import { useLanguage, type WordKey } from '../words/typed.ts';
import styles from './counter-equation.module.css';
import { formatCount } from './number.ts';

/**
 * What became of what came in, as the equation it is: received = stored + rejected + dropped + in flight, with the reasons of
 * what was rejected. `links` may turn the number of rejected into a way to the quarantine.
 */
export function CounterEquation({
  counters,
  rejectedLink,
}: {
  counters: Counters;
  rejectedLink?: (text: string) => ReactNode;
}) {
  const words = useUiWords();
  const language = useLanguage();
  const count = (value: number) => formatCount(value, language);
  const terms = [
    { sign: '', name: words('counters.received'), value: counters.received, tone: '' },
    { sign: '=', name: words('counters.stored'), value: counters.stored, tone: '' },
    {
      sign: '+',
      name: words('counters.rejected'),
      value: counters.rejected,
      tone: counters.rejected > 0 ? styles.rejected : '',
    },
    {
      sign: '+',
      name: words('counters.dropped'),
      value: counters.dropped,
      tone: counters.dropped > 0 ? styles.dropped : '',
    },
    { sign: '+', name: words('counters.inFlight'), value: counters.inFlight, tone: '' },
  ];
  const reasons = Object.entries(counters.rejectedBy)
    .filter(([, n]) => n > 0)
    .sort((a, b) => b[1] - a[1]);
  return (
    <div className={styles.box}>
      <div className={styles.equation}>
        {terms.map((term) => (
          <div key={term.name} className={styles.term}>
            {term.sign === '' ? null : <span className={styles.sign}>{term.sign}</span>}
            <span className={styles.body}>
              <span className={`${styles.number} ${term.tone}`}>
                {term.name === words('counters.rejected') && rejectedLink !== undefined && term.value > 0
                  ? rejectedLink(count(term.value))
                  : count(term.value)}
              </span>
              <span className={styles.name}>{term.name}</span>
            </span>
          </div>
        ))}
      </div>
      {counters.duplicates > 0 ? (
        <p className={styles.note}>
          {words('counters.duplicates', { count: counters.duplicates }).replace(
            String(counters.duplicates),
            count(counters.duplicates),
          )}
        </p>
      ) : null}
      {reasons.length === 0 ? (
        <p className={styles.note}>{words('counters.noneRejected')}</p>
      ) : (
        <div>
          <p className={styles.note}>{words('counters.reasons')}</p>
          <ul className={styles.reasons}>
            {reasons.map(([reason, n]) => (
              <li key={reason}>
                <b>{count(n)}</b> {reasonWords(words, reason)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

/** The words for a reason of rejection; one this console does not know yet is shown as it came. */
export function reasonWords(words: (key: WordKey<UiWords>) => string, reason: string): string {
  const text = words(`reject.${reason}` as WordKey<UiWords>);
  return text.startsWith('⟦') ? reason : text;
}
