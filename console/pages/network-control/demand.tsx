import type { Demand, DemandArea } from '@millrace/contract';
import {
  Button,
  type Column,
  EmptyState,
  Facts,
  formatCount,
  formatNumber,
  type MarkKind,
  Section,
  SelectField,
  StateBadge,
  Table,
  ToolBar,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { ChartColumn, ChevronLeft, ChevronRight } from 'lucide-react';
import { useMemo } from 'react';
import { appsQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import { NetworkFrame } from '../network/frame.tsx';
import styles from './control.module.css';
import { Dash, Loaded, Named, useSetSearch } from './parts.tsx';
import { demandQuery } from './queries.ts';

/** Shares of the capacity from which an hour is tight, and more than there is. As the server draws them. */
const tightFrom = 0.8;
const shortFrom = 1;

const kinds: Record<DemandArea['standing'], MarkKind> = {
  fits: 'good',
  tight: 'uncertain',
  short: 'bad',
  unknown: 'silent',
};
/** The most pressing first. */
const rank: Record<DemandArea['standing'], number> = { short: 0, tight: 1, unknown: 2, fits: 3 };

/** kbit/s as people say rates. */
function useRate(): (kbps: number) => string {
  const language = useLanguage();
  return (kbps) => {
    const [value, unit] =
      kbps >= 1_000_000
        ? [kbps / 1_000_000, 'Gbit/s']
        : kbps >= 1000
          ? [kbps / 1000, 'Mbit/s']
          : [kbps, 'kbit/s'];
    return `${formatNumber(Number(value.toPrecision(3)), language)} ${unit}`;
  };
}

function dayMoved(day: string, by: number): string {
  const at = new Date(`${day}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + by);
  return at.toISOString().slice(0, 10);
}

/** What all flows together need, by area and hour, against what there is: seen before anything is switched on. */
export function DemandPage() {
  const words = useConsoleWords();
  const local = useLocalText();
  const set = useSetSearch();
  const search = useSearch({ strict: false }) as { day?: string; with?: string };
  const demand = useQuery(demandQuery(search.day, search.with));
  const apps = useQuery(appsQuery);
  const day = search.day ?? demand.data?.day;
  const move = (by: number) => (day === undefined ? undefined : set({ day: dayMoved(day, by) }));
  return (
    <NetworkFrame title={words('networkControl.demand.title')} note={words('networkControl.demand.note')}>
      <ToolBar label={words('plant.filter')}>
        <Button
          kind="quiet"
          icon={<ChevronLeft size={18} />}
          label={words('networkControl.demand.before')}
          onPress={() => move(-1)}
        />
        <b className={styles.number}>{day ?? '…'}</b>
        <Button
          kind="quiet"
          icon={<ChevronRight size={18} />}
          label={words('networkControl.demand.after')}
          onPress={() => move(1)}
        />
        <Button kind="quiet" onPress={() => set({ day: undefined })}>
          {words('networkControl.demand.today')}
        </Button>
        <SelectField
          compact
          label={words('networkControl.demand.with')}
          value={search.with ?? 'none'}
          options={[
            { value: 'none', title: words('networkControl.demand.asIs') },
            ...(apps.data ?? []).map(({ id, title }) => ({ value: id, title: local(title) })),
          ]}
          onChange={(app) => set({ with: app === 'none' ? undefined : app })}
        />
      </ToolBar>
      <Loaded query={demand}>
        {(data) =>
          data.areas.length === 0 ? (
            <EmptyState icon={<ChartColumn size={44} />} title={words('networkControl.demand.none')}>
              <p>{words('networkControl.demand.noneHelp')}</p>
            </EmptyState>
          ) : (
            <Areas demand={data} />
          )
        }
      </Loaded>
    </NetworkFrame>
  );
}

function Areas({ demand }: { demand: Demand }) {
  const words = useConsoleWords();
  const areas = useMemo(
    () => [...demand.areas].sort((a, b) => rank[a.standing] - rank[b.standing]),
    [demand.areas],
  );
  return (
    <div className={styles.wide}>
      {demand.calendar === 'flat' ? (
        <p className={styles.faint}>{words('networkControl.demand.flat')}</p>
      ) : null}
      <Section title={words('networkControl.demand.byHour')} note={words('networkControl.demand.byHourNote')}>
        <Heat areas={areas} />
      </Section>
      {areas.map((area) => (
        <Area key={`${area.kind} ${area.area}`} area={area} />
      ))}
    </div>
  );
}

/** Areas by hours of the plant's day; a cell is the share of the capacity, or the rate where no capacity is known. */
function Heat({ areas }: { areas: readonly DemandArea[] }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const local = useLocalText();
  const rate = useRate();
  const percent = (share: number) => formatNumber(Math.round(share * 100), language);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={words('networkControl.demand.byHour')}>
      <table className={styles.heat}>
        <thead>
          <tr>
            <th scope="col">{words('networkControl.demand.area')}</th>
            {(areas[0]?.hours ?? []).map(({ hour }) => (
              <th key={hour} scope="col">
                {hour}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {areas.map((area) => (
            <tr key={`${area.kind} ${area.area}`}>
              <th scope="row">{local(area.title)}</th>
              {area.hours.map((hour) => {
                const { load } = hour;
                const level =
                  load === undefined
                    ? ''
                    : load > shortFrom
                      ? styles.short
                      : load > tightFrom
                        ? styles.tight
                        : '';
                const whole = `${hour.hour}:00 · ↑ ${rate(hour.uplink)} · ↓ ${rate(hour.downlink)}`;
                return (
                  <td key={hour.hour} className={level} title={whole}>
                    {load === undefined ? (
                      <span className={styles.faint}>
                        {hour.uplink + hour.downlink === 0
                          ? '0'
                          : formatNumber(
                              Number(((hour.uplink + hour.downlink) / 1000).toPrecision(2)),
                              language,
                            )}
                      </span>
                    ) : load > shortFrom ? (
                      `${percent(load)}!`
                    ) : (
                      percent(load)
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

type AreaFlow = DemandArea['flows'][number];

function Area({ area }: { area: DemandArea }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const local = useLocalText();
  const rate = useRate();
  const columns = useMemo<Column<AreaFlow>[]>(
    () => [
      {
        id: 'priority',
        title: words('networkControl.demand.priority'),
        width: '6rem',
        value: ({ priority }) => priority,
        render: ({ priority }) => <span className={styles.number}>{priority}</span>,
      },
      {
        id: 'flow',
        title: words('networkControl.flow'),
        width: 'minmax(10rem, 2fr)',
        phone: 'title',
        value: ({ title }) => local(title),
        render: ({ flow, title, unknown }) => (
          <Named name={local(title)} below={unknown ? words('networkControl.demand.unknown') : flow} />
        ),
      },
      {
        id: 'terminals',
        title: words('networkControl.demand.terminals'),
        width: '6rem',
        align: 'end',
        value: ({ terminals }) => terminals,
        render: ({ terminals }) => formatCount(terminals, language),
      },
      ...(['uplink', 'downlink'] as const).map(
        (name): Column<AreaFlow> => ({
          id: name,
          title: words(`networkControl.demand.${name}`),
          width: 'minmax(7rem, 0.8fr)',
          align: 'end',
          value: (row) => row[name],
          render: (row) =>
            row.unknown ? <Dash /> : <span className={styles.number}>{rate(row[name])}</span>,
        }),
      ),
    ],
    [words, local, language, rate],
  );
  return (
    <Section
      title={local(area.title)}
      note={local(area.words)}
      actions={
        <StateBadge
          kind={kinds[area.standing]}
          word={words(`networkControl.demand.standings.${area.standing}`)}
        />
      }
    >
      <div className={styles.wide}>
        <Facts
          facts={[
            {
              name: words('networkControl.demand.capacity'),
              value:
                area.capacity === undefined ? (
                  <>
                    {words('networkControl.demand.noCapacity')}{' '}
                    <Link to="/network/zones">{words('networkControl.zone.title')}</Link>
                  </>
                ) : (
                  `↑ ${rate(area.capacity.uplink)} · ↓ ${rate(area.capacity.downlink)}${area.capacityFrom === undefined ? '' : ` · ${words('networkControl.demand.from')} ${area.capacityFrom}`}`
                ),
            },
            {
              name: words('networkControl.demand.terminals'),
              value: formatCount(area.terminals, language),
            },
          ]}
        />
        {area.hours.length === 0 ? null : (
          <div className={styles.pair}>
            {(['uplink', 'downlink'] as const).map((direction) => (
              <Hours key={direction} area={area} direction={direction} />
            ))}
          </div>
        )}
        {area.flows.length === 0 ? null : (
          <Table
            label={`${local(area.title)}: ${words('networkControl.flow')}`}
            columns={columns}
            rows={area.flows}
            rowKey={({ flow }) => flow}
          />
        )}
      </div>
    </Section>
  );
}

/** One direction over the day as bars, with what there is as a line across them. */
function Hours({ area, direction }: { area: DemandArea; direction: 'uplink' | 'downlink' }) {
  const words = useConsoleWords();
  const rate = useRate();
  const capacity = area.capacity?.[direction];
  const most = Math.max(...area.hours.map((hour) => hour[direction]), 0);
  const top = Math.max(most, capacity ?? 0, 1) * 1.05;
  // A line far above small bars would press them to nothing: then it is told in words alone.
  const drawn = capacity !== undefined && capacity <= most * 20;
  const scale = drawn ? top : Math.max(most, 1) * 1.05;
  return (
    <figure style={{ margin: 0, minWidth: 0 }}>
      <figcaption className={styles.faint}>
        {words(`networkControl.demand.${direction}`)}: {words('networkControl.demand.peak')} {rate(most)}
        {capacity === undefined ? '' : ` · ${words('networkControl.demand.capacity')} ${rate(capacity)}`}
      </figcaption>
      <div
        className={styles.bars}
        role="img"
        aria-label={`${words(`networkControl.demand.${direction}`)}: ${area.hours.map((hour) => `${hour.hour}:00 ${rate(hour[direction])}`).join(', ')}`}
      >
        {area.hours.map((hour) => {
          const guaranteed = Math.min(hour.guaranteed[direction], hour[direction]);
          return (
            <span
              key={hour.hour}
              className={styles.bar}
              title={`${hour.hour}:00 · ${rate(hour[direction])}`}
              style={{ height: '100%' }}
            >
              <span className={styles.barGuaranteed} style={{ height: `${(guaranteed / scale) * 100}%` }} />
              <span
                className={styles.barRest}
                style={{ height: `${((hour[direction] - guaranteed) / scale) * 100}%` }}
              />
            </span>
          );
        })}
        {drawn ? (
          <span className={styles.capacity} style={{ bottom: `${(capacity / scale) * 100}%` }} />
        ) : null}
      </div>
      <div className={styles.hours} aria-hidden="true">
        <span>{area.hours[0]?.hour}:00</span>
        <span>{area.hours[Math.floor(area.hours.length / 2)]?.hour}:00</span>
        <span>{area.hours.at(-1)?.hour}:00</span>
      </div>
      <ul className={styles.legend}>
        <li>
          <i className={styles.barGuaranteed} aria-hidden="true" />{' '}
          {words('networkControl.demand.guaranteed')}
        </li>
        <li>
          <i className={styles.barRest} aria-hidden="true" /> {words('networkControl.demand.rest')}
        </li>
        {drawn ? (
          <li>
            <i className={styles.capacityKey} aria-hidden="true" /> {words('networkControl.demand.capacity')}
          </li>
        ) : null}
      </ul>
    </figure>
  );
}
