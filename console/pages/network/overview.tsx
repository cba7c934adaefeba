import type { DemandArea, NetworkIncident, NetworkOverview, VerdictLine } from '@millrace/contract';
import {
  EmptyState,
  ErrorState,
  Facts,
  formatCount,
  formatNumber,
  Section,
  Since,
  Skeleton,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import buttonStyles from '@millrace/ui/controls/button.module.css';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus, RadioTower } from 'lucide-react';
import type { ReactNode } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useMay } from '../access/permission.ts';
import { blameText, durationText, percentText, todoText } from './figures.ts';
import { NetworkFrame } from './frame.tsx';
import { useNetworkChanges } from './live.ts';
import styles from './network.module.css';
import {
  bindingCountsQuery,
  demandQuery,
  groupsQuery,
  incidentsQuery,
  measuringQuery,
  overviewQuery,
  slicesQuery,
} from './queries.ts';
import { Counts, VerdictMark } from './verdict.tsx';

/** Open incidents that are read for the causes of what is violated now. */
const causesMax = 200;

/** The network at a glance: verdicts, what is violated and because of which hop, what was asked, load, and what measures all that. */
export function NetworkOverviewPage() {
  const words = useConsoleWords();
  const overview = useQuery(overviewQuery);
  useNetworkChanges();
  return (
    <NetworkFrame title={words('network.title')} note={words('network.overview.note')}>
      {overview.error !== null && overview.data === undefined ? (
        <ErrorState problem={problemWords(overview.error, words)} onRetry={() => void overview.refetch()} />
      ) : overview.data === undefined ? (
        <Skeleton height="9rem" rows={3} />
      ) : (
        <Glance overview={overview.data} />
      )}
    </NetworkFrame>
  );
}

function Glance({ overview }: { overview: NetworkOverview }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const may = useMay();
  const { terminals, flows, incidents, sims } = overview;
  return (
    <div className={styles.stack}>
      <div className={styles.tiles}>
        <Tile title={words('network.overview.flows')} to="/network/applications">
          <Counts counts={flows.byState} large />
        </Tile>
        <Tile title={words('network.overview.terminals')} to="/network/terminals">
          <Counts counts={terminals.byState} large />
          <p className={styles.faint}>
            {[
              ...Object.entries(terminals.byKind)
                .filter(([, count]) => count > 0)
                .map(
                  ([kind, count]) =>
                    `${words(`network.kinds.${kind as 'nr'}`)} ${formatCount(count, language)}`,
                ),
              ...(terminals.withProblems === 0
                ? []
                : [words('network.overview.problems', { count: terminals.withProblems })]),
            ].join(' · ')}
          </p>
        </Tile>
        <Tile title={words('network.overview.incidents')} to="/network/incidents">
          <p className={styles.figure}>
            {incidents.open === 0 ? null : (
              <span className={styles.violated}>
                <VerdictMark state="violated" size={20} />
              </span>
            )}
            {words('network.overview.open', { count: incidents.open })}
          </p>
          <p className={styles.faint}>{words('network.overview.lastDay', { count: incidents.lastDay })}</p>
        </Tile>
        <Asked sims={sims} />
      </div>
      {flows.total === 0 ? (
        <EmptyState
          icon={<RadioTower size={44} />}
          title={words('network.overview.noFlows')}
          actions={
            <Link to="/network/flows/$flow" params={{ flow: 'new' }} className={buttonStyles.button}>
              <Plus size={16} /> {words('network.overview.addFlow')}
            </Link>
          }
        >
          <p>{words('network.overview.noFlowsHelp')}</p>
        </EmptyState>
      ) : (
        <ViolatedNow overview={overview} />
      )}
      <div className={styles.halves}>
        <Load />
        {may('read', '') ? <Measuring overview={overview} /> : null}
      </div>
    </div>
  );
}

function Tile({
  title,
  to,
  children,
}: {
  title: string;
  to?: '/network/applications' | '/network/terminals' | '/network/incidents';
  children: ReactNode;
}) {
  return (
    <section className={styles.tile}>
      <h2>{to === undefined ? title : <Link to={to}>{title}</Link>}</h2>
      {children}
    </section>
  );
}

/** Slices, groups and bindings: how many of what was asked of the network are in effect; and the cards. */
function Asked({ sims }: { sims: NetworkOverview['sims'] }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const slices = useQuery(slicesQuery);
  const groups = useQuery(groupsQuery);
  const bindings = useQuery(bindingCountsQuery);
  const inEffect = (all: readonly { stages: { standing: string } }[] | undefined) =>
    all === undefined
      ? undefined
      : { total: all.length, effective: all.filter(({ stages }) => stages.standing === 'effective').length };
  const line = (name: string, counts: { total: number; effective: number } | undefined) => (
    <li>
      <span>{name}</span>
      <span className={styles.number}>
        {counts === undefined
          ? '–'
          : counts.total === 0
            ? '0'
            : words('network.overview.effective', { effective: counts.effective, total: counts.total })}
      </span>
    </li>
  );
  return (
    <Tile title={words('network.overview.requests')}>
      <ul className={styles.pairs}>
        {line(words('network.overview.slices'), inEffect(slices.data))}
        {line(words('network.overview.groups'), inEffect(groups.data))}
        {line(words('network.overview.bindings'), bindings.data)}
        <li>
          <span>{words('network.overview.sims')}</span>
          <span className={styles.number}>
            {formatCount(sims.total, language)}
            {sims.parted === 0 ? null : (
              <b className={styles.parted}> · {words('network.overview.parted', { count: sims.parted })}</b>
            )}
          </span>
        </li>
      </ul>
    </Tile>
  );
}

/** Every violated level: what, where, since when, because of what, what to do. */
function ViolatedNow({ overview }: { overview: NetworkOverview }) {
  const words = useConsoleWords();
  const { worst, terminals, flows } = overview;
  const open = useQuery({ ...incidentsQuery({ open: true }, causesMax), enabled: worst.length > 0 });
  return (
    <Section
      title={words('network.overview.now')}
      {...(worst.length === 0 ? {} : { note: words('network.overview.nowNote') })}
      flush={worst.length > 0}
    >
      {worst.length === 0 ? (
        <div className={styles.close}>
          <p>{words('network.overview.noneNow')}</p>
          <p className={styles.faint}>
            {terminals.total === 0
              ? words('network.overview.noTerminals')
              : words('network.overview.noneNowHelp', {
                  inconclusive: flows.byState.inconclusive,
                  notMeasurable: flows.byState['not-measurable'],
                })}
          </p>
        </div>
      ) : (
        <ul className={styles.list}>
          {worst.map((line) => (
            <Violated
              key={`${line.flow} ${line.terminal}`}
              line={line}
              incident={open.data?.incidents.find(
                ({ flow, terminal }) => flow === line.flow && terminal === line.terminal,
              )}
            />
          ))}
        </ul>
      )}
    </Section>
  );
}

function Violated({ line, incident }: { line: VerdictLine; incident: NetworkIncident | undefined }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const blame = incident?.blame;
  return (
    <li className={styles.item}>
      <span className={styles.violated}>
        <VerdictMark state="violated" size={20} />
      </span>
      <div className={styles.close}>
        <Link to="/network/flows/$flow" params={{ flow: line.flow }} className={styles.title}>
          {local(line.flowTitle)}
        </Link>
        <span>
          <Link to="/network/terminals/$terminal" params={{ terminal: line.terminal }}>
            {line.terminalTitle}
          </Link>{' '}
          <span className={styles.faint}>{line.place}</span>
        </span>
      </div>
      <div className={styles.close}>
        <b>{blame === undefined ? words('network.hops.unknown') : blameText(blame, words)}</b>
        <span>{local(blame?.cause ?? line.reason)}</span>
        <span>→ {todoText(blame, words)}</span>
      </div>
      <div className={styles.close}>
        {line.since === undefined ? null : <Since time={line.since} />}
        {incident === undefined ? null : (
          <Link to="/network/incidents/$incident" params={{ incident: incident.id }} className={styles.press}>
            {words('network.pages.incidents')}
          </Link>
        )}
      </div>
    </li>
  );
}

function Load() {
  const words = useConsoleWords();
  const demand = useQuery(demandQuery);
  return (
    <Section title={words('network.overview.load')} note={words('network.overview.loadNote')}>
      {demand.error !== null && demand.data === undefined ? (
        <ErrorState compact problem={problemWords(demand.error, words)} />
      ) : demand.data === undefined ? (
        <Skeleton height="2.5rem" rows={2} />
      ) : demand.data.areas.length === 0 ? (
        <p className={styles.faint}>{words('network.overview.loadNone')}</p>
      ) : (
        <ul className={styles.loads}>
          {demand.data.areas.map((area) => (
            <AreaLoad key={`${area.kind} ${area.area}`} area={area} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function AreaLoad({ area }: { area: DemandArea }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  const busiest = area.hours.reduce<DemandArea['hours'][number] | undefined>(
    (worst, hour) => (worst === undefined || (hour.load ?? 0) > (worst.load ?? 0) ? hour : worst),
    undefined,
  );
  const load = busiest?.load;
  const strained = area.standing === 'tight' || area.standing === 'short';
  return (
    <li>
      <div className={styles.loadName}>
        <b>{local(area.title)}</b>
        <span className={styles.faint}>
          {words('network.overview.loadTerminals', { count: area.terminals })}
        </span>
      </div>
      <div className={styles.loadBar} aria-hidden="true">
        {load === undefined ? null : (
          <span
            className={strained ? styles.strained : ''}
            style={{ width: `${Math.min(1, load) * 100}%` }}
          />
        )}
      </div>
      <p className={styles.faint}>
        {load === undefined || busiest === undefined
          ? words('network.overview.noCapacity')
          : `${words('network.overview.loadAt', {
              share: percentText(load, language, 2),
              hour: busiest.hour,
            })} · ${words(`network.overview.demandStanding.${area.standing}`)}`}
      </p>
    </li>
  );
}

/** What measures here, how finely, and what it cannot. */
function Measuring({ overview }: { overview: NetworkOverview }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  const measuring = useQuery(measuringQuery);
  const status = measuring.data;
  const missing = (status?.capabilities ?? []).filter(({ available }) => !available);
  const number = (value: number) => formatNumber(Number(value.toPrecision(3)), language);
  return (
    <Section title={words('network.overview.measuring')} note={words('network.overview.measuringNote')}>
      {measuring.error !== null && status === undefined ? (
        <ErrorState compact problem={problemWords(measuring.error, words)} />
      ) : status === undefined ? (
        <Skeleton height="1.5rem" rows={6} />
      ) : (
        <div className={styles.stack}>
          {status.running ? null : <p className={styles.problem}>{words('network.overview.stopped')}</p>}
          {missing.length === 0 ? null : (
            <ul className={styles.plainList}>
              {missing.map((one) => (
                <li key={one.id} className={styles.problem}>
                  {words('network.overview.degraded', { what: local(one.title) })}
                  {one.detail === undefined ? null : <p className={styles.faint}>{local(one.detail)}</p>}
                </li>
              ))}
            </ul>
          )}
          <Facts
            facts={[
              {
                name: words('network.overview.reflector'),
                value: (
                  <>
                    {status.reflector.running
                      ? words('network.overview.reflectorAt', {
                          address: status.reflector.address ?? '',
                          port: status.reflector.port ?? '',
                        })
                      : words('network.overview.reflectorOff')}{' '}
                    <span className={styles.faint}>
                      {words('network.overview.answered', { count: status.reflector.answered })}
                      {status.reflector.refused === 0
                        ? null
                        : ` · ${words('network.overview.refused', { count: status.reflector.refused })}`}
                    </span>
                    {status.reflector.problem === undefined ? null : (
                      <p className={styles.problem}>{local(status.reflector.problem)}</p>
                    )}
                  </>
                ),
              },
              {
                name: words('network.overview.sessions'),
                value: (
                  <>
                    {words('network.overview.sessionsOf', {
                      running: formatCount(status.sessions.running, language),
                      wanted: formatCount(status.sessions.wanted, language),
                      max: formatCount(status.sessions.max, language),
                    })}
                    {status.sessions.leftOut === 0 ? null : (
                      <p className={styles.problem}>
                        {words('network.overview.leftOut', { count: status.sessions.leftOut })}
                      </p>
                    )}
                  </>
                ),
              },
              {
                name: words('network.overview.budget'),
                value: words('network.overview.budgetOf', {
                  rate: number(status.budget.probesPerSecond),
                  max: formatCount(status.budget.probesPerSecondMax, language),
                }),
              },
              {
                name: words('network.overview.passive'),
                value: words('network.overview.passiveRate', {
                  rate: number(overview.measured.passiveMessagesPerSecond),
                }),
              },
              {
                name: words('network.overview.floor'),
                value: (
                  <>
                    {status.noiseFloor.length === 0
                      ? words('network.overview.floorNone')
                      : status.noiseFloor
                          .map(({ share, milliseconds }) =>
                            words('network.overview.floorOf', {
                              share: percentText(share, language),
                              time: durationText(milliseconds, words, language),
                            }),
                          )
                          .join(' · ')}
                    <p className={styles.faint}>{words('network.overview.floorHelp')}</p>
                  </>
                ),
              },
              {
                name: words('network.overview.clock'),
                value: !status.clock.disciplined
                  ? words('network.overview.clockBad')
                  : status.clock.errorMilliseconds === undefined
                    ? words('network.overview.clockKnown', { source: status.clock.source ?? 'NTP' })
                    : words('network.overview.clockGood', {
                        source: status.clock.source ?? 'NTP',
                        error: durationText(status.clock.errorMilliseconds, words, language),
                      }),
              },
              {
                name: words('network.overview.can'),
                value: status.capabilities
                  .filter(({ available }) => available)
                  .map(({ title }) => local(title))
                  .join(language === 'zh' ? '、' : ', '),
              },
            ]}
          />
        </div>
      )}
    </Section>
  );
}
