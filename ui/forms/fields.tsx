import { Search, X } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { FieldError } from 'react-aria-components/FieldError';
import { Input } from 'react-aria-components/Input';
import { Label } from 'react-aria-components/Label';
import { Switch } from 'react-aria-components/Switch';
import { Text } from 'react-aria-components/Text';
import { TextArea } from 'react-aria-components/TextArea';
import { TextField as AriaTextField } from 'react-aria-components/TextField';
import { useUiWords } from '../words/index.ts';
import { numberFromText } from './check.ts';
import styles from './fields.module.css';

interface Common {
  label: string;
  help?: ReactNode;
  /** What is wrong, in words. Shown under the field. */
  fault?: string | undefined;
  required?: boolean;
  autoFocus?: boolean;
  name?: string;
}

/** One line, or with `lines` several, of text. */
export function TextField({
  label,
  help,
  fault,
  required = false,
  autoFocus,
  name,
  value,
  onChange,
  type = 'text',
  placeholder,
  autoComplete,
  lines,
  code = false,
  unit,
  inputMode,
  onBlur,
}: Common & {
  value: string;
  onChange: (value: string) => void;
  type?: 'text' | 'password' | 'search';
  placeholder?: string;
  autoComplete?: string;
  lines?: number;
  code?: boolean;
  unit?: string;
  inputMode?: 'decimal' | 'numeric' | 'text';
  onBlur?: () => void;
}) {
  const words = useUiWords();
  return (
    <AriaTextField
      className={styles.field}
      value={value}
      onChange={onChange}
      onBlur={onBlur}
      type={type}
      isInvalid={fault !== undefined}
      validationBehavior="aria"
      isRequired={required}
      autoComplete={autoComplete}
      autoFocus={autoFocus}
      name={name}
      inputMode={inputMode}
    >
      <Label className={styles.label}>
        {label}
        {required ? <span className={styles.mark}> ({words('form.required')})</span> : null}
      </Label>
      {lines === undefined ? (
        <span className={styles.line}>
          <Input
            className={`${styles.input} ${code ? styles.code : ''}`}
            placeholder={placeholder}
            spellCheck={code ? false : undefined}
          />
          {unit === undefined ? null : <span className={styles.unit}>{unit}</span>}
        </span>
      ) : (
        <TextArea
          className={`${styles.input} ${styles.area} ${code ? styles.code : ''}`}
          rows={lines}
          placeholder={placeholder}
          spellCheck={code ? false : undefined}
        />
      )}
      {help === undefined ? null : (
        <Text slot="description" className={styles.help}>
          {help}
        </Text>
      )}
      <FieldError className={styles.fault}>{fault}</FieldError>
    </AriaTextField>
  );
}

/** A number with its unit; what is typed stays as typed until it is left. NaN is handed on for what is no number. */
export function NumberField({
  value,
  onChange,
  ...rest
}: Common & {
  value: number | undefined;
  onChange: (value: number | undefined) => void;
  unit?: string;
  placeholder?: string;
}) {
  const [text, setText] = useState(value === undefined ? '' : String(value));
  const shown = Object.is(numberFromText(text), value)
    ? text
    : value === undefined || Number.isNaN(value)
      ? text
      : String(value);
  return (
    <TextField
      {...rest}
      value={shown}
      inputMode="decimal"
      onChange={(next) => {
        setText(next);
        onChange(numberFromText(next));
      }}
    />
  );
}

/** One of a few values. The browser's own list, as it works with every hand and every reader. */
export function SelectField({
  label,
  help,
  fault,
  required = false,
  name,
  value,
  options,
  onChange,
  compact = false,
}: Common & {
  value: string | undefined;
  options: readonly { value: string; title: string }[];
  onChange: (value: string) => void;
  /** Label and list on one line, for tool bars. */
  compact?: boolean;
}) {
  const words = useUiWords();
  const id = useId();
  return (
    <div className={`${styles.field} ${compact ? styles.compact : ''}`}>
      <label className={styles.label} htmlFor={id}>
        {label}
        {required ? <span className={styles.mark}> ({words('form.required')})</span> : null}
      </label>
      <select
        id={id}
        name={name}
        className={styles.input}
        value={value ?? ''}
        aria-invalid={fault === undefined ? undefined : true}
        aria-describedby={`${id}-help`}
        onChange={(event) => onChange(event.target.value)}
      >
        {value === undefined || !options.some((option) => option.value === value) ? (
          <option value={value ?? ''}>{value ?? words('form.choose')}</option>
        ) : null}
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.title}
          </option>
        ))}
      </select>
      <span id={`${id}-help`} className={styles.below}>
        {help === undefined ? null : <span className={styles.help}>{help}</span>}
        {fault === undefined ? null : <span className={styles.fault}>{fault}</span>}
      </span>
    </div>
  );
}

/** On or off. */
export function ToggleField({
  label,
  help,
  value,
  onChange,
}: Common & { value: boolean; onChange: (value: boolean) => void }) {
  const words = useUiWords();
  const id = useId();
  return (
    <div className={styles.field}>
      <Switch
        className={styles.toggle}
        isSelected={value}
        onChange={onChange}
        aria-describedby={help === undefined ? undefined : id}
      >
        <span className={styles.track} aria-hidden="true">
          <span className={styles.knob} />
        </span>
        <span>{label}</span>
        <span className={styles.mark}>{words(value ? 'form.on' : 'form.off')}</span>
      </Switch>
      {help === undefined ? null : (
        <span id={id} className={styles.help}>
          {help}
        </span>
      )}
    </div>
  );
}

/** Text to search by; Escape clears it. */
export function SearchField({
  label,
  value,
  onChange,
  placeholder,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
}) {
  const words = useUiWords();
  return (
    <div className={styles.search}>
      <Search size={16} aria-hidden="true" />
      <input
        type="text"
        enterKeyHint="search"
        className={styles.searchInput}
        aria-label={label}
        placeholder={placeholder ?? label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value !== '') {
            event.stopPropagation();
            onChange('');
          }
        }}
      />
      <button
        type="button"
        className={styles.searchClear}
        aria-label={words('action.clear')}
        hidden={value === ''}
        onClick={() => onChange('')}
      >
        <X size={16} />
      </button>
    </div>
  );
}
