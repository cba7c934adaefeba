import type { ThingDescription } from '@millrace/contract';
import {
  Button,
  CodeBlock,
  Confirm,
  EmptyState,
  ErrorState,
  Instant,
  notify,
  Page,
  type ProblemWords,
  Section,
  Since,
  Skeleton,
  titleOf,
  useLanguage,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Sparkles } from 'lucide-react';
import { useState } from 'react';
import { api, type Schemas, take } from '../api/client.ts';
import { problemWords } from '../api/problem.ts';
import { proposalsQuery, settingsQuery, thingQuery } from '../api/queries.ts';
import { useConsoleWords } from '../words/index.ts';
import { propertyChanges } from './terminals/description-diff.ts';
import { normalPlace } from './terminals/draft.ts';
import { usePeerWords } from './terminals/peer-problem.tsx';
import { PlaceField } from './terminals/place-field.tsx';
import styles from './terminals/terminals.module.css';

type Proposal = Schemas['Proposal'];
/** Properties of one proposal shown; a large Sparkplug device has thousands. */
const propertiesShownMax = 100;

/** Things that terminals announced, to be accepted or dismissed. */
export function ProposalsPage() {
  const words = useConsoleWords();
  const proposals = useQuery(proposalsQuery);
  const settings = useQuery(settingsQuery);
  const list = [...(proposals.data ?? [])].sort((a, b) => b.time.localeCompare(a.time));
  return (
    <Page title={words('proposals.title')} note={words('proposals.note')}>
      {proposals.error !== null && proposals.data === undefined ? (
        <ErrorState problem={problemWords(proposals.error, words)} onRetry={() => void proposals.refetch()} />
      ) : proposals.data === undefined ? (
        <Skeleton height="4rem" rows={3} />
      ) : list.length === 0 ? (
        <EmptyState icon={<Sparkles size={44} />} title={words('proposals.none')}>
          <p>{words('terminal.proposals.how')}</p>
          <p>
            {words(
              settings.data?.autoAcceptProposals === true
                ? 'terminal.proposals.autoOn'
                : 'terminal.proposals.autoOff',
            )}{' '}
            <Link to="/settings">{words('settings.title')}</Link>
          </p>
        </EmptyState>
      ) : (
        list.map((one) => <ProposalView key={one.id} proposal={one} />)
      )}
    </Page>
  );
}

function ProposalView({ proposal }: { proposal: Proposal }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const peerWords = usePeerWords();
  const queryClient = useQueryClient();
  const description = proposal.description as ThingDescription;
  const title = titleOf(description, language, proposal.source);
  const existing = useQuery({ ...thingQuery(proposal.id), enabled: proposal.existing });
  const [place, setPlace] = useState(description['millrace:place'] ?? '');
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [failed, setFailed] = useState<ProblemWords>();
  const changes = propertyChanges(proposal.existing ? existing.data : undefined, description);
  const path = { params: { path: { id: proposal.id } } };

  const run = async (work: () => Promise<unknown>, done: string) => {
    setBusy(true);
    setFailed(undefined);
    try {
      await work();
      notify({ kind: 'info', title: done });
      await queryClient.invalidateQueries();
    } catch (error) {
      setFailed(peerWords(error));
    } finally {
      setBusy(false);
      setAsking(false);
    }
  };
  const accept = () =>
    run(
      async () => {
        const thing = await take(api.POST('/api/proposals/{id}/accept', path));
        const wanted = normalPlace(place);
        // The proposal itself has no place; it is written into the thing as soon as there is one.
        if (wanted !== (description['millrace:place'] ?? '')) {
          await take(
            api.PUT('/api/things/{id}', {
              ...path,
              body: { ...(thing as object), 'millrace:place': wanted } as never,
            }),
          );
        }
      },
      words('proposals.accepted', { thing: title }),
    );
  return (
    <Section
      title={title}
      note={
        <>
          {words(proposal.existing ? 'proposals.change' : 'proposals.new')} · <Instant time={proposal.time} />{' '}
          · <Since time={proposal.time} />
        </>
      }
      actions={
        <>
          <Button kind="primary" pending={busy} onPress={() => void accept()}>
            {words('proposals.accept')}
          </Button>
          <Button onPress={() => setAsking(true)}>{words('proposals.dismiss')}</Button>
        </>
      }
    >
      <div className={styles.stack}>
        <dl className={styles.rejectedFacts}>
          <div>
            <dt>{words('quarantine.source')}</dt>
            <dd>
              <code className={styles.code}>{proposal.source}</code>
            </dd>
          </div>
          {proposal.connection === undefined ? null : (
            <div>
              <dt>{words('terminal.quarantine.connection')}</dt>
              <dd>
                <Link to="/terminals/$id" params={{ id: proposal.connection }}>
                  {proposal.connection}
                </Link>
              </dd>
            </div>
          )}
          <div>
            <dt>{words('thing.description.id')}</dt>
            <dd>
              {proposal.existing ? (
                <Link to="/things/$id" params={{ id: proposal.id }}>
                  {proposal.id}
                </Link>
              ) : (
                <code className={styles.code}>{proposal.id}</code>
              )}
            </dd>
          </div>
        </dl>
        {failed === undefined ? null : <ErrorState problem={failed} />}
        {proposal.existing ? null : (
          <div className={styles.form}>
            <PlaceField value={place} onChange={setPlace} />
          </div>
        )}
        <div>
          <h3>{words(proposal.existing ? 'terminal.proposals.diff' : 'terminal.proposals.properties')}</h3>
          <ul className={styles.diff}>
            {changes.slice(0, propertiesShownMax).map((change) => (
              <li key={change.name} className={styles[`diff-${change.change}`]}>
                <span className={styles.diffMark} aria-hidden="true">
                  {{ added: '+', removed: '−', changed: '±', same: '=' }[change.change]}
                </span>
                <span className="visually-hidden">
                  {words(`terminal.proposals.changes.${change.change}`)}
                </span>
                <code className={styles.code}>{change.name}</code>
                <span className={styles.faint}>
                  {change.change === 'changed'
                    ? `${change.before} → ${change.after}`
                    : (change.after ?? change.before)}
                </span>
              </li>
            ))}
          </ul>
          {changes.length > propertiesShownMax ? (
            <p className={styles.faint}>
              {words('terminal.live.more', { count: changes.length - propertiesShownMax })}
            </p>
          ) : null}
        </div>
        <details className={styles.details}>
          <summary>{words('thing.description.json')}</summary>
          <CodeBlock
            tall
            label={words('thing.description.json')}
            text={JSON.stringify(description, null, 2)}
          />
        </details>
      </div>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={words('terminal.proposals.dismissTitle', { thing: title })}
        confirm={words('proposals.dismiss')}
        kind="plain"
        busy={busy}
        onConfirm={() =>
          void run(
            () => take(api.DELETE('/api/proposals/{id}', path)),
            words('terminal.proposals.dismissed', { thing: title }),
          )
        }
      >
        <p>{words('terminal.proposals.dismissWill')}</p>
      </Confirm>
    </Section>
  );
}
