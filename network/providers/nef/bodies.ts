import type { LanGroupInput, Snssai } from '@millrace/contract';
import type { BindingRequest, ProviderTerminal, SteeringRequest, TimeSyncRequest } from '@millrace/sdk';
import { addressOf, bitRate, flowDescriptions } from '../../core-network/index.ts';

/** Bodies of the requests; own types of the parts used (TS 29.122, TS 29.522). */

export interface Frame {
  notificationDestination: string;
  dnn: string;
  snssai: Snssai;
}

/** Packet delay budgets of standardised 5QIs, ms (3GPP TS 23.501, Table 5.7.4-1). */
const delayBudgets: Record<number, number> = {
  1: 100,
  2: 150,
  3: 50,
  4: 300,
  5: 100,
  6: 300,
  7: 100,
  8: 300,
  9: 300,
  65: 75,
  66: 100,
  67: 100,
  69: 60,
  70: 200,
  79: 50,
  80: 10,
  82: 10,
  83: 10,
  84: 30,
  85: 5,
  86: 5,
  87: 5,
  88: 10,
  89: 15,
  90: 20,
};

export function qosSubscription(request: BindingRequest, frame: Frame): Record<string, unknown> {
  const { qos } = request;
  const address = addressOf(request);
  const rate = (name: string, kilobits: number | undefined): Record<string, string> =>
    kilobits === undefined || kilobits === 0 ? {} : { [name]: bitRate(kilobits) };
  const delay = delayBudgets[qos.fiveQi];
  return {
    notificationDestination: frame.notificationDestination,
    flowInfo: flowDescriptions(request).map((descriptions, index) => ({
      flowId: index + 1,
      flowDescriptions: descriptions,
    })),
    ...('ueIpv4' in address ? { ueIpv4Addr: address.ueIpv4 } : { ueIpv6Addr: request.terminal.address }),
    dnn: frame.dnn,
    snssai: frame.snssai,
    ...(qos.profile === undefined
      ? {
          tscQosReq: {
            ...rate('reqGbrUl', qos.gbrUplink),
            ...rate('reqGbrDl', qos.gbrDownlink),
            ...rate('reqMbrUl', qos.mbrUplink),
            ...rate('reqMbrDl', qos.mbrDownlink),
            ...(delay === undefined ? {} : { req5Gsdelay: delay }),
          },
        }
      : { qosReference: qos.profile }),
    events: [
      'SUCCESSFUL_RESOURCES_ALLOCATION',
      'FAILED_RESOURCES_ALLOCATION',
      'QOS_GUARANTEED',
      'QOS_NOT_GUARANTEED',
      'SESSION_TERMINATION',
    ],
  };
}

export function lanParameters(
  key: string,
  group: LanGroupInput,
  members: readonly ProviderTerminal[],
  frame: Frame,
  operatingSystem: string,
): Record<string, unknown> {
  return {
    '5gLanParams': {
      exterGroupId: `${key}@millrace`,
      gpsis: Object.fromEntries(members.map(({ gpsi }, index) => [String(index + 1), gpsi])),
      dnn: group.dnn ?? frame.dnn,
      snssai: group.snssai ?? frame.snssai,
      sessionType: group.kind === 'ethernet' ? 'ETHERNET' : 'IPV4',
      appDesps: { 1: { osId: operatingSystem, appIds: { 1: 'any' } } },
    },
  };
}

/** One subscription for each terminal: the interface takes one address each. */
export function influence(
  request: SteeringRequest,
  terminal: ProviderTerminal,
  frame: Frame,
): Record<string, unknown> {
  const flows = flowDescriptions({
    key: '',
    terminal,
    platformAddress: request.platformAddress,
    filters: request.filters,
    qos: { fiveQi: 9, arp: { priorityLevel: 15, mayPreempt: false, preemptable: true }, dscp: 0 },
    slice: undefined,
    durationSeconds: undefined,
  });
  return {
    dnn: frame.dnn,
    snssai: frame.snssai,
    ...(terminal.gpsi === undefined ? { ipv4Addr: terminal.address } : { gpsi: terminal.gpsi }),
    trafficFilters: flows.map((descriptions, index) => ({
      flowId: index + 1,
      flowDescriptions: descriptions,
    })),
    trafficRoutes: [{ dnai: request.dnai }],
    subscribedEvents: ['UP_PATH_CHANGE'],
    dnaiChgType: 'EARLY_LATE',
    notificationDestination: frame.notificationDestination,
  };
}

export const monitoringTypes = ['LOSS_OF_CONNECTIVITY', 'UE_REACHABILITY', 'LOCATION_REPORTING'] as const;

export function monitoring(
  who: string,
  type: (typeof monitoringTypes)[number],
  until: string,
  notificationDestination: string,
): Record<string, unknown> {
  return {
    ...(who.includes('@') ? { externalId: who } : { msisdn: who.replace(/^(msisdn-|\+)/, '') }),
    notificationDestination,
    monitoringType: type,
    monitorExpireTime: until,
    ...(type === 'UE_REACHABILITY' ? { reachabilityType: 'DATA' } : {}),
    ...(type === 'LOSS_OF_CONNECTIVITY' ? { maximumDetectionTime: 60 } : {}),
    ...(type === 'LOCATION_REPORTING' ? { locationType: 'CURRENT_LOCATION', accuracy: 'CGI_ECGI' } : {}),
  };
}

export function timeDistribution(request: TimeSyncRequest): Record<string, unknown> {
  return {
    gpsis: request.terminals.map(({ gpsi }) => gpsi),
    asTimeDisParam: { asTimeDisEnabled: true, timeSyncErrBdgt: request.accuracyNanoseconds },
  };
}
