import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  type AssumptionName,
  type Assumptions,
  assumptions,
  type NetworkPlan,
  sizeNetwork,
  type TerminalLoad,
  usualAssumptions,
} from '@millrace/network/sizing';
import { nearest } from '@millrace/sdk';
import { StartError } from './config.ts';

/** What `plant/dist/traffic-main.js` prints. */
interface PackTraffic {
  pack: string;
  title: { en: string };
  machines: number;
  terminals: {
    kind: string;
    title: { en: string };
    protocol: string;
    upMessages: number;
    upOctets: number;
    downMessages: number;
    downOctets: number;
  }[];
}

const packMillisecondsMax = 60_000;
const machinesMax = 1_000_000;

const kebab = (name: string): string =>
  name.replaceAll(/[A-Z](?!\d)|M2/g, (letter) => `-${letter.toLowerCase()}`);
const flagOf = new Map((Object.keys(assumptions) as AssumptionName[]).map((name) => [kebab(name), name]));

/** Loads that no pack has and every plant asks about; figures of 3GPP TS 22.104, Table 5.3-1 and 5.2-1, A.2.2.3. */
const extras = {
  cameras: {
    what: 'cameras of 10 Mbit/s each (mobile robots with video, TS 22.104, Table 5.3-1)',
    load: (count: number): TerminalLoad => ({
      title: 'Cameras',
      count,
      upMessages: 10_000_000 / 8 / 1388,
      upOctets: 10_000_000 / 8,
      downMessages: 0,
      downOctets: 0,
      tcp: false,
      steady: true,
    }),
  },
  robots: {
    what: 'mobile robots: 250 octets each way every 40 ms (TS 22.104, Table 5.2-1, A.2.2.3)',
    load: (count: number): TerminalLoad => ({
      title: 'Mobile robots',
      count,
      upMessages: 25,
      upOctets: 6250,
      downMessages: 25,
      downOctets: 6250,
      tcp: false,
      steady: true,
    }),
  },
} as const;

export const planHelp = (): string =>
  `Sizes a private 5G network on paper, from what a plant of an industry pack says on the wire.

  npm start -- plan PACK --machines N [options]

  PACK                         an industry pack: its name, or its folder (with a slash)
  --machines N                 how many machines; the pack's own number is multiplied up to it
${Object.entries(extras)
  .map(([name, { what }]) => `  --${name.padEnd(27)}${what}`)
  .join('\n')}
  --area M2                    area to cover
  --json                       figures as JSON
${[...flagOf]
  .map(([flag, name]) => {
    const { what, default: value, unit } = assumptions[name];
    return `  --${flag.padEnd(27)}${what} [${value}${unit === '' ? '' : ` ${unit}`}]`;
  })
  .join('\n')}
`;

interface PlanRequest {
  pack: string;
  machines: number;
  area: number | undefined;
  extra: TerminalLoad[];
  given: Assumptions;
  json: boolean;
}

function readRequest(argv: readonly string[]): PlanRequest | undefined {
  const names = ['machines', 'area', ...Object.keys(extras), ...flagOf.keys()];
  const options: Record<string, { type: 'string' | 'boolean' }> = {
    help: { type: 'boolean' },
    json: { type: 'boolean' },
  };
  for (const name of names) options[name] = { type: 'string' };
  let parsed: { values: Record<string, string | boolean | undefined>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true }) as typeof parsed;
  } catch (error) {
    const unknown = /Unknown option '--?([^']*)'/.exec((error as Error).message)?.[1];
    const near = unknown === undefined ? undefined : nearest(unknown, Object.keys(options));
    throw new StartError(
      unknown === undefined
        ? `${(error as Error).message} (see plan --help)`
        : `There is no option --${unknown}${near === undefined ? '' : `; did you mean --${near}?`} (see plan --help)`,
    );
  }
  const { values, positionals } = parsed;
  if (values['help'] === true) return undefined;
  if (positionals.length !== 1)
    throw new StartError('plan takes one industry pack: plan PACK --machines N (see plan --help).');
  const figure = (name: string, least: number, most: number): number | undefined => {
    const text = values[name] as string | undefined;
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < least || value > most)
      throw new StartError(
        `--${name} must be a number from ${least} to ${most}, not "${text.slice(0, 40)}".`,
      );
    return value;
  };
  const machines = figure('machines', 1, machinesMax);
  if (machines === undefined) throw new StartError('plan needs a number of machines: --machines N.');
  const given = { ...usualAssumptions };
  for (const [flag, name] of flagOf) {
    const share = name === 'uplinkShare' || name === 'loadMax';
    given[name] = figure(flag, share ? 0.01 : 0.001, share ? 1 : 1e9) ?? given[name];
  }
  return {
    pack: positionals[0]!,
    machines,
    area: figure('area', 1, 1e9),
    extra: (Object.keys(extras) as (keyof typeof extras)[]).flatMap((name) => {
      const count = figure(name, 0, machinesMax) ?? 0;
      return count === 0 ? [] : [extras[name].load(count)];
    }),
    given,
    json: values['json'] === true,
  };
}

/** Prints the plan for what the arguments say. Throws StartError where they cannot be understood. */
export async function plan(argv: readonly string[], say: (line: string) => void): Promise<void> {
  const request = readRequest(argv);
  if (request === undefined) {
    say(planHelp());
    return;
  }
  const traffic = await trafficOf(request.pack);
  if (traffic.machines === 0)
    throw new StartError(`The pack "${traffic.pack}" has no machines (no kind with states).`);
  const factor = request.machines / traffic.machines;
  const loads = [...loadsOf(traffic, factor), ...request.extra];
  const sized = sizeNetwork(loads, request.area, request.given);
  say(
    request.json
      ? JSON.stringify({ ...request, packMachines: traffic.machines, factor, ...sized }, undefined, 2)
      : planText(traffic, request, factor, sized),
  );
}

function trafficOf(pack: string): Promise<PackTraffic> {
  const entry = fileURLToPath(new URL('../../plant/dist/traffic-main.js', import.meta.url));
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [entry, pack],
      { timeout: packMillisecondsMax, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) => {
        if (error === null) resolve(JSON.parse(stdout) as PackTraffic);
        else if (error.code === 2)
          reject(new StartError(`The pack "${pack}" cannot be read: ${stderr.trim()}`));
        else reject(error);
      },
    );
  });
}

/** Terminals of one kind together; what there is one of for the whole plant is multiplied like the rest. */
function loadsOf(traffic: PackTraffic, factor: number): TerminalLoad[] {
  const kinds = new Map<string, PackTraffic['terminals']>();
  for (const terminal of traffic.terminals)
    kinds.set(terminal.kind, [...(kinds.get(terminal.kind) ?? []), terminal]);
  const titles: Record<string, string> = {
    opcua: 'OPC UA servers',
    modbus: 'Modbus gateways',
    sparkplug: 'Sparkplug edge nodes',
  };
  return [...kinds].map(([kind, terminals]) => {
    const mean = (of: (terminal: PackTraffic['terminals'][number]) => number): number =>
      terminals.reduce((sum, terminal) => sum + of(terminal), 0) / terminals.length;
    return {
      title: titles[kind] ?? terminals[0]!.title.en,
      count: Math.ceil(terminals.length * factor),
      upMessages: mean((terminal) => terminal.upMessages),
      upOctets: mean((terminal) => terminal.upOctets),
      downMessages: mean((terminal) => terminal.downMessages),
      downOctets: mean((terminal) => terminal.downOctets),
      tcp: true,
    };
  });
}

const rate = (kilobits: number): string =>
  kilobits >= 1000
    ? `${(kilobits / 1000).toFixed(kilobits >= 100_000 ? 0 : 1)} Mbit/s`
    : `${kilobits.toFixed(0)} kbit/s`;

export function planText(
  traffic: Pick<PackTraffic, 'title' | 'machines'>,
  request: Pick<PlanRequest, 'machines' | 'area' | 'given' | 'extra'>,
  factor: number,
  sized: NetworkPlan,
): string {
  const rows = [
    ['', 'terminals', 'uplink', 'downlink', 'packets/s up'],
    ...[...sized.loads]
      .sort((a, b) => b.uplinkKbps - a.uplinkKbps)
      .map((load) => [
        load.title,
        String(load.count),
        rate(load.uplinkKbps),
        rate(load.downlinkKbps),
        load.uplinkPackets.toFixed(0),
      ]),
    ['Together', String(sized.sessions), rate(sized.uplinkKbps), rate(sized.downlinkKbps), ''],
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const table = rows.map((row) =>
    `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('   ')}`.trimEnd(),
  );
  const { cells } = sized;
  const because = {
    uplink: `the uplink: one cell takes ${rate(sized.cellUplinkKbps)}`,
    downlink: `the downlink: one cell gives ${rate(sized.cellDownlinkKbps)}`,
    sessions: `the number of terminals: one cell serves ${request.given.sessionsPerCell}`,
    area: `the area: one cell covers ${request.given.cellAreaM2} m²`,
  }[sized.governs];
  return [
    `${traffic.title.en}, ${request.machines} machines (the pack has ${traffic.machines}; all of it times ${factor.toFixed(2)}), means over the air:`,
    '',
    ...table,
    '',
    `  Busiest second   uplink ${rate(sized.uplinkPeakKbps)}, downlink ${rate(sized.downlinkPeakKbps)}, cells to core ${rate(sized.transportPeakKbps)}`,
    `  PDU sessions     ${sized.sessions}`,
    `  Cells            ${cells.needed}, because of ${because}`,
    `                   by uplink ${cells.uplink}, by downlink ${cells.downlink}, by terminals ${cells.sessions}, by area ${cells.area ?? 'unknown (give --area)'}`,
    '',
    ...(request.extra.length === 0
      ? [
          '  No cameras and no mobile robots are in this: they are what fills an uplink (--cameras, --robots).',
          '',
        ]
      : []),
    '  Assumed, each to be changed by its option:',
    ...[...flagOf].map(([flag, name]) => {
      const { what, unit, source, default: usual } = assumptions[name];
      const value = request.given[name];
      return `  --${flag} ${value}${unit === '' ? '' : ` ${unit}`}: ${what}; ${value === usual ? source : 'as given'}`;
    }),
    '  --machines counts things that have states; sensors, meters and gateways grow with them.',
    '  Payloads are those of the pack’s own values and intervals; TCP with acknowledgements, IPv4, no encryption.',
  ].join('\n');
}
