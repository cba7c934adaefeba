/**
 * Sizing on paper: what a number of terminals asks of a private 5G network – uplink, downlink, sessions, cells – from what they say on the wire and
 * assumptions that each have a name, a figure and a source. Pure; rates in kbit/s.
 */

/** What one terminal says: payload octets and messages a second, each way. Overhead of the network is added here. */
export interface TerminalLoad {
  title: string;
  /** Terminals of this kind in the plant that is planned. */
  count: number;
  upMessages: number;
  upOctets: number;
  downMessages: number;
  downOctets: number;
  /** Goes over TCP: each message is acknowledged in the other direction. */
  tcp: boolean;
  /** Sends at one rate, such as a camera: its busiest second is like any other. */
  steady?: boolean;
}

export const assumptions = {
  bandwidthMhz: {
    default: 100,
    unit: 'MHz',
    what: 'Width of the channel',
    source: 'a common local licence in band n78 or n79',
  },
  uplinkShare: {
    default: 0.2,
    unit: '',
    what: 'Share of the time a TDD cell receives',
    source: 'frame DDDSU, one slot of five; industrial frames with more uplink exist: ask your vendor',
  },
  uplinkBitsPerHertz: {
    default: 2.5,
    unit: 'bit/s/Hz',
    what: 'Mean uplink spectral efficiency',
    source: 'well below the 6.75 of ITU-R M.2410 (indoor hotspot), which is a laboratory’s figure',
  },
  downlinkBitsPerHertz: {
    default: 4,
    unit: 'bit/s/Hz',
    what: 'Mean downlink spectral efficiency',
    source: 'well below the 9 of ITU-R M.2410 (indoor hotspot)',
  },
  loadMax: {
    default: 0.5,
    unit: '',
    what: 'Load of a cell beyond which delays grow',
    source: 'a planner’s rule; half is left for retransmissions, handovers and what comes next year',
  },
  peakToMean: {
    default: 2,
    unit: '',
    what: 'Busiest second over the mean',
    source: 'measure it: the network page shows demand by hour',
  },
  sessionsPerCell: {
    default: 400,
    unit: '',
    what: 'Connected terminals a cell serves at once',
    source: 'typical of small cells; ask your vendor',
  },
  cellAreaM2: {
    default: 5000,
    unit: 'm²',
    what: 'Area one indoor cell covers',
    source: 'open hall, 3.5 GHz; metal racks and machines take some of it: survey before you buy',
  },
  radioOctets: {
    default: 10,
    unit: 'octets',
    what: 'Headers of the radio layers on each packet',
    source: 'SDAP, PDCP, RLC and MAC with short sequence numbers (3GPP TS 37.324, 38.323, 38.322, 38.321)',
  },
  tunnelOctets: {
    default: 44,
    unit: 'octets',
    what: 'GTP-U tunnel between cell and core on each packet',
    source: 'IPv4, UDP and GTP-U with the PDU session container (3GPP TS 29.281)',
  },
} as const;
export type AssumptionName = keyof typeof assumptions;
export type Assumptions = Record<AssumptionName, number>;

export const usualAssumptions = Object.fromEntries(
  Object.entries(assumptions).map(([name, { default: value }]) => [name, value]),
) as Assumptions;

/** IPv4 and TCP with time stamps, or UDP; the Ethernet below belongs to the cabling and not to the radio. */
const tcpOctets = 52;
const udpOctets = 28;
/** A TCP segment carries this much; more octets make more packets. */
const segmentOctets = 1400;

export interface SizedLoad {
  title: string;
  count: number;
  /** Mean of all of them together, over the air. */
  uplinkKbps: number;
  downlinkKbps: number;
  uplinkPackets: number;
  downlinkPackets: number;
  /** In the busiest second. */
  uplinkPeakKbps: number;
  downlinkPeakKbps: number;
}

export interface NetworkPlan {
  loads: SizedLoad[];
  sessions: number;
  /** Mean and busiest, over the air. */
  uplinkKbps: number;
  downlinkKbps: number;
  uplinkPeakKbps: number;
  downlinkPeakKbps: number;
  /** Busiest, on the cables between cells and core. */
  transportPeakKbps: number;
  /** What one cell gives at the load it may have. */
  cellUplinkKbps: number;
  cellDownlinkKbps: number;
  cells: { uplink: number; downlink: number; sessions: number; area: number | undefined; needed: number };
  /** What asks for the most cells. */
  governs: 'uplink' | 'downlink' | 'sessions' | 'area';
}

const kilo = 1000;

export function sizeNetwork(
  loads: readonly TerminalLoad[],
  areaM2: number | undefined,
  given: Assumptions = usualAssumptions,
): NetworkPlan {
  let transport = 0;
  const sized = loads.map((load): SizedLoad => {
    const header = load.tcp ? tcpOctets : udpOctets;
    const packets = (messages: number, octets: number): number =>
      messages <= 0 ? 0 : messages * Math.ceil(octets / messages / segmentOctets);
    const upData = packets(load.upMessages, load.upOctets);
    const downData = load.downOctets <= 0 ? 0 : packets(load.downMessages, load.downOctets);
    // An acknowledgement rides on an answer where there is one.
    const up = upData + (load.tcp ? Math.max(0, downData - upData) : 0);
    const down = downData + (load.tcp ? Math.max(0, upData - downData) : 0);
    const bits = (octets: number, number: number, below: number): number =>
      ((octets + number * (header + below)) * 8 * load.count) / kilo;
    const peak = load.steady === true ? 1 : given.peakToMean;
    transport +=
      (bits(load.upOctets, up, given.tunnelOctets) + bits(load.downOctets, down, given.tunnelOctets)) * peak;
    const uplinkKbps = bits(load.upOctets, up, given.radioOctets);
    const downlinkKbps = bits(load.downOctets, down, given.radioOctets);
    return {
      title: load.title,
      count: load.count,
      uplinkKbps,
      downlinkKbps,
      uplinkPeakKbps: uplinkKbps * peak,
      downlinkPeakKbps: downlinkKbps * peak,
      uplinkPackets: up * load.count,
      downlinkPackets: down * load.count,
    };
  });
  const sum = (of: (load: SizedLoad) => number): number => sized.reduce((total, load) => total + of(load), 0);
  const uplinkKbps = sum((load) => load.uplinkKbps);
  const downlinkKbps = sum((load) => load.downlinkKbps);
  const uplinkPeakKbps = sum((load) => load.uplinkPeakKbps);
  const downlinkPeakKbps = sum((load) => load.downlinkPeakKbps);
  const sessions = sum((load) => load.count);
  const channel = given.bandwidthMhz * kilo * given.loadMax;
  const cellUplinkKbps = channel * given.uplinkShare * given.uplinkBitsPerHertz;
  const cellDownlinkKbps = channel * (1 - given.uplinkShare) * given.downlinkBitsPerHertz;
  const cells = {
    uplink: Math.ceil(uplinkPeakKbps / cellUplinkKbps),
    downlink: Math.ceil(downlinkPeakKbps / cellDownlinkKbps),
    sessions: Math.ceil(sessions / given.sessionsPerCell),
    area: areaM2 === undefined ? undefined : Math.ceil(areaM2 / given.cellAreaM2),
  };
  const needed = Math.max(1, cells.uplink, cells.downlink, cells.sessions, cells.area ?? 0);
  const governs = (['uplink', 'downlink', 'sessions', 'area'] as const).find(
    (name) => cells[name] === needed,
  );
  return {
    loads: sized,
    sessions,
    uplinkKbps,
    downlinkKbps,
    uplinkPeakKbps,
    downlinkPeakKbps,
    transportPeakKbps: transport,
    cellUplinkKbps,
    cellDownlinkKbps,
    cells: { ...cells, needed },
    governs: governs ?? 'sessions',
  };
}
