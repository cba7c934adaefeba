import type { SettingFields, SettingProblem, SettingValue } from '@millrace/contract';
import { Button, faultsOf, notify, Section, SettingsFields } from '@millrace/ui';
import { useState } from 'react';
import type { Schemas } from '../../api/client.ts';
import { useConsoleWords } from '../../words/index.ts';
import { endpointOfSettings, sameEndpoint } from './draft.ts';
import { fieldsShown } from './field-choice.ts';
import styles from './terminals.module.css';

/** The address and what else the protocol needs to reach it. */
export function AddressStep({
  protocol,
  values,
  onChange,
  problems,
  connections,
  onUse,
  onNext,
  onBack,
}: {
  protocol: Schemas['Protocol'];
  values: Record<string, SettingValue>;
  onChange: (name: string, value: SettingValue) => void;
  problems: readonly SettingProblem[];
  connections: readonly Schemas['Connection'][];
  /** Goes on with a connection that is there already. */
  onUse: (connection: string) => void;
  onNext: () => void;
  onBack: () => void;
}) {
  const words = useConsoleWords();
  const [tried, setTried] = useState(false);
  const fields = fieldsShown(protocol.id, protocol.settings as SettingFields, values, true);
  const faults = faultsOf(fields, values);
  const existing = connections.find(
    (one) => one.protocol === protocol.id && sameEndpoint(protocol.id, one.settings, values),
  );
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (Object.keys(faults).length > 0) {
          notify({ kind: 'info', title: words('terminal.add.correctFirst') });
          const first = Object.keys(fields).find((name) => faults[name] !== undefined);
          document.querySelector<HTMLElement>(`[name="${CSS.escape(first ?? '')}"]`)?.focus();
          return;
        }
        onNext();
      }}
    >
      <Section title={words('terminal.add.addressTitle')} note={words('terminal.add.addressNote')}>
        <div className={styles.stack}>
          <div className={styles.form}>
            <SettingsFields
              fields={fields}
              values={values}
              onChange={onChange}
              problems={problems}
              showFaults={tried}
            />
          </div>
          {existing === undefined ? null : (
            <div className={styles.hint} role="status">
              <p>
                {words('terminal.add.already', {
                  connection: existing.title,
                  address: endpointOfSettings(protocol.id, existing.settings),
                })}
              </p>
              <Button onPress={() => onUse(existing.id)}>{words('terminal.add.useIt')}</Button>
            </div>
          )}
          <div className={styles.buttons}>
            <Button onPress={onBack}>{words('terminal.add.back')}</Button>
            <Button kind="primary" type="submit">
              {words('terminal.add.test')}
            </Button>
          </div>
        </div>
      </Section>
    </form>
  );
}
