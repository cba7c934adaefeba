import type { Alarm } from '@millrace/contract';
import {
  Button,
  ErrorState,
  Facts,
  Instant,
  notify,
  Section,
  Since,
  Skeleton,
  TextField,
  useLanguage,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { en } from '../../words/en.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './alarms.module.css';
import { AlarmList } from './alarms.tsx';
import { CauseChart } from './cause-chart.tsx';
import { AlarmFrame, named } from './frame.tsx';
import { AlarmStateWord, Priority } from './priority.tsx';
import { alarmQuery, comment } from './queries.ts';

/** Shown before the alarm and after it was over. */
const aroundMilliseconds = 15 * 60_000;
const longestMilliseconds = 6 * 3_600_000;

type Entry = keyof typeof en.alarm.entries;
const knownEntry = (what: string): what is Entry => Object.hasOwn(en.alarm.entries, what);

/** One alarm: what to do, what caused it, what happened to it, what came with it. */
export function AlarmPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const words = useConsoleWords();
  const found = useQuery(alarmQuery(id));
  if (found.data === undefined)
    return (
      <AlarmFrame title={words('alarm.title')}>
        {found.error === null ? (
          <Skeleton height="4rem" rows={4} />
        ) : (
          <ErrorState problem={problemWords(found.error, words)} onRetry={() => void found.refetch()} />
        )}
      </AlarmFrame>
    );
  return <OneAlarm key={id} {...found.data} />;
}

function OneAlarm({
  alarm,
  journal,
  group,
}: {
  alarm: Alarm;
  journal: { time: string; what: string; by: string; text: string }[];
  group: Alarm[];
}) {
  const words = useConsoleWords();
  const language = useLanguage();
  const queries = useQueryClient();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const { title, thing, consequence, response } = named(alarm, language);
  const time = Date.parse(alarm.time);
  const over = alarm.returned === undefined ? Date.parse(alarm.changed) : Date.parse(alarm.returned);
  const to = Math.min(Math.max(over, time) + aroundMilliseconds, time + longestMilliseconds);
  const marks = useMemo(() => [{ time, text: title }], [time, title]);
  return (
    <AlarmFrame title={title}>
      <div className={styles.stack}>
        <Section>
          <Facts
            facts={[
              {
                name: words('alarm.priorityTitle'),
                value: <Priority priority={alarm.priority} quiet={!alarm.active} />,
              },
              { name: words('alarm.state'), value: <AlarmStateWord state={alarm.state} /> },
              {
                name: words('alarm.where'),
                value: (
                  <span>
                    <Link to="/things/$id" params={{ id: alarm.thing }} search={{ tab: 'alarms' } as never}>
                      {thing}
                    </Link>{' '}
                    <span className={styles.faint}>{alarm.place}</span>
                  </span>
                ),
              },
              {
                name: words('alarm.since'),
                value: (
                  <span>
                    <Instant time={alarm.time} /> · <Since time={alarm.time} />
                  </span>
                ),
              },
              ...(response ? [{ name: words('alarm.response'), value: <b>{response}</b> }] : []),
              ...(consequence ? [{ name: words('alarm.consequence'), value: consequence }] : []),
              {
                name: words('alarm.condition'),
                value: (
                  <Link to="/alarm-rules/$id" params={{ id: alarm.rule }} className={styles.code}>
                    {alarm.condition}
                  </Link>
                ),
              },
              ...(alarm.held === undefined
                ? []
                : [
                    {
                      name: words('alarm.reason'),
                      value: (
                        <span>
                          {alarm.held.reason}{' '}
                          {alarm.held.by === '' ? null : words('alarm.by', { name: alarm.held.by })}{' '}
                          {alarm.held.until === undefined ? null : (
                            <>
                              {words('alarm.until')} <Instant time={alarm.held.until} />
                            </>
                          )}
                        </span>
                      ),
                    },
                  ]),
            ]}
          />
        </Section>
        {alarm.state === 'normal' ? null : <AlarmList alarms={[alarm]} />}
        <Section title={words('alarm.chart')}>
          <CauseChart series={alarm.cause} from={time - aroundMilliseconds} to={to} marks={marks} />
        </Section>
        <Section title={words('alarm.journal')}>
          <ol className={styles.list}>
            {journal.map((entry, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: entries are only ever added at the end
              <li key={index} className={styles.bar}>
                <span className={styles.faint}>
                  <Instant time={entry.time} />
                </span>
                <b>{knownEntry(entry.what) ? words(`alarm.entries.${entry.what}`) : entry.what}</b>
                {entry.by === '' ? null : <span>{words('alarm.by', { name: entry.by })}</span>}
                <span className={styles.what}>{entry.text}</span>
              </li>
            ))}
          </ol>
          <form
            className={styles.stack}
            onSubmit={(event) => {
              event.preventDefault();
              if (text.trim() === '') return;
              setBusy(true);
              comment(alarm.id, text)
                .then(
                  () => {
                    setText('');
                    return queries.invalidateQueries({ queryKey: ['alarms', 'one', alarm.id] });
                  },
                  (error: unknown) => notify({ kind: 'error', title: problemWords(error, words).title }),
                )
                .finally(() => setBusy(false));
            }}
          >
            <TextField label={words('alarm.writeComment')} value={text} onChange={setText} lines={2} />
            <div>
              <Button type="submit" pending={busy}>
                {words('alarm.send')}
              </Button>
            </div>
          </form>
        </Section>
        {group.length < 2 ? null : (
          <Section title={words('alarm.group')}>
            <ol className={styles.list}>
              {group.map((one) => (
                <li key={one.id} className={styles.bar}>
                  <span className={styles.faint}>
                    <Instant time={one.time} />
                  </span>
                  <Priority priority={one.priority} quiet={!one.active} />
                  <Link to="/alarms/$id" params={{ id: one.id }}>
                    {named(one, language).title}
                  </Link>
                  <span>{named(one, language).thing}</span>
                  <AlarmStateWord state={one.state} />
                </li>
              ))}
            </ol>
          </Section>
        )}
      </div>
    </AlarmFrame>
  );
}
