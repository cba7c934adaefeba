import {
  type ImportReport,
  importRowsMax,
  inventoryLimits,
  type LocalText,
  type NetworkTerminalInput,
  networkKinds,
  type SimInput,
  simStates,
} from '@millrace/contract';
import { AppError } from '@millrace/sdk';
import { parse } from 'csv-parse/sync';
import { iccidProblem, idFrom, idPattern, peiProblem } from './identifiers.ts';
import { say } from './refusals.ts';
import type { Sims } from './sims.ts';
import { simStateWords } from './sims.ts';
import type { Terminals } from './terminals.ts';

/** Tables of SIMs and terminals as spreadsheets write them: comma, semicolon or tab, with or without a mark at the beginning, UTF-8, UTF-16 or GB 18030. */

interface Column {
  field: string;
  /** Header as it is written; then the names under which it is read. */
  header: string;
  names: readonly string[];
}

export const simColumns: readonly Column[] = [
  { field: 'iccid', header: 'iccid', names: ['iccid', 'sim', 'sim卡号', '卡号', 'iccid号', 'ccid'] },
  { field: 'supi', header: 'supi', names: ['supi', 'imsi', 'imsi号'] },
  {
    field: 'gpsi',
    header: 'gpsi',
    names: ['gpsi', 'msisdn', 'phone', 'number', '号码', '手机号', '电话号码', '接入号'],
  },
  { field: 'operator', header: 'operator', names: ['operator', 'carrier', '运营商'] },
  { field: 'state', header: 'state', names: ['state', 'status', '状态'] },
  { field: 'pei', header: 'pei', names: ['pei', 'imei', 'device', 'imei号', '设备', '设备号', '设备标识'] },
  { field: 'thing', header: 'thing', names: ['thing', '物', '物标识', '设备对象'] },
  { field: 'note', header: 'note', names: ['note', 'remark', 'comment', '备注'] },
];

export const terminalColumns: readonly Column[] = [
  { field: 'id', header: 'id', names: ['id', 'terminal', '编号', '终端', '终端编号'] },
  { field: 'title', header: 'title', names: ['title', 'name', '名称', '终端名称'] },
  { field: 'kind', header: 'kind', names: ['kind', 'type', '类型', '接入方式'] },
  { field: 'things', header: 'things', names: ['things', 'thing', '物', '物标识'] },
  { field: 'place', header: 'place', names: ['place', 'location', '位置', '区域', '地点'] },
  { field: 'address', header: 'address', names: ['address', 'ip', 'ip地址', '地址'] },
  { field: 'supi', header: 'supi', names: ['supi', 'imsi', 'imsi号'] },
  { field: 'gpsi', header: 'gpsi', names: ['gpsi', 'msisdn', 'phone', '号码', '手机号'] },
  { field: 'pei', header: 'pei', names: ['pei', 'imei', 'imei号', '设备号'] },
  { field: 'iccid', header: 'iccid', names: ['iccid', 'sim', 'sim卡号', '卡号'] },
  { field: 'module', header: 'module', names: ['module', 'modem', '模组', '模组型号'] },
  { field: 'firmware', header: 'firmware', names: ['firmware', '固件', '固件版本'] },
  { field: 'zone', header: 'zone', names: ['zone', 'edge zone', '边缘区'] },
];

const stateNames: Record<string, SimInput['state']> = Object.fromEntries(
  simStates.flatMap((state) => [
    [state, state],
    [simStateWords[state].en, state],
    [simStateWords[state].zh, state],
  ]),
);
Object.assign(stateNames, {
  stock: 'in-stock',
  待激活: 'in-stock',
  激活: 'active',
  正常: 'active',
  停用: 'suspended',
  暂停: 'suspended',
  丢失: 'lost',
  注销: 'retired',
});
const kindNames: Record<string, NetworkTerminalInput['kind']> = {
  ...Object.fromEntries(networkKinds.map((kind) => [kind, kind])),
  '5g': 'nr',
  '4g': 'lte',
  'wi-fi': 'wifi',
  无线局域网: 'wifi',
  有线: 'wired',
  其他: 'other',
};

interface Row {
  line: number;
  values: Readonly<Record<string, string>>;
}
interface Table {
  rows: Row[];
  columns: ImportReport['columns'];
  fields: ReadonlySet<string>;
}
interface Problem {
  line: number;
  field?: string;
  message: LocalText;
}

/** What a file would change: the whole of it, or why it cannot be taken. */
export interface ImportPlan<T> {
  report: ImportReport;
  inputs: T[];
}

function refuse(en: string, zh: string): never {
  throw new AppError(422, 'wrong-table', { en, zh });
}

function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // What spreadsheets in China write where nobody chose otherwise.
    return new TextDecoder('gb18030').decode(bytes);
  }
}

export function readTable(bytes: Uint8Array, columns: readonly Column[], needed: readonly string[]): Table {
  if (bytes.length === 0) refuse('The file is empty.', '文件为空。');
  const text = decode(bytes).replace(/^\uFEFF/, '');
  const head = text.slice(0, text.search(/\r|\n|$/));
  const delimiter = [';', '\t', ','].sort((a, b) => head.split(b).length - head.split(a).length)[0]!;
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, {
      delimiter,
      relax_column_count: true,
      relax_quotes: false,
      skip_empty_lines: true,
      trim: true,
      info: true,
      max_record_size: 100_000,
      to: importRowsMax + 2,
    }) as unknown as typeof records;
  } catch (error) {
    return refuse(
      `The file cannot be read as CSV: ${(error as Error).message.slice(0, 200)}`,
      `无法按 CSV 读取文件：${(error as Error).message.slice(0, 200)}`,
    );
  }
  const header = records.shift()?.record;
  if (header === undefined) return refuse('The file is empty.', '文件为空。');
  if (records.length > importRowsMax)
    refuse(
      `The file has more than ${importRowsMax} lines (simImportRowsMax); split it.`,
      `文件超过 ${importRowsMax} 行（simImportRowsMax），请拆分。`,
    );
  const fieldOf = (name: string): string | undefined => {
    const plain = name.toLowerCase().trim();
    return columns.find(({ names }) => names.includes(plain))?.field;
  };
  const fields = header.map(fieldOf);
  const twice = fields.find((field, index) => field !== undefined && fields.indexOf(field) !== index);
  if (twice !== undefined)
    refuse(`Two columns are read as "${twice}"; keep one.`, `有两列都被识别为“${twice}”，请保留一列。`);
  for (const field of needed)
    if (!fields.includes(field)) {
      const names = columns.find((column) => column.field === field)!.names.join(', ');
      refuse(
        `There is no column for "${field}"; its header may be one of: ${names}.`,
        `缺少“${field}”列；表头可用：${names}。`,
      );
    }
  return {
    columns: header.map((name, index) => ({
      header: name.slice(0, 100),
      ...(fields[index] === undefined ? {} : { field: fields[index] }),
    })),
    fields: new Set(fields.filter((field) => field !== undefined)),
    rows: records
      .filter(({ record }) => record.some((cell) => cell !== ''))
      .map(({ record, info }) => ({
        line: info.lines,
        values: Object.fromEntries(
          fields.flatMap((field, index) =>
            field === undefined ? [] : [[field, unguarded(record[index] ?? '')]],
          ),
        ),
      })),
  };
}

/** What spreadsheets put before numbers and signs so that they stay text: `'123`, `="123"`, and what our own export guards. */
const unguarded = (cell: string): string =>
  cell
    .replace(/^="(.*)"$/, '$1')
    .replace(/^'(?=[=+\-@\d])/, '')
    .trim();

/** A number that a spreadsheet has written with an exponent: its last digits are gone. */
const isRounded = (cell: string): boolean => /^\d+([.,]\d+)?e\+?\d+$/i.test(cell);
const rounded = (cell: string): LocalText =>
  say(
    `"${cell}" is what a spreadsheet makes of a long number: the last digits are gone. Format the column as text and enter it anew.`,
    `“${cell}”是电子表格对长数字的科学计数显示，末尾数字已丢失。请将该列设为文本后重新录入。`,
  );

const supiOf = (cell: string): string => (/^\d{5,15}$/.test(cell) ? `imsi-${cell}` : cell);
const peiOf = (cell: string): string => {
  if (/^\d{15}$/.test(cell)) return `imei-${cell}`;
  if (/^\d{16}$/.test(cell)) return `imeisv-${cell}`;
  const mac = cell.replace(/[:.-]/g, '');
  return /^[0-9a-f]{12}$/i.test(mac) ? `mac-${mac.match(/../g)!.join('-')}` : cell;
};

/** Reads identifiers that both tables have; what is wrong is told at the field. */
function identifiers(values: Row['values'], wrong: (field: string, message: LocalText) => void) {
  const found: { supi?: string; pei?: string; gpsi?: string } = {};
  for (const field of ['supi', 'pei', 'gpsi', 'iccid'] as const)
    if (isRounded(values[field] ?? '')) wrong(field, rounded(values[field]!));
  const { supi = '', pei = '', gpsi = '' } = values;
  if (supi !== '' && !isRounded(supi)) {
    found.supi = supiOf(supi);
    if (!/^(imsi-\d{5,15}|nai-.{1,200})$/.test(found.supi))
      wrong(
        'supi',
        say(
          `"${supi.slice(0, 40)}" is no IMSI and no SUPI (imsi-…, nai-…).`,
          `“${supi.slice(0, 40)}”不是 IMSI 或 SUPI。`,
        ),
      );
  }
  if (pei !== '' && !isRounded(pei)) {
    found.pei = peiOf(pei);
    if (!/^(imei-\d{15}|imeisv-\d{16}|mac-([0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2})$/.test(found.pei))
      wrong(
        'pei',
        say(
          `"${pei.slice(0, 40)}" is no IMEI, IMEISV or MAC address.`,
          `“${pei.slice(0, 40)}”不是 IMEI、IMEISV 或 MAC 地址。`,
        ),
      );
    else {
      const digit = peiProblem(found.pei);
      if (digit !== undefined) wrong('pei', digit);
    }
  }
  if (gpsi !== '' && !isRounded(gpsi)) {
    if (gpsi.length > 64) wrong('gpsi', say('At most 64 characters.', '最多 64 个字符。'));
    found.gpsi = gpsi;
  }
  return found;
}

const tooLong = (max: number): LocalText => say(`At most ${max} characters.`, `最多 ${max} 个字符。`);

function differences(
  before: object | undefined,
  after: object,
): Record<string, { before?: string; after?: string }> {
  const text = (value: unknown): string | undefined =>
    value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
  const fields: Record<string, { before?: string; after?: string }> = {};
  for (const name of new Set([...Object.keys(before ?? {}), ...Object.keys(after)])) {
    const was = text((before as Record<string, unknown> | undefined)?.[name]);
    const is = text((after as Record<string, unknown>)[name]);
    if (was === is) continue;
    fields[name] = {
      ...(was === undefined ? {} : { before: was.slice(0, 500) }),
      ...(is === undefined ? {} : { after: is.slice(0, 500) }),
    };
  }
  return fields;
}

/** Gathers what a file's lines come to. */
class Plan<T extends object> {
  readonly inputs: T[] = [];
  readonly problems: Problem[] = [];
  problemCount = 0;
  readonly #changes: ImportReport['changes'] = [];
  #create = 0;
  #change = 0;
  #same = 0;
  readonly #lines = new Map<string, number>();

  wrong(line: number, field: string | undefined, message: LocalText): void {
    this.problemCount++;
    if (this.problems.length < inventoryLimits.importProblemsShownMax)
      this.problems.push({ line, ...(field === undefined ? {} : { field }), message });
  }

  /** False where an earlier line has the same. */
  first(line: number, id: string, field: string): boolean {
    const before = this.#lines.get(id);
    if (before !== undefined) {
      this.wrong(line, field, say(`Line ${before} has the same.`, `与第 ${before} 行重复。`));
      return false;
    }
    this.#lines.set(id, line);
    return true;
  }

  add(line: number, id: string, before: object | undefined, input: T): void {
    const fields = differences(before, input);
    if (before !== undefined && Object.keys(fields).length === 0) {
      this.#same++;
      return;
    }
    if (before === undefined) this.#create++;
    else this.#change++;
    this.inputs.push(input);
    if (this.#changes.length < inventoryLimits.importChangesShownMax)
      this.#changes.push({ line, id, what: before === undefined ? 'create' : 'change', fields });
  }

  report(table: Table): ImportReport {
    return {
      applied: false,
      rows: table.rows.length,
      create: this.#create,
      change: this.#change,
      same: this.#same,
      columns: table.columns,
      changes: this.#changes,
      problems: this.problems,
      problemCount: this.problemCount,
    };
  }
}

/** `may`: whether the caller may configure at a place; `placeOfThing`: undefined where there is no such thing. */
export interface ImportRights {
  may(place: string): boolean;
  placeOfThing(thing: string): string | undefined;
}

const notHere = say('You may not change this: it belongs elsewhere.', '无权修改：不在您的管辖范围内。');
const noThing = (thing: string): LocalText =>
  say(`There is no thing "${thing.slice(0, 100)}".`, `没有物“${thing.slice(0, 100)}”。`);

export function planSims(bytes: Uint8Array, sims: Sims, rights: ImportRights): ImportPlan<SimInput> {
  const table = readTable(bytes, simColumns, ['iccid']);
  const plan = new Plan<SimInput>();
  const supis = new Map<string, number>();
  for (const { line, values } of table.rows) {
    let good = true;
    const wrong = (field: string, message: LocalText): void => {
      good = false;
      plan.wrong(line, field, message);
    };
    const iccid = (values['iccid'] ?? '').replace(/[\s-]/g, '');
    const before = sims.get(iccid);
    const numberProblem = before === undefined ? iccidProblem(iccid) : undefined;
    if (numberProblem !== undefined) wrong('iccid', numberProblem);
    else if (!plan.first(line, iccid, 'iccid')) good = false;
    const { iccid: _, ...kept } = before?.input ?? { iccid, state: 'in-stock' as const };
    const { supi, pei, gpsi } = identifiers({ ...values, iccid: '' }, wrong);
    const stateText = (values['state'] ?? '').toLowerCase();
    const state = stateText === '' ? kept.state : stateNames[stateText];
    if (state === undefined)
      wrong(
        'state',
        say(
          `"${stateText.slice(0, 40)}" is no state; there are ${simStates.join(', ')}.`,
          `没有状态“${stateText.slice(0, 40)}”；可用：${simStates.map((one) => simStateWords[one].zh).join('、')}。`,
        ),
      );
    const text = (field: 'operator' | 'note' | 'thing', max: number): string | undefined => {
      const cell = values[field] ?? '';
      if (cell.length > max) wrong(field, tooLong(max));
      return cell === '' ? undefined : cell;
    };
    const next = {
      supi,
      gpsi,
      operator: text('operator', 100),
      pei,
      thing: text('thing', 2048),
      note: text('note', 1000),
    };
    // A column that is not there changes nothing; an empty cell of one that is takes the value away.
    const input: Record<string, unknown> = { iccid, ...kept, state: state ?? kept.state };
    for (const [field, value] of Object.entries(next)) {
      if (!table.fields.has(field)) continue;
      if (value === undefined) delete input[field];
      else input[field] = value;
    }
    const sim = input as SimInput;
    if (sim.supi !== undefined) {
      const other = supis.get(sim.supi);
      if (other !== undefined)
        wrong('supi', say(`Line ${other} has the same subscription.`, `与第 ${other} 行的签约标识重复。`));
      supis.set(sim.supi, line);
    }
    if (
      sim.thing !== undefined &&
      rights.placeOfThing(sim.thing) === undefined &&
      sim.thing !== before?.input.thing
    )
      wrong('thing', noThing(sim.thing));
    if (good)
      for (const { field, message } of sims.check(sim, before)) if (field !== 'pei') wrong(field, message);
    const placeOf = (thing: string | undefined): string =>
      thing === undefined ? '' : (rights.placeOfThing(thing) ?? '');
    if (!rights.may(placeOf(sim.thing)) || (before !== undefined && !rights.may(placeOf(before.input.thing))))
      wrong('thing', notHere);
    if (good) plan.add(line, iccid, before?.input, sim);
  }
  return { report: plan.report(table), inputs: plan.inputs };
}

export type TerminalEntry = { id: string; input: NetworkTerminalInput };

export function planTerminals(
  bytes: Uint8Array,
  terminals: Terminals,
  rights: ImportRights,
): ImportPlan<TerminalEntry> {
  const table = readTable(bytes, terminalColumns, ['title']);
  const plan = new Plan<NetworkTerminalInput>();
  const entries: TerminalEntry[] = [];
  for (const { line, values } of table.rows) {
    let good = true;
    const wrong = (field: string, message: LocalText): void => {
      good = false;
      plan.wrong(line, field, message);
    };
    const { supi, pei, gpsi } = identifiers(values, wrong);
    const title = values['title'] ?? '';
    if (title === '' || title.length > 200) wrong('title', say('1 to 200 characters.', '1 至 200 个字符。'));
    const id = values['id'] || idFrom(supi ?? title);
    if (!idPattern.test(id))
      wrong(
        'id',
        say(
          'Lower case, digits, - . _, at most 64 characters.',
          '仅限小写字母、数字与 - . _，最多 64 个字符。',
        ),
      );
    else if (!plan.first(line, id, 'id')) good = false;
    const there = terminals.get(id);
    const before = there === undefined || there.found ? undefined : there.input;
    const kindText = (values['kind'] ?? '').toLowerCase();
    const kind =
      kindText === '' ? (there?.input.kind ?? (supi === undefined ? 'wired' : 'nr')) : kindNames[kindText];
    if (kind === undefined)
      wrong(
        'kind',
        say(
          `"${kindText.slice(0, 40)}" is no kind; there are ${networkKinds.join(', ')}.`,
          `没有类型“${kindText.slice(0, 40)}”；可用：${networkKinds.join('、')}。`,
        ),
      );
    const things = (values['things'] ?? '').split(/[|\s]+/).filter((thing) => thing !== '');
    for (const thing of things)
      if (rights.placeOfThing(thing) === undefined) wrong('things', noThing(thing));
      else if (!rights.may(rights.placeOfThing(thing)!)) wrong('things', notHere);
    const iccid = (values['iccid'] ?? '').replace(/[\s-]/g, '');
    const cardProblem = iccid === '' || isRounded(iccid) ? undefined : iccidProblem(iccid);
    if (cardProblem !== undefined) wrong('iccid', cardProblem);
    const text = (field: string, max: number): string | undefined => {
      const cell = values[field] ?? '';
      if (cell.length > max) wrong(field, tooLong(max));
      return cell === '' ? undefined : cell;
    };
    const next: Record<string, unknown> = {
      place: text('place', 1024),
      address: text('address', 64),
      supi,
      gpsi,
      pei,
      iccid: iccid === '' ? undefined : iccid,
      module: text('module', 100),
      firmware: text('firmware', 100),
      zone: text('zone', 64),
    };
    const input: Record<string, unknown> = {
      ...(there?.input ?? { things: [] }),
      title,
      kind: kind ?? 'other',
    };
    if (table.fields.has('things')) input['things'] = things;
    for (const [field, value] of Object.entries(next)) {
      if (!table.fields.has(field)) continue;
      if (value === undefined) delete input[field];
      else input[field] = value;
    }
    const terminal = input as unknown as NetworkTerminalInput;
    if (!rights.may(terminal.place ?? '') && !terminalWithin(terminal, rights)) wrong('place', notHere);
    if (there !== undefined && !rights.may(there.place)) wrong('id', notHere);
    if (!good) continue;
    const had = plan.inputs.length;
    plan.add(line, id, before, terminal);
    if (plan.inputs.length > had) entries.push({ id, input: terminal });
  }
  return { report: plan.report(table), inputs: entries };
}

/** One without a place of its own lies where its things do. */
function terminalWithin(terminal: NetworkTerminalInput, rights: ImportRights): boolean {
  return (
    terminal.place === undefined &&
    terminal.things.length > 0 &&
    terminal.things.every((thing) => rights.may(rights.placeOfThing(thing) ?? ''))
  );
}

/** A spreadsheet must not take a title for a formula, nor round a long number: those stand as text. */
function cell(value: unknown): string {
  const text = value === undefined ? '' : Array.isArray(value) ? value.join('|') : String(value);
  const guarded = /^[=+\-@\t]/.test(text) || /^\d{12,}$/.test(text) ? `'${text}` : text;
  return /[",\n\r;]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** With a mark at the beginning, so that spreadsheets read it as UTF-8. */
export function writeTable(
  columns: readonly Column[],
  rows: Iterable<Readonly<Record<string, unknown>>>,
): string {
  const lines = [columns.map(({ header }) => header).join(',')];
  for (const row of rows) lines.push(columns.map(({ field }) => cell(row[field])).join(','));
  return `\uFEFF${lines.join('\r\n')}\r\n`;
}

export const csvLine = (values: readonly unknown[]): string => values.map(cell).join(',');
