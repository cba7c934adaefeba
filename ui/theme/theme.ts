import { useSyncExternalStore } from 'react';

export const themeChoices = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

/** Where the choice is kept; `theme-start.js` reads the same key before the first paint. */
export const themeKey = 'millrace.theme';

const listeners = new Set<() => void>();
const darkQuery = () => window.matchMedia('(prefers-color-scheme: dark)');

export function themeChoice(): ThemeChoice {
  const kept = readKept();
  return themeChoices.find((choice) => choice === kept) ?? 'system';
}

/** The theme in force, after asking the system where the person left it to that. */
export function themeInForce(): 'light' | 'dark' {
  const choice = themeChoice();
  return choice === 'system' ? (darkQuery().matches ? 'dark' : 'light') : choice;
}

export function chooseTheme(choice: ThemeChoice): void {
  try {
    localStorage.setItem(themeKey, choice);
  } catch {
    // Storage may be forbidden; the choice then lasts until the page is closed.
    held = choice;
  }
  apply();
}

/** Puts the theme on the document and follows the system from now on. Call once. */
export function startTheme(): void {
  darkQuery().addEventListener('change', apply);
  apply();
}

export function useTheme(): { choice: ThemeChoice; inForce: 'light' | 'dark' } {
  const choice = useSyncExternalStore(subscribe, themeChoice);
  const inForce = useSyncExternalStore(subscribe, themeInForce);
  return { choice, inForce };
}

let held: string | undefined;

function readKept(): string | undefined {
  try {
    return localStorage.getItem(themeKey) ?? held;
  } catch {
    return held;
  }
}

function apply(): void {
  document.documentElement.dataset['theme'] = themeInForce();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
