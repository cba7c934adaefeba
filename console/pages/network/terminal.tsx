import type { NetworkTerminalDetail, PduSession } from '@millrace/contract';
import {
  Button,
  Confirm,
  EmptyState,
  ErrorState,
  Facts,
  Instant,
  notify,
  Section,
  SelectField,
  Since,
  Skeleton,
  Tabs,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { ListChecks, Pencil, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useBounds, useTimeState } from '../../shell/time-state.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import { durationText } from './figures.ts';
import { NetworkFrame } from './frame.tsx';
import { FlowHistory } from './history.tsx';
import { IncidentLines } from './incidents.tsx';
import { useNetworkChanges } from './live.ts';
import { CriteriaTable } from './need-table.tsx';
import styles from './network.module.css';
import { PathView } from './path.tsx';
import { lifeQuery, pathQuery, removeTerminal, terminalQuery } from './queries.ts';
import { RadioLife } from './radio-life.tsx';
import { usePageSearch } from './search.ts';
import { TerminalForm } from './terminal-form.tsx';
import { stateOrder, VerdictWord } from './verdict.tsx';

interface Search {
  tab?: string;
  flow?: string;
}
const tabs = ['now', 'radio', 'history', 'about'] as const;

/** One terminal: its path and what it needs and has, its radio life, what was measured, who it is. */
export function NetworkTerminalPage() {
  const { terminal: id } = useParams({ strict: false }) as { terminal: string };
  const words = useConsoleWords();
  const { search } = usePageSearch<Search>();
  const detail = useQuery({ ...terminalQuery(id), enabled: id !== 'new' });
  useNetworkChanges();
  if (id === 'new') return <TerminalForm key="new" />;
  if (detail.data === undefined)
    return (
      <NetworkFrame title={words('network.pages.terminals')}>
        {detail.error === null ? (
          <Skeleton height="6rem" rows={4} />
        ) : (
          <ErrorState problem={problemWords(detail.error, words)} onRetry={() => void detail.refetch()} />
        )}
      </NetworkFrame>
    );
  return search.tab === 'edit' ? (
    <TerminalForm key={id} saved={detail.data.terminal} found={detail.data.found} />
  ) : (
    <OneTerminal key={id} detail={detail.data} />
  );
}

function OneTerminal({ detail }: { detail: NetworkTerminalDetail }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { search, set } = usePageSearch<Search>();
  const [removing, setRemoving] = useState(false);
  const [busy, setBusy] = useState(false);
  const { terminal } = detail;
  const forbidden = useForbidden()('configure', terminal.place ?? '');
  const tab = tabs.find((one) => one === search.tab) ?? 'now';
  const worst = [...detail.verdicts].sort((a, b) => stateOrder[a.state] - stateOrder[b.state])[0];
  const remove = () => {
    setBusy(true);
    removeTerminal(terminal.id)
      .then(
        async () => {
          notify({ kind: 'info', title: words('network.terminal.removed') });
          setRemoving(false);
          await navigate({ to: '/network/terminals' });
          await queries.invalidateQueries({ queryKey: ['network'] });
        },
        (error: unknown) => notify({ kind: 'error', title: problemWords(error, words).title }),
      )
      .finally(() => setBusy(false));
  };
  const content: Record<(typeof tabs)[number], () => ReactNode> = {
    now: () => <Now detail={detail} />,
    radio: () => <RadioLife terminal={terminal} incidents={detail.incidents} />,
    history: () => <History detail={detail} />,
    about: () => <About detail={detail} />,
  };
  return (
    <NetworkFrame
      title={terminal.title}
      above={<Link to="/network/terminals">{words('network.pages.terminals')}</Link>}
      note={
        <span className={styles.row}>
          <VerdictWord state={worst?.state} />
          {worst?.since === undefined ? null : <Since time={worst.since} />}
          <span>
            {words(`network.kinds.${terminal.kind}`)}
            {terminal.place === undefined || terminal.place === '' ? '' : ` · ${terminal.place}`}
            {terminal.address === undefined ? '' : ` · ${terminal.address}`}
          </span>
        </span>
      }
      actions={
        <>
          <Button icon={<Trash2 size={16} />} disabledReason={forbidden} onPress={() => setRemoving(true)}>
            {`${words('network.terminal.remove')}…`}
          </Button>
          <Button icon={<Pencil size={16} />} disabledReason={forbidden} onPress={() => set({ tab: 'edit' })}>
            {words('network.terminal.edit')}
          </Button>
        </>
      }
    >
      {terminal.problems.length === 0 ? null : (
        <ul className={styles.plainList} aria-label={words('network.terminal.problems')}>
          {terminal.problems.map((problem) => (
            <li key={problem.en} className={styles.problem}>
              {local(problem)}
            </li>
          ))}
        </ul>
      )}
      <Tabs
        label={terminal.title}
        items={tabs.map((one) => ({
          id: one,
          title: words(`network.terminal.tabs.${one}`),
          content: content[one],
        }))}
        selected={tab}
        onSelect={(next) => set({ tab: next === 'now' ? undefined : next })}
      />
      <Confirm
        open={removing}
        onClose={() => setRemoving(false)}
        onConfirm={remove}
        title={words('network.terminal.removeTitle')}
        confirm={words('network.terminal.remove')}
        busy={busy}
      >
        <p>{words('network.terminal.removeWill')}</p>
      </Confirm>
    </NetworkFrame>
  );
}

/** Path above, below it every flow with its verdict, its criteria, and what happened lately. */
function Now({ detail }: { detail: NetworkTerminalDetail }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const path = useQuery(pathQuery(detail.terminal.id));
  const flows = [...detail.flows]
    .map((flow) => ({ flow, verdict: detail.verdicts.find((one) => one.flow === flow.id) }))
    .sort((a, b) => stateOrder[a.verdict?.state ?? 'none'] - stateOrder[b.verdict?.state ?? 'none']);
  return (
    <div className={styles.stack}>
      <Section title={words('network.terminal.path')} note={words('network.terminal.pathNote')}>
        {path.error !== null && path.data === undefined ? (
          <ErrorState compact problem={problemWords(path.error, words)} />
        ) : path.data === undefined ? (
          <Skeleton height="7rem" />
        ) : (
          <PathView path={path.data} />
        )}
      </Section>
      {flows.length === 0 ? (
        <EmptyState icon={<ListChecks size={44} />} title={words('network.terminal.noFlows')}>
          <p>
            {words('network.terminal.noFlowsHelp')}{' '}
            <Link to="/network/applications">{words('network.pages.applications')}</Link>
          </p>
        </EmptyState>
      ) : (
        flows.map(({ flow, verdict }) => (
          <Section
            key={flow.id}
            title={
              <Link to="/network/flows/$flow" params={{ flow: flow.id }}>
                {local(flow.title)}
              </Link>
            }
            note={
              <span className={styles.row}>
                <VerdictWord state={verdict?.state} />
                {verdict?.since === undefined ? null : <Since time={verdict.since} />}
              </span>
            }
          >
            {verdict === undefined ? (
              <p className={styles.faint}>{words('network.verdict.help.none')}</p>
            ) : (
              <div className={styles.stack}>
                <p>{local(verdict.reason)}</p>
                <CriteriaTable level={flow.level} criteria={verdict.criteria} />
              </div>
            )}
          </Section>
        ))
      )}
      <Section title={words('network.terminal.incidents')} flush={detail.incidents.length > 0}>
        {detail.incidents.length === 0 ? (
          <p className={styles.faint}>{words('network.terminal.noIncidents')}</p>
        ) : (
          <IncidentLines incidents={detail.incidents} />
        )}
      </Section>
    </div>
  );
}

function History({ detail }: { detail: NetworkTerminalDetail }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const { from, to } = useBounds();
  const { setRange } = useTimeState();
  const { search, set } = usePageSearch<Search>();
  const chosen = detail.flows.find(({ id }) => id === search.flow) ?? detail.flows[0];
  if (chosen === undefined)
    return (
      <EmptyState icon={<ListChecks size={44} />} title={words('network.terminal.noFlows')}>
        <p>{words('network.terminal.noFlowsHelp')}</p>
      </EmptyState>
    );
  return (
    <div className={styles.stack}>
      {detail.flows.length < 2 ? null : (
        <div className={styles.fields}>
          <SelectField
            label={words('network.terminal.chooseFlow')}
            value={chosen.id}
            options={detail.flows.map(({ id, title }) => ({ value: id, title: local(title) }))}
            onChange={(flow) => set({ flow })}
          />
        </div>
      )}
      <FlowHistory
        terminal={detail.terminal.id}
        flow={chosen.id}
        from={from}
        to={to}
        onRange={setRange}
        incidents={detail.incidents}
      />
    </div>
  );
}

/** Who it is: identity, card, sessions, things, how it is probed, addresses it had. */
function About({ detail }: { detail: NetworkTerminalDetail }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const { from, to } = useBounds();
  const { terminal, sim } = detail;
  const life = useQuery(lifeQuery(terminal.id, from, to));
  const { probe } = terminal;
  const fact = (name: string, value: ReactNode) => (value === undefined ? [] : [{ name, value }]);
  return (
    <div className={styles.halves}>
      <Section title={words('network.terminal.identity')}>
        <Facts
          facts={[
            { name: words('network.terminal.id'), value: <span className={styles.code}>{terminal.id}</span> },
            ...fact(words('network.terminal.address'), terminal.address),
            ...fact(words('network.terminal.supi'), terminal.supi),
            ...fact(words('network.terminal.gpsi'), terminal.gpsi),
            ...fact(words('network.terminal.pei'), terminal.pei),
            ...fact(words('network.terminal.iccid'), terminal.iccid),
            ...fact(words('network.terminal.module'), terminal.module),
            ...fact(words('network.terminal.firmware'), terminal.firmware),
            ...fact(words('network.terminal.zone'), terminal.zone),
            ...fact(words('network.terminal.provider'), terminal.provider),
            ...fact(
              words('network.terminal.boundSince'),
              terminal.boundSince === undefined ? undefined : <Instant time={terminal.boundSince} />,
            ),
            ...fact(
              words('network.terminal.sim'),
              sim === undefined ? undefined : (
                <span>
                  {sim.iccid}
                  {sim.parted ? <b> · {words('network.terminal.simParted')}</b> : null}
                </span>
              ),
            ),
            {
              name: words('network.terminal.probe'),
              value:
                probe === undefined ? (
                  words('network.terminal.probeNone')
                ) : (
                  <>
                    {words('network.terminal.probeEvery', {
                      method: words(`network.methods.${probe.method}`),
                      host: `${probe.host ?? terminal.address ?? '–'}${probe.port === undefined ? '' : `:${probe.port}`}`,
                      time: durationText(probe.everyMilliseconds ?? 1000, words, language),
                      from: words(`network.terminal.probeFrom.${probe.from ?? 'platform'}`),
                    })}
                    {probe.dscps === undefined ? null : (
                      <p className={styles.faint}>
                        {words('network.terminal.probeClasses', { dscps: probe.dscps.join(', ') })}
                      </p>
                    )}
                  </>
                ),
            },
            ...(detail.found
              ? [{ name: words('network.terminals.found'), value: words('network.terminal.foundNote') }]
              : []),
          ]}
        />
      </Section>
      <div className={styles.stack}>
        <Section title={words('network.terminal.things')}>
          {detail.things.length === 0 ? (
            <p className={styles.faint}>{words('network.terminal.noThings')}</p>
          ) : (
            <ul className={styles.linkList}>
              {detail.things.map((thing) => (
                <li key={thing.id}>
                  <Link to="/things/$id" params={{ id: thing.id }}>
                    {thing.title}
                  </Link>
                </li>
              ))}
            </ul>
          )}
          {detail.thing === undefined ? null : (
            <p>
              <Link to="/things/$id" params={{ id: detail.thing }} className={styles.press}>
                {words('network.terminal.measuredThing')}
              </Link>
            </p>
          )}
        </Section>
        <Section title={words('network.terminal.sessions')}>
          {terminal.sessions.length === 0 ? (
            <p className={styles.faint}>{words('network.terminal.noSessions')}</p>
          ) : (
            <ul className={styles.plainList}>
              {terminal.sessions.map((session, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a session may have neither number nor address
                <li key={index}>
                  <Session session={session} />
                </li>
              ))}
            </ul>
          )}
        </Section>
        {life.data === undefined || life.data.addresses.length === 0 ? null : (
          <Section title={words('network.terminal.addresses')}>
            <ul className={styles.plainList}>
              {life.data.addresses.map((one) => (
                <li key={`${one.address} ${one.from}`}>
                  <span className={styles.code}>{one.address}</span>{' '}
                  <span className={styles.faint}>
                    <Instant time={one.from} />
                    {one.to === undefined ? null : (
                      <>
                        {' '}
                        {words('network.terminal.until')} <Instant time={one.to} />
                      </>
                    )}
                  </span>
                </li>
              ))}
            </ul>
          </Section>
        )}
      </div>
    </div>
  );
}

function Session({ session }: { session: PduSession }) {
  const words = useConsoleWords();
  const { snssai } = session;
  return (
    <div className={styles.close}>
      <b>{words('network.terminal.session', { dnn: session.dnn, address: session.address ?? '–' })}</b>
      <span className={styles.faint}>
        {[
          snssai === undefined
            ? undefined
            : words('network.terminal.slice', {
                slice: `${snssai.sst}${snssai.sd === undefined ? '' : `-${snssai.sd}`}`,
              }),
          session.state,
          session.flows.length === 0
            ? undefined
            : words('network.terminal.flowsOf', {
                flows: session.flows.map(({ qfi, fiveQi }) => `${qfi} (5QI ${fiveQi})`).join(', '),
              }),
        ]
          .filter((part) => part !== undefined)
          .join(' · ')}
      </span>
      {session.since === undefined ? null : <Since time={session.since} className={styles.faint} />}
    </div>
  );
}
