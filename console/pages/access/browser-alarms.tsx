import { Button, ErrorState, notify, type ProblemWords, Section, useLanguage } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Bell, BellOff } from 'lucide-react';
import { useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { endPush, pushState, startPush } from '../../push/browser-push.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './access.module.css';

/** Alarms on the screen of this browser, also while no page of the console is open. */
export function BrowserAlarms({ user }: { user: string }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const state = useQuery({ queryKey: ['push', user], queryFn: () => pushState(user) });
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const run = (work: () => Promise<void>, wanted: boolean) => {
    setBusy(true);
    setProblem(undefined);
    work()
      .then(
        async () => {
          const { data } = await state.refetch();
          // Whoever did not allow it has answered, and needs no message.
          if (data !== undefined && 'on' in data && data.on === wanted)
            notify({ kind: 'info', title: words(wanted ? 'access.push.started' : 'access.push.ended') });
        },
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => setBusy(false));
  };
  const { data } = state;
  return (
    <Section title={words('access.push.title')} note={words('access.push.note')}>
      <div className={styles.stack}>
        {data === undefined ? (
          state.error === null ? null : (
            <ErrorState
              problem={problemWords(state.error, words)}
              onRetry={() => void state.refetch()}
              compact
            />
          )
        ) : 'obstacle' in data ? (
          <p>{words(`access.push.obstacle.${data.obstacle}`)}</p>
        ) : (
          <>
            <p>{words(data.on ? 'access.push.isOn' : 'access.push.isOff')}</p>
            <div>
              {data.on ? (
                <Button icon={<BellOff size={16} />} pending={busy} onPress={() => run(endPush, false)}>
                  {words('access.push.end')}
                </Button>
              ) : (
                <Button
                  icon={<Bell size={16} />}
                  pending={busy}
                  onPress={() => run(() => startPush(user, data.key, language), true)}
                >
                  {words('access.push.start')}
                </Button>
              )}
            </div>
          </>
        )}
        {problem === undefined ? null : <ErrorState problem={problem} compact />}
      </div>
    </Section>
  );
}
