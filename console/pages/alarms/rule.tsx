import {
  type AlarmPriority,
  type AlarmRule,
  type AlarmRuleInput,
  alarmPriorities,
  type ConditionCheck,
  type RuleTrial,
} from '@millrace/contract';
import {
  Button,
  Confirm,
  ErrorState,
  formatCount,
  Instant,
  NumberField,
  notify,
  Section,
  SelectField,
  Skeleton,
  TextField,
  ToggleField,
  useLanguage,
  usePlantTime,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { History, Save, Trash2 } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { api, take } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { plantQuery, thingStatesQuery } from '../../api/queries.ts';
import { useBounds } from '../../shell/time-state.ts';
import { useConsoleWords } from '../../words/index.ts';
import styles from './alarms.module.css';
import { CauseChart } from './cause-chart.tsx';
import { EscalationSteps, NotifiedRoles, useEscalationFault } from './escalation.tsx';
import { AlarmFrame } from './frame.tsx';
import { alarmRuleQuery, checkRule, saveRule, tryRule } from './queries.ts';

/** The check follows the typing by so much. */
const checkMilliseconds = 350;
const momentsShown = 20;

/** A rule as it is written: checked while typing, tried on history, then saved. */
export function AlarmRulePage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const words = useConsoleWords();
  const rule = useQuery({ ...alarmRuleQuery(id), enabled: id !== 'new' });
  if (id === 'new') return <RuleEditor key="new" />;
  if (rule.data !== undefined) return <RuleEditor key={id} saved={rule.data} />;
  return (
    <AlarmFrame title={words('alarm.rule.title')}>
      {rule.error === null ? (
        <Skeleton height="3rem" rows={8} />
      ) : (
        <ErrorState problem={problemWords(rule.error, words)} onRetry={() => void rule.refetch()} />
      )}
    </AlarmFrame>
  );
}

function RuleEditor({ saved }: { saved?: AlarmRule }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const plant = usePlantTime();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const search = useSearch({ strict: false }) as { thing?: string };
  const { from, to } = useBounds();
  const [draft, setDraft] = useState<AlarmRuleInput>(() =>
    saved === undefined
      ? {
          title: '',
          priority: 'medium',
          target: { kind: 'thing', thing: search.thing ?? '' },
          condition: '',
        }
      : inputOf(saved),
  );
  const [aliases, setAliases] = useState(
    Object.entries(saved?.aliases ?? {})
      .map(([name, thing]) => `${name} = ${thing}`)
      .join('\n'),
  );
  const [check, setCheck] = useState<ConditionCheck>();
  const [trial, setTrial] = useState<RuleTrial>();
  const [busy, setBusy] = useState<'save' | 'try' | 'remove' | 'out'>();
  const [removing, setRemoving] = useState(false);
  const [takingOut, setTakingOut] = useState(false);
  const [reason, setReason] = useState('');
  const things = useQuery(thingStatesQuery('', false));
  const places = useQuery(plantQuery);
  const change = (part: Partial<AlarmRuleInput>) => {
    setDraft((before) => ({ ...before, ...part }));
    setTrial(undefined);
  };
  /** The Chinese of a text; emptied, it is as if it had never been given. */
  const changeZh = (name: 'title' | 'consequence' | 'response', text: string) =>
    setDraft((before) => {
      const { zh: words = {}, ...others } = before.translations ?? {};
      const zh = text === '' ? without(words, name) : { ...words, [name]: text };
      const translations = { ...others, ...(Object.keys(zh).length === 0 ? {} : { zh }) };
      return Object.keys(translations).length === 0
        ? without(before, 'translations')
        : { ...before, translations };
    });
  const types = useMemo(
    () =>
      [...new Set((things.data?.things ?? []).flatMap((thing) => thing.types))]
        .filter((one) => one !== 'Thing')
        .sort(),
    [things.data],
  );
  const input = useMemo<AlarmRuleInput>(() => ({ ...draft, aliases: aliasesOf(aliases) }), [draft, aliases]);

  const asked = JSON.stringify([input.target, input.condition, input.aliases, input.suppressedWhen]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` is what the check depends on
  useEffect(() => {
    let gone = false;
    if (input.condition.trim() === '') {
      setCheck(undefined);
      return;
    }
    const timer = setTimeout(() => {
      checkRule({
        target: input.target,
        condition: input.condition,
        ...(input.aliases === undefined ? {} : { aliases: input.aliases }),
        ...(input.suppressedWhen === undefined ? {} : { suppressedWhen: input.suppressedWhen }),
      }).then(
        (answer) => {
          if (!gone) setCheck(answer);
        },
        () => {
          if (!gone) setCheck(undefined);
        },
      );
    }, checkMilliseconds);
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [asked]);

  const failed = (error: unknown) => {
    const { title, why } = problemWords(error, words);
    notify({ kind: 'error', title, ...(why === undefined ? {} : { detail: why }) });
  };
  const mend = check?.ok === true ? undefined : words('alarm.rule.mend');
  const fault = useEscalationFault()(draft.escalation);
  const save = () => {
    setBusy('save');
    saveRule(saved?.id, input)
      .then(async (made) => {
        notify({ kind: 'info', title: words('alarm.rule.saved') });
        await queries.invalidateQueries({ queryKey: ['alarm-rules'] });
        queries.setQueryData(['alarm-rule', made.id], made);
        void navigate({ to: '/alarm-rules/$id', params: { id: made.id }, replace: true });
      }, failed)
      .finally(() => setBusy(undefined));
  };
  const tryIt = () => {
    setBusy('try');
    tryRule(input, from, to)
      .then(setTrial, failed)
      .finally(() => setBusy(undefined));
  };
  const { target } = draft;
  const marks = useMemo(
    () => (trial?.moments ?? []).map((moment) => ({ time: Date.parse(moment.time), text: draft.title })),
    [trial, draft.title],
  );
  const holds = check?.now.filter((one) => one.verdict === 'true').length ?? 0;
  const open = check?.now.find((one) => one.verdict === 'cannot-judge');
  return (
    <AlarmFrame
      title={
        saved === undefined
          ? words('alarm.rule.newTitle')
          : (saved.translations?.[language]?.title ?? saved.title)
      }
      actions={
        <>
          {saved === undefined ? null : (
            <>
              <Button kind="act" icon={<Trash2 size={16} />} onPress={() => setRemoving(true)}>
                {`${words('alarm.rule.remove')}…`}
              </Button>
              <Button
                kind="act"
                onPress={() => {
                  if (saved.outOfService === undefined) setTakingOut(true);
                  else {
                    take(
                      api.POST('/api/alarm-rules/{rule}/in-service', {
                        params: { path: { rule: saved.id } },
                        body: {},
                      }),
                    ).then(() => queries.invalidateQueries({ queryKey: ['alarm-rule', saved.id] }), failed);
                  }
                }}
              >
                {saved.outOfService === undefined
                  ? `${words('alarm.rule.outOfService')}…`
                  : words('alarm.rule.inService')}
              </Button>
            </>
          )}
          <Button
            kind="primary"
            icon={<Save size={16} />}
            pending={busy === 'save'}
            disabledReason={draft.title.trim() === '' ? words('alarm.rule.name') : (mend ?? fault)}
            onPress={save}
          >
            {words('alarm.rule.save')}
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        {saved?.outOfService === undefined ? null : (
          <p className={styles.problem}>
            {words('alarm.rule.isOut', { reason: saved.outOfService.reason, name: saved.outOfService.by })}
          </p>
        )}
        <Section>
          <div className={styles.stack}>
            <div className={styles.columns}>
              <TextField
                label={words('alarm.rule.name')}
                value={draft.title}
                required
                onChange={(title) => change({ title })}
              />
              <TextField
                label={words('alarm.rule.nameZh')}
                value={draft.translations?.['zh']?.title ?? ''}
                onChange={(title) => changeZh('title', title)}
              />
              <SelectField
                label={words('alarm.priorityTitle')}
                value={draft.priority}
                options={alarmPriorities.map((one) => ({
                  value: one,
                  title: words(`alarm.priority.${one}`),
                }))}
                onChange={(priority) => change({ priority: priority as AlarmPriority })}
              />
              <SelectField
                label={words('alarm.rule.watches')}
                value={target.kind}
                options={(['thing', 'type', 'place'] as const).map((one) => ({
                  value: one,
                  title: words(`alarm.rule.kind.${one}`),
                }))}
                onChange={(kind) =>
                  change({
                    target:
                      kind === 'thing'
                        ? { kind, thing: '' }
                        : kind === 'type'
                          ? { kind, type: types[0] ?? '' }
                          : { kind: 'place', place: '' },
                  })
                }
              />
              {target.kind === 'thing' ? (
                <SelectField
                  label={words('alarm.rule.thing')}
                  value={target.thing === '' ? undefined : target.thing}
                  options={(things.data?.things ?? []).map((thing) => ({
                    value: thing.id,
                    title: thing.titles?.[language] ?? thing.title,
                  }))}
                  onChange={(thing) => change({ target: { kind: 'thing', thing } })}
                />
              ) : null}
              {target.kind === 'type' ? (
                <SelectField
                  label={words('alarm.rule.type')}
                  value={target.type}
                  options={types.map((one) => ({ value: one, title: one }))}
                  onChange={(type) => change({ target: { ...target, type } })}
                />
              ) : null}
              {target.kind === 'thing' ? null : (
                <SelectField
                  label={words('alarm.place')}
                  value={target.place ?? ''}
                  options={[
                    { value: '', title: words('alarm.anyPlace') },
                    ...(places.data ?? [])
                      .filter((node) => node.path !== '')
                      .map((node) => ({ value: node.path, title: node.path })),
                  ]}
                  onChange={(place) =>
                    change({
                      target:
                        target.kind === 'place'
                          ? { kind: 'place', place }
                          : { kind: 'type', type: target.type, ...(place === '' ? {} : { place }) },
                    })
                  }
                />
              )}
            </div>
            <TextField
              label={words('alarm.condition')}
              value={draft.condition}
              onChange={(condition) => change({ condition })}
              lines={3}
              code
              required
              help={words('alarm.rule.conditionHelp', {
                example: 'temperature > 80 && average(load, "10m") > 0.9',
              })}
            />
            <div role="status">
              {draft.condition.trim() === '' ? null : check === undefined ? (
                <p className={styles.faint}>{words('alarm.rule.checking')}</p>
              ) : check.ok ? (
                <p className={styles.good}>
                  {words('alarm.rule.checks', { count: check.things })}{' '}
                  {check.now.length === 0 ? null : words('alarm.rule.nowHolds', { count: holds })}
                  {open?.because === undefined ? null : (
                    <>
                      {' · '}
                      {open.title}: {words('alarm.unjudged', { because: open.because[language] })}
                    </>
                  )}
                </p>
              ) : (
                <ul className={styles.list}>
                  {check.problems.map((problem) => (
                    <li key={`${problem.field} ${problem.start} ${problem.thing}`} className={styles.problem}>
                      {problem.end > 0
                        ? `${words('alarm.rule.at', { line: problem.line, column: problem.column })}: `
                        : ''}
                      {problem.message[language]}
                    </li>
                  ))}
                </ul>
              )}
            </div>
            <details>
              <summary>{words('alarm.rule.functions')}</summary>
              <div className={styles.functions}>
                {Object.values(check?.functions ?? {}).map((usage) => (
                  <span key={usage}>{usage}</span>
                ))}
              </div>
            </details>
            <div className={styles.columns}>
              <TextField
                label={words('alarm.rule.response')}
                value={draft.response ?? ''}
                onChange={(response) => change({ response })}
                lines={2}
              />
              <TextField
                label={words('alarm.rule.consequence')}
                value={draft.consequence ?? ''}
                onChange={(consequence) => change({ consequence })}
                lines={2}
              />
              <TextField
                label={words('alarm.rule.responseZh')}
                value={draft.translations?.['zh']?.response ?? ''}
                onChange={(text) => changeZh('response', text)}
                lines={2}
              />
              <TextField
                label={words('alarm.rule.consequenceZh')}
                value={draft.translations?.['zh']?.consequence ?? ''}
                onChange={(text) => changeZh('consequence', text)}
                lines={2}
              />
              <TextField
                label={words('alarm.rule.suppressedWhen')}
                value={draft.suppressedWhen ?? ''}
                onChange={(text) =>
                  setDraft((before) =>
                    text === '' ? without(before, 'suppressedWhen') : { ...before, suppressedWhen: text },
                  )
                }
                code
                help={words('alarm.rule.suppressedHelp')}
              />
              <TextField
                label={words('alarm.rule.aliases')}
                value={aliases}
                onChange={setAliases}
                lines={2}
                code
                help={words('alarm.rule.aliasesHelp')}
              />
            </div>
            <div className={styles.columns}>
              {(
                [
                  ['onDelaySeconds', 'onDelay', 's'],
                  ['offDelaySeconds', 'offDelay', 's'],
                  ['deadband', 'deadband', ''],
                  ['rearmSeconds', 'rearm', 's'],
                  ['repeatSeconds', 'repeat', 's'],
                ] as const
              ).map(([name, word, unit]) => (
                <NumberField
                  key={name}
                  label={words(`alarm.rule.${word}`)}
                  value={draft[name]}
                  {...(unit === '' ? {} : { unit })}
                  {...(name === 'deadband' ? { help: words('alarm.rule.deadbandHelp') } : {})}
                  onChange={(value) =>
                    setDraft((before) =>
                      value === undefined || Number.isNaN(value)
                        ? without(before, name)
                        : { ...before, [name]: value },
                    )
                  }
                />
              ))}
              <ToggleField
                label={words('alarm.rule.latched')}
                value={draft.latched === true}
                onChange={(latched) => change({ latched })}
              />
              <ToggleField
                label={words('alarm.rule.enabled')}
                value={draft.enabled !== false}
                onChange={(enabled) => change({ enabled })}
              />
            </div>
            <NotifiedRoles
              chosen={draft.notifyRoles ?? []}
              onChange={(notifyRoles) =>
                setDraft((before) =>
                  notifyRoles.length === 0 ? without(before, 'notifyRoles') : { ...before, notifyRoles },
                )
              }
            />
            <EscalationSteps
              steps={draft.escalation ?? []}
              onChange={(escalation) =>
                setDraft((before) =>
                  escalation.length === 0 ? without(before, 'escalation') : { ...before, escalation },
                )
              }
            />
          </div>
        </Section>
        <Section
          title={words('alarm.rule.try')}
          note={words('alarm.rule.tryHelp')}
          actions={
            <Button
              icon={<History size={16} />}
              pending={busy === 'try'}
              disabledReason={mend}
              onPress={tryIt}
            >
              {words('alarm.rule.try')}
            </Button>
          }
        >
          {trial === undefined ? null : (
            <div className={styles.stack} role="status">
              <p>
                <b>
                  {trial.fired === 0
                    ? words('alarm.rule.firedNever')
                    : words('alarm.rule.fired', {
                        count: trial.fired,
                        active: plant.duration(trial.activeSeconds * 1000),
                      })}
                </b>{' '}
                <span className={styles.faint}>
                  {words('alarm.rule.tried', {
                    samples: formatCount(trial.samples, language),
                    things: trial.thingsTried,
                    all: trial.things,
                  })}{' '}
                  {trial.reduced ? words('alarm.rule.reduced') : ''}
                </span>
              </p>
              {trial.unjudgedBecause === undefined || trial.unjudgedSeconds < 1 ? null : (
                <p>
                  {words('alarm.rule.triedUnjudged', {
                    time: plant.duration(trial.unjudgedSeconds * 1000),
                    because: trial.unjudgedBecause[language],
                  })}
                </p>
              )}
              <CauseChart
                series={trial.series}
                from={Date.parse(trial.from)}
                to={Date.parse(trial.to)}
                marks={marks}
              />
              <ol className={styles.list}>
                {trial.moments.slice(0, momentsShown).map((moment) => (
                  <li key={`${moment.thing} ${moment.time}`} className={styles.bar}>
                    <Instant time={moment.time} /> {moment.title}
                  </li>
                ))}
              </ol>
            </div>
          )}
        </Section>
      </div>
      <Confirm
        open={removing}
        onClose={() => setRemoving(false)}
        title={words('alarm.rule.removeTitle')}
        confirm={words('alarm.rule.remove')}
        busy={busy === 'remove'}
        onConfirm={() => {
          setBusy('remove');
          take(api.DELETE('/api/alarm-rules/{rule}', { params: { path: { rule: saved?.id ?? '' } } }))
            .then(async () => {
              await queries.invalidateQueries({ queryKey: ['alarm-rules'] });
              void navigate({ to: '/alarm-rules' });
            }, failed)
            .finally(() => setBusy(undefined));
        }}
      >
        <p>{words('alarm.rule.removeWill')}</p>
      </Confirm>
      <Confirm
        open={takingOut}
        onClose={() => setTakingOut(false)}
        title={words('alarm.rule.outOfService')}
        confirm={words('alarm.rule.outOfService')}
        busy={busy === 'out'}
        disabledReason={reason.trim() === '' ? words('alarm.reasonNeeded') : undefined}
        onConfirm={() => {
          setBusy('out');
          take(
            api.POST('/api/alarm-rules/{rule}/out-of-service', {
              params: { path: { rule: saved?.id ?? '' } },
              body: { reason },
            }),
          )
            .then(async () => {
              setTakingOut(false);
              await queries.invalidateQueries({ queryKey: ['alarm-rule', saved?.id] });
            }, failed)
            .finally(() => setBusy(undefined));
        }}
      >
        <TextField label={words('alarm.reason')} value={reason} onChange={setReason} required lines={2} />
      </Confirm>
    </AlarmFrame>
  );
}

/** What is written of a rule, without what the platform tells of it. */
function inputOf(rule: AlarmRule): AlarmRuleInput {
  const {
    modified: _m,
    modifiedBy: _b,
    things: _t,
    open: _o,
    unjudged: _u,
    unjudgedCount: _c,
    outOfService: _s,
    ...input
  } = rule;
  return input;
}

function aliasesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\n')
      .map((line) => line.split('='))
      .filter((parts) => parts.length >= 2)
      .map(([name, ...thing]) => [name!.trim(), thing.join('=').trim()]),
  );
}

function without<T extends object>(whole: T | undefined, name: keyof T): T {
  const { [name]: _, ...rest } = whole ?? ({} as T);
  return rest as T;
}
