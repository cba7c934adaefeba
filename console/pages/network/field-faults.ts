import { type Language, languageInForce } from '@millrace/ui';
import { ApiError } from '../../api/client.ts';

/** What the server found wrong, by the path of the field: `level.latency.within.0.ms`. */
export function faultsOfError(error: unknown, language: Language = languageInForce()): Map<string, string> {
  const faults = new Map<string, string>();
  if (!(error instanceof ApiError)) return faults;
  const { rejected = [], field, detail, title } = error.problem;
  for (const { at, reason, words } of rejected) put(faults, at, words?.[language] ?? reason);
  if (faults.size === 0 && field !== undefined) put(faults, field, detail ?? title);
  return faults;
}

/** A path may come as a JSON Pointer or with dots. The first fault of a field is the one to mend first. */
function put(faults: Map<string, string>, at: string, text: string): void {
  const path = at.replace(/^\/?(body\/)?/, '').replaceAll('/', '.');
  if (!faults.has(path)) faults.set(path, text);
}

/** Lines of a text, without what is empty. */
export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Digits, letters and dashes out of a title; undefined where nothing of it is left (Chinese). */
export function idOfTitle(title: string): string | undefined {
  const id = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return id === '' ? undefined : id;
}
