import type { ConnectionInput, ThingDescription } from '@millrace/contract';
import { Button, ErrorState, Mark, type ProblemWords, Section, StateBadge } from '@millrace/ui';
import buttonStyles from '@millrace/ui/controls/button.module.css';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { LoaderCircle } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api, take } from '../../api/client.ts';
import { connectionsQuery, thingQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import { ArrivingValues, useArrived } from './arriving-values.tsx';
import { type Draft, describe, type Point } from './draft.ts';
import { PeerProblem, usePeerWords } from './peer-problem.tsx';
import styles from './terminals.module.css';

/** A first value that takes longer than this is worth a word about why. */
const slowMilliseconds = 15_000;

/** Saves the connection and the thing, each once, then shows the values as they arrive, or why they do not. */
export function LiveStep({
  protocol,
  settings,
  draft,
  points,
  onMade,
  onBack,
  onAnother,
}: {
  protocol: string;
  settings: Record<string, unknown>;
  draft: Draft;
  points: readonly Point[];
  onMade: (made: Draft['made']) => void;
  onBack: () => void;
  onAnother: () => void;
}) {
  const words = useConsoleWords();
  const peerWords = usePeerWords();
  const queryClient = useQueryClient();
  const [failed, setFailed] = useState<ProblemWords>();
  const busy = useRef(false);
  const { made } = draft;

  const save = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    setFailed(undefined);
    try {
      let { connection } = draft.made;
      if (connection === undefined) {
        const title = draft.connectionTitle.trim() || draft.title.trim();
        const body: ConnectionInput = { protocol, title, startup: draft.startup, settings };
        connection = (await take(api.POST('/api/connections', { body: body as never }))).id;
        onMade({ connection });
      }
      const description = describe({ ...draft, points }, connection);
      const thing = await take(api.POST('/api/things', { body: description as never }));
      onMade({ connection, thing: thing.id ?? '' });
      await queryClient.invalidateQueries();
    } catch (error) {
      setFailed(peerWords(error));
    } finally {
      busy.current = false;
    }
  }, [draft, points, protocol, settings, onMade, peerWords, queryClient]);

  const started = useRef(false);
  useEffect(() => {
    if (started.current || made.thing !== undefined) return;
    started.current = true;
    void save();
  }, [made.thing, save]);

  return (
    <div className={styles.stack}>
      <Section title={words('terminal.live.saveTitle')}>
        <ol className={styles.testSteps} aria-live="polite">
          <SaveLine done={made.connection !== undefined} running={failed === undefined}>
            {words('terminal.live.connection')}
          </SaveLine>
          <SaveLine
            done={made.thing !== undefined}
            running={failed === undefined && made.connection !== undefined}
          >
            {words('terminal.live.thing')}
          </SaveLine>
        </ol>
        {failed === undefined ? null : <ErrorState problem={failed} onRetry={() => void save()} />}
      </Section>
      {made.thing === undefined || made.connection === undefined ? (
        <div className={styles.buttons}>
          <Button onPress={onBack}>{words('terminal.add.back')}</Button>
        </div>
      ) : (
        <>
          <Arrivals thing={made.thing} connection={made.connection} />
          <Done thing={made.thing} connection={made.connection} onAnother={onAnother} />
        </>
      )}
    </div>
  );
}

function SaveLine({ done, running, children }: { done: boolean; running: boolean; children: string }) {
  const words = useConsoleWords();
  return (
    <li className={done ? styles.testOk : ''}>
      <span className={styles.testMark}>
        {done ? (
          <Mark kind="good" />
        ) : running ? (
          <LoaderCircle size={18} className={styles.turning} aria-hidden="true" />
        ) : (
          <Mark kind="silent" />
        )}
      </span>
      <span className={styles.testText}>
        {children}
        {done ? <span className={styles.faint}>{words('terminal.live.saved')}</span> : null}
      </span>
    </li>
  );
}

/** Whether values arrive, and the state of the connection they come through. */
export function Arrivals({ thing, connection }: { thing: string; connection: string | undefined }) {
  const words = useConsoleWords();
  const description = useQuery(thingQuery(thing));
  const connections = useQuery({ ...connectionsQuery, refetchInterval: 1500 });
  const one = connections.data?.find((known) => known.id === connection);
  const names = Object.keys((description.data as ThingDescription | undefined)?.properties ?? {});
  const arrived = useArrived(thing, names);
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), slowMilliseconds);
    return () => clearTimeout(timer);
  }, []);
  const all = names.length > 0 && arrived >= names.length;
  return (
    <Section
      title={
        arrived === 0
          ? words('terminal.live.waitTitle')
          : all
            ? words('terminal.live.allTitle')
            : words('terminal.live.someTitle', { arrived, count: names.length })
      }
      actions={one === undefined ? null : <StateBadge kind={one.state} />}
    >
      <div className={styles.stack} data-arrived-count={arrived}>
        <p className="visually-hidden" role="status">
          {all ? words('terminal.live.allTitle') : arrived === 0 ? words('terminal.live.waitTitle') : ''}
        </p>
        {one?.problem === undefined ? null : <PeerProblem problem={one.problem} />}
        {slow && !all && one?.problem === undefined ? (
          <p className={styles.hint}>{words('terminal.live.slow')}</p>
        ) : null}
        <ArrivingValues id={thing} />
      </div>
    </Section>
  );
}

export function Done({
  thing,
  connection,
  onAnother,
}: {
  thing: string;
  connection?: string | undefined;
  onAnother: () => void;
}) {
  const words = useConsoleWords();
  return (
    <div className={styles.buttons}>
      <Link
        to="/things/$id"
        params={{ id: thing }}
        className={`${buttonStyles.button} ${buttonStyles.primary}`}
      >
        {words('terminal.live.openThing')}
      </Link>
      {connection === undefined ? null : (
        <Link to="/terminals/$id" params={{ id: connection }} className={buttonStyles.button}>
          {words('terminal.live.openConnection')}
        </Link>
      )}
      <Button onPress={onAnother}>{words('terminal.live.another')}</Button>
    </div>
  );
}
