import {
  type ActionAffordance,
  type BrowseNode,
  type Form,
  noSecurity,
  type PropertyAffordance,
  type SettingValue,
  type TestReport,
  thingContext,
} from '@millrace/contract';
import type { HandRegister } from './registers.ts';

/** Points of one thing; a description beyond that is too large to be of use to a person. */
export const pointsMax = 2000;

/** Something chosen from what a terminal offers, as it will stand in the Thing Description. */
export interface Point {
  /** Id of the browsed node, or of the line typed in by hand. */
  key: string;
  kind: 'property' | 'action';
  /** Name in the description. */
  name: string;
  affordance: PropertyAffordance | ActionAffordance;
  /** The value that was read when it was chosen. */
  value?: unknown;
}

/** Everything typed and chosen on the way to a new terminal. */
export interface Draft {
  settings: Record<string, SettingValue>;
  /** Outcome of the last test and the settings it was made with, as JSON. */
  tested?: { report: TestReport; of: string };
  points: readonly Point[];
  hand: readonly HandRegister[];
  title: string;
  id: string;
  place: string;
  connectionTitle: string;
  startup: 'retry' | 'fail' | 'ignore';
  /** What is saved already; trying again does not make it twice. */
  made: { connection?: string; thing?: string };
}

export const emptyDraft = (settings: Record<string, SettingValue>): Draft => ({
  settings,
  points: [],
  hand: [],
  title: '',
  id: '',
  place: '',
  connectionTitle: '',
  startup: 'retry',
  made: {},
});

/** A property name made of what a server calls a node: letters and digits of any script, words joined in camel case. */
export function propertyName(text: string, taken: ReadonlySet<string>): string {
  const words = text.normalize('NFC').match(/[\p{L}\p{N}_]+/gu) ?? [];
  const joined = words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')
    .slice(0, 100);
  const name = joined === '' ? 'value' : joined;
  if (!taken.has(name)) return name;
  for (let count = 2; ; count++) if (!taken.has(`${name}${count}`)) return `${name}${count}`;
}

/** The points with another one; a node is chosen once, and no further ones than {@link pointsMax}. */
export function withNodes(points: readonly Point[], nodes: readonly BrowseNode[]): readonly Point[] {
  const known = new Set(points.map((point) => point.key));
  const taken = new Set(points.map((point) => point.name));
  const next = [...points];
  for (const node of nodes) {
    if (next.length >= pointsMax) break;
    if (known.has(node.id) || node.affordance === undefined || node.kind === 'folder') continue;
    const name = propertyName(node.name, taken);
    known.add(node.id);
    taken.add(name);
    next.push({
      key: node.id,
      kind: node.kind,
      name,
      affordance: node.affordance as PropertyAffordance,
      ...(node.value === undefined ? {} : { value: node.value }),
    });
  }
  return next;
}

export const withoutKeys = (points: readonly Point[], keys: ReadonlySet<string>): readonly Point[] =>
  points.filter((point) => !keys.has(point.key));

/** What is wrong with the names of the points, by key. */
export function nameFaults(points: readonly Point[]): Map<string, 'missing' | 'taken'> {
  const faults = new Map<string, 'missing' | 'taken'>();
  const seen = new Set<string>();
  for (const point of points) {
    const name = point.name.trim();
    if (name === '') faults.set(point.key, 'missing');
    else if (seen.has(`${point.kind} ${name}`)) faults.set(point.key, 'taken');
    seen.add(`${point.kind} ${name}`);
  }
  return faults;
}

const prefixes: Readonly<Record<string, string>> = {
  modv: 'https://www.w3.org/2019/wot/modbus#',
  uav: 'http://opcfoundation.org/UA/WoT-Binding/',
  mqv: 'https://www.w3.org/2019/wot/mqtt#',
};

/** JSON-LD context with a prefix for each term that the points use. */
function contextOf(points: readonly Point[]): unknown[] {
  const used: Record<string, string> = {};
  for (const point of points) {
    for (const form of point.affordance.forms ?? []) {
      for (const member of Object.keys({ ...form, ...point.affordance })) {
        const prefix = /^(\w+):/.exec(member)?.[1];
        if (prefix !== undefined && prefix !== 'millrace' && Object.hasOwn(prefixes, prefix)) {
          used[prefix] = prefixes[prefix]!;
        }
      }
    }
  }
  return Object.keys(used).length === 0 ? [...thingContext] : [...thingContext, used];
}

/** The Thing Description that the draft stands for; `connection` is the id of the connection its forms are reached through. */
export function describe(
  draft: Pick<Draft, 'title' | 'id' | 'place' | 'points'>,
  connection: string | undefined,
): Record<string, unknown> {
  const of = (kind: Point['kind']) =>
    Object.fromEntries(
      draft.points
        .filter((point) => point.kind === kind)
        .map((point) => [point.name.trim(), point.affordance]),
    );
  const properties = of('property');
  const actions = of('action');
  const place = normalPlace(draft.place);
  return {
    '@context': contextOf(draft.points),
    ...(draft.id.trim() === '' ? {} : { id: draft.id.trim() }),
    title: draft.title.trim(),
    ...noSecurity,
    ...(place === '' ? {} : { 'millrace:place': place }),
    ...(connection === undefined ? {} : { 'millrace:connection': connection }),
    properties,
    ...(Object.keys(actions).length === 0 ? {} : { actions }),
  };
}

/** An ISA-95 path without empty steps and blanks around them. */
export function normalPlace(text: string): string {
  return text
    .split('/')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('/');
}

/** Where a connection leads, as a person would write it. */
export function endpointOfSettings(protocol: string, settings: Record<string, unknown>): string {
  const text = (name: string) => (settings[name] === undefined ? '' : String(settings[name]));
  if (text('endpoint') !== '') return text('endpoint');
  const host = text('host').includes(':') ? `[${text('host')}]` : text('host');
  const port = text('port');
  if (host === '') return '';
  const scheme =
    protocol === 'modbus'
      ? 'modbus+tcp'
      : protocol.startsWith('mqtt')
        ? settings['tls'] === true
          ? 'mqtts'
          : 'mqtt'
        : '';
  return `${scheme === '' ? '' : `${scheme}://`}${host}${port === '' ? '' : `:${port}`}`;
}

/** True where two sets of settings lead to the same address, so that one connection can serve both. */
export function sameEndpoint(
  protocol: string,
  a: Record<string, unknown>,
  b: Record<string, unknown>,
): boolean {
  const one = endpointOfSettings(protocol, a).toLowerCase().replace(/\/$/, '');
  return one !== '' && one === endpointOfSettings(protocol, b).toLowerCase().replace(/\/$/, '');
}

/** The type of a value in words that stand in a Thing Description. */
export function typeOf(affordance: { type?: string; items?: unknown } | undefined): string {
  if (affordance?.type === undefined) return '';
  const items = affordance.items as { type?: string } | undefined;
  return affordance.type === 'array' && items?.type !== undefined ? `${items.type}[]` : affordance.type;
}

/** Topics and addresses of the forms, for a description that carries none of its own. */
export const formless = (forms: readonly Form[] | undefined): boolean =>
  forms === undefined || forms.length === 0;
