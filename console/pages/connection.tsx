import { ErrorState, Facts, Page, Section, Since, Skeleton, StateBadge, useLocalText } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { problemWords } from '../api/problem.ts';
import { connectionsQuery } from '../api/queries.ts';
import { NotFound } from '../shell/fallbacks.tsx';
import { useConsoleWords } from '../words/index.ts';

/** One connection: whether it is well and, where not, why and what to do. */
export function ConnectionPage() {
  const words = useConsoleWords();
  const local = useLocalText();
  const { id } = useParams({ strict: false }) as { id: string };
  const connections = useQuery(connectionsQuery);
  const one = connections.data?.find((connection) => connection.id === id);
  if (connections.error !== null && connections.data === undefined) {
    return (
      <Page title={id}>
        <ErrorState
          problem={problemWords(connections.error, words)}
          onRetry={() => void connections.refetch()}
        />
      </Page>
    );
  }
  if (connections.data === undefined) {
    return (
      <Page title={id}>
        <Skeleton height="3rem" rows={4} />
      </Page>
    );
  }
  if (one === undefined) return <NotFound />;
  return (
    <Page title={one.title} above={<Link to="/terminals">{words('terminals.title')}</Link>}>
      {one.problem === undefined ? null : (
        <ErrorState
          problem={{
            title: local(one.problem.what),
            remedy: local(one.problem.remedy),
            ...(one.problem.detail === undefined ? {} : { why: one.problem.detail }),
            technical: one.problem.code,
          }}
        />
      )}
      <Section>
        <Facts
          facts={[
            { name: words('list.state'), value: <StateBadge kind={one.state} /> },
            { name: words('list.since'), value: <Since time={one.since} /> },
            { name: words('terminals.protocol'), value: one.protocol },
          ]}
        />
      </Section>
      <Section title={words('terminals.things')}>
        <ul>
          {one.things.slice(0, 500).map((thing) => (
            <li key={thing}>
              <Link to="/things/$id" params={{ id: thing }}>
                {thing}
              </Link>
            </li>
          ))}
        </ul>
      </Section>
    </Page>
  );
}
