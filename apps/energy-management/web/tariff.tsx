import type { LocalText } from '@millrace/contract';
import {
  Button,
  Facts,
  Mark,
  Page,
  Section,
  Table,
  TextField,
  useApp,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { useState } from 'react';
import { formatAmount } from './amount.ts';
import { Answer } from './answer.tsx';
import styles from './energy.module.css';
import { useEnergyWords } from './words.ts';

interface Period {
  id: string;
  title: LocalText;
  price: number;
  days?: number[];
  months?: number[];
  from: string;
  to: string;
}
interface CarrierTariff {
  id: string;
  title: LocalText;
  unit: string;
  tariff: { currency: string; periods: Period[]; demandPrice: number; standing: number; carbon: number };
  problems: { kind: string; words: LocalText }[];
}

export function TariffPage() {
  const words = useEnergyWords();
  const language = useLanguage();
  const local = useLocalText();
  const app = useApp();
  const [month, setMonth] = useState(() => {
    const last = new Date(Date.now() - 27 * 86_400_000);
    return last.toISOString().slice(0, 7);
  });
  const answer = app.useAnswer<{ carriers: CarrierTariff[] }>('/tariff');
  const names = words('tariff.weekdays').split(' ');
  return (
    <Page title={words('tariff.title')} note={words('tariff.change')}>
      <Answer answer={answer}>
        {({ carriers }) => {
          const electricity = carriers.find((carrier) => carrier.id === 'electricity')!;
          const { tariff, problems } = electricity;
          return (
            <div className={styles.stack}>
              <Section title={words('tariff.electricity')}>
                <div className={styles.stack}>
                  <Table
                    label={words('tariff.electricity')}
                    rows={tariff.periods}
                    rowKey={(row) => row.id}
                    columns={[
                      {
                        id: 'title',
                        title: words('tariff.period'),
                        phone: 'title',
                        render: (row) => local(row.title),
                      },
                      {
                        id: 'price',
                        title: `${words('tariff.price')} (${tariff.currency}/kWh)`,
                        align: 'end',
                        render: (row) => formatAmount(row.price, language, 4),
                      },
                      { id: 'hours', title: words('tariff.hours'), render: (row) => `${row.from}–${row.to}` },
                      {
                        id: 'days',
                        title: words('tariff.days'),
                        render: (row) =>
                          row.days === undefined || row.days.length === 0 || row.days.length === 7
                            ? words('tariff.all')
                            : row.days.map((day) => names[day - 1]).join(' '),
                      },
                      {
                        id: 'months',
                        title: words('tariff.months'),
                        render: (row) =>
                          row.months === undefined || row.months.length === 0
                            ? words('tariff.all')
                            : row.months.join(', '),
                      },
                    ]}
                  />
                  {problems.length === 0 ? (
                    <p className={styles.row}>
                      <Mark kind="good" /> {words('tariff.complete')}
                    </p>
                  ) : (
                    <div>
                      <b>{words('tariff.problems')}</b>
                      <ul>
                        {problems.map((problem) => (
                          <li key={problem.words.en} className={styles.row}>
                            <Mark kind={problem.kind === 'overlap' ? 'uncertain' : 'outside'} />{' '}
                            {local(problem.words)}
                          </li>
                        ))}
                      </ul>
                    </div>
                  )}
                  <Facts
                    facts={[
                      {
                        name: words('tariff.demand'),
                        value: `${formatAmount(tariff.demandPrice, language, 2)} ${tariff.currency} ${words('tariff.demandUnit')}`,
                      },
                      { name: words('tariff.factor'), value: formatAmount(tariff.carbon, language, 4) },
                    ]}
                  />
                </div>
              </Section>
              <Section title={words('tariff.others')} flush>
                <Table
                  label={words('tariff.others')}
                  rows={carriers.filter(
                    (carrier) => carrier.id !== 'electricity' && carrier.id !== 'emissions',
                  )}
                  rowKey={(row) => row.id}
                  columns={[
                    {
                      id: 'title',
                      title: words('carrier'),
                      phone: 'title',
                      render: (row) => local(row.title),
                    },
                    {
                      id: 'price',
                      title: words('tariff.price'),
                      align: 'end',
                      render: (row) =>
                        `${formatAmount(row.tariff.periods[0]?.price ?? 0, language, 2)} ${row.tariff.currency}/${row.unit}`,
                    },
                    {
                      id: 'carbon',
                      title: words('tariff.factor'),
                      align: 'end',
                      render: (row) => formatAmount(row.tariff.carbon, language, 3),
                    },
                  ]}
                />
              </Section>
              <Section title={words('tariff.report')} note={words('tariff.reportNote')}>
                <div className={styles.row}>
                  <TextField label={words('tariff.month')} value={month} onChange={setMonth} />
                  <Button
                    kind="primary"
                    disabledReason={
                      /^\d{4}-(0[1-9]|1[0-2])$/.test(month) ? undefined : words('tariff.wrongMonth')
                    }
                    onPress={() => {
                      window.location.assign(app.address('/report.pdf', { month, language }));
                    }}
                  >
                    {words('tariff.open')}
                  </Button>
                </div>
              </Section>
            </div>
          );
        }}
      </Answer>
    </Page>
  );
}
