/** Namespace of Sparkplug B (Sparkplug 3.0, 4.1.1). */
export const namespace = 'spBv1.0';

/** Messages of an edge node (N…) carry no device; those of a device (D…) always do (Sparkplug 3.0, 4.1.5). */
const types = ['NBIRTH', 'NDATA', 'NDEATH', 'NCMD', 'DBIRTH', 'DDATA', 'DDEATH', 'DCMD'] as const;
export type MessageType = (typeof types)[number];

export type SparkplugTopic =
  | { kind: 'state'; host: string }
  | { kind: 'message'; type: MessageType; group: string; node: string; device: string | undefined }
  | { kind: 'wrong'; why: string };

/** Whether a topic is in Sparkplug's namespace, and so is ours to read. */
export function isSparkplugTopic(topic: string): boolean {
  return topic.startsWith(`${namespace}/`);
}

/**
 * Takes a topic apart: `spBv1.0/<group>/<type>/<node>[/<device>]` or `spBv1.0/STATE/<host>`. Ids are compared as they stand, case and
 * all. What does not fit comes back with the reason, in words for the person who configured the edge node.
 */
export function parseTopic(topic: string): SparkplugTopic {
  const parts = topic.split('/', 6);
  if (parts[0] !== namespace) return { kind: 'wrong', why: `the topic does not begin with ${namespace}/` };
  if (parts[1] === 'STATE') {
    return parts.length === 3 && parts[2] !== ''
      ? { kind: 'state', host: parts[2]! }
      : { kind: 'wrong', why: `a STATE topic is ${namespace}/STATE/<host id>` };
  }
  const [, group, type, node, device] = parts;
  if (parts.length < 4 || parts.length > 5 || group === '' || node === '' || device === '') {
    return { kind: 'wrong', why: `the topic is not ${namespace}/<group>/<type>/<edge node>[/<device>]` };
  }
  if (!(types as readonly string[]).includes(type!)) {
    return { kind: 'wrong', why: `"${type!.slice(0, 40)}" is no Sparkplug message type` };
  }
  if (type!.startsWith('D') !== (device !== undefined)) {
    return {
      kind: 'wrong',
      why:
        device === undefined ? `${type} needs a device in its topic` : `${type} has no device in its topic`,
    };
  }
  return { kind: 'message', type: type as MessageType, group: group!, node: node!, device };
}

/** Topic of a message; the reverse of {@link parseTopic}. */
export function messageTopic(type: MessageType, group: string, node: string, device?: string): string {
  return device === undefined
    ? `${namespace}/${group}/${type}/${node}`
    : `${namespace}/${group}/${type}/${node}/${device}`;
}

/** Topic of a host application's birth and death certificates (Sparkplug 3.0, 4.2.3). */
export function stateTopic(host: string): string {
  return `${namespace}/STATE/${host}`;
}

/** What tells an edge node, or one of its devices, from all others. Ids cannot hold a slash. */
export function sourceKey(group: string, node: string, device: string | undefined): string {
  return device === undefined ? `${group}/${node}` : `${group}/${node}/${device}`;
}
