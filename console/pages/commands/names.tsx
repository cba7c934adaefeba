import type { Command } from '@millrace/contract';
import { titleOf, useLanguage } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { thingQuery } from '../../api/queries.ts';

/** What a thing is called; its id while that is not known, or where it is gone. */
export function useThingTitle(thing: string): string {
  const language = useLanguage();
  const { data } = useQuery(thingQuery(thing));
  return titleOf(data, language, thing);
}

export function ThingName({ thing }: { thing: string }) {
  return <span title={thing}>{useThingTitle(thing)}</span>;
}

/** What a property or an action of a thing is called; its name where it has no title. */
export function useMemberTitle(thing: string, kind: Command['kind'], name: string): string {
  const language = useLanguage();
  const { data } = useQuery(thingQuery(thing));
  const members = kind === 'write' ? data?.properties : data?.actions;
  return titleOf(
    members !== undefined && Object.hasOwn(members, name) ? members[name] : undefined,
    language,
    name,
  );
}

export function MemberName({ thing, kind, name }: { thing: string; kind: Command['kind']; name: string }) {
  return <span title={name}>{useMemberTitle(thing, kind, name)}</span>;
}
