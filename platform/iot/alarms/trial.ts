import {
  type AlarmRuleInput,
  alarmLimits,
  formatInstant,
  type Microseconds,
  type RuleTrial,
  type Sample,
  type SeriesId,
} from '@millrace/contract';
import type { SampleStore, ThingRecord } from '@millrace/sdk';
import { bind, Instance, Windows } from './instance.ts';
import type { CompiledAt } from './rules.ts';
import { SignalColumns } from './signals.ts';
import { advance, waits } from './track.ts';

/** Points of one series; a range with more is looked at through the extremes of spans. */
const pointsMax = 50_000;
/** Looked at before the range, so that what holds already as it begins is not taken for an alarm. */
const leadMicroseconds = 600_000_000;
/** Looks at conditions that time alone can turn, and at delays, are this far apart at least. */
const stepMicroseconds = 1_000_000;
const stepsMax = 100_000;
/** Yields to what else the process does after so many rows. */
const rowsAtOnce = 20_000;

interface Moment {
  thing: string;
  title: string;
  time: Microseconds;
  returned?: Microseconds;
}

/** How often a rule would have fired in a range, judged by the same code that judges live samples. Bounded in things, samples and moments. */
export async function tryOnHistory(
  samples: SampleStore,
  seriesOf: (record: ThingRecord, thing: string | undefined, property: string) => SeriesId | undefined,
  input: AlarmRuleInput,
  things: readonly { record: ThingRecord; compiled: CompiledAt }[],
  from: Microseconds,
  to: Microseconds,
): Promise<RuleTrial> {
  const tried = things.slice(0, alarmLimits.tryThingsMax);
  const moments: Moment[] = [];
  let fired = 0;
  let read = 0;
  let reduced = false;
  let active = 0;
  let unjudged = 0;
  let because: { en: string; zh: string } | undefined;
  let most: { count: number; series: { thing: string; property: string }[] } | undefined;
  for (const { record, compiled } of tried) {
    if (read >= alarmLimits.trySamplesMax) {
      reduced = true;
      break;
    }
    const signals = new SignalColumns();
    const windows = new Windows();
    const find = (thing: string | undefined, property: string) => seriesOf(record, thing, property);
    const rule = {
      id: 'trial',
      input,
      modified: 0,
      modifiedBy: '',
      outOfService: new Map(),
      delays: {
        onMicroseconds: (input.onDelaySeconds ?? 0) * 1e6,
        offMicroseconds: (input.offDelaySeconds ?? 0) * 1e6,
        rearmMicroseconds: (input.rearmSeconds ?? 0) * 1e6,
      },
    };
    const instance = new Instance(
      rule,
      record.id,
      '',
      bind(compiled.condition, find, signals, windows),
      compiled.suppressed === undefined ? undefined : bind(compiled.suppressed, find, signals, windows),
    );
    const lead =
      leadMicroseconds + Math.max(0, ...compiled.condition.windows.map((need) => need.microseconds));
    const rows: Sample[] = [];
    for (const series of instance.series) {
      const answer = await samples.samples(series, from - lead, to, pointsMax);
      reduced ||= answer.reduced;
      rows.push(...answer.samples);
    }
    read += rows.length;
    rows.sort((a, b) => a.time - b.time);
    const step = Math.max(stepMicroseconds, (to - from) / stepsMax);
    let at = from - leadMicroseconds;
    let firedHere = 0;
    let last: Moment | undefined;
    const turn = (verdict: 1 | 0 | -1, time: Microseconds, now: Microseconds): void => {
      const turned = advance(instance.track, verdict, time, now, rule.delays);
      if (turned === undefined) return;
      const began = instance.track.turned;
      if (turned === 'raise') {
        last = undefined;
        if (instance.suppressed || began < from) return;
        fired++;
        firedHere++;
        last = { thing: record.id, title: record.description.title, time: began };
        if (moments.length < alarmLimits.tryMomentsMax) moments.push(last);
      } else if (last !== undefined && last.returned === undefined) {
        last.returned = began;
        active += began - last.time;
      }
    };
    const look = (now: Microseconds, time: Microseconds): void => {
      if (instance.suppression !== undefined) instance.judgeSuppression(now);
      const verdict = instance.judge(now);
      if (verdict === -1) because ??= instance.because();
      turn(verdict, time, now);
    };
    let counted = 0;
    let judgedAt: Microseconds | undefined;
    for (const sample of rows) {
      // Time passes between two samples.
      while (at + step < sample.time) {
        at += step;
        if (instance.timed) look(at, at);
        else if (waits(instance.track)) turn(instance.verdict, at, at);
        else break;
      }
      signals.set(sample.series, sample.time, sample.time, sample.value, sample.status);
      const windowsHere = windows.of(sample.series);
      const number = signals.value[sample.series]!;
      if (windowsHere !== undefined && sample.status >>> 30 < 2 && !Number.isNaN(number))
        for (const window of windowsHere) window.take(sample.time, number);
      if (sample.time >= from - leadMicroseconds) {
        if (instance.verdict === -1 && judgedAt !== undefined && sample.time > from)
          unjudged += sample.time - Math.max(judgedAt, from);
        judgedAt = sample.time;
        at = Math.max(at, sample.time);
        look(sample.time, sample.time);
      }
      if (++counted % rowsAtOnce === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    while (at + step < to && (instance.timed || waits(instance.track))) {
      at += step;
      if (instance.timed) look(at, at);
      else turn(instance.verdict, at, at);
    }
    if (last !== undefined && (last as Moment).returned === undefined) active += to - (last as Moment).time;
    if (most === undefined || firedHere > most.count) {
      most = {
        count: firedHere,
        series: compiled.condition.references.map((reference) => ({
          thing: reference.thing ?? record.id,
          property: reference.property,
        })),
      };
    }
  }
  moments.sort((a, b) => a.time - b.time);
  return {
    fired,
    from: formatInstant(from),
    to: formatInstant(to),
    moments: moments.map(({ thing, title, time, returned }) => ({
      thing,
      title,
      time: formatInstant(time),
      ...(returned === undefined ? {} : { returned: formatInstant(returned) }),
    })),
    activeSeconds: active / 1e6,
    things: things.length,
    thingsTried: tried.length,
    samples: read,
    reduced,
    unjudgedSeconds: unjudged / 1e6,
    ...(because === undefined ? {} : { unjudgedBecause: because }),
    series: most?.series ?? [],
  };
}
