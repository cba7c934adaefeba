import { readFile } from 'node:fs/promises';
import type { MeasuringSettingsInput, networkMeasuringRoutes, ProbeReportAnswer } from '@millrace/contract';
import { AppError, type AppFile, type AppRequest, type NetworkPlatform } from '@millrace/sdk';
import type { Terminals } from './inventory/index.ts';
import { type ReportedProbes, readSenderReport } from './measurement/index.ts';
import type { MeasuringSettingsStore } from './measuring-settings.ts';

export interface MeasuringParts {
  platform: NetworkPlatform;
  terminals: Pick<Terminals, 'get'>;
  reported: ReportedProbes;
  settings: Pick<MeasuringSettingsStore, 'show' | 'put'>;
  /** Called after the settings were changed. */
  changed(): void;
}

type Handlers = Record<keyof typeof networkMeasuringRoutes, (request: AppRequest) => unknown>;

/** Routes of what terminals measure themselves. */
export function measuringHandlers(parts: MeasuringParts): Handlers {
  const { platform, terminals, reported, settings } = parts;
  /** The terminal, for whoever may tell of it: a thing of it, or a person who may configure there. Others learn not even whether it is there. */
  const tellable = ({ parameters, caller }: AppRequest): string => {
    const id = parameters['terminal'] ?? '';
    const terminal = terminals.get(id);
    const { actor } = caller;
    if (actor.kind === 'device') {
      if (terminal?.input.things.includes(actor.id) !== true)
        throw new AppError(
          403,
          'not-allowed',
          {
            en: 'These credentials belong to no thing of this terminal.',
            zh: '此凭据不属于该终端的任何物。',
          },
          {
            en: 'Give the terminal this thing (Network, Terminals).',
            zh: '请在“网络-终端”中将该物归入此终端。',
          },
        );
    } else if (terminal === undefined || !caller.may('read', terminal.place))
      throw new AppError(404, 'not-found', {
        en: `There is no terminal "${id.slice(0, 100)}".`,
        zh: `没有终端“${id.slice(0, 100)}”。`,
      });
    else if (!caller.may('configure', terminal.place))
      throw new AppError(403, 'not-allowed', {
        en: 'This needs the permission "configure" at the place of the terminal.',
        zh: '需要在终端所在位置的配置权限。',
      });
    return id;
  };
  return {
    networkProbeReport: (request): ProbeReportAnswer => {
      const id = tellable(request);
      const now = platform.clock.now();
      const report = readSenderReport(request.body, id, now);
      if ('problem' in report) {
        reported.counters.refused += 1;
        throw new AppError(400, 'wrong-report', report.problem, {
          en: 'Nothing of this report was taken.',
          zh: '此报告未被采用。',
        });
      }
      return reported.take(report, now);
    },
    networkMeasuringSettings: () => settings.show(),
    putNetworkMeasuringSettings: async ({ body, caller }) => {
      const shown = await settings.put(body as MeasuringSettingsInput, caller.actor);
      parts.changed();
      return shown;
    },
    networkTerminalSender: async (): Promise<AppFile> => ({
      file: 'terminal-sender.mjs',
      contentType: 'text/javascript; charset=utf-8',
      content: await readFile(new URL('./measurement/terminal-sender.js', import.meta.url), 'utf8'),
    }),
  };
}
