import type { DataSchema } from '@millrace/contract';
import {
  descriptionOf,
  NumberField,
  namedValue,
  SelectField,
  TextField,
  ToggleField,
  titleOf,
  unitSymbol,
  useLanguage,
} from '@millrace/ui';
import { useState } from 'react';
import { useConsoleWords } from '../../words/index.ts';
import styles from './thing.module.css';

/** A form for a value after its W3C data schema: objects field by field, what is nested deeper as JSON. */
export function SchemaInput({
  schema,
  value,
  onChange,
  name,
  nested = false,
  label: given,
}: {
  schema: DataSchema;
  value: unknown;
  onChange: (value: unknown) => void;
  name: string;
  nested?: boolean;
  label?: string;
}) {
  const words = useConsoleWords();
  const language = useLanguage();
  const label = given ?? titleOf(schema, language, nested ? name : words('thing.actions.input'));
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

/** What a form for this schema starts with. */
export function startInput(schema: DataSchema | undefined): unknown {
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
export function inputFault(schema: DataSchema | undefined, value: unknown): boolean {
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
