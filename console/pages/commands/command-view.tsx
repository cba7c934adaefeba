import type { Command } from '@millrace/contract';
import {
  Button,
  Dialog,
  Facts,
  formatValue,
  Instant,
  type MarkKind,
  notify,
  Since,
  StateBadge,
  useLanguage,
  useLocalText,
  useNow,
  useUiWords,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { sessionQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import { commandQuery } from './command-queries.ts';
import styles from './commands.module.css';
import { useMemberTitle } from './names.tsx';

const marks: Record<Command['state'], MarkKind> = {
  accepted: 'connecting',
  sent: 'connecting',
  confirmed: 'good',
  refused: 'bad',
  'timed-out': 'uncertain',
  unknown: 'uncertain',
};

export function CommandState({ command }: { command: Command }) {
  const words = useConsoleWords();
  const waiting = command.waiting?.for;
  const word =
    command.state === 'sent' && command.final
      ? words('command.state.sentOnly')
      : waiting === 'release'
        ? words('command.state.waitsRelease')
        : words(`command.state.${command.state}`);
  const kind = command.state === 'sent' && command.final ? 'uncertain' : marks[command.state];
  return <StateBadge kind={kind} word={word} />;
}

/** A value as one short text. */
export function useShown(): (value: unknown) => string {
  const language = useLanguage();
  const ui = useUiWords();
  return (value) =>
    formatValue(value, { language, yes: ui('value.yes'), no: ui('value.no'), none: ui('value.none') });
}

/** What became of a command, as it becomes: state, reason, second person, what came late. */
export function CommandProgress({ command: given }: { command: Command }) {
  const words = useConsoleWords();
  const text = useLocalText();
  const query = useQuery({ ...commandQuery(given.id), initialData: given });
  const command = query.data ?? given;
  const now = useNow();
  const left =
    command.waiting === undefined
      ? 0
      : Math.max(0, Math.ceil((Date.parse(command.waiting.until) - now) / 1000));
  return (
    <div className={styles.progress} aria-live="polite">
      <div className={styles.row}>
        <CommandState command={command} />
        {command.confirmedBy === undefined ? null : (
          <span className={styles.faint}>{words(`command.by.${command.confirmedBy}`)}</span>
        )}
        {command.waiting === undefined ? null : (
          <span className={styles.faint}>{words('command.waits', { seconds: left })}</span>
        )}
      </div>
      {command.reason === undefined ? null : <p>{text(command.reason)}</p>}
      {command.detail === undefined ? null : <code className={styles.detail}>{command.detail}</code>}
      {command.lateAnswersCount === 0 ? null : (
        <p className={styles.faint}>{words('command.late', { count: command.lateAnswersCount })}</p>
      )}
      {command.waiting?.for === 'release' ? <SecondPerson command={command} /> : null}
    </div>
  );
}

/** A command that waits for a second person: whoever may, lets it go or calls it off. */
function SecondPerson({ command }: { command: Command }) {
  const words = useConsoleWords();
  const session = useQuery(sessionQuery);
  const own = [command.actor.id, command.actor.for].includes(session.data?.user);
  const fail = (error: unknown) => notify({ kind: 'error', title: problemWords(error, words).title });
  const path = { path: { command: command.id } };
  return (
    <div className={styles.row}>
      <Button
        kind="act"
        disabledReason={own ? words('command.releaseOwn') : undefined}
        onPress={() =>
          void take(
            api.POST('/api/commands/{command}/release', { params: path, body: { waitSeconds: 0 } }),
          ).catch(fail)
        }
      >
        {words('command.release')}
      </Button>
      <Button
        onPress={() =>
          void take(api.POST('/api/commands/{command}/refuse', { params: path, body: {} })).catch(fail)
        }
      >
        {words('command.callOff')}
      </Button>
      <span className={styles.faint}>{words('command.releaseHelp')}</span>
    </div>
  );
}

export function actorText(
  command: { actor: Command['actor'] },
  words: ReturnType<typeof useConsoleWords>,
): string {
  const { kind, id } = command.actor;
  const name = kind === 'person' ? id : words('command.actor', { kind: words(`command.kind.${kind}`), id });
  return command.actor.for === undefined ? name : words('command.for', { name, person: command.actor.for });
}

/** Everything about one command. */
export function CommandDialog({ command: given, onClose }: { command: Command; onClose: () => void }) {
  const words = useConsoleWords();
  const text = useLocalText();
  const shown = useShown();
  const query = useQuery({ ...commandQuery(given.id), initialData: given });
  const command = query.data ?? given;
  const name = useMemberTitle(command.thing, command.kind, command.name);
  const title = command.value === undefined ? name : `${name} = ${shown(command.value)}`;
  return (
    <Dialog open onClose={onClose} title={title} wide>
      <div className={styles.stack}>
        <CommandProgress command={command} />
        <Facts
          facts={[
            {
              name: words('command.thing'),
              value: (
                <Link to="/things/$id" params={{ id: command.thing }} search={{ tab: 'actions' }}>
                  {command.thing}
                </Link>
              ),
            },
            { name: words('command.who'), value: actorText(command, words) },
            ...(command.releasedBy === undefined
              ? []
              : [{ name: words('command.releasedBy'), value: command.releasedBy }]),
            ...(command.before === undefined
              ? []
              : [{ name: words('command.before'), value: shown(command.before) }]),
            ...(command.output === undefined
              ? []
              : [{ name: words('command.output'), value: shown(command.output) }]),
            ...(command.why === undefined ? [] : [{ name: words('command.why'), value: command.why }]),
            { name: words('command.leaseToken'), value: String(command.lease ?? '–') },
          ]}
        />
        <ol className={styles.history}>
          {command.history.map((one) => (
            <li key={`${one.state} ${one.time}`}>
              <Instant time={one.time} /> <b>{words(`command.state.${one.state}`)}</b>{' '}
              {one.reason === undefined ? null : text(one.reason)}
            </li>
          ))}
          {command.lateAnswers.map((one, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: answers come in order and never change places
            <li key={`late ${index}`}>
              <Instant time={one.time} /> <b>{words('command.lateAnswer')}</b> {one.state} {one.detail}
            </li>
          ))}
        </ol>
        <p className={styles.faint}>
          <Since time={command.changed} />
        </p>
      </div>
    </Dialog>
  );
}
