import { ErrorState, Page, Section, Skeleton, useLocalText } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { problemWords } from '../api/problem.ts';
import { protocolsQuery } from '../api/queries.ts';
import { useConsoleWords } from '../words/index.ts';

/** What a terminal can be connected by. */
export function AddTerminalPage() {
  const words = useConsoleWords();
  const local = useLocalText();
  const protocols = useQuery(protocolsQuery);
  return (
    <Page title={words('terminals.add')} above={<Link to="/terminals">{words('terminals.title')}</Link>}>
      {protocols.error !== null ? (
        <ErrorState problem={problemWords(protocols.error, words)} onRetry={() => void protocols.refetch()} />
      ) : protocols.data === undefined ? (
        <Skeleton height="4rem" rows={4} />
      ) : (
        protocols.data.map((protocol) => (
          <Section key={protocol.id} title={local(protocol.title)}>
            <p>{local(protocol.summary)}</p>
          </Section>
        ))
      )}
    </Page>
  );
}
