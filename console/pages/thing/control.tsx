import type { Command, DataSchema, Safety, ThingControl, ThingDescription } from '@millrace/contract';
import {
  Button,
  Confirm,
  descriptionOf,
  EmptyState,
  ErrorState,
  Mark,
  notify,
  type ProblemWords,
  Section,
  Skeleton,
  StateBadge,
  TextField,
  titleOf,
  unitSymbol,
  useLanguage,
  useLocalText,
  useNow,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Hand, Zap } from 'lucide-react';
import { useEffect, useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { propertiesQuery, sessionQuery } from '../../api/queries.ts';
import { putValues, useLatest } from '../../live/live.ts';
import { seriesKey } from '../../live/store.ts';
import { useConsoleWords } from '../../words/index.ts';
import { commandsQuery, controlQuery, useCommandUpdates } from '../commands/command-queries.ts';
import { actorText, CommandDialog, CommandProgress, useShown } from '../commands/command-view.tsx';
import styles from '../commands/commands.module.css';
import { drop, keep, leaseToken, useLeaseToken } from '../commands/lease-keeper.ts';
import { MemberName } from '../commands/names.tsx';
import { inputFault, SchemaInput, startInput } from './schema-input.tsx';

type Affordance = ThingControl['affordances'][number];
const recentShown = 8;

/** What a person may set and start here, who is in control, and where safety runs. Nothing happens without a second, informed press. */
export function ControlTab({ thing }: { thing: ThingDescription }) {
  const words = useConsoleWords();
  const control = useQuery(controlQuery(thing.id));
  const recent = useQuery(commandsQuery({ thing: thing.id, limit: recentShown }));
  const latest = useQuery(propertiesQuery(thing.id));
  useCommandUpdates(thing.id);
  useEffect(() => {
    if (latest.data !== undefined) putValues(thing.id, latest.data);
  }, [latest.data, thing.id]);
  if (control.data === undefined) {
    return control.error === null ? (
      <Skeleton height="4rem" rows={4} />
    ) : (
      <ErrorState problem={problemWords(control.error, words)} onRetry={() => void control.refetch()} />
    );
  }
  const { affordances } = control.data;
  const writes = affordances.filter((one) => one.kind === 'write');
  const actions = affordances.filter((one) => one.kind === 'invoke');
  if (affordances.length === 0) {
    return (
      <EmptyState icon={<Hand size={44} />} title={words('command.control.nothing')}>
        <p>{words('command.control.nothingHelp')}</p>
      </EmptyState>
    );
  }
  return (
    <div className={styles.stack}>
      <LeaseBar thing={thing} control={control.data} />
      {writes.length === 0 ? null : (
        <Section title={words('command.control.setPoints')}>
          <ul className={styles.list}>
            {writes.map((one) => (
              <OneCommand key={one.name} thing={thing} control={control.data} affordance={one} />
            ))}
          </ul>
        </Section>
      )}
      {actions.length === 0 ? null : (
        <Section title={words('command.control.actions')}>
          <ul className={styles.list}>
            {actions.map((one) => (
              <OneCommand key={one.name} thing={thing} control={control.data} affordance={one} />
            ))}
          </ul>
        </Section>
      )}
      {(recent.data?.commands.length ?? 0) === 0 ? null : (
        <Section title={words('command.control.recent')}>
          <Recent commands={recent.data!.commands} />
        </Section>
      )}
    </div>
  );
}

/** Who is in control, until when, and what happens if that ends. */
function LeaseBar({ thing, control }: { thing: ThingDescription; control: ThingControl }) {
  const words = useConsoleWords();
  const text = useLocalText();
  const client = useQueryClient();
  const session = useQuery(sessionQuery);
  const token = useLeaseToken(thing.id);
  const now = useNow();
  const [asking, setAsking] = useState<'break' | 'hand-over'>();
  const [entry, setEntry] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const { lease } = control;
  const own = lease !== undefined && lease.holder.kind === 'person' && lease.holder.id === session.data?.user;
  const mine = own && token !== undefined && lease.token === token;
  const left = lease === undefined ? 0 : Math.max(0, Math.ceil((Date.parse(lease.expires) - now) / 1000));
  const path = { path: { id: thing.id } };

  const act = (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(undefined);
    work()
      .then(
        () => setAsking(undefined),
        (error: unknown) => {
          const said = problemWords(error, words);
          if (asking === undefined) notify({ kind: 'error', title: said.title });
          else setProblem(said);
        },
      )
      .finally(() => {
        setBusy(false);
        void client.invalidateQueries({ queryKey: ['control', thing.id] });
      });
  };
  const taking = (call: Promise<unknown>) => call.then((given) => keep(given as Parameters<typeof keep>[0]));

  return (
    <section className={styles.lease} aria-label={words('command.part.leases')}>
      {control.reachable ? null : (
        <StateBadge kind="disconnected" word={words('command.control.unreachable')} />
      )}
      <div className={styles.row}>
        <Hand size={20} aria-hidden="true" />
        <b aria-live="polite">
          {lease === undefined
            ? words(control.needsOwnLease ? 'command.control.free' : 'command.control.freeImplicit')
            : mine
              ? words('command.control.mine', { seconds: left })
              : lease.implicit
                ? words('command.control.implicit', { holder: actorText({ actor: lease.holder }, words) })
                : own
                  ? words('command.control.mineElsewhere')
                  : words('command.control.other', {
                      holder: actorText({ actor: lease.holder }, words),
                      seconds: left,
                    })}
        </b>
      </div>
      {lease?.brokenGlass === undefined ? null : (
        <p>
          {words('command.control.taken', {
            from: lease.brokenGlass.from.id,
            reason: lease.brokenGlass.reason,
          })}
        </p>
      )}
      {lease?.offeredTo === undefined ? null : (
        <p>{words('command.control.offered', { user: lease.offeredTo })}</p>
      )}
      <p>
        <SafetyText safety={control.safety} />
      </p>
      {control.safeAction === undefined ? null : (
        <p>
          <b>
            {words(
              `command.control.safeState.${control.safeAction.state as 'running' | 'done' | 'failed' | 'superseded'}`,
            )}
          </b>{' '}
          {text(control.safeAction.reason)}
        </p>
      )}
      <div className={styles.row}>
        {mine ? (
          <>
            <Button
              pending={busy}
              onPress={() =>
                act(async () => {
                  await take(api.POST('/api/things/{id}/lease/release', { params: path, body: { token } }));
                  drop(thing.id);
                })
              }
            >
              {words('command.control.giveBack')}
            </Button>
            {lease.offeredTo === undefined ? (
              <Button
                onPress={() => {
                  setEntry('');
                  setAsking('hand-over');
                }}
              >
                {words('command.control.handOver')}
              </Button>
            ) : (
              <Button
                onPress={() =>
                  act(() => take(api.POST('/api/things/{id}/lease/offer', { params: path, body: { token } })))
                }
              >
                {words('command.control.withdraw')}
              </Button>
            )}
          </>
        ) : lease !== undefined && lease.offeredTo !== undefined && lease.offeredTo === session.data?.user ? (
          <Button
            kind="act"
            pending={busy}
            onPress={() =>
              act(() => taking(take(api.POST('/api/things/{id}/lease/accept', { params: path, body: {} }))))
            }
          >
            {words('command.control.accept')}
          </Button>
        ) : lease === undefined || own ? (
          <Button
            kind="act"
            icon={<Hand size={16} />}
            pending={busy}
            onPress={() =>
              act(() => taking(take(api.POST('/api/things/{id}/lease', { params: path, body: {} }))))
            }
          >
            {words('command.control.take')}
          </Button>
        ) : lease.implicit ? null : (
          <Button
            kind="act"
            onPress={() => {
              setEntry('');
              setAsking('break');
            }}
          >
            {words('command.control.breakGlass')}
          </Button>
        )}
      </div>
      <Confirm
        open={asking === 'break'}
        onClose={() => setAsking(undefined)}
        title={words('command.control.breakTitle')}
        confirm={words('command.control.breakGlass').replace('…', '')}
        busy={busy}
        disabledReason={entry.trim().length < 3 ? words('command.control.breakReasonNeeded') : undefined}
        onConfirm={() =>
          act(() =>
            taking(
              take(
                api.POST('/api/things/{id}/lease/break-glass', {
                  params: path,
                  body: { reason: entry.trim() },
                }),
              ),
            ),
          )
        }
      >
        <div className={styles.stack}>
          <p>{words('command.control.breakWill', { holder: lease?.holder.id ?? '' })}</p>
          <TextField
            label={words('command.control.breakReason')}
            value={entry}
            onChange={setEntry}
            required
          />
          {problem === undefined ? null : <ErrorState problem={problem} compact />}
        </div>
      </Confirm>
      <Confirm
        open={asking === 'hand-over'}
        onClose={() => setAsking(undefined)}
        title={words('command.control.handOverTitle')}
        confirm={words('command.control.handOver').replace('…', '')}
        busy={busy}
        disabledReason={entry.trim() === '' ? words('command.control.handOverTo') : undefined}
        onConfirm={() =>
          act(() =>
            take(
              api.POST('/api/things/{id}/lease/offer', {
                params: path,
                body: { token: leaseToken(thing.id) ?? 1, to: entry.trim() },
              }),
            ),
          )
        }
      >
        <div className={styles.stack}>
          <p>{words('command.control.handOverHelp')}</p>
          <TextField label={words('command.control.handOverTo')} value={entry} onChange={setEntry} required />
          {problem === undefined ? null : <ErrorState problem={problem} compact />}
        </div>
      </Confirm>
    </section>
  );
}

function SafetyText({ safety }: { safety: Safety }) {
  const words = useConsoleWords();
  const shown = useShown();
  const what = [
    ...Object.entries(safety.values ?? {}).map(([name, value]) => `${name} = ${shown(value)}`),
    ...(safety.action === undefined ? [] : [safety.action]),
  ].join(', ');
  if (safety.runs === 'none') return <>{words('command.control.safety.none')}</>;
  if (safety.runs === 'platform') return <>{words('command.control.safety.platform', { what })}</>;
  const seconds = safety.watchdogSeconds ?? 0;
  return (
    <>
      {what === ''
        ? words('command.control.safety.terminal', { seconds })
        : words('command.control.safety.terminalToo', { seconds, what })}
    </>
  );
}

function OneCommand({
  thing,
  control,
  affordance,
}: {
  thing: ThingDescription;
  control: ThingControl;
  affordance: Affordance;
}) {
  const words = useConsoleWords();
  const language = useLanguage();
  const text = useLocalText();
  const shown = useShown();
  const client = useQueryClient();
  const token = useLeaseToken(thing.id);
  const session = useQuery(sessionQuery);
  const write = affordance.kind === 'write';
  const member = (write ? thing.properties?.[affordance.name] : thing.actions?.[affordance.name]) as
    | DataSchema
    | undefined;
  const title = titleOf(member, language, affordance.name);
  const about = member === undefined ? undefined : descriptionOf(member, language);
  const schema = affordance.schema as DataSchema | undefined;
  const now = useLatest(seriesKey(thing.id, affordance.name));
  const [open, setOpen] = useState(false);
  const [input, setInput] = useState<unknown>();
  const [key, setKey] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const [command, setCommand] = useState<Command>();
  const unit = write ? unitSymbol(schema?.unit) : '';
  const measured = (value: unknown): string =>
    unit === '' || unit === undefined || value === undefined ? shown(value) : `${shown(value)} ${unit}`;

  const ask = (start: unknown) => {
    setInput(start);
    setProblem(undefined);
    // One key for one intention: pressing twice, or sending again after a broken connection, is the same command.
    setKey(crypto.randomUUID());
    setOpen(true);
  };
  const send = () => {
    setBusy(true);
    setProblem(undefined);
    const path = { path: { id: thing.id, name: affordance.name } };
    const common = { key, waitSeconds: 0, ...(token === undefined ? {} : { lease: token }) };
    const call = write
      ? take(
          api.POST('/api/things/{id}/properties/{name}/set', {
            params: path,
            body: { ...common, value: input },
          }),
        )
      : take(
          api.POST('/api/things/{id}/actions/{name}', {
            params: path,
            body: { ...common, ...(schema === undefined ? {} : { input }) },
          }),
        ).then((answer) => (answer as { command: unknown }).command);
    call
      .then(
        (given) => {
          setCommand(given as Command);
          setOpen(false);
        },
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => {
        setBusy(false);
        void client.invalidateQueries({ queryKey: ['commands'] });
      });
  };

  const { lease } = control;
  const other =
    lease !== undefined &&
    !lease.implicit &&
    !(lease.holder.kind === 'person' && lease.holder.id === session.data?.user);
  const blocks = affordance.interlocks.find((one) => one.state === 'blocks');
  const disabled = other
    ? words('command.control.heldBy', { holder: lease.holder.id })
    : control.needsOwnLease && token === undefined
      ? words('command.control.needsLease')
      : blocks !== undefined
        ? words('command.control.blocked', { reason: text(blocks.reason) })
        : undefined;

  return (
    <li className={styles.card}>
      <h3>{title}</h3>
      {about === undefined ? null : <p className={styles.faint}>{about}</p>}
      {write ? (
        <div className={styles.change}>
          <span className={styles.now}>{measured(now?.value)}</span>
          <span className={styles.faint}>{words('command.control.now')}</span>
        </div>
      ) : null}
      {write && (schema?.minimum !== undefined || schema?.maximum !== undefined) ? (
        <span className={styles.faint}>
          {words('command.control.bounds', {
            min: schema?.minimum === undefined ? '−∞' : measured(schema.minimum),
            max: schema?.maximum === undefined ? '∞' : measured(schema.maximum),
          })}
        </span>
      ) : null}
      <span className={styles.faint}>
        {words(`command.control.safetyShort.${affordance.safety.runs}`, {
          seconds: affordance.safety.watchdogSeconds ?? 0,
        })}
      </span>
      {affordance.twoPersonSeconds === undefined ? null : (
        <span className={styles.faint}>
          {words('command.control.twoPerson', { seconds: affordance.twoPersonSeconds })}
        </span>
      )}
      {affordance.interlocks
        .filter((one) => one.state !== 'clear')
        .map((one) => (
          <span key={one.when} className={styles.row}>
            <Mark kind={one.state === 'blocks' ? 'bad' : 'uncertain'} />
            {words(one.state === 'blocks' ? 'command.control.blocked' : 'command.control.unjudged', {
              reason: text(one.reason),
            })}
          </span>
        ))}
      {command === undefined ? null : <CommandProgress command={command} />}
      <div className={styles.row}>
        <Button
          kind="act"
          icon={<Zap size={16} />}
          {...(write ? { label: `${words('command.control.set')} ${title}` } : {})}
          disabledReason={disabled}
          onPress={() => ask(write ? (now?.value ?? startInput(schema)) : startInput(schema))}
        >
          {write ? words('command.control.set') : `${title}…`}
        </Button>
        {command?.before === undefined ? null : (
          <Button disabledReason={disabled} onPress={() => ask(command.before)}>
            {words('command.control.putBack', { value: measured(command.before) })}
          </Button>
        )}
      </div>
      {open ? (
        <Confirm
          open
          onClose={() => setOpen(false)}
          onConfirm={send}
          title={
            write
              ? words('command.control.setTitle', { name: title })
              : words('thing.actions.confirmTitle', { action: title })
          }
          confirm={write ? words('command.control.set').replace('…', '') : title}
          busy={busy}
          disabledReason={
            inputFault(schema ?? (write ? {} : undefined), input)
              ? words('thing.actions.fillInput')
              : undefined
          }
        >
          <div className={styles.stack}>
            <p>
              {write
                ? words('command.control.setWill', { thing: titleOf(thing, language, thing.id) })
                : words('command.control.invokeWill', {
                    action: title,
                    thing: titleOf(thing, language, thing.id),
                  })}
            </p>
            {schema === undefined && !write ? null : (
              <SchemaInput
                schema={schema ?? {}}
                value={input}
                onChange={setInput}
                name={affordance.name}
                {...(write ? { label: words('command.control.newValue') } : {})}
              />
            )}
            {write ? (
              <p className={styles.change}>
                <span>
                  {words('command.control.from')} <b>{measured(now?.value)}</b>
                </span>
                <span aria-hidden="true">→</span>
                <span>
                  {words('command.control.to')} <b>{measured(input)}</b>
                </span>
              </p>
            ) : null}
            {affordance.twoPersonSeconds === undefined ? null : (
              <p>{words('command.control.twoPerson', { seconds: affordance.twoPersonSeconds })}</p>
            )}
            <p className={styles.faint}>
              <SafetyText safety={affordance.safety} />{' '}
              {words(write ? 'command.control.undo' : 'command.control.noUndo')}
            </p>
            {problem === undefined ? null : <ErrorState problem={problem} compact />}
          </div>
        </Confirm>
      ) : null}
    </li>
  );
}

function Recent({ commands }: { commands: readonly Command[] }) {
  const words = useConsoleWords();
  const shown = useShown();
  const [open, setOpen] = useState<Command>();
  return (
    <>
      <ul className={styles.list}>
        {commands.map((command) => (
          <li key={command.id} className={styles.card}>
            <b>
              <MemberName thing={command.thing} kind={command.kind} name={command.name} />
              {command.value === undefined ? '' : ` = ${shown(command.value)}`}
            </b>
            <span className={styles.faint}>{actorText(command, words)}</span>
            <CommandProgress command={command} />
            <Button kind="quiet" onPress={() => setOpen(command)}>
              {words('command.details')}
            </Button>
          </li>
        ))}
      </ul>
      {open === undefined ? null : <CommandDialog command={open} onClose={() => setOpen(undefined)} />}
    </>
  );
}
