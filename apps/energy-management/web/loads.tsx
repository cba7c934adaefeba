import {
  Button,
  Dialog,
  NumberField,
  Section,
  SelectField,
  Table,
  TextField,
  useApp,
  useLocalText,
} from '@millrace/ui';
import { useState } from 'react';
import { checkLoads, type LoadDefinition } from '../model/loads.ts';
import { Answer, useDoing } from './answer.tsx';
import styles from './energy.module.css';
import { useEnergyWords } from './words.ts';

const fresh: Record<LoadDefinition['kind'], LoadDefinition> = {
  block: {
    kind: 'block',
    id: '',
    title: '',
    kilowatts: 20,
    minutes: 60,
    usual: '10:00',
    earliest: '06:00',
    latest: '22:00',
  },
  flexible: {
    kind: 'flexible',
    id: '',
    title: '',
    kilowattHours: 40,
    kilowattsMax: 20,
    usual: '18:00',
    earliest: '00:00',
    latest: '24:00',
  },
  storage: {
    kind: 'storage',
    id: '',
    title: '',
    kilowattHours: 100,
    chargeKilowattsMax: 50,
    dischargeKilowattsMax: 50,
    efficiency: 0.88,
    chargeMinShare: 0.1,
    wear: 0.05,
  },
};

/** Loads and storages that a plan may use: shown, added, changed, removed. */
export function LoadsSection() {
  const words = useEnergyWords();
  const app = useApp();
  const { busy, run } = useDoing();
  const answer = app.useAnswer<LoadDefinition[]>('/loads');
  const [editing, setEditing] = useState<{ load: LoadDefinition; was: string | undefined }>();
  const mayNot = app.may('configure') ? undefined : words('mayNot');
  const put = (loads: readonly LoadDefinition[]) =>
    run(async () => {
      await app.send('PUT', '/loads', loads);
      setEditing(undefined);
    });
  return (
    <Section
      title={words('plan.loads')}
      actions={
        <div className={styles.row}>
          {(['block', 'flexible', 'storage'] as const).map((kind) => (
            <Button
              key={kind}
              disabledReason={mayNot}
              onPress={() => setEditing({ load: { ...fresh[kind] }, was: undefined })}
            >
              {words(
                kind === 'block'
                  ? 'plan.addBlock'
                  : kind === 'flexible'
                    ? 'plan.addFlexible'
                    : 'plan.addStorage',
              )}
            </Button>
          ))}
        </div>
      }
    >
      <Answer answer={answer}>
        {(loads) => (
          <>
            {loads.length === 0 ? (
              <p>{words('plan.noneHow')}</p>
            ) : (
              <Table
                label={words('plan.loads')}
                rows={loads}
                rowKey={(load) => load.id}
                columns={[
                  {
                    id: 'title',
                    title: words('plan.fields.title'),
                    phone: 'title',
                    render: (load) => load.title,
                  },
                  {
                    id: 'kind',
                    title: words('plan.what'),
                    render: (load) => words(`plan.kind.${load.kind}`),
                  },
                  {
                    id: 'size',
                    title: 'kW · kWh',
                    render: (load) =>
                      load.kind === 'block'
                        ? `${load.kilowatts} kW · ${load.minutes} min`
                        : load.kind === 'flexible'
                          ? `${load.kilowattHours} kWh · ${load.kilowattsMax} kW`
                          : `${load.kilowattHours} kWh · ${load.dischargeKilowattsMax} kW`,
                  },
                  {
                    id: 'window',
                    title: words('plan.fields.earliest'),
                    render: (load) =>
                      load.kind === 'storage' ? '–' : `${load.usual} (${load.earliest}–${load.latest})`,
                  },
                  {
                    id: 'command',
                    title: words('plan.fields.command'),
                    render: (load) =>
                      load.command === undefined
                        ? words('plan.byHand')
                        : (load.command.action ?? `${load.command.property}`),
                  },
                  {
                    id: 'edit',
                    title: words('edit'),
                    render: (load) => (
                      <Button
                        kind="quiet"
                        disabledReason={mayNot}
                        onPress={() => setEditing({ load: { ...load }, was: load.id })}
                      >
                        {words('edit')}
                      </Button>
                    ),
                  },
                ]}
              />
            )}
            {editing === undefined ? null : (
              <LoadDialog
                load={editing.load}
                busy={busy}
                onChange={(load) => setEditing({ ...editing, load })}
                onClose={() => setEditing(undefined)}
                onSave={(load) => put([...loads.filter((one) => one.id !== editing.was), load])}
                onRemove={
                  editing.was === undefined
                    ? undefined
                    : () => put(loads.filter((one) => one.id !== editing.was))
                }
              />
            )}
          </>
        )}
      </Answer>
    </Section>
  );
}

function LoadDialog({
  load,
  busy,
  onChange,
  onClose,
  onSave,
  onRemove,
}: {
  load: LoadDefinition;
  busy: boolean;
  onChange: (load: LoadDefinition) => void;
  onClose: () => void;
  onSave: (load: LoadDefinition) => void;
  onRemove: (() => void) | undefined;
}) {
  const words = useEnergyWords();
  const local = useLocalText();
  const problems = checkLoads([load]);
  const any = load as unknown as Record<string, unknown>;
  const set = (name: string, value: unknown) => onChange({ ...load, [name]: value } as LoadDefinition);
  const numberField = (name: string, label: string, unit?: string) => (
    <NumberField
      key={name}
      label={label}
      value={any[name] as number | undefined}
      onChange={(value) => set(name, value)}
      {...(unit === undefined ? {} : { unit })}
    />
  );
  const textField = (name: string, label: string, help?: string) => (
    <TextField
      key={name}
      label={label}
      value={Array.isArray(any[name]) ? (any[name] as string[]).join(', ') : String(any[name] ?? '')}
      onChange={(value) =>
        set(
          name,
          name === 'blocked'
            ? value
                .split(/[,，]/)
                .map((one) => one.trim())
                .filter((one) => one !== '')
            : value,
        )
      }
      {...(help === undefined ? {} : { help })}
    />
  );
  const command = load.command ?? { thing: '' };
  const setCommand = (change: object) => {
    const next = { ...command, ...change };
    if (next.thing === '' && (next.property ?? '') === '') {
      const { command: _gone, ...rest } = load;
      onChange(rest as LoadDefinition);
    } else onChange({ ...load, command: next } as LoadDefinition);
  };
  const setLimit = (change: { thing?: string; property?: string }) => {
    if (load.kind !== 'storage') return;
    const next = { thing: load.limit?.thing ?? '', property: load.limit?.property ?? '', ...change };
    const { limit: _gone, ...rest } = load;
    onChange(next.thing === '' && next.property === '' ? rest : { ...rest, limit: next });
  };
  return (
    <Dialog
      open
      wide
      busy={busy}
      onClose={onClose}
      title={words(`plan.kind.${load.kind}`)}
      footer={
        <>
          {onRemove === undefined ? null : (
            <Button kind="act" pending={busy} onPress={onRemove}>
              {words('remove')}
            </Button>
          )}
          <Button
            kind="primary"
            pending={busy}
            disabledReason={problems[0] === undefined ? undefined : local(problems[0])}
            onPress={() => onSave(load)}
          >
            {words('save')}
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {textField('id', words('plan.fields.id'))}
        {textField('title', words('plan.fields.title'))}
        {load.kind === 'block' ? (
          <>
            {numberField('kilowatts', words('plan.fields.kilowatts'), 'kW')}
            {numberField('minutes', words('plan.fields.minutes'), 'min')}
          </>
        ) : load.kind === 'flexible' ? (
          <>
            {numberField('kilowattHours', words('plan.fields.kilowattHours'), 'kWh')}
            {numberField('kilowattsMax', words('plan.fields.kilowattsMax'), 'kW')}
          </>
        ) : (
          <>
            {numberField('kilowattHours', words('plan.fields.kilowattHours'), 'kWh')}
            {numberField('chargeKilowattsMax', words('plan.fields.chargeKilowattsMax'), 'kW')}
            {numberField('dischargeKilowattsMax', words('plan.fields.dischargeKilowattsMax'), 'kW')}
            {numberField('efficiency', words('plan.fields.efficiency'))}
            {numberField('chargeMinShare', words('plan.fields.chargeMinShare'))}
            {numberField('wear', words('plan.fields.wear'))}
          </>
        )}
        {load.kind === 'storage' ? null : (
          <>
            {textField('usual', words('plan.fields.usual'))}
            {textField('earliest', words('plan.fields.earliest'))}
            {textField('latest', words('plan.fields.latest'))}
            {textField('blocked', words('plan.fields.blocked'), words('plan.fields.blockedHelp'))}
          </>
        )}
        {load.kind === 'block' ? textField('after', words('plan.fields.after')) : null}
        <TextField
          label={words('plan.fields.thing')}
          value={command.thing}
          onChange={(thing) => setCommand({ thing })}
        />
        <TextField
          label={words('plan.fields.property')}
          value={command.property ?? ''}
          onChange={(property) => setCommand({ property })}
        />
        {load.kind === 'storage' ? (
          <>
            <TextField
              label={words('plan.fields.limitThing')}
              help={words('plan.fields.limitHelp')}
              value={load.limit?.thing ?? ''}
              onChange={(thing) => setLimit({ thing })}
            />
            <TextField
              label={words('plan.fields.property')}
              value={load.limit?.property ?? ''}
              onChange={(property) => setLimit({ property })}
            />
          </>
        ) : null}
        {load.kind === 'block' ? (
          <SelectField
            label={words('plan.fields.unit')}
            value={command.unit ?? 'text'}
            options={[
              { value: 'text', title: 'HH:MM' },
              { value: 'minutes', title: 'min' },
              { value: 'hours', title: 'h' },
            ]}
            onChange={(unit) => setCommand({ unit })}
          />
        ) : null}
      </div>
    </Dialog>
  );
}
