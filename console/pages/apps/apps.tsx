import {
  Button,
  EmptyState,
  ErrorState,
  type MarkKind,
  Page,
  Section,
  Skeleton,
  StateBadge,
  useLocalText,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Blocks } from 'lucide-react';
import { problemWords } from '../../api/problem.ts';
import { type App, appsQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './apps.module.css';
import { AppSwitch } from './switch.tsx';

export const markOfApp: Record<App['state'], MarkKind> = {
  off: 'stopped',
  waiting: 'connecting',
  running: 'good',
  failing: 'bad',
};

/** Every application of the platform: what it is for, how it is, whether what it needs is there. */
export function AppsPage() {
  const words = useConsoleWords();
  const apps = useQuery(appsQuery);
  return (
    <Page title={words('apps.title')}>
      {apps.error !== null && apps.data === undefined ? (
        <ErrorState problem={problemWords(apps.error, words)} onRetry={() => void apps.refetch()} />
      ) : apps.data === undefined ? (
        <Skeleton height="9rem" rows={2} />
      ) : apps.data.length === 0 ? (
        <EmptyState icon={<Blocks size={40} />} title={words('apps.none')} />
      ) : (
        <div className={styles.cards}>
          {apps.data.map((app) => (
            <Card key={app.id} app={app} />
          ))}
        </div>
      )}
    </Page>
  );
}

function Card({ app }: { app: App }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const navigate = useNavigate();
  const needed = app.needs.types.filter((type) => (app.needs.found[type] ?? 0) > 0);
  return (
    <Section>
      <div className={styles.card}>
        <div className={styles.head}>
          <h2>{local(app.title)}</h2>
          <StateBadge kind={markOfApp[app.state]} word={words(`apps.states.${app.state}`)} />
        </div>
        <p>{local(app.summary)}</p>
        {app.problem === undefined ? null : <p className={styles.problem}>{app.problem}</p>}
        <p className={styles.quiet}>
          {words('apps.needs')}:{' '}
          {needed.length === 0
            ? words('apps.needsNone')
            : needed.map((type) => `${type} ${app.needs.found[type]}`).join(' · ')}
        </p>
        <div className={styles.actions}>
          {app.enabled ? (
            <Button
              kind="primary"
              onPress={() =>
                void navigate({
                  to: '/apps/$app/$',
                  params: { app: app.id, _splat: app.pages[0]?.path ?? 'settings' },
                })
              }
            >
              {words('apps.open')}
            </Button>
          ) : null}
          <AppSwitch app={app} />
        </div>
      </div>
    </Section>
  );
}
