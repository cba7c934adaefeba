import type { Account, SessionInfo, TokenInfo } from '@millrace/contract';
import {
  Button,
  Confirm,
  CopyButton,
  Dialog,
  ErrorState,
  Instant,
  notify,
  Page,
  type ProblemWords,
  Section,
  Skeleton,
  TextField,
} from '@millrace/ui';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { Fingerprint, Smartphone, Trash2 } from 'lucide-react';
import { type FormEvent, useEffect, useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { ChangePasswordForm } from '../sign-in.tsx';
import styles from './access.module.css';
import { BrowserAlarms } from './browser-alarms.tsx';
import { GrantList } from './grants.tsx';
import { useProof } from './proof.tsx';
import { SessionList } from './session-list.tsx';
import { AddToken, TokenList } from './token-list.tsx';

const accountQuery = queryOptions({
  queryKey: ['access', 'account'],
  queryFn: async () => (await take(api.GET('/api/account'))) as Account,
});
const ownSessionsQuery = queryOptions({
  queryKey: ['access', 'own-sessions'],
  queryFn: async () => (await take(api.GET('/api/account/sessions'))) as SessionInfo[],
  refetchInterval: 15_000,
});
const ownTokensQuery = queryOptions({
  queryKey: ['access', 'own-tokens'],
  queryFn: async () => (await take(api.GET('/api/account/tokens'))) as TokenInfo[],
});

/** The own account: what one may do, the password, the second factor, sessions and tokens. */
export function AccountPage() {
  const words = useConsoleWords();
  const account = useQuery(accountQuery);
  const sessions = useQuery(ownSessionsQuery);
  const tokens = useQuery(ownTokensQuery);
  const [changed, setChanged] = useState(0);
  if (account.data === undefined)
    return (
      <Page title={words('access.account.title')}>
        {account.error === null ? (
          <Skeleton height="4rem" rows={4} />
        ) : (
          <ErrorState problem={problemWords(account.error, words)} onRetry={() => void account.refetch()} />
        )}
      </Page>
    );
  const { user, title, grants, source } = account.data;
  return (
    <Page title={title === '' ? user : title} note={title === '' ? undefined : user}>
      <div className={styles.columns}>
        <div className={styles.stack}>
          <Section title={words('access.account.roles')}>
            <GrantList grants={grants} />
          </Section>
          <Section title={<span id="password">{words('access.account.password')}</span>}>
            {source === 'oidc' ? (
              <p>{words('access.account.passwordOidc')}</p>
            ) : (
              <ChangePasswordForm
                key={changed}
                onDone={() => {
                  notify({ kind: 'info', title: words('signIn.changed') });
                  setChanged(changed + 1);
                }}
              />
            )}
          </Section>
        </div>
        <div className={styles.stack}>
          {source === 'oidc' ? null : <SecondFactor account={account.data} />}
          <BrowserAlarms user={user} />
        </div>
      </div>
      <Section title={words('access.account.sessions')} flush>
        {sessions.data === undefined ? (
          <Skeleton height="3rem" rows={2} />
        ) : (
          <SessionList sessions={sessions.data} all={false} />
        )}
      </Section>
      <Section
        title={words('access.account.tokens')}
        note={words('access.tokens.note')}
        actions={<AddToken own={grants} />}
        flush
      >
        {tokens.data === undefined ? (
          <Skeleton height="3rem" rows={2} />
        ) : (
          <TokenList tokens={tokens.data} all={false} />
        )}
      </Section>
    </Page>
  );
}

function SecondFactor({ account }: { account: Account }) {
  const words = useConsoleWords();
  const queryClient = useQueryClient();
  const { dialog, proven } = useProof();
  const [setup, setSetup] = useState<{ secret: string; uri: string }>();
  const [code, setCode] = useState('');
  const [codes, setCodes] = useState<readonly string[]>();
  const [naming, setNaming] = useState(false);
  const [passkeyTitle, setPasskeyTitle] = useState('');
  const [removing, setRemoving] = useState<'totp' | { id: string; title: string }>();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const run = (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    work()
      .catch((error: unknown) => setProblem(problemWords(error, words)))
      .finally(() => {
        setBusy(false);
        void queryClient.invalidateQueries({ queryKey: ['access'] });
      });
  };
  const shown = (made: readonly string[]) => {
    if (made.length > 0) setCodes(made);
  };
  const begin = () =>
    run(async () => {
      setCode('');
      setSetup(await proven(() => take(api.POST('/api/account/totp'))));
    });
  const confirm = (event: FormEvent) => {
    event.preventDefault();
    run(async () => {
      const { recoveryCodes } = await proven(() =>
        take(api.POST('/api/account/totp/confirm', { body: { code } })),
      );
      setSetup(undefined);
      shown(recoveryCodes);
    });
  };
  const addPasskey = (event: FormEvent) => {
    event.preventDefault();
    run(async () => {
      const { startRegistration } = await import('@simplewebauthn/browser');
      const asked = await proven(() => take(api.POST('/api/account/passkeys/challenge')));
      let response: Awaited<ReturnType<typeof startRegistration>>;
      try {
        response = await startRegistration({ optionsJSON: asked.options as never });
      } catch {
        setProblem({ title: words('access.account.passkeyFailed') });
        return;
      }
      const { recoveryCodes } = await take(
        api.POST('/api/account/passkeys', {
          body: { id: asked.id, title: passkeyTitle.trim(), response: response as never },
        }),
      );
      setNaming(false);
      setPasskeyTitle('');
      shown(recoveryCodes);
    });
  };
  const remove = () =>
    run(async () => {
      const what = removing;
      setRemoving(undefined);
      await proven(() =>
        what === 'totp'
          ? take(api.DELETE('/api/account/totp'))
          : take(
              api.DELETE('/api/account/passkeys/{passkey}', {
                params: { path: { passkey: what?.id ?? '' } },
              }),
            ),
      );
    });
  const renew = () =>
    run(async () => shown((await proven(() => take(api.POST('/api/account/recovery-codes')))).recoveryCodes));
  const has = account.totp || account.passkeys.length > 0;
  return (
    <Section title={words('access.account.second')} note={words('access.account.secondNote')}>
      <div className={styles.stack}>
        <div className={styles.part}>
          <h3>{words('access.account.totp')}</h3>
          <p>{words(account.totp ? 'access.account.totpOn' : 'access.account.totpOff')}</p>
          {account.totp ? (
            <Button kind="act" onPress={() => setRemoving('totp')}>
              {`${words('access.account.totpRemove')}…`}
            </Button>
          ) : (
            <Button icon={<Smartphone size={16} />} onPress={begin} pending={busy}>
              {words('access.account.totpAdd')}
            </Button>
          )}
        </div>
        <div className={styles.part}>
          <h3>{words('access.account.passkeys')}</h3>
          <p>
            {words(account.passkeysPossible ? 'access.account.passkeysNote' : 'access.account.passkeysNot')}
          </p>
          {account.passkeys.map((one) => (
            <div key={one.id} className={styles.buttons}>
              <span>
                <b>{one.title === '' ? words('access.people.passkey') : one.title}</b>{' '}
                <span className={styles.faint}>
                  {words('access.account.passkeyHost', { host: one.host })} · <Instant time={one.created} />
                </span>
              </span>
              <Button
                kind="quiet"
                icon={<Trash2 size={16} />}
                label={words('access.account.passkeyRemove', { title: one.title })}
                onPress={() => setRemoving(one)}
              />
            </div>
          ))}
          <Button
            icon={<Fingerprint size={16} />}
            disabledReason={account.passkeysPossible ? undefined : words('access.account.passkeysNot')}
            onPress={() => setNaming(true)}
          >
            {words('access.account.passkeyAdd')}
          </Button>
        </div>
        {has ? (
          <div className={styles.part}>
            <h3>{words('access.account.recovery')}</h3>
            <p>{words('access.account.recoveryLeft', { count: account.recoveryCodes })}</p>
            <Button kind="act" onPress={renew}>
              {words('access.account.recoveryNew')}
            </Button>
          </div>
        ) : null}
        {problem === undefined || setup !== undefined || naming ? null : (
          <ErrorState problem={problem} compact />
        )}
      </div>
      <Dialog
        open={setup !== undefined}
        onClose={() => setSetup(undefined)}
        title={words('access.account.totp')}
        busy={busy}
      >
        <form className={styles.stack} onSubmit={confirm}>
          <p>{words('access.account.totpScan')}</p>
          {setup === undefined ? null : (
            <>
              <QrCode text={setup.uri} label={words('access.account.totp')} />
              <div className={styles.secret}>
                <span>{words('access.account.totpKey')}</span>
                <code>{setup.secret.match(/.{1,4}/g)?.join(' ')}</code>
                <CopyButton text={setup.secret} label={words('access.account.totpKey')} />
              </div>
            </>
          )}
          <TextField
            label={words('access.account.code')}
            value={code}
            onChange={setCode}
            autoComplete="one-time-code"
            inputMode="numeric"
            autoFocus
          />
          {problem === undefined ? null : <ErrorState problem={problem} compact />}
          <div className={styles.buttons}>
            <Button kind="primary" type="submit" pending={busy}>
              {words('access.account.totpConfirm')}
            </Button>
          </div>
        </form>
      </Dialog>
      <Dialog
        open={naming}
        onClose={() => setNaming(false)}
        title={words('access.account.passkeyAdd')}
        busy={busy}
      >
        <form className={styles.stack} onSubmit={addPasskey}>
          <TextField
            label={words('access.account.passkeyName')}
            value={passkeyTitle}
            onChange={setPasskeyTitle}
            autoFocus
          />
          {problem === undefined ? null : <ErrorState problem={problem} compact />}
          <div className={styles.buttons}>
            <Button kind="primary" type="submit" pending={busy}>
              {words('access.account.passkeyAdd')}
            </Button>
          </div>
        </form>
      </Dialog>
      <Dialog
        open={codes !== undefined}
        onClose={() => setCodes(undefined)}
        title={words('access.account.recovery')}
      >
        <div className={styles.stack}>
          <p>{words('access.account.recoveryNote')}</p>
          <ul className={styles.codes}>
            {codes?.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
          <div className={styles.buttons}>
            <CopyButton text={codes?.join('\n') ?? ''} label={words('access.account.recovery')} />
            <Button kind="primary" onPress={() => setCodes(undefined)}>
              {words('access.account.recoveryDone')}
            </Button>
          </div>
        </div>
      </Dialog>
      <Confirm
        open={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={
          removing === 'totp' || removing === undefined
            ? words('access.account.totpRemove')
            : words('access.account.passkeyRemove', { title: removing.title })
        }
        confirm={words(removing === 'totp' ? 'access.account.totpRemove' : 'access.people.remove')}
        onConfirm={remove}
        busy={busy}
      >
        <p>{words('access.account.totpRemoveWill')}</p>
      </Confirm>
      {dialog}
    </Section>
  );
}

/** Drawn here: what it holds must not go anywhere. */
function QrCode({ text, label }: { text: string; label: string }) {
  const [source, setSource] = useState<string>();
  useEffect(() => {
    let gone = false;
    void import('qrcode').then(async ({ toDataURL }) => {
      const url = await toDataURL(text, { margin: 1, width: 384 });
      if (!gone) setSource(url);
    });
    return () => {
      gone = true;
    };
  }, [text]);
  return source === undefined ? (
    <Skeleton height="12rem" rows={1} />
  ) : (
    <img className={styles.qr} src={source} alt={label} />
  );
}
