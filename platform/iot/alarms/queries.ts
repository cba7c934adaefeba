import { type Alarm, type AlarmEntry, formatInstant, type Microseconds } from '@millrace/contract';
import type { RecordStore, RecordValue } from '@millrace/sdk';
import { type AlarmRecord, stateOf } from './life-cycle.ts';

/** An alarm in the API's form. */
export function showAlarm(alarm: AlarmRecord): Alarm {
  const { said, acknowledged, held, unjudged, returned } = alarm;
  return {
    id: alarm.id,
    rule: alarm.rule,
    thing: alarm.thing,
    place: alarm.place,
    priority: alarm.priority,
    state: stateOf(alarm),
    active: alarm.active,
    time: formatInstant(alarm.time),
    raised: formatInstant(alarm.raised),
    changed: formatInstant(alarm.changed),
    ...said,
    ...(returned === undefined ? {} : { returned: formatInstant(returned) }),
    ...(acknowledged === undefined
      ? {}
      : { acknowledged: { by: acknowledged.by, time: formatInstant(acknowledged.time) } }),
    ...(held === undefined
      ? {}
      : {
          held: {
            by: held.by,
            reason: held.reason,
            since: formatInstant(held.since),
            ...(held.until === undefined ? {} : { until: formatInstant(held.until) }),
          },
        }),
    ...(unjudged === undefined
      ? {}
      : { unjudged: { because: unjudged.because, since: formatInstant(unjudged.since) } }),
    group: alarm.group,
    comments: alarm.comments,
  };
}

export interface HistoryFilter {
  from: Microseconds;
  to: Microseconds;
  /** Places the caller may read, as prefixes; the empty one is the plant. */
  places: readonly string[];
  place?: string | undefined;
  priorities?: readonly string[] | undefined;
  states?: readonly string[] | undefined;
  thing?: string | undefined;
  rule?: string | undefined;
  text?: string | undefined;
}

/** The alarms raised in a range, newest first. */
export async function history(
  records: RecordStore,
  filter: HistoryFilter,
  offset: number,
  limit: number,
): Promise<{ total: number; alarms: AlarmRecord[] }> {
  const parameters: RecordValue[] = [filter.from, filter.to];
  const where = ['time >= $1', 'time < $2'];
  const add = (sql: (at: string) => string, value: RecordValue): void => {
    parameters.push(value);
    where.push(sql(`$${parameters.length}`));
  };
  const under = (at: string): string => `(${at} = '' OR place = ${at} OR starts_with(place, ${at} || '/'))`;
  if (!filter.places.includes(''))
    add(
      (at) => `EXISTS (SELECT 1 FROM unnest(${at}::text[]) AS p(root) WHERE ${under('p.root')})`,
      [...filter.places],
    );
  if (filter.place !== undefined) add((at) => under(`${at}::text`), filter.place);
  if (filter.priorities !== undefined) add((at) => `priority = ANY(${at}::text[])`, [...filter.priorities]);
  if (filter.states !== undefined) add((at) => `state = ANY(${at}::text[])`, [...filter.states]);
  if (filter.thing !== undefined) add((at) => `thing = ${at}`, filter.thing);
  if (filter.rule !== undefined) add((at) => `rule = ${at}`, filter.rule);
  if (filter.text !== undefined) add((at) => `strpos(lower(title), lower(${at})) > 0`, filter.text);
  const condition = where.join(' AND ');
  const [count] = await records.query<{ total: number }>(
    `SELECT count(*)::int AS total FROM alarms WHERE ${condition}`,
    parameters,
  );
  const rows = await records.query<{ record: AlarmRecord }>(
    `SELECT record FROM alarms WHERE ${condition} ORDER BY time DESC, id LIMIT ${Math.trunc(limit)} OFFSET ${Math.trunc(offset)}`,
    parameters,
  );
  return { total: count?.total ?? 0, alarms: rows.map((row) => row.record) };
}

export async function alarmById(records: RecordStore, id: string): Promise<AlarmRecord | undefined> {
  const [row] = await records.query<{ record: AlarmRecord }>('SELECT record FROM alarms WHERE id = $1', [id]);
  return row?.record;
}

/** Members of a group, by sample time: the first is the first cause. */
export async function groupOf(records: RecordStore, group: string): Promise<AlarmRecord[]> {
  const rows = await records.query<{ record: AlarmRecord }>(
    'SELECT record FROM alarms WHERE grp = $1 ORDER BY time, raised, id LIMIT 1000',
    [group],
  );
  return rows.map((row) => row.record);
}

export async function journalOf(records: RecordStore, id: string): Promise<AlarmEntry[]> {
  const rows = await records.query<{ time: string; what: string; by_whom: string; text: string }>(
    'SELECT time::text AS time, what, by_whom, text FROM alarm_entries WHERE alarm = $1 ORDER BY n LIMIT 10000',
    [id],
  );
  return rows.map((row) => ({
    time: formatInstant(Number(row.time)),
    what: row.what,
    by: row.by_whom,
    text: row.text,
  }));
}

/** CSV after RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe in front. */
export function alarmsCsv(alarms: readonly AlarmRecord[]): string {
  const cell = (value: unknown): string => {
    let text = value === undefined || value === null ? '' : String(value);
    if (/^[=+\-@\t\r]/.test(text)) text = `'${text}`;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const head = [
    'time',
    'raised',
    'priority',
    'state',
    'title',
    'thing',
    'thing title',
    'place',
    'acknowledged by',
    'acknowledged',
    'returned',
    'cause',
    'rule',
    'id',
  ];
  const lines = alarms.map((record) => {
    const alarm = showAlarm(record);
    return [
      alarm.time,
      alarm.raised,
      alarm.priority,
      alarm.state,
      alarm.title,
      alarm.thing,
      alarm.thingTitle,
      alarm.place,
      alarm.acknowledged?.by,
      alarm.acknowledged?.time,
      alarm.returned,
      alarm.cause.map((one) => `${one.property}=${JSON.stringify(one.value)}`).join(' '),
      alarm.rule,
      alarm.id,
    ]
      .map(cell)
      .join(',');
  });
  return `${[head.join(','), ...lines].join('\r\n')}\r\n`;
}
