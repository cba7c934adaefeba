import { titleOf, traceOf, useLanguage } from '@millrace/ui';
import { type ChartSeries, chartTones, TimeChart } from '@millrace/ui/charts/time-chart.tsx';
import { useQueries } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { samplesQuery, thingQuery } from '../../api/queries.ts';

const points = 2000;

/** What a condition read over a stretch of time, with the moments marked. */
export function CauseChart({
  series,
  from,
  to,
  marks,
}: {
  series: readonly { thing: string; property: string }[];
  from: number;
  to: number;
  marks: readonly { time: number; text: string }[];
}) {
  const language = useLanguage();
  const [range, setRange] = useState<{ from: number; to: number }>();
  const [begin, end] = [range?.from ?? from, range?.to ?? to];
  const chosen = series.slice(0, chartTones);
  const things = useQueries({ queries: chosen.map((one) => thingQuery(one.thing)) });
  const samples = useQueries({
    queries: chosen.map((one) => samplesQuery(one.thing, one.property, begin, end, points)),
  });
  const stamp = samples.map((one) => one.dataUpdatedAt).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stamp changes with the answers
  const lines = useMemo(
    () =>
      chosen.flatMap((one, index): ChartSeries[] => {
        const property = things[index]?.data?.properties?.[one.property];
        const answer = samples[index]?.data;
        if (property?.type === 'string' || property?.type === 'object' || property?.type === 'array')
          return [];
        return [
          {
            id: `${one.thing} ${one.property}`,
            title: titleOf(property, language, one.property),
            ...(property?.unit === undefined ? {} : { unit: property.unit }),
            ...(property?.['millrace:normal'] === undefined ? {} : { normal: property['millrace:normal'] }),
            stepped: property?.type === 'boolean' || property?.type === 'integer',
            tone: index,
            trace:
              answer === undefined
                ? undefined
                : traceOf(
                    answer.samples.map((sample) => ({
                      time: Date.parse(sample.time),
                      value: sample.value,
                      quality: sample.quality as 'good',
                    })) as never,
                    answer.spanMilliseconds,
                  ),
          },
        ];
      }),
    [stamp, language, series],
  );
  if (lines.length === 0) return null;
  return (
    <TimeChart
      series={lines}
      from={begin}
      to={end}
      height={240}
      marks={marks}
      onRange={(next) => setRange(next.kind === 'last' ? undefined : { from: next.from, to: next.to })}
    />
  );
}
