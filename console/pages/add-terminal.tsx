import type { SettingFields, SettingProblem, SettingValue, TestReport } from '@millrace/contract';
import {
  ErrorState,
  Page,
  type ProblemWords,
  Section,
  Skeleton,
  Stepper,
  sentValues,
  startValues,
  useLocalText,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Cable, FileJson, Globe, RadioTower } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { api, type Schemas, take } from '../api/client.ts';
import { problemWords } from '../api/problem.ts';
import { connectionsQuery, protocolsQuery } from '../api/queries.ts';
import { useConsoleWords } from '../words/index.ts';
import { AddDevice } from './terminals/add-device.tsx';
import { AddressStep } from './terminals/address-step.tsx';
import { BrowseStep } from './terminals/browse-step.tsx';
import { ChooseStep } from './terminals/choose-step.tsx';
import { type Draft, emptyDraft, endpointOfSettings, type Point, propertyName } from './terminals/draft.ts';
import { settingProblems } from './terminals/field-choice.ts';
import { LiveStep } from './terminals/live-step.tsx';
import { usePeerWords } from './terminals/peer-problem.tsx';
import { registerFaults, registerProperty } from './terminals/registers.ts';
import styles from './terminals/terminals.module.css';
import { awaitsTrust, nameFound, TestStep } from './terminals/test-step.tsx';
import { useBrowse } from './terminals/use-browse.ts';

const stepIds = ['address', 'test', 'browse', 'choose', 'live'] as const;
type StepId = (typeof stepIds)[number];

/** What was typed, by protocol and connection, kept while the console is open so that going elsewhere and back loses nothing. */
const drafts = new Map<string, Draft>();

interface Search {
  protocol?: string;
  step?: string;
  connection?: string;
}

/** A new terminal, step by step: protocol, address, test, what it offers, how it is called, live. */
export function AddTerminalPage() {
  const words = useConsoleWords();
  const local = useLocalText();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  const protocols = useQuery(protocolsQuery);
  const connections = useQuery(connectionsQuery);
  const go = useCallback(
    (next: Search) => void navigate({ to: '/terminals/add', search: next as never }),
    [navigate],
  );
  const page = (title: string, children: ReactNode) => (
    <Page title={title} above={<Link to="/terminals">{words('terminals.title')}</Link>}>
      {children}
    </Page>
  );
  if (protocols.error !== null && protocols.data === undefined) {
    return page(
      words('terminals.add'),
      <ErrorState problem={problemWords(protocols.error, words)} onRetry={() => void protocols.refetch()} />,
    );
  }
  if (protocols.data === undefined || (search.connection !== undefined && connections.data === undefined)) {
    return page(words('terminals.add'), <Skeleton height="4rem" rows={4} />);
  }
  const protocol = protocols.data.find((one) => one.id === search.protocol);
  if (search.protocol === 'http' || protocol?.direction === 'listener') {
    return page(
      words('terminal.device.pageTitle'),
      <AddDevice
        way={search.protocol === 'http' ? 'http' : 'mqtt'}
        step={search.step ?? 'device'}
        onStep={(step) =>
          go({ protocol: search.protocol ?? 'mqtt', ...(step === undefined ? {} : { step }) })
        }
        onLeave={() => go({})}
      />,
    );
  }
  if (protocol === undefined) return page(words('terminals.add'), <Protocols protocols={protocols.data} />);
  const connection = connections.data?.find((one) => one.id === search.connection);
  return page(
    words('terminal.add.titleOf', { protocol: local(protocol.title) }),
    <Wizard
      key={`${protocol.id} ${connection?.id ?? ''}`}
      protocol={protocol}
      connection={connection}
      connections={connections.data ?? []}
      step={search.step}
      onStep={(step) =>
        go({
          protocol: protocol.id,
          step,
          ...(connection === undefined ? {} : { connection: connection.id }),
        })
      }
      onUse={(id) => go({ protocol: protocol.id, connection: id, step: 'browse' })}
      onLeave={() => go({})}
    />,
  );
}

function Protocols({ protocols }: { protocols: readonly Schemas['Protocol'][] }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const card = (icon: ReactNode, title: string, text: string, to: { protocol: string }) => (
    <li key={title}>
      <Link to="/terminals/add" search={to as never} className={styles.card}>
        {icon}
        <span className={styles.cardText}>
          <b>{title}</b>
          <span>{text}</span>
        </span>
      </Link>
    </li>
  );
  const clients = protocols.filter((one) => one.direction === 'client');
  const listeners = protocols.filter((one) => one.direction === 'listener');
  // What a plant has most of comes first.
  const order = ['opcua', 'modbus'];
  const rank = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);
  return (
    <div className={styles.stack}>
      <Section title={words('terminal.add.fetched')} note={words('terminal.add.fetchedNote')}>
        <ul className={styles.cards}>
          {[...clients]
            .sort((a, b) => rank(a.id) - rank(b.id))
            .map((one) =>
              card(<Cable size={24} />, local(one.title), local(one.summary), { protocol: one.id }),
            )}
        </ul>
      </Section>
      <Section title={words('terminal.add.sends')} note={words('terminal.add.sendsNote')}>
        <ul className={styles.cards}>
          {listeners.map((one) =>
            card(<RadioTower size={24} />, local(one.title), local(one.summary), { protocol: one.id }),
          )}
          {card(<Globe size={24} />, words('terminal.sending.http'), words('terminal.sending.httpNote'), {
            protocol: 'http',
          })}
        </ul>
      </Section>
      <Section title={words('terminal.add.described')} note={words('terminal.add.describedNote')}>
        <ul className={styles.cards}>
          <li>
            <Link to="/add-thing" className={styles.card}>
              <FileJson size={24} />
              <span className={styles.cardText}>
                <b>{words('addThing.title')}</b>
                <span>{words('addThing.note')}</span>
              </span>
            </Link>
          </li>
        </ul>
      </Section>
    </div>
  );
}

function Wizard({
  protocol,
  connection,
  connections,
  step,
  onStep,
  onUse,
  onLeave,
}: {
  protocol: Schemas['Protocol'];
  /** The connection that is there already, where one is used. */
  connection: Schemas['Connection'] | undefined;
  connections: readonly Schemas['Connection'][];
  step: string | undefined;
  onStep: (step: StepId) => void;
  onUse: (connection: string) => void;
  onLeave: () => void;
}) {
  const words = useConsoleWords();
  const peerWords = usePeerWords();
  const queryClient = useQueryClient();
  const key = `${protocol.id} ${connection?.id ?? ''}`;
  const fields = protocol.settings as SettingFields;
  const fresh = (): Draft => ({
    ...emptyDraft(startValues(fields, connection?.settings as Record<string, SettingValue> | undefined)),
    made: connection === undefined ? {} : { connection: connection.id },
  });
  const [draft, setDraft] = useState<Draft>(() => drafts.get(key) ?? fresh());
  const [problems, setProblems] = useState<readonly SettingProblem[]>([]);
  const [running, setRunning] = useState(false);
  const [failed, setFailed] = useState<ProblemWords>();
  const runs = useRef(0);
  const change = useCallback(
    (next: Partial<Draft> | ((before: Draft) => Partial<Draft>)) =>
      setDraft((before) => {
        const after = { ...before, ...(typeof next === 'function' ? next(before) : next) };
        drafts.set(key, after);
        return after;
      }),
    [key],
  );

  const settings = useMemo(() => sentValues(draft.settings), [draft.settings]);
  const settingsKey = JSON.stringify(settings);
  const report = draft.tested?.of === settingsKey ? draft.tested.report : undefined;
  const tested = connection !== undefined || (report?.ok === true && !awaitsTrust(report));
  const browsing = useBrowse(protocol.id, settings, connection?.id);

  const points = useMemo<readonly Point[]>(() => {
    const taken = new Set(draft.points.map((point) => point.name));
    const host = String(settings['host'] ?? '');
    const port = Number(settings['port'] ?? 502);
    const typed = draft.hand
      .filter((line) => registerFaults(line).length === 0)
      .map((line): Point => {
        const name = line.property ?? propertyName(line.name, taken);
        taken.add(name);
        return { key: line.key, kind: 'property', name, affordance: registerProperty(line, host, port) };
      });
    return [...draft.points, ...typed];
  }, [draft.points, draft.hand, settings]);
  const handFaults = draft.hand.some((line) => registerFaults(line).length > 0);

  const reachable: Record<StepId, boolean> = {
    address: connection === undefined,
    test: connection === undefined && (running || failed !== undefined || draft.tested?.of === settingsKey),
    browse: tested,
    choose: tested && points.length > 0,
    live: (tested && points.length > 0 && draft.title.trim() !== '') || draft.made.thing !== undefined,
  };
  const first: StepId = connection === undefined ? 'address' : 'browse';
  const wanted = stepIds.find((id) => id === step) ?? first;
  // A link into the middle leads as far as what is typed allows.
  const at =
    reachable[wanted] || (wanted === 'test' && connection === undefined)
      ? wanted
      : (stepIds
          .slice(0, stepIds.indexOf(wanted))
          .reverse()
          .find((id) => reachable[id]) ?? first);

  const test = useCallback(
    (values: Record<string, SettingValue>) => {
      const run = ++runs.current;
      const sent = sentValues(values);
      const of = JSON.stringify(sent);
      setRunning(true);
      setFailed(undefined);
      setProblems([]);
      take(
        api.POST('/api/protocols/{protocol}/test', {
          params: { path: { protocol: protocol.id } },
          body: { settings: sent },
        }),
      )
        .then(
          (answer) => {
            if (run !== runs.current) return;
            const found = answer as TestReport;
            change((before) => ({
              tested: { report: found, of },
              title: before.title,
              connectionTitle:
                before.connectionTitle ||
                nameFound(found) ||
                endpointOfSettings(protocol.id, sent).replace(/^[\w.+-]+:\/\//, ''),
            }));
          },
          (error: unknown) => {
            if (run !== runs.current) return;
            const wrong = settingProblems(error);
            setProblems(wrong);
            if (wrong.length > 0) onStep('address');
            else setFailed(peerWords(error));
          },
        )
        .finally(() => {
          if (run === runs.current) setRunning(false);
        });
    },
    [protocol.id, change, onStep, peerWords],
  );

  // Coming to the test by a link or by going forward: it runs by itself, once for each set of settings.
  const begun = useRef<string>(undefined);
  useEffect(() => {
    if (at !== 'test' || running || report !== undefined || failed !== undefined) return;
    if (begun.current === settingsKey) return;
    begun.current = settingsKey;
    test(draft.settings);
  }, [at, running, report, failed, settingsKey, test, draft.settings]);

  // A page that changed under the eyes begins at its top.
  const top = useRef<HTMLDivElement>(null);
  const shownBefore = useRef(at);
  useEffect(() => {
    if (shownBefore.current === at) return;
    shownBefore.current = at;
    top.current?.focus({ preventScroll: true });
    top.current?.scrollIntoView({ block: 'start' });
  }, [at]);

  const onMade = useCallback(
    (made: Draft['made']) => change((before) => ({ made: { ...before.made, ...made } })),
    [change],
  );

  const steps = [
    { id: 'protocol', title: words('terminal.step.protocol') },
    ...(connection === undefined
      ? [
          { id: 'address', title: words('terminal.step.address') },
          { id: 'test', title: words('terminal.step.test') },
        ]
      : []),
    { id: 'browse', title: words('terminal.step.browse') },
    { id: 'choose', title: words('terminal.step.choose') },
    { id: 'live', title: words('terminal.step.live') },
  ];
  return (
    <div ref={top} tabIndex={-1} className={`${styles.stack} ${styles.wizard}`}>
      <Stepper
        label={words('terminal.add.steps')}
        steps={steps}
        current={at}
        {...(draft.made.thing === undefined
          ? { onGo: (id: string) => (id === 'protocol' ? onLeave() : onStep(id as StepId)) }
          : {})}
      />
      {connection === undefined ? null : (
        <p className={styles.faint}>{words('terminal.choose.through', { connection: connection.title })}</p>
      )}
      {at === 'address' ? (
        <AddressStep
          protocol={protocol}
          values={draft.settings}
          problems={problems}
          connections={connections}
          onChange={(name, value) => {
            setProblems((before) => before.filter((problem) => problem.field !== name));
            setFailed(undefined);
            change((before) => ({ settings: { ...before.settings, [name]: value } }));
          }}
          onUse={onUse}
          onNext={() => {
            begun.current = settingsKey;
            if (report?.ok !== true) test(draft.settings);
            onStep('test');
          }}
          onBack={onLeave}
        />
      ) : at === 'test' ? (
        <TestStep
          protocol={protocol}
          settings={draft.settings}
          report={report}
          running={running}
          failed={failed}
          onRun={() => test(draft.settings)}
          onSettings={(more) => {
            const next = { ...draft.settings, ...more };
            begun.current = JSON.stringify(sentValues(next));
            change({ settings: next });
            test(next);
          }}
          onAddress={() => onStep('address')}
          onNext={() => onStep('browse')}
        />
      ) : at === 'browse' ? (
        <BrowseStep
          protocol={protocol.id}
          browsing={browsing}
          settings={settings}
          connection={connection?.id}
          points={draft.points}
          onPoints={(next) => change({ points: next })}
          hand={draft.hand}
          onHand={(hand) => change({ hand })}
          handFaults={handFaults}
          onNext={() => {
            change((before) => ({ title: before.title || nameFound(report) || '' }));
            onStep('choose');
          }}
          onBack={() => (connection === undefined ? onStep('test') : onLeave())}
        />
      ) : at === 'choose' ? (
        <ChooseStep
          draft={draft}
          points={points}
          existing={connection?.title}
          onChange={change}
          onPoint={(of, name) =>
            change((before) => ({
              points: before.points.map((point) => (point.key === of ? { ...point, name } : point)),
              hand: before.hand.map((line) => (line.key === of ? { ...line, property: name } : line)),
            }))
          }
          onRemove={(of) =>
            change((before) => ({
              points: before.points.filter((point) => point.key !== of),
              hand: before.hand.filter((line) => line.key !== of),
            }))
          }
          onNext={() => onStep('live')}
          onBack={() => onStep('browse')}
        />
      ) : (
        <LiveStep
          protocol={protocol.id}
          settings={settings}
          draft={draft}
          points={points}
          onMade={onMade}
          onBack={() => onStep('choose')}
          onAnother={() => {
            const used = draft.made.connection;
            drafts.delete(key);
            void queryClient.invalidateQueries({ queryKey: connectionsQuery.queryKey });
            if (used !== undefined && connection === undefined) {
              drafts.delete(`${protocol.id} ${used}`);
              onUse(used);
            } else {
              setDraft(fresh());
              onStep('browse');
            }
          }}
        />
      )}
    </div>
  );
}
