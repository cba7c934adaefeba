import type { Lease } from '@millrace/contract';
import { Button, Dialog, ErrorState, type ProblemWords, useNow } from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Hand } from 'lucide-react';
import { useState } from 'react';
import { api, take } from '../api/client.ts';
import { problemWords } from '../api/problem.ts';
import { sessionQuery } from '../api/queries.ts';
import { useMay } from '../pages/access/permission.ts';
import { leasesQuery } from '../pages/commands/command-queries.ts';
import { drop, leaseEnd, useKeptLeases } from '../pages/commands/lease-keeper.ts';
import { ThingName } from '../pages/commands/names.tsx';
import { useConsoleWords } from '../words/index.ts';
import styles from './held-leases.module.css';

/** Control that the person holds, wherever in the console they are: how long it still lasts, and a way to give it back. */
export function HeldLeases() {
  const words = useConsoleWords();
  const client = useQueryClient();
  const mayOperate = useMay()('operate');
  const session = useQuery(sessionQuery);
  const kept = useKeptLeases();
  const leases = useQuery({
    ...leasesQuery,
    // Taken or given back in this window: asked at once.
    queryKey: [...leasesQuery.queryKey, kept],
    placeholderData: (before) => before,
    enabled: mayOperate,
  });
  const now = useNow();
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const user = session.data?.user;
  const own = (leases.data ?? []).filter(
    (lease) =>
      !lease.implicit &&
      lease.holder.kind === 'person' &&
      lease.holder.id === user &&
      secondsLeft(lease, now) > 0,
  );
  if (own.length === 0 && !open) return null;
  const soonest = Math.min(...own.map((lease) => secondsLeft(lease, now)));
  const giveBack = (given: readonly Lease[]) => {
    setBusy(true);
    setProblem(undefined);
    Promise.all(
      given.map(async ({ thing, token }) => {
        await take(
          api.POST('/api/things/{id}/lease/release', {
            params: { path: { id: thing } },
            body: { token: token ?? 0 },
          }),
        );
        drop(thing);
      }),
    )
      .then(
        () => given.length === own.length && setOpen(false),
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => {
        setBusy(false);
        void client.invalidateQueries({ queryKey: ['leases'] });
        void client.invalidateQueries({ queryKey: ['control'] });
      });
  };
  return (
    <>
      <Button
        icon={<Hand size={16} />}
        label={words('command.held.label', { count: own.length })}
        onPress={() => setOpen(true)}
      >
        <span className={styles.count}>{own.length}</span>
        {own.length === 0 ? null : (
          <span className={styles.left}>{words('command.held.left', { seconds: soonest })}</span>
        )}
      </Button>
      <Dialog
        open={open}
        onClose={() => setOpen(false)}
        busy={busy}
        title={words('command.held.title')}
        footer={
          <>
            <Button onPress={() => setOpen(false)}>{words('command.held.close')}</Button>
            <Button
              kind="primary"
              pending={busy}
              disabledReason={own.length === 0 ? words('command.held.none') : undefined}
              onPress={() => giveBack(own)}
            >
              {words('command.held.giveAllBack')}
            </Button>
          </>
        }
      >
        <div className={styles.body}>
          <p>{words(own.length === 0 ? 'command.held.none' : 'command.held.about')}</p>
          <ul className={styles.list}>
            {own.map((lease) => (
              <li key={lease.thing}>
                <Link
                  to="/things/$id"
                  params={{ id: lease.thing }}
                  search={{ tab: 'actions' }}
                  onClick={() => setOpen(false)}
                >
                  <ThingName thing={lease.thing} />
                </Link>
                <span className={styles.time}>
                  {words('command.held.left', { seconds: secondsLeft(lease, now) })}
                </span>
                <Button pending={busy} onPress={() => giveBack([lease])}>
                  {words('command.control.giveBack')}
                </Button>
              </li>
            ))}
          </ul>
          {problem === undefined ? null : <ErrorState problem={problem} compact />}
        </div>
      </Dialog>
    </>
  );
}

/** What this window has renewed since the list was asked for counts already. */
function secondsLeft(lease: Lease, now: number): number {
  const end = Math.max(Date.parse(lease.expires), leaseEnd(lease.thing, lease.token) ?? 0);
  return Math.max(0, Math.ceil((end - now) / 1000));
}
