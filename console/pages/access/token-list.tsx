import type { Grant, TokenInfo } from '@millrace/contract';
import {
  Button,
  type Column,
  Confirm,
  CopyButton,
  Dialog,
  EmptyState,
  ErrorState,
  Instant,
  NumberField,
  notify,
  type ProblemWords,
  Since,
  Table,
  TextField,
} from '@millrace/ui';
import { useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { type FormEvent, useMemo, useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './access.module.css';
import { GrantFields, GrantList } from './grants.tsx';
import { useProof } from './proof.tsx';

/** Tokens with what they may; `all`: everybody's. */
export function TokenList({ tokens, all }: { tokens: readonly TokenInfo[]; all: boolean }) {
  const words = useConsoleWords();
  const queryClient = useQueryClient();
  const [leaving, setLeaving] = useState<TokenInfo>();
  const [busy, setBusy] = useState(false);
  const columns = useMemo<Column<TokenInfo>[]>(
    () => [
      {
        id: 'title',
        title: words('access.tokens.name'),
        phone: 'title',
        width: 'minmax(8rem, 2fr)',
        value: (one) => one.title,
        render: (one) => one.title,
      },
      ...(all
        ? [
            {
              id: 'user',
              title: words('access.sessions.user'),
              width: 'minmax(6rem, 1fr)',
              value: (one: TokenInfo) => one.user,
              render: (one: TokenInfo) => one.user,
            },
          ]
        : []),
      {
        id: 'scopes',
        title: words('access.tokens.scopes'),
        width: 'minmax(10rem, 2fr)',
        render: (one) => <GrantList grants={one.scopes} />,
      },
      {
        id: 'used',
        title: words('access.tokens.used'),
        width: 'minmax(7rem, 1fr)',
        value: (one) => one.lastUsed ?? '',
        render: (one) => (one.lastUsed === undefined ? words('access.never') : <Since time={one.lastUsed} />),
      },
      {
        id: 'expires',
        title: words('access.tokens.expires'),
        width: 'minmax(9rem, 1fr)',
        value: (one) => one.expires,
        render: (one) => <Instant time={one.expires} />,
      },
      {
        id: 'withdraw',
        title: '',
        width: '8rem',
        align: 'end',
        render: (one) => (
          <Button kind="act" icon={<Trash2 size={16} />} onPress={() => setLeaving(one)}>
            {words('access.tokens.withdraw')}
          </Button>
        ),
      },
    ],
    [words, all],
  );
  const withdraw = () => {
    if (leaving === undefined) return;
    setBusy(true);
    const params = { path: { token: leaving.id } };
    take(
      all
        ? api.DELETE('/api/tokens/{token}', { params })
        : api.DELETE('/api/account/tokens/{token}', { params }),
    )
      .then(
        () => setLeaving(undefined),
        (error: unknown) => notify({ kind: 'error', title: problemWords(error, words).title }),
      )
      .finally(() => {
        setBusy(false);
        void queryClient.invalidateQueries({ queryKey: ['access'] });
      });
  };
  return (
    <>
      <Table
        label={words('access.tokens.title')}
        columns={columns}
        rows={tokens}
        rowKey={(one) => one.id}
        empty={
          <EmptyState icon={<KeyRound size={40} />} title={words('access.tokens.none')}>
            <p>{words('access.tokens.noneHelp')}</p>
          </EmptyState>
        }
      />
      <Confirm
        open={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        title={words('access.tokens.withdraw')}
        confirm={words('access.tokens.withdraw')}
        onConfirm={withdraw}
        busy={busy}
      >
        <p>{words('access.tokens.withdrawWill', { title: leaving?.title ?? '' })}</p>
      </Confirm>
    </>
  );
}

/** Makes a token for the person who is signed in, and shows it once. */
export function AddToken({ own }: { own: readonly Grant[] }) {
  const words = useConsoleWords();
  const queryClient = useQueryClient();
  const { dialog, proven } = useProof();
  const [open, setOpen] = useState(false);
  const [title, setTitle] = useState('');
  const [scope, setScope] = useState<Grant>({ role: 'viewer', place: own[0]?.place ?? '' });
  const [days, setDays] = useState<number | undefined>(90);
  const [made, setMade] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const close = () => {
    setOpen(false);
    setMade(undefined);
    setTitle('');
    setProblem(undefined);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    proven(() =>
      take(
        api.POST('/api/account/tokens', { body: { title: title.trim(), scopes: [scope], days: days ?? 0 } }),
      ),
    )
      .then(
        ({ token }) => {
          setMade(token);
          return queryClient.invalidateQueries({ queryKey: ['access'] });
        },
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <>
      <Button icon={<Plus size={16} />} onPress={() => setOpen(true)}>
        {words('access.tokens.add')}
      </Button>
      <Dialog
        open={open}
        onClose={close}
        title={words(made === undefined ? 'access.tokens.add' : 'access.tokens.shown')}
        busy={busy}
      >
        {made === undefined ? (
          <form className={styles.stack} onSubmit={submit}>
            <TextField
              label={words('access.tokens.name')}
              value={title}
              onChange={setTitle}
              required
              autoFocus
            />
            <GrantFields grant={scope} onChange={setScope} />
            <NumberField label={words('access.tokens.days')} value={days} onChange={setDays} />
            {problem === undefined ? null : <ErrorState problem={problem} compact />}
            <div className={styles.buttons}>
              <Button kind="primary" type="submit" pending={busy}>
                {words('access.tokens.add')}
              </Button>
            </div>
          </form>
        ) : (
          <div className={styles.stack}>
            <p>{words('access.tokens.shownNote')}</p>
            <div className={styles.secret}>
              <code>{made}</code>
              <CopyButton text={made} label={words('access.tokens.copy')} />
            </div>
            <div className={styles.buttons}>
              <Button kind="primary" onPress={close}>
                {words('access.tokens.done')}
              </Button>
            </div>
          </div>
        )}
      </Dialog>
      {dialog}
    </>
  );
}
