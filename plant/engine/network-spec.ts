import { checkServiceLevel, type LocalText, type ServiceLevel } from '@millrace/contract';
import { any, list, number, object, optional, PackError, type Shape, text, words } from './shape.ts';

/** The network a plant stands on, `network.json` of a pack: cells, and the terminals in them. Checked in form as it is read, in meaning against the pack's things. */
export interface NetworkSpec {
  /** Thing that tells how paths are played (variables `pathMode`, `pathSource`, `hysteresis`, `core`). */
  network: string;
  core: {
    /** Id of the provider it is registered as. */
    provider: string;
    titles: LocalText;
    plmn: string;
    dnn: string;
    sst: number;
    /** 5QIs of which its subscribers have a PCC rule. */
    grantedFiveQis: number[];
  };
  paths: {
    /** Names of delay profiles: of a good and of a weak signal. */
    good: string;
    weak: string;
    /** dBm: at or above it a signal is good, at or below it weak. */
    strongAbove: number;
    weakBelow: number;
  };
  cells: CellSpec[];
  terminals: TerminalSpec[];
  zones: { id: string; titles: LocalText; place: string }[];
  flows: NetworkFlowSpec[];
}

export interface CellSpec {
  /** Thing with the variables `on`, `weakness` (dB) and `jam` (0 to 1). */
  thing: string;
  /** NR Cell Identity, gNB and tracking area. */
  nci: number;
  gnb: number;
  tac: number;
  uplinkMbps: number;
  /** What waits at most before its uplink, as time. */
  bufferMilliseconds: number;
  /** What cameras send through it when they jam it. */
  videoMbps: number;
}

export interface TerminalSpec {
  id: string;
  titles: LocalText;
  things: string[];
  /** A fixed terminal: its cell and what it receives there. Without, its first thing moves: variables `serving` (position among the cells), `rsrp`, `sinr`. */
  cell?: string | undefined;
  rsrpDbm?: number | undefined;
  supi: string;
  gpsi?: string | undefined;
  pei: string;
  iccid: string;
  address: string;
  module?: string | undefined;
  firmware?: string | undefined;
  zone?: string | undefined;
}

export interface NetworkFlowSpec {
  id: string;
  title: LocalText;
  terminals: string[];
  priority: number;
  level: ServiceLevel;
}

const id = text(/^[a-z0-9][a-z0-9._-]{0,63}$/);

export const networkShape: Shape = object({
  network: text(),
  core: object({
    provider: id,
    titles: words,
    plmn: text(/^\d{5,6}$/),
    dnn: text(),
    sst: number({ least: 0, most: 255 }),
    grantedFiveQis: optional(list(number({ least: 1, most: 255 })), []),
  }),
  paths: object({ good: text(), weak: text(), strongAbove: number(), weakBelow: number() }),
  cells: list(
    object({
      thing: text(),
      nci: number({ least: 0, most: 2 ** 36 - 1 }),
      gnb: number({ least: 0 }),
      tac: number({ least: 0, most: 2 ** 24 - 1 }),
      uplinkMbps: number({ above: 0 }),
      bufferMilliseconds: number({ above: 0, most: 10_000 }),
      videoMbps: number({ least: 0 }),
    }),
  ),
  terminals: list(
    object({
      id,
      titles: words,
      things: list(text()),
      cell: optional(text()),
      rsrpDbm: optional(number({ least: -156, most: -31 })),
      supi: text(/^imsi-\d{5,15}$/),
      gpsi: optional(text()),
      pei: text(/^imei-\d{15}$/),
      iccid: text(/^\d{18,20}$/),
      address: text(/^\d{1,3}(\.\d{1,3}){3}$/),
      module: optional(text()),
      firmware: optional(text()),
      zone: optional(text()),
    }),
  ),
  zones: optional(list(object({ id, titles: words, place: optional(text(), '') })), []),
  flows: optional(
    list(
      object({
        id,
        title: words,
        terminals: list(text()),
        priority: number({ least: 1, most: 9 }),
        level: any,
      }),
    ),
    [],
  ),
});

/** Terminals whose paths are played: each has two ports and a share of the processor. */
export const playedTerminalsMax = 100;

/** Checks that what the network names is there. `variablesOf`: of a thing by name; undefined: there is no such thing. */
export function checkNetwork(
  spec: NetworkSpec,
  variablesOf: (thing: string) => ReadonlySet<string> | undefined,
  profiles: readonly string[],
): void {
  const file = 'network.json';
  const need = (thing: string, variables: readonly string[], at: string): void => {
    const known = variablesOf(thing);
    if (known === undefined) throw new PackError(at, `there is no thing "${thing}"`);
    for (const name of variables)
      if (!known.has(name)) throw new PackError(at, `the kind of "${thing}" has no variable "${name}"`);
  };
  need(spec.network, ['core', 'hysteresis', 'pathMode', 'pathSource'], `${file}/network`);
  for (const name of [spec.paths.good, spec.paths.weak])
    if (!profiles.includes(name))
      throw new PackError(`${file}/paths`, `there is no profile "${name}"; there are ${profiles.join(', ')}`);
  if (spec.paths.weakBelow >= spec.paths.strongAbove)
    throw new PackError(`${file}/paths`, 'weakBelow must lie below strongAbove');
  for (const [at, cell] of spec.cells.entries())
    need(cell.thing, ['on', 'weakness', 'jam'], `${file}/cells/${at}`);
  if (spec.terminals.length > playedTerminalsMax)
    throw new PackError(
      `${file}/terminals`,
      `${spec.terminals.length} terminals; at most ${playedTerminalsMax} (playedTerminalsMax)`,
    );
  const unique = new Map<string, string>();
  for (const [position, terminal] of spec.terminals.entries()) {
    const at = `${file}/terminals/${position} (${terminal.id})`;
    for (const what of ['id', 'supi', 'pei', 'iccid', 'address'] as const) {
      const other = unique.get(`${what} ${terminal[what]}`);
      if (other !== undefined) throw new PackError(at, `its ${what} is that of "${other}" too`);
      unique.set(`${what} ${terminal[what]}`, terminal.id);
    }
    if (terminal.things.length === 0) throw new PackError(at, 'serves no thing');
    for (const thing of terminal.things) {
      need(thing, [], at);
      const other = unique.get(`thing ${thing}`);
      if (other !== undefined) throw new PackError(at, `"${thing}" is behind "${other}" already`);
      unique.set(`thing ${thing}`, terminal.id);
    }
    if (terminal.cell === undefined) need(terminal.things[0]!, ['serving', 'rsrp', 'sinr'], at);
    else {
      if (!spec.cells.some(({ thing }) => thing === terminal.cell))
        throw new PackError(at, `there is no cell "${terminal.cell}"`);
      if (terminal.rsrpDbm === undefined) throw new PackError(at, 'a fixed terminal needs "rsrpDbm"');
    }
    if (terminal.zone !== undefined && !spec.zones.some((zone) => zone.id === terminal.zone))
      throw new PackError(at, `there is no zone "${terminal.zone}"`);
  }
  for (const [position, flow] of spec.flows.entries()) {
    const at = `${file}/flows/${position} (${flow.id})`;
    for (const terminal of flow.terminals)
      if (!spec.terminals.some((one) => one.id === terminal))
        throw new PackError(at, `there is no terminal "${terminal}"`);
    const [problem] = checkServiceLevel(flow.level);
    if (problem !== undefined) throw new PackError(`${at}/level/${problem.field}`, problem.message.en);
  }
}
