import { createHash } from 'node:crypto';
import {
  type BrowseNode,
  type Form,
  limits,
  type PropertyAffordance,
  parseInstant,
} from '@millrace/contract';
import { type ProbeContext, TerminalError } from '@millrace/sdk';
import { isSparkplugTopic } from '../sparkplug/index.ts';
import { BrokerSession, type SessionEvents } from './broker-session.ts';
import { clientLimits } from './client-limits.ts';
import { probeOptions } from './probe.ts';
import { endpointOfSettings, readSettings } from './settings.ts';

/** One place in a payload that can become a property. */
interface Place {
  /** JSONPath, `$` for the whole payload. */
  path: string;
  name: string;
  value: unknown;
  children: Place[] | undefined;
  timePath: string | undefined;
  timeUnit: string | undefined;
}

interface Seen {
  at: number;
  topics: Map<string, { payload: Buffer; retained: boolean; count: number }>;
  more: boolean;
}

/** What was seen of each broker lately, so that opening a folder does not listen anew. */
const kept = new Map<string, Seen>();

/**
 * Shows the topics a broker carries, as a tree: its levels, then what stands in the payload. Each leaf is a property with a form that
 * maps it, so that an existing device is connected by choosing. Node ids: `<levels>/` of topics, `<topic>#<JSONPath>` in a payload.
 */
export async function browse(
  context: ProbeContext,
  node: string | undefined,
): Promise<readonly BrowseNode[]> {
  const seen = await look(context, node === undefined);
  const endpoint = endpointOfSettings(context.settings);
  if (node === undefined || node.endsWith('/')) return levels(seen, node ?? '', endpoint);
  const hash = node.indexOf('#');
  if (hash < 0) return [];
  const topic = node.slice(0, hash);
  const message = seen.topics.get(topic);
  if (message === undefined) return [];
  const root = places(message.payload);
  const at = root === undefined ? undefined : findPlace(root, node.slice(hash + 1));
  return (at?.children ?? []).map((place) => placeNode(topic, place, endpoint));
}

async function look(context: ProbeContext, anew: boolean): Promise<Seen> {
  const key = createHash('sha256').update(JSON.stringify(context.settings)).digest('hex');
  const known = kept.get(key);
  const now = context.clock.now();
  if (known !== undefined && !anew && now - known.at < clientLimits.browseKeptMilliseconds * 1000)
    return known;
  const seen = await listen(context);
  kept.delete(key);
  kept.set(key, seen);
  if (kept.size > clientLimits.browseKeptMax) kept.delete(kept.keys().next().value!);
  return seen;
}

async function listen(context: ProbeContext): Promise<Seen> {
  const seen: Seen = { at: context.clock.now(), topics: new Map(), more: false };
  let lost: TerminalError | undefined;
  let wake: () => void = () => {};
  const events: SessionEvents = {
    message({ topic, payload, retain }) {
      if (payload.length > clientLimits.browsePayloadBytesMax || topic.length > limits.topicBytesMax) return;
      const known = seen.topics.get(topic);
      if (known === undefined && seen.topics.size >= clientLimits.browseTopicsMax) {
        seen.more = true;
        return;
      }
      seen.topics.set(topic, {
        payload: Buffer.from(payload),
        retained: retain,
        count: (known?.count ?? 0) + 1,
      });
    },
    oversized() {},
    turn() {},
    lost(problem) {
      lost = problem;
      wake();
    },
  };
  const session = await BrokerSession.connect(probeOptions(context), events, context.clock, context.signal);
  try {
    const { filters } = readSettings(context.settings);
    const wanted = filters.length > 0 ? filters : ['#'];
    const granted = await session.subscribe(wanted.map((filter) => ({ filter, qos: 0 as const })));
    if (granted.every((one) => one.refused !== undefined)) {
      throw new TerminalError(
        'denied',
        'subscription-refused',
        {
          en: `The broker does not let this user listen to ${wanted.join(', ')}.`,
          zh: `服务器不允许该用户监听 ${wanted.join('、')}。`,
        },
        {
          en: 'Name topics that it may read under "Subscribe to these as well", or allow it to read more.',
          zh: '请在“附加订阅”中填写其可读取的主题，或放宽其权限。',
        },
        { detail: granted[0]!.refused!, field: 'filters' },
      );
    }
    await new Promise<void>((resolve) => {
      wake = resolve;
      context.clock.after(clientLimits.browseMilliseconds, resolve);
      context.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    if (lost !== undefined && seen.topics.size === 0) throw lost;
  } finally {
    await session.close();
  }
  return seen;
}

/** The next topic level below a prefix (which ends with a slash, or is empty). */
function levels(seen: Seen, prefix: string, endpoint: string): BrowseNode[] {
  const folders = new Map<string, number>();
  const nodes: BrowseNode[] = [];
  for (const [topic, message] of seen.topics) {
    if (!topic.startsWith(prefix)) continue;
    const rest = topic.slice(prefix.length);
    const slash = rest.indexOf('/');
    if (slash >= 0) {
      const level = rest.slice(0, slash);
      folders.set(level, (folders.get(level) ?? 0) + 1);
    } else nodes.push(topicNode(topic, rest, message, endpoint));
  }
  const named = [...folders].map(
    ([level, topics]): BrowseNode => ({
      id: `${prefix}${level}/`,
      name: level === '' ? '(empty level)' : level,
      kind: 'folder',
      hasChildren: true,
      detail:
        prefix === '' && level === 'spBv1.0'
          ? 'Sparkplug B: turn it on in the settings, and births will propose things'
          : `${topics} ${topics === 1 ? 'topic' : 'topics'}`,
    }),
  );
  const all = [...named, ...nodes].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  if (prefix === '' && seen.more) {
    all.push({
      id: '/more',
      name: '…',
      kind: 'folder',
      hasChildren: false,
      detail: `there are more than ${clientLimits.browseTopicsMax} topics (browseTopicsMax); name some under "Subscribe to these as well"`,
    });
  }
  return all;
}

function topicNode(
  topic: string,
  name: string,
  message: { payload: Buffer; retained: boolean; count: number },
  endpoint: string,
): BrowseNode {
  const heard = message.retained
    ? 'retained'
    : `${message.count} in ${clientLimits.browseMilliseconds / 1000} s`;
  const root = isSparkplugTopic(topic) ? undefined : places(message.payload);
  if (root === undefined) {
    return {
      id: `${topic}#$`,
      name,
      kind: 'folder',
      hasChildren: false,
      detail: `${message.payload.length} bytes, not JSON or text; ${heard}`,
    };
  }
  const node = placeNode(topic, { ...root, name }, endpoint);
  return { ...node, detail: heard };
}

function placeNode(topic: string, place: Place, endpoint: string): BrowseNode {
  const id = `${topic}#${place.path}`;
  if (place.children !== undefined)
    return { id, name: place.name, kind: 'folder', hasChildren: place.children.length > 0 };
  const form: Form = {
    href: endpoint,
    op: 'observeproperty',
    contentType: typeof place.value === 'string' && place.path === '' ? 'text/plain' : 'application/json',
    'mqv:topic': topic,
  };
  if (place.path !== '') form['millrace:jsonPath'] = place.path;
  if (place.timePath !== undefined) form['millrace:timePath'] = place.timePath;
  if (place.timeUnit !== undefined) form['millrace:timeUnit'] = place.timeUnit;
  const affordance: PropertyAffordance = {
    title: place.name,
    observable: true,
    readOnly: true,
    forms: [form],
  };
  const type = typeOf(place.value);
  if (type !== undefined) affordance.type = type;
  return { id, name: place.name, kind: 'property', hasChildren: false, affordance, value: place.value };
}

function typeOf(value: unknown): PropertyAffordance['type'] {
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return 'string';
  if (Array.isArray(value)) return 'array';
  // What stood empty when it was looked at may be anything.
  return value === null || value === undefined ? undefined : 'object';
}

/** Takes a payload apart; undefined where it is neither JSON nor readable text. A path of '' is text as it stands. */
function places(payload: Buffer): Place | undefined {
  const text = payload.toString('utf8');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    if (payload.length === 0 || /[\u0000-\u0008\u000e-\u001f\ufffd]/.test(text)) return undefined;
    return {
      path: '',
      name: '',
      value: text.slice(0, 1000),
      children: undefined,
      timePath: undefined,
      timeUnit: undefined,
    };
  }
  return walk(json, '$', '', { left: clientLimits.browsePathsMax }, 0, undefined);
}

function walk(
  value: unknown,
  path: string,
  name: string,
  budget: { left: number },
  depth: number,
  time: { path: string; unit: string | undefined } | undefined,
): Place {
  const place: Place = { path, name, value, children: undefined, timePath: time?.path, timeUnit: time?.unit };
  if (value === null || typeof value !== 'object' || depth >= limits.jsonDepthMax) return place;
  place.children = [];
  const stamp = Array.isArray(value) ? time : (timeOf(value as Record<string, unknown>, path) ?? time);
  const entries = Array.isArray(value)
    ? value
        .slice(0, clientLimits.browseElementsMax)
        .map((element, i) => [`[${i}]`, `[${i}]`, element] as const)
    : Object.entries(value).map(([key, element]) => [step(key), key, element] as const);
  for (const [next, label, element] of entries) {
    if (--budget.left < 0) break;
    const at = path + next;
    const own = stamp?.path === at ? undefined : stamp;
    place.children.push(walk(element, at, label, budget, depth + 1, own));
  }
  return place;
}

function step(key: string): string {
  if (/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(key)) return `.${key}`;
  return `['${key.replace(/['\\]/g, '\\$&')}']`;
}

const timeNames = /^(time|timestamp|ts|t|datetime|date_?time|time_?stamp|epoch)$/i;

/** The member of an object that is its time, by name and by looking like one of this century. */
function timeOf(
  object: Record<string, unknown>,
  path: string,
): { path: string; unit: string | undefined } | undefined {
  for (const [key, value] of Object.entries(object)) {
    if (!timeNames.test(key)) continue;
    const at = path + step(key);
    if (typeof value === 'string' && !/^\d+(\.\d+)?$/.test(value)) {
      if (parseInstant(value) !== undefined) return { path: at, unit: undefined };
      continue;
    }
    const number = Number(value);
    for (const [unit, per] of [
      ['s', 1],
      ['ms', 1e3],
      ['us', 1e6],
    ] as const) {
      if (number > 946_684_800 * per && number < 4_102_444_800 * per)
        return { path: at, unit: unit === 'ms' ? undefined : unit };
    }
  }
  return undefined;
}

function findPlace(root: Place, path: string): Place | undefined {
  if (root.path === path) return root;
  for (const child of root.children ?? []) {
    if (!path.startsWith(child.path)) continue;
    const found = findPlace(child, path);
    if (found !== undefined) return found;
  }
  return undefined;
}
