import type { LocalText } from '@millrace/contract';
import { Button, Mark, notify, Section, Table, useApp, useLocalText } from '@millrace/ui';
import { useRef } from 'react';
import type { CalendarDay } from '../model/factory-calendar.ts';
import { Answer, useDoing } from './answer.tsx';
import styles from './energy.module.css';
import { useEnergyWords } from './words.ts';

interface Calendar {
  days: (CalendarDay & { from?: string })[];
  problems: LocalText[];
}

/** A title in both languages is written "National Day/国庆节". */
export function calendarTitle(title: string): LocalText {
  const [en, zh] = title.split('/');
  return { en: en ?? title, zh: zh ?? en ?? title };
}

/** Days on which the plant does other than its weekday says, from today on, and an import of a published table of holidays. */
export function FactoryCalendar({ today }: { today: string }) {
  const words = useEnergyWords();
  const local = useLocalText();
  const app = useApp();
  const { busy, run } = useDoing();
  const file = useRef<HTMLInputElement>(null);
  const answer = app.useAnswer<Calendar>('/calendar', {}, 600);
  return (
    <Section
      title={words('calendar.title')}
      note={words('calendar.note')}
      actions={
        <>
          <Button
            pending={busy}
            disabledReason={app.may('configure') ? undefined : words('mayNot')}
            onPress={() => file.current?.click()}
          >
            {words('calendar.importCsv')}
          </Button>
          <input
            ref={file}
            type="file"
            accept=".csv,text/csv"
            hidden
            aria-label={words('calendar.importCsv')}
            onChange={(event) => {
              const chosen = event.target.files?.[0];
              event.target.value = '';
              if (chosen === undefined) return;
              run(async () => {
                const { days, problems } = await app.upload<Calendar>('/calendar.csv', chosen, 'text/csv');
                const [first] = problems;
                notify({
                  kind: first === undefined ? 'info' : 'error',
                  title: `${words('calendar.imported', { count: days.length })}${first === undefined ? '' : ` · ${local(first)}`}`,
                });
                answer.again();
              });
            }}
          />
        </>
      }
    >
      <Answer answer={answer}>
        {({ days, problems }) => {
          const ahead = days.filter((day) => day.date >= today);
          return (
            <div className={styles.stack}>
              {problems.map((problem) => (
                <p key={problem.en} className={styles.row}>
                  <Mark kind="uncertain" /> {local(problem)}
                </p>
              ))}
              {ahead.length === 0 ? (
                <p className={styles.faint}>
                  {words(days.length === 0 ? 'calendar.none' : 'calendar.noneAhead')}
                </p>
              ) : (
                <Table
                  label={words('calendar.title')}
                  rows={ahead.slice(0, shownMax)}
                  rowKey={(row) => row.date}
                  columns={[
                    { id: 'date', title: words('forecast.day'), render: (row) => row.date },
                    {
                      id: 'title',
                      title: words('plan.fields.title'),
                      phone: 'title',
                      render: (row) => local(calendarTitle(row.title)),
                    },
                    {
                      id: 'kind',
                      title: words('calendar.kind'),
                      render: (row) => words(`calendar.${row.kind}`),
                    },
                    {
                      id: 'from',
                      title: words('calendar.from'),
                      render: (row) => words(row.from === 'import' ? 'calendar.import' : 'calendar.setting'),
                    },
                  ]}
                />
              )}
            </div>
          );
        }}
      </Answer>
    </Section>
  );
}

/** Days ahead that are listed. */
const shownMax = 30;
