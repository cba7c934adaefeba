import type { ProviderDefinition } from '@millrace/sdk';

/** Folder under network/providers → how to load it. One line per folder; the repository's own check compares it with the folders there are. */
const folders: Record<string, () => Promise<{ provider: ProviderDefinition }>> = {
  linux: () => import('@millrace/network/providers/linux'),
};

export async function loadProviders(): Promise<readonly ProviderDefinition[]> {
  return (await Promise.all(Object.values(folders).map((load) => load()))).map(({ provider }) => provider);
}
