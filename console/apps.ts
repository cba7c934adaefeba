import type { AppWeb } from '@millrace/ui';

/** Application → its pages, loaded when they are opened. One line per folder of apps/; the repository's own check compares. */
export const appWebs: Readonly<Record<string, () => Promise<{ web: AppWeb }>>> = {
  'energy-management': () => import('@millrace/apps/energy-management/web'),
};
