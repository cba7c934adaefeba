import {
  Button,
  chooseLanguage,
  ErrorState,
  type Language,
  languages,
  loadChineseFont,
  type ProblemWords,
  TextField,
  useLanguage,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { ApiError, api, take } from '../api/client.ts';
import { problemWords } from '../api/problem.ts';
import { sessionQuery } from '../api/queries.ts';
import { liveStream } from '../live/live.ts';
import { accessEn } from '../words/access-en.ts';
import { useConsoleWords } from '../words/index.ts';
import styles from './sign-in.module.css';

/** The shortest password the platform takes; see `changePassword` in the contract. */
const passwordCharactersMin = 10;

/** Signing in; the first time also giving oneself a password of one's own. */
export function SignInPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const router = useRouter();
  const queryClient = useQueryClient();
  const { back, problem: failed } = useSearch({ from: '/sign-in' });
  const ways = useQuery({
    queryKey: ['sign-in-ways'],
    queryFn: () => take(api.GET('/api/session/ways')),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [user, setUser] = useState('admin');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  /** The password was right, and a second factor is needed too. */
  const [needsCode, setNeedsCode] = useState(false);
  const [mustChange, setMustChange] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords | undefined>(() => {
    const known = Object.keys(accessEn.signIn.failed).find((one) => one === failed) as
      | keyof typeof accessEn.signIn.failed
      | undefined;
    return known === undefined ? undefined : { title: words(`access.signIn.failed.${known}`) };
  });

  useEffect(() => {
    document.title = `${words('signIn.title')} – Millrace`;
  }, [words]);

  const goOn = async () => {
    await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
    await queryClient.fetchQuery(sessionQuery);
    liveStream.retryNow();
    // Only ever back into the console: an address from outside could lead anywhere.
    const inside = back?.startsWith('/') === true && !back.startsWith('//') && !back.startsWith('/sign-in');
    router.history.replace(inside ? back : '/');
  };
  const run = (work: () => Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    work()
      .catch((error: unknown) => setProblem(problemWords(error, words)))
      .finally(() => setBusy(false));
  };
  const signIn = (event: FormEvent) => {
    event.preventDefault();
    if (user === '' || password === '') {
      setProblem({ title: words('signIn.fillBoth') });
      return;
    }
    run(async () => {
      try {
        const session = await take(
          api.POST('/api/session', { body: { user, password, ...(code === '' ? {} : { code }) } }),
        );
        if (session.mustChangePassword) setMustChange(true);
        else await goOn();
      } catch (error) {
        if (error instanceof ApiError && error.problem.type === 'second-factor-needed') {
          setNeedsCode(true);
          return;
        }
        const known = problemWords(error, words);
        const wrong = error instanceof ApiError && error.problem.status === 401;
        setProblem(
          wrong
            ? { title: words('problem.wrong-password.title'), remedy: words('problem.wrong-password.remedy') }
            : known,
        );
      }
    });
  };

  const withPasskey = () =>
    run(async () => {
      const { startAuthentication } = await import('@simplewebauthn/browser');
      const asked = await take(api.POST('/api/session/passkey/challenge'));
      let response: Awaited<ReturnType<typeof startAuthentication>>;
      try {
        response = await startAuthentication({ optionsJSON: asked.options as never });
      } catch {
        // Called off, or there is none: the person knows, and the other ways are still there.
        return;
      }
      const session = await take(
        api.POST('/api/session/passkey', { body: { id: asked.id, response: response as never } }),
      );
      if (session.mustChangePassword) setMustChange(true);
      else await goOn();
    });
  const provider = ways.data?.oidc;

  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <header className={styles.header}>
          <h1>Millrace</h1>
          <div className={styles.languages}>
            {Object.entries(languages).map(([tag, name]) => (
              <Button
                key={tag}
                kind="quiet"
                pressed={tag === language}
                onPress={() => {
                  if (tag === 'zh') void loadChineseFont();
                  chooseLanguage(tag as Language);
                }}
              >
                {name}
              </Button>
            ))}
          </div>
        </header>
        {mustChange ? (
          <ChangePasswordForm
            current={password}
            explain={words('signIn.mustChange')}
            onDone={() => run(goOn)}
          />
        ) : (
          <form className={styles.form} onSubmit={signIn}>
            <h2>{words(needsCode ? 'access.signIn.codeTitle' : 'signIn.title')}</h2>
            {needsCode ? (
              <>
                <p>{words('access.signIn.codeNote')}</p>
                <TextField
                  label={words('access.signIn.code')}
                  name="code"
                  autoComplete="one-time-code"
                  value={code}
                  onChange={setCode}
                  autoFocus
                />
              </>
            ) : (
              <>
                <TextField
                  label={words('signIn.user')}
                  name="username"
                  autoComplete="username"
                  value={user}
                  onChange={setUser}
                />
                <TextField
                  label={words('signIn.password')}
                  name="password"
                  type="password"
                  autoComplete="current-password"
                  value={password}
                  onChange={setPassword}
                  autoFocus
                  help={words('signIn.firstHelp')}
                />
              </>
            )}
            {problem === undefined ? null : <ErrorState problem={problem} compact />}
            <Button kind="primary" type="submit" pending={busy}>
              {words('signIn.go')}
            </Button>
            {needsCode ? (
              <Button
                onPress={() => {
                  setNeedsCode(false);
                  setCode('');
                  setProblem(undefined);
                }}
              >
                {words('access.signIn.back')}
              </Button>
            ) : null}
            {provider === undefined || needsCode ? null : (
              <Button
                onPress={() => location.assign(`/api/session/oidc?back=${encodeURIComponent(back ?? '/')}`)}
              >
                {words('access.signIn.oidc', {
                  title: provider.title === '' ? words('access.signIn.oidcDefault') : provider.title,
                })}
              </Button>
            )}
            {ways.data?.passkeys === true ? (
              <Button onPress={withPasskey}>{words('access.signIn.passkey')}</Button>
            ) : null}
          </form>
        )}
      </div>
    </main>
  );
}

/** Gives oneself a new password. Without `current` the present one is asked for. */
export function ChangePasswordForm({
  current,
  explain,
  onDone,
}: {
  current?: string;
  explain?: string;
  onDone: () => void;
}) {
  const words = useConsoleWords();
  const [old, setOld] = useState(current ?? '');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const tooShort = next.length < passwordCharactersMin;
  const same = next === old;
  const differs = next !== again;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (tooShort || differs || same) return;
    setBusy(true);
    setProblem(undefined);
    take(api.POST('/api/session/password', { body: { current: old, next } }))
      .then(onDone)
      .catch((error: unknown) => setProblem(problemWords(error, words)))
      .finally(() => setBusy(false));
  };
  return (
    <form className={styles.form} onSubmit={submit}>
      {current === undefined ? null : <h2>{words('signIn.newPassword')}</h2>}
      {explain === undefined ? null : <p>{explain}</p>}
      {current === undefined ? (
        <TextField
          label={words('signIn.currentPassword')}
          type="password"
          autoComplete="current-password"
          value={old}
          onChange={setOld}
        />
      ) : null}
      <TextField
        label={words('signIn.newPassword')}
        name="new-password"
        type="password"
        autoComplete="new-password"
        value={next}
        onChange={setNext}
        help={words('signIn.passwordRule', { count: passwordCharactersMin })}
        fault={
          tried && tooShort
            ? words('signIn.passwordRule', { count: passwordCharactersMin })
            : tried && same
              ? words('signIn.passwordSame')
              : undefined
        }
      />
      <TextField
        label={words('signIn.repeatPassword')}
        name="repeat-password"
        type="password"
        autoComplete="new-password"
        value={again}
        onChange={setAgain}
        fault={tried && differs ? words('signIn.passwordDiffers') : undefined}
      />
      {problem === undefined ? null : <ErrorState problem={problem} compact />}
      <Button kind="primary" type="submit" pending={busy}>
        {words('signIn.setPassword')}
      </Button>
    </form>
  );
}
