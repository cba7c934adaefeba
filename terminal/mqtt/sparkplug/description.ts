import { createHash } from 'node:crypto';
import {
  limits,
  noSecurity,
  type PropertyAffordance,
  type ThingDescription,
  thingContext,
} from '@millrace/contract';
import { type Datatype, schemaOf } from './datatype.ts';
import { type PropertySet, valueField } from './payload.ts';
import { messageTopic } from './topic.ts';
import { looseValueOf, type MetricValue } from './value.ts';

/** Vocabulary of the W3C MQTT binding for Thing Descriptions. */
const mqttVocabulary = { mqv: 'https://www.w3.org/2019/wot/mqtt#' } as const;

/** A metric as its birth declared it. */
export interface MetricDefinition {
  name: string;
  datatype: Datatype;
  properties: PropertySet | undefined;
}

/** Id of the thing that an edge node or device is proposed as: a URN, percent-encoded, at most `limits.thingIdCharactersMax` long. */
export function sparkplugThingId(group: string, node: string, device?: string): string {
  const parts = device === undefined ? [group, node] : [group, node, device];
  const id = `urn:sparkplug:${parts.map((part) => encodeURIComponent(part.replace(/\p{Surrogate}/gu, '\ufffd'))).join(':')}`;
  if (id.length <= limits.thingIdCharactersMax) return id;
  return `urn:sparkplug:sha256:${createHash('sha256').update(parts.join('/')).digest('hex')}`;
}

/** Metrics that steer the session and are no properties of a machine (Sparkplug 3.0, 6.4.18 and following). */
export function isControlMetric(name: string): boolean {
  return name === 'bdSeq' || name.startsWith('Node Control/') || name.startsWith('Device Control/');
}

/**
 * Thing Description of an edge node's own metrics, or of a device's, as its birth declared them. Undefined where nothing is left
 * once the session's own metrics are taken away. `href` is what the forms reach: the broker, or `mqtt:` for our own listener.
 */
export function describe(
  group: string,
  node: string,
  device: string | undefined,
  definitions: Iterable<MetricDefinition>,
  href: string,
): ThingDescription | undefined {
  const properties: Record<string, PropertyAffordance> = Object.create(null);
  let count = 0;
  const topic = messageTopic(device === undefined ? 'NDATA' : 'DDATA', group, node, device);
  for (const definition of definitions) {
    if (isControlMetric(definition.name) || definition.name.length > limits.propertyNameCharactersMax)
      continue;
    if (++count > limits.propertiesPerThingMax) break;
    properties[definition.name] = property(definition, href, topic);
  }
  if (count === 0) return undefined;
  const where = `Sparkplug B edge node ${node}, group ${group}`;
  return {
    '@context': [...thingContext, mqttVocabulary],
    id: sparkplugThingId(group, node, device),
    title: device ?? node,
    description: device === undefined ? where : `Device ${device} of ${where}`,
    ...noSecurity,
    // Sparkplug reports by exception, and says itself when a value is no longer current.
    'millrace:staleAfterSeconds': 0,
    properties,
  };
}

function property(definition: MetricDefinition, href: string, topic: string): PropertyAffordance {
  const affordance: PropertyAffordance = {
    title: definition.name.slice(definition.name.lastIndexOf('/') + 1) || definition.name,
    ...schemaOf(definition.datatype),
    observable: true,
    forms: [
      {
        href,
        op: 'observeproperty',
        contentType: 'application/x-protobuf',
        'mqv:topic': topic,
        'millrace:metric': definition.name,
        'millrace:datatype': definition.datatype,
      },
    ],
  };
  const properties = definition.properties;
  const unit = text(properties, 'engUnit', 'engUnits', 'unit', 'units', 'Engineering Units');
  if (unit !== undefined) affordance.unit = unit;
  const comment = text(properties, 'documentation', 'Documentation', 'description', 'Description', 'tooltip');
  if (comment !== undefined) affordance.description = comment;
  if (affordance.type === 'number' || affordance.type === 'integer') {
    const low = number(properties, 'engLow', 'minimum', 'Minimum');
    const high = number(properties, 'engHigh', 'maximum', 'Maximum');
    if (low !== undefined && high !== undefined && low >= high) {
      // Both at one value is how tools write "no range".
    } else {
      if (low !== undefined) affordance.minimum = low;
      if (high !== undefined) affordance.maximum = high;
    }
  }
  // What a birth does not declare writable is shown as read only: nobody should be offered a write that the node never mentioned.
  affordance.readOnly = value(properties, 'readOnly', 'ReadOnly') !== false;
  return affordance;
}

function value(properties: PropertySet | undefined, ...names: string[]): MetricValue | undefined {
  for (const name of names) {
    const found = properties?.get(name);
    if (found === undefined || found.isNull || found.field === valueField.none) continue;
    try {
      return looseValueOf(found, found.datatype, name);
    } catch {
      // A property that is not what it says it is describes nothing; the metric itself is fine.
    }
  }
  return undefined;
}

function text(properties: PropertySet | undefined, ...names: string[]): string | undefined {
  const found = value(properties, ...names);
  return typeof found === 'string' && found.trim() !== '' ? found.trim().slice(0, 1000) : undefined;
}

function number(properties: PropertySet | undefined, ...names: string[]): number | undefined {
  const found = value(properties, ...names);
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}
