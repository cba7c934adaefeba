import type { Grant, PersonInfo, SessionInfo, TokenInfo } from '@millrace/contract';
import {
  Button,
  type Column,
  Confirm,
  CopyButton,
  Dialog,
  EmptyState,
  ErrorState,
  Instant,
  notify,
  Page,
  type ProblemWords,
  Section,
  Since,
  Skeleton,
  Table,
  Tabs,
  TextField,
  ToggleField,
} from '@millrace/ui';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { UserPlus } from 'lucide-react';
import { type FormEvent, useMemo, useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './access.module.css';
import { GrantList, GrantsField } from './grants.tsx';
import { useForbidden } from './permission.ts';
import { useProof } from './proof.tsx';
import { ProviderForm } from './provider.tsx';
import { SessionList } from './session-list.tsx';
import { TokenList } from './token-list.tsx';

const peopleQuery = queryOptions({
  queryKey: ['access', 'people'],
  queryFn: async () => (await take(api.GET('/api/people'))) as PersonInfo[],
  refetchInterval: 10_000,
});
const sessionsQuery = queryOptions({
  queryKey: ['access', 'sessions'],
  queryFn: async () => (await take(api.GET('/api/sessions'))) as SessionInfo[],
  refetchInterval: 10_000,
});
const tokensQuery = queryOptions({
  queryKey: ['access', 'tokens'],
  queryFn: async () => (await take(api.GET('/api/tokens'))) as TokenInfo[],
});

const tabs = ['people', 'sessions', 'tokens', 'provider'] as const;
type TabName = (typeof tabs)[number];

/** Who may sign in, what they hold and where; their sessions and tokens; the plant's own provider. */
export function PeoplePage() {
  const words = useConsoleWords();
  const forbidden = useForbidden()('administer', '');
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { tab?: string };
  const tab: TabName = tabs.find((one) => one === search.tab) ?? 'people';
  return (
    <Page title={words('access.people.title')} note={words('access.people.note')}>
      {forbidden === undefined ? (
        <Tabs
          label={words('access.people.title')}
          selected={tab}
          onSelect={(next) =>
            void navigate({ to: '.', search: (previous: object) => ({ ...previous, tab: next }) as never })
          }
          items={[
            { id: 'people', title: words('access.people.tabs.people'), content: () => <People /> },
            { id: 'sessions', title: words('access.people.tabs.sessions'), content: () => <AllSessions /> },
            { id: 'tokens', title: words('access.people.tabs.tokens'), content: () => <AllTokens /> },
            { id: 'provider', title: words('access.people.tabs.provider'), content: () => <ProviderForm /> },
          ]}
        />
      ) : (
        <EmptyState title={words('access.people.title')}>
          <p>{forbidden}</p>
        </EmptyState>
      )}
    </Page>
  );
}

function AllSessions() {
  const words = useConsoleWords();
  const sessions = useQuery(sessionsQuery);
  if (sessions.data === undefined)
    return sessions.error === null ? (
      <Skeleton height="3rem" rows={4} />
    ) : (
      <ErrorState problem={problemWords(sessions.error, words)} onRetry={() => void sessions.refetch()} />
    );
  return (
    <Section flush>
      <SessionList sessions={sessions.data} all />
    </Section>
  );
}

function AllTokens() {
  const words = useConsoleWords();
  const tokens = useQuery(tokensQuery);
  if (tokens.data === undefined)
    return tokens.error === null ? (
      <Skeleton height="3rem" rows={4} />
    ) : (
      <ErrorState problem={problemWords(tokens.error, words)} onRetry={() => void tokens.refetch()} />
    );
  return (
    <Section flush note={words('access.tokens.note')}>
      <TokenList tokens={tokens.data} all />
    </Section>
  );
}

function People() {
  const words = useConsoleWords();
  const people = useQuery(peopleQuery);
  const [editing, setEditing] = useState<PersonInfo | 'new'>();
  const columns = useMemo<Column<PersonInfo>[]>(
    () => [
      {
        id: 'name',
        title: words('access.people.name'),
        phone: 'title',
        width: 'minmax(8rem, 1.5fr)',
        value: (one) => one.name,
        render: (one) => (
          <span>
            <b>{one.name}</b>
            {one.title === '' ? null : <span className={styles.faint}> {one.title}</span>}
          </span>
        ),
      },
      {
        id: 'grants',
        title: words('access.people.grants'),
        width: 'minmax(12rem, 2fr)',
        render: (one) => <GrantList grants={one.grants} />,
      },
      {
        id: 'source',
        title: words('access.people.source'),
        width: 'minmax(7rem, 1fr)',
        value: (one) => one.source,
        render: (one) =>
          [
            words(`access.people.${one.source}`),
            ...one.secondFactors.map((factor) => words(`access.people.${factor}`)),
          ].join(' + '),
      },
      {
        id: 'last',
        title: words('access.people.lastSignIn'),
        width: 'minmax(7rem, 1fr)',
        value: (one) => one.lastSignIn ?? '',
        render: (one) =>
          one.lastSignIn === undefined ? words('access.never') : <Since time={one.lastSignIn} />,
      },
      {
        id: 'state',
        title: words('access.people.state'),
        width: 'minmax(8rem, 1fr)',
        value: (one) => (one.disabled ? 2 : one.lockedUntil === undefined ? 0 : 1),
        render: (one) =>
          one.disabled ? (
            <b>{words('access.people.disabled')}</b>
          ) : one.lockedUntil !== undefined ? (
            <b>
              <Locked until={one.lockedUntil} />
            </b>
          ) : one.mustChangePassword ? (
            words('access.people.mustChange')
          ) : (
            words('access.people.active')
          ),
      },
    ],
    [words],
  );
  return (
    <Section
      flush
      actions={
        <Button kind="primary" icon={<UserPlus size={16} />} onPress={() => setEditing('new')}>
          {words('access.people.add')}
        </Button>
      }
      title={words('access.people.tabs.people')}
    >
      {people.data === undefined ? (
        people.error === null ? (
          <Skeleton height="3rem" rows={4} />
        ) : (
          <ErrorState problem={problemWords(people.error, words)} onRetry={() => void people.refetch()} />
        )
      ) : (
        <Table
          label={words('access.people.tabs.people')}
          columns={columns}
          rows={people.data}
          rowKey={(one) => one.name}
          onOpen={setEditing}
          csv="people"
          empty={<EmptyState title={words('access.people.empty')} />}
        />
      )}
      {editing === undefined ? null : (
        <PersonDialog
          key={editing === 'new' ? '' : editing.name}
          person={
            editing === 'new' ? undefined : (people.data?.find((one) => one.name === editing.name) ?? editing)
          }
          onClose={() => setEditing(undefined)}
        />
      )}
    </Section>
  );
}

function Locked({ until }: { until: string }) {
  const words = useConsoleWords();
  return (
    <>
      {words('access.people.locked', { time: '' })} <Instant time={until} />
    </>
  );
}

type Asking = 'reset' | 'resetSecond' | 'remove';

/** Adds or changes a person. */
function PersonDialog({ person, onClose }: { person: PersonInfo | undefined; onClose: () => void }) {
  const words = useConsoleWords();
  const queryClient = useQueryClient();
  const { dialog, proven } = useProof();
  const [name, setName] = useState(person?.name ?? '');
  const [title, setTitle] = useState(person?.title ?? '');
  const [grants, setGrants] = useState<Grant[]>(person?.grants ?? []);
  const [disabled, setDisabled] = useState(person?.disabled ?? false);
  const [asking, setAsking] = useState<Asking>();
  const [given, setGiven] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const ofProvider = person?.source === 'oidc';
  const params = { path: { name: person?.name ?? '' } };
  const run = <T,>(work: () => Promise<T>, then: (result: T) => void) => {
    setBusy(true);
    setProblem(undefined);
    proven(work)
      .then(then, (error: unknown) => setProblem(problemWords(error, words)))
      .finally(() => {
        setBusy(false);
        setAsking(undefined);
        void queryClient.invalidateQueries({ queryKey: ['access'] });
      });
  };
  const saved = () => {
    notify({ kind: 'info', title: words('access.people.saved') });
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (person === undefined)
      run(
        () => take(api.POST('/api/people', { body: { name: name.trim(), title: title.trim(), grants } })),
        ({ password }) => setGiven(password),
      );
    else
      run(
        () =>
          take(
            api.PUT('/api/people/{name}', {
              params,
              body: ofProvider ? { disabled } : { title: title.trim(), grants, disabled },
            }),
          ),
        saved,
      );
  };
  const act: Record<Asking, () => void> = {
    reset: () =>
      run(
        () => take(api.POST('/api/people/{name}/password', { params, body: {} })),
        ({ password }) => setGiven(password),
      ),
    resetSecond: () => run(() => take(api.DELETE('/api/people/{name}/second-factor', { params })), saved),
    remove: () => run(() => take(api.DELETE('/api/people/{name}', { params })), saved),
  };
  const last = person?.lastAdministrator === true ? words('access.people.last') : undefined;
  if (given !== undefined)
    return (
      <Dialog open onClose={onClose} title={words('access.people.given', { name: name.trim() })}>
        <div className={styles.stack}>
          <p>{words('access.people.givenNote')}</p>
          <div className={styles.secret}>
            <code>{given}</code>
            <CopyButton text={given} label={words('access.people.given', { name: name.trim() })} />
          </div>
          <div className={styles.buttons}>
            <Button kind="primary" onPress={onClose}>
              {words('access.tokens.done')}
            </Button>
          </div>
        </div>
      </Dialog>
    );
  return (
    <>
      <Dialog
        open
        wide
        onClose={onClose}
        title={
          person === undefined
            ? words('access.people.add')
            : words('access.people.edit', { name: person.name })
        }
        busy={busy}
      >
        <form className={styles.stack} onSubmit={submit}>
          {person === undefined ? (
            <TextField
              label={words('access.people.name')}
              help={words('access.people.nameHelp')}
              value={name}
              onChange={setName}
              required
              autoFocus
              autoComplete="off"
            />
          ) : null}
          {ofProvider ? (
            <>
              <p>{words('access.people.ofProvider')}</p>
              <GrantList grants={grants} />
            </>
          ) : (
            <>
              <TextField
                label={words('access.people.fullName')}
                value={title}
                onChange={setTitle}
                autoComplete="off"
              />
              <GrantsField grants={grants} onChange={setGrants} />
            </>
          )}
          {person === undefined ? null : (
            <>
              <ToggleField
                label={words('access.people.disable')}
                help={last ?? words('access.people.disableHelp')}
                value={disabled}
                onChange={setDisabled}
              />
              <div className={styles.buttons}>
                {ofProvider ? null : (
                  <Button kind="act" onPress={() => setAsking('reset')}>
                    {`${words('access.people.reset')}…`}
                  </Button>
                )}
                {person.secondFactors.length === 0 ? null : (
                  <Button kind="act" onPress={() => setAsking('resetSecond')}>
                    {`${words('access.people.resetSecond')}…`}
                  </Button>
                )}
                {person.lockedUntil === undefined ? null : (
                  <Button
                    kind="act"
                    onPress={() => run(() => take(api.DELETE('/api/people/{name}/lock', { params })), saved)}
                  >
                    {words('access.people.unlock')}
                  </Button>
                )}
                <Button kind="act" disabledReason={last} onPress={() => setAsking('remove')}>
                  {`${words('access.people.remove')}…`}
                </Button>
              </div>
            </>
          )}
          {problem === undefined ? null : <ErrorState problem={problem} compact />}
          <div className={styles.buttons}>
            <Button kind="primary" type="submit" pending={busy}>
              {words(person === undefined ? 'access.people.add' : 'access.people.save')}
            </Button>
            <Button onPress={onClose}>{words('access.people.cancel')}</Button>
          </div>
        </form>
      </Dialog>
      <Confirm
        open={asking !== undefined}
        onClose={() => setAsking(undefined)}
        title={words(`access.people.${asking ?? 'remove'}`)}
        confirm={words(`access.people.${asking ?? 'remove'}`)}
        onConfirm={() => asking !== undefined && act[asking]()}
        busy={busy}
      >
        <p>{words(`access.people.${asking ?? 'remove'}Will`, { name: person?.name ?? '' })}</p>
      </Confirm>
      {dialog}
    </>
  );
}
