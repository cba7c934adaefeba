import type { BrowseNode } from '@millrace/contract';
import {
  Button,
  EmptyState,
  formatNumber,
  NumberField,
  notify,
  Section,
  SelectField,
  TextField,
  useLanguage,
} from '@millrace/ui';
import { Eye, ListPlus, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api, take } from '../../api/client.ts';
import { useConsoleWords } from '../../words/index.ts';
import { usePeerWords } from './peer-problem.tsx';
import {
  type Entity,
  entities,
  type HandRegister,
  isBit,
  type Order,
  orders,
  type RegisterType,
  readingId,
  readingsNode,
  registerFaults,
  registerTypes,
  scaledReading,
} from './registers.ts';
import styles from './terminals.module.css';

/** Lines typed in by hand; a longer map belongs into a Thing Description that is imported. */
const linesMax = 200;

let lastKey = 0;
export const newLine = (unit: number, before?: HandRegister): HandRegister => ({
  key: `hand-${++lastKey}`,
  name: '',
  unit: before?.unit ?? unit,
  entity: before?.entity ?? 'HoldingRegister',
  address:
    before?.address === undefined
      ? undefined
      : before.address + (isBit(before.entity) ? 1 : registerTypes[before.type].registers),
  type: before?.type ?? 'uint16',
  order: before?.order ?? 'ABCD',
  scale: before?.scale,
  offset: undefined,
  unitOfMeasure: before?.unitOfMeasure ?? '',
});

/** Registers typed in from the manual of a device, each read at once to see whether the number is the one on its display. */
export function HandRegisters({
  lines,
  onChange,
  settings,
  connection,
}: {
  lines: readonly HandRegister[];
  onChange: (lines: readonly HandRegister[]) => void;
  settings: Record<string, unknown>;
  connection: string | undefined;
}) {
  const words = useConsoleWords();
  const unit = typeof settings['unit'] === 'number' ? settings['unit'] : 1;
  const add = (
    <Button
      icon={<Plus size={18} />}
      onPress={() => onChange([...lines, newLine(unit, lines.at(-1))])}
      disabledReason={
        lines.length >= linesMax ? words('terminal.modbus.tooManyLines', { count: linesMax }) : undefined
      }
    >
      {words('terminal.modbus.addRegister')}
    </Button>
  );
  return (
    <Section title={words('terminal.modbus.byHand')} note={words('terminal.modbus.byHandNote')}>
      {lines.length === 0 ? (
        <EmptyState icon={<ListPlus size={40} />} title={words('terminal.modbus.noRegisters')} actions={add}>
          <p>{words('terminal.modbus.noRegistersHelp')}</p>
        </EmptyState>
      ) : (
        <div className={styles.stack}>
          <ol className={styles.registers}>
            {lines.map((line, index) => (
              <Register
                key={line.key}
                number={index + 1}
                line={line}
                settings={settings}
                connection={connection}
                onChange={(next) => onChange(lines.map((one) => (one.key === line.key ? next : one)))}
                onRemove={() => onChange(lines.filter((one) => one.key !== line.key))}
              />
            ))}
          </ol>
          <div>{add}</div>
        </div>
      )}
    </Section>
  );
}

function Register({
  number,
  line,
  settings,
  connection,
  onChange,
  onRemove,
}: {
  number: number;
  line: HandRegister;
  settings: Record<string, unknown>;
  connection: string | undefined;
  onChange: (line: HandRegister) => void;
  onRemove: () => void;
}) {
  const words = useConsoleWords();
  const language = useLanguage();
  const peerWords = usePeerWords();
  const [reading, setReading] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [left, setLeft] = useState(false);
  const faults = registerFaults(line);
  const fault = (name: (typeof faults)[number]) =>
    left && faults.includes(name) ? words(`terminal.modbus.faults.${name}`) : undefined;
  const set = (change: Partial<HandRegister>) => {
    setReading(undefined);
    onChange({ ...line, ...change });
  };
  const bit = isBit(line.entity);
  const facts = registerTypes[line.type];
  const read = () => {
    setLeft(true);
    if (faults.some((name) => name !== 'name')) return;
    setBusy(true);
    setReading(undefined);
    take(
      api.POST('/api/protocols/{protocol}/browse', {
        params: { path: { protocol: 'modbus' } },
        body: {
          settings: { ...settings, unit: line.unit },
          ...(connection === undefined ? {} : { connection }),
          node: bit ? `${readingsNode(line)}/1` : readingsNode(line),
        },
      }),
    )
      .then(
        ({ nodes }) => {
          const wanted = readingId(line);
          const found = (nodes as BrowseNode[]).find((node) =>
            wanted === undefined ? bit : node.id.endsWith(wanted),
          );
          const value = scaledReading(line, found?.value);
          setReading(
            found === undefined || value === undefined || value === null
              ? words('terminal.modbus.notRead')
              : `${typeof value === 'number' ? formatNumber(value, language) : String(value)} ${line.unitOfMeasure}`.trim(),
          );
        },
        (error: unknown) => {
          const problem = peerWords(error);
          notify({
            kind: 'error',
            title: problem.title,
            ...(problem.why === undefined ? {} : { detail: problem.why }),
          });
          setReading(words('terminal.modbus.notRead'));
        },
      )
      .finally(() => setBusy(false));
  };
  return (
    <li className={styles.register}>
      <fieldset>
        <legend className="visually-hidden">{words('terminal.modbus.register', { number })}</legend>
        <div className={styles.registerFields}>
          <div className={styles.wide}>
            <TextField
              label={words('terminal.modbus.name')}
              value={line.name}
              onChange={(name) => set({ name })}
              onBlur={() => setLeft(true)}
              fault={fault('name')}
              required
              autoFocus={line.name === ''}
            />
          </div>
          <SelectField
            label={words('terminal.modbus.kind')}
            value={line.entity}
            options={entities.map((entity) => ({
              value: entity,
              title: words(`terminal.modbus.entities.${entity}`),
            }))}
            onChange={(entity) => set({ entity: entity as Entity })}
          />
          <NumberField
            label={words('terminal.modbus.address')}
            value={line.address}
            onChange={(address) => set({ address })}
            fault={fault('address')}
            required
          />
          {bit ? null : (
            <>
              <SelectField
                label={words('terminal.modbus.type')}
                value={line.type}
                options={Object.keys(registerTypes).map((type) => ({ value: type, title: type }))}
                onChange={(type) => set({ type: type as RegisterType })}
              />
              <SelectField
                label={words('terminal.modbus.order')}
                value={line.order}
                options={orders
                  .filter((order) => facts.registers > 1 || order === 'ABCD' || order === 'BADC')
                  .map((order) => ({ value: order, title: orderTitle(order, facts.registers, words) }))}
                onChange={(order) => set({ order: order as Order })}
              />
              <NumberField
                label={words('terminal.modbus.scale')}
                value={line.scale}
                placeholder="1"
                onChange={(scale) => set({ scale })}
                fault={fault('scale')}
              />
              <NumberField
                label={words('terminal.modbus.offset')}
                value={line.offset}
                placeholder="0"
                onChange={(offset) => set({ offset })}
                fault={fault('offset')}
              />
              <TextField
                label={words('terminal.modbus.unitOfMeasure')}
                value={line.unitOfMeasure}
                placeholder="kW"
                onChange={(unitOfMeasure) => set({ unitOfMeasure })}
              />
            </>
          )}
          <NumberField
            label={words('terminal.modbus.unitId')}
            value={line.unit}
            onChange={(unit) => set({ unit })}
            fault={fault('unit')}
          />
        </div>
        <div className={styles.registerFoot}>
          <Button icon={<Eye size={16} />} pending={busy} onPress={read}>
            {words('terminal.modbus.readNow')}
          </Button>
          <output className={styles.registerValue} aria-live="polite">
            {reading ?? ''}
          </output>
          <Button
            kind="quiet"
            icon={<Trash2 size={16} />}
            label={words('terminal.modbus.remove', { name: line.name === '' ? String(number) : line.name })}
            onPress={onRemove}
          />
        </div>
      </fieldset>
    </li>
  );
}

function orderTitle(order: Order, registers: number, words: ReturnType<typeof useConsoleWords>): string {
  if (registers === 1)
    return order === 'ABCD' ? words('terminal.modbus.bigEndian') : words('terminal.modbus.littleEndian');
  return `${order} – ${words(`terminal.modbus.orders.${order}`)}`;
}
