import type { ProviderDefinition } from '@millrace/sdk';

/** Folder under network/providers → how to load it. One line per folder; the repository's own check compares it with the folders there are. */
const folders: Record<string, () => Promise<{ provider: ProviderDefinition }>> = {
  camara: () => import('@millrace/network/providers/camara'),
  free5gc: () => import('@millrace/network/providers/free5gc'),
  linux: () => import('@millrace/network/providers/linux'),
  nef: () => import('@millrace/network/providers/nef'),
  open5gs: () => import('@millrace/network/providers/open5gs'),
};

export async function loadProviders(): Promise<readonly ProviderDefinition[]> {
  return (await Promise.all(Object.values(folders).map((load) => load()))).map(({ provider }) => provider);
}
