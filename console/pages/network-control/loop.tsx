import {
  type LoopAction,
  type LoopActionKind,
  type LoopDecision,
  type LoopMode,
  type LoopSettings,
  type LoopState,
  loopActionKinds,
  loopModes,
} from '@millrace/contract';
import {
  Button,
  CodeBlock,
  type Column,
  Confirm,
  EmptyState,
  ErrorState,
  Facts,
  formatCount,
  Instant,
  type MarkKind,
  NumberField,
  notify,
  Section,
  SelectField,
  Since,
  StateBadge,
  Table,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { Check, Undo2, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import { NetworkFrame } from '../network/frame.tsx';
import { flowsQuery, terminalsQuery } from '../network/queries.ts';
import styles from './control.module.css';
import { DecisionDialog } from './decision.tsx';
import { faultsFrom, leftOver } from './fields.ts';
import { Dash, Loaded, Named, OtherFaults, useSetSearch } from './parts.tsx';
import { type ActionVerb, act, actionsQuery, decisionsQuery, loopQuery, saveLoop } from './queries.ts';

const stateKinds: Record<LoopAction['state'], MarkKind> = {
  proposed: 'uncertain',
  doing: 'connecting',
  watching: 'connecting',
  helped: 'good',
  undoing: 'connecting',
  undone: 'stopped',
  rejected: 'stopped',
  expired: 'stale',
  failed: 'bad',
  told: 'good',
};
const modeKinds: Record<LoopMode, MarkKind> = { off: 'stopped', propose: 'good', act: 'good' };

interface Asked {
  action: LoopAction;
  verb: ActionVerb;
}

/** What the platform may do when a level is not met, what it proposes, what it has done, and why. */
export function LoopPage() {
  const words = useConsoleWords();
  const client = useQueryClient();
  const loop = useQuery(loopQuery);
  const actions = useQuery(actionsQuery);
  const [asked, setAsked] = useState<Asked>();
  const doing = useMutation({
    mutationFn: ({ action, verb }: Asked) => act(action.id, verb),
    onSuccess: (_, { verb }) => {
      notify({ kind: 'info', title: words(`networkControl.loop.did.${verb}`) });
      setAsked(undefined);
    },
    onSettled: () => void client.invalidateQueries({ queryKey: ['network'] }),
  });
  const proposed = (actions.data ?? []).filter(({ state }) => state === 'proposed');
  const others = useMemo(
    () => (actions.data ?? []).filter(({ state }) => state !== 'proposed'),
    [actions.data],
  );
  return (
    <NetworkFrame title={words('networkControl.loop.title')} note={words('networkControl.loop.note')}>
      <Section title={words('networkControl.loop.proposed')} note={words('networkControl.loop.proposedNote')}>
        <Loaded query={actions}>
          {() =>
            proposed.length === 0 ? (
              <p className={styles.faint}>{words('networkControl.loop.noneProposed')}</p>
            ) : (
              <div className={styles.kinds}>
                {proposed.map((action) => (
                  <Proposal key={action.id} action={action} onAsk={(verb) => setAsked({ action, verb })} />
                ))}
              </div>
            )
          }
        </Loaded>
      </Section>
      <Section flush title={words('networkControl.loop.done')} note={words('networkControl.loop.doneNote')}>
        <Loaded query={actions}>
          {() => <Done actions={others} onUndo={(action) => setAsked({ action, verb: 'undo' })} />}
        </Loaded>
      </Section>
      <Loaded query={loop}>
        {(state) => <Settings key={JSON.stringify(state.settings)} loop={state} />}
      </Loaded>
      <Decisions />
      <Confirm
        open={asked !== undefined}
        onClose={() => {
          doing.reset();
          setAsked(undefined);
        }}
        onConfirm={() => doing.mutate(asked!)}
        title={asked === undefined ? '' : words(`networkControl.loop.ask.${asked.verb}`)}
        confirm={asked === undefined ? '' : words(`networkControl.loop.verbs.${asked.verb}`)}
        busy={doing.isPending}
      >
        {asked === undefined ? null : (
          <div className={styles.stack}>
            <ActionText action={asked.action} />
            <p>{words(`networkControl.loop.means.${asked.verb}`)}</p>
            {doing.error === null ? null : <ErrorState problem={problemWords(doing.error, words)} />}
          </div>
        )}
      </Confirm>
    </NetworkFrame>
  );
}

const figures = [
  ['violatedForMinutes', 'min'],
  ['helpWithinMinutes', 'min'],
  ['coolDownMinutes', 'min'],
  ['actionsPerHourMax', ''],
  ['thinForMinutes', 'min'],
] as const;

function Settings({ loop }: { loop: LoopState }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const local = useLocalText();
  const client = useQueryClient();
  const forbidden = useForbidden()('configure', '');
  const flows = useQuery(flowsQuery);
  const [settings, setSettings] = useState<LoopSettings>(loop.settings);
  const [sure, setSure] = useState(false);
  const set = (change: Partial<LoopSettings>) => setSettings((before) => ({ ...before, ...change }));
  const changed = JSON.stringify(settings) !== JSON.stringify(loop.settings);
  const save = useMutation({
    mutationFn: () => saveLoop(settings),
    onSuccess: () => {
      notify({ kind: 'info', title: words('networkControl.saved') });
      setSure(false);
    },
    onSettled: () => void client.invalidateQueries({ queryKey: ['network', 'loop'] }),
  });
  const faults = faultsFrom(save.error, language);
  const kindOf = (kind: LoopActionKind): LoopMode | undefined => settings.kinds[kind];
  return (
    <Section
      title={words('networkControl.loop.may')}
      actions={
        <StateBadge
          kind={modeKinds[loop.settings.mode]}
          word={words(`networkControl.loop.modes.${loop.settings.mode}`)}
        />
      }
    >
      <div className={styles.wide}>
        {loop.problem === undefined ? null : <p className={styles.problem}>{local(loop.problem)}</p>}
        <Facts
          facts={[
            {
              name: words('networkControl.loop.now'),
              value: words('networkControl.loop.counts', {
                proposed: formatCount(loop.proposed, language),
                watching: formatCount(loop.watching, language),
                hour: formatCount(loop.actionsInHour, language),
                most: formatCount(loop.settings.actionsPerHourMax, language),
              }),
            },
            {
              name: words('networkControl.loop.lastRound'),
              value: (
                <>
                  <Since time={loop.lastRound} />
                  {loop.lastWords === undefined ? '' : ` · ${local(loop.lastWords)}`}
                </>
              ),
            },
          ]}
        />
        <div className={styles.settings}>
          <SelectField
            label={words('networkControl.loop.mode')}
            help={words(`networkControl.loop.modeHelp.${settings.mode}`)}
            value={settings.mode}
            fault={faults['mode']}
            options={loopModes.map((mode) => ({
              value: mode,
              title: words(`networkControl.loop.modes.${mode}`),
            }))}
            onChange={(mode) => set({ mode: mode as LoopMode })}
          />
          {loopActionKinds.map((kind) => (
            <SelectField
              key={kind}
              label={words(`networkControl.loop.kinds.${kind}`)}
              help={words(`networkControl.loop.kindHelp.${kind}`)}
              value={kindOf(kind) ?? 'as-all'}
              fault={faults[`kinds.${kind}`]}
              options={[
                { value: 'as-all', title: words('networkControl.loop.asAll') },
                ...loopModes.map((mode) => ({
                  value: mode,
                  title: words(`networkControl.loop.modes.${mode}`),
                })),
              ]}
              onChange={(mode) => {
                const { [kind]: _before, ...rest } = settings.kinds;
                set({
                  kinds: (mode === 'as-all' ? rest : { ...rest, [kind]: mode }) as LoopSettings['kinds'],
                });
              }}
            />
          ))}
        </div>
        <details>
          <summary>{words('networkControl.loop.bounds')}</summary>
          <div className={styles.settings}>
            {figures.map(([name, unit]) => (
              <NumberField
                key={name}
                label={words(`networkControl.loop.figures.${name}`)}
                help={words(`networkControl.loop.figureHelp.${name}`)}
                {...(unit === '' ? {} : { unit: words('networkControl.loop.minutes') })}
                value={settings[name]}
                fault={faults[name]}
                onChange={(value) => (value === undefined ? undefined : set({ [name]: value }))}
              />
            ))}
            <NumberField
              label={words('networkControl.loop.figures.thinToShare')}
              help={words('networkControl.loop.figureHelp.thinToShare')}
              unit="%"
              value={Number((settings.thinToShare * 100).toPrecision(6))}
              fault={faults['thinToShare']}
              onChange={(value) => (value === undefined ? undefined : set({ thinToShare: value / 100 }))}
            />
          </div>
          <fieldset className={styles.stack}>
            <legend>
              <b>{words('networkControl.loop.keep')}</b>{' '}
              <span className={styles.faint}>{words('networkControl.loop.keepHelp')}</span>
            </legend>
            {(flows.data ?? []).length === 0 ? (
              <p className={styles.faint}>{words('networkControl.binding.noFlows')}</p>
            ) : (
              <div className={styles.members}>
                {(flows.data ?? []).map(({ id, title, priority }) => (
                  <label key={id} className={styles.member}>
                    <input
                      type="checkbox"
                      checked={settings.keepFlows.includes(id)}
                      onChange={() =>
                        set({
                          keepFlows: settings.keepFlows.includes(id)
                            ? settings.keepFlows.filter((one) => one !== id)
                            : [...settings.keepFlows, id],
                        })
                      }
                    />
                    <span>
                      {local(title)}{' '}
                      <span className={styles.faint}>
                        {words('networkControl.demand.priority')} {priority}
                      </span>
                    </span>
                  </label>
                ))}
              </div>
            )}
          </fieldset>
        </details>
        <OtherFaults
          faults={leftOver(faults, [
            'mode',
            'thinToShare',
            ...figures.map(([name]) => name),
            ...loopActionKinds.map((kind) => `kinds.${kind}`),
          ])}
        />
        {save.error !== null && Object.keys(faults).length === 0 ? (
          <ErrorState problem={problemWords(save.error, words)} />
        ) : null}
        <div className={styles.row}>
          <Button
            kind="act"
            pending={save.isPending}
            disabledReason={forbidden ?? (changed ? undefined : words('settings.unchanged'))}
            onPress={() =>
              settings.mode === 'act' && loop.settings.mode !== 'act' ? setSure(true) : save.mutate()
            }
          >
            {words('networkControl.save')}
          </Button>
        </div>
      </div>
      <Confirm
        open={sure}
        onClose={() => setSure(false)}
        onConfirm={() => save.mutate()}
        title={words('networkControl.loop.actAsk')}
        confirm={words('networkControl.loop.actYes')}
        busy={save.isPending}
      >
        <p>{words('networkControl.loop.actWhat')}</p>
      </Confirm>
    </Section>
  );
}

/** What an action does, to what, and why; with what exactly it changes. */
function ActionText({ action }: { action: LoopAction }) {
  const words = useConsoleWords();
  const local = useLocalText();
  return (
    <>
      <p>{local(action.what)}</p>
      <p>
        <b>{words('list.because')}:</b> {local(action.why)}
      </p>
      {action.changes.length === 0 ? null : (
        <details>
          <summary>{words('networkControl.loop.changes')}</summary>
          {action.changes.map((change) => (
            <CodeBlock
              key={`${change.kind} ${change.id}`}
              label={`${words(`networkControl.loop.changeKinds.${change.kind}`)} ${change.id}`}
              text={`${words('networkControl.loop.was')}: ${JSON.stringify(change.before, undefined, 2)}\n${words('networkControl.loop.becomes')}: ${JSON.stringify(change.after, undefined, 2)}`}
            />
          ))}
        </details>
      )}
    </>
  );
}

function useNames() {
  const local = useLocalText();
  const flows = useQuery(flowsQuery);
  const terminals = useQuery(terminalsQuery());
  return {
    flow: (id: string) => {
      const title = flows.data?.find((one) => one.id === id)?.title;
      return title === undefined ? id : local(title);
    },
    terminal: (id: string) => terminals.data?.terminals.find((one) => one.id === id)?.title ?? id,
  };
}

function Proposal({ action, onAsk }: { action: LoopAction; onAsk: (verb: ActionVerb) => void }) {
  const words = useConsoleWords();
  const forbidden = useForbidden()('configure', '');
  const set = useSetSearch();
  const names = useNames();
  return (
    <article className={styles.action} aria-labelledby={`action-${action.id}`}>
      <h3 id={`action-${action.id}`}>{words(`networkControl.loop.kinds.${action.kind}`)}</h3>
      <p className={styles.faint}>
        {names.flow(action.flow)} ×{' '}
        <Link to="/network/terminals/$terminal" params={{ terminal: action.terminal }}>
          {names.terminal(action.terminal)}
        </Link>{' '}
        · <Since time={action.proposed} />
      </p>
      <ActionText action={action} />
      <div className={styles.row}>
        <Button
          kind="act"
          icon={<Check size={16} />}
          label={`${words('networkControl.loop.verbs.approve')}: ${names.flow(action.flow)} × ${names.terminal(action.terminal)}`}
          disabledReason={forbidden}
          onPress={() => onAsk('approve')}
        >
          {words('networkControl.loop.verbs.approve')}
        </Button>
        <Button
          icon={<X size={16} />}
          label={`${words('networkControl.loop.verbs.reject')}: ${names.flow(action.flow)} × ${names.terminal(action.terminal)}`}
          disabledReason={forbidden}
          onPress={() => onAsk('reject')}
        >
          {words('networkControl.loop.verbs.reject')}
        </Button>
        {action.decision === undefined ? null : (
          <Button kind="quiet" onPress={() => set({ decision: action.decision })}>
            {words('networkControl.loop.situation')}
          </Button>
        )}
      </div>
    </article>
  );
}

function Done({ actions, onUndo }: { actions: readonly LoopAction[]; onUndo: (action: LoopAction) => void }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const forbidden = useForbidden()('configure', '');
  const names = useNames();
  const columns: Column<LoopAction>[] = [
    {
      id: 'what',
      title: words('list.what'),
      width: 'minmax(13rem, 2fr)',
      phone: 'title',
      value: (action) => local(action.what),
      render: (action) => (
        <Named
          name={local(action.what)}
          below={`${words(`networkControl.loop.kinds.${action.kind}`)} · ${names.flow(action.flow)} × ${names.terminal(action.terminal)}`}
        />
      ),
    },
    {
      id: 'state',
      title: words('networkControl.state'),
      width: 'minmax(9rem, 1fr)',
      value: (action) => action.state,
      render: (action) => (
        <span className={styles.lines}>
          <StateBadge
            kind={stateKinds[action.state]}
            word={words(`networkControl.loop.states.${action.state}`)}
          />
          <span className={styles.faint}>
            <Since time={action.ended ?? action.done ?? action.proposed} />
            {(action.endedBy ?? action.by) === undefined ? '' : ` · ${action.endedBy ?? action.by}`}
          </span>
        </span>
      ),
    },
    {
      id: 'why',
      title: words('list.because'),
      width: 'minmax(13rem, 2fr)',
      render: (action) => (
        <span className={styles.lines}>
          <span>{local(action.why)}</span>
          {action.outcome === undefined ? null : (
            <span className={styles.faint}>
              {words('networkControl.loop.outcome')}: {local(action.outcome)}
            </span>
          )}
        </span>
      ),
    },
    {
      id: 'do',
      title: '',
      width: '9rem',
      phone: 'plain',
      render: (action) =>
        action.canUndo ? (
          <Button
            kind="act"
            icon={<Undo2 size={16} />}
            label={`${words('networkControl.loop.verbs.undo')}: ${local(action.what)}`}
            disabledReason={forbidden}
            onPress={() => onUndo(action)}
          >
            {words('networkControl.loop.verbs.undo')}
          </Button>
        ) : (
          <span className={styles.faint}>
            {action.state === 'told' ? words('networkControl.loop.cannotUndo') : <Dash />}
          </span>
        ),
    },
  ];
  return (
    <Table
      label={words('networkControl.loop.done')}
      columns={columns}
      rows={actions}
      rowKey={({ id }) => id}
      rowHeight={80}
      csv="network-actions"
      empty={
        <EmptyState title={words('networkControl.loop.noneDone')}>
          <p>{words('networkControl.loop.noneDoneHelp')}</p>
        </EmptyState>
      }
    />
  );
}

function Decisions() {
  const words = useConsoleWords();
  const local = useLocalText();
  const set = useSetSearch();
  const search = useSearch({ strict: false }) as { decision?: string };
  const decisions = useQuery(decisionsQuery);
  const columns = useMemo<Column<LoopDecision>[]>(
    () => [
      {
        id: 'time',
        title: words('networkControl.loop.time'),
        width: 'minmax(10rem, 0.6fr)',
        value: ({ time }) => time,
        render: ({ time }) => <Instant time={time} className={styles.number} />,
      },
      {
        id: 'words',
        title: words('networkControl.loop.decided'),
        width: 'minmax(14rem, 3fr)',
        phone: 'title',
        value: (decision) => local(decision.words),
        render: (decision) => local(decision.words),
      },
    ],
    [words, local],
  );
  return (
    <Section
      flush
      title={words('networkControl.loop.decisions')}
      note={words('networkControl.loop.decisionsNote')}
    >
      <Loaded query={decisions}>
        {(rows) => (
          <Table
            label={words('networkControl.loop.decisions')}
            columns={columns}
            rows={rows}
            rowKey={({ id }) => id}
            onOpen={({ id }) => set({ decision: id })}
            empty={<EmptyState title={words('networkControl.loop.noDecisions')} />}
          />
        )}
      </Loaded>
      {search.decision === undefined ? null : (
        <DecisionDialog id={search.decision} onClose={() => set({ decision: undefined })} />
      )}
    </Section>
  );
}
