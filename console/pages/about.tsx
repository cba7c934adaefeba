import { CounterEquation, ErrorState, Facts, Page, Section, Skeleton, StateBadge } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { problemWords } from '../api/problem.ts';
import { countersQuery, healthQuery } from '../api/queries.ts';
import { useConsoleWords } from '../words/index.ts';
import styles from './settings.module.css';

const knownParts = ['http', 'mqtt', 'samples', 'records', 'terminals', 'intake'] as const;

/** Whether the platform is well, what became of what came in, and what this is. */
export function AboutPage() {
  const words = useConsoleWords();
  const health = useQuery(healthQuery);
  const counters = useQuery(countersQuery);
  const partName = (part: string) => {
    const known = knownParts.find((one) => one === part);
    return known === undefined ? part : words(`about.parts.${known}`);
  };
  return (
    <Page title={words('about.title')}>
      <Section title={words('about.health')}>
        {health.error !== null && health.data === undefined ? (
          <ErrorState problem={problemWords(health.error, words)} onRetry={() => void health.refetch()} />
        ) : health.data === undefined ? (
          <Skeleton height="2rem" rows={4} />
        ) : (
          <div className={styles.stack}>
            <p>
              <StateBadge
                kind={health.data.status === 'ok' ? 'good' : 'bad'}
                word={
                  health.data.status === 'ok'
                    ? words('about.ok')
                    : `${words('about.notOk')}. ${words('about.missing', { parts: health.data.missing.map(partName).join(', ') })}`
                }
              />
            </p>
            <Facts
              facts={Object.entries(health.data.parts).map(([part, state]) => ({
                name: partName(part),
                value: (
                  <span>
                    <StateBadge
                      kind={state.ok ? 'good' : 'bad'}
                      word={words(state.ok ? 'about.works' : 'about.fails')}
                    />
                    {state.detail === undefined ? null : ` ${state.detail}`}
                  </span>
                ),
              }))}
            />
          </div>
        )}
      </Section>
      <Section title={words('about.flow')}>
        {counters.error !== null && counters.data === undefined ? (
          <ErrorState problem={problemWords(counters.error, words)} onRetry={() => void counters.refetch()} />
        ) : counters.data === undefined ? (
          <Skeleton height="5rem" />
        ) : (
          <CounterEquation
            counters={counters.data.total}
            rejectedLink={(text) => <Link to="/quarantine">{text}</Link>}
          />
        )}
      </Section>
      <Section title="Millrace">
        <div className={styles.stack}>
          <p>{words('about.about')}</p>
          <Facts
            facts={[
              { name: words('about.version'), value: health.data?.version ?? '…' },
              {
                name: 'API',
                value: <a href="/api/openapi.json">{words('about.api')}</a>,
              },
            ]}
          />
          <p>{words('about.license')}</p>
          <p>{words('about.fonts')}</p>
        </div>
      </Section>
    </Page>
  );
}
