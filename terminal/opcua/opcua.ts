import type { BrowseNode } from '@millrace/contract';
import { defineTerminal, endpointOf } from '@millrace/sdk';
import { loadLibrary } from './library.ts';
import { checkOpcuaSettings, readSettings, settings } from './settings.ts';

/** OPC UA client: one connection is one session with one server. The stack itself is loaded with the first connection. */
export const opcua = defineTerminal({
  id: 'opcua',
  title: { en: 'OPC UA', zh: 'OPC UA' },
  summary: {
    en: 'Controllers, CNC machines and gateways with an OPC UA server: browse, subscribe, read back history, call methods',
    zh: '带有 OPC UA 服务器的控制器、数控机床和网关：浏览、订阅、补读历史、调用方法',
  },
  schemes: ['opc.tcp'],
  direction: 'client',
  settings,
  check: checkOpcuaSettings,
  settingsFor(endpoint) {
    return endpointOf(endpoint)?.startsWith('opc.tcp:') === true ? { endpoint } : undefined;
  },
  endpoint(given) {
    return endpointOf(readSettings(given).endpoint);
  },
  async open(context) {
    await loadLibrary();
    const { open } = await import('./open.ts');
    return open(context);
  },
  async test(context) {
    await loadLibrary();
    const { tryConnection } = await import('./try-connection.ts');
    return tryConnection(context);
  },
  async browse(context, node): Promise<readonly BrowseNode[]> {
    await loadLibrary();
    const [{ openLink, within }, { browseNode }, { problemOf, raise }] = await Promise.all([
      import('./link.ts'),
      import('./browse.ts'),
      import('./problems.ts'),
    ]);
    const read = readSettings(context.settings);
    const link = await openLink({
      settings: read,
      folder: context.protocolFolder,
      now: () => context.clock.now(),
      signal: context.signal,
    });
    try {
      return await within(
        browseNode(link, read.endpoint, node),
        read.timeoutMilliseconds * 6,
        context.signal,
      );
    } catch (error) {
      throw raise(problemOf(error, { address: read.endpoint, step: 'request' }));
    } finally {
      await link.close();
    }
  },
});
