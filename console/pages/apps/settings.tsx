import { grantsGiving, type SettingFields, type SettingProblem, type Settings } from '@millrace/contract';
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
  useLocalText,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { type App, sessionQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './apps.module.css';
import { AppSwitch } from './switch.tsx';

/** Settings of an application, made from their declaration. */
export function AppSettings({ app }: { app: App }) {
  return <Form key={JSON.stringify(app.settings)} app={app} />;
}

function Form({ app }: { app: App }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const queryClient = useQueryClient();
  const session = useQuery(sessionQuery);
  const fields = app.fields as SettingFields;
  const [values, setValues] = useState<Settings>(() => startValues(fields, app.settings));
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const [blamed, setBlamed] = useState<SettingProblem[]>([]);
  const may = grantsGiving(session.data?.grants ?? [], 'configure', app.id).some(
    (grant) => grant.place === '',
  );
  const changed = JSON.stringify(values) !== JSON.stringify(startValues(fields, app.settings));
  const reason = !may ? words('apps.mayNot') : !changed ? words('apps.unchanged') : undefined;
  const save = (): void => {
    setTried(true);
    if (reason !== undefined || Object.keys(faultsOf(fields, values)).length > 0) return;
    setBusy(true);
    setProblem(undefined);
    setBlamed([]);
    take(
      api.PUT('/api/apps/{app}', {
        params: { path: { app: app.id } },
        body: { settings: sentValues(values) as Record<string, string | number | boolean> },
      }),
    )
      .then(
        async () => {
          notify({ kind: 'info', title: words('apps.settingsSaved') });
          await queryClient.invalidateQueries({ queryKey: ['apps'] });
        },
        (error: unknown) => {
          setProblem(problemWords(error, words));
          if (error instanceof ApiError)
            setBlamed(
              (error.problem.rejected ?? []).map(({ at, reason: en, words: both }) => ({
                field: at,
                message: both ?? { en, zh: en },
              })),
            );
        },
      )
      .finally(() => setBusy(false));
  };
  return (
    <Section title={words('apps.tabs.settings')} note={local(app.summary)} actions={<AppSwitch app={app} />}>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <SettingsFields
          fields={fields}
          values={values}
          onChange={(name, value) => setValues({ ...values, [name]: value })}
          problems={blamed}
          showFaults={tried}
        />
        {problem === undefined ? null : <ErrorState problem={problem} compact />}
        <div>
          <Button type="submit" kind="primary" pending={busy} disabledReason={reason}>
            {words('apps.save')}
          </Button>
        </div>
      </form>
    </Section>
  );
}
