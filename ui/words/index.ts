import { en } from './en.ts';
import { type Say, sayOf, useWordsOf } from './typed.ts';
import { zh } from './zh.ts';

export const uiWords = { en, zh };
export type UiWords = typeof en;
export const useUiWords = (): Say<UiWords> => useWordsOf<UiWords>('ui');
export const uiSay = sayOf<UiWords>('ui');
