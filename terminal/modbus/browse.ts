import type { BrowseNode, LocalText, PropertyAffordance } from '@millrace/contract';
import { type ProbeContext, TerminalError } from '@millrace/sdk';
import { connectOrThrow, terminalError } from './connect.ts';
import { type Entity, entities, isBitEntity } from './frame.ts';
import type { Link } from './link.ts';
import { cutOf, planBlocks } from './plan.ts';
import { pointFromForm } from './point.ts';
import { answeringUnits, findSunSpec, hrefOf, withLink } from './probe.ts';
import { exceptionText, isDivisible, silenceProblem } from './problem.ts';
import type { ModbusSettings } from './settings.ts';
import {
  type SunSpecModel,
  type SunSpecPoint,
  sunSpecEnd,
  sunSpecForms,
  sunSpecModels,
  sunSpecModelsMax,
} from './sunspec.ts';
import { type DeviceTemplate, deviceTemplates } from './templates.ts';

/** Requests one browsing step may take; a range full of refused addresses ends there, with what was found. */
export const browseRequestsMax = 400;
const registersPerFolder = 100;
const registersPerShelf = 1000;
/** Unit ids in one folder of units. */
const unitsPerFolder = 32;

/**
 * What is there below a node. Modbus has no names of its own, so this offers: what the device says of itself where it speaks SunSpec;
 * register maps of well-known meters; and the bare registers, each with what it reads in every type and order, so that a person
 * recognises the value that the display of the device shows.
 *
 * Node ids: `unit/<id>` · `…/sunspec/<base>` · `…/sunspec/<base>/<model address>` · `…/template/<id>` · `…/scan/<entity>` ·
 * `…/scan/<entity>/<start>/<count>` · `…/scan/<entity>/<address>` · `units/<first>`.
 */
export function browseModbus(
  context: ProbeContext,
  node: string | undefined,
): Promise<readonly BrowseNode[]> {
  return withLink(context, async (link, settings) => {
    await connectOrThrow(link, context.signal);
    const reader = new Reader(link, settings);
    const parts = (node ?? `unit/${settings.unit}`).split('/');
    if (parts[0] === 'units') return unitNodes(reader, wholeNumber(parts[1] ?? '1', 0, 255));
    if (parts[0] !== 'unit') throw unknownNode(node);
    const unit = wholeNumber(parts[1] ?? '', 0, 255);
    const under = `unit/${unit}`;
    switch (parts[2]) {
      case undefined:
        return unitRoot(reader, unit, under, node === undefined);
      case 'sunspec': {
        const base = wholeNumber(parts[3] ?? '', 0, 65_535);
        return parts[4] === undefined
          ? sunSpecFolders(reader, unit, base, `${under}/sunspec/${base}`)
          : sunSpecPoints(reader, unit, wholeNumber(parts[4], 0, 65_535));
      }
      case 'template': {
        const template = deviceTemplates.find((known) => known.id === parts[3]);
        if (template === undefined) throw unknownNode(node);
        return templatePoints(reader, unit, template);
      }
      case 'scan': {
        const entity = entities.find((known) => known === parts[3]);
        if (entity === undefined) throw unknownNode(node);
        const here = `${under}/scan/${entity}`;
        if (parts[4] === undefined) return shelves(entity, here);
        const start = wholeNumber(parts[4], 0, 65_535);
        if (parts[5] === undefined) return registerReadings(reader, unit, entity, start);
        return wholeNumber(parts[5], 1, registersPerShelf) > registersPerFolder
          ? folders(entity, here, start)
          : registers(reader, unit, entity, start, here);
      }
      default:
        throw unknownNode(node);
    }
  });
}

/** Reads for browsing, counted, and divided where the device refuses a range. */
class Reader {
  readonly settings: ModbusSettings;
  readonly link: Link;
  #left = browseRequestsMax;

  constructor(link: Link, settings: ModbusSettings) {
    this.link = link;
    this.settings = settings;
  }

  /** Registers or bits by address; those that were refused are missing, with why in `refused`. */
  async read(
    unit: number,
    entity: Entity,
    spans: readonly { start: number; length: number }[],
  ): Promise<{ blocks: { start: number; length: number; data: Buffer }[]; refused: Map<number, number> }> {
    const blocks: { start: number; length: number; data: Buffer }[] = [];
    const refused = new Map<number, number>();
    const cuts = new Map<string, Set<number>>();
    const work = planBlocks(
      spans.map((span) => ({ ...span, unit, entity })),
      this.settings,
    );
    for (let block = work.shift(); block !== undefined && this.#left > 0; block = work.shift()) {
      this.#left--;
      const outcome = await this.link.read(
        unit,
        entity,
        block.start,
        block.length,
        this.settings.timeoutMilliseconds,
      );
      if (outcome.kind === 'data') {
        blocks.push({ start: block.start, length: block.length, data: outcome.data });
      } else if (outcome.kind === 'exception') {
        const cut = isDivisible(outcome.code) ? cutOf(block) : undefined;
        if (cut === undefined) {
          for (const span of block.spans) refused.set(span.start, outcome.code);
        } else {
          const key = `${unit}/${entity}`;
          let set = cuts.get(key);
          if (set === undefined) cuts.set(key, (set = new Set()));
          set.add(cut);
          work.unshift(...planBlocks(block.spans, this.settings, cuts));
        }
      } else {
        throw terminalError(silenceProblem([unit], this.settings));
      }
    }
    return { blocks, refused };
  }

  /** One block as registers, or undefined. */
  async words(unit: number, start: number, length: number): Promise<Buffer | undefined> {
    const { blocks } = await this.read(unit, 'HoldingRegister', [{ start, length }]);
    return blocks[0]?.data;
  }
}

async function unitRoot(reader: Reader, unit: number, under: string, isTop: boolean): Promise<BrowseNode[]> {
  const nodes: BrowseNode[] = [];
  for (const base of await findSunSpec(reader.link, reader.settings, unit)) {
    nodes.push(
      folder(`${under}/sunspec/${base}`, `SunSpec (${base})`, await sunSpecName(reader, unit, base)),
    );
  }
  for (const template of deviceTemplates) {
    nodes.push(folder(`${under}/template/${template.id}`, template.title, template.source));
  }
  for (const entity of ['HoldingRegister', 'InputRegister', 'Coil', 'DiscreteInput'] as const) {
    nodes.push(folder(`${under}/scan/${entity}`, entity, '0–65535'));
  }
  if (isTop) nodes.push(folder('units/1', 'Units', '1–32, …'));
  return nodes;
}

async function unitNodes(reader: Reader, first: number): Promise<BrowseNode[]> {
  const last = Math.min(255, first + unitsPerFolder - 1);
  const tried = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const found = await answeringUnits(reader.link, reader.settings, tried);
  const nodes = found.map((unit) => folder(`unit/${unit}`, `Unit ${unit}`));
  if (first === 1) {
    for (let next = last + 1; next <= 255; next += unitsPerFolder) {
      nodes.push(folder(`units/${next}`, `Units ${next}–${Math.min(255, next + unitsPerFolder - 1)}`));
    }
  }
  return nodes;
}

// SunSpec

async function sunSpecName(reader: Reader, unit: number, base: number): Promise<string> {
  const head = await reader.words(unit, base + 2, 2);
  if (head?.readUInt16BE(0) !== 1) return '';
  const names = await reader.words(unit, base + 4, 32);
  if (names === undefined) return '';
  const text = (from: number): string => {
    const part = names.subarray(from, from + 32);
    const end = part.indexOf(0);
    return part
      .subarray(0, end === -1 ? part.length : end)
      .toString('latin1')
      .trim();
  };
  return `${text(0)} ${text(32)}`.trim();
}

/** Walks the chain of models. */
async function sunSpecFolders(
  reader: Reader,
  unit: number,
  base: number,
  under: string,
): Promise<BrowseNode[]> {
  const nodes: BrowseNode[] = [];
  let at = base + 2;
  for (let count = 0; count < sunSpecModelsMax && at + 2 <= 65_536; count++) {
    const head = await reader.words(unit, at, 2);
    if (head === undefined) break;
    const number = head.readUInt16BE(0);
    const length = head.readUInt16BE(2);
    if (number === sunSpecEnd || (number === 0 && length === 0)) break;
    const model = sunSpecModels.get(number);
    if (model === undefined) {
      // Not described here: its registers are shown bare.
      const start = Math.min(at + 2, 65_535);
      nodes.push(
        folder(
          `unit/${unit}/scan/HoldingRegister/${start}/${Math.max(1, Math.min(length, registersPerFolder))}`,
          `Model ${number}`,
          `${start}–${Math.min(65_535, start + Math.max(length, 1) - 1)}`,
        ),
      );
    } else {
      nodes.push(folder(`${under}/${at}`, `${number} ${model.title.en}`, model.title.zh));
    }
    at += 2 + length;
  }
  return nodes;
}

async function sunSpecPoints(reader: Reader, unit: number, at: number): Promise<BrowseNode[]> {
  const head = await reader.words(unit, at, 2);
  const model = head === undefined ? undefined : sunSpecModels.get(head.readUInt16BE(0));
  if (head === undefined || model === undefined) return [];
  const length = head.readUInt16BE(2);
  // A device may keep to an older, shorter table: what lies beyond its length is the next model.
  const points = model.points.filter((point) => point.offset + point.registers <= length + 2);
  return propertyNodes(
    reader,
    unit,
    `unit/${unit}/sunspec-point`,
    points.map((point) => sunSpecAffordance(reader.settings, unit, at, model, point)),
  );
}

function sunSpecAffordance(
  settings: ModbusSettings,
  unit: number,
  at: number,
  model: SunSpecModel,
  point: SunSpecPoint,
): Named {
  const how = sunSpecForms[point.type as keyof typeof sunSpecForms];
  const affordance: PropertyAffordance = {
    type: how.schema,
    title: point.title.en,
    titles: { en: point.title.en, zh: point.title.zh },
    readOnly: true,
    ...(point.unit === undefined ? {} : { unit: point.unit }),
    forms: [
      {
        href: hrefOf(settings, unit, at + point.offset, point.registers),
        op: ['readproperty', 'observeproperty'],
        'modv:entity': 'HoldingRegister',
        'modv:type': how.type,
        ...(how.notAvailable === undefined ? {} : { 'millrace:notAvailable': how.notAvailable }),
        ...(point.scaleFactor === undefined ? {} : { 'millrace:scaleFactorAddress': at + point.scaleFactor }),
      },
    ],
  };
  return { name: point.name, affordance, detail: `${model.title.en}, ${at + point.offset}` };
}

// Templates

function templatePoints(reader: Reader, unit: number, template: DeviceTemplate): Promise<BrowseNode[]> {
  return propertyNodes(
    reader,
    unit,
    `unit/${unit}/template/${template.id}`,
    template.points.map((point): Named => {
      const type = point.type ?? template.type;
      const registers =
        type.endsWith('Short') || type === 'xsd:short' ? 1 : /long|double/i.test(type) ? 4 : 2;
      return {
        name: point.name,
        detail: `${template.entity} ${point.address}`,
        affordance: {
          type: 'number',
          title: point.title.en,
          titles: { en: point.title.en, zh: point.title.zh },
          unit: point.unit,
          readOnly: true,
          forms: [
            {
              href: hrefOf(reader.settings, unit, point.address, registers),
              op: ['readproperty', 'observeproperty'],
              'modv:entity': template.entity,
              'modv:type': type,
              ...(point.scale === undefined ? {} : { 'millrace:scale': point.scale }),
              ...(point.notAvailable === undefined ? {} : { 'millrace:notAvailable': point.notAvailable }),
            },
          ],
        },
      };
    }),
  );
}

// Bare registers

function shelves(entity: Entity, here: string): BrowseNode[] {
  const nodes: BrowseNode[] = [];
  for (let start = 0; start < 65_536; start += registersPerShelf) {
    const last = Math.min(65_535, start + registersPerShelf - 1);
    nodes.push(folder(`${here}/${start}/${registersPerShelf}`, `${start}–${last}`, entity));
  }
  return nodes;
}

function folders(entity: Entity, here: string, start: number): BrowseNode[] {
  const nodes: BrowseNode[] = [];
  const end = Math.min(65_536, start + registersPerShelf);
  for (let from = start; from < end; from += registersPerFolder) {
    const last = Math.min(end - 1, from + registersPerFolder - 1);
    nodes.push(folder(`${here}/${from}/${registersPerFolder}`, `${from}–${last}`, entity));
  }
  return nodes;
}

const entityNames: Readonly<Record<Entity, { name: string; title: LocalText }>> = {
  HoldingRegister: { name: 'holding', title: { en: 'Holding register', zh: '保持寄存器' } },
  InputRegister: { name: 'input', title: { en: 'Input register', zh: '输入寄存器' } },
  Coil: { name: 'coil', title: { en: 'Coil', zh: '线圈' } },
  DiscreteInput: { name: 'discrete', title: { en: 'Discrete input', zh: '离散输入' } },
};

/** Reads a folder's registers and shows each as an unsigned integer, with its other readings in `detail`. */
async function registers(
  reader: Reader,
  unit: number,
  entity: Entity,
  start: number,
  here: string,
): Promise<BrowseNode[]> {
  const count = Math.min(registersPerFolder, 65_536 - start);
  const spans = Array.from({ length: count }, (_, i) => ({ start: start + i, length: 1 }));
  const { blocks } = await reader.read(unit, entity, spans);
  const bits = isBitEntity(entity);
  const { name, title } = entityNames[entity];
  const nodes: BrowseNode[] = [];
  for (const block of blocks.sort((a, b) => a.start - b.start)) {
    for (let i = 0; i < block.length; i++) {
      const address = block.start + i;
      const affordance: PropertyAffordance = {
        type: bits ? 'boolean' : 'integer',
        title: `${title.en} ${address}`,
        titles: { en: `${title.en} ${address}`, zh: `${title.zh} ${address}` },
        readOnly: true,
        forms: [
          {
            href: hrefOf(reader.settings, unit, address, 1),
            op: ['readproperty', 'observeproperty'],
            'modv:entity': entity,
            ...(bits ? {} : { 'modv:type': 'xsd:unsignedShort' }),
          },
        ],
      };
      const point = pointFromForm(affordance, reader.settings, unit);
      nodes.push({
        id: `${here}/${address}`,
        name: `${name}${address}`,
        kind: 'property',
        hasChildren: !bits,
        affordance,
        value: point?.decode(block.data, block.start),
        ...(bits ? {} : { detail: readingsText(block.data.subarray(i * 2)) }),
      });
    }
  }
  return nodes;
}

/** Other readings of the registers that start here, shortest first. */
function readingsText(data: Buffer): string {
  const parts = [`0x${data.subarray(0, 2).toString('hex').toUpperCase()}`, `int16 ${data.readInt16BE(0)}`];
  if (data.length >= 4) {
    const swapped = Buffer.from([data[2]!, data[3]!, data[0]!, data[1]!]);
    parts.push(`uint32 ${data.readUInt32BE(0)} / ${swapped.readUInt32BE(0)}`);
    for (const [label, bytes] of [
      ['float', data],
      ['float (CDAB)', swapped],
    ] as const) {
      const value = bytes.readFloatBE(0);
      if (Number.isFinite(value) && (value === 0 || (Math.abs(value) > 1e-6 && Math.abs(value) < 1e12))) {
        parts.push(`${label} ${Number(value.toPrecision(7))}`);
      }
    }
  }
  return parts.join(' · ');
}

const readings = [
  ['uint16', 'xsd:unsignedShort', 1, true, true, 'AB'],
  ['int16', 'xsd:short', 1, true, true, 'AB'],
  ['uint16', 'xsd:unsignedShort', 1, false, true, 'BA'],
  ['float32', 'xsd:float', 2, true, true, 'ABCD'],
  ['float32', 'xsd:float', 2, true, false, 'CDAB'],
  ['float32', 'xsd:float', 2, false, true, 'BADC'],
  ['float32', 'xsd:float', 2, false, false, 'DCBA'],
  ['uint32', 'xsd:unsignedInt', 2, true, true, 'ABCD'],
  ['uint32', 'xsd:unsignedInt', 2, true, false, 'CDAB'],
  ['int32', 'xsd:int', 2, true, true, 'ABCD'],
  ['int32', 'xsd:int', 2, true, false, 'CDAB'],
  ['bcd', 'millrace:bcd', 2, true, true, 'ABCD'],
  ['float64', 'xsd:double', 4, true, true, 'ABCDEFGH'],
  ['float64', 'xsd:double', 4, true, false, 'GHEFCDAB'],
  ['uint64', 'xsd:unsignedLong', 4, true, true, 'ABCDEFGH'],
  ['uint64', 'xsd:unsignedLong', 4, true, false, 'GHEFCDAB'],
  ['int64', 'xsd:long', 4, true, true, 'ABCDEFGH'],
  ['string', 'xsd:string', 16, true, true, 'AB…'],
] as const;

/** One register, and its followers, in every type and order. */
async function registerReadings(
  reader: Reader,
  unit: number,
  entity: Entity,
  address: number,
): Promise<BrowseNode[]> {
  if (isBitEntity(entity)) return [];
  const longest = Math.min(16, 65_536 - address);
  const spans = Array.from({ length: longest }, (_, i) => ({ start: address + i, length: 1 }));
  const { blocks } = await reader.read(unit, entity, spans);
  const block = blocks.find((candidate) => candidate.start === address);
  if (block === undefined) return [];
  const { name, title } = entityNames[entity];
  const nodes: BrowseNode[] = [];
  for (const [type, xsd, count, byteFirst, wordFirst, order] of readings) {
    if (count > block.length) continue;
    const label = count === 1 && byteFirst ? type : `${type} ${order}`;
    const affordance: PropertyAffordance = {
      type: type === 'string' ? 'string' : type.startsWith('float') ? 'number' : 'integer',
      title: `${title.en} ${address}, ${label}`,
      titles: { en: `${title.en} ${address}, ${label}`, zh: `${title.zh} ${address}，${label}` },
      readOnly: true,
      forms: [
        {
          href: hrefOf(reader.settings, unit, address, count),
          op: ['readproperty', 'observeproperty'],
          'modv:entity': entity,
          'modv:type': xsd,
          ...(byteFirst ? {} : { 'modv:mostSignificantByte': false }),
          ...(wordFirst ? {} : { 'modv:mostSignificantWord': false }),
        },
      ],
    };
    const value = pointFromForm(affordance, reader.settings, unit)?.decode(block.data, block.start);
    nodes.push({
      id: `unit/${unit}/scan/${entity}/${address}/as/${type}-${order}`,
      name: `${name}${address}${type[0]!.toUpperCase()}${type.slice(1)}`,
      kind: 'property',
      hasChildren: false,
      affordance,
      value: shown(value),
      detail: label,
    });
  }
  return nodes;
}

interface Named {
  name: string;
  affordance: PropertyAffordance;
  detail: string;
}

/** Nodes for affordances, with the values the device gives now; refused ones say so. */
async function propertyNodes(
  reader: Reader,
  unit: number,
  under: string,
  named: readonly Named[],
): Promise<BrowseNode[]> {
  const points = named.map((item) => ({
    item,
    point: pointFromForm(item.affordance, reader.settings, unit),
  }));
  const values = new Map<Named, unknown>();
  const why = new Map<Named, string>();
  for (const entity of entities) {
    const group = points.filter(({ point }) => point?.entity === entity);
    if (group.length === 0) continue;
    const { blocks, refused } = await reader.read(
      unit,
      entity,
      group.map(({ point }) => ({ start: point!.start, length: point!.length })),
    );
    for (const { item, point } of group) {
      const block = blocks.find(
        (candidate) =>
          candidate.start <= point!.start &&
          candidate.start + candidate.length >= point!.start + point!.length,
      );
      if (block !== undefined) values.set(item, point!.decode(block.data, block.start));
      const code = refused.get(point!.start);
      if (block === undefined && code !== undefined) why.set(item, exceptionText(code).en);
    }
  }
  return named.map((item): BrowseNode => {
    const value = shown(values.get(item));
    const refusal = why.get(item);
    return {
      id: `${under}/${item.name}`,
      name: item.name,
      kind: 'property',
      hasChildren: false,
      affordance: item.affordance,
      ...(value === undefined ? {} : { value }),
      detail: refusal === undefined ? item.detail : `${item.detail}: ${refusal}`,
    };
  });
}

/** A value as JSON can carry it. */
function shown(value: unknown): unknown {
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  return typeof value === 'number' && !Number.isFinite(value) ? undefined : value;
}

function folder(id: string, name: string, detail?: string): BrowseNode {
  return {
    id,
    name,
    kind: 'folder',
    hasChildren: true,
    ...(detail === undefined || detail === '' ? {} : { detail }),
  };
}

function wholeNumber(text: string, min: number, max: number): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= min && number <= max)) throw unknownNode(text);
  return number;
}

function unknownNode(node: string | undefined): TerminalError {
  const text = (node ?? '').slice(0, 100);
  return new TerminalError(
    'settings',
    'node-unknown',
    { en: `There is no node "${text}" to browse`, zh: `没有可浏览的节点“${text}”` },
    { en: 'Browse from the top again.', zh: '请从顶层重新浏览。' },
    { field: 'node' },
  );
}
