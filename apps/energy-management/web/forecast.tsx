import {
  Button,
  EmptyState,
  Facts,
  Instant,
  Page,
  Section,
  SelectField,
  useApp,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import type { CalendarDay } from '../model/factory-calendar.ts';
import { formatAmount } from './amount.ts';
import { Answer, useDoing } from './answer.tsx';
import { DayChart, quarterLabels } from './day-chart.tsx';
import { calendarTitle, FactoryCalendar } from './factory-calendar.tsx';
import { Generated } from './generated.tsx';
import { useEnergyWords } from './words.ts';

interface Errors {
  mae: number | null;
  nrmse: number | null;
  covered: number | null;
  quarters: number;
}
interface ForecastAnswer {
  days: string[];
  forecast: {
    date: string;
    issued: number;
    method: 'learnt' | 'profile';
    trainedDays: number;
    point: number[];
    lower: number[];
    upper: number[];
    naive: (number | null)[];
    expected?: Errors;
  } | null;
  generatedUntil: string | null;
  calendarDay: CalendarDay | null;
  actual: (number | null)[];
  error: { forecast: Errors; naive: Errors };
}

export function ForecastPage() {
  const words = useEnergyWords();
  const language = useLanguage();
  const local = useLocalText();
  const app = useApp();
  const { busy, run } = useDoing();
  const [search, setSearch] = app.useSearch();
  const answer = app.useAnswer<ForecastAnswer>('/forecast', { day: search['day'] }, 60);
  const make = (
    <Button
      pending={busy}
      onPress={() => run(() => app.startJob('forecast'), words('forecast.started'))}
      disabledReason={app.may('operate') ? undefined : words('mayNotOperate')}
    >
      {words('forecast.make')}
    </Button>
  );
  const errors = (one: Errors | undefined): string =>
    one === undefined || one.mae === null || one.quarters === 0
      ? '–'
      : words('forecast.errorUnit', {
          mae: formatAmount(one.mae, language, 2),
          nrmse: one.nrmse === null ? '–' : formatAmount(one.nrmse, language, 2),
        });
  return (
    <Page title={words('forecast.title')} actions={make}>
      <Answer answer={answer}>
        {({ days, forecast, actual, error, generatedUntil, calendarDay }) =>
          forecast === null ? (
            <EmptyState title={words('forecast.none')} actions={make}>
              {words('forecast.noneHow')}
            </EmptyState>
          ) : (
            <Section
              title={words('forecast.chart')}
              actions={
                <SelectField
                  compact
                  label={words('forecast.day')}
                  value={forecast.date}
                  options={days.map((day) => ({ value: day, title: day }))}
                  onChange={(day) => setSearch({ day })}
                />
              }
            >
              <Generated until={generatedUntil} />
              <DayChart
                label={words('forecast.chart')}
                unit="kWh"
                labels={quarterLabels}
                layers={[
                  {
                    kind: 'band',
                    title: words('forecast.interval'),
                    low: forecast.lower,
                    high: forecast.upper,
                  },
                  { kind: 'line', title: words('forecast.naive'), values: forecast.naive, tone: 2 },
                  { kind: 'line', title: words('forecast.expected'), values: forecast.point, tone: 0 },
                  { kind: 'line', title: words('forecast.actual'), values: actual, tone: 1, stepped: true },
                ]}
              />
              <Facts
                facts={[
                  {
                    name: words('forecast.total'),
                    value: `${formatAmount(
                      forecast.point.reduce((sum, value) => sum + value, 0),
                      language,
                    )} kWh`,
                  },
                  {
                    name: words('forecast.peak'),
                    value: `${formatAmount(Math.max(...forecast.point) * 4, language)} kW, ${quarterLabels[forecast.point.indexOf(Math.max(...forecast.point))]}`,
                  },
                  {
                    name: words('calendar.kind'),
                    value:
                      calendarDay === null
                        ? words('calendar.byWeekday')
                        : `${words(`calendar.${calendarDay.kind}`)} · ${local(calendarTitle(calendarDay.title))}`,
                  },
                  {
                    name: words('forecast.method'),
                    value:
                      forecast.method === 'learnt'
                        ? words('forecast.learnt', { days: forecast.trainedDays })
                        : words('forecast.profile', { days: forecast.trainedDays }),
                  },
                  { name: words('forecast.issued'), value: <Instant time={forecast.issued / 1000} /> },
                  { name: words('forecast.expectedError'), value: errors(forecast.expected) },
                  { name: words('forecast.error'), value: errors(error.forecast) },
                  { name: words('forecast.errorNaive'), value: errors(error.naive) },
                  {
                    name: words('forecast.inside'),
                    value:
                      error.forecast.covered === null
                        ? '–'
                        : `${formatAmount(error.forecast.covered * 100, language, 0)} %`,
                  },
                ]}
              />
            </Section>
          )
        }
      </Answer>
      <FactoryCalendar today={new Date().toISOString().slice(0, 10)} />
    </Page>
  );
}
