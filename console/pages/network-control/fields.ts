import type { SettingProblem } from '@millrace/contract';
import type { Language } from '@millrace/ui';
import { ApiError } from '../../api/client.ts';

/** What the server found wrong, by the path of the field; empty where it was something else than fields. */
export function faultsFrom(error: unknown, language: Language): Record<string, string> {
  if (!(error instanceof ApiError)) return {};
  const faults: Record<string, string> = {};
  for (const { at, reason, words } of error.problem.rejected ?? [])
    faults[at.replace(/^\//, '').replaceAll('/', '.')] ??= words?.[language] ?? reason;
  return faults;
}

/** The same as problems of a form of settings; `prefix` is where the settings stand in what was sent. */
export function settingProblemsFrom(error: unknown, prefix = 'settings.'): SettingProblem[] {
  if (!(error instanceof ApiError)) return [];
  return (error.problem.rejected ?? []).flatMap(({ at, reason, words }) => {
    const field = at.replace(/^\//, '').replaceAll('/', '.');
    return field.startsWith(prefix)
      ? [{ field: field.slice(prefix.length), message: words ?? { en: reason, zh: reason } }]
      : [];
  });
}

/** Faults that no field of the form takes: they are told above it. */
export function leftOver(faults: Record<string, string>, taken: readonly string[]): [string, string][] {
  return Object.entries(faults).filter(([field]) => !taken.includes(field));
}

/** An id from a title: lower case, digits and "-"; of a Chinese title nothing is left, and the person gives one. */
export function idFromTitle(title: string): string {
  return title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 64);
}

/** An input without the fields nobody filled in. */
export function filled<T extends object>(input: T): T {
  return Object.fromEntries(
    Object.entries(input).filter(([, value]) => value !== undefined && value !== ''),
  ) as T;
}
