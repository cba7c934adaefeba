import { Confirm, ErrorState, notify, useLocalText } from '@millrace/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './control.module.css';
import { DryRunView } from './dry-run.tsx';
import { Loaded, OtherFaults } from './parts.tsx';
import { dryRun, type RequestKind, release } from './queries.ts';

/** Asks before something is released, and shows what would be sent for it. */
export function ReleaseDialog({
  kind,
  id,
  title,
  onClose,
  onReleased,
}: {
  kind: RequestKind;
  id: string;
  title: string;
  onClose: () => void;
  onReleased: () => void;
}) {
  const words = useConsoleWords();
  const local = useLocalText();
  const client = useQueryClient();
  const plan = useQuery({
    queryKey: ['network', 'dry-removal', kind, id],
    queryFn: () => dryRun({ id, remove: kind }),
    staleTime: 0,
    retry: false,
  });
  const remove = useMutation({
    mutationFn: () => release(kind, id),
    onSuccess: () => {
      notify({ kind: 'info', title: words('networkControl.released') });
      onReleased();
      onClose();
    },
    onSettled: () => void client.invalidateQueries({ queryKey: ['network'] }),
  });
  const problems = plan.data?.problems ?? [];
  return (
    <Confirm
      open
      onClose={onClose}
      onConfirm={() => remove.mutate()}
      title={words('networkControl.releaseTitle', { title })}
      confirm={words('networkControl.release')}
      busy={remove.isPending}
      disabledReason={
        plan.isPending
          ? words('networkControl.dryRunFirst')
          : problems.length > 0
            ? words('networkControl.releaseHeld')
            : undefined
      }
    >
      <div className={styles.stack}>
        <p>{words('networkControl.releaseWhat')}</p>
        <Loaded query={plan}>
          {(data) => (
            <>
              <OtherFaults faults={problems.map(({ field, message }) => [field, local(message)])} />
              <DryRunView plan={data} />
            </>
          )}
        </Loaded>
        {remove.error === null ? null : <ErrorState problem={problemWords(remove.error, words)} />}
      </div>
    </Confirm>
  );
}
