import type { AlarmRuleInput } from '@millrace/contract';
import type { Clock, NetworkPlatform, SampleStore, ThingPeer } from '@millrace/sdk';
import type { Iot } from '../iot/index.ts';
import { appHistory, ownThings, ownValues } from './apps/context.ts';

const ownPrefix = 'urn:millrace:network:';
const layer = { kind: 'platform', id: 'network' } as const;

/** What the network layer reaches of the IoT part; its values take the way a terminal's take. */
export function networkParts(
  iot: Iot,
  samples: SampleStore,
  clock: Clock,
): Pick<NetworkPlatform, 'things' | 'values' | 'history' | 'peers' | 'ensureAlarmRule'> {
  return {
    things: ownThings(iot, ownPrefix),
    values: ownValues(iot, ownPrefix, 'network', clock),
    history: appHistory(iot, samples),
    peers: () => peersOf(iot),
    ensureAlarmRule: async (id: string, rule: AlarmRuleInput) => {
      if (iot.alarms.rules.get(id) === undefined) await iot.alarms.putRule(id, rule, layer);
    },
  };
}

/** Protocols whose peer is a go-between for many devices: the device itself is further off, and its address is not known. */
const brokered = new Set(['mqtt-client', 'sparkplug']);

/** The other end of each thing's connection; one of its own before the platform's listeners, which everything may use. */
function* peersOf(iot: Iot): Generator<ThingPeer> {
  for (const { id } of iot.registry.all()) {
    if (id.startsWith(ownPrefix) || id.startsWith('urn:millrace:app:')) continue;
    const reached = [...iot.connections.connectionsOf(id)].flatMap((one) => iot.connections.get(one) ?? []);
    const best = reached.find((record) => !record.builtIn) ?? reached[0];
    if (best === undefined) continue;
    const known = best.builtIn || brokered.has(best.protocol) ? undefined : best.endpoint;
    yield { thing: id, protocol: best.protocol, connection: best.id, ...hostAndPort(known) };
  }
}

function hostAndPort(endpoint: string | undefined): { host: string | undefined; port: number | undefined } {
  const match =
    endpoint === undefined ? null : /^[a-z][a-z0-9+.-]*:\/\/(\[[^\]]+\]|[^/:]+)(?::(\d+))?/i.exec(endpoint);
  if (match === null) return { host: undefined, port: undefined };
  return {
    host: match[1]!.replace(/^\[|\]$/g, '').toLowerCase(),
    port: match[2] === undefined ? undefined : Number(match[2]),
  };
}
