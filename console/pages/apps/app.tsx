import {
  AppFrameProvider,
  type AppWeb,
  EmptyState,
  ErrorState,
  Page,
  PagesWithin,
  Skeleton,
  StateBadge,
  useAppWords,
  useLocalText,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Power } from 'lucide-react';
import { problemWords } from '../../api/problem.ts';
import { type App, appQuery } from '../../api/queries.ts';
import { appWebs } from '../../apps.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './apps.module.css';
import { markOfApp } from './apps.tsx';
import { AppDecisions } from './decisions.tsx';
import { useFrame } from './frame.tsx';
import { AppJobs } from './jobs.tsx';
import { AppSettings } from './settings.tsx';
import { AppSwitch } from './switch.tsx';

/** One application: its own pages, and those that every application has. */
export function AppPage() {
  const words = useConsoleWords();
  const { app: id = '', _splat: page = '' } = useParams({ strict: false }) as {
    app?: string;
    _splat?: string;
  };
  const app = useQuery(appQuery(id));
  const web = useQuery({
    queryKey: ['app-web', id],
    queryFn: async (): Promise<AppWeb | null> => (await appWebs[id]?.())?.web ?? null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const failed = app.error ?? web.error;
  if (app.data === undefined || web.data === undefined) {
    return (
      <Page title={words('apps.title')}>
        {failed === null ? (
          <Skeleton height="12rem" rows={2} />
        ) : (
          <ErrorState
            problem={problemWords(failed, words)}
            onRetry={() => {
              void app.refetch();
              void web.refetch();
            }}
          />
        )}
      </Page>
    );
  }
  return <Opened key={id} app={app.data} web={web.data} page={page} />;
}

const own = ['settings', 'decisions', 'jobs'] as const;

function Opened({ app, web, page }: { app: App; web: AppWeb | null; page: string }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const frame = useFrame(app.id);
  const ready = useAppWords(app.id, web?.words);
  const tabs = [
    ...(web === null ? [] : app.pages.map(({ path, title }) => ({ path, title: local(title) }))),
    ...own.map((path) => ({ path, title: words(`apps.tabs.${path}`) })),
  ];
  const Content = web?.pages[page];
  const declared = app.pages.some(({ path }) => path === page);
  return (
    <Page
      title={local(app.title)}
      note={<StateBadge kind={markOfApp[app.state]} word={words(`apps.states.${app.state}`)} />}
    >
      <nav className={styles.pages} aria-label={local(app.title)}>
        {tabs.map(({ path, title }) => (
          <Link
            key={path}
            to="/apps/$app/$"
            params={{ app: app.id, _splat: path }}
            className={`${styles.page} ${path === page ? styles.active : ''}`}
            {...(path === page ? { 'aria-current': 'page' as const } : {})}
          >
            {title}
          </Link>
        ))}
      </nav>
      {page === 'settings' ? (
        <AppSettings app={app} />
      ) : page === 'decisions' ? (
        <AppDecisions app={app} />
      ) : page === 'jobs' ? (
        <AppJobs app={app} />
      ) : !app.enabled && declared ? (
        <EmptyState
          icon={<Power size={40} />}
          title={words('apps.offTitle', { name: local(app.title) })}
          actions={<AppSwitch app={app} />}
        >
          {words('apps.offHelp')}
        </EmptyState>
      ) : Content === undefined ? (
        <EmptyState title={words('apps.notInstalled')} />
      ) : ready ? (
        <AppFrameProvider value={frame}>
          <PagesWithin>
            <Content />
          </PagesWithin>
        </AppFrameProvider>
      ) : null}
    </Page>
  );
}
