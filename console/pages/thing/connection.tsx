import type { ThingDescription } from '@millrace/contract';
import {
  EmptyState,
  ErrorState,
  Facts,
  Section,
  Since,
  Skeleton,
  StateBadge,
  useLocalText,
} from '@millrace/ui';
import buttonStyles from '@millrace/ui/controls/button.module.css';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Cable } from 'lucide-react';
import { problemWords } from '../../api/problem.ts';
import { connectionsQuery, protocolsQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './thing.module.css';

/** How the thing is reached: its connection, whether that is well, and what to do if not. */
export function ConnectionTab({ thing }: { thing: ThingDescription }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const connections = useQuery(connectionsQuery);
  const protocols = useQuery(protocolsQuery);
  if (connections.error !== null && connections.data === undefined) {
    return (
      <ErrorState
        problem={problemWords(connections.error, words)}
        onRetry={() => void connections.refetch()}
      />
    );
  }
  if (connections.data === undefined) return <Skeleton height="3rem" rows={4} />;
  const own = connections.data.filter(
    (one) => one.id === thing['millrace:connection'] || one.things.includes(thing.id),
  );
  if (own.length === 0) {
    return (
      <EmptyState
        icon={<Cable size={40} />}
        title={words('thing.connection.none')}
        actions={
          <Link
            to="/things/$id"
            params={{ id: thing.id }}
            search={{ tab: 'access' }}
            className={buttonStyles.button}
          >
            {words('thing.connection.toAccess')}
          </Link>
        }
      >
        <p>{words('thing.connection.noneHelp')}</p>
        <p>
          <code>{`things/${thing.id}/properties`}</code>
        </p>
      </EmptyState>
    );
  }
  return (
    <div className={styles.stack}>
      {own.map((one) => {
        const protocol = protocols.data?.find((known) => known.id === one.protocol);
        return (
          <Section
            key={one.id}
            title={one.title}
            actions={
              <Link to="/terminals/$id" params={{ id: one.id }} className={buttonStyles.button}>
                {words('thing.connection.open')}
              </Link>
            }
          >
            <div className={styles.stack}>
              <Facts
                facts={[
                  { name: words('list.state'), value: <StateBadge kind={one.state} /> },
                  { name: words('list.since'), value: <Since time={one.since} /> },
                  {
                    name: words('thing.connection.protocol'),
                    value: protocol === undefined ? one.protocol : local(protocol.title),
                  },
                ]}
              />
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
            </div>
          </Section>
        );
      })}
    </div>
  );
}
