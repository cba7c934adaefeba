import type { LocalText } from '@millrace/contract';
import { type Language, useLanguage } from './typed.ts';

/** Picks the language in force of a text that comes in both. */
export function useLocalText(): (text: LocalText) => string {
  const language = useLanguage();
  return (text) => text[language];
}

/**
 * The title of something described by W3C WoT: from `titles` by language tag (`zh`, `zh-CN`, `zh-Hans`), else `title`, else
 * its name.
 */
export function titleOf(
  described: { title?: string; titles?: Record<string, string> | undefined } | undefined,
  language: Language,
  name: string,
): string {
  const titles = described?.titles;
  if (titles !== undefined && titles !== null && typeof titles === 'object') {
    for (const [tag, text] of Object.entries(titles)) {
      if ((tag === language || tag.startsWith(`${language}-`)) && typeof text === 'string') return text;
    }
  }
  return typeof described?.title === 'string' && described.title !== '' ? described.title : name;
}

/** The word for a value where its data schema names it: `oneOf` with `const` and a title in each language. */
export function namedValue(
  schema: { readonly [name: string]: unknown } | undefined,
  value: unknown,
  language: Language,
): string | undefined {
  const options = schema?.['oneOf'];
  if (!Array.isArray(options)) return undefined;
  for (const option of options as { const?: unknown; title?: string; titles?: Record<string, string> }[]) {
    if (option === null || typeof option !== 'object' || option.const !== value) continue;
    const title = titleOf(option, language, '');
    return title === '' ? undefined : title;
  }
  return undefined;
}

/** The description in the language in force, chosen as {@link titleOf} does; undefined where there is none. */
export function descriptionOf(
  described: { description?: string; descriptions?: Record<string, string> | undefined } | undefined,
  language: Language,
): string | undefined {
  const text = titleOf({ title: described?.description, titles: described?.descriptions }, language, '');
  return text === '' ? undefined : text;
}
