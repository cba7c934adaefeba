import {
  Button,
  EmptyState,
  ErrorState,
  Instant,
  notify,
  Page,
  Section,
  Skeleton,
  titleOf,
  useLanguage,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Sparkles } from 'lucide-react';
import { api, take } from '../api/client.ts';
import { problemWords } from '../api/problem.ts';
import { proposalsQuery } from '../api/queries.ts';
import { useConsoleWords } from '../words/index.ts';

/** Things that terminals announced, to be accepted or dismissed. */
export function ProposalsPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const queryClient = useQueryClient();
  const proposals = useQuery(proposalsQuery);
  const run = (work: Promise<unknown>, done?: string) =>
    void work.then(
      () => {
        if (done !== undefined) notify({ kind: 'info', title: done });
        return queryClient.invalidateQueries();
      },
      (error: unknown) => notify({ kind: 'error', title: problemWords(error, words).title }),
    );
  return (
    <Page title={words('proposals.title')} note={words('proposals.note')}>
      {proposals.error !== null && proposals.data === undefined ? (
        <ErrorState problem={problemWords(proposals.error, words)} onRetry={() => void proposals.refetch()} />
      ) : proposals.data === undefined ? (
        <Skeleton height="4rem" rows={3} />
      ) : proposals.data.length === 0 ? (
        <EmptyState icon={<Sparkles size={44} />} title={words('proposals.none')}>
          <p>{words('proposals.noneHelp')}</p>
        </EmptyState>
      ) : (
        proposals.data.map((one) => {
          const title = titleOf(one.description as { title?: string }, language, one.source);
          return (
            <Section
              key={one.id}
              title={title}
              note={
                <>
                  <Instant time={one.time} /> · {one.source} ·{' '}
                  {words(one.existing ? 'proposals.change' : 'proposals.new')}
                </>
              }
              actions={
                <>
                  <Button
                    kind="primary"
                    onPress={() =>
                      run(
                        take(api.POST('/api/proposals/{id}/accept', { params: { path: { id: one.id } } })),
                        words('proposals.accepted', { thing: title }),
                      )
                    }
                  >
                    {words('proposals.accept')}
                  </Button>
                  <Button
                    onPress={() =>
                      run(take(api.DELETE('/api/proposals/{id}', { params: { path: { id: one.id } } })))
                    }
                  >
                    {words('proposals.dismiss')}
                  </Button>
                </>
              }
            >
              {null}
            </Section>
          );
        })
      )}
    </Page>
  );
}
