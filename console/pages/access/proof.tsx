import { Button, Dialog, ErrorState, type ProblemWords, TextField } from '@millrace/ui';
import { type FormEvent, type ReactNode, useState } from 'react';
import { ApiError, api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './access.module.css';

/**
 * Runs what the server may ask a fresh proof for: asks the person once and tries again. `dialog` has to stand somewhere on the page.
 * Rejects with what went wrong, and never where the person gave up.
 */
export function useProof(): { dialog: ReactNode; proven: <T>(work: () => Promise<T>) => Promise<T> } {
  const words = useConsoleWords();
  const [waiting, setWaiting] = useState<{ again: () => void; giveUp: () => void }>();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const close = () => {
    setWaiting(undefined);
    setPassword('');
    setCode('');
    setProblem(undefined);
  };
  const proven = async <T,>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ApiError) || error.problem.type !== 'confirm-needed') throw error;
      await new Promise<void>((resolve, reject) =>
        setWaiting({ again: resolve, giveUp: () => reject(error) }),
      );
      return work();
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    take(
      api.POST('/api/session/confirm', {
        body: { ...(password === '' ? {} : { password }), ...(code === '' ? {} : { code }) },
      }),
    )
      .then(
        () => {
          waiting?.again();
          close();
        },
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => setBusy(false));
  };
  const dialog = (
    <Dialog
      open={waiting !== undefined}
      onClose={() => {
        waiting?.giveUp();
        close();
      }}
      title={words('access.proof.title')}
      busy={busy}
    >
      <form className={styles.stack} onSubmit={submit}>
        <p>{words('access.proof.note')}</p>
        <TextField
          label={words('access.proof.password')}
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          autoFocus
        />
        <TextField
          label={words('access.proof.code')}
          autoComplete="one-time-code"
          value={code}
          onChange={setCode}
        />
        {problem === undefined ? null : <ErrorState problem={problem} compact />}
        <div className={styles.buttons}>
          <Button kind="primary" type="submit" pending={busy}>
            {words('access.proof.go')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
  return { dialog, proven };
}
