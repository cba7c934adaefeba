import { type Say, sayOf, useWordsOf } from '@millrace/ui';
import { en } from './en.ts';
import { zh } from './zh.ts';

export const consoleWords = { en, zh };
export type ConsoleWords = typeof en;
export const useConsoleWords = (): Say<ConsoleWords> => useWordsOf<ConsoleWords>('console');
export const consoleSay = sayOf<ConsoleWords>('console');
