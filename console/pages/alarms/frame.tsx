import type { Alarm } from '@millrace/contract';
import { type Language, Page } from '@millrace/ui';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useConsoleWords } from '../../words/index.ts';
import styles from './alarms.module.css';

/** The pages of alarms, each one press from the others. */
export function AlarmFrame({
  title,
  note,
  actions,
  children,
}: {
  title: string;
  note?: string;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const words = useConsoleWords();
  const link = (
    to: '/alarms' | '/alarms/history' | '/alarm-rules' | '/alarm-metrics' | '/alarm-messages',
    text: string,
  ) => (
    <Link
      to={to}
      activeOptions={{ exact: true, includeSearch: false }}
      activeProps={{ 'aria-current': 'page' }}
    >
      {text}
    </Link>
  );
  return (
    <Page
      title={title}
      {...(note === undefined ? {} : { note })}
      {...(actions === undefined ? {} : { actions })}
    >
      <nav className={styles.pages} aria-label={words('alarm.title')}>
        {link('/alarms', words('alarm.pages.list'))}
        {link('/alarms/history', words('alarm.pages.history'))}
        {link('/alarm-rules', words('alarm.pages.rules'))}
        {link('/alarm-metrics', words('alarm.pages.metrics'))}
        {link('/alarm-messages', words('alarm.pages.settings'))}
      </nav>
      {children}
    </Page>
  );
}

/** What an alarm, its thing and its texts are called in a language. */
export function named(alarm: Alarm, language: Language) {
  const words = alarm.translations?.[language] as
    | { title?: string; consequence?: string; response?: string }
    | undefined;
  return {
    title: words?.title ?? alarm.titles?.[language] ?? alarm.title,
    thing: alarm.thingTitles?.[language] ?? alarm.thingTitle,
    consequence: words?.consequence ?? alarm.consequence,
    response: words?.response ?? alarm.response,
  };
}

/** What the condition read, in a line. */
export function causeText(alarm: Alarm): string {
  return alarm.cause
    .map((one) => {
      const value = typeof one.value === 'number' ? Number(one.value.toPrecision(6)) : one.value;
      return `${one.property} = ${typeof value === 'string' ? value : JSON.stringify(value)}${one.unit === undefined ? '' : ` ${one.unit}`}`;
    })
    .join(', ');
}
