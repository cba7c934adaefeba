import { defineProvider } from '@millrace/sdk';
import { Open5gsCore } from './core.ts';
import { manifest } from './manifest.ts';

/** The open-source core Open5GS: flows over N5, terminals and sessions from AMF and SMF, subscribers in its database. */
export const provider = defineProvider({
  manifest,
  check: (settings) =>
    settings['addRules'] === true && (settings['database'] === undefined || settings['database'] === '')
      ? [
          {
            field: 'addRules',
            message: {
              en: 'Rules can be added only with the subscriber database.',
              zh: '只有填写签约数据库后才能补充规则。',
            },
          },
        ]
      : [],
  open: async (context) => new Open5gsCore(context),
});
