import type { ActionAffordance, DataSchema, LocalText, ThingDescription } from '@millrace/contract';
import {
  Button,
  CodeBlock,
  Confirm,
  descriptionOf,
  ErrorState,
  NumberField,
  namedValue,
  notify,
  type ProblemWords,
  SelectField,
  StateBadge,
  TextField,
  ToggleField,
  titleOf,
  unitSymbol,
  useLanguage,
} from '@millrace/ui';
import { Zap } from 'lucide-react';
import { useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './thing.module.css';

/** What the thing can be told to do. Nothing here happens without a second, informed press. */
export function ActionsTab({ thing }: { thing: ThingDescription }) {
  const words = useConsoleWords();
  const [open, setOpen] = useState<string>();
  const actions = Object.entries(thing.actions ?? {});
  return (
    <div className={styles.stack}>
      <p className={styles.faint}>{words('thing.actions.warning')}</p>
      <ul className={styles.actions}>
        {actions.map(([name, action]) => (
          <OneAction
            key={name}
            thing={thing}
            name={name}
            action={action}
            open={open === name}
            onOpen={(on) => setOpen(on ? name : undefined)}
          />
        ))}
      </ul>
    </div>
  );
}

type Outcome = { state: 'confirmed' | 'refused' | 'timed-out'; output?: unknown };

function OneAction({
  thing,
  name,
  action,
  open,
  onOpen,
}: {
  thing: ThingDescription;
  name: string;
  action: ActionAffordance;
  open: boolean;
  onOpen: (open: boolean) => void;
}) {
  const words = useConsoleWords();
  const language = useLanguage();
  const title = titleOf(action, language, name);
  const about = descriptionOf(action, language);
  const [input, setInput] = useState<unknown>(() => startInput(action.input));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const [outcome, setOutcome] = useState<Outcome>();
  const fault = inputFault(action.input, input);

  const invoke = () => {
    setBusy(true);
    setProblem(undefined);
    setOutcome(undefined);
    api
      .POST('/api/things/{id}/actions/{name}', {
        params: { path: { id: thing.id, name } },
        body: action.input === undefined ? {} : { input },
      })
      .then(async (answer) => {
        // A thing that does not answer is an outcome, not a failure of the platform: nobody knows whether it was done.
        if (answer.response.status === 504) return { state: 'timed-out' } as Outcome;
        return (await take(Promise.resolve(answer))) as Outcome;
      })
      .then(
        (result) => {
          setOutcome(result);
          onOpen(false);
          notify({
            kind: result.state === 'confirmed' ? 'info' : 'error',
            title: words('thing.actions.outcome', {
              action: title,
              outcome: words(`thing.actions.${result.state}`),
            }),
          });
        },
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => setBusy(false));
  };

  return (
    <li className={styles.action}>
      <div>
        <h3>{title}</h3>
        {about === undefined ? null : <p>{about}</p>}
      </div>
      {outcome === undefined ? null : (
        <div>
          <StateBadge
            kind={outcome.state === 'confirmed' ? 'good' : outcome.state === 'refused' ? 'bad' : 'uncertain'}
            word={words(`thing.actions.${outcome.state}`)}
          />
          {outcome.state === 'timed-out' ? <p>{words('thing.actions.timedOutHelp')}</p> : null}
          {outcome.output === undefined || outcome.output === null ? null : isLocalText(outcome.output) ? (
            <p>{outcome.output[language]}</p>
          ) : (
            <CodeBlock label={words('thing.actions.output')} text={JSON.stringify(outcome.output, null, 2)} />
          )}
        </div>
      )}
      <Button kind="act" icon={<Zap size={16} />} onPress={() => onOpen(true)}>
        {title}…
      </Button>
      <Confirm
        open={open}
        onClose={() => onOpen(false)}
        onConfirm={invoke}
        title={words('thing.actions.confirmTitle', { action: title })}
        confirm={title}
        busy={busy}
        disabledReason={fault ? words('thing.actions.fillInput') : undefined}
      >
        <div className={styles.stack}>
          <p>{words('thing.actions.will', { action: title, thing: titleOf(thing, language, thing.id) })}</p>
          {about === undefined ? null : <p className={styles.faint}>{about}</p>}
          <p className={styles.faint}>
            {words(action.safe === true ? 'thing.actions.safe' : 'thing.actions.noUndo')}
          </p>
          {action.input === undefined ? null : (
            <SchemaInput schema={action.input} value={input} onChange={setInput} name={name} />
          )}
          {problem === undefined ? null : <ErrorState problem={problem} compact />}
        </div>
      </Confirm>
    </li>
  );
}

/** A form for a value after its W3C data schema: objects field by field, what is nested deeper as JSON. */
function SchemaInput({
  schema,
  value,
  onChange,
  name,
  nested = false,
}: {
  schema: DataSchema;
  value: unknown;
  onChange: (value: unknown) => void;
  name: string;
  nested?: boolean;
}) {
  const words = useConsoleWords();
  const language = useLanguage();
  const label = nested
    ? titleOf(schema, language, name)
    : titleOf(schema, language, words('thing.actions.input'));
  const help = descriptionOf(schema, language);
  const [text, setText] = useState(() => (value === undefined ? '' : JSON.stringify(value, null, 2)));
  const options = optionsOf(schema, language);
  if (options !== undefined) {
    return (
      <SelectField
        label={label}
        help={help}
        value={value === undefined ? undefined : JSON.stringify(value)}
        options={options}
        onChange={(next) => onChange(JSON.parse(next))}
      />
    );
  }
  switch (schema.type) {
    case 'boolean':
      return <ToggleField label={label} help={help} value={value === true} onChange={onChange} />;
    case 'number':
    case 'integer': {
      const number = typeof value === 'number' ? value : undefined;
      const bounds = [
        schema.minimum === undefined ? undefined : `≥ ${schema.minimum}`,
        schema.maximum === undefined ? undefined : `≤ ${schema.maximum}`,
      ].filter((part) => part !== undefined);
      return (
        <NumberField
          label={label}
          help={[help, bounds.join(', ')].filter((part) => part !== undefined && part !== '').join(' · ')}
          unit={unitSymbol(schema.unit)}
          value={number}
          onChange={onChange}
          fault={
            number !== undefined && inputFault(schema, number)
              ? words('thing.actions.outOfBounds')
              : undefined
          }
        />
      );
    }
    case 'string':
      return (
        <TextField
          label={label}
          help={help}
          value={typeof value === 'string' ? value : ''}
          onChange={onChange}
        />
      );
    case 'object': {
      if (!nested && schema.properties !== undefined) {
        const object = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
        return (
          <div className={styles.stack}>
            {Object.entries(schema.properties).map(([key, inner]) => (
              <SchemaInput
                key={key}
                name={key}
                schema={inner}
                value={object[key]}
                onChange={(next) => onChange({ ...object, [key]: next })}
                nested
              />
            ))}
          </div>
        );
      }
      break;
    }
    default:
  }
  return (
    <TextField
      label={`${label} (JSON)`}
      help={help}
      lines={5}
      code
      value={text}
      fault={text !== '' && parsed(text) === undefined ? words('thing.actions.notJson') : undefined}
      onChange={(next) => {
        setText(next);
        onChange(parsed(next)?.value);
      }}
    />
  );
}

/** An answer that a thing words in both languages. */
function isLocalText(output: unknown): output is LocalText {
  return typeof output === 'object' && output !== null && 'en' in output && 'zh' in output;
}

/** The values to choose from, named where the schema names them; undefined where any value may be given. */
function optionsOf(
  schema: DataSchema,
  language: 'en' | 'zh',
): { value: string; title: string }[] | undefined {
  const consts = Array.isArray(schema['oneOf'])
    ? (schema['oneOf'] as { const?: unknown }[])
        .filter((one) => one?.const !== undefined)
        .map((one) => one.const)
    : [];
  const values = schema.enum ?? (consts.length > 0 ? consts : undefined);
  return values?.map((one) => ({
    value: JSON.stringify(one),
    title: namedValue(schema, one, language) ?? (typeof one === 'string' ? one : JSON.stringify(one)),
  }));
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function startInput(schema: DataSchema | undefined): unknown {
  if (schema === undefined) return undefined;
  if ('default' in schema) return schema['default'];
  if (Array.isArray(schema.enum)) return schema.enum[0];
  if (schema.type === 'boolean') return false;
  if (schema.type === 'object' && schema.properties !== undefined) {
    return Object.fromEntries(
      Object.entries(schema.properties)
        .map(([name, inner]) => [name, startInput(inner)] as const)
        .filter(([, value]) => value !== undefined),
    );
  }
  return undefined;
}

/** True where the input cannot be sent: a needed part is missing, or a number is out of its bounds. */
function inputFault(schema: DataSchema | undefined, value: unknown): boolean {
  if (schema === undefined) return false;
  if (schema.type === 'object' && schema.properties !== undefined) {
    const object = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
    const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
    return Object.entries(schema.properties).some(([name, inner]) =>
      object[name] === undefined || object[name] === ''
        ? required.includes(name)
        : inputFault(inner, object[name]),
    );
  }
  if (schema.type === 'number' || schema.type === 'integer') {
    return (
      typeof value !== 'number' ||
      !Number.isFinite(value) ||
      (schema.type === 'integer' && !Number.isInteger(value)) ||
      (schema.minimum !== undefined && value < schema.minimum) ||
      (schema.maximum !== undefined && value > schema.maximum)
    );
  }
  return value === undefined;
}
