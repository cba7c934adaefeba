import type { LoadedApp } from '@millrace/platform/enablement';
import type { AppDemos } from '@millrace/sdk';

/** Folder under apps/ → how to load it. One line per folder; the repository's own check compares it with the folders there are. */
const folders: Record<string, () => Promise<LoadedApp>> = {
  'energy-management': async () => ({
    definition: (await import('@millrace/apps/energy-management/server'))
      .app as unknown as LoadedApp['definition'],
    module: import.meta.resolve('@millrace/apps/energy-management/server'),
  }),
};

export async function loadApps(): Promise<readonly LoadedApp[]> {
  return Promise.all(Object.values(folders).map((load) => load()));
}

/** What the applications start with in a demo plant, by their id. */
export async function appDemos(): Promise<Readonly<Record<string, AppDemos>>> {
  return Object.fromEntries(
    (await loadApps()).flatMap(({ definition: { manifest, demo } }) =>
      demo === undefined ? [] : [[manifest.id, demo]],
    ),
  );
}
