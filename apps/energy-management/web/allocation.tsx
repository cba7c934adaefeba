import type { LocalText } from '@millrace/contract';
import {
  type Column,
  EmptyState,
  formatCount,
  Page,
  Section,
  SelectField,
  Table,
  useApp,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { formatAmount } from './amount.ts';
import { Answer } from './answer.tsx';
import styles from './energy.module.css';
import { asQuery, useEnergyRange } from './range.ts';
import { useEnergyWords } from './words.ts';

/** What was used, and for how many pieces. */
interface Made {
  amount: number;
  pieces: number;
  perPiece: number | null;
}

interface Shared {
  shares: (Made & { key: string; titles: LocalText; hours: number })[];
  machines: (Made & { meter: string; title: string; place: string })[];
  problems: LocalText[];
}
const ways = ['shift', 'product', 'order'] as const;

export function AllocationPage() {
  const words = useEnergyWords();
  const language = useLanguage();
  const local = useLocalText();
  const app = useApp();
  const range = useEnergyRange();
  const amount: Column<Made> = {
    id: 'amount',
    title: 'kWh',
    align: 'end',
    value: (row) => row.amount,
    render: (row) => formatAmount(row.amount, language, 1),
  };
  const pieces: Column<Made> = {
    id: 'pieces',
    title: words('allocation.pieces'),
    align: 'end',
    value: (row) => row.pieces,
    render: (row) => formatCount(row.pieces, language),
  };
  const each: Column<Made> = {
    id: 'perPiece',
    title: words('allocation.perPiece'),
    align: 'end',
    value: (row) => row.perPiece ?? undefined,
    render: (row) => perPiece(row.perPiece),
  };
  const [search, setSearch] = app.useSearch();
  const by = ways.find((way) => way === search['by']) ?? 'shift';
  const tooLong = range.to - range.from > 31 * 86_400_000;
  const answer = app.useAnswer<Shared>(tooLong ? undefined : '/allocation', { ...asQuery(range), by }, 300);
  const perPiece = (value: number | null): string =>
    value === null ? '–' : formatAmount(value, language, 3);
  return (
    <Page
      title={words('allocation.title')}
      note={range.widened ? words('atLeastDay') : undefined}
      actions={
        <SelectField
          compact
          label={words('allocation.title')}
          value={by}
          options={ways.map((way) => ({ value: way, title: words(`allocation.by.${way}`) }))}
          onChange={(next) => setSearch({ by: next })}
        />
      }
    >
      {tooLong ? (
        <EmptyState title={words('allocation.tooLong')} />
      ) : (
        <Answer answer={answer}>
          {({ shares, machines, problems }) =>
            shares.length === 0 ? (
              <EmptyState title={words('allocation.none')}>{words('allocation.noneHow')}</EmptyState>
            ) : (
              <div className={styles.stack}>
                {problems.map((problem) => (
                  <p key={problem.en}>{local(problem)}</p>
                ))}
                <Section title={words(`allocation.by.${by}`)} flush>
                  <Table
                    label={words(`allocation.by.${by}`)}
                    rows={shares}
                    rowKey={(row) => row.key}
                    csv={`energy-by-${by}`}
                    columns={[
                      {
                        id: 'key',
                        title: words(`allocation.by.${by}`),
                        phone: 'title',
                        value: (row) => row.key,
                        render: (row) =>
                          row.key === ''
                            ? words(by === 'shift' ? 'allocation.noShift' : 'allocation.notProducing')
                            : local(row.titles),
                      },
                      amount,
                      {
                        id: 'hours',
                        title: words('allocation.hours'),
                        align: 'end',
                        value: (row) => row.hours,
                        render: (row) => formatAmount(row.hours, language, 1),
                      },
                      pieces,
                      each,
                    ]}
                  />
                </Section>
                {machines.length === 0 ? null : (
                  <Section title={words('allocation.machines')} flush>
                    <Table
                      label={words('allocation.machines')}
                      rows={machines}
                      rowKey={(row) => row.meter}
                      columns={[
                        {
                          id: 'title',
                          title: words('machine'),
                          phone: 'title',
                          value: (row) => row.place,
                          render: (row) => row.place.split('/').at(-1) ?? row.title,
                        },
                        amount,
                        pieces,
                        each,
                      ]}
                    />
                  </Section>
                )}
              </div>
            )
          }
        </Answer>
      )}
    </Page>
  );
}
