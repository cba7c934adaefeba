import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import {
  formatInstant,
  type LocalText,
  type MeasuringSettingsInput,
  type networkMeasuringRoutes,
  type ProbeReportAnswer,
  type TerminalMtu,
  type TerminalTransport,
} from '@millrace/contract';
import { AppError, type AppFile, type AppRequest, type NetworkPlatform } from '@millrace/sdk';
import type { ConnectionsHere } from './connections-here.ts';
import type { Judging, TerminalRecord, Terminals } from './inventory/index.ts';
import { type Block, figuresOf, merge } from './judgement/index.ts';
import {
  explainMtu,
  findPathMtu,
  type PathMtu,
  type ReportedProbes,
  readSenderReport,
} from './measurement/index.ts';
import type { MeasuringSettingsStore } from './measuring-settings.ts';

export interface MeasuringParts {
  platform: NetworkPlatform;
  terminals: Pick<Terminals, 'get'>;
  reported: ReportedProbes;
  settings: Pick<MeasuringSettingsStore, 'show' | 'put'>;
  judging: Pick<Judging, 'ofTerminal'>;
  connections: Pick<ConnectionsHere, 'tcp' | 'retransmissions'>;
  keys: () => Readonly<Record<string, Uint8Array>>;
  findMtu?: (address: string, port: number | undefined, key: Uint8Array | undefined) => Promise<PathMtu>;
  /** Called after the settings were changed. */
  changed(): void;
}

const connectionsShownMax = 100;
/** Searches for a path MTU under way at once. */
const mtuSearchesMax = 2;

const jitterWords: LocalText = {
  en: 'Jitter after RFC 3550 is smoothed over some 16 messages: it is shown, and no level is judged by it.',
  zh: '按 RFC 3550 平滑计算的抖动（约 16 个报文），仅供显示，不用于评判。',
};

function addressesOf({ sessions, input }: TerminalRecord): string[] {
  const all = [...sessions.map(({ address }) => address), input.address];
  return [...new Set(all.filter((one) => one !== undefined))];
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
  const seen = ({ parameters, caller }: AppRequest): TerminalRecord => {
    const id = parameters['terminal'] ?? '';
    const terminal = terminals.get(id);
    if (terminal === undefined || !caller.may('read', terminal.place))
      throw new AppError(404, 'not-found', {
        en: `There is no terminal "${id.slice(0, 100)}".`,
        zh: `没有终端“${id.slice(0, 100)}”。`,
      });
    return terminal;
  };
  const { judging, connections, keys } = parts;
  const findMtu =
    parts.findMtu ?? ((address, port, key) => findPathMtu(platform.clock, address, port, { key }));
  let searches = 0;
  return {
    networkTerminalTransport: (request): TerminalTransport => {
      const terminal = seen(request);
      const addresses = addressesOf(terminal);
      const { tcp } = connections;
      const found = addresses.flatMap((address) => tcp.of(address)).sort((a, b) => b.roundTrip - a.roundTrip);
      const again = addresses
        .map((address) => connections.retransmissions(address))
        .find((one) => one !== undefined);
      return {
        terminal: terminal.id,
        addresses,
        ...(Number.isNaN(tcp.time) ? {} : { time: formatInstant(tcp.time) }),
        ...(tcp.problem === undefined ? {} : { problem: { ...tcp.problem } }),
        connections: found.slice(0, connectionsShownMax).map((one) => ({
          peer: one.peerAddress,
          peerPort: one.peerPort,
          localPort: one.localPort,
          roundTripMs: one.roundTrip / 1000,
          variationMs: one.variation / 1000,
          ...(Number.isNaN(one.least) ? {} : { leastMs: one.least / 1000 }),
          segments: one.sent,
          sentAgain: one.sentAgain,
          ...(one.pathMtu === 0 ? {} : { pathMtu: one.pathMtu }),
        })),
        connectionCount: found.length,
        ...(again === undefined ? {} : { sentAgain: { ...again } }),
        jitter: judging.ofTerminal(terminal.id).flatMap(({ flow, minute, minuteBefore }) => {
          const [now, before] = [minute, minuteBefore] as (Block | undefined)[];
          const block = now === undefined || before === undefined ? (now ?? before) : merge(before, now);
          if (block === undefined) return [];
          return figuresOf(block).tracks.flatMap(({ method, rfc3550Ms }) =>
            rfc3550Ms === undefined ? [] : [{ flow: flow.id, method, rfc3550Ms }],
          );
        }),
        jitterWords: { ...jitterWords },
      };
    },
    findNetworkTerminalMtu: async (request): Promise<TerminalMtu> => {
      const terminal = seen(request);
      tellable(request);
      const { probe } = terminal.input;
      const host = probe?.host ?? addressesOf(terminal)[0];
      if (host === undefined)
        throw new AppError(409, 'no-address', {
          en: 'This terminal has no address to which packets could be sent.',
          zh: '该终端没有可发送数据包的地址。',
        });
      if (searches >= mtuSearchesMax)
        throw new AppError(409, 'busy', {
          en: `${mtuSearchesMax} searches are under way; try again in a few seconds.`,
          zh: `已有 ${mtuSearchesMax} 个探测在进行，请数秒后重试。`,
        });
      searches++;
      try {
        const address = isIP(host)
          ? host
          : await lookup(host).then(
              ({ address }) => address,
              () => host,
            );
        const { octets, how, words } = await findMtu(
          address,
          probe?.method === 'stamp' ? probe.port : undefined,
          probe?.key === undefined ? undefined : keys()[probe.key],
        );
        const tunnels = octets === undefined || how !== 'probed' ? undefined : explainMtu(octets);
        return {
          ...(octets === undefined ? {} : { octets }),
          how,
          words: { ...words },
          ...(tunnels === undefined ? {} : { tunnels: { ...tunnels } }),
        };
      } finally {
        searches--;
      }
    },
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
