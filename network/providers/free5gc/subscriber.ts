import type { Snssai } from '@millrace/contract';
import { ProviderError, type SubscriberInput } from '@millrace/sdk';
import { bitRate } from '../../core-network/index.ts';

/** "01" + "010203": how free5GC writes a slice as a key. */
export const sliceKey = ({ sst, sd }: Snssai): string =>
  `${sst.toString(16).padStart(2, '0')}${(sd ?? '').toLowerCase()}`;

/** A subscriber as the web console's interface takes it. `known`: as it is there; its secrets are kept where none are given. */
export function subscriberBody(
  subscriber: SubscriberInput,
  plmn: string,
  known: Record<string, unknown> | undefined,
): Record<string, unknown> {
  const authentication =
    subscriber.key === undefined
      ? known?.['AuthenticationSubscription']
      : {
          authenticationManagementField: subscriber.amf ?? '8000',
          authenticationMethod: '5G_AKA',
          permanentKey: { permanentKeyValue: subscriber.key, encryptionKey: 0, encryptionAlgorithm: 0 },
          opc: { opcValue: subscriber.opc ?? '', encryptionKey: 0, encryptionAlgorithm: 0 },
          milenage: { op: { opValue: '', encryptionKey: 0, encryptionAlgorithm: 0 } },
          sequenceNumber: '000000000000',
        };
  if (authentication === undefined)
    throw new ProviderError('refused', {
      en: `${subscriber.supi} is new to the core: it needs its key and OPc.`,
      zh: `${subscriber.supi} 是新用户，必须提供密钥与 OPc。`,
    });
  const slices = new Map<string, SubscriberInput['slices'][number][]>();
  for (const one of subscriber.slices) {
    const key = sliceKey(one.slice.profile.snssai);
    slices.set(key, [...(slices.get(key) ?? []), one]);
  }
  const nssai = (list: readonly SubscriberInput['slices'][number][]): Snssai => list[0]!.slice.profile.snssai;
  const groups = [...slices.entries()];
  return {
    plmnID: plmn,
    ueId: subscriber.supi,
    AuthenticationSubscription: authentication,
    AccessAndMobilitySubscriptionData: {
      gpsis: subscriber.gpsi === undefined ? [] : [subscriber.gpsi],
      nssai: {
        defaultSingleNssais: groups
          .filter(([, list]) => list.some(({ isDefault }) => isDefault))
          .map(([, list]) => ({ ...nssai(list), isDefault: true })),
        singleNssais: groups
          .filter(([, list]) => !list.some(({ isDefault }) => isDefault))
          .map(([, list]) => nssai(list)),
      },
      subscribedUeAmbr: {
        uplink: bitRate(subscriber.ambrUplink),
        downlink: bitRate(subscriber.ambrDownlink),
      },
    },
    SessionManagementSubscriptionData: groups.map(([, list]) => ({
      singleNssai: nssai(list),
      dnnConfigurations: Object.fromEntries(
        list.map(({ dnn, qos }) => [
          dnn,
          {
            sscModes: { defaultSscMode: 'SSC_MODE_1', allowedSscModes: ['SSC_MODE_2', 'SSC_MODE_3'] },
            pduSessionTypes: { defaultSessionType: 'IPV4', allowedSessionTypes: ['IPV4'] },
            sessionAmbr: {
              uplink: bitRate(qos.mbrUplink ?? subscriber.ambrUplink),
              downlink: bitRate(qos.mbrDownlink ?? subscriber.ambrDownlink),
            },
            '5gQosProfile': {
              '5qi': qos.fiveQi,
              arp: {
                priorityLevel: qos.arp.priorityLevel,
                preemptCap: qos.arp.mayPreempt ? 'MAY_PREEMPT' : 'NOT_PREEMPT',
                preemptVuln: qos.arp.preemptable ? 'PREEMPTABLE' : 'NOT_PREEMPTABLE',
              },
              priorityLevel: qos.arp.priorityLevel,
            },
          },
        ]),
      ),
    })),
    SmfSelectionSubscriptionData: {
      subscribedSnssaiInfos: Object.fromEntries(
        groups.map(([key, list]) => [key, { dnnInfos: list.map(({ dnn }) => ({ dnn })) }]),
      ),
    },
    AmPolicyData: { subscCats: ['free5gc'] },
    SmPolicyData: {
      smPolicySnssaiData: Object.fromEntries(
        groups.map(([key, list]) => [
          key,
          {
            snssai: nssai(list),
            smPolicyDnnData: Object.fromEntries(list.map(({ dnn }) => [dnn, { dnn }])),
          },
        ]),
      ),
    },
    // What the core holds of flows and charging is not this provider's to change.
    FlowRules: known?.['FlowRules'] ?? [],
    QosFlows: known?.['QosFlows'] ?? [],
    ChargingDatas: known?.['ChargingDatas'] ?? [],
  };
}
