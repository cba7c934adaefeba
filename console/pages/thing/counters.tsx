import type { ThingDescription } from '@millrace/contract';
import { CounterEquation, ErrorState, Section, Skeleton } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { problemWords } from '../../api/problem.ts';
import { thingCountersQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';

/** What became of what the thing sent. */
export function CountersTab({ thing }: { thing: ThingDescription }) {
  const words = useConsoleWords();
  const counters = useQuery(thingCountersQuery(thing.id));
  if (counters.error !== null && counters.data === undefined) {
    return (
      <ErrorState problem={problemWords(counters.error, words)} onRetry={() => void counters.refetch()} />
    );
  }
  if (counters.data === undefined) return <Skeleton height="5rem" />;
  return (
    <Section title={words('thing.tabs.counters')} note={words('thing.counters.note')}>
      <CounterEquation
        counters={counters.data}
        rejectedLink={(text) => (
          <Link to="/quarantine" search={{ thing: thing.id }}>
            {text}
          </Link>
        )}
      />
    </Section>
  );
}
