import type { EdgeZone, EdgeZoneInput } from '@millrace/contract';
import {
  Button,
  type Column,
  Confirm,
  Dialog,
  EmptyState,
  ErrorState,
  formatNumber,
  NumberField,
  notify,
  SelectField,
  Table,
  TextField,
  useLanguage,
  useUiWords,
} from '@millrace/ui';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Pencil, Plus, Router, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';
import { useForbidden } from '../access/permission.ts';
import { NetworkFrame } from '../network/frame.tsx';
import { zonesQuery } from '../network/queries.ts';
import { PlaceField } from '../terminals/place-field.tsx';
import styles from './control.module.css';
import { faultsFrom, leftOver } from './fields.ts';
import { Dash, Loaded, NameAndId, Named, OtherFaults } from './parts.tsx';
import { providersQuery, removeZone, saveZone } from './queries.ts';

/** Places near the terminals where traffic can leave the mobile network. */
export function ZonesPage() {
  const words = useConsoleWords();
  const language = useLanguage();
  const client = useQueryClient();
  const forbidden = useForbidden()('configure');
  const zones = useQuery(zonesQuery);
  const providers = useQuery(providersQuery);
  const [editing, setEditing] = useState<EdgeZone | 'new'>();
  const [removing, setRemoving] = useState<EdgeZone>();
  const remove = useMutation({
    mutationFn: (zone: string) => removeZone(zone),
    onSuccess: () => {
      notify({ kind: 'info', title: words('networkControl.removed') });
      setRemoving(undefined);
    },
    onSettled: () => void client.invalidateQueries({ queryKey: ['network'] }),
  });
  const columns = useMemo<Column<EdgeZone>[]>(() => {
    const rate = (value: number | undefined) =>
      value === undefined ? <Dash /> : `${formatNumber(value, language)} Mbit/s`;
    return [
      {
        id: 'title',
        title: words('networkControl.zone.one'),
        width: 'minmax(10rem, 1.4fr)',
        phone: 'title',
        value: ({ title }) => title,
        render: ({ title, id }) => <Named name={title} below={id} />,
      },
      {
        id: 'place',
        title: words('list.where'),
        width: 'minmax(10rem, 1.4fr)',
        value: ({ place }) => place,
        render: ({ place }) =>
          place === undefined || place === '' ? (
            words('networkControl.zone.plant')
          ) : (
            <Link to="/places/$" params={{ _splat: place }}>
              {place}
            </Link>
          ),
      },
      {
        id: 'up',
        title: words('networkControl.zone.uplink'),
        width: 'minmax(7rem, 0.7fr)',
        align: 'end',
        value: ({ uplinkMbps }) => uplinkMbps,
        render: ({ uplinkMbps }) => rate(uplinkMbps),
      },
      {
        id: 'down',
        title: words('networkControl.zone.downlink'),
        width: 'minmax(7rem, 0.7fr)',
        align: 'end',
        value: ({ downlinkMbps }) => downlinkMbps,
        render: ({ downlinkMbps }) => rate(downlinkMbps),
      },
      {
        id: 'provider',
        title: words('networkControl.provider.one'),
        width: 'minmax(8rem, 0.9fr)',
        value: ({ provider }) => provider,
        render: ({ provider }) =>
          provider === undefined ? (
            <Dash />
          ) : (
            (providers.data?.find(({ id }) => id === provider)?.title ?? provider)
          ),
      },
      {
        id: 'probe',
        title: words('networkControl.zone.probe'),
        width: 'minmax(8rem, 0.9fr)',
        render: ({ probe }) =>
          probe === undefined ? (
            <span className={styles.faint}>{words('networkControl.zone.noProbe')}</span>
          ) : (
            <span className={styles.code}>
              {probe.method.toUpperCase()} {probe.host ?? ''}
              {probe.port === undefined ? '' : `:${probe.port}`}
            </span>
          ),
      },
      {
        id: 'do',
        title: '',
        width: '7rem',
        phone: 'plain',
        render: (zone) => (
          <span className={styles.row}>
            <Button
              kind="quiet"
              icon={<Pencil size={16} />}
              label={`${words('networkControl.edit')}: ${zone.title}`}
              disabledReason={forbidden}
              onPress={() => setEditing(zone)}
            />
            <Button
              kind="quiet"
              icon={<Trash2 size={16} />}
              label={`${words('networkControl.remove')}: ${zone.title}`}
              disabledReason={forbidden}
              onPress={() => setRemoving(zone)}
            />
          </span>
        ),
      },
    ];
  }, [words, language, providers.data, forbidden]);
  return (
    <NetworkFrame
      title={words('networkControl.zone.title')}
      note={words('networkControl.zone.note')}
      actions={
        <Button
          kind="primary"
          icon={<Plus size={16} />}
          disabledReason={forbidden}
          onPress={() => setEditing('new')}
        >
          {words('networkControl.zone.add')}
        </Button>
      }
    >
      <Loaded query={zones}>
        {(rows) => (
          <Table
            label={words('networkControl.zone.title')}
            columns={columns}
            rows={rows}
            rowKey={({ id }) => id}
            rowHeight={64}
            empty={
              <EmptyState icon={<Router size={44} />} title={words('networkControl.zone.none')}>
                <p>{words('networkControl.zone.noneHelp')}</p>
              </EmptyState>
            }
          />
        )}
      </Loaded>
      {editing === undefined ? null : (
        <ZoneForm {...(editing === 'new' ? {} : { zone: editing })} onClose={() => setEditing(undefined)} />
      )}
      <Confirm
        open={removing !== undefined}
        onClose={() => {
          remove.reset();
          setRemoving(undefined);
        }}
        onConfirm={() => remove.mutate(removing!.id)}
        title={words('networkControl.removeTitle', { title: removing?.title ?? '' })}
        confirm={words('networkControl.remove')}
        busy={remove.isPending}
      >
        <p>{words('networkControl.zone.removeWhat')}</p>
        {remove.error === null ? null : <ErrorState problem={problemWords(remove.error, words)} />}
      </Confirm>
    </NetworkFrame>
  );
}

function ZoneForm({ zone, onClose }: { zone?: EdgeZone; onClose: () => void }) {
  const words = useConsoleWords();
  const uiWords = useUiWords();
  const language = useLanguage();
  const client = useQueryClient();
  const providers = useQuery(providersQuery);
  const [id, setId] = useState(zone?.id ?? '');
  const [input, setInput] = useState<EdgeZoneInput>(() => {
    if (zone === undefined) return { title: '' };
    const { id: _id, ...rest } = zone;
    return rest;
  });
  const save = useMutation({
    mutationFn: () => saveZone(id, input),
    onSuccess: () => {
      notify({ kind: 'info', title: words('networkControl.saved') });
      void client.invalidateQueries({ queryKey: ['network'] });
      onClose();
    },
  });
  const faults = faultsFrom(save.error, language);
  const change = <K extends keyof EdgeZoneInput>(name: K, value: EdgeZoneInput[K] | undefined) =>
    setInput(
      ({ [name]: _before, ...rest }) =>
        (value === undefined || value === '' ? rest : { ...rest, [name]: value }) as EdgeZoneInput,
    );
  const { probe } = input;
  return (
    <Dialog
      open
      wide
      onClose={onClose}
      busy={save.isPending}
      title={zone === undefined ? words('networkControl.zone.add') : zone.title}
      footer={
        <>
          <Button onPress={onClose}>{uiWords('action.cancel')}</Button>
          <Button
            kind="act"
            pending={save.isPending}
            disabledReason={
              input.title.trim() === '' || id === '' ? words('networkControl.needName') : undefined
            }
            onPress={() => save.mutate()}
          >
            {words('networkControl.save')}
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        {save.error !== null && Object.keys(faults).length === 0 ? (
          <ErrorState problem={problemWords(save.error, words)} />
        ) : null}
        <OtherFaults
          faults={leftOver(faults, [
            'title',
            'id',
            'zone',
            'place',
            'uplinkMbps',
            'downlinkMbps',
            'provider',
            'probe.host',
            'probe.port',
          ])}
        />
        <div className={styles.fields}>
          <NameAndId
            isNew={zone === undefined}
            name={input.title}
            id={id}
            nameFault={faults['title']}
            idFault={faults['id'] ?? faults['zone']}
            onName={(title) => setInput((before) => ({ ...before, title }))}
            onId={setId}
          />
          <NumberField
            label={words('networkControl.zone.uplink')}
            help={words('networkControl.zone.rateHelp')}
            unit="Mbit/s"
            value={input.uplinkMbps}
            fault={faults['uplinkMbps']}
            onChange={(value) => change('uplinkMbps', value)}
          />
          <NumberField
            label={words('networkControl.zone.downlink')}
            unit="Mbit/s"
            value={input.downlinkMbps}
            fault={faults['downlinkMbps']}
            onChange={(value) => change('downlinkMbps', value)}
          />
          <SelectField
            label={words('networkControl.provider.one')}
            help={words('networkControl.zone.providerHelp')}
            value={input.provider ?? 'none'}
            fault={faults['provider']}
            options={[
              { value: 'none', title: words('networkControl.none') },
              ...(providers.data ?? []).map(({ id: one, title }) => ({ value: one, title })),
            ]}
            onChange={(provider) => change('provider', provider === 'none' ? undefined : provider)}
          />
          <SelectField
            label={words('networkControl.zone.probe')}
            help={words('networkControl.zone.probeHelp')}
            value={probe?.method ?? 'none'}
            options={[
              { value: 'none', title: words('networkControl.zone.noProbe') },
              ...(['stamp', 'icmp', 'tcp'] as const).map((value) => ({ value, title: value.toUpperCase() })),
            ]}
            onChange={(method) =>
              change(
                'probe',
                method === 'none' ? undefined : { ...probe, method: method as 'stamp' | 'icmp' | 'tcp' },
              )
            }
          />
          {probe === undefined ? null : (
            <>
              <TextField
                label={words('networkControl.zone.probeHost')}
                code
                required
                value={probe.host ?? ''}
                fault={faults['probe.host']}
                onChange={(host) => {
                  const { host: _before, ...rest } = probe;
                  change('probe', host === '' ? rest : { ...rest, host });
                }}
              />
              <NumberField
                label={words('networkControl.zone.probePort')}
                value={probe.port}
                fault={faults['probe.port']}
                onChange={(port) => {
                  const { port: _before, ...rest } = probe;
                  change('probe', port === undefined ? rest : { ...rest, port });
                }}
              />
            </>
          )}
        </div>
        <PlaceField value={input.place ?? ''} onChange={(place) => change('place', place)} />
        {faults['place'] === undefined ? null : <p className={styles.problem}>{faults['place']}</p>}
      </div>
    </Dialog>
  );
}
