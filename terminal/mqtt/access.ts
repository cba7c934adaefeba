import { fromTopicSegment, limits, type RejectReason, topicSegment } from '@millrace/contract';
import type { TopicMapping } from './mapping/index.ts';
import type { SparkplugNodes } from './sparkplug-nodes.ts';
import { filterMatches } from './topics.ts';
import { reason } from './wire/codes.ts';

/** What a topic means for the thing that publishes on it. */
export type Target =
  | { kind: 'properties' | 'own' | 'mapped' | 'sparkplug'; topic: string }
  | { kind: 'event'; topic: string; name: string }
  | { kind: 'result'; topic: string }
  | { kind: 'refused'; topic: string; code: number; reason: RejectReason; detail: string };

export interface AccessRules {
  mapping: TopicMapping;
  nodes: SparkplugNodes;
  sparkplug: boolean;
}

const nodeTypes = new Set(['NBIRTH', 'NDEATH', 'NDATA', 'DBIRTH', 'DDEATH', 'DDATA']);

/**
 * A thing reaches what is below `things/<its id>/`, the topics its own description's forms name, and its own Sparkplug edge
 * nodes; nothing else. This is the whole rule for publishing, wills and retained messages included.
 */
export function publishTarget(thing: string, topic: string, rules: AccessRules): Target {
  const refused = (why: RejectReason, detail: string, code: number = reason.notAuthorized): Target => ({
    kind: 'refused',
    topic,
    code,
    reason: why,
    detail,
  });
  if (Buffer.byteLength(topic) > limits.topicBytesMax) {
    return refused(
      'too-large',
      `topic of ${Buffer.byteLength(topic)} bytes; at most ${limits.topicBytesMax} (topicBytesMax) are taken`,
      reason.topicNameInvalid,
    );
  }
  if (topic.startsWith('things/')) {
    const levels = topic.split('/');
    if (fromTopicSegment(levels[1]!) !== thing) {
      return refused(
        'denied',
        `"${topic}" is not below things/${topicSegment(thing)}/, which is all these credentials reach`,
      );
    }
    if (levels.length === 3 && levels[2] === 'properties') return { kind: 'properties', topic };
    if (levels.length === 4 && levels[2] === 'events' && levels[3] !== '') {
      const name = fromTopicSegment(levels[3]!);
      if (name.length <= limits.propertyNameCharactersMax) return { kind: 'event', topic, name };
      return refused(
        'too-large',
        `an event's name of ${name.length} characters; at most ${limits.propertyNameCharactersMax} (propertyNameCharactersMax) are taken`,
      );
    }
    if (levels.length === 5 && levels[2] === 'actions' && levels[4] === 'result') {
      return { kind: 'result', topic };
    }
    if (levels.length === 6 && levels[2] === 'properties' && levels[4] === 'set' && levels[5] === 'result') {
      return { kind: 'result', topic };
    }
    return { kind: 'own', topic };
  }
  if (topic.startsWith('spBv1.0/')) {
    if (!rules.sparkplug) return refused('unsupported', 'Sparkplug is switched off on this listener');
    const [, group, type, node] = topic.split('/');
    if (group === 'STATE') return refused('denied', 'STATE is said by host applications only');
    if (type === 'NCMD' || type === 'DCMD')
      return refused('denied', `${type} is said by host applications only`);
    if (group === undefined || group === '' || node === undefined || node === '' || !nodeTypes.has(type!)) {
      return refused(
        'malformed',
        `"${topic}" is not spBv1.0/<group>/<message type>/<edge node>[/<device>]`,
        reason.topicNameInvalid,
      );
    }
    const why = rules.nodes.claim(thing, group, node);
    return why === undefined ? { kind: 'sparkplug', topic } : refused('denied', why);
  }
  if (!topic.startsWith('$') && rules.mapping.declares(thing, topic)) return { kind: 'mapped', topic };
  return refused(
    'denied',
    `"${topic}" is neither below things/${topicSegment(thing)}/ nor named by a form (mqv:topic, mqv:filter) of the thing's description`,
  );
}

/** Undefined: may subscribe. Else the reason code. The same rule as for publishing, for filters. */
export function subscribeRefusal(thing: string, filter: string, rules: AccessRules): number | undefined {
  if (filter.startsWith('$share/')) return reason.sharedSubscriptionsNotSupported;
  if (Buffer.byteLength(filter) > limits.topicBytesMax) return reason.topicFilterInvalid;
  const levels = filter.split('/');
  if (levels[0] === 'things') {
    return levels[1] !== undefined && fromTopicSegment(levels[1]) === thing
      ? undefined
      : reason.notAuthorized;
  }
  if (levels[0] === 'spBv1.0') {
    if (!rules.sparkplug) return reason.notAuthorized;
    if (levels[1] === 'STATE') return undefined;
    const [, group, type, node] = levels;
    if (group === undefined || type === undefined || node === undefined) return reason.notAuthorized;
    if ([group, node].some((id) => id === '' || id === '+' || id === '#') || type === '#')
      return reason.notAuthorized;
    return rules.nodes.claim(thing, group, node) === undefined ? undefined : reason.notAuthorized;
  }
  if (!filter.startsWith('$') && rules.mapping.declares(thing, filter)) return undefined;
  return reason.notAuthorized;
}

/**
 * The spelling of a thing's topic that a filter of its own would take: ids may be percent-encoded more or less. Undefined: the
 * filter does not take it.
 */
export function spelledFor(filter: string, thing: string, rest: string): string | undefined {
  const levels = filter.split('/', 2);
  if (levels[0] !== 'things' || levels[1] === undefined || fromTopicSegment(levels[1]) !== thing)
    return undefined;
  const topic = `things/${levels[1]}/${rest}`;
  return filterMatches(filter, topic) ? topic : undefined;
}
