import type { LocalText } from '@millrace/contract';
import {
  Button,
  Dialog,
  fromWallClock,
  Instant,
  NumberField,
  notify,
  Page,
  Section,
  SelectField,
  Table,
  TextField,
  ToggleField,
  useApp,
  useLanguage,
  useLocalText,
  usePlantTime,
} from '@millrace/ui';
import { useRef, useState } from 'react';
import { type Carrier, carriers } from '../model/carrier.ts';
import { formatAmount } from './amount.ts';
import { Answer, useDoing } from './answer.tsx';
import styles from './energy.module.css';
import { asQuery, useEnergyRange } from './range.ts';
import { useEnergyWords } from './words.ts';

interface Settings {
  ignored?: boolean;
  behind?: string;
  rollsOverAt?: number;
  perHourMax?: number;
  classPercent?: number;
  swaps?: { time: number; lastOfOld: number; firstOfNew: number }[];
}
interface MeterRow {
  id: string;
  titles: LocalText;
  carrier: Carrier;
  unit: string;
  place: string;
  behind: string | null;
  readUntil: string | null;
  settings: Settings;
  sum: { amount: number; counts: Record<string, number> };
  events: Record<string, number>;
}
interface EventRow {
  meter: string;
  titles: LocalText;
  kind: string;
  kindTitle: LocalText;
  from: string;
  to: string;
  counted: number;
  words: LocalText;
}

export function MetersPage() {
  const words = useEnergyWords();
  const language = useLanguage();
  const local = useLocalText();
  const app = useApp();
  const range = useEnergyRange();
  const { busy, run } = useDoing();
  const file = useRef<HTMLInputElement>(null);
  const [editing, setEditing] = useState<MeterRow>();
  const answer = app.useAnswer<{ meters: MeterRow[] }>('/meters', asQuery(range), 60);
  const events = app.useAnswer<EventRow[]>('/events', asQuery(range), 60);
  const mayNot = app.may('configure') ? undefined : words('mayNot');
  const titles = new Map((answer.data?.meters ?? []).map((meter) => [meter.id, meter.titles]));
  return (
    <Page
      title={words('meters.title')}
      note={range.widened ? words('atLeastDay') : undefined}
      actions={
        <div className={styles.row}>
          <Button
            disabledReason={app.may('operate') ? undefined : words('mayNotOperate')}
            onPress={() => run(() => app.startJob('backfill', { days: 30 }), words('meters.backfillStarted'))}
          >
            {words('meters.backfill')}
          </Button>
          <Button pending={busy} disabledReason={mayNot} onPress={() => file.current?.click()}>
            {words('meters.importCsv')}
          </Button>
          <Button onPress={() => window.location.assign(app.address('/quarters.csv', asQuery(range)))}>
            {words('meters.exportCsv')}
          </Button>
          <input
            ref={file}
            type="file"
            accept=".csv,text/csv"
            hidden
            aria-label={words('meters.importCsv')}
            onChange={(event) => {
              const chosen = event.target.files?.[0];
              event.target.value = '';
              if (chosen === undefined) return;
              run(async () => {
                const taken = await app.upload<{
                  rows: number;
                  meters: number;
                  problemCount: number;
                  problems: { line: number; en: string; zh: string }[];
                }>('/quarters.csv', chosen, 'text/csv');
                const first = taken.problems[0];
                notify({
                  kind: first === undefined ? 'info' : 'error',
                  title: `${words('meters.imported', { rows: taken.rows, meters: taken.meters, problems: taken.problemCount })}${first === undefined ? '' : ` · ${first.line}: ${first[language]}`}`,
                });
              });
            }}
          />
        </div>
      }
    >
      <div className={styles.stack}>
        <Answer answer={answer}>
          {({ meters }) => (
            <Section flush>
              <Table
                label={words('meters.title')}
                rows={meters}
                rowKey={(row) => row.id}
                csv="meters"
                columns={[
                  {
                    id: 'title',
                    title: words('meter'),
                    phone: 'title',
                    width: 'minmax(10rem, 2fr)',
                    value: (row) => local(row.titles),
                    render: (row) => <app.ThingLink thing={row.id}>{local(row.titles)}</app.ThingLink>,
                  },
                  {
                    id: 'carrier',
                    title: words('carrier'),
                    value: (row) => row.carrier,
                    render: (row) => local(carriers[row.carrier].title),
                  },
                  {
                    id: 'behind',
                    title: words('meters.behind'),
                    value: (row) => row.behind ?? undefined,
                    render: (row) =>
                      row.behind === null
                        ? '–'
                        : local(titles.get(row.behind) ?? { en: row.behind, zh: row.behind }),
                  },
                  {
                    id: 'amount',
                    title: words('use'),
                    align: 'end',
                    value: (row) => row.sum.amount,
                    render: (row) => `${formatAmount(row.sum.amount, language)} ${row.unit}`,
                  },
                  {
                    id: 'how',
                    title: words('how.title'),
                    width: 'minmax(10rem, 2fr)',
                    render: (row) =>
                      row.settings.ignored === true
                        ? words('meters.ignored')
                        : (['measured', 'interpolated', 'estimated', 'missing'] as const)
                            .filter((how) => (row.sum.counts[how] ?? 0) > 0)
                            .map((how) => `${row.sum.counts[how]} ${words(`how.${how}`)}`)
                            .join(', '),
                  },
                  {
                    id: 'until',
                    title: words('meters.readUntil'),
                    value: (row) => row.readUntil ?? undefined,
                    render: (row) => (row.readUntil === null ? '–' : <Instant time={row.readUntil} />),
                  },
                  {
                    id: 'edit',
                    title: words('edit'),
                    render: (row) => (
                      <Button kind="quiet" disabledReason={mayNot} onPress={() => setEditing(row)}>
                        {words('edit')}
                      </Button>
                    ),
                  },
                ]}
              />
            </Section>
          )}
        </Answer>
        <Section title={words('meters.events')} flush>
          <Answer answer={events}>
            {(list) => (
              <Table
                label={words('meters.events')}
                rows={list}
                rowKey={(row) => `${row.meter} ${row.kind} ${row.to}`}
                empty={words('meters.eventsNone')}
                csv="meter-events"
                columns={[
                  {
                    id: 'to',
                    title: words('meters.when'),
                    value: (row) => row.to,
                    render: (row) => <Instant time={row.to} />,
                  },
                  {
                    id: 'meter',
                    title: words('meter'),
                    phone: 'title',
                    value: (row) => local(row.titles),
                    render: (row) => local(row.titles),
                  },
                  {
                    id: 'kind',
                    title: words('meters.what'),
                    value: (row) => row.kind,
                    render: (row) => local(row.kindTitle),
                  },
                  {
                    id: 'words',
                    title: words('findings.what'),
                    width: 'minmax(14rem, 3fr)',
                    render: (row) => local(row.words),
                  },
                  {
                    id: 'counted',
                    title: words('meters.counted'),
                    align: 'end',
                    value: (row) => row.counted,
                    render: (row) => formatAmount(row.counted, language),
                  },
                ]}
              />
            )}
          </Answer>
        </Section>
      </div>
      {editing === undefined ? null : (
        <MeterDialog
          meter={editing}
          others={(answer.data?.meters ?? []).filter(
            (one) => one.id !== editing.id && one.carrier === editing.carrier,
          )}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Page>
  );
}

function MeterDialog({
  meter,
  others,
  onClose,
}: {
  meter: MeterRow;
  others: readonly MeterRow[];
  onClose: () => void;
}) {
  const words = useEnergyWords();
  const local = useLocalText();
  const plant = usePlantTime();
  const app = useApp();
  const { busy, run } = useDoing();
  const [settings, setSettings] = useState<Settings>(meter.settings);
  const [swapTime, setSwapTime] = useState('');
  const [last, setLast] = useState<number>();
  const [first, setFirst] = useState<number>();
  const set = (change: Partial<Record<keyof Settings, unknown>>) => {
    const next = { ...settings, ...change };
    setSettings(
      Object.fromEntries(
        Object.entries(next).filter(([, value]) => value !== undefined && value !== ''),
      ) as Settings,
    );
  };
  const swapAt = swapTime.trim() === '' ? undefined : fromWallClock(`${swapTime.trim()}:00`, plant.zone);
  const swapProblem =
    swapTime.trim() !== '' && (swapAt === undefined || last === undefined || first === undefined)
      ? words('meters.swapTime')
      : undefined;
  const save = () =>
    run(async () => {
      const swaps = [...(settings.swaps ?? [])];
      if (swapAt !== undefined && last !== undefined && first !== undefined)
        swaps.push({ time: swapAt * 1000, lastOfOld: last, firstOfNew: first });
      await app.send('PUT', `/meters/${encodeURIComponent(meter.id)}`, {
        ...settings,
        ...(swaps.length === 0 ? {} : { swaps }),
      });
      onClose();
    });
  return (
    <Dialog
      open
      wide
      busy={busy}
      onClose={onClose}
      title={`${local(meter.titles)} · ${words('meters.settings')}`}
      footer={
        <Button kind="primary" pending={busy} disabledReason={swapProblem} onPress={save}>
          {words('save')}
        </Button>
      }
    >
      <div className={styles.form}>
        <SelectField
          label={words('meters.behind')}
          value={settings.behind ?? ''}
          options={[
            { value: '', title: words('meters.fromDescription') },
            ...others.map((one) => ({ value: one.id, title: local(one.titles) })),
          ]}
          onChange={(behind) => set({ behind })}
        />
        <NumberField
          label={words('meters.rollsOverAt')}
          value={settings.rollsOverAt}
          onChange={(rollsOverAt) => set({ rollsOverAt })}
        />
        <NumberField
          label={words('meters.perHourMax')}
          unit={meter.unit}
          value={settings.perHourMax}
          onChange={(perHourMax) => set({ perHourMax })}
        />
        <NumberField
          label={words('meters.classPercent')}
          value={settings.classPercent}
          onChange={(classPercent) => set({ classPercent })}
        />
        <ToggleField
          label={words('meters.ignored')}
          value={settings.ignored === true}
          onChange={(ignored) => set({ ignored: ignored ? true : undefined })}
        />
      </div>
      <h3>{words('meters.swap')}</h3>
      <ul>
        {(settings.swaps ?? []).map((swap) => (
          <li key={swap.time}>
            <Instant time={swap.time / 1000} />: {swap.lastOfOld} → {swap.firstOfNew}{' '}
            <Button
              kind="quiet"
              onPress={() => set({ swaps: (settings.swaps ?? []).filter((one) => one.time !== swap.time) })}
            >
              {words('remove')}
            </Button>
          </li>
        ))}
      </ul>
      <div className={styles.form}>
        <TextField label={words('meters.swapTime')} value={swapTime} onChange={setSwapTime} />
        <NumberField label={words('meters.lastOfOld')} value={last} onChange={setLast} />
        <NumberField label={words('meters.firstOfNew')} value={first} onChange={setFirst} />
      </div>
    </Dialog>
  );
}
