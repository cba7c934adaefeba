import {
  type BindingInput,
  type Demand,
  type DemandArea,
  type EdgeZone,
  isAtOrBelow,
  type LocalText,
  type NetworkFlow,
  type NetworkTerminal,
} from '@millrace/contract';
import type { KnownCapacity } from '../requests/conflicts.ts';
import { headroomDefault, ratesOf } from '../requests/derive.ts';

/** Above this share of the capacity there is little left for what nobody planned. */
export const tightLoad = 0.8;
const hoursOfDay = 24;

export interface DemandSituation {
  flows: readonly NetworkFlow[];
  terminalsOf(flow: string): readonly string[];
  terminal(id: string): NetworkTerminal | undefined;
  zones: readonly EdgeZone[];
  capacities: readonly KnownCapacity[];
  bindings: readonly BindingInput[];
  /** Share of the terminals that work in each hour of the day; undefined: no shifts are set, all work always. */
  calendar: readonly number[] | undefined;
  /** Application counted as if it were switched on. */
  with: string | undefined;
}

const say = (en: string, zh: string): LocalText => ({ en, zh });
const mbps = (kbps: number): string => String(Number((kbps / 1000).toPrecision(3)));

interface Area {
  area: string;
  kind: DemandArea['kind'];
  title: LocalText;
  capacity: { uplink: number; downlink: number } | undefined;
  capacityFrom: string | undefined;
  holds(terminal: NetworkTerminal): boolean;
}

/**
 * What all flows need, by area and hour, against what there is. A flow whose level says nothing of a rate counts as nothing, and is shown as
 * unknown. Pure.
 */
export function demandOf(situation: DemandSituation): Pick<Demand, 'calendar' | 'areas'> {
  const { zones, capacities, calendar } = situation;
  const areas: Area[] = [
    ...zones.map(
      (zone): Area => ({
        area: zone.id,
        kind: 'zone',
        title: say(zone.title, zone.title),
        capacity:
          zone.uplinkMbps === undefined && zone.downlinkMbps === undefined
            ? undefined
            : {
                uplink: (zone.uplinkMbps ?? Number.POSITIVE_INFINITY) * 1000,
                downlink: (zone.downlinkMbps ?? Number.POSITIVE_INFINITY) * 1000,
              },
        capacityFrom: zone.id,
        holds: (terminal) => terminal.zone === zone.id,
      }),
    ),
    ...capacities.map(
      ({ provider, place, uplink, downlink }): Area => ({
        area: place,
        kind: 'place',
        title: place === '' ? say('The plant', '全厂') : say(place, place),
        capacity: { uplink, downlink },
        capacityFrom: provider,
        holds: (terminal) => isAtOrBelow(terminal.place ?? '', place),
      }),
    ),
  ];
  const told = [...areas];
  const placed = (terminal: NetworkTerminal): boolean => told.some((area) => area.holds(terminal));
  areas.push({
    area: '',
    kind: 'unassigned',
    title: say('In no zone', '未分配区域'),
    capacity: undefined,
    capacityFrom: undefined,
    holds: (terminal) => !placed(terminal),
  });
  const flows = situation.flows
    .filter((flow) => flow.enabled || (situation.with !== undefined && flow.app === situation.with))
    .map((flow) => ({
      flow,
      rates: ratesOf(flow.level),
      terminals: situation.terminalsOf(flow.id).flatMap((id) => situation.terminal(id) ?? []),
    }));
  return {
    calendar: calendar === undefined ? 'flat' : 'shifts',
    areas: areas
      .map((area) => areaDemand(area, flows, situation))
      .filter(({ terminals, kind }) => terminals > 0 || kind !== 'unassigned'),
  };
}

function areaDemand(
  { holds, capacity, capacityFrom, ...area }: Area,
  flows: readonly {
    flow: NetworkFlow;
    rates: ReturnType<typeof ratesOf>;
    terminals: readonly NetworkTerminal[];
  }[],
  { calendar, bindings, terminal }: DemandSituation,
): DemandArea {
  const here = flows.map((one) => ({ ...one, terminals: one.terminals.filter(holds) }));
  const needed = { uplink: 0, downlink: 0 };
  const rows = here
    .filter((one) => one.terminals.length > 0)
    .map(({ flow, rates, terminals }) => {
      const uplink = (rates.uplink ?? 0) * headroomDefault * terminals.length;
      const downlink = (rates.downlink ?? 0) * headroomDefault * terminals.length;
      needed.uplink += uplink;
      needed.downlink += downlink;
      return {
        flow: flow.id,
        title: flow.title,
        priority: flow.priority,
        terminals: terminals.length,
        uplink: Math.round(uplink),
        downlink: Math.round(downlink),
        unknown: rates.uplink === undefined && rates.downlink === undefined,
      };
    })
    .sort((a, b) => a.priority - b.priority || b.uplink - a.uplink || (a.flow < b.flow ? -1 : 1));
  const bound = bindings.filter((binding) => {
    const at = terminal(binding.terminal);
    return at !== undefined && holds(at) && (area.kind !== 'place' || binding.provider === capacityFrom);
  });
  const guaranteed = {
    uplink: bound.reduce((sum, { qos }) => sum + (qos.gbrUplink ?? 0), 0),
    downlink: bound.reduce((sum, { qos }) => sum + (qos.gbrDownlink ?? 0), 0),
  };
  const hours = Array.from({ length: hoursOfDay }, (_, hour) => {
    const share = Math.min(1, Math.max(0, calendar?.[hour] ?? 1));
    const uplink = Math.round(needed.uplink * share);
    const downlink = Math.round(needed.downlink * share);
    return {
      hour,
      uplink,
      downlink,
      guaranteed,
      ...(capacity === undefined ? {} : { load: loadOf({ uplink, downlink }, capacity) }),
    };
  });
  const busiest = hours.reduce((most, hour) =>
    hour.uplink + hour.downlink > most.uplink + most.downlink ? hour : most,
  );
  const load = Math.max(...hours.map((hour) => hour.load ?? 0));
  const standing =
    capacity === undefined ? 'unknown' : load > 1 ? 'short' : load > tightLoad ? 'tight' : 'fits';
  const unknown = rows.filter((row) => row.unknown).length;
  const terminals = new Set(here.flatMap((one) => one.terminals.map(({ id }) => id))).size;
  return {
    ...area,
    ...(capacity === undefined ? {} : { capacity: finite(capacity) }),
    ...(capacityFrom === undefined || capacity === undefined ? {} : { capacityFrom }),
    terminals,
    hours,
    flows: rows,
    standing,
    words: wordsOf(standing, busiest, load, unknown),
  };
}

function loadOf(
  rates: { uplink: number; downlink: number },
  capacity: { uplink: number; downlink: number },
): number {
  const share = (need: number, there: number): number =>
    need === 0 ? 0 : there === 0 ? 1_000 : need / there;
  return Number(
    Math.max(share(rates.uplink, capacity.uplink), share(rates.downlink, capacity.downlink)).toFixed(4),
  );
}

/** A direction nobody told the capacity of is left at what JSON can say. */
function finite(capacity: { uplink: number; downlink: number }): { uplink: number; downlink: number } {
  const told = (value: number): number => (Number.isFinite(value) ? value : Number.MAX_SAFE_INTEGER);
  return { uplink: told(capacity.uplink), downlink: told(capacity.downlink) };
}

function wordsOf(
  standing: DemandArea['standing'],
  busiest: { hour: number; uplink: number; downlink: number },
  load: number,
  unknown: number,
): LocalText {
  const need = say(
    `${mbps(busiest.uplink)} Mbit/s up and ${mbps(busiest.downlink)} Mbit/s down at the busiest hour`,
    `最忙时段上行 ${mbps(busiest.uplink)} Mbit/s、下行 ${mbps(busiest.downlink)} Mbit/s`,
  );
  const rest =
    unknown === 0
      ? say('', '')
      : say(
          `; ${unknown === 1 ? 'one flow says' : `${unknown} flows say`} nothing of a rate`,
          `；${unknown} 个业务流未说明速率`,
        );
  const percent = Math.round(load * 100);
  switch (standing) {
    case 'unknown':
      return say(`${need.en}; nobody tells the capacity${rest.en}.`, `${need.zh}；容量未知${rest.zh}。`);
    case 'short':
      return say(
        `${need.en}: ${percent} % of what there is${rest.en}.`,
        `${need.zh}：为容量的 ${percent}%，不足${rest.zh}。`,
      );
    default:
      return say(
        `${need.en}: ${percent} % of what there is${rest.en}.`,
        `${need.zh}：占容量的 ${percent}%${rest.zh}。`,
      );
  }
}
