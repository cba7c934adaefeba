import type { TerminalProtocol } from '@millrace/sdk';

/** Folder under terminal/ → how to load it. One line per folder; the repository's own check compares it with the folders there are. */
const folders: Record<string, () => Promise<{ protocols: readonly TerminalProtocol[] }>> = {
  modbus: () => import('@millrace/terminal/modbus'),
  mqtt: () => import('@millrace/terminal/mqtt'),
  opcua: () => import('@millrace/terminal/opcua'),
};

/** Protocols by id; `only`: just the folder that has this id (a worker process needs no more). */
export async function loadProtocols(only?: string): Promise<readonly TerminalProtocol[]> {
  const names = Object.keys(folders);
  const chosen =
    only === undefined ? names : names.filter((name) => only === name || only.startsWith(`${name}-`));
  const loaded = await Promise.all(chosen.map((name) => folders[name]!()));
  return loaded
    .flatMap((module) => module.protocols)
    .filter((protocol) => only === undefined || protocol.id === only);
}
