import type { LocalText } from '@millrace/contract';
import type { AppContext } from '@millrace/sdk';
import type { Finding, MachinePower } from '../model/index.ts';
import type { FindingsInput } from './computations.ts';
import { Ledger } from './ledger.ts';
import { findMeters, titlesOf } from './meters.ts';
import { activityOf } from './production.ts';
import { tariffOf } from './settings.ts';

const dayMicroseconds = 86_400_000_000;
const searchDays = 14;
const spanMicroseconds = 300_000_000;

export interface StoredFinding extends Finding {
  key: string;
  titles: LocalText;
  found: number;
  dismissedBy: string | undefined;
}

/**
 * Looks for standby, use while off, and levels that moved, on every machine with an electricity meter of its own; what was found stays
 * under its machine and kind, what is no longer found goes.
 */
export async function searchFindings(
  context: AppContext,
  progress: (share: number, step: string) => void,
): Promise<number> {
  const ledger = new Ledger(context.records);
  const { settings: kept } = await ledger.meterSettings();
  const meters = findMeters(context.things, kept).filter(
    (meter) => meter.carrier === 'electricity' && meter.live !== undefined && meter.settings.ignored !== true,
  );
  const now = context.clock.now();
  const from = now - searchDays * dayMicroseconds;
  const machines: MachinePower[] = [];
  const titles = new Map<string, LocalText>();
  for (const [index, meter] of meters.entries()) {
    context.signal.throwIfAborted();
    progress(index / Math.max(1, meters.length), meter.titles.en);
    const machine = meter.measures === undefined ? undefined : context.things.get(meter.measures);
    if (machine === undefined) continue;
    const stretches = await activityOf(context, machine, from, now);
    if (stretches.length === 0) continue;
    const columns = await context.history.spans(
      [{ thing: meter.id, property: meter.live!.property }],
      from,
      now,
      spanMicroseconds,
    );
    titles.set(machine.id, titlesOf(machine));
    machines.push({
      machine: machine.id,
      title: titlesOf(machine).en,
      place: context.things.placeOf(machine),
      spanMicroseconds,
      stretches,
      power: Array.from({ length: columns.count }, (_, row) => ({
        start: columns.start[row]!,
        kilowatts: (columns.total[row]! / columns.numbers[row]!) * meter.live!.factor,
      }))
        .filter((span) => Number.isFinite(span.kilowatts))
        .sort((a, b) => a.start - b.start),
    });
  }
  const input: FindingsInput = {
    machines,
    settings: {
      idleMicrosecondsMax: Number(context.settings['idleMinutes']) * 60e6,
      costMin: Number(context.settings['findingCostMin']),
      levelShareMin: 0.08,
    },
    tariff: tariffOf(context.settings, 'electricity').tariff,
    timeZone: context.plant.timeZone,
  };
  const findings = await context.compute<Finding[]>('findings', input, 60_000);
  const keys = findings.map((finding) => `${finding.machine} ${finding.kind}`);
  await context.records.transaction([
    { sql: 'DELETE FROM energy_findings WHERE NOT (key = ANY($1::text[]))', parameters: [keys] },
    ...findings.map((finding, index) => ({
      sql: `INSERT INTO energy_findings (key, found, finding) VALUES ($1, $2, $3::jsonb) ON CONFLICT (key) DO UPDATE SET finding = EXCLUDED.finding`,
      parameters: [keys[index]!, now, JSON.stringify({ ...finding, titles: titles.get(finding.machine) })],
    })),
  ]);
  return findings.length;
}

export async function storedFindings(context: AppContext): Promise<StoredFinding[]> {
  const rows = await context.records.query<{
    key: string;
    found: string;
    finding: Finding & { titles: LocalText };
    dismissed_by: string | null;
  }>('SELECT key, found::text AS found, finding, dismissed_by FROM energy_findings');
  return rows
    .map((row) => ({
      ...row.finding,
      key: row.key,
      found: Number(row.found),
      dismissedBy: row.dismissed_by ?? undefined,
    }))
    .sort((a, b) => b.costPerWeek - a.costPerWeek);
}
