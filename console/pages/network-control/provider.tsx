import type {
  ConfiguredProvider,
  NetworkProviderInput,
  NetworkProviderKind,
  SettingFields,
  SettingValue,
} from '@millrace/contract';
import {
  Button,
  Confirm,
  ErrorState,
  Facts,
  faultsOf,
  formatCount,
  Mark,
  notify,
  Section,
  SettingsFields,
  Since,
  sentValues,
  startValues,
  TextField,
  ToggleField,
  useLanguage,
  useLocalText,
  usePlantTime,
} from '@millrace/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { Check, FlaskConical, RotateCw, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import { NetworkFrame } from '../network/frame.tsx';
import styles from './control.module.css';
import { faultsFrom, idFromTitle, leftOver, settingProblemsFrom } from './fields.ts';
import { IdField, Loaded, OtherFaults } from './parts.tsx';
import { KindText, ProviderState } from './providers.tsx';
import {
  providerKindsQuery,
  providersQuery,
  removeProvider,
  restartProvider,
  saveProvider,
  testProvider,
} from './queries.ts';

/** One provider: how it is, its settings, trying them, adding it. */
export function ProviderPage() {
  const words = useConsoleWords();
  const local = useLocalText();
  const { provider: id } = useParams({ strict: false }) as { provider: string };
  const search = useSearch({ strict: false }) as { kind?: string };
  const kinds = useQuery(providerKindsQuery);
  const providers = useQuery(providersQuery);
  const configured = id === 'new' ? undefined : providers.data?.find((one) => one.id === id);
  const kind = kinds.data?.find((one) => one.id === (configured?.kind ?? search.kind));
  const missing =
    kinds.data !== undefined &&
    providers.data !== undefined &&
    (kind === undefined || (id !== 'new' && configured === undefined));
  return (
    <NetworkFrame
      title={
        configured?.title ??
        (id === 'new' && kind !== undefined
          ? words('networkControl.provider.addOf', { kind: local(kind.title) })
          : words('networkControl.provider.one'))
      }
      above={<Link to="/network/providers">{words('networkControl.provider.title')}</Link>}
    >
      {missing ? (
        <ErrorState
          problem={{
            title: words('networkControl.provider.missing'),
            remedy: words('networkControl.provider.missingHelp'),
          }}
        />
      ) : (
        <Loaded
          query={kinds.error === null ? (kinds.data === undefined ? kinds : (providers as never)) : kinds}
        >
          {() =>
            kind === undefined ? null : (
              <Parts key={configured?.id ?? kind.id} kind={kind} configured={configured} />
            )
          }
        </Loaded>
      )}
    </NetworkFrame>
  );
}

const counterNames = [
  'calls',
  'answered',
  'failed',
  'timedOut',
  'lateAnswers',
  'reopened',
  'inFlight',
  'waiting',
] as const;

function Parts({
  kind,
  configured,
}: {
  kind: NetworkProviderKind;
  configured: ConfiguredProvider | undefined;
}) {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  const plant = usePlantTime();
  const navigate = useNavigate();
  const client = useQueryClient();
  const forbidden = useForbidden()('configure', '');
  const fields = kind.settings as SettingFields;
  const [title, setTitle] = useState(configured?.title ?? local(kind.title));
  const [id, setId] = useState(configured?.id ?? kind.id);
  const [idTyped, setIdTyped] = useState(false);
  const [enabled, setEnabled] = useState(configured?.enabled ?? true);
  const [values, setValues] = useState<Record<string, SettingValue>>(() =>
    startValues(fields, configured?.settings as Record<string, SettingValue> | undefined),
  );
  const [tried, setTried] = useState(false);
  const [removing, setRemoving] = useState(false);
  const [forget, setForget] = useState(false);
  const body = (): NetworkProviderInput => ({
    kind: kind.id,
    title: title.trim(),
    enabled,
    settings: sentValues(values),
  });
  const refresh = () => void client.invalidateQueries({ queryKey: ['network'] });
  const test = useMutation({
    mutationFn: () => testProvider({ ...body(), ...(configured === undefined ? {} : { id: configured.id }) }),
  });
  const save = useMutation({
    mutationFn: () => saveProvider(configured?.id ?? id, body()),
    onSuccess: (saved) => {
      notify({ kind: 'info', title: words('networkControl.saved') });
      refresh();
      if (configured === undefined)
        void navigate({ to: '/network/providers/$provider', params: { provider: saved.id }, replace: true });
    },
  });
  const restart = useMutation({ mutationFn: () => restartProvider(configured!.id), onSettled: refresh });
  const remove = useMutation({
    mutationFn: () => removeProvider(configured!.id, forget),
    onSuccess: () => {
      notify({ kind: 'info', title: words('networkControl.removed') });
      void navigate({ to: '/network/providers' });
      refresh();
    },
  });
  const failed = save.error ?? test.error;
  const faults = faultsFrom(failed, language);
  const problems = settingProblemsFrom(failed);
  const others = leftOver(faults, ['title', 'id', ...Object.keys(fields).map((name) => `settings.${name}`)]);
  const missing = () => {
    setTried(true);
    if (Object.keys(faultsOf(fields, values)).length === 0 && title.trim() !== '') return false;
    notify({ kind: 'info', title: words('terminal.add.correctFirst') });
    return true;
  };
  const report = test.data;
  const askedOf =
    configured === undefined
      ? 0
      : configured.asked.bindings + configured.asked.slices + configured.asked.groups;
  return (
    <div className={styles.wide}>
      {configured === undefined ? null : (
        <Section
          title={words('networkControl.provider.now')}
          actions={
            <>
              <Button
                kind="act"
                icon={<RotateCw size={16} />}
                pending={restart.isPending}
                disabledReason={
                  forbidden ?? (configured.enabled ? undefined : words('networkControl.provider.isOff'))
                }
                onPress={() => restart.mutate()}
              >
                {words('networkControl.provider.restart')}
              </Button>
              <Button
                kind="act"
                icon={<Trash2 size={16} />}
                disabledReason={forbidden}
                onPress={() => setRemoving(true)}
              >
                {words('networkControl.remove')}
              </Button>
            </>
          }
        >
          <div className={styles.stack}>
            <p className={styles.row}>
              <ProviderState provider={configured} />{' '}
              <Since time={configured.since} className={styles.faint} />
              {configured.retryAt === undefined ? null : (
                <span className={styles.faint}>
                  {words('networkControl.provider.again')} <Since time={configured.retryAt} />
                </span>
              )}
            </p>
            {configured.problem === undefined ? null : (
              <ErrorState
                problem={{
                  title: local(configured.problem.what),
                  remedy: local(configured.problem.remedy),
                  ...(configured.problem.detail === undefined
                    ? {}
                    : { technical: configured.problem.detail }),
                }}
              />
            )}
            <Facts
              facts={[
                {
                  name: words('networkControl.provider.asked'),
                  value: words('networkControl.provider.askedOf', {
                    slices: formatCount(configured.asked.slices, language),
                    bindings: formatCount(configured.asked.bindings, language),
                    groups: formatCount(configured.asked.groups, language),
                  }),
                },
                {
                  name: words('networkControl.provider.calls'),
                  value: counterNames
                    .filter((name) => name === 'calls' || (configured.counters[name] ?? 0) > 0)
                    .map(
                      (name) =>
                        `${words(`networkControl.counters.${name}`)} ${formatCount(configured.counters[name] ?? 0, language)}`,
                    )
                    .join(' · '),
                },
              ]}
            />
          </div>
        </Section>
      )}
      <Section title={words('networkControl.provider.settings')}>
        <form
          noValidate
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (!missing()) save.mutate();
          }}
        >
          <TextField
            label={words('networkControl.name')}
            required
            value={title}
            fault={faults['title']}
            onChange={(next) => {
              setTitle(next);
              const made = idFromTitle(next);
              if (configured === undefined && made !== '' && !idTyped) setId(made);
            }}
          />
          {configured === undefined ? (
            <IdField
              value={id}
              onChange={(next) => {
                setIdTyped(true);
                setId(next);
              }}
              fault={faults['id']}
            />
          ) : null}
          <ToggleField
            label={words('networkControl.provider.enabled')}
            help={words('networkControl.provider.enabledHelp')}
            value={enabled}
            onChange={setEnabled}
          />
          <SettingsFields
            fields={fields}
            values={values}
            problems={problems}
            showFaults={tried}
            onChange={(name, value) => setValues((before) => ({ ...before, [name]: value }))}
          />
          <OtherFaults faults={others} />
          {failed !== null && Object.keys(faults).length === 0 ? (
            <ErrorState problem={problemWords(failed, words)} />
          ) : null}
          <div className={styles.row}>
            <Button
              icon={<FlaskConical size={16} />}
              pending={test.isPending}
              disabledReason={forbidden}
              onPress={() => {
                save.reset();
                if (!missing()) test.mutate();
              }}
            >
              {words('networkControl.provider.test')}
            </Button>
            <Button kind="act" type="submit" pending={save.isPending} disabledReason={forbidden}>
              {words(configured === undefined ? 'networkControl.provider.addNow' : 'networkControl.save')}
            </Button>
            <span className={styles.faint}>{words('networkControl.provider.testHelp')}</span>
          </div>
          {report === undefined ? null : (
            <section
              aria-label={words('networkControl.provider.test')}
              className={styles.plan}
              aria-live="polite"
            >
              <div className={styles.stack}>
                <ol className={styles.steps}>
                  {report.steps.map((step, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: steps are told in order and never change places
                    <li key={index} className={step.ok ? '' : styles.stepFailed}>
                      <span>
                        {step.ok ? (
                          <Check size={18} aria-hidden="true" />
                        ) : (
                          <X size={18} aria-hidden="true" />
                        )}
                        <span className="visually-hidden">
                          {words(step.ok ? 'terminal.add.stepOk' : 'terminal.add.stepFailed')}
                        </span>
                      </span>
                      <span className={styles.step}>
                        <span>{local(step.title)}</span>
                        {step.detail === undefined || step.detail === '' ? null : (
                          <span className={styles.faint}>
                            {step.detail === report.problem?.what.en
                              ? local(report.problem.what)
                              : step.detail}
                          </span>
                        )}
                      </span>
                      <span className={styles.faint}>{plant.duration(step.milliseconds)}</span>
                    </li>
                  ))}
                </ol>
                {report.ok || report.problem !== undefined ? null : (
                  <ErrorState
                    problem={{
                      title: words('networkControl.provider.testFailed'),
                      remedy: words('networkControl.provider.testRemedy'),
                    }}
                  />
                )}
                {report.problem === undefined ? null : (
                  <ErrorState
                    problem={{
                      title: local(report.problem.what),
                      remedy: local(report.problem.remedy),
                      technical: [report.problem.code, report.problem.detail].filter(Boolean).join(' · '),
                    }}
                  />
                )}
                {report.ok ? (
                  <p className={styles.row} role="status">
                    <Mark kind="good" /> {words('networkControl.provider.testWell')}
                  </p>
                ) : null}
              </div>
            </section>
          )}
        </form>
      </Section>
      <Section title={words('networkControl.provider.about', { kind: local(kind.title) })}>
        <div className={`${styles.stack} ${styles.form}`}>
          <KindText kind={kind} titled={false} />
        </div>
      </Section>
      <Confirm
        open={removing}
        onClose={() => setRemoving(false)}
        onConfirm={() => remove.mutate()}
        title={words('networkControl.removeTitle', { title: configured?.title ?? '' })}
        confirm={words('networkControl.remove')}
        busy={remove.isPending}
        disabledReason={askedOf > 0 && !forget ? words('networkControl.provider.removeHeld') : undefined}
      >
        <div className={styles.stack}>
          <p>{words('networkControl.provider.removeWhat')}</p>
          {askedOf > 0 ? (
            <ToggleField
              label={words('networkControl.provider.forget')}
              help={words('networkControl.provider.forgetHelp')}
              value={forget}
              onChange={setForget}
            />
          ) : null}
          {remove.error === null ? null : <ErrorState problem={problemWords(remove.error, words)} />}
        </div>
      </Confirm>
    </div>
  );
}
