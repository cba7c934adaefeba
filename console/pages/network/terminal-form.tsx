import {
  type NetworkKind,
  type NetworkTerminal,
  type NetworkTerminalInput,
  networkKinds,
  type ProbeTarget,
} from '@millrace/contract';
import {
  Button,
  ErrorState,
  NumberField,
  notify,
  Section,
  SelectField,
  TextField,
  useLanguage,
} from '@millrace/ui';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Save } from 'lucide-react';
import { useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { plantQuery } from '../../api/queries.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import { faultsOfError, idOfTitle, linesOf } from './field-faults.ts';
import { NetworkFrame } from './frame.tsx';
import styles from './network.module.css';
import { saveTerminal, zonesQuery } from './queries.ts';

const textNames = ['address', 'supi', 'gpsi', 'pei', 'iccid', 'module', 'firmware'] as const;
type TextName = (typeof textNames)[number];

interface Draft {
  id: string;
  title: string;
  kind: NetworkKind;
  /** Undefined: that of its things. */
  place: string | undefined;
  things: string;
  zone: string;
  texts: Record<TextName, string>;
  method: ProbeTarget['method'] | '';
  host: string;
  port: number | undefined;
  every: number | undefined;
  dscps: string;
  from: 'platform' | 'terminal';
  key: string;
}

function draftOf(terminal: NetworkTerminal | undefined): Draft {
  const probe = terminal?.probe;
  return {
    id: terminal?.id ?? '',
    title: terminal?.title ?? '',
    kind: terminal?.kind ?? 'nr',
    place: terminal?.place,
    things: (terminal?.things ?? []).join('\n'),
    zone: terminal?.zone ?? '',
    texts: Object.fromEntries(textNames.map((name) => [name, terminal?.[name] ?? ''])) as Draft['texts'],
    method: probe?.method ?? '',
    host: probe?.host ?? '',
    port: probe?.port,
    every: probe?.everyMilliseconds,
    dscps: (probe?.dscps ?? []).join(', '),
    from: probe?.from ?? 'platform',
    key: probe?.key ?? '',
  };
}

function inputOf(draft: Draft, saved: NetworkTerminal | undefined): NetworkTerminalInput {
  const given = (name: string, value: string) => (value.trim() === '' ? {} : { [name]: value.trim() });
  const dscps = draft.dscps
    .split(/[,\s，]+/)
    .filter((one) => one !== '')
    .map(Number);
  return {
    title: draft.title.trim(),
    kind: draft.kind,
    things: linesOf(draft.things),
    ...(draft.place === undefined ? {} : { place: draft.place }),
    ...given('zone', draft.zone),
    ...Object.assign({}, ...textNames.map((name) => given(name, draft.texts[name]))),
    ...(draft.method === ''
      ? {}
      : {
          probe: {
            method: draft.method,
            ...given('host', draft.host),
            ...(draft.port === undefined ? {} : { port: draft.port }),
            ...(draft.every === undefined ? {} : { everyMilliseconds: draft.every }),
            ...(dscps.length === 0 ? {} : { dscps }),
            ...(draft.from === 'platform' ? {} : { from: draft.from }),
            ...given('key', draft.key),
          },
        }),
    // Not in this form, and not to be lost by it.
    ...(saved?.provider === undefined ? {} : { provider: saved.provider }),
    ...(saved?.hops === undefined ? {} : { hops: saved.hops }),
  };
}

/** A terminal as it is registered: what it is, who it is in the mobile network, how it is probed. */
export function TerminalForm({ saved, found = false }: { saved?: NetworkTerminal; found?: boolean }) {
  const words = useConsoleWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const plant = useQuery(plantQuery);
  const zones = useQuery(zonesQuery);
  const [draft, setDraft] = useState<Draft>(() => draftOf(saved));
  const [tried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const forbidden = useForbidden()('configure', draft.place);
  const change = (part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setRefusal(undefined);
  };
  const own = useMemo(() => {
    const all = new Map<string, string>();
    if (draft.title.trim() === '') all.set('title', words('network.terminalForm.titleNeeded'));
    if (Number.isNaN(draft.port)) all.set('probe.port', words('network.form.wrongNumber'));
    if (Number.isNaN(draft.every)) all.set('probe.everyMilliseconds', words('network.form.wrongNumber'));
    return all;
  }, [draft, words]);
  const refused = useMemo(() => faultsOfError(refusal, language), [refusal, language]);
  const fault = (path: string): string | undefined =>
    (tried ? own.get(path) : undefined) ??
    refused.get(path) ??
    [...refused].find(([at]) => at.startsWith(`${path}.`))?.[1];
  const save = () => {
    setTried(true);
    if (own.size > 0) return;
    setBusy(true);
    const id = draft.id.trim() === '' ? idOfTitle(draft.title) : draft.id.trim();
    saveTerminal(saved?.id, {
      ...inputOf(draft, saved),
      ...(saved === undefined && id !== undefined ? { id } : {}),
    })
      .then(async (made) => {
        notify({ kind: 'info', title: words('network.terminal.saved') });
        await queries.invalidateQueries({ queryKey: ['network'] });
        await navigate({
          to: '/network/terminals/$terminal',
          params: { terminal: made.id },
          search: ((previous: object) => ({ ...previous, tab: undefined })) as never,
          replace: true,
        });
      }, setRefusal)
      .finally(() => setBusy(false));
  };
  const textField = (name: TextName, label: string, placeholder?: string) => (
    <TextField
      label={label}
      value={draft.texts[name]}
      code={name !== 'module'}
      {...(placeholder === undefined ? {} : { placeholder })}
      fault={fault(name)}
      onChange={(value) => change({ texts: { ...draft.texts, [name]: value } })}
    />
  );
  return (
    <NetworkFrame
      title={
        saved === undefined
          ? words('network.terminal.addTitle')
          : words('network.terminal.editTitle', { title: saved.title })
      }
      above={<Link to="/network/terminals">{words('network.pages.terminals')}</Link>}
      {...(found ? { note: words('network.terminal.foundNote') } : {})}
    >
      <form
        className={styles.stack}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && forbidden === undefined) save();
        }}
      >
        <Section title={words('network.terminalForm.what')}>
          <div className={styles.fields}>
            <TextField
              label={words('network.terminalForm.title')}
              value={draft.title}
              required
              fault={fault('title')}
              onChange={(title) => change({ title })}
            />
            {saved === undefined ? (
              <TextField
                label={words('network.terminalForm.id')}
                value={draft.id}
                code
                help={words('network.terminalForm.idHelp')}
                fault={fault('id')}
                onChange={(id) => change({ id })}
              />
            ) : null}
            <SelectField
              label={words('network.terminalForm.kind')}
              value={draft.kind}
              fault={fault('kind')}
              options={networkKinds.map((kind) => ({ value: kind, title: words(`network.kinds.${kind}`) }))}
              onChange={(kind) => change({ kind: kind as NetworkKind })}
            />
            <SelectField
              label={words('network.terminalForm.place')}
              value={draft.place ?? ''}
              fault={fault('place')}
              options={[
                { value: '', title: words('network.terminalForm.placeThings') },
                ...(plant.data ?? [])
                  .filter((node) => node.path !== '')
                  .map((node) => ({ value: node.path, title: node.path })),
              ]}
              onChange={(place) => change({ place: place === '' ? undefined : place })}
            />
            {textField('address', words('network.terminalForm.address'), '10.45.0.7')}
            <SelectField
              label={words('network.terminalForm.zone')}
              value={draft.zone}
              fault={fault('zone')}
              options={[
                { value: '', title: words('network.terminalForm.noZone') },
                ...(zones.data ?? []).map((zone) => ({ value: zone.id, title: zone.title })),
              ]}
              onChange={(zone) => change({ zone })}
            />
            <TextField
              label={words('network.terminalForm.things')}
              value={draft.things}
              lines={3}
              code
              help={words('network.terminalForm.thingsHelp')}
              fault={fault('things')}
              onChange={(things) => change({ things })}
            />
          </div>
        </Section>
        <Section title={words('network.terminalForm.probe')} note={words('network.terminalForm.probeHelp')}>
          <div className={styles.fields}>
            <SelectField
              label={words('network.terminalForm.method')}
              value={draft.method}
              fault={fault('probe.method')}
              options={[
                { value: '', title: words('network.terminalForm.noProbe') },
                ...(['stamp', 'icmp', 'tcp'] as const).map((method) => ({
                  value: method,
                  title: words(`network.terminalForm.${method}`),
                })),
              ]}
              onChange={(method) => change({ method: method as Draft['method'] })}
            />
            {draft.method === '' ? null : (
              <>
                <TextField
                  label={words('network.terminalForm.host')}
                  value={draft.host}
                  code
                  help={words('network.terminalForm.hostHelp')}
                  fault={fault('probe.host')}
                  onChange={(host) => change({ host })}
                />
                {draft.method === 'icmp' ? null : (
                  <NumberField
                    label={words('network.terminalForm.port')}
                    value={draft.port}
                    placeholder={draft.method === 'stamp' ? '862' : ''}
                    fault={fault('probe.port')}
                    onChange={(port) => change({ port })}
                  />
                )}
                <NumberField
                  label={words('network.terminalForm.every')}
                  unit="ms"
                  value={draft.every}
                  placeholder="1000"
                  fault={fault('probe.everyMilliseconds')}
                  onChange={(every) => change({ every })}
                />
                <TextField
                  label={words('network.terminalForm.dscps')}
                  value={draft.dscps}
                  placeholder="0, 46"
                  help={words('network.terminalForm.dscpsHelp')}
                  fault={fault('probe.dscps')}
                  onChange={(dscps) => change({ dscps })}
                />
                {draft.method !== 'stamp' ? null : (
                  <>
                    <SelectField
                      label={words('network.terminalForm.from')}
                      value={draft.from}
                      fault={fault('probe.from')}
                      options={(['platform', 'terminal'] as const).map((from) => ({
                        value: from,
                        title: words(`network.terminal.probeFrom.${from}`),
                      }))}
                      onChange={(from) => change({ from: from as Draft['from'] })}
                    />
                    <TextField
                      label={words('network.terminalForm.key')}
                      value={draft.key}
                      help={words('network.terminalForm.keyHelp')}
                      fault={fault('probe.key')}
                      onChange={(key) => change({ key })}
                    />
                  </>
                )}
              </>
            )}
          </div>
        </Section>
        <Section title={words('network.terminalForm.identity')}>
          <div className={styles.fields}>
            {textField('supi', words('network.terminal.supi'), 'imsi-001010000000001')}
            {textField('gpsi', words('network.terminal.gpsi'), 'msisdn-8613800000000')}
            {textField('pei', words('network.terminal.pei'), 'imei-…')}
            {textField('iccid', words('network.terminal.iccid'))}
            {textField('module', words('network.terminal.module'))}
            {textField('firmware', words('network.terminal.firmware'))}
          </div>
        </Section>
        {refusal === undefined ? null : <ErrorState compact problem={problemWords(refusal, words)} />}
        {tried && own.size > 0 ? (
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
          <Button
            onPress={() =>
              void navigate(
                saved === undefined
                  ? { to: '/network/terminals' }
                  : { to: '/network/terminals/$terminal', params: { terminal: saved.id } },
              )
            }
          >
            {words('network.form.cancel')}
          </Button>
        </div>
      </form>
    </NetworkFrame>
  );
}
