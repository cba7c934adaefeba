import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';

export const languages = { zh: '中文', en: 'English' } as const;
export type Language = keyof typeof languages;

type Stem<K extends string> = K extends `${infer Base}_${'one' | 'other'}` ? Base : K;

/** Every key of a dictionary as a dotted path; the plural forms of one text are one key. */
export type WordKey<T, P extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${P}${Stem<K>}` : WordKey<T[K], `${P}${K}.`>;
}[keyof T & string];

/** What the Chinese dictionary must hold: the same keys, but only one plural form, as Chinese has no other. */
export type Translation<T> = {
  [K in keyof T as K extends `${string}_one` ? never : K]: T[K] extends string ? string : Translation<T[K]>;
};

export type WordValues = { readonly [name: string]: string | number | undefined };
export type Say<T> = (key: WordKey<T>, values?: WordValues) => string;

const languageKey = 'millrace.language';

/** The language the person chose, or else the first of the browser's that we speak, or else English. */
export function languageAtStart(): Language {
  try {
    const kept = localStorage.getItem(languageKey);
    if (kept === 'zh' || kept === 'en') return kept;
  } catch {
    // Storage may be forbidden.
  }
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  return spoken.find((tag): tag is Language => tag === 'zh' || tag === 'en') ?? 'en';
}

/** Sets the languages up with every dictionary: name → language → words. Call once, before the first render. */
export function startWords(dictionaries: Record<string, Record<Language, object>>, language: Language): void {
  const resources = Object.fromEntries(
    Object.keys(languages).map((tag) => [
      tag,
      Object.fromEntries(
        Object.entries(dictionaries).map(([name, words]) => [name, words[tag as Language]]),
      ) as Record<string, Record<string, unknown>>,
    ]),
  );
  void i18next.use(initReactI18next).init({
    resources,
    lng: language,
    fallbackLng: false,
    initAsync: false,
    showSupportNotice: false,
    interpolation: { escapeValue: false },
    // A key without words is loud, so that a test and a person see it.
    parseMissingKeyHandler: (key) => `⟦${key}⟧`,
  });
  showLanguage(language);
}

export function chooseLanguage(language: Language): void {
  try {
    localStorage.setItem(languageKey, language);
  } catch {
    // The choice then lasts until the page is closed.
  }
  void i18next.changeLanguage(language);
  showLanguage(language);
}

function showLanguage(language: Language): void {
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

/** Language in force outside of components, at the moment of the call. */
export function languageInForce(): Language {
  return i18next.language === 'zh' ? 'zh' : 'en';
}

/** Language in force, for `Intl` and for texts that come in both. */
export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === 'zh' ? 'zh' : 'en';
}

/** The words of one dictionary in the language in force; a key that does not exist does not compile. */
export function useWordsOf<T>(name: string): Say<T> {
  const { t } = useTranslation(name);
  return t as unknown as Say<T>;
}

/** The words of one dictionary outside of components, in the language in force at the call. */
export function sayOf<T>(name: string): Say<T> {
  return (key, values) => i18next.t(key, { ns: name, ...values }) as string;
}

/** Keys of a dictionary as dotted paths, plural forms as one: for comparing languages. */
export function keysOf(words: object, prefix = ''): string[] {
  const keys = new Set<string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === 'string') keys.add(`${prefix}${key.replace(/_(one|other)$/, '')}`);
    else for (const inner of keysOf(value as object, `${prefix}${key}.`)) keys.add(inner);
  }
  return [...keys].sort();
}
