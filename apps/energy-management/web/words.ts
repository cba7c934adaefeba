import { type Say, useWordsOf } from '@millrace/ui';
import type { en } from './words-en.ts';

export const useEnergyWords = (): Say<typeof en> => useWordsOf<typeof en>('app-energy-management');
