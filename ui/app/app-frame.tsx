import type { Permission } from '@millrace/contract';
import i18next from 'i18next';
import { type ComponentType, createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { ProblemWords } from '../feedback/states.tsx';
import type { TimeRange } from '../time/range.ts';

/** What an answer looks like while it is on its way, when it is there, and when it failed. */
export interface AppAnswer<T> {
  data: T | undefined;
  error: unknown;
  /** No answer yet, and none before. */
  pending: boolean;
  again(): void;
}

export interface AppValue {
  value: unknown;
  /** Epoch milliseconds. */
  time: number;
  quality: string;
}

/**
 * What the console gives to an application's pages: its own API, the time range and address that follow the person, live values, links. An
 * application's pages know no more of the console than this.
 */
export interface AppFrame {
  readonly app: string;
  /** Asks a route of the application (`path` begins with "/"); asked again each `everySeconds`, where that is told. */
  useAnswer<T>(
    path: string | undefined,
    query?: Readonly<Record<string, string | number | boolean | undefined>>,
    everySeconds?: number,
  ): AppAnswer<T>;
  /** Sends something; resolves with the answer, rejects with what `problem` puts into words. Answers asked before are asked again. */
  send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T>;
  /** Sends a file as it is. */
  upload<T>(path: string, file: Blob, contentType: string): Promise<T>;
  /** Where the browser gets a file of the application. */
  address(path: string, query?: Readonly<Record<string, string | number | boolean | undefined>>): string;
  /** Starts a job of the application; resolves with its id. */
  startJob(job: string, input?: unknown): Promise<string>;
  problem(error: unknown): ProblemWords;
  may(permission: Permission): boolean;
  /** The range chosen above the page, and its bounds now, in epoch milliseconds. */
  useRange(): { range: TimeRange; from: number; to: number };
  /** What the page keeps in its address. */
  useSearch(): readonly [
    Readonly<Record<string, string | undefined>>,
    (change: Record<string, string | undefined>) => void,
  ];
  useLatest(thing: string, property: string): AppValue | undefined;
  /** Keeps live values of these things coming while the component is there. */
  useLiveThings(things: readonly string[]): void;
  Link: ComponentType<{ page: string; search?: Record<string, string>; children: ReactNode }>;
  ThingLink: ComponentType<{ thing: string; children: ReactNode }>;
}

const Frame = createContext<AppFrame | undefined>(undefined);
export const AppFrameProvider = Frame.Provider;

export function useApp(): AppFrame {
  const frame = useContext(Frame);
  if (frame === undefined) throw new Error('an application page stands outside of its frame');
  return frame;
}

/** What an application's `web` folder exports as `web`. */
export interface AppWeb {
  /** By the `path` of the manifest's pages. */
  readonly pages: Readonly<Record<string, ComponentType>>;
  /** Its dictionary, known as `app-<id>`: read it with `useWordsOf`. */
  readonly words?: { readonly en: object; readonly zh: object };
}

/** Makes an application's words known once. */
export function useAppWords(app: string, words: AppWeb['words']): boolean {
  const name = `app-${app}`;
  const [known, setKnown] = useState(() => words === undefined || i18next.hasResourceBundle('en', name));
  useEffect(() => {
    if (words === undefined) return;
    i18next.addResourceBundle('en', name, words.en);
    i18next.addResourceBundle('zh', name, words.zh);
    setKnown(true);
  }, [name, words]);
  return known;
}
