import type { FlowFilter, Qos } from '@millrace/contract';
import { Button, NumberField, SelectField, TextField, ToggleField, useLocalText } from '@millrace/ui';
import { useQuery } from '@tanstack/react-query';
import { Plus, Trash2 } from 'lucide-react';
import { useConsoleWords } from '../../words/index.ts';
import styles from './control.module.css';
import { fiveQisQuery } from './queries.ts';

const filtersMax = 8;
/** Field paths that the fields below take faults of. */
export const qosFieldPaths = [
  'qos',
  'qos.fiveQi',
  'qos.dscp',
  'qos.arp',
  'qos.arp.priorityLevel',
  'qos.gbrUplink',
  'qos.gbrDownlink',
  'qos.mbrUplink',
  'qos.mbrDownlink',
  'qos.profile',
] as const;

/** Class, marking, rates and priority of a quality of service, each with what it means. */
export function QosFields({
  qos,
  onChange,
  faults,
}: {
  qos: Qos;
  onChange: (qos: Qos) => void;
  faults: Record<string, string>;
}) {
  const words = useConsoleWords();
  const local = useLocalText();
  const table = useQuery(fiveQisQuery);
  const chosen = table.data?.find(({ fiveQi }) => fiveQi === qos.fiveQi);
  const set = (change: Partial<Qos>) => onChange({ ...qos, ...change });
  return (
    <div className={styles.stack}>
      <div className={styles.fields}>
        <SelectField
          label="5QI"
          required
          value={String(qos.fiveQi)}
          fault={faults['qos.fiveQi'] ?? faults['qos']}
          help={
            chosen === undefined
              ? undefined
              : words('networkControl.qos.fiveQiHelp', {
                  delay: chosen.delayBudgetMs,
                  error: chosen.errorRate,
                  resource: words(`networkControl.qos.resources.${chosen.resource}`),
                })
          }
          options={(table.data ?? []).map((one) => ({
            value: String(one.fiveQi),
            title: `${one.fiveQi} · ${local(one.example)}`,
          }))}
          onChange={(value) => {
            const next = table.data?.find(({ fiveQi }) => String(fiveQi) === value);
            set({ fiveQi: Number(value), ...(next === undefined ? {} : { dscp: next.dscp }) });
          }}
        />
        <NumberField
          label="DSCP"
          required
          help={words('networkControl.qos.dscpHelp')}
          value={qos.dscp}
          fault={faults['qos.dscp']}
          onChange={(dscp) => set({ dscp: dscp ?? 0 })}
        />
        {(['gbrUplink', 'gbrDownlink', 'mbrUplink', 'mbrDownlink'] as const).map((name) => (
          <NumberField
            key={name}
            label={words(`networkControl.qos.${name}`)}
            unit="kbit/s"
            value={qos[name]}
            fault={faults[`qos.${name}`]}
            onChange={(rate) => {
              const { [name]: _before, ...rest } = qos;
              onChange(rate === undefined ? rest : { ...rest, [name]: rate });
            }}
          />
        ))}
        <NumberField
          label={words('networkControl.qos.arp')}
          help={words('networkControl.qos.arpHelp')}
          required
          value={qos.arp.priorityLevel}
          fault={faults['qos.arp.priorityLevel'] ?? faults['qos.arp']}
          onChange={(level) => set({ arp: { ...qos.arp, priorityLevel: level ?? 1 } })}
        />
        <TextField
          label={words('networkControl.qos.profile')}
          help={words('networkControl.qos.profileHelp')}
          value={qos.profile ?? ''}
          fault={faults['qos.profile']}
          onChange={(profile) => {
            const { profile: _before, ...rest } = qos;
            onChange(profile === '' ? rest : { ...rest, profile });
          }}
        />
      </div>
      <div className={styles.row}>
        <ToggleField
          label={words('networkControl.qos.mayPreempt')}
          value={qos.arp.mayPreempt}
          onChange={(mayPreempt) => set({ arp: { ...qos.arp, mayPreempt } })}
        />
        <ToggleField
          label={words('networkControl.qos.preemptable')}
          value={qos.arp.preemptable}
          onChange={(preemptable) => set({ arp: { ...qos.arp, preemptable } })}
        />
      </div>
    </div>
  );
}

/** Which packets it is for; none: all of the terminal's. */
export function FilterFields({
  filters,
  onChange,
  faults,
}: {
  filters: readonly FlowFilter[];
  onChange: (filters: FlowFilter[]) => void;
  faults: Record<string, string>;
}) {
  const words = useConsoleWords();
  const change = (at: number, next: FlowFilter) =>
    onChange(filters.map((one, index) => (index === at ? next : one)));
  return (
    <div className={styles.stack}>
      <p className={styles.faint}>
        {words(filters.length === 0 ? 'networkControl.filter.all' : 'networkControl.filter.note')}
      </p>
      {filters.map((filter, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a filter is nothing but its place in the list
        <div key={at} className={styles.fields}>
          <SelectField
            label={words('networkControl.filter.protocol')}
            value={filter.protocol}
            fault={faults[`filters.${at}.protocol`] ?? faults[`filters.${at}`]}
            options={(['udp', 'tcp', 'icmp', 'any'] as const).map((value) => ({
              value,
              title: value === 'any' ? words('networkControl.filter.any') : value.toUpperCase(),
            }))}
            onChange={(protocol) => change(at, { ...filter, protocol: protocol as FlowFilter['protocol'] })}
          />
          <TextField
            label={words('networkControl.filter.remote')}
            code
            value={filter.remote ?? ''}
            fault={faults[`filters.${at}.remote`]}
            onChange={(remote) => {
              const { remote: _before, ...rest } = filter;
              change(at, remote === '' ? rest : { ...rest, remote });
            }}
          />
          {(['remotePort', 'terminalPort'] as const).map((name) => (
            <NumberField
              key={name}
              label={words(`networkControl.filter.${name}`)}
              value={filter[name]}
              fault={faults[`filters.${at}.${name}`]}
              onChange={(port) => {
                const { [name]: _before, ...rest } = filter;
                change(at, port === undefined ? rest : { ...rest, [name]: port });
              }}
            />
          ))}
          <Button
            kind="quiet"
            icon={<Trash2 size={16} />}
            label={words('networkControl.filter.remove')}
            onPress={() => onChange(filters.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      <div className={styles.row}>
        <Button
          icon={<Plus size={16} />}
          disabledReason={
            filters.length < filtersMax
              ? undefined
              : words('networkControl.filter.most', { most: filtersMax })
          }
          onPress={() => onChange([...filters, { protocol: 'udp' }])}
        >
          {words('networkControl.filter.add')}
        </Button>
      </div>
    </div>
  );
}
