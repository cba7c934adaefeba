import type { AlarmRule } from '@millrace/contract';
import {
  Button,
  type Column,
  EmptyState,
  ErrorState,
  SearchField,
  Skeleton,
  Table,
  ToolBar,
  useLanguage,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Bell, Plus } from 'lucide-react';
import { useMemo } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './alarms.module.css';
import { AlarmFrame } from './frame.tsx';
import { Priority } from './priority.tsx';
import { alarmRulesQuery } from './queries.ts';

const rank = { urgent: 0, high: 1, medium: 2, low: 3 } as const;

/** What is watched, how urgent it is, and where it cannot be judged. */
export function AlarmRulesPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { text?: string; thing?: string };
  const rules = useQuery(
    alarmRulesQuery({
      ...(search.text === undefined ? {} : { text: search.text }),
      ...(search.thing === undefined ? {} : { thing: search.thing }),
    }),
  );
  const add = () =>
    void navigate({
      to: '/alarm-rules/$id',
      params: { id: 'new' },
      search: (search.thing === undefined ? {} : { thing: search.thing }) as never,
    });
  const columns = useMemo<Column<AlarmRule>[]>(
    () => [
      {
        id: 'title',
        title: words('alarm.what'),
        width: 'minmax(10rem, 2fr)',
        phone: 'title',
        value: (rule) => rule.title,
        render: (rule) => (
          <span className={styles.what}>
            <Link to="/alarm-rules/$id" params={{ id: rule.id }}>
              {rule.translations?.[language]?.title ?? rule.title}
            </Link>
            {rule.unjudgedCount === 0 ? null : (
              <div className={styles.problem}>
                {words('alarm.rule.unjudged', { count: rule.unjudgedCount })}: {rule.unjudged[0]?.title}:{' '}
                {rule.unjudged[0]?.because[language]}
              </div>
            )}
            {rule.outOfService === undefined ? null : (
              <div className={styles.faint}>
                {words('alarm.rule.isOut', { reason: rule.outOfService.reason, name: rule.outOfService.by })}
              </div>
            )}
          </span>
        ),
      },
      {
        id: 'priority',
        title: words('alarm.priorityTitle'),
        width: '8rem',
        value: (rule) => rank[rule.priority],
        render: (rule) => <Priority priority={rule.priority} quiet={rule.enabled === false} />,
      },
      {
        id: 'condition',
        title: words('alarm.condition'),
        width: 'minmax(10rem, 2fr)',
        value: (rule) => rule.condition,
        render: (rule) => <code className={styles.code}>{rule.condition}</code>,
      },
      {
        id: 'things',
        title: words('alarm.rule.things'),
        width: '5rem',
        align: 'end',
        value: (rule) => rule.things,
        render: (rule) => rule.things,
      },
      {
        id: 'open',
        title: words('alarm.rule.openNow'),
        width: '6rem',
        align: 'end',
        value: (rule) => rule.open,
        render: (rule) => (rule.open === 0 ? '–' : <b>{rule.open}</b>),
      },
    ],
    [words, language],
  );
  return (
    <AlarmFrame
      title={words('alarm.rule.title')}
      note={words('alarm.rule.note')}
      actions={
        <Button kind="primary" icon={<Plus size={16} />} onPress={add}>
          {words('alarm.rule.add')}
        </Button>
      }
    >
      <ToolBar label={words('plant.filter')}>
        <SearchField
          label={words('alarm.what')}
          value={search.text ?? ''}
          onChange={(text) =>
            void navigate({
              to: '.',
              search: ((previous: object) => ({
                ...previous,
                text: text === '' ? undefined : text,
              })) as never,
              replace: true,
            })
          }
        />
        {search.thing === undefined ? null : <span className={styles.faint}>{search.thing}</span>}
      </ToolBar>
      {rules.error !== null && rules.data === undefined ? (
        <ErrorState problem={problemWords(rules.error, words)} onRetry={() => void rules.refetch()} />
      ) : rules.data === undefined ? (
        <Skeleton height="3rem" rows={6} />
      ) : rules.data.rules.length === 0 ? (
        <EmptyState icon={<Bell size={44} />} title={words('alarm.rule.none')}>
          <p>{words('alarm.rule.noneHelp')}</p>
        </EmptyState>
      ) : (
        <Table
          label={words('alarm.rule.title')}
          columns={columns}
          rows={rules.data.rules}
          rowKey={(rule) => rule.id}
          rowHeight={64}
        />
      )}
    </AlarmFrame>
  );
}
