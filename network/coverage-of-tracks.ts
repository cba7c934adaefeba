import type { Microseconds } from '@millrace/contract';
import { networkLimits } from '@millrace/contract';
import type { NetworkPlatform, PropertyName } from '@millrace/sdk';
import { type Inventory, thingOf } from './inventory/index.ts';
import { coverageMap, type TrackPoint } from './localising/index.ts';

/** Things whose tracks are read at once; those with the most violated levels first. */
const tracksMax = 100;
const pointsPerTrack = 2_000;
const spanLeast = 10_000_000;
const cellMetres = 5;

export interface CoverageAsked {
  from: Microseconds;
  to: Microseconds;
  place: string;
  flow: string | undefined;
  may(place: string): boolean;
}

/** Coverage of the plant from where its vehicles were (properties `x` and `y` in metres) and what their terminals measured there. */
export async function coverageOf(
  platform: NetworkPlatform,
  { terminals, flows }: Inventory,
  asked: CoverageAsked,
): Promise<{ cells: unknown[]; limited: boolean }> {
  const { things, history } = platform;
  const moving: { x: PropertyName; y: PropertyName; radio: PropertyName[]; measured: string }[] = [];
  let limited = false;
  for (const terminal of terminals.all()) {
    if (!asked.may(terminal.place) || !within(terminal.place, asked.place)) continue;
    const vehicle = terminal.input.things.find((thing) => {
      const properties = things.get(thing)?.description.properties ?? {};
      return properties['x']?.type === 'number' && properties['y']?.type === 'number';
    });
    if (vehicle === undefined) continue;
    if (moving.length >= tracksMax) {
      limited = true;
      break;
    }
    moving.push({
      x: { thing: vehicle, property: 'x' },
      y: { thing: vehicle, property: 'y' },
      // A modem tells of its radio more often than a core does, and most cores not at all.
      radio: ['rsrp', 'sinr'].map((property) =>
        things.get(vehicle)?.description.properties?.[property]?.type === 'number'
          ? { thing: vehicle, property }
          : { thing: thingOf(terminal.id), property },
      ),
      measured: thingOf(terminal.id),
    });
  }
  if (moving.length === 0) return { cells: [], limited };
  const span = Math.max(spanLeast, Math.ceil((asked.to - asked.from) / pointsPerTrack / 1e6) * 1e6);
  const points: TrackPoint[] = [];
  for (const { x, y, radio, measured } of moving) {
    const names = [
      x,
      y,
      ...radio,
      ...['roundTripP95', 'loss'].map((property) => ({ thing: measured, property })),
    ];
    const columns = await history.spans(names, asked.from, asked.to, span);
    const rows = new Map<number, (number | undefined)[]>();
    for (let row = 0; row < columns.count; row++) {
      const start = columns.start[row]!;
      const values = rows.get(start) ?? [];
      const numbers = columns.numbers[row]!;
      values[columns.series[row]!] = numbers > 0 ? columns.total[row]! / numbers : undefined;
      rows.set(start, values);
    }
    for (const [start, [atX, atY, rsrpDbm, sinrDb, delayMs, loss]] of rows) {
      if (atX === undefined || atY === undefined) continue;
      points.push({
        x: atX,
        y: atY,
        time: start,
        ...(rsrpDbm === undefined ? {} : { rsrpDbm }),
        ...(sinrDb === undefined ? {} : { sinrDb }),
        ...(delayMs === undefined ? {} : { delayMs }),
        ...(loss === undefined ? {} : { lost: loss >= 50 }),
      });
    }
  }
  const withinMs =
    asked.flow === undefined ? undefined : flows.get(asked.flow)?.input.level.latency?.within[0]?.ms;
  const map = coverageMap(points, { cellMetres, ...(withinMs === undefined ? {} : { withinMs }) });
  const cells = map.cells.slice(0, networkLimits.coverageCellsMax).map((cell) => ({
    x: map.originX + cell.column * map.cellMetres,
    y: map.originY + cell.row * map.cellMetres,
    width: map.cellMetres,
    samples: cell.count,
    ...(cell.rsrpDbm === undefined ? {} : { rsrpDbm: cell.rsrpDbm }),
    ...(cell.sinrDb === undefined ? {} : { sinrDb: cell.sinrDb }),
    ...(cell.delayMs === undefined ? {} : { roundTripMs: cell.delayMs }),
    ...(cell.messages === 0 ? {} : { lossRatio: cell.lost / cell.messages }),
    ...(cell.met === undefined ? {} : { met: cell.met }),
  }));
  return { cells, limited: limited || map.coarser };
}

const within = (place: string, at: string): boolean =>
  at === '' || place === at || place.startsWith(`${at}/`);
