import type { DataSchema, SetPointGroup } from '@millrace/contract';
import {
  Button,
  Confirm,
  EmptyState,
  ErrorState,
  Instant,
  type MarkKind,
  type ProblemWords,
  SelectField,
  Skeleton,
  StateBadge,
  TextField,
  titleOf,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { ListOrdered, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { thingsQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import { inputFault, SchemaInput, startInput } from '../thing/schema-input.tsx';
import { controlQuery, groupsQuery } from './command-queries.ts';
import { actorText, useShown } from './command-view.tsx';
import styles from './commands.module.css';
import { leaseToken } from './lease-keeper.ts';
import { MemberName, ThingName } from './names.tsx';

const thingsOffered = 1000;
const marks: Record<SetPointGroup['state'], MarkKind> = {
  applying: 'connecting',
  applied: 'good',
  restored: 'uncertain',
  'partly-restored': 'bad',
  undoing: 'connecting',
  undone: 'stopped',
  interrupted: 'bad',
};

interface Step {
  thing: string;
  property: string;
  value: unknown;
}

/** Tokens of the leases this window holds on the things of a group. */
function tokensOf(things: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    things.flatMap((thing) => {
      const token = leaseToken(thing);
      return token === undefined ? [] : [[thing, token] as const];
    }),
  );
}

/** Groups of set-points: what was written together, how far it came, and how to take it back. */
export function GroupsTab() {
  const words = useConsoleWords();
  const groups = useQuery(groupsQuery);
  const [making, setMaking] = useState(false);
  if (groups.data === undefined)
    return groups.error === null ? (
      <Skeleton height="6rem" rows={3} />
    ) : (
      <ErrorState problem={problemWords(groups.error, words)} onRetry={() => void groups.refetch()} />
    );
  return (
    <div className={styles.stack}>
      <div className={styles.row}>
        <Button kind="act" icon={<ListOrdered size={16} />} onPress={() => setMaking(true)}>
          {words('command.group.new')}
        </Button>
      </div>
      {groups.data.length === 0 ? (
        <EmptyState icon={<ListOrdered size={44} />} title={words('command.group.none')}>
          <p>{words('command.group.noneHelp')}</p>
        </EmptyState>
      ) : (
        groups.data.map((group) => <OneGroup key={group.id} group={group} />)
      )}
      {making ? <NewGroup onClose={() => setMaking(false)} /> : null}
    </div>
  );
}

function OneGroup({ group }: { group: SetPointGroup }) {
  const words = useConsoleWords();
  const text = useLocalText();
  const shown = useShown();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const undoable =
    group.final && group.steps.some((step) => step.state === 'applied' || step.state === 'not-restored');
  const undo = () => {
    setBusy(true);
    setProblem(undefined);
    take(
      api.POST('/api/set-point-groups/{group}/undo', {
        params: { path: { group: group.id } },
        body: { waitSeconds: 0, leases: tokensOf(group.steps.map((step) => step.thing)) },
      }),
    )
      .then(
        () => {
          setAsking(false);
          return client.invalidateQueries({ queryKey: ['set-point-groups'] });
        },
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <article className={styles.card}>
      <div className={styles.row}>
        <h3>{group.title}</h3>
        <StateBadge kind={marks[group.state]} word={words(`command.group.state.${group.state}`)} />
      </div>
      <span className={styles.faint}>
        {actorText(group, words)} · <Instant time={group.created} />
      </span>
      {group.reason === undefined ? null : <p>{text(group.reason)}</p>}
      <div className={styles.scroll}>
        <table className={styles.steps}>
          <thead>
            <tr>
              <th>{words('command.thing')}</th>
              <th>{words('command.group.property')}</th>
              <th>{words('command.group.before')}</th>
              <th>{words('command.value')}</th>
              <th>{words('command.group.result')}</th>
            </tr>
          </thead>
          <tbody>
            {group.steps.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps never change places
              <tr key={index}>
                <td>
                  <ThingName thing={step.thing} />
                </td>
                <td>
                  <MemberName thing={step.thing} kind="write" name={step.property} />
                </td>
                <td>{shown(step.before)}</td>
                <td>{shown(step.value)}</td>
                <td>
                  {words(`command.group.step.${step.state}`)}
                  {step.reason === undefined ? null : <p className={styles.faint}>{text(step.reason)}</p>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {undoable ? (
        <Button kind="act" onPress={() => setAsking(true)}>
          {words('command.group.undo')}
        </Button>
      ) : null}
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={words('command.group.undoTitle', { title: group.title })}
        confirm={words('command.group.undoConfirm')}
        busy={busy}
        onConfirm={undo}
      >
        <div className={styles.stack}>
          <p>{words('command.group.undoWill')}</p>
          {problem === undefined ? null : <ErrorState problem={problem} compact />}
        </div>
      </Confirm>
    </article>
  );
}

function NewGroup({ onClose }: { onClose: () => void }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const shown = useShown();
  const client = useQueryClient();
  const things = useQuery(thingsQuery('', 0, thingsOffered));
  const [title, setTitle] = useState('');
  const [steps, setSteps] = useState<Step[]>([]);
  const [thing, setThing] = useState('');
  const [property, setProperty] = useState('');
  const [value, setValue] = useState<unknown>();
  const [key] = useState(() => crypto.randomUUID());
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const control = useQuery({ ...controlQuery(thing), enabled: thing !== '' });
  const writes = (control.data?.affordances ?? []).filter((one) => one.kind === 'write');
  const schema = writes.find((one) => one.name === property)?.schema as DataSchema | undefined;
  const none = { value: '', title: words('command.group.choose') };
  const apply = () => {
    setBusy(true);
    setProblem(undefined);
    const leases = tokensOf(steps.map((step) => step.thing));
    take(
      api.POST('/api/set-point-groups', {
        body: { title: title.trim(), steps, leases, key, waitSeconds: 0 },
      }),
    )
      .then(
        () => {
          onClose();
          return client.invalidateQueries({ queryKey: ['set-point-groups'] });
        },
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => setBusy(false));
  };
  return (
    <Confirm
      open
      onClose={onClose}
      onConfirm={apply}
      title={words('command.group.newTitle')}
      confirm={words('command.group.apply')}
      busy={busy}
      disabledReason={title.trim() === '' || steps.length === 0 ? words('command.group.fill') : undefined}
    >
      <div className={styles.stack}>
        <TextField label={words('command.group.name')} value={title} onChange={setTitle} required />
        <div className={styles.pick}>
          <SelectField
            label={words('command.group.thing')}
            value={thing}
            options={[
              none,
              ...(things.data ?? [])
                .filter((one) =>
                  Object.values(one.properties ?? {}).some((member) => member.readOnly !== true),
                )
                .map((one) => ({ value: one.id, title: titleOf(one, language, one.id) })),
            ]}
            onChange={(next) => {
              setThing(next);
              setProperty('');
              setValue(undefined);
            }}
          />
          <SelectField
            label={words('command.group.property')}
            value={property}
            options={[
              none,
              ...writes.map((one) => ({
                value: one.name,
                title: titleOf(one.schema as DataSchema, language, one.name),
              })),
            ]}
            onChange={(next) => {
              setProperty(next);
              setValue(startInput(writes.find((one) => one.name === next)?.schema as DataSchema));
            }}
          />
        </div>
        {property === '' ? null : (
          <SchemaInput
            key={`${thing} ${property}`}
            schema={schema ?? {}}
            value={value}
            onChange={setValue}
            name={property}
            label={words('command.control.newValue')}
          />
        )}
        <Button
          disabledReason={
            property === '' || inputFault(schema ?? {}, value) ? words('thing.actions.fillInput') : undefined
          }
          onPress={() => {
            setSteps([...steps, { thing, property, value }]);
            setProperty('');
            setValue(undefined);
          }}
        >
          {words('command.group.addStep')}
        </Button>
        {steps.length === 0 ? null : (
          <ol className={styles.history}>
            {steps.map((step, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the same value may stand twice
              <li key={index}>
                <ThingName thing={step.thing} /> ·{' '}
                <MemberName thing={step.thing} kind="write" name={step.property} /> = {shown(step.value)}{' '}
                <Button
                  kind="quiet"
                  icon={<Trash2 size={16} />}
                  label={words('command.group.remove')}
                  onPress={() => setSteps(steps.filter((_, at) => at !== index))}
                />
              </li>
            ))}
          </ol>
        )}
        <p className={styles.faint}>{words('command.group.will')}</p>
        {problem === undefined ? null : <ErrorState problem={problem} compact />}
      </div>
    </Confirm>
  );
}
