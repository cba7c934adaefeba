import { ErrorState, Skeleton, TextField } from '@millrace/ui';
import type { UseQueryResult } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './control.module.css';
import { idFromTitle } from './fields.ts';

/** Room while it is on its way, why it did not come, or what came. What came before stays while it is asked for again. */
export function Loaded<T>({
  query,
  children,
}: {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>;
  children: (data: T) => ReactNode;
}) {
  const words = useConsoleWords();
  if (query.data !== undefined) return children(query.data);
  return query.error === null ? (
    <Skeleton height="3rem" rows={6} />
  ) : (
    <ErrorState problem={problemWords(query.error, words)} onRetry={() => void query.refetch()} />
  );
}

/** A quiet dash for what is not there. */
export function Dash() {
  return <span className={styles.faint}>–</span>;
}

/** A name with what it is known by below it. */
export function Named({
  name,
  below,
  children,
}: {
  name: ReactNode;
  below?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <span className={styles.named}>
      <span className={styles.title}>{name}</span>
      {below === undefined ? null : <span className={styles.faint}>{below}</span>}
      {children}
    </span>
  );
}

/** The id of something new, made from its title until somebody types another. */
export function IdField({
  value,
  onChange,
  fault,
}: {
  value: string;
  onChange: (value: string) => void;
  fault?: string | undefined;
}) {
  const words = useConsoleWords();
  return (
    <TextField
      label={words('networkControl.id')}
      help={words('networkControl.idHelp')}
      code
      required
      value={value}
      onChange={onChange}
      fault={
        fault ??
        (value !== '' && !/^[a-z0-9][a-z0-9._-]{0,63}$/.test(value)
          ? words('networkControl.idWrong')
          : undefined)
      }
    />
  );
}

/** Name of something, and beside it the id it is to have, where it is new. */
export function NameAndId({
  isNew,
  name,
  id,
  nameFault,
  idFault,
  onName,
  onId,
}: {
  isNew: boolean;
  name: string;
  id: string;
  nameFault?: string | undefined;
  idFault?: string | undefined;
  onName: (name: string) => void;
  onId: (id: string) => void;
}) {
  const words = useConsoleWords();
  return (
    <>
      <TextField
        label={words('networkControl.name')}
        required
        value={name}
        fault={nameFault}
        onChange={(next) => {
          if (isNew && (id === '' || id === idFromTitle(name))) onId(idFromTitle(next));
          onName(next);
        }}
      />
      {isNew ? <IdField value={id} onChange={onId} fault={idFault} /> : null}
    </>
  );
}

/** What the server found wrong at fields that the form does not have. */
export function OtherFaults({ faults }: { faults: readonly [string, string][] }) {
  if (faults.length === 0) return null;
  return (
    <ul className={styles.faults} role="alert">
      {faults.map(([field, reason]) => (
        <li key={field}>
          <code>{field}</code> {reason}
        </li>
      ))}
    </ul>
  );
}

/** Changes what stands in the URL of the page, so that what is seen can be sent to somebody. */
export function useSetSearch(): (change: Record<string, string | undefined>) => void {
  const navigate = useNavigate();
  return (change) =>
    void navigate({
      to: '.',
      search: ((previous: object) => ({ ...previous, ...change })) as never,
      replace: true,
      resetScroll: false,
    });
}
