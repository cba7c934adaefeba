import type { PropertyAffordance, ThingDescription } from '@millrace/contract';
import {
  Button,
  csvText,
  EmptyState,
  ErrorState,
  fileName,
  formatRange,
  type LatestKnown,
  MenuButton,
  namedValue,
  notify,
  runsOf,
  Section,
  type StateRun,
  saveText,
  type Trace,
  titleOf,
  traceOf,
  unitSymbol,
  useLanguage,
  usePlantTime,
  withHeld,
} from '@millrace/ui';
import { StateStrip } from '@millrace/ui/charts/state-strip.tsx';
import { type ChartSeries, chartTones, TimeChart } from '@millrace/ui/charts/time-chart.tsx';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ChartLine, Download, Plus, X } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { problemWords } from '../../api/problem.ts';
import { eventsQuery, propertiesQuery, samplesQuery, thingStatesQuery } from '../../api/queries.ts';
import { useBounds, useTimeState } from '../../shell/time-state.ts';
import { useConsoleWords } from '../../words/index.ts';
import { sendsOnChange } from './silence.ts';
import styles from './thing.module.css';
import { readable } from './thing.tsx';

/** Properties on one page of charts; more cannot be told apart. */
const propertiesMax = chartTones;
/** Points for one line: the width of a large screen, twice for lowest and highest. */
const chartPoints = 3000;
/** Events marked in a chart. */
const marksMax = 60;

function isNumeric(property: PropertyAffordance | undefined): boolean {
  return (
    property !== undefined &&
    (property.type === undefined || property.type === 'number' || property.type === 'integer')
  );
}

/** What a chart shows before anybody chose: a number with a normal band, else a measured number, else whatever there is. */
function mostTelling(thing: ThingDescription): string | undefined {
  const all = readable(thing);
  const found =
    all.find(([, property]) => isNumeric(property) && property['millrace:normal'] !== undefined) ??
    all.find(([, property]) => property.type === 'number') ??
    all.find(([, property]) => isNumeric(property)) ??
    all[0];
  return found?.[0];
}

/** History: chosen properties over the time range in force, grouped so that no chart has more than two units. */
export function ChartTab({ thing }: { thing: ThingDescription }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const plant = usePlantTime();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { properties?: string };
  const { setRange } = useTimeState();
  const { from, to, live } = useBounds();
  const all = readable(thing);
  const latest = useQuery({ ...propertiesQuery(thing.id), refetchInterval: live ? 5000 : false });
  const states = useQuery(thingStatesQuery(thing['millrace:place'] ?? '', false));
  const state = states.data?.things.find((one) => one.id === thing.id)?.state;
  const holds = live && state !== undefined && state !== 'stale' && state !== 'silent';
  const latestOf = (name: string) => {
    const value = latest.data?.[name];
    return !holds || value?.time === undefined
      ? undefined
      : {
          time: Date.parse(value.time),
          value: value.value,
          quality: value.quality ?? ('good' as const),
          ...(value.status === undefined ? {} : { status: value.status }),
        };
  };

  const chosen = useMemo(() => {
    const named = (search.properties ?? '').split(',').map((name) => decodeURIComponent(name));
    const known = named.filter((name) => thing.properties?.[name] !== undefined).slice(0, propertiesMax);
    if (known.length > 0 || search.properties !== undefined) return known;
    const first = mostTelling(thing);
    return first === undefined ? [] : [first];
  }, [search.properties, thing]);
  const choose = (names: string[]) =>
    void navigate({
      to: '.',
      search: ((previous: object) => ({
        ...previous,
        properties:
          names.length === 0 ? ',' : names.map((name) => name.replace(/[%,]/g, encodeURIComponent)).join(','),
      })) as never,
      replace: true,
      resetScroll: false,
    });

  const results = useQueries({
    queries: chosen.map((name) => samplesQuery(thing.id, name, from, to, chartPoints)),
  });
  const events = useQuery({
    ...eventsQuery(thing.id, from, to, marksMax),
    placeholderData: (previous) => previous,
  });
  const marks = useMemo(
    () =>
      (events.data ?? []).map((event) => ({
        time: Date.parse(event.time),
        text: titleOf(thing.events?.[event.name], language, event.name),
      })),
    [events.data, thing, language],
  );

  // While the next stretch of time is on its way, the last one of the same property stays in sight.
  const kept = useRef(new Map<string, SamplesAnswer>());
  const answers = results.map((result, index) => {
    const key = `${thing.id}\n${chosen[index]}`;
    if (result.data !== undefined) kept.current.set(key, result.data);
    return kept.current.get(key);
  });
  const traces = answers.map((answer, index) => traceOnce(answer, sendsOnChange(thing, chosen[index]!)));
  const failed = results.find((result) => result.error !== null);

  const numeric: ChartSeries[] = [];
  const strips: { name: string; title: string; index: number }[] = [];
  chosen.forEach((name, index) => {
    const property = thing.properties?.[name];
    const title = titleOf(property, language, name);
    const hasTexts =
      answers[index]?.samples.some(
        (sample) =>
          typeof sample.value === 'string' || (typeof sample.value === 'object' && sample.value !== null),
      ) === true;
    if (property?.type === 'boolean' || !isNumeric(property) || hasTexts) strips.push({ name, title, index });
    else
      numeric.push({
        id: name,
        title,
        unit: property?.unit,
        decimals: property?.['millrace:decimals'],
        normal: property?.['millrace:normal'],
        stepped: property?.type === 'integer',
        trace: traces[index] === undefined ? undefined : withHeld(traces[index], latestOf(name), from, to),
        tone: index,
      });
  });
  const panels = panelsOf(numeric);

  if (all.length === 0) {
    return (
      <EmptyState icon={<ChartLine size={40} />} title={words('thing.noProperties')}>
        <p>{words('thing.noPropertiesHelp')}</p>
      </EmptyState>
    );
  }
  return (
    <div className={styles.stack}>
      <Section>
        <PropertyChoice
          all={all.map(([name, property]) => ({ name, title: titleOf(property, language, name) }))}
          chosen={chosen}
          onChange={choose}
        />
      </Section>
      {failed === undefined ? null : (
        <ErrorState
          problem={problemWords(failed.error, words)}
          onRetry={() => {
            for (const result of results) void result.refetch();
          }}
        />
      )}
      {chosen.length === 0 ? (
        <EmptyState icon={<ChartLine size={40} />} title={words('thing.chart.none')}>
          <p>{words('thing.chart.noneHelp')}</p>
        </EmptyState>
      ) : null}
      {panels.map((panel) => (
        <Section key={panel.map((one) => one.id).join(' ')}>
          <TimeChart
            series={panel}
            from={from}
            to={to}
            onRange={setRange}
            marks={marks}
            height={panels.length > 2 ? 220 : 340}
            syncKey={`thing ${thing.id}`}
          />
        </Section>
      ))}
      {strips.length === 0 ? null : (
        <Section>
          <div className={styles.stack}>
            {strips.map((strip) => (
              <StateStrip
                key={strip.name}
                title={strip.title}
                nameOf={(value) => namedValue(thing.properties?.[strip.name], value, language)}
                runs={stripRuns(answers[strip.index]?.samples, latestOf(strip.name), from, to)}
                from={from}
                to={to}
              />
            ))}
          </div>
        </Section>
      )}
      {chosen.length === 0 ? null : (
        <div className={styles.row}>
          <Button
            icon={<Download size={16} />}
            onPress={() =>
              saveText(
                `${fileName(titleOf(thing, language, thing.id), ...chosen, formatRange({ kind: 'fixed', from, to }))}.csv`,
                csvText(
                  [
                    words('thing.chart.time'),
                    words('thing.property'),
                    words('thing.value'),
                    words('thing.unit'),
                    words('thing.quality'),
                  ],
                  chosen.flatMap((name, index) =>
                    (answers[index]?.samples ?? []).map((sample) => [
                      sample.time,
                      name,
                      sample.value,
                      unitSymbol(thing.properties?.[name]?.unit) ?? '',
                      sample.status ?? sample.quality,
                    ]),
                  ),
                ),
              )
            }
          >
            {words('thing.chart.csv')}
          </Button>
          <span className={styles.faint}>{words('thing.chart.zone', { zone: plant.zoneName(to) })}</span>
        </div>
      )}
    </div>
  );
}

/** With more properties than this the ones not chosen stand in a menu: a wall of buttons hides the chart. */
const propertiesShownMax = 14;

function PropertyChoice({
  all,
  chosen,
  onChange,
}: {
  all: readonly { name: string; title: string }[];
  chosen: readonly string[];
  onChange: (names: string[]) => void;
}) {
  const words = useConsoleWords();
  const full =
    chosen.length >= propertiesMax ? words('thing.chart.tooMany', { count: propertiesMax }) : undefined;
  const few = all.length <= propertiesShownMax;
  const shown = few ? all : all.filter(({ name }) => chosen.includes(name));
  return (
    <fieldset className={styles.chips} aria-label={words('thing.chart.choose')}>
      {shown.map(({ name, title }) => {
        const on = chosen.includes(name);
        return (
          <Button
            key={name}
            kind={on ? 'plain' : 'quiet'}
            pressed={on}
            icon={few ? undefined : <X size={14} />}
            disabledReason={on ? undefined : full}
            onPress={() => onChange(on ? chosen.filter((other) => other !== name) : [...chosen, name])}
          >
            {title}
          </Button>
        );
      })}
      {few ? null : (
        <MenuButton
          label={words('thing.chart.add')}
          text={words('thing.chart.add')}
          icon={<Plus size={16} />}
          groups={[
            {
              items: all
                .filter(({ name }) => !chosen.includes(name))
                .map(({ name, title }) => ({
                  id: name,
                  text: title,
                  onChoose: () => {
                    if (full === undefined) onChange([...chosen, name]);
                    else notify({ kind: 'info', title: full });
                  },
                })),
            },
          ]}
        />
      )}
    </fieldset>
  );
}

/** Runs of states; one that has held since before the range is there, although none of its samples is. */
function stripRuns(
  samples: SamplesAnswer['samples'] | undefined,
  latest: LatestKnown | undefined,
  from: number,
  to: number,
): StateRun[] | undefined {
  if (samples === undefined) return undefined;
  if (samples.length === 0 && latest !== undefined && latest.time < from) {
    return runsOf([{ time: from, value: latest.value, quality: latest.quality }], to);
  }
  return runsOf(samples, to);
}

interface SamplesAnswer {
  samples: { time: string; value: unknown; quality: 'good' | 'uncertain' | 'bad'; status?: string }[];
  reduced: boolean;
  spanMilliseconds?: number;
}

/** Traces of the answers; each is made once for each answer, however often the page is drawn. */
const madeTraces = new WeakMap<object, Trace>();

function traceOnce(answer: SamplesAnswer | undefined, onChange: boolean): Trace | undefined {
  if (answer === undefined) return undefined;
  let trace = madeTraces.get(answer);
  if (trace === undefined) {
    trace = traceOf(answer.samples, answer.reduced ? answer.spanMilliseconds : undefined, onChange);
    madeTraces.set(answer, trace);
  }
  return trace;
}

/** Splits series so that no chart has more than two units; those of one unit stay together. */
function panelsOf(series: readonly ChartSeries[]): ChartSeries[][] {
  const byUnit = new Map<string, ChartSeries[]>();
  for (const one of series) {
    const unit = unitSymbol(one.unit) ?? '';
    const list = byUnit.get(unit);
    if (list === undefined) byUnit.set(unit, [one]);
    else list.push(one);
  }
  const groups = [...byUnit.values()];
  const panels: ChartSeries[][] = [];
  for (let i = 0; i < groups.length; i += 2) panels.push([...groups[i]!, ...(groups[i + 1] ?? [])]);
  return panels;
}
