import { type AppAnswer, ErrorState, notify, Skeleton, useApp } from '@millrace/ui';
import { type ReactNode, useState } from 'react';

/** What an answer looks like before it is there, when it failed, and when it is there. */
export function Answer<T>({ answer, children }: { answer: AppAnswer<T>; children: (data: T) => ReactNode }) {
  const app = useApp();
  if (answer.data !== undefined) return <>{children(answer.data)}</>;
  if (answer.error !== null && answer.error !== undefined)
    return <ErrorState problem={app.problem(answer.error)} onRetry={answer.again} />;
  return <Skeleton height="6rem" rows={3} />;
}

/** Does something once at a time; what fails is told. */
export function useDoing(): { busy: boolean; run: (work: () => Promise<unknown>, done?: string) => void } {
  const app = useApp();
  const [busy, setBusy] = useState(false);
  return {
    busy,
    run: (work, done) => {
      setBusy(true);
      work()
        .then(
          () => {
            if (done !== undefined) notify({ kind: 'info', title: done });
          },
          (error: unknown) => {
            const { title, why, remedy } = app.problem(error);
            notify({
              kind: 'error',
              title: [title, why, remedy].filter((one) => one !== undefined).join(' '),
            });
          },
        )
        .finally(() => setBusy(false));
    },
  };
}
