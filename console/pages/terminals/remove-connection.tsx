import { Confirm } from '@millrace/ui';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './terminals.module.css';
import { useConnectionWork } from './use-connection-work.ts';

/** Asks before a connection is removed, and says what stays. */
export function RemoveConnection({
  connection,
  onClose,
  onRemoved,
}: {
  /** The one to be removed; undefined while nobody asks. */
  connection: Schemas['Connection'] | undefined;
  onClose: () => void;
  onRemoved?: () => void;
}) {
  const words = useConsoleWords();
  const work = useConnectionWork();
  const [busy, setBusy] = useState(false);
  return (
    <Confirm
      open={connection !== undefined}
      onClose={onClose}
      title={words('terminal.work.removeTitle', { connection: connection?.title })}
      confirm={words('terminal.work.remove')}
      busy={busy}
      onConfirm={() => {
        if (connection === undefined) return;
        setBusy(true);
        void work.remove(connection).then((done) => {
          setBusy(false);
          onClose();
          if (done) onRemoved?.();
        });
      }}
    >
      <div className={styles.stack}>
        <p>{words('terminal.work.removeStops')}</p>
        <p>{words('terminal.work.removeKeeps', { count: connection?.things.length ?? 0 })}</p>
        <p>{words('terminal.work.removeBack')}</p>
      </div>
    </Confirm>
  );
}
