import {
  checkServiceLevel,
  type JitterDefinition,
  jitterDefinitions,
  type LatencyPath,
  latencyPaths,
  type NetworkFlow,
  type NetworkFlowInput,
  type ServiceLevel,
  type TrafficClass,
  trafficClasses,
} from '@millrace/contract';
import {
  Button,
  ErrorState,
  NumberField,
  notify,
  Section,
  SelectField,
  TextField,
  ToggleField,
  useLanguage,
  useLocalText,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Plus, Save, X } from 'lucide-react';
import { useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import { faultsOfError, idOfTitle, linesOf } from './field-faults.ts';
import { NetworkFrame } from './frame.tsx';
import styles from './network.module.css';
import { applicationsQuery, saveFlow } from './queries.ts';

const withinMax = 4;
/** Stands for the whole plant, whose path is empty and cannot be seen in a list of lines. */
const plantSign = '*';

interface Draft {
  id: string;
  titleEn: string;
  titleZh: string;
  priority: number;
  enabled: boolean;
  level: ServiceLevel;
  things: string;
  places: string;
  terminals: string;
}

function draftOf(flow: NetworkFlow | undefined): Draft {
  return {
    id: flow?.id ?? '',
    titleEn: flow?.title.en ?? '',
    titleZh: flow?.title.zh ?? '',
    priority: flow?.priority ?? 5,
    enabled: flow?.enabled ?? true,
    level: flow?.level ?? { trafficClass: 'periodic-deterministic' },
    things: (flow?.things ?? []).join('\n'),
    places: (flow?.places ?? []).map((place) => (place === '' ? plantSign : place)).join('\n'),
    terminals: (flow?.terminals ?? []).join('\n'),
  };
}

function inputOf(draft: Draft): NetworkFlowInput {
  return {
    title: { en: draft.titleEn.trim(), zh: draft.titleZh.trim() },
    level: draft.level,
    priority: draft.priority,
    enabled: draft.enabled,
    things: linesOf(draft.things),
    places: linesOf(draft.places).map((place) => (place === plantSign ? '' : place)),
    terminals: linesOf(draft.terminals),
  };
}

/** A share as a person types it, and back: without the dust of binary fractions. */
const asPercent = (share: number | undefined): number | undefined =>
  share === undefined ? undefined : Number((share * 100).toPrecision(12));
const asShare = (percent: number | undefined): number | undefined =>
  percent === undefined ? undefined : Number((percent / 100).toPrecision(12));

/** Fields of a level in which something is typed that is no number. */
function notNumbers(level: ServiceLevel): string[] {
  const found: string[] = [];
  const look = (value: unknown, path: string): void => {
    if (typeof value === 'number' && Number.isNaN(value)) found.push(path);
    else if (typeof value === 'object' && value !== null)
      for (const [name, part] of Object.entries(value)) look(part, `${path}.${name}`);
  };
  look(level, 'level');
  return found;
}

/** A flow as it is written: the plant's own, or the plant's changes to an application's. */
export function FlowForm({ saved }: { saved?: NetworkFlow }) {
  const words = useConsoleWords();
  const local = useLocalText();
  const language = useLanguage();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const forbidden = useForbidden()('configure', '');
  const applications = useQuery({ ...applicationsQuery, enabled: saved?.app !== undefined });
  const [draft, setDraft] = useState<Draft>(() => draftOf(saved));
  const [tried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();
  const [busy, setBusy] = useState(false);

  const change = (part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setRefusal(undefined);
  };
  const { level } = draft;
  const setLevel = <K extends keyof ServiceLevel>(name: K, value: ServiceLevel[K] | undefined) => {
    const next: Record<string, unknown> = { ...level, [name]: value };
    if (value === undefined) {
      delete next[name];
      // A figure that is gone takes its source with it: the level would name one for nothing.
      if (level.sources !== undefined)
        next['sources'] = Object.fromEntries(
          Object.entries(level.sources).filter(([figure]) => figure !== name),
        );
    }
    change({ level: next as ServiceLevel });
  };

  // What this program can tell at once, and beside it what the server said last.
  const faults = useMemo(() => {
    const all = faultsOfError(refusal, language);
    if (!tried) return all;
    for (const path of notNumbers(draft.level)) all.set(path, words('network.form.wrongNumber'));
    if (all.size === 0 || refusal === undefined)
      for (const { field, message } of checkServiceLevel(draft.level)) {
        const path = `level.${field}`;
        if (!all.has(path)) all.set(path, message[language]);
      }
    if (draft.titleEn.trim() === '') all.set('title.en', words('network.form.titleNeeded'));
    if (draft.titleZh.trim() === '') all.set('title.zh', words('network.form.titleNeeded'));
    return all;
  }, [refusal, tried, draft, language, words]);
  const fault = (path: string): string | undefined => faults.get(path);
  /** A fault of a part that has no field of its own stands at the nearest one above it. */
  const faultBelow = (path: string): string | undefined =>
    fault(path) ?? [...faults].find(([at]) => at.startsWith(`${path}.`))?.[1];

  const back = () =>
    void navigate(
      saved === undefined
        ? { to: '/network/applications' }
        : { to: '/network/flows/$flow', params: { flow: saved.id } },
    );
  const save = () => {
    setTried(true);
    const wrong =
      notNumbers(draft.level).length > 0 ||
      checkServiceLevel(draft.level).length > 0 ||
      draft.titleEn.trim() === '' ||
      draft.titleZh.trim() === '';
    if (wrong) {
      setRefusal(undefined);
      return;
    }
    setBusy(true);
    const id = draft.id.trim() === '' ? idOfTitle(draft.titleEn) : draft.id.trim();
    saveFlow(saved?.id, {
      ...inputOf(draft),
      ...(saved === undefined && id !== undefined ? { id } : {}),
    })
      .then(async (made) => {
        notify({ kind: 'info', title: words('network.form.saved') });
        await queries.invalidateQueries({ queryKey: ['network'] });
        await navigate({ to: '/network/flows/$flow', params: { flow: made.id }, replace: true });
      }, setRefusal)
      .finally(() => setBusy(false));
  };

  const number = (
    name:
      | 'transferIntervalMs'
      | 'messageBytes'
      | 'burstBytes'
      | 'uplinkMbpsMin'
      | 'downlinkMbpsMin'
      | 'mtbfHoursMin'
      | 'survivalTimeMs',
    label: string,
    unit: string,
    help?: string,
  ) => (
    <NumberField
      label={label}
      unit={unit}
      value={level[name]}
      fault={fault(`level.${name}`)}
      {...(help === undefined ? {} : { help })}
      onChange={(value) => setLevel(name, value)}
    />
  );
  const percent = (name: 'lossRatioMax' | 'availabilityMin', label: string) => (
    <NumberField
      label={label}
      unit="%"
      value={asPercent(level[name])}
      fault={fault(`level.${name}`)}
      onChange={(value) => setLevel(name, asShare(value))}
    />
  );
  const appTitle = applications.data?.find((one) => one.flow === saved?.id)?.appTitle;
  return (
    <NetworkFrame
      title={
        saved === undefined
          ? words('network.form.addTitle')
          : words('network.form.editTitle', { title: local(saved.title) })
      }
      above={<Link to="/network/applications">{words('network.pages.applications')}</Link>}
      {...(saved?.app === undefined
        ? {}
        : {
            note: words('network.form.ofApp', {
              app: appTitle === undefined ? saved.app : local(appTitle),
            }),
          })}
    >
      <form
        className={styles.stack}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && forbidden === undefined) save();
        }}
      >
        <Section title={words('network.form.what')}>
          <div className={styles.fields}>
            <TextField
              label={words('network.form.titleEn')}
              value={draft.titleEn}
              required
              fault={fault('title.en')}
              onChange={(titleEn) => change({ titleEn })}
            />
            <TextField
              label={words('network.form.titleZh')}
              value={draft.titleZh}
              required
              fault={fault('title.zh')}
              onChange={(titleZh) => change({ titleZh })}
            />
            {saved === undefined ? (
              <TextField
                label={words('network.form.id')}
                value={draft.id}
                code
                help={words('network.form.idHelp')}
                fault={fault('id')}
                onChange={(id) => change({ id })}
              />
            ) : null}
            <SelectField
              label={words('network.form.priority')}
              value={String(draft.priority)}
              help={words('network.form.priorityHelp')}
              fault={fault('priority')}
              options={Array.from({ length: 9 }, (_, index) => ({
                value: String(index + 1),
                title: String(index + 1),
              }))}
              onChange={(priority) => change({ priority: Number(priority) })}
            />
            <ToggleField
              label={words('network.form.enabled')}
              help={words('network.form.enabledHelp')}
              value={draft.enabled}
              onChange={(enabled) => change({ enabled })}
            />
          </div>
        </Section>
        <Section title={words('network.form.traffic')}>
          <div className={styles.fields}>
            <SelectField
              label={words('network.flow.class')}
              value={level.trafficClass}
              fault={fault('level.trafficClass')}
              options={trafficClasses.map((one) => ({
                value: one,
                title: words(`network.classes.${one}`),
              }))}
              onChange={(value) => setLevel('trafficClass', value as TrafficClass)}
            />
            {level.trafficClass === 'periodic-deterministic' || level.transferIntervalMs !== undefined
              ? number('transferIntervalMs', words('network.form.transferInterval'), 'ms')
              : null}
            {number('messageBytes', words('network.form.messageBytes'), words('network.form.bytes'))}
            {level.trafficClass !== 'periodic-deterministic' || level.burstBytes !== undefined
              ? number('burstBytes', words('network.form.burstBytes'), words('network.form.bytes'))
              : null}
          </div>
        </Section>
        <Section title={words('network.form.time')}>
          <div className={styles.stack}>
            <LatencyFields level={level} fault={fault} onChange={(latency) => setLevel('latency', latency)} />
            <div className={styles.fields}>
              <NumberField
                label={words('network.form.jitter')}
                unit="ms"
                value={level.jitter?.ms}
                fault={fault('level.jitter.ms') ?? fault('level.jitter')}
                onChange={(ms) =>
                  setLevel(
                    'jitter',
                    ms === undefined
                      ? undefined
                      : { ...(level.jitter ?? { definition: 'pdv-rfc5481' as const }), ms },
                  )
                }
              />
              {level.jitter === undefined ? null : (
                <>
                  <SelectField
                    label={words('network.form.jitterDefinition')}
                    value={level.jitter.definition}
                    fault={fault('level.jitter.definition')}
                    options={jitterDefinitions.map((one) => ({
                      value: one,
                      title: words(`network.need.definitions.${one}`),
                    }))}
                    onChange={(definition) =>
                      setLevel('jitter', {
                        ms: level.jitter!.ms,
                        definition: definition as JitterDefinition,
                      })
                    }
                  />
                  {level.jitter.definition === 'camara' ? null : (
                    <NumberField
                      label={words('network.form.jitterShare')}
                      unit="%"
                      placeholder="99"
                      value={asPercent(level.jitter.share)}
                      fault={fault('level.jitter.share')}
                      onChange={(value) => {
                        const { share: _, ...rest } = level.jitter!;
                        setLevel('jitter', {
                          ...rest,
                          ...(value === undefined ? {} : { share: asShare(value)! }),
                        });
                      }}
                    />
                  )}
                </>
              )}
            </div>
          </div>
        </Section>
        <Section title={words('network.form.amount')}>
          <div className={styles.fields}>
            {percent('lossRatioMax', words('network.form.loss'))}
            {number('uplinkMbpsMin', words('network.form.uplink'), 'Mbit/s')}
            {number('downlinkMbpsMin', words('network.form.downlink'), 'Mbit/s')}
          </div>
        </Section>
        <Section title={words('network.form.continuity')}>
          <div className={styles.fields}>
            {number(
              'survivalTimeMs',
              words('network.form.survival'),
              'ms',
              words('network.form.survivalHelp'),
            )}
            {percent('availabilityMin', words('network.form.availability'))}
            {number('mtbfHoursMin', words('network.form.mtbf'), 'h')}
            <NumberField
              label={words('network.form.coverageShare')}
              unit="%"
              value={asPercent(level.coverage?.share)}
              fault={faultBelow('level.coverage')}
              onChange={(value) =>
                setLevel(
                  'coverage',
                  value === undefined
                    ? undefined
                    : { places: level.coverage?.places ?? [''], share: asShare(value)! },
                )
              }
            />
          </div>
        </Section>
        <Section title={words('network.form.whom')} note={words('network.form.whomHelp')}>
          <div className={styles.fields}>
            <TextField
              label={words('network.form.things')}
              value={draft.things}
              lines={4}
              code
              help={words('network.form.thingsHelp')}
              fault={faultBelow('things')}
              onChange={(things) => change({ things })}
            />
            <TextField
              label={words('network.form.places')}
              value={draft.places}
              lines={4}
              code
              help={words('network.form.placesHelp')}
              fault={faultBelow('places')}
              onChange={(places) => change({ places })}
            />
            <TextField
              label={words('network.form.terminals')}
              value={draft.terminals}
              lines={4}
              code
              help={words('network.form.terminalsHelp')}
              fault={faultBelow('terminals')}
              onChange={(terminals) => change({ terminals })}
            />
          </div>
        </Section>
        {refusal === undefined ? null : <ErrorState compact problem={problemWords(refusal, words)} />}
        {faults.size > 0 && refusal === undefined ? (
          <p className={styles.problem} role="alert">
            {words('network.form.mend')}
          </p>
        ) : null}
        <div className={styles.row}>
          <Button
            kind="primary"
            type="submit"
            icon={<Save size={16} />}
            pending={busy}
            disabledReason={forbidden}
          >
            {words('network.form.save')}
          </Button>
          <Button onPress={back}>{words('network.form.cancel')}</Button>
        </div>
      </form>
    </NetworkFrame>
  );
}

function LatencyFields({
  level,
  fault,
  onChange,
}: {
  level: ServiceLevel;
  fault: (path: string) => string | undefined;
  onChange: (latency: ServiceLevel['latency'] | undefined) => void;
}) {
  const words = useConsoleWords();
  const { latency } = level;
  if (latency === undefined)
    return (
      <div className={styles.row}>
        <span className={styles.faint}>{words('network.form.latencyOff')}</span>
        <Button
          icon={<Plus size={16} />}
          onPress={() => onChange({ path: 'uplink', within: [{ share: 0.99, ms: 100 }] })}
        >
          {words('network.form.addLatency')}
        </Button>
      </div>
    );
  const put = (index: number, part: Partial<{ share: number; ms: number }>) =>
    onChange({
      ...latency,
      within: latency.within.map((one, at) => (at === index ? { ...one, ...part } : one)),
    });
  return (
    <div className={styles.stack}>
      <div className={styles.fields}>
        <SelectField
          label={words('network.form.path')}
          value={latency.path}
          fault={fault('level.latency.path') ?? fault('level.latency')}
          options={latencyPaths.map((one) => ({ value: one, title: words(`network.need.paths.${one}`) }))}
          onChange={(path) => onChange({ ...latency, path: path as LatencyPath })}
        />
      </div>
      {latency.within.map((one, index) => {
        const path = `level.latency.within.${index}`;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pairs have no name but their place
          <div key={index} className={styles.pair}>
            <NumberField
              label={words('network.form.share')}
              unit="%"
              value={asPercent(one.share)}
              fault={fault(`${path}.share`) ?? fault(path)}
              onChange={(value) => put(index, { share: asShare(value) ?? Number.NaN })}
            />
            <NumberField
              label={words('network.form.within')}
              unit="ms"
              value={one.ms}
              fault={fault(`${path}.ms`)}
              onChange={(value) => put(index, { ms: value ?? Number.NaN })}
            />
            <Button
              kind="quiet"
              icon={<X size={16} />}
              label={words('network.form.removeWithin')}
              onPress={() =>
                onChange(
                  latency.within.length === 1
                    ? undefined
                    : { ...latency, within: latency.within.filter((_, at) => at !== index) },
                )
              }
            />
          </div>
        );
      })}
      {latency.within.length >= withinMax ? null : (
        <div>
          <Button
            icon={<Plus size={16} />}
            onPress={() =>
              onChange({
                ...latency,
                within: [...latency.within, { share: 0.999, ms: (latency.within.at(-1)?.ms ?? 100) * 2 }],
              })
            }
          >
            {words('network.form.addWithin')}
          </Button>
        </div>
      )}
    </div>
  );
}
