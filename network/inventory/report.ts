import { type FlowReport, formatInstant, type Microseconds, type NetworkReport } from '@millrace/contract';
import type { Flows } from './flows.ts';
import { hour, type JudgedRecords, type Line } from './judged-records.ts';
import { csvLine } from './spreadsheet.ts';
import type { Terminals } from './terminals.ts';

const worstHoursShown = 10;

/** The instants at which a month of the plant's calendar begins and ends. */
export function monthOf(month: string, timeZone: string): { from: Microseconds; to: Microseconds } {
  const [year = 1970, number = 1] = month.split('-').map(Number);
  return { from: localMidnight(year, number, timeZone), to: localMidnight(year, number + 1, timeZone) };
}

export function monthNow(now: Microseconds, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
  }).formatToParts(now / 1000);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}`;
}

function localMidnight(year: number, month: number, timeZone: string): Microseconds {
  const wanted = Date.UTC(year, month - 1, 1);
  const offset = (at: number): number => {
    const text = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }).formatToParts(at);
    const part = (type: string): number => Number(text.find((one) => one.type === type)?.value);
    return (
      Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) -
      at
    );
  };
  // The offset at the first guess may be that of the other side of a change of the clocks.
  const guess = wanted - offset(wanted);
  return (wanted - offset(guess)) * 1000;
}

interface Sum {
  met: number;
  violated: number;
  undecided: number;
  downSeconds: number;
  downEvents: number;
  upSeconds: number;
  observed: number;
}
const noSum = (): Sum => ({
  met: 0,
  violated: 0,
  undecided: 0,
  downSeconds: 0,
  downEvents: 0,
  upSeconds: 0,
  observed: 0,
});

function add(sum: Sum, line: Line): void {
  const at = (index: number): number => Number(line[index] ?? 0);
  const judged = at(9) + at(10) + at(11);
  sum.met += at(9);
  sum.violated += at(10);
  sum.undecided += at(11);
  sum.downSeconds += at(7);
  sum.downEvents += at(8);
  const share = line[6];
  if (typeof share === 'number') {
    sum.observed += judged;
    sum.upSeconds += judged * share;
  }
}

const shareOf = (part: number, of: number): number => Math.min(1, Math.max(0, part / of));

function figures(sum: Sum) {
  const judged = sum.met + sum.violated + sum.undecided;
  return {
    judgedHours: Math.round((judged / 3600) * 100) / 100,
    ...(judged === 0 ? {} : { metShare: shareOf(sum.met, judged) }),
    ...(sum.observed === 0 ? {} : { availability: shareOf(sum.upSeconds, sum.observed) }),
    downEvents: sum.downEvents,
    downSeconds: Math.round(sum.downSeconds * 1000) / 1000,
  };
}

export interface ReportSources {
  flows: Flows;
  terminals: Terminals;
  records: JudgedRecords;
  now: Microseconds;
  timeZone: string;
  may(place: string): boolean;
}

/** Service levels of a month from its hours. Availability is that of TS 22.104: share of the observed time in which the service was up. */
export async function monthlyReport(month: string, sources: ReportSources): Promise<NetworkReport> {
  const { flows, terminals, records, now, may } = sources;
  const { from, to } = monthOf(month, sources.timeZone);
  const byFlow = new Map<
    string,
    { sum: Sum; byTerminal: Map<string, Sum>; worst: FlowReport['worstHours'] }
  >();
  for await (const { start, lines } of records.hours(from - (from % hour), to)) {
    for (const [key, line] of Object.entries(lines)) {
      const [flow = '', terminal = ''] = key.split(' ');
      const record = terminals.get(terminal);
      // Of one that is gone nobody knows where it was: who sees the plant sees it.
      if (!may(record?.place ?? '')) continue;
      let entry = byFlow.get(flow);
      if (entry === undefined) byFlow.set(flow, (entry = { sum: noSum(), byTerminal: new Map(), worst: [] }));
      add(entry.sum, line);
      let own = entry.byTerminal.get(terminal);
      if (own === undefined) entry.byTerminal.set(terminal, (own = noSum()));
      add(own, line);
      const judged = Number(line[9] ?? 0) + Number(line[10] ?? 0) + Number(line[11] ?? 0);
      const violatedShare = judged === 0 ? 0 : shareOf(Number(line[10] ?? 0), judged);
      const downSeconds = Number(line[7] ?? 0);
      if (violatedShare > 0 || downSeconds > 0) {
        entry.worst.push({
          from: formatInstant(start),
          terminal,
          terminalTitle: record?.input.title ?? terminal,
          violatedShare,
          downSeconds,
        });
        entry.worst.sort((a, b) => b.violatedShare - a.violatedShare || b.downSeconds - a.downSeconds);
        entry.worst.length = Math.min(entry.worst.length, worstHoursShown);
      }
    }
  }
  const incidents = new Map<string, number>();
  for (const incident of await records.incidents({ from, to, limit: 100_000 }))
    if (may(terminals.get(incident.terminal)?.place ?? ''))
      incidents.set(incident.flow, (incidents.get(incident.flow) ?? 0) + 1);
  const shown: FlowReport[] = [];
  for (const flow of flows.all()) {
    const entry = byFlow.get(flow.id);
    const sum = entry?.sum ?? noSum();
    const judged = sum.met + sum.violated + sum.undecided;
    const upHours = sum.upSeconds / 3600;
    shown.push({
      flow: flow.id,
      title: { ...flow.input.title },
      ...(flow.app === undefined ? {} : { app: flow.app }),
      ...(flow.appTitle === undefined ? {} : { appTitle: { ...flow.appTitle } }),
      terminals: entry?.byTerminal.size ?? 0,
      ...figures(sum),
      ...(judged === 0
        ? {}
        : { violatedShare: shareOf(sum.violated, judged), undecidedShare: shareOf(sum.undecided, judged) }),
      ...(sum.downEvents === 0 ? {} : { mtbfHours: Math.round((upHours / sum.downEvents) * 1000) / 1000 }),
      incidents: incidents.get(flow.id) ?? 0,
      worstHours: entry?.worst ?? [],
      byTerminal: [...(entry?.byTerminal ?? [])]
        .map(([terminal, own]) => ({
          terminal,
          title: terminals.get(terminal)?.input.title ?? terminal,
          ...figures(own),
        }))
        .sort((a, b) => (a.metShare ?? 2) - (b.metShare ?? 2)),
    });
  }
  return { month, from: formatInstant(from), to: formatInstant(to), complete: to <= now, flows: shown };
}

/** One line a flow and terminal, and one for all of a flow. */
export function reportCsv(report: NetworkReport): string {
  const lines = [
    'month,flow,title,title_zh,terminal,terminal_title,judged_hours,met_share,violated_share,undecided_share,availability,down_events,down_seconds,mtbf_hours,incidents',
  ];
  for (const flow of report.flows) {
    const common = [report.month, flow.flow, flow.title.en, flow.title.zh];
    lines.push(
      csvLine([
        ...common,
        '',
        '',
        flow.judgedHours,
        flow.metShare,
        flow.violatedShare,
        flow.undecidedShare,
        flow.availability,
        flow.downEvents,
        flow.downSeconds,
        flow.mtbfHours,
        flow.incidents,
      ]),
    );
    for (const one of flow.byTerminal)
      lines.push(
        csvLine([
          ...common,
          one.terminal,
          one.title,
          one.judgedHours,
          one.metShare,
          '',
          '',
          one.availability,
          one.downEvents,
          one.downSeconds,
          '',
          '',
        ]),
      );
  }
  return `\uFEFF${lines.join('\r\n')}\r\n`;
}
