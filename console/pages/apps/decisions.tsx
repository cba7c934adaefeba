import {
  Button,
  CodeBlock,
  type Column,
  Dialog,
  ErrorState,
  Facts,
  formatCount,
  formatNumber,
  Instant,
  Mark,
  notify,
  Section,
  Since,
  Skeleton,
  saveText,
  Table,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { type App, appRoundsQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './apps.module.css';

type Round = Schemas['AppRound'];

/** What an application decided and why, and the way to take a round along as a case. */
export function AppDecisions({ app }: { app: App }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const local = useLocalText();
  const rounds = useQuery(appRoundsQuery(app.id));
  const [opened, setOpened] = useState<Round>();
  const columns: Column<Round>[] = [
    {
      id: 'time',
      title: words('apps.time'),
      render: (round) => <Instant time={Date.parse(round.time)} />,
      value: (round) => round.time,
      width: '12rem',
      phone: 'line',
    },
    {
      id: 'summary',
      title: words('apps.decided'),
      render: (round) =>
        round.error === undefined ? (
          local(round.summary)
        ) : (
          <>
            <Mark kind="bad" /> {local(round.summary)}
          </>
        ),
      value: (round) => local(round.summary),
      width: 'minmax(12rem, 4fr)',
      phone: 'title',
    },
    {
      id: 'took',
      title: words('apps.took'),
      render: (round) => `${formatNumber(round.milliseconds, language, 0)} ms`,
      value: (round) => round.milliseconds,
      width: '7rem',
      align: 'end',
      phone: 'line',
    },
  ];
  const saveCase = (round: Round): void => {
    take(
      api.GET('/api/apps/{app}/rounds/{round}/case', {
        params: { path: { app: app.id, round: String(round.id) } },
      }),
    ).then(
      (found) =>
        saveText(
          `${app.id}-${round.id}.json`,
          `${JSON.stringify(found, undefined, 2)}\n`,
          'application/json',
        ),
      (error: unknown) => notify({ kind: 'error', title: problemWords(error, words).title }),
    );
  };
  return (
    <>
      <Section>
        <Facts
          facts={[
            {
              name: words('apps.lastRound'),
              value: app.lastRound === undefined ? '–' : <Since time={app.lastRound} />,
            },
            {
              name: words('apps.rounds'),
              value: `${formatCount(app.rounds, language)}, ${words('apps.everySeconds', {
                seconds: formatNumber(app.everySeconds, language),
              })}`,
            },
            { name: words('apps.failures'), value: formatCount(app.failures, language) },
            ...(app.lastRoundMilliseconds === undefined
              ? []
              : [
                  {
                    name: words('apps.took'),
                    value: `${formatNumber(app.lastRoundMilliseconds, language, 0)} ms`,
                  },
                ]),
          ]}
        />
      </Section>
      <Section title={words('apps.decisions')} note={words('apps.decisionsHelp')} flush>
        {rounds.error !== null && rounds.data === undefined ? (
          <ErrorState problem={problemWords(rounds.error, words)} onRetry={() => void rounds.refetch()} />
        ) : rounds.data === undefined ? (
          <Skeleton height="3rem" rows={6} />
        ) : (
          <Table
            label={words('apps.decisions')}
            columns={columns}
            rows={rounds.data}
            rowKey={(round) => String(round.id)}
            onOpen={setOpened}
            empty={words('apps.noDecisions')}
          />
        )}
        <Dialog
          open={opened !== undefined}
          onClose={() => setOpened(undefined)}
          title={opened === undefined ? '' : local(opened.summary)}
          wide
          footer={
            opened === undefined ? null : (
              <Button onPress={() => saveCase(opened)}>{words('apps.asCase')}</Button>
            )
          }
        >
          {opened === undefined ? null : (
            <div className={styles.detail}>
              <p>
                <Instant time={Date.parse(opened.time)} />
              </p>
              {opened.error === undefined ? (
                <>
                  <h3>{words('apps.assessment')}</h3>
                  <CodeBlock
                    label={words('apps.assessment')}
                    text={JSON.stringify(opened.assessment, undefined, 2)}
                    tall
                  />
                  <h3>{words('apps.decision')}</h3>
                  <CodeBlock
                    label={words('apps.decision')}
                    text={JSON.stringify(opened.decision, undefined, 2)}
                    tall
                  />
                </>
              ) : (
                <CodeBlock label={words('apps.failed')} text={opened.error} tall />
              )}
            </div>
          )}
        </Dialog>
      </Section>
    </>
  );
}
