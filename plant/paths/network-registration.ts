import type {
  EdgeZoneInput,
  NetworkFlowInput,
  NetworkProviderInput,
  NetworkTerminalInput,
  SimInput,
} from '@millrace/contract';
import type { Pack } from '../engine/pack.ts';
import type { NetworkPaths } from './network-paths.ts';

/** One request that makes a part of the network known. What is made by POST and is there already stays as it is. */
export interface NetworkIntroduction {
  name: string;
  method: 'PUT' | 'POST';
  path: string;
  body: unknown;
}

/** Each terminal is probed so often: two minutes of it decide a share of 98 %. */
const probeMilliseconds = 150;

/** Everything the platform is told of the network: zones, SIMs, terminals, flows, the core as a provider; in this order. */
export function networkIntroductions(pack: Pack, paths: NetworkPaths, host: string): NetworkIntroduction[] {
  const spec = pack.network!;
  const idOf = (thing: string): string => `${pack.idPrefix}${thing}`;
  const placeOf = (place: string): string => (place === '' ? pack.place : `${pack.place}/${place}`);
  const provider: NetworkProviderInput = {
    kind: 'open5gs',
    title: spec.core.titles.en,
    settings: {
      pcf: paths.core.pcfUrl,
      amf: paths.core.informationUrl,
      smf: paths.core.informationUrl,
      dnn: spec.core.dnn,
      sst: spec.core.sst,
    },
  };
  return [
    ...spec.zones.map(({ id, titles, place }): NetworkIntroduction => {
      const body: EdgeZoneInput = { title: titles.en, place: placeOf(place) };
      return { name: `zone ${id}`, method: 'PUT', path: `/api/network/zones/${id}`, body };
    }),
    ...spec.terminals.map(({ iccid, supi, gpsi, pei, things }): NetworkIntroduction => {
      const body: SimInput = {
        iccid,
        supi,
        ...(gpsi === undefined ? {} : { gpsi }),
        operator: spec.core.titles.en.slice(0, 100),
        state: 'active',
        pei,
        thing: idOf(things[0]!),
      };
      return { name: `sim ${iccid}`, method: 'POST', path: '/api/network/sims', body };
    }),
    ...paths.terminals.map(({ spec: terminal, probe }): NetworkIntroduction => {
      const { id, titles, things, address, supi, gpsi, pei, iccid, module, firmware, zone } = terminal;
      const first = pack.things.find(({ name }) => name === things[0])!;
      const body: NetworkTerminalInput = {
        title: titles.en,
        kind: 'nr',
        things: things.map(idOf),
        place: placeOf(first.place),
        address,
        supi,
        ...(gpsi === undefined ? {} : { gpsi }),
        pei,
        iccid,
        ...(module === undefined ? {} : { module }),
        ...(firmware === undefined ? {} : { firmware }),
        ...(zone === undefined ? {} : { zone }),
        probe: { method: 'stamp', host, port: probe.port, everyMilliseconds: probeMilliseconds },
        provider: spec.core.provider,
      };
      return { name: `terminal ${id}`, method: 'PUT', path: `/api/network/terminals/${id}`, body };
    }),
    ...spec.flows.map(({ id, title, terminals, priority, level }): NetworkIntroduction => {
      const body: NetworkFlowInput & { id: string } = {
        id,
        title,
        level,
        priority,
        things: [],
        places: [],
        terminals,
        enabled: true,
      };
      return { name: `flow ${id}`, method: 'POST', path: '/api/network/flows', body };
    }),
    // Last: what a core tells of before it is registered would be found as somebody else's.
    { name: 'provider', method: 'PUT', path: `/api/network/providers/${spec.core.provider}`, body: provider },
  ];
}
