import type { LocalText } from '@millrace/contract';
import { EmptyState, Mark, Page, Section, useApp, useLanguage, useLocalText } from '@millrace/ui';
import { type Carrier, carriers } from '../model/carrier.ts';
import { formatAmount } from './amount.ts';
import { Answer } from './answer.tsx';
import styles from './energy.module.css';
import { asQuery, useEnergyRange } from './range.ts';
import { useEnergyWords } from './words.ts';

interface Balance {
  meter: string;
  titles: LocalText;
  carrier: Carrier;
  inflow: number;
  parts: { meter: string; titles: LocalText; amount: number; share: number }[];
  rest: number;
  uncertainty: number;
  leftOut: number;
  verdict: 'closed' | 'unmetered' | 'more-than-inflow' | 'unknown';
  words: LocalText;
  withoutMeter: { amount: number; uncertainty: number };
}

export function BalancePage() {
  const words = useEnergyWords();
  const language = useLanguage();
  const local = useLocalText();
  const app = useApp();
  const range = useEnergyRange();
  const answer = app.useAnswer<{ rings: string[]; balances: Balance[] }>('/balance', asQuery(range), 120);
  return (
    <Page title={words('balance.title')} note={words('balance.note')}>
      <Answer answer={answer}>
        {({ rings, balances }) =>
          balances.length === 0 ? (
            <EmptyState title={words('balance.none')}>{words('balance.noneHow')}</EmptyState>
          ) : (
            <div className={styles.stack}>
              {rings.length === 0 ? null : <p>{words('balance.rings', { meters: rings.join(', ') })}</p>}
              {balances.map((balance) => {
                const unit = carriers[balance.carrier].unit;
                const amount = (value: number): string => `${formatAmount(value, language)} ${unit}`;
                const width = (value: number): string =>
                  `${balance.inflow > 0 ? Math.min(100, Math.max(0, (100 * value) / balance.inflow)) : 0}%`;
                return (
                  <Section
                    key={balance.meter}
                    title={
                      <span className={styles.row}>
                        <Mark
                          kind={
                            balance.verdict === 'closed'
                              ? 'good'
                              : balance.verdict === 'unknown'
                                ? 'silent'
                                : 'outside'
                          }
                        />{' '}
                        {local(balance.titles)} · {words(`balance.verdict.${balance.verdict}`)}
                      </span>
                    }
                    note={local(balance.words)}
                  >
                    <ul className={styles.flow}>
                      <li>
                        <b>{local(balance.titles)}</b>
                        <div className={styles.bar} style={{ width: width(balance.inflow) }} />
                        <span className={styles.number}>{amount(balance.inflow)}</span>
                      </li>
                      {[...balance.parts]
                        .sort((a, b) => b.amount - a.amount)
                        .map((part) => (
                          <li key={part.meter}>
                            <app.ThingLink thing={part.meter}>{local(part.titles)}</app.ThingLink>
                            <div className={styles.bar} style={{ width: width(part.amount) }} />
                            <span className={styles.number}>
                              {amount(part.amount)} · {formatAmount(100 * part.share, language, 1)} %
                            </span>
                          </li>
                        ))}
                      <li>
                        <span>{words('balance.rest')}</span>
                        <div
                          className={`${styles.bar} ${styles.rest}`}
                          style={{ width: width(balance.rest) }}
                        />
                        <span className={styles.number}>
                          {amount(balance.rest)} ± {formatAmount(balance.uncertainty, language)}
                        </span>
                      </li>
                    </ul>
                    {balance.verdict !== 'unmetered' ? null : (
                      <p>
                        {words('balance.withoutMeter', {
                          amount: amount(balance.withoutMeter.amount),
                          uncertainty: formatAmount(balance.withoutMeter.uncertainty, language),
                        })}
                      </p>
                    )}
                    {balance.leftOut === 0 ? null : (
                      <p className={styles.faint}>{words('balance.leftOut', { count: balance.leftOut })}</p>
                    )}
                  </Section>
                );
              })}
            </div>
          )
        }
      </Answer>
    </Page>
  );
}
