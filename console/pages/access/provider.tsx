import type { OidcSettings } from '@millrace/contract';
import {
  Button,
  ErrorState,
  notify,
  type ProblemWords,
  Section,
  Skeleton,
  TextField,
  ToggleField,
} from '@millrace/ui';
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './access.module.css';
import { GrantFields } from './grants.tsx';
import { useProof } from './proof.tsx';

const providerQuery = queryOptions({
  queryKey: ['access', 'oidc'],
  queryFn: async () => (await take(api.GET('/api/access/oidc'))) as OidcSettings,
});

/** How people sign in through the plant's own OpenID provider. */
export function ProviderForm() {
  const words = useConsoleWords();
  const stored = useQuery(providerQuery);
  if (stored.data === undefined)
    return stored.error === null ? (
      <Skeleton height="4rem" rows={4} />
    ) : (
      <ErrorState problem={problemWords(stored.error, words)} onRetry={() => void stored.refetch()} />
    );
  return <Form key={JSON.stringify(stored.data)} stored={stored.data} />;
}

function Form({ stored }: { stored: OidcSettings }) {
  const words = useConsoleWords();
  const queryClient = useQueryClient();
  const { dialog, proven } = useProof();
  const [values, setValues] = useState<OidcSettings>({
    ...stored,
    publicUrl: stored.publicUrl === '' ? location.origin : stored.publicUrl,
  });
  const [secret, setSecret] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ProblemWords>();
  const set = (change: Partial<OidcSettings>) => setValues({ ...values, ...change });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    const { clientSecretSet: _, ...rest } = values;
    const body = { ...rest, ...(secret === '' ? {} : { clientSecret: secret }) };
    proven(() => take(api.PUT('/api/access/oidc', { body })))
      .then(
        (next) => {
          notify({
            kind: 'info',
            title: words(next.enabled ? 'access.provider.saved' : 'access.provider.savedOff'),
          });
          return queryClient.invalidateQueries({ queryKey: providerQuery.queryKey });
        },
        (error: unknown) => setProblem(problemWords(error, words)),
      )
      .finally(() => setBusy(false));
  };
  const text = (name: 'title' | 'issuer' | 'clientId' | 'scope' | 'nameClaim' | 'groupsClaim') => (
    <TextField
      label={words(`access.provider.${name}`)}
      value={values[name]}
      onChange={(value) => set({ [name]: value })}
      autoComplete="off"
    />
  );
  return (
    <Section note={words('access.provider.note')} title={words('access.people.tabs.provider')}>
      <form className={styles.stack} onSubmit={submit}>
        <ToggleField
          label={words('access.provider.enabled')}
          value={values.enabled}
          onChange={(enabled) => set({ enabled })}
        />
        <div className={styles.row}>
          {text('issuer')}
          {text('title')}
          {text('clientId')}
          <TextField
            label={words('access.provider.clientSecret')}
            help={values.clientSecretSet === true ? words('access.provider.secretKept') : undefined}
            type="password"
            autoComplete="new-password"
            value={secret}
            onChange={setSecret}
          />
          <TextField
            label={words('access.provider.publicUrl')}
            help={words('access.provider.publicUrlHelp', {
              url: `${values.publicUrl.replace(/\/+$/, '')}/api/session/oidc/callback`,
            })}
            value={values.publicUrl}
            onChange={(publicUrl) => set({ publicUrl })}
          />
          {text('scope')}
          {text('nameClaim')}
          {text('groupsClaim')}
        </div>
        <fieldset className={styles.fieldset}>
          <legend>{words('access.provider.groups')}</legend>
          {values.groups.map((one, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own while they are typed
            <div key={index} className={styles.fieldset}>
              <TextField
                label={words('access.provider.group')}
                value={one.group}
                onChange={(group) => set({ groups: values.groups.with(index, { ...one, group }) })}
              />
              <GrantFields
                grant={one.grant}
                onChange={(grant) => set({ groups: values.groups.with(index, { ...one, grant }) })}
              />
              <div>
                <Button
                  kind="quiet"
                  icon={<X size={16} />}
                  onPress={() => set({ groups: values.groups.filter((_, at) => at !== index) })}
                >
                  {words('access.provider.removeGroup', { group: one.group })}
                </Button>
              </div>
            </div>
          ))}
          <div>
            <Button
              icon={<Plus size={16} />}
              onPress={() =>
                set({ groups: [...values.groups, { group: '', grant: { role: 'viewer', place: '' } }] })
              }
            >
              {words('access.provider.addGroup')}
            </Button>
          </div>
        </fieldset>
        {problem === undefined ? null : <ErrorState problem={problem} compact />}
        <div className={styles.buttons}>
          <Button kind="primary" type="submit" pending={busy}>
            {words('access.provider.save')}
          </Button>
        </div>
      </form>
      {dialog}
    </Section>
  );
}
