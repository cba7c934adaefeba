import { grantsGiving } from '@millrace/contract';
import {
  Button,
  type Column,
  ErrorState,
  formatNumber,
  Instant,
  type MarkKind,
  notify,
  Section,
  Skeleton,
  StateBadge,
  Table,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, type Schemas, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { type App, appJobsQuery, sessionQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './apps.module.css';

type Job = Schemas['AppJob'];
const marks: Record<Job['state'], MarkKind> = {
  running: 'connecting',
  done: 'good',
  failed: 'bad',
  cancelled: 'stopped',
  interrupted: 'degraded',
};

/** Jobs of an application: what can be started, what runs and how far it is, what came of the others. */
export function AppJobs({ app }: { app: App }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const local = useLocalText();
  const queryClient = useQueryClient();
  const session = useQuery(sessionQuery);
  const jobs = useQuery(appJobsQuery(app.id));
  const may = grantsGiving(session.data?.grants ?? [], 'operate', app.id).some((grant) => grant.place === '');
  const changed = () => queryClient.invalidateQueries({ queryKey: ['app', app.id] });
  const told = (error: unknown) => notify({ kind: 'error', title: problemWords(error, words).title });
  const nameOf = (job: string): string => {
    const declared = app.jobs[job];
    return declared === undefined ? job : local(declared.title);
  };
  const start = (job: string): void => {
    take(api.POST('/api/apps/{app}/jobs', { params: { path: { app: app.id } }, body: { job } })).then(() => {
      notify({ kind: 'info', title: words('apps.started', { name: nameOf(job) }) });
      void changed();
    }, told);
  };
  const cancel = (id: string): void => {
    take(api.DELETE('/api/apps/{app}/jobs/{job}', { params: { path: { app: app.id, job: id } } })).then(
      () => void changed(),
      told,
    );
  };
  const columns: Column<Job>[] = [
    {
      id: 'job',
      title: words('apps.job'),
      render: (job) => nameOf(job.job),
      value: (job) => nameOf(job.job),
      width: 'minmax(10rem, 2fr)',
      phone: 'title',
    },
    {
      id: 'state',
      title: words('list.state'),
      render: (job) => (
        <StateBadge
          kind={marks[job.state]}
          word={
            job.state === 'running'
              ? `${formatNumber(job.progress * 100, language, 0)} %`
              : words(`apps.jobStates.${job.state}`)
          }
        />
      ),
      value: (job) => job.state,
      width: '9rem',
    },
    {
      id: 'step',
      title: words('list.what'),
      render: (job) => job.error ?? job.step,
      value: (job) => job.error ?? job.step,
      width: 'minmax(8rem, 3fr)',
    },
    {
      id: 'time',
      title: words('apps.time'),
      render: (job) => <Instant time={Date.parse(job.started)} />,
      value: (job) => job.started,
      width: '12rem',
    },
    { id: 'by', title: words('apps.by'), render: (job) => job.by, value: (job) => job.by, width: '8rem' },
    {
      id: 'cancel',
      title: '',
      render: (job) =>
        job.state === 'running' && may ? (
          <Button kind="quiet" onPress={() => cancel(job.id)}>
            {words('apps.cancel')}
          </Button>
        ) : null,
      width: '7rem',
    },
  ];
  const declared = Object.entries(app.jobs);
  return (
    <>
      {declared.length === 0 || !app.enabled ? null : (
        <Section>
          <div className={styles.starters}>
            {declared.map(([job, { title, summary }]) => (
              <div key={job} className={styles.starter}>
                <div>
                  <b>{local(title)}</b>
                  <p className={styles.quiet}>{local(summary)}</p>
                </div>
                {may ? <Button onPress={() => start(job)}>{words('apps.start')}</Button> : null}
              </div>
            ))}
          </div>
        </Section>
      )}
      <Section title={words('apps.jobs')} flush>
        {jobs.error !== null && jobs.data === undefined ? (
          <ErrorState problem={problemWords(jobs.error, words)} onRetry={() => void jobs.refetch()} />
        ) : jobs.data === undefined ? (
          <Skeleton height="3rem" rows={4} />
        ) : (
          <Table
            label={words('apps.jobs')}
            columns={columns}
            rows={jobs.data}
            rowKey={(job) => job.id}
            empty={words('apps.noJobs')}
          />
        )}
      </Section>
    </>
  );
}
