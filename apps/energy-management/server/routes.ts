import type { Route } from '@millrace/contract';
import { type TSchema, Type } from 'typebox';
import { carrierNames, provenances } from '../model/index.ts';
import { importBytesMax } from './tables.ts';

/** Routes of the application below `/api/apps/energy-management`. */
const text = (description: string): TSchema => Type.Optional(Type.String({ description, maxLength: 1024 }));
const range = {
  from: text('RFC 3339, or epoch milliseconds. Default: the beginning of the plant day of `to`.'),
  to: text('Likewise. Default: now.'),
};
const place = { place: text('ISA-95 path; default the whole plant.') };
const carrier = { carrier: text(`One of ${carrierNames.join(', ')}. Default electricity.`) };
const Words = Type.Object({ en: Type.String(), zh: Type.String() });
const How = Type.Union(provenances.map((how) => Type.Literal(how)));
const Counts = Type.Record(Type.String(), Type.Integer());
const Cost = Type.Object({
  currency: Type.String(),
  energy: Type.Number(),
  demand: Type.Number(),
  standing: Type.Number(),
  periods: Type.Array(
    Type.Object({ id: Type.String(), title: Words, amount: Type.Number(), cost: Type.Number() }),
  ),
  unpriced: Type.Number({ description: 'Used in hours without a price: in no cost.' }),
  peak: Type.Number(),
  carbon: Type.Number(),
});
const CalendarDay = Type.Object({
  date: Type.String(),
  kind: Type.Union([Type.Literal('closed'), Type.Literal('working')]),
  title: Type.String(),
  from: Type.Optional(Type.String({ description: 'setting or import' })),
});
const Calendar = Type.Object({ days: Type.Array(CalendarDay), problems: Type.Array(Words) });
const see = { may: 'read', at: 'some' } as const;
const set = { may: 'configure', at: 'some' } as const;
const run = { may: 'operate', at: 'some' } as const;
const Numbers = Type.Array(Type.Union([Type.Number(), Type.Null()]));

export const energyRoutes = {
  nodes: {
    method: 'GET',
    path: '/nodes',
    tag: '',
    access: see,
    summary: 'Use, cost and emissions of every place with meters, by carrier.',
    query: Type.Object(range),
    responses: {
      200: Type.Object({
        from: Type.String(),
        to: Type.String(),
        currency: Type.String(),
        generatedUntil: Type.Union([Type.String(), Type.Null()], {
          description: 'Amounts before it were made up by a demo plant; null: none were.',
        }),
        nodes: Type.Array(
          Type.Object({
            place: Type.String(),
            name: Type.String(),
            cost: Type.Number(),
            carbon: Type.Number(),
            things: Type.Integer(),
            amounts: Type.Record(
              Type.String(),
              Type.Object({
                amount: Type.Number(),
                returned: Type.Number(),
                counts: Counts,
                peak: Type.Number(),
                cost: Type.Number(),
                carbon: Type.Number(),
                meters: Type.Array(Type.String()),
              }),
            ),
          }),
        ),
      }),
    },
  },
  consumption: {
    method: 'GET',
    path: '/consumption',
    tag: '',
    access: see,
    summary: 'Use of one carrier at one place over time, its cost, and how each amount came to be.',
    query: Type.Object({ ...range, ...place, ...carrier, by: text('quarter, hour or day.') }),
    responses: {
      200: Type.Object({
        place: Type.String(),
        carrier: Type.String(),
        from: Type.String(),
        to: Type.String(),
        by: Type.String(),
        meters: Type.Array(Type.Object({ id: Type.String(), title: Type.String() })),
        sum: Type.Object({ amount: Type.Number(), returned: Type.Number(), counts: Counts }),
        cost: Cost,
        periods: Type.Array(
          Type.Object({
            start: Type.String(),
            amount: Type.Union([Type.Number(), Type.Null()]),
            how: How,
            returned: Type.Optional(Type.Number()),
          }),
        ),
      }),
    },
  },
  allocation: {
    method: 'GET',
    path: '/allocation',
    tag: '',
    access: see,
    summary: 'Electricity by shift, product or order, and per piece; at most 31 days.',
    query: Type.Object({ ...range, ...place, by: text('shift, product or order.') }),
    responses: { 200: Type.Any() },
  },
  balance: {
    method: 'GET',
    path: '/balance',
    tag: '',
    access: see,
    summary: 'Meters against those behind them, with what is not metered and its uncertainty.',
    query: Type.Object(range),
    responses: { 200: Type.Any() },
  },
  meters: {
    method: 'GET',
    path: '/meters',
    tag: '',
    access: see,
    summary: 'Meters found, what was said of them, and what their counters did.',
    query: Type.Object(range),
    responses: { 200: Type.Any() },
  },
  putMeter: {
    method: 'PUT',
    path: '/meters/{meter}',
    tag: '',
    access: set,
    summary:
      'Say of a meter what its description does not: register width, swap, the meter above, accuracy class.',
    body: Type.Object(
      {
        ignored: Type.Optional(Type.Boolean()),
        behind: Type.Optional(Type.String({ maxLength: 256 })),
        rollsOverAt: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
        perHourMax: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
        classPercent: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 20 })),
        swaps: Type.Optional(
          Type.Array(
            Type.Object({ time: Type.Number(), lastOfOld: Type.Number(), firstOfNew: Type.Number() }),
            { maxItems: 100 },
          ),
        ),
      },
      { additionalProperties: false },
    ),
    responses: { 200: Type.Any() },
  },
  events: {
    method: 'GET',
    path: '/events',
    tag: '',
    access: see,
    summary: 'What counters did other than count on: resets, roll-overs, swaps, gaps, running backwards.',
    query: Type.Object({ ...range, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 5000 })) }),
    responses: { 200: Type.Any() },
  },
  forecast: {
    method: 'GET',
    path: '/forecast',
    tag: '',
    access: see,
    summary: 'Forecast of a day by quarter-hour with its interval, what really came, and the error so far.',
    query: Type.Object({ day: text('YYYY-MM-DD in plant time; default the latest there is.') }),
    responses: {
      200: Type.Object({
        days: Type.Array(Type.String()),
        forecast: Type.Union([
          Type.Null(),
          Type.Object({
            date: Type.String(),
            issued: Type.Number(),
            method: Type.String(),
            trainedDays: Type.Integer(),
            point: Numbers,
            lower: Numbers,
            upper: Numbers,
            naive: Numbers,
            expected: Type.Optional(Type.Any()),
          }),
        ]),
        generatedUntil: Type.Union([Type.String(), Type.Null()], {
          description: 'Amounts before it were made up by a demo plant; null: none were.',
        }),
        calendarDay: Type.Union([CalendarDay, Type.Null()], {
          description: 'What the factory calendar says of the day; null: its weekday decides.',
        }),
        actual: Numbers,
        error: Type.Any(),
      }),
    },
  },
  loads: {
    method: 'GET',
    path: '/loads',
    tag: '',
    access: see,
    summary: 'Loads that can be moved, and storages.',
    responses: { 200: Type.Array(Type.Any()) },
  },
  putLoads: {
    method: 'PUT',
    path: '/loads',
    tag: '',
    access: set,
    summary: 'Replace the loads and storages.',
    body: Type.Array(Type.Any(), { maxItems: 50 }),
    responses: { 200: Type.Array(Type.Any()) },
  },
  plans: {
    method: 'GET',
    path: '/plans',
    tag: '',
    access: see,
    summary: 'Plans, newest first.',
    query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })) }),
    responses: { 200: Type.Array(Type.Any()) },
  },
  makePlan: {
    method: 'POST',
    path: '/plans',
    tag: '',
    access: run,
    summary: 'Make the plan of a day from its forecast, to be approved.',
    body: Type.Object({ day: Type.String({ maxLength: 10 }) }),
    responses: { 201: Type.Any() },
  },
  approvePlan: {
    method: 'POST',
    path: '/plans/{plan}/approve',
    tag: '',
    access: run,
    summary: 'Approve a plan: its commands are given in your name, at their time.',
    responses: { 200: Type.Any() },
  },
  rejectPlan: {
    method: 'POST',
    path: '/plans/{plan}/reject',
    tag: '',
    access: run,
    summary: 'Decide against a plan.',
    responses: { 200: Type.Any() },
  },
  undoPlan: {
    method: 'POST',
    path: '/plans/{plan}/undo',
    tag: '',
    access: run,
    summary: 'Undo a plan: what waits is cancelled, what was set is set back.',
    responses: { 200: Type.Any() },
  },
  findings: {
    method: 'GET',
    path: '/findings',
    tag: '',
    access: see,
    summary: 'Standby and abnormal use: which machine, since when, what it costs.',
    responses: { 200: Type.Any() },
  },
  dismissFinding: {
    method: 'POST',
    path: '/findings/dismiss',
    tag: '',
    access: run,
    summary: 'Put a finding aside, or take it up again.',
    body: Type.Object({ key: Type.String({ maxLength: 512 }), dismissed: Type.Boolean() }),
    responses: { 200: Type.Any() },
  },
  tariff: {
    method: 'GET',
    path: '/tariff',
    tag: '',
    access: see,
    summary: 'Tariffs and carbon factors as read from the settings, with gaps and overlaps named.',
    responses: { 200: Type.Any() },
  },
  baselines: {
    method: 'GET',
    path: '/baselines',
    tag: '',
    access: see,
    summary: 'Baselines with their model and fit, and the indicators and savings since.',
    responses: { 200: Type.Any() },
  },
  drivers: {
    method: 'GET',
    path: '/drivers',
    tag: '',
    access: see,
    summary: 'Drivers that a baseline may have: pieces, working day, and those of the settings.',
    responses: { 200: Type.Any() },
  },
  calendar: {
    method: 'GET',
    path: '/calendar',
    tag: '',
    access: see,
    summary:
      'The factory calendar: closed days and weekend days that are worked, from the setting and an import.',
    responses: { 200: Calendar },
  },
  importCalendar: {
    method: 'POST',
    path: '/calendar.csv',
    tag: '',
    access: set,
    summary:
      'Replace the imported days by a table of holidays: date, name, and where it is published so, isOffDay. An empty one removes them.',
    bodyTypes: ['text/csv'],
    bodyBytesMax: 1_048_576,
    responses: { 200: Calendar },
  },
  putBaseline: {
    method: 'PUT',
    path: '/baselines/{baseline}',
    tag: '',
    access: set,
    summary: 'Make or change a baseline: place, period, drivers.',
    body: Type.Object({
      title: Type.String({ minLength: 1, maxLength: 100 }),
      place: Type.String({ maxLength: 1024 }),
      from: Type.String({ maxLength: 10 }),
      to: Type.String({ maxLength: 10 }),
      drivers: Type.Array(Type.String({ maxLength: 100 }), { maxItems: 8 }),
    }),
    responses: { 200: Type.Any() },
  },
  deleteBaseline: {
    method: 'DELETE',
    path: '/baselines/{baseline}',
    tag: '',
    access: set,
    summary: 'Remove a baseline.',
    responses: { 204: undefined },
  },
  exportQuarters: {
    method: 'GET',
    path: '/quarters.csv',
    tag: '',
    access: see,
    summary: 'Quarter-hours of all meters as CSV.',
    query: Type.Object({ ...range, ...place }),
    responses: { 200: undefined },
    produces: 'text/csv',
  },
  importQuarters: {
    method: 'POST',
    path: '/quarters.csv',
    tag: '',
    access: set,
    summary: 'Quarter-hours from CSV, for the time before the platform came or a meter read by hand.',
    bodyTypes: ['text/csv'],
    bodyBytesMax: importBytesMax,
    responses: { 200: Type.Any() },
  },
  report: {
    method: 'GET',
    path: '/report.pdf',
    tag: '',
    access: see,
    summary: 'The report of a month as PDF.',
    query: Type.Object({
      month: text('YYYY-MM; default the last whole month.'),
      language: text('en or zh.'),
    }),
    responses: { 200: undefined },
    produces: 'application/pdf',
  },
} as const satisfies Record<string, Route>;
