import { type Grant, grantsGiving, mayAt, type Permission, permissions } from '@millrace/contract';
import { useLocalText } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';

/**
 * What the person may do. The server decides; the console only says beforehand why something cannot be pressed. `place` undefined: anywhere
 * at all. While it is not known yet, nothing is said to be forbidden.
 */
export function useMay(): (permission: Permission, place?: string) => boolean {
  const session = useQuery(sessionQuery);
  const grants = session.data?.grants as readonly Grant[] | undefined;
  return (permission, place) =>
    grants === undefined ||
    (place === undefined ? grantsGiving(grants, permission).length > 0 : mayAt(grants, permission, place));
}

/** Why something cannot be done here, in words; undefined: it can. */
export function useForbidden(): (permission: Permission, place?: string) => string | undefined {
  const may = useMay();
  const words = useConsoleWords();
  const text = useLocalText();
  return (permission, place) =>
    may(permission, place) ? undefined : words('access.noMay', { permission: text(permissions[permission]) });
}
