import { isAtOrBelow, type Microseconds } from '@millrace/contract';
import { type AppContext, AppError, type AppRequest } from '@millrace/sdk';
import {
  addShares,
  balancesOf,
  byOrder,
  byProduct,
  byShift,
  type Carrier,
  carrierNames,
  consumptionAt,
  costOf,
  type Driver,
  type DriverSpan,
  driverOfDay,
  estimateMissingMeter,
  isWorkingDay,
  type Meter,
  nextDay,
  plantClock,
  type Quarter,
  type Run,
  readDrivers,
  ringsOf,
  type Share,
  sumQuarters,
} from '../model/index.ts';
import { factoryCalendar } from './factory-calendar.ts';
import { loadMeters } from './forecasting.ts';
import { generatedUntil } from './generated.ts';
import { counted, runsOf } from './production.ts';
import { allTariffs, shiftsOf } from './settings.ts';

/** Longest range one answer covers. */
export const rangeDaysMax = 400;
/** Longest range machine states are read over. */
export const productionDaysMax = 31;
const dayMicroseconds = 86_400_000_000;

/** A range as asked for, or today so far. */
export function rangeOf(
  context: AppContext,
  query: Readonly<Record<string, unknown>>,
  daysMax = rangeDaysMax,
): { from: Microseconds; to: Microseconds } {
  const now = context.clock.now();
  const clock = plantClock(context.plant.timeZone);
  const read = (value: unknown): Microseconds | undefined => {
    if (value === undefined) return undefined;
    const number = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    const time = Number.isNaN(number) ? Number(value) : number;
    if (!Number.isFinite(time))
      throw new AppError(400, 'wrong-time', {
        en: `"${String(value).slice(0, 40)}" is not a time`,
        zh: `“${String(value).slice(0, 40)}”不是时间`,
      });
    return time * 1000;
  };
  const to = read(query['to']) ?? now;
  const from = read(query['from']) ?? clock.dayStart(to);
  if (!(from < to))
    throw new AppError(400, 'wrong-range', {
      en: 'The range ends before it begins',
      zh: '时间范围的终点早于起点',
    });
  if (to - from > daysMax * dayMicroseconds)
    throw new AppError(400, 'range-too-long', {
      en: `At most ${daysMax} days at once`,
      zh: `一次最多 ${daysMax} 天`,
    });
  return { from, to };
}

/** The place asked for, if the caller may see it. */
export function placeOf(request: AppRequest): string {
  const place = typeof request.query['place'] === 'string' ? request.query['place'] : '';
  mustSee(request, place);
  return place;
}

export function mustSee(request: AppRequest, place: string): void {
  if (!request.caller.may('read', place))
    throw new AppError(403, 'not-here', {
      en: place === '' ? 'This needs to see the whole plant' : `You may not see "${place}"`,
      zh: place === '' ? '需要全厂查看权限' : `您无权查看“${place}”`,
    });
}

export function carrierOf(query: Readonly<Record<string, unknown>>): Carrier {
  const name = query['carrier'] ?? 'electricity';
  if (typeof name !== 'string' || !(carrierNames as string[]).includes(name))
    throw new AppError(400, 'no-such-carrier', {
      en: `There is no carrier "${String(name).slice(0, 40)}"; there are ${carrierNames.join(', ')}`,
      zh: `没有能源种类“${String(name).slice(0, 40)}”，可选：${carrierNames.join('、')}`,
    });
  return name as Carrier;
}

/** Every place with meters at or below it, and what was used there of each carrier. */
export async function nodes(request: AppRequest, context: AppContext): Promise<unknown> {
  const { from, to } = rangeOf(context, request.query);
  const { meters } = await loadMeters(context, from, to);
  const tariffs = allTariffs(context.settings);
  const clock = plantClock(context.plant.timeZone);
  const places = new Set<string>(['']);
  for (const meter of meters) {
    const parts = meter.place.split('/').filter((part) => part !== '');
    for (let depth = 1; depth <= parts.length; depth++) places.add(parts.slice(0, depth).join('/'));
  }
  const list = [...places]
    .filter((place) => request.caller.may('read', place))
    .sort()
    .map((place) => {
      let cost = 0;
      let carbon = 0;
      const amounts = Object.fromEntries(
        carrierNames.flatMap((carrier) => {
          const { meters: own, quarters } = consumptionAt(meters, place, carrier);
          if (own.length === 0) return [];
          const sum = sumQuarters(quarters);
          const price = costOf(quarters, tariffs[carrier], clock);
          cost += price.energy;
          carbon += price.carbon;
          return [
            [
              carrier,
              {
                amount: sum.amount,
                returned: sum.returned,
                counts: sum.counts,
                peak: price.peak,
                cost: price.energy,
                carbon: price.carbon,
                meters: own.map((meter) => meter.id),
              },
            ],
          ];
        }),
      );
      return {
        place,
        name: place === '' ? context.plant.name : place.split('/').at(-1)!,
        amounts,
        cost,
        carbon,
        things: meters.filter((meter) => isAtOrBelow(meter.place, place)).length,
      };
    });
  return {
    from: iso(from),
    to: iso(to),
    currency: String(context.settings['currency']),
    generatedUntil: (await generatedUntil(context)) ?? null,
    nodes: list,
  };
}

export const iso = (time: Microseconds): string => new Date(time / 1000).toISOString();

/** One node's use of one carrier over time, with cost, and where the numbers come from. */
export async function consumption(request: AppRequest, context: AppContext): Promise<unknown> {
  const place = placeOf(request);
  const carrier = carrierOf(request.query);
  const { from, to } = rangeOf(context, request.query);
  const { meters } = await loadMeters(context, from, to);
  const { meters: own, quarters } = consumptionAt(meters, place, carrier);
  const clock = plantClock(context.plant.timeZone);
  const tariff = allTariffs(context.settings)[carrier];
  const by =
    request.query['by'] ??
    (to - from > 40 * dayMicroseconds ? 'day' : to - from > 4 * dayMicroseconds ? 'hour' : 'quarter');
  return {
    place,
    carrier,
    from: iso(from),
    to: iso(to),
    by,
    meters: own.map((meter) => ({ id: meter.id, title: meter.title })),
    sum: sumQuarters(quarters),
    cost: costOf(quarters, tariff, clock),
    periods: grouped(quarters, by as string, clock).map((group) => ({
      start: iso(group.start),
      amount: group.amount ?? null,
      how: group.how,
      ...(group.returned === 0 ? {} : { returned: group.returned }),
    })),
  };
}

function grouped(quarters: readonly Quarter[], by: string, clock: ReturnType<typeof plantClock>): Quarter[] {
  if (by === 'quarter') return [...quarters];
  const groups = new Map<string, Quarter[]>();
  for (const quarter of quarters) {
    const { date, minutes } = clock.parts(quarter.start);
    const key = by === 'day' ? date : `${date} ${Math.floor(minutes / 60)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [quarter]);
    else group.push(quarter);
  }
  return [...groups.values()].map((group) => {
    const { amount, returned, counts } = sumQuarters(group);
    const missing = counts.missing === group.length;
    return {
      start: group[0]!.start,
      amount: missing ? undefined : amount,
      // A day with holes is not called measured.
      how: missing
        ? 'missing'
        : counts.missing + counts.estimated > 0
          ? 'estimated'
          : counts.interpolated > 0
            ? 'interpolated'
            : 'measured',
      returned,
    };
  });
}

/** Machines that a meter measures, with what they made. */
async function runsByMeter(
  context: AppContext,
  meters: readonly Meter[],
  plant: Awaited<ReturnType<typeof loadMeters>>['plant'],
  from: Microseconds,
  to: Microseconds,
): Promise<Map<string, Run[]>> {
  const runs = new Map<string, Run[]>();
  for (const meter of meters) {
    const measures = plant.find((one) => one.id === meter.id)?.measures;
    const machine = measures === undefined ? undefined : context.things.get(measures);
    if (machine === undefined) continue;
    context.signal.throwIfAborted();
    const own = await runsOf(context, machine, from, to);
    if (own.length > 0) runs.set(meter.id, own);
  }
  return runs;
}

/** Electricity shared by shift, product or order, with energy per piece. */
export async function allocation(request: AppRequest, context: AppContext): Promise<unknown> {
  const place = placeOf(request);
  const by = String(request.query['by'] ?? 'shift');
  const { from, to } = rangeOf(context, request.query, productionDaysMax);
  const { plant, meters } = await loadMeters(context, from, to);
  const within = meters.filter((meter) => meter.carrier === 'electricity' && isAtOrBelow(meter.place, place));
  const runs = await runsByMeter(context, within, plant, from, to);
  const { shifts, problems } = shiftsOf(context.settings);
  let shares: Share[];
  if (by === 'shift') {
    const all = [...runs.values()].flat();
    shares = byShift(
      consumptionAt(meters, place, 'electricity').quarters,
      shifts,
      plantClock(context.plant.timeZone),
      all,
    );
  } else {
    shares = addShares(
      within
        .filter((meter) => runs.has(meter.id))
        .map((meter) => (by === 'order' ? byOrder : byProduct)(meter.quarters, runs.get(meter.id)!)),
    );
  }
  return {
    place,
    by,
    from: iso(from),
    to: iso(to),
    problems,
    shares: shares
      .map(({ microseconds, perPiece, ...one }) => ({
        ...one,
        titles: shifts.find((shift) => by === 'shift' && shift.id === one.key)?.title ?? {
          en: one.key,
          zh: one.key,
        },
        hours: microseconds / 3.6e9,
        pieces: Math.round(one.pieces),
        perPiece: perPiece ?? null,
      }))
      .sort((a, b) => b.amount - a.amount),
    machines: within
      .filter((meter) => runs.has(meter.id))
      .map((meter) => {
        const made = Math.round(runs.get(meter.id)!.reduce((sum, run) => sum + run.pieces, 0));
        const { amount } = sumQuarters(meter.quarters);
        return {
          meter: meter.id,
          title: meter.title,
          place: meter.place,
          amount,
          pieces: made,
          perPiece: made > 0 ? amount / made : null,
        };
      }),
  };
}

export async function balance(request: AppRequest, context: AppContext): Promise<unknown> {
  mustSee(request, '');
  const { from, to } = rangeOf(context, request.query);
  const { plant, meters } = await loadMeters(context, from, to);
  const titles = new Map(plant.map((meter) => [meter.id, meter.titles]));
  return {
    from: iso(from),
    to: iso(to),
    rings: ringsOf(meters),
    balances: balancesOf(meters, Number(context.settings['lossPercent'])).map((one) => ({
      ...one,
      titles: titles.get(one.meter),
      parts: one.parts.map((part) => ({ ...part, titles: titles.get(part.meter) })),
      withoutMeter: withoutMeter(meters, one.meter, Number(context.settings['lossPercent'])),
    })),
  };
}

/** What a consumer without a meter behind this one used, as far as the meters around it tell. */
function withoutMeter(
  meters: readonly Meter[],
  id: string,
  lossPercent: number,
): { amount: number; uncertainty: number } {
  const parent = meters.find((meter) => meter.id === id)!;
  const others = meters.filter((meter) => meter.behind === id && meter.carrier === parent.carrier);
  const { amount, uncertainty } = estimateMissingMeter(parent, others, lossPercent);
  return { amount, uncertainty };
}

/** Figures of properties are read in spans of half an hour: days of any time zone begin on one. */
const driverSpan = 1_800_000_000;

/** A driver's spans by the day they are in, in order. */
async function driverSpans(
  context: AppContext,
  { thing, property }: Driver,
  from: Microseconds,
  to: Microseconds,
): Promise<(from: Microseconds, to: Microseconds) => DriverSpan[]> {
  const columns = await context.history.spans([{ thing, property }], from, to, driverSpan);
  const spans = Array.from({ length: columns.count }, (_, row) => ({
    start: columns.start[row]!,
    count: columns.numbers[row]!,
    total: columns.total[row]!,
    least: columns.least[row]!,
    most: columns.greatest[row]!,
    first: columns.first[row]!,
    last: columns.last[row]!,
  })).sort((a, b) => a.start - b.start);
  return (begin, end) => spans.filter((span) => span.start >= begin && span.start < end);
}

/**
 * Energy, pieces, whether it was a working day by the factory's calendar, and the drivers named by the settings, of each plant day in a range:
 * what a baseline can be made of. Only drivers in `wanted` are read.
 */
export async function dailyDrivers(
  context: AppContext,
  place: string,
  from: Microseconds,
  to: Microseconds,
  wanted: readonly string[],
): Promise<{ label: string; energy: number; drivers: Record<string, number> }[]> {
  const clock = plantClock(context.plant.timeZone);
  const { plant, meters } = await loadMeters(context, from, to);
  const { quarters } = consumptionAt(meters, place, 'electricity');
  const kept = await context.records.query<{ label: string; drivers: Record<string, number> }>(
    `SELECT key AS label, value AS drivers FROM energy_documents, jsonb_each(document) WHERE id = $1`,
    [`drivers ${place}`],
  );
  const known = new Map(kept.map((row) => [row.label, row.drivers]));
  const machines = plant.flatMap((meter) => {
    const machine = meter.measures === undefined ? undefined : context.things.get(meter.measures);
    return machine !== undefined &&
      isAtOrBelow(meter.place, place) &&
      Object.hasOwn(machine.description.properties ?? {}, 'pieces')
      ? [machine]
      : [];
  });
  const days: { label: string; energy: number; drivers: Record<string, number> }[] = [];
  const pieces =
    machines.length === 0 || !wanted.includes('pieces')
      ? undefined
      : await Promise.all(
          machines.map((machine) => counted(context, machine.id, 'pieces', from, to, driverSpan)),
        );
  const calendar = await factoryCalendar(context);
  const drivers = readDrivers(String(context.settings['drivers'] ?? '')).drivers.filter((driver) =>
    wanted.includes(driver.name),
  );
  const spansOf = await Promise.all(drivers.map((driver) => driverSpans(context, driver, from, to)));
  for (let day = clock.dayStart(from); day < to; day = nextDay(clock, day)) {
    const end = nextDay(clock, day);
    if (day < from || end > to) continue;
    const own = quarters.filter((quarter) => quarter.start >= day && quarter.start < end);
    const { amount, counts } = sumQuarters(own);
    // A day with more than an hour unknown would be a saving that nobody made.
    if (counts.missing > 4) continue;
    const label = clock.parts(day).date;
    const { weekday } = clock.parts(day);
    days.push({
      label,
      energy: amount,
      drivers: {
        'working day': isWorkingDay(calendar, label, weekday) ? 1 : 0,
        ...Object.fromEntries(
          drivers.map((driver, at) => [
            driver.name,
            driverOfDay(driver, spansOf[at]!(day, end), (end - day) / driverSpan),
          ]),
        ),
        ...(pieces === undefined
          ? {}
          : {
              pieces: Math.max(
                0,
                Math.round(pieces.reduce((sum, count) => sum + count(end) - count(day), 0)),
              ),
            }),
        ...known.get(label),
      },
    });
  }
  return days;
}
