import type { PropertyAffordance } from '@millrace/contract';
import {
  Button,
  CodeBlock,
  formatValue,
  notify,
  Section,
  SelectField,
  TextField,
  titleOf,
  unitSymbol,
  useLanguage,
  useUiWords,
} from '@millrace/ui';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useConsoleWords } from '../../words/index.ts';
import { type Draft, describe, nameFaults, type Point, typeOf } from './draft.ts';
import { PlaceField } from './place-field.tsx';
import styles from './terminals.module.css';

/** Points whose names can be changed here; the others keep the names they have. */
const shownMax = 200;

/** What the thing is called, where it stands, and what its properties are called. */
export function ChooseStep({
  draft,
  points,
  existing,
  onChange,
  onPoint,
  onRemove,
  onNext,
  onBack,
}: {
  draft: Draft;
  /** All points, those typed in by hand among them. */
  points: readonly Point[];
  /** Title of the connection that is there already. */
  existing: string | undefined;
  onChange: (change: Partial<Draft>) => void;
  onPoint: (key: string, name: string) => void;
  onRemove: (key: string) => void;
  onNext: () => void;
  onBack: () => void;
}) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const [tried, setTried] = useState(false);
  const faults = nameFaults(points);
  const titleFault = draft.title.trim() === '' ? uiWords('form.missing') : undefined;
  return (
    <form
      noValidate
      className={styles.stack}
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (titleFault !== undefined || faults.size > 0) {
          notify({ kind: 'info', title: words('terminal.add.correctFirst') });
          return;
        }
        onNext();
      }}
    >
      <Section title={words('terminal.choose.thing')} note={words('terminal.choose.thingNote')}>
        <div className={`${styles.form} ${styles.stack}`}>
          <TextField
            name="title"
            label={words('terminal.choose.title')}
            value={draft.title}
            onChange={(title) => onChange({ title })}
            fault={tried ? titleFault : undefined}
            required
            autoFocus={draft.title === ''}
          />
          <PlaceField value={draft.place} onChange={(place) => onChange({ place })} />
          <details className={styles.details}>
            <summary>{uiWords('action.more')}</summary>
            <div className={styles.stack}>
              <TextField
                label={words('terminal.choose.id')}
                help={words('terminal.choose.idHelp')}
                value={draft.id}
                onChange={(id) => onChange({ id })}
                code
              />
              {existing !== undefined ? (
                <p className={styles.faint}>{words('terminal.choose.through', { connection: existing })}</p>
              ) : (
                <>
                  <TextField
                    label={words('terminal.choose.connectionTitle')}
                    value={draft.connectionTitle}
                    placeholder={draft.title}
                    onChange={(connectionTitle) => onChange({ connectionTitle })}
                  />
                  <StartupField value={draft.startup} onChange={(startup) => onChange({ startup })} />
                </>
              )}
            </div>
          </details>
        </div>
      </Section>
      <Section
        title={words('terminal.choose.properties', { count: points.length })}
        note={words('terminal.choose.propertiesNote')}
        flush
      >
        <ul className={styles.points}>
          {points.slice(0, shownMax).map((point) => {
            const affordance = point.affordance as PropertyAffordance;
            const fault = faults.get(point.key);
            return (
              <li key={point.key} className={styles.point}>
                <div className={styles.pointName}>
                  <TextField
                    label={words('terminal.choose.nameOf', {
                      title: titleOf(affordance, language, point.name),
                    })}
                    value={point.name}
                    onChange={(name) => onPoint(point.key, name)}
                    fault={fault === undefined ? undefined : words(`terminal.choose.nameFaults.${fault}`)}
                    code
                  />
                </div>
                <span className={styles.pointValue}>
                  {point.value === undefined ? null : (
                    <b>
                      {formatValue(point.value, {
                        language,
                        decimals: affordance['millrace:decimals'],
                        yes: uiWords('value.yes'),
                        no: uiWords('value.no'),
                        none: uiWords('value.none'),
                      }).slice(0, 60)}{' '}
                      {unitSymbol(affordance.unit)}
                    </b>
                  )}{' '}
                  <span className={styles.type}>
                    {point.kind === 'action' ? words('terminal.browse.action') : typeOf(affordance)}
                    {point.value === undefined && affordance.unit !== undefined
                      ? ` ${unitSymbol(affordance.unit)}`
                      : ''}
                  </span>
                </span>
                <Button
                  kind="quiet"
                  icon={<Trash2 size={16} />}
                  label={words('terminal.choose.leaveOut', { name: point.name })}
                  onPress={() => onRemove(point.key)}
                />
              </li>
            );
          })}
        </ul>
        {points.length > shownMax ? (
          <p className={styles.moreNote}>
            {words('terminal.choose.moreKeep', { count: points.length - shownMax })}
          </p>
        ) : null}
      </Section>
      <details className={styles.details}>
        <summary>{words('terminal.choose.preview')}</summary>
        <CodeBlock
          tall
          label={words('terminal.choose.preview')}
          text={JSON.stringify(describe({ ...draft, points }, draft.made.connection), null, 2)}
        />
      </details>
      <div className={styles.buttons}>
        <Button onPress={onBack}>{words('terminal.add.back')}</Button>
        <Button
          kind="primary"
          type="submit"
          disabledReason={points.length === 0 ? words('terminal.browse.chooseFirst') : undefined}
        >
          {words('terminal.choose.save')}
        </Button>
      </div>
    </form>
  );
}

/** What happens when the connection cannot be opened as the platform starts. */
export function StartupField({
  value,
  onChange,
}: {
  value: Draft['startup'];
  onChange: (value: Draft['startup']) => void;
}) {
  const words = useConsoleWords();
  return (
    <SelectField
      label={words('terminal.startup.title')}
      help={words(`terminal.startup.help.${value}`)}
      value={value}
      options={(['retry', 'fail', 'ignore'] as const).map((policy) => ({
        value: policy,
        title: words(`terminal.startup.${policy}`),
      }))}
      onChange={(policy) => onChange(policy as Draft['startup'])}
    />
  );
}
