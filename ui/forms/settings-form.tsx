import type { SettingField, SettingFields, SettingProblem, Settings, SettingValue } from '@millrace/contract';
import { FileUp } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../controls/button.tsx';
import { useUiWords } from '../words/index.ts';
import { useLocalText } from '../words/local-text.ts';
import { faultOf, secretKept } from './check.ts';
import { NumberField, SelectField, TextField, ToggleField } from './fields.tsx';
import styles from './settings-form.module.css';

/**
 * The fields of a form, made from their declaration. The caller holds the values and the `<form>`; problems the server found
 * are shown at their fields, and `showFaults` shows what is missing (set it once the person has tried to go on).
 */
export function SettingsFields({
  fields,
  values,
  onChange,
  problems = [],
  showFaults = false,
}: {
  fields: SettingFields;
  values: Settings;
  onChange: (name: string, value: SettingValue) => void;
  problems?: readonly SettingProblem[];
  showFaults?: boolean;
}) {
  const words = useUiWords();
  const entries = Object.entries(fields);
  const plain = entries.filter(([, field]) => field.advanced !== true);
  const advanced = entries.filter(([, field]) => field.advanced === true);
  const blamed = problems.some((problem) => fields[problem.field]?.advanced === true);
  const [open, setOpen] = useState(false);
  const render = ([name, field]: [string, SettingField]) => (
    <OneField
      key={name}
      name={name}
      field={field}
      value={values[name]}
      onChange={(value) => onChange(name, value)}
      problem={problems.find((problem) => problem.field === name)}
      showFault={showFaults}
    />
  );
  return (
    <div className={styles.fields}>
      {plain.map(render)}
      {advanced.length === 0 ? null : (
        <details
          className={styles.more}
          open={open || blamed}
          onToggle={(event) => setOpen(event.currentTarget.open)}
        >
          <summary>{words('action.more')}</summary>
          <div className={styles.fields}>{advanced.map(render)}</div>
        </details>
      )}
    </div>
  );
}

function OneField({
  name,
  field,
  value,
  onChange,
  problem,
  showFault,
}: {
  name: string;
  field: SettingField;
  value: SettingValue;
  onChange: (value: SettingValue) => void;
  problem: SettingProblem | undefined;
  showFault: boolean;
}) {
  const words = useUiWords();
  const local = useLocalText();
  const [left, setLeft] = useState(false);
  const fault = faultOf(field, value);
  const shown =
    problem === undefined
      ? fault !== undefined && (showFault || (left && fault.key !== 'form.missing'))
        ? words(fault.key, fault.values)
        : undefined
      : local(problem.message);
  const common = {
    name,
    label: local(field.title),
    help: field.help === undefined ? undefined : local(field.help),
    required: field.required === true,
    fault: shown,
  };
  switch (field.kind) {
    case 'toggle':
      return <ToggleField {...common} value={value === true} onChange={onChange} />;
    case 'choice':
      return (
        <SelectField
          {...common}
          value={typeof value === 'string' ? value : undefined}
          options={field.options.map((option) => ({ value: option.value, title: local(option.title) }))}
          onChange={onChange}
        />
      );
    case 'number':
      return (
        <NumberField
          {...common}
          unit={field.unit}
          value={typeof value === 'number' ? value : undefined}
          onChange={(next) => {
            setLeft(true);
            onChange(next);
          }}
        />
      );
    case 'secret':
    case 'pem': {
      const kept = value === secretKept;
      const text = kept || typeof value !== 'string' ? '' : value;
      return (
        <div className={styles.secret}>
          <TextField
            {...common}
            type={field.kind === 'secret' ? 'password' : 'text'}
            lines={field.kind === 'pem' ? 4 : undefined}
            code
            autoComplete="new-password"
            placeholder={
              kept ? words('form.kept') : field.kind === 'pem' ? '-----BEGIN CERTIFICATE-----' : undefined
            }
            value={text}
            onChange={(next) => onChange(next === '' && kept ? secretKept : next)}
          />
          {field.kind === 'pem' ? <PemFile onRead={onChange} /> : null}
        </div>
      );
    }
    default:
      return (
        <TextField
          {...common}
          placeholder={field.placeholder}
          value={typeof value === 'string' ? value : ''}
          onChange={onChange}
          onBlur={() => setLeft(true)}
        />
      );
  }
}

/** A certificate or key is a few kilobytes; more is the wrong file. */
const pemBytesMax = 262_144;

function PemFile({ onRead }: { onRead: (text: string) => void }) {
  const words = useUiWords();
  const [input, setInput] = useState<HTMLInputElement | null>(null);
  return (
    <>
      <input
        ref={setInput}
        type="file"
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file !== undefined && file.size <= pemBytesMax) void file.text().then(onRead);
        }}
      />
      <Button kind="plain" icon={<FileUp size={16} />} onPress={() => input?.click()}>
        {words('form.file')}
      </Button>
    </>
  );
}
