import type { ConnectionInput, SettingFields, SettingProblem, SettingValue } from '@millrace/contract';
import {
  Button,
  ErrorState,
  faultsOf,
  notify,
  type ProblemWords,
  Section,
  SettingsFields,
  sentValues,
  startValues,
  TextField,
  ToggleField,
} from '@millrace/ui';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api, type Schemas, take } from '../../api/client.ts';
import { connectionsQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import { StartupField } from './choose-step.tsx';
import { fieldsShown, settingProblems } from './field-choice.ts';
import { usePeerWords } from './peer-problem.tsx';
import styles from './terminals.module.css';
import { isOwn } from './use-connection-work.ts';

/** The settings of a connection, to be changed. Secrets stay as they are unless something is typed. */
export function ConnectionSettings({
  connection,
  protocol,
}: {
  connection: Schemas['Connection'];
  protocol: Schemas['Protocol'];
}) {
  const words = useConsoleWords();
  const peerWords = usePeerWords();
  const queryClient = useQueryClient();
  const declared = protocol.settings as SettingFields;
  const own = isOwn(connection);
  const start = () => startValues(declared, connection.settings as Record<string, SettingValue>);
  const [values, setValues] = useState(start);
  const [title, setTitle] = useState(connection.title);
  const [enabled, setEnabled] = useState(connection.enabled);
  const [startup, setStartup] = useState(connection.startup);
  const [problems, setProblems] = useState<readonly SettingProblem[]>([]);
  const [failed, setFailed] = useState<ProblemWords>();
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const fields = fieldsShown(protocol.id, declared, values, false);
  const sent = sentValues(values);
  const changed =
    JSON.stringify(sent) !== JSON.stringify(sentValues(start())) ||
    title !== connection.title ||
    enabled !== connection.enabled ||
    startup !== connection.startup;
  const save = () => {
    setTried(true);
    setFailed(undefined);
    setProblems([]);
    if (Object.keys(faultsOf(fields, values)).length > 0 || title.trim() === '') {
      notify({ kind: 'info', title: words('terminal.add.correctFirst') });
      return;
    }
    setBusy(true);
    const body: ConnectionInput = {
      protocol: connection.protocol,
      title: title.trim(),
      enabled,
      startup,
      settings: sent,
    };
    take(api.PUT('/api/connections/{id}', { params: { path: { id: connection.id } }, body: body as never }))
      .then(
        async () => {
          notify({ kind: 'info', title: words('terminal.settings.saved') });
          await queryClient.invalidateQueries({ queryKey: connectionsQuery.queryKey });
        },
        (error: unknown) => {
          const wrong = settingProblems(error);
          setProblems(wrong);
          if (wrong.length === 0) setFailed(peerWords(error));
        },
      )
      .finally(() => setBusy(false));
  };
  return (
    <form
      noValidate
      className={styles.stack}
      onSubmit={(event) => {
        event.preventDefault();
        if (changed && !own) save();
      }}
    >
      {own ? <p className={styles.hint}>{words('terminal.settings.own')}</p> : null}
      {own ? null : (
        <Section title={words('terminal.settings.connection')}>
          <div className={`${styles.form} ${styles.stack}`}>
            <TextField
              label={words('terminal.choose.connectionTitle')}
              value={title}
              onChange={setTitle}
              required
            />
            <ToggleField
              label={words('terminal.settings.enabled')}
              help={words('terminal.settings.enabledHelp')}
              value={enabled}
              onChange={setEnabled}
            />
            <StartupField value={startup} onChange={setStartup} />
          </div>
        </Section>
      )}
      <Section title={words('terminal.settings.protocol')}>
        <fieldset disabled={own} className={styles.form}>
          <SettingsFields
            fields={fields}
            values={values}
            onChange={(name, value) => {
              setProblems((before) => before.filter((problem) => problem.field !== name));
              setValues((before) => ({ ...before, [name]: value }));
            }}
            problems={problems}
            showFaults={tried}
          />
        </fieldset>
      </Section>
      {failed === undefined ? null : <ErrorState problem={failed} />}
      {own ? null : (
        <div className={styles.buttons}>
          <Button
            kind="primary"
            type="submit"
            pending={busy}
            disabledReason={changed ? undefined : words('settings.unchanged')}
          >
            {words('terminal.settings.save')}
          </Button>
          <span className={styles.faint}>{words('terminal.settings.reopens')}</span>
        </div>
      )}
    </form>
  );
}
