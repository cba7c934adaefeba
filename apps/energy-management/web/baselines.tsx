import type { LocalText } from '@millrace/contract';
import {
  Button,
  Dialog,
  EmptyState,
  Facts,
  Mark,
  Page,
  Section,
  TextField,
  useApp,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { useState } from 'react';
import type { BaselineModel, IndicatorPeriod } from '../model/baseline.ts';
import { formatAmount } from './amount.ts';
import { Answer, useDoing } from './answer.tsx';
import { DayChart } from './day-chart.tsx';
import styles from './energy.module.css';
import { useEnergyWords } from './words.ts';

interface Baseline {
  id: string;
  title: string;
  place: string;
  from: string;
  to: string;
  drivers: string[];
  model?: BaselineModel;
  periods?: IndicatorPeriod[];
  problem?: LocalText;
}

const dayText = (daysAgo: number): string =>
  new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);

export function BaselinesPage() {
  const words = useEnergyWords();
  const app = useApp();
  const { busy, run } = useDoing();
  const answer = app.useAnswer<Baseline[]>('/baselines', {}, 600);
  const drivers = app.useAnswer<{ drivers: { name: string; known: boolean }[]; problems: LocalText[] }>(
    '/drivers',
  );
  const named = (known: boolean): string =>
    (drivers.data?.drivers ?? [])
      .filter((driver) => driver.known === known)
      .map((driver) => driver.name)
      .join(', ');
  const [editing, setEditing] = useState<Omit<Baseline, 'drivers'> & { drivers: string }>();
  const mayNot = app.may('configure') ? undefined : words('mayNot');
  const add = (
    <Button
      disabledReason={mayNot}
      onPress={() =>
        setEditing({
          id: `baseline-${dayText(0)}`,
          title: '',
          place: '',
          from: dayText(90),
          to: dayText(30),
          drivers: 'working day, pieces',
        })
      }
    >
      {words('baselines.add')}
    </Button>
  );
  const save = (one: NonNullable<typeof editing>) =>
    run(async () => {
      await app.send('PUT', `/baselines/${one.id}`, {
        title: one.title,
        place: one.place,
        from: one.from,
        to: one.to,
        drivers: one.drivers
          .split(/[,，]/)
          .map((driver) => driver.trim())
          .filter((driver) => driver !== ''),
      });
      setEditing(undefined);
    });
  return (
    <Page title={words('baselines.title')} actions={add}>
      <Answer answer={answer}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState title={words('baselines.none')} actions={add}>
              {words('baselines.noneHow')}
            </EmptyState>
          ) : (
            <div className={styles.stack}>
              {list.map((baseline) => (
                <OneBaseline
                  key={baseline.id}
                  baseline={baseline}
                  mayNot={mayNot}
                  onEdit={() => setEditing({ ...baseline, drivers: baseline.drivers.join(', ') })}
                  onRemove={() => run(() => app.send('DELETE', `/baselines/${baseline.id}`))}
                />
              ))}
            </div>
          )
        }
      </Answer>
      {editing === undefined ? null : (
        <Dialog
          open
          busy={busy}
          onClose={() => setEditing(undefined)}
          title={words('baselines.add')}
          footer={
            <Button
              kind="primary"
              pending={busy}
              disabledReason={editing.title.trim() === '' ? words('plan.fields.title') : undefined}
              onPress={() => save(editing)}
            >
              {words('save')}
            </Button>
          }
        >
          <div className={styles.form}>
            <TextField
              label={words('plan.fields.title')}
              value={editing.title}
              onChange={(title) => setEditing({ ...editing, title })}
            />
            <TextField
              label={words('place')}
              value={editing.place}
              onChange={(place) => setEditing({ ...editing, place })}
            />
            <TextField
              label={words('baselines.from')}
              value={editing.from}
              onChange={(from) => setEditing({ ...editing, from })}
            />
            <TextField
              label={words('baselines.to')}
              value={editing.to}
              onChange={(to) => setEditing({ ...editing, to })}
            />
            <TextField
              label={words('baselines.drivers')}
              help={[
                words('baselines.driversHelp', { names: named(true) }),
                ...(named(false) === '' ? [] : [words('baselines.noDriver', { names: named(false) })]),
              ].join(' ')}
              value={editing.drivers}
              onChange={(drivers) => setEditing({ ...editing, drivers })}
            />
          </div>
        </Dialog>
      )}
    </Page>
  );
}

function OneBaseline({
  baseline,
  mayNot,
  onEdit,
  onRemove,
}: {
  baseline: Baseline;
  mayNot: string | undefined;
  onEdit: () => void;
  onRemove: () => void;
}) {
  const words = useEnergyWords();
  const language = useLanguage();
  const local = useLocalText();
  const { model, periods = [], problem } = baseline;
  const number = (value: number, digits?: number): string => formatAmount(value, language, digits);
  const last = periods.at(-1);
  return (
    <Section
      title={baseline.title}
      note={`${baseline.place === '' ? words('plant') : baseline.place} · ${baseline.from} – ${baseline.to}`}
      actions={
        <div className={styles.row}>
          <Button kind="quiet" disabledReason={mayNot} onPress={onEdit}>
            {words('edit')}
          </Button>
          <Button kind="quiet" disabledReason={mayNot} onPress={onRemove}>
            {words('remove')}
          </Button>
        </div>
      }
    >
      {problem !== undefined || model === undefined ? (
        <p className={styles.row}>
          <Mark kind="uncertain" /> {problem === undefined ? '' : local(problem)}
        </p>
      ) : (
        <div className={styles.stack}>
          <Facts
            facts={[
              {
                name: words('baselines.model'),
                value: `kWh = ${number(model.intercept, 1)}${model.drivers
                  .map(
                    (driver, at) =>
                      ` ${model.coefficients[at]! < 0 ? '−' : '+'} ${number(Math.abs(model.coefficients[at]!), 3)} × ${driverName(driver, words)} (t ${number(model.t.coefficients[at]!, 1)})`,
                  )
                  .join('')}`,
              },
              {
                name: words('baselines.fit'),
                value: (
                  <>
                    <Mark kind={model.fit.adequate ? 'good' : 'uncertain'} />{' '}
                    {words(model.fit.adequate ? 'baselines.adequate' : 'baselines.poor')} · R²{' '}
                    {number(model.r2, 3)} · CV(RMSE) {number(model.cvRmse * 100, 1)} % · NMBE{' '}
                    {number(model.nmbe * 100, 2)} % · {words('baselines.days', { count: model.periods })}
                    {model.fit.words.map((text) => (
                      <div key={text.en} className={styles.faint}>
                        {local(text)}
                      </div>
                    ))}
                  </>
                ),
              },
              {
                name: words('baselines.saved'),
                value:
                  last === undefined
                    ? '–'
                    : `${number(last.cumulative)} ± ${number(last.cumulativeUncertainty)} kWh (${words('baselines.days', { count: periods.length })})`,
              },
            ]}
          />
          {periods.length < 2 ? null : (
            <DayChart
              label={words('baselines.cusum')}
              unit="kWh"
              labels={periods.map((period) => period.label.slice(5))}
              layers={[
                {
                  kind: 'band',
                  title: '95 %',
                  low: periods.map((period) => period.cumulative - period.cumulativeUncertainty),
                  high: periods.map((period) => period.cumulative + period.cumulativeUncertainty),
                },
                {
                  kind: 'line',
                  title: words('baselines.cusum'),
                  values: periods.map((period) => period.cumulative),
                  tone: 0,
                },
              ]}
            />
          )}
        </div>
      )}
    </Section>
  );
}

/** Drivers everybody has are told in the reader's language; others as the plant has named them. */
const knownDrivers = {
  pieces: 'baselines.driverNames.pieces',
  'working day': 'baselines.driverNames.workingDay',
  'heating degree days': 'baselines.driverNames.heating',
  'cooling degree days': 'baselines.driverNames.cooling',
} as const;

function driverName(name: string, words: ReturnType<typeof useEnergyWords>): string {
  return Object.hasOwn(knownDrivers, name) ? words(knownDrivers[name as keyof typeof knownDrivers]) : name;
}
