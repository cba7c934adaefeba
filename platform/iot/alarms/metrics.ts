import { type Alarm, type AlarmMetrics, formatInstant, type Microseconds } from '@millrace/contract';
import { type AlarmRecord, stateOf } from './life-cycle.ts';
import { showAlarm } from './queries.ts';

const tenMinutes = 600_000_000;
/** EEMUA 191: more than ten alarms in ten minutes for one operator is a flood. */
const floodPerTenMinutes = 10;
/** An alarm that has stood for longer is standing (ISA-18.2, 16.4). */
const standingMicroseconds = 24 * 3_600_000_000;
/** Three of the same within a minute chatter; as many in ten minutes is what is looked for here. */
const chatterInTenMinutes = 5;
const listed = 10;
const spansMax = 1008;

/** Figures after EEMUA 191 and ISA-18.2 (clause 16) of the alarms raised in a range. `raised`: by time, ascending. */
export function alarmMetrics(
  raised: readonly AlarmRecord[],
  open: readonly AlarmRecord[],
  range: { from: Microseconds; to: Microseconds },
  operators: number,
  unjudged: number,
  now: Microseconds,
): AlarmMetrics {
  const to = Math.min(range.to, now);
  const from = Math.min(range.from, to);
  const told = raised.filter((alarm) => alarm.held === undefined || alarm.held.kind === 'shelved');
  const windows = Math.max(1, Math.ceil((to - from) / tenMinutes));
  const perWindow = new Map<number, number>();
  for (const alarm of told) {
    const window = Math.floor((alarm.time - from) / tenMinutes);
    perWindow.set(window, (perWindow.get(window) ?? 0) + 1);
  }
  const floodWindows = [...perWindow]
    .filter(([, count]) => count / operators > floodPerTenMinutes)
    .map(([window]) => window);
  floodWindows.sort((a, b) => a - b);
  const floods: AlarmMetrics['floods'] = [];
  for (let index = 0; index < floodWindows.length; ) {
    let end = index;
    while (floodWindows[end + 1] === floodWindows[end]! + 1) end++;
    const begin = from + floodWindows[index]! * tenMinutes;
    const finish = from + (floodWindows[end]! + 1) * tenMinutes;
    const within = told.filter((alarm) => alarm.time >= begin && alarm.time < finish);
    floods.push({
      from: formatInstant(begin),
      to: formatInstant(finish),
      count: within.length,
      ...(within[0] === undefined ? {} : { first: showAlarm(within[0]) }),
    });
    index = end + 1;
  }
  const span = Math.max(tenMinutes, Math.ceil((to - from) / spansMax / tenMinutes) * tenMinutes);
  const rate = new Map<number, number>();
  for (const alarm of told) {
    const at = Math.floor((alarm.time - from) / span);
    rate.set(at, (rate.get(at) ?? 0) + 1);
  }
  const spans = Math.max(1, Math.ceil((to - from) / span));
  const pairs = new Map<string, AlarmRecord[]>();
  for (const alarm of told) {
    const key = `${alarm.rule}\n${alarm.thing}`;
    const list = pairs.get(key);
    if (list === undefined) pairs.set(key, [alarm]);
    else list.push(alarm);
  }
  const most = [...pairs.values()].sort((a, b) => b.length - a.length);
  const chattering = most
    .map((alarms) => ({ alarms, worst: worstIn(alarms, tenMinutes) }))
    .filter(({ worst }) => worst >= chatterInTenMinutes)
    .sort((a, b) => b.worst - a.worst);
  const standing = open
    .filter((alarm) => alarm.active && alarm.held === undefined && now - alarm.raised > standingMicroseconds)
    .sort((a, b) => a.raised - b.raised);
  const priorities: Record<string, number> = { urgent: 0, high: 0, medium: 0, low: 0 };
  for (const alarm of told) priorities[alarm.priority] = (priorities[alarm.priority] ?? 0) + 1;
  const waits = told
    .flatMap((alarm) =>
      alarm.acknowledged === undefined ? [] : [(alarm.acknowledged.time - alarm.raised) / 1e6],
    )
    .sort((a, b) => a - b);
  const held = (state: string): number => open.filter((alarm) => stateOf(alarm) === state).length;
  return {
    from: formatInstant(from),
    to: formatInstant(to),
    total: told.length,
    operators,
    averagePerTenMinutes: told.length / windows / operators,
    peakPerTenMinutes: Math.max(0, ...perWindow.values()),
    floodPercent: (floodWindows.length / windows) * 100,
    rate: Array.from({ length: Math.min(spans, spansMax) }, (_, at) => ({
      time: formatInstant(from + at * span),
      count: rate.get(at) ?? 0,
    })),
    rateSpanSeconds: span / 1e6,
    floods: floods.sort((a, b) => b.count - a.count).slice(0, listed),
    standing: standing.slice(0, listed).map(showAlarm),
    standingCount: standing.length,
    chattering: chattering.slice(0, listed).map(({ alarms, worst }) => ({
      ...named(alarms.at(-1)!),
      worstInTenMinutes: worst,
      count: alarms.length,
    })),
    top: most.slice(0, listed).map((alarms) => ({
      ...named(alarms.at(-1)!),
      count: alarms.length,
      percent: (alarms.length / told.length) * 100,
    })),
    priorities,
    shelved: held('shelved'),
    suppressed: held('suppressed'),
    outOfService: held('out-of-service'),
    unjudged,
    ...(waits.length === 0 ? {} : { secondsToAcknowledge: waits[Math.floor(waits.length / 2)]! }),
  };
}

/** The most of them within any stretch of so long. */
function worstIn(alarms: readonly AlarmRecord[], microseconds: Microseconds): number {
  let worst = 0;
  let begin = 0;
  for (let end = 0; end < alarms.length; end++) {
    while (alarms[end]!.time - alarms[begin]!.time > microseconds) begin++;
    worst = Math.max(worst, end - begin + 1);
  }
  return worst;
}

function named({
  rule,
  thing,
  said,
}: AlarmRecord): Pick<Alarm, 'rule' | 'title' | 'titles' | 'thing' | 'thingTitle' | 'thingTitles'> {
  const { title, titles, thingTitle, thingTitles } = said;
  return {
    rule,
    thing,
    title,
    thingTitle,
    ...(titles === undefined ? {} : { titles }),
    ...(thingTitles === undefined ? {} : { thingTitles }),
  };
}
