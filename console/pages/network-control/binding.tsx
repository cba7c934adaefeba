import type { Binding, BindingInput, Derivation, Qos } from '@millrace/contract';
import {
  Button,
  formatNumber,
  Instant,
  Mark,
  NumberField,
  notify,
  Section,
  SelectField,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { RotateCw, Trash2, Wand2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import { NetworkFrame } from '../network/frame.tsx';
import { flowsQuery, slicesQuery, terminalsQuery } from '../network/queries.ts';
import styles from './control.module.css';
import { usePlanned } from './dry-run.tsx';
import { leftOver } from './fields.ts';
import { Loaded, OtherFaults } from './parts.tsx';
import { FilterFields, QosFields, qosFieldPaths } from './qos-fields.tsx';
import { askAgain, bindingQuery, derivationQuery, providersQuery, saveBinding } from './queries.ts';
import { ReleaseDialog } from './release.tsx';
import { Stages } from './stages.tsx';

const startQos: Qos = { fiveQi: 9, dscp: 0, arp: { priorityLevel: 8, mayPreempt: false, preemptable: true } };

/** One binding: how far it is, what it asks for, and changing it: first what would be sent, then sending it. */
export function BindingPage() {
  const words = useConsoleWords();
  const { binding: id } = useParams({ strict: false }) as { binding: string };
  const search = useSearch({ strict: false }) as { flow?: string; terminal?: string };
  const isNew = id === 'new';
  const query = useQuery({ ...bindingQuery(id), enabled: !isNew });
  const local = useLocalText();
  const flows = useQuery(flowsQuery);
  const terminals = useQuery(terminalsQuery());
  const flow = flows.data?.find((one) => one.id === query.data?.flow);
  const terminal = terminals.data?.terminals.find((one) => one.id === query.data?.terminal);
  return (
    <NetworkFrame
      title={
        isNew
          ? words('networkControl.binding.add')
          : query.data === undefined
            ? words('networkControl.binding.one')
            : `${flow === undefined ? query.data.flow : local(flow.title)} × ${terminal?.title ?? query.data.terminal}`
      }
      {...(isNew ? {} : { note: id })}
      above={<Link to="/network/bindings">{words('networkControl.binding.title')}</Link>}
    >
      {isNew ? (
        <BindingForm start={search} />
      ) : (
        <Loaded query={query}>
          {(binding) => (
            <div className={styles.wide}>
              <BindingNow binding={binding} />
              <BindingForm key={binding.since} binding={binding} start={{}} />
            </div>
          )}
        </Loaded>
      )}
    </NetworkFrame>
  );
}

function BindingNow({ binding }: { binding: Binding }) {
  const words = useConsoleWords();
  const navigate = useNavigate();
  const client = useQueryClient();
  const forbidden = useForbidden()('configure', '');
  const [releasing, setReleasing] = useState(false);
  const again = useMutation({
    mutationFn: () => askAgain('binding', binding.id),
    onError: (error) => notify({ kind: 'error', title: problemWords(error, words).title }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['network'] }),
  });
  const failing = binding.stages.standing === 'refused' || binding.stages.standing === 'lost';
  return (
    <Section
      title={words('networkControl.stages')}
      actions={
        <>
          {failing ? (
            <Button
              kind="act"
              icon={<RotateCw size={16} />}
              pending={again.isPending}
              disabledReason={forbidden}
              onPress={() => again.mutate()}
            >
              {words('networkControl.askAgain')}
            </Button>
          ) : null}
          <Button
            kind="act"
            icon={<Trash2 size={16} />}
            disabledReason={
              forbidden ??
              (binding.stages.standing === 'released' ? words('networkControl.isReleased') : undefined)
            }
            onPress={() => setReleasing(true)}
          >
            {words('networkControl.release')}
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        <Stages stages={binding.stages} />
        <p className={styles.faint}>
          {words('networkControl.askedBy', { by: binding.by })} <Instant time={binding.since} />
        </p>
      </div>
      {releasing ? (
        <ReleaseDialog
          kind="binding"
          id={binding.id}
          title={binding.id}
          onClose={() => setReleasing(false)}
          onReleased={() => void navigate({ to: '/network/bindings' })}
        />
      ) : null}
    </Section>
  );
}

function inputOf({ id: _id, stages: _stages, by: _by, since: _since, ...input }: Binding): BindingInput {
  return input;
}

function BindingForm({ binding, start }: { binding?: Binding; start: { flow?: string; terminal?: string } }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const flows = useQuery(flowsQuery);
  const terminals = useQuery(terminalsQuery());
  const providers = useQuery(providersQuery);
  const slices = useQuery(slicesQuery);
  const [input, setInput] = useState<BindingInput>(
    binding === undefined
      ? {
          flow: start.flow ?? '',
          terminal: start.terminal ?? '',
          provider: '',
          qos: startQos,
          filters: [],
        }
      : inputOf(binding),
  );
  const set = (change: Partial<BindingInput>) => setInput((before) => ({ ...before, ...change }));
  const missing =
    input.flow === ''
      ? words('networkControl.binding.needFlow')
      : input.terminal === ''
        ? words('networkControl.binding.needTerminal')
        : input.provider === ''
          ? words('networkControl.binding.needProvider')
          : undefined;
  const planned = usePlanned({
    input: { ...(binding === undefined ? {} : { id: binding.id }), binding: input },
    missing,
    sendWord: words(binding === undefined ? 'networkControl.ask' : 'networkControl.askChanged'),
    send: async () => {
      const saved = await saveBinding(binding?.id, input);
      if (binding === undefined)
        void navigate({ to: '/network/bindings/$binding', params: { binding: saved.id }, replace: true });
    },
    onSent: () => {
      notify({ kind: 'info', title: words('networkControl.sent') });
      void client.invalidateQueries({ queryKey: ['network'] });
    },
  });
  const { faults } = planned;
  const others = leftOver(faults, [
    'flow',
    'terminal',
    'provider',
    'slice',
    'durationSeconds',
    ...qosFieldPaths,
    ...input.filters.flatMap((_, at) => [
      `filters.${at}`,
      ...['protocol', 'remote', 'remotePort', 'terminalPort'].map((name) => `filters.${at}.${name}`),
    ]),
  ]);
  return (
    <>
      <Section title={words('networkControl.binding.for')}>
        <div className={styles.fields}>
          <SelectField
            label={words('networkControl.flow')}
            required
            value={input.flow === '' ? undefined : input.flow}
            fault={faults['flow']}
            help={flows.data?.length === 0 ? words('networkControl.binding.noFlows') : undefined}
            options={(flows.data ?? []).map(({ id, title }) => ({ value: id, title: local(title) }))}
            onChange={(flow) => set({ flow })}
          />
          <SelectField
            label={words('networkControl.terminal')}
            required
            value={input.terminal === '' ? undefined : input.terminal}
            fault={faults['terminal']}
            help={terminals.data?.total === 0 ? words('networkControl.binding.noTerminals') : undefined}
            options={(terminals.data?.terminals ?? []).map(({ id, title, address }) => ({
              value: id,
              title: address === undefined ? title : `${title} · ${address}`,
            }))}
            onChange={(terminal) => set({ terminal })}
          />
          <SelectField
            label={words('networkControl.provider.one')}
            required
            value={input.provider === '' ? undefined : input.provider}
            fault={faults['provider']}
            help={providers.data?.length === 0 ? words('networkControl.binding.noProviders') : undefined}
            options={(providers.data ?? [])
              .filter(({ can }) => can.includes('qos'))
              .map(({ id, title }) => ({ value: id, title }))}
            onChange={(provider) => set({ provider })}
          />
          <SelectField
            label={words('networkControl.slice.one')}
            value={input.slice ?? 'none'}
            fault={faults['slice']}
            options={[
              { value: 'none', title: words('networkControl.none') },
              ...(slices.data ?? []).map(({ id, title }) => ({ value: id, title })),
            ]}
            onChange={(slice) =>
              setInput(({ slice: _before, ...rest }) => (slice === 'none' ? rest : { ...rest, slice }))
            }
          />
          <NumberField
            label={words('networkControl.binding.duration')}
            help={words('networkControl.binding.durationHelp')}
            unit="s"
            value={input.durationSeconds}
            fault={faults['durationSeconds']}
            onChange={(seconds) =>
              setInput(({ durationSeconds: _before, ...rest }) =>
                seconds === undefined ? rest : { ...rest, durationSeconds: seconds },
              )
            }
          />
        </div>
      </Section>
      <Section
        title={words('networkControl.binding.quality')}
        note={words('networkControl.binding.qualityNote')}
      >
        <div className={styles.wide}>
          {input.flow === '' ? null : (
            <Derived
              flow={input.flow}
              first={binding === undefined}
              taken={input.qos}
              onTake={(qos) => set({ qos })}
            />
          )}
          <QosFields qos={input.qos} onChange={(qos) => set({ qos })} faults={faults} />
        </div>
      </Section>
      <Section title={words('networkControl.filter.title')}>
        <FilterFields filters={input.filters} onChange={(filters) => set({ filters })} faults={faults} />
      </Section>
      <Section title={words('networkControl.dryRun')}>
        <div className={styles.stack}>
          <OtherFaults faults={others} />
          {planned.below}
        </div>
      </Section>
    </>
  );
}

/** What follows from the service level of the flow, step by step, and taking it. */
function Derived({
  flow,
  first,
  taken,
  onTake,
}: {
  flow: string;
  /** Nothing has been asked for yet: what follows from the level is where a person begins. */
  first: boolean;
  taken: Qos;
  onTake: (qos: Qos) => void;
}) {
  const words = useConsoleWords();
  const query = useQuery(derivationQuery(flow));
  const takenOf = useRef<string>(undefined);
  const qos = query.data?.qos;
  useEffect(() => {
    if (!first || qos === undefined || takenOf.current === flow) return;
    takenOf.current = flow;
    onTake(qos);
  }, [first, qos, flow, onTake]);
  return (
    <section className={styles.plan} aria-label={words('networkControl.derive.title')}>
      <Loaded query={query}>
        {(derived) => (
          <DerivedText
            derived={derived}
            same={qos !== undefined && JSON.stringify(qos) === JSON.stringify(taken)}
            onTake={onTake}
          />
        )}
      </Loaded>
    </section>
  );
}

function DerivedText({
  derived,
  same,
  onTake,
}: {
  derived: Derivation;
  same: boolean;
  onTake: (qos: Qos) => void;
}) {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  const { qos, rates } = derived;
  const rate = (value: number) => formatNumber(Number(value.toPrecision(3)), language);
  return (
    <div className={styles.stack}>
      <p className={styles.row}>
        <Mark kind={derived.possible ? 'good' : 'bad'} />
        <b>
          {words(derived.possible ? 'networkControl.derive.possible' : 'networkControl.derive.impossible')}
        </b>
        {qos === undefined ? null : (
          <span className={styles.number}>
            {`5QI ${qos.fiveQi} · DSCP ${qos.dscp} · ↑ ${rate(rates.uplink)} ↓ ${rate(rates.downlink)} kbit/s`}
          </span>
        )}
        {derived.nearest === undefined ? null : (
          <span>{words('networkControl.derive.nearest', { fiveQi: derived.nearest })}</span>
        )}
      </p>
      {[...derived.problems, ...derived.short].map(({ field, message }) => (
        <p key={`${field} ${message.en}`} className={styles.problem}>
          <code>{field}</code> {local(message)}
        </p>
      ))}
      {derived.reasons.length === 0 ? null : (
        <details open>
          <summary>{words('networkControl.derive.why')}</summary>
          <ol className={styles.calls}>
            {derived.reasons.map((reason) => (
              <li key={reason.en}>{local(reason)}</li>
            ))}
          </ol>
        </details>
      )}
      {qos === undefined ? null : (
        <div className={styles.row}>
          <Button
            icon={<Wand2 size={16} />}
            disabledReason={same ? words('networkControl.derive.taken') : undefined}
            onPress={() => onTake(qos)}
          >
            {words('networkControl.derive.take')}
          </Button>
        </div>
      )}
    </div>
  );
}
