import type { ThingDescription } from '@millrace/contract';
import {
  Button,
  CodeBlock,
  type Column,
  Confirm,
  Dialog,
  EmptyState,
  ErrorState,
  Facts,
  Instant,
  notify,
  type ProblemWords,
  Section,
  Since,
  Skeleton,
  Table,
  TextField,
  titleOf,
  useLanguage,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { credentialsQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import { Certificates } from './certificates.tsx';
import styles from './thing.module.css';

type Credential = { username: string; created: string; lastUsed?: string };
type Created = { username: string; password: string };

/** Who may send in the thing's name, and the end of the thing. */
export function AccessTab({ thing }: { thing: ThingDescription }) {
  const words = useConsoleWords();
  const queryClient = useQueryClient();
  const credentials = useQuery(credentialsQuery(thing.id));
  const [created, setCreated] = useState<Created>();
  const [withdraw, setWithdraw] = useState<Credential>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const run = (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(undefined);
    work()
      .then(
        () => queryClient.invalidateQueries({ queryKey: ['credentials', thing.id] }),
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => setBusy(false));
  };
  const columns = useMemo<Column<Credential>[]>(
    () => [
      {
        id: 'username',
        title: words('thing.access.username'),
        width: 'minmax(12rem, 2fr)',
        phone: 'title',
        value: (one) => one.username,
        render: (one) => <code>{one.username}</code>,
      },
      {
        id: 'created',
        title: words('thing.access.created'),
        width: '12rem',
        value: (one) => one.created,
        render: (one) => <Instant time={one.created} />,
      },
      {
        id: 'used',
        title: words('thing.access.lastUsed'),
        width: '9rem',
        value: (one) => one.lastUsed ?? '',
        render: (one) => <Since time={one.lastUsed} />,
      },
      {
        id: 'withdraw',
        title: words('thing.access.end'),
        width: '9rem',
        render: (one) => (
          <Button kind="act" onPress={() => setWithdraw(one)}>
            {words('thing.access.withdraw')}…
          </Button>
        ),
      },
    ],
    [words],
  );
  return (
    <div className={styles.stack}>
      <Section
        title={words('thing.access.credentials')}
        note={words('thing.access.note')}
        flush
        actions={
          <Button
            icon={<Plus size={16} />}
            pending={busy}
            onPress={() =>
              run(async () => {
                setCreated(
                  await take(
                    api.POST('/api/things/{id}/credentials', { params: { path: { id: thing.id } } }),
                  ),
                );
              })
            }
          >
            {words('thing.access.create')}
          </Button>
        }
      >
        {problem === undefined ? null : (
          <div className={styles.inset}>
            <ErrorState problem={problem} />
          </div>
        )}
        {credentials.error !== null && credentials.data === undefined ? (
          <ErrorState
            problem={problemWords(credentials.error, words)}
            onRetry={() => void credentials.refetch()}
          />
        ) : credentials.data === undefined ? (
          <Skeleton height="3rem" rows={2} />
        ) : (
          <Table
            label={words('thing.access.credentials')}
            columns={columns}
            rows={credentials.data}
            rowKey={(one) => one.username}
            empty={
              <EmptyState icon={<KeyRound size={40} />} title={words('thing.access.none')}>
                <p>{words('thing.access.noneHelp')}</p>
              </EmptyState>
            }
          />
        )}
      </Section>
      <Confirm
        open={withdraw !== undefined}
        onClose={() => setWithdraw(undefined)}
        title={words('thing.access.withdrawTitle')}
        confirm={words('thing.access.withdraw')}
        busy={busy}
        onConfirm={() => {
          const one = withdraw;
          if (one === undefined) return;
          run(async () => {
            await take(
              api.DELETE('/api/things/{id}/credentials/{username}', {
                params: { path: { id: thing.id, username: one.username } },
              }),
            );
            setWithdraw(undefined);
            notify({ kind: 'info', title: words('thing.access.withdrawn') });
          });
        }}
      >
        <p>{words('thing.access.withdrawWill', { username: withdraw?.username ?? '' })}</p>
      </Confirm>
      <Certificates thing={thing.id} />
      <CreatedOnce thing={thing} created={created} onClose={() => setCreated(undefined)} />
      <DeleteThing thing={thing} />
    </div>
  );
}

/** New credentials, shown this once, with what to do with them. */
function CreatedOnce({
  thing,
  created,
  onClose,
}: {
  thing: ThingDescription;
  created: Created | undefined;
  onClose: () => void;
}) {
  const words = useConsoleWords();
  const first =
    Object.entries(thing.properties ?? {}).find(([, property]) => property.type === 'number')?.[0] ??
    'temperature';
  const host = window.location.hostname;
  return (
    <Dialog
      open={created !== undefined}
      onClose={onClose}
      title={words('thing.access.createdTitle')}
      wide
      footer={
        <Button kind="primary" onPress={onClose}>
          {words('thing.access.kept')}
        </Button>
      }
    >
      {created === undefined ? null : (
        <div className={styles.stack}>
          <p>{words('thing.access.once')}</p>
          <Facts
            facts={[
              {
                name: words('thing.access.username'),
                value: <CodeBlock label={words('thing.access.username')} text={created.username} />,
              },
              {
                name: words('thing.access.password'),
                value: <CodeBlock label={words('thing.access.password')} text={created.password} />,
              },
            ]}
          />
          <h3>{words('thing.access.tryMqtt')}</h3>
          <CodeBlock
            label={words('thing.access.tryMqtt')}
            text={`mosquitto_pub -h ${host} -p 1883 -q 1 \\\n  -u '${created.username}' -P '${created.password}' \\\n  -t 'things/${topicOf(thing.id)}/properties' \\\n  -m '{"${first}": 21.5}'`}
          />
          <h3>{words('thing.access.tryHttp')}</h3>
          <CodeBlock
            label={words('thing.access.tryHttp')}
            text={`curl -u '${created.username}:${created.password}' \\\n  -H 'content-type: application/json' \\\n  -d '{"${first}": 21.5}' \\\n  '${window.location.origin}/api/things/${encodeURIComponent(thing.id)}/properties'`}
          />
        </div>
      )}
    </Dialog>
  );
}

/** The id as a segment of a topic; the characters MQTT uses itself are percent-encoded. */
function topicOf(id: string): string {
  return id.replace(/[%/+#]/g, (character) => encodeURIComponent(character));
}

function DeleteThing({ thing }: { thing: ThingDescription }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const title = titleOf(thing, language, thing.id);
  return (
    <Section title={words('thing.delete.title')}>
      <div className={styles.stack}>
        <p>{words('thing.delete.about')}</p>
        <div>
          <Button kind="act" icon={<Trash2 size={16} />} onPress={() => setOpen(true)}>
            {words('thing.delete.button')}…
          </Button>
        </div>
      </div>
      <Confirm
        open={open}
        onClose={() => setOpen(false)}
        title={words('thing.delete.confirmTitle', { thing: title })}
        confirm={words('thing.delete.button')}
        busy={busy}
        disabledReason={typed.trim() === title ? undefined : words('thing.delete.typeFirst')}
        onConfirm={() => {
          setBusy(true);
          setProblem(undefined);
          take(api.DELETE('/api/things/{id}', { params: { path: { id: thing.id } } }))
            .then(
              async () => {
                setOpen(false);
                notify({ kind: 'info', title: words('thing.delete.done', { thing: title }) });
                await navigate({ to: '/' });
                queryClient.removeQueries({ queryKey: ['thing', thing.id] });
                await queryClient.invalidateQueries();
              },
              (error: unknown) => setProblem(problemWords(error, words)),
            )
            .finally(() => setBusy(false));
        }}
      >
        <div className={styles.stack}>
          <p>{words('thing.delete.will')}</p>
          <ul className={styles.happen}>
            <li>{words('thing.delete.willDescription')}</li>
            <li>{words('thing.delete.willCredentials')}</li>
            <li>
              {words('thing.delete.willHistory', { count: Object.keys(thing.properties ?? {}).length })}
            </li>
          </ul>
          <p>
            <b>{words('thing.delete.noUndo')}</b>
          </p>
          <TextField label={words('thing.delete.type', { thing: title })} value={typed} onChange={setTyped} />
          {problem === undefined ? null : <ErrorState problem={problem} compact />}
        </div>
      </Confirm>
    </Section>
  );
}
