import { randomUUID } from 'node:crypto';
import type { Criterion, ServiceLevel } from '@millrace/contract';
import type { Answer, Call } from './call.ts';
import { subjectOf } from './devices.ts';
import { serversOf } from './flows.ts';
import type { CamaraPorts, TerminalStatus } from './ports.ts';
import { CamaraProblem, invalid, notFound } from './problem.ts';
import {
  type ApplicationProfile,
  type Insight,
  type InsightRequest,
  kbpsOf,
  meets,
  type QualityThresholds,
  secondsOf,
  unable,
} from './shapes.ts';
import { Collection, type Kept } from './store.ts';

/** Bounds of application profiles. */
export const applicationProfileLimits = { profilesMax: 5000, perConsumerMax: 200 } as const;

interface KeptProfile extends Kept {
  thresholds: QualityThresholds;
}

/**
 * Thresholds as a level that can be judged. The delay budget is one way, device to the operator's gateway; what is measured everywhere is the round
 * trip, so twice the budget is asked of it, for 98 % of the messages (TS 23.501, 5.7.3.4, says that of a packet delay budget).
 */
export function levelOf(thresholds: QualityThresholds): ServiceLevel {
  const budget = secondsOf(thresholds.packetDelayBudget);
  const jitter = secondsOf(thresholds.jitter);
  const up = kbpsOf(thresholds.targetMinUpstreamRate);
  const down = kbpsOf(thresholds.targetMinDownstreamRate);
  const loss = thresholds.packetlossErrorRate;
  return {
    trafficClass: 'non-deterministic',
    ...(budget === undefined
      ? {}
      : { latency: { path: 'round-trip' as const, within: [{ share: 0.98, ms: budget * 2000 }] } }),
    ...(jitter === undefined ? {} : { jitter: { definition: 'camara' as const, ms: jitter * 1000 } }),
    ...(loss === undefined ? {} : { lossRatioMax: 10 ** -loss }),
    ...(up === undefined || up === 0 ? {} : { uplinkMbpsMin: up / 1000 }),
    ...(down === undefined || down === 0 ? {} : { downlinkMbpsMin: down / 1000 }),
  };
}

const criterionOf: Readonly<Record<keyof Insight, Criterion>> = {
  packetDelayBudget: 'latency',
  jitter: 'jitter',
  packetlossErrorRate: 'loss',
  targetMinUpstreamRate: 'uplink',
  targetMinDownstreamRate: 'downlink',
};

/** Signal as CAMARA grades it, from the reference signal's power (dBm): the bounds phones draw their bars by. */
export function signalOf(rsrpDbm: number): 'excellent' | 'good' | 'fair' | 'poor' | 'no signal' {
  if (rsrpDbm >= -80) return 'excellent';
  if (rsrpDbm >= -95) return 'good';
  if (rsrpDbm >= -110) return 'fair';
  return rsrpDbm >= -140 ? 'poor' : 'no signal';
}

export interface Judged {
  readonly insight: Insight;
  readonly kpis: Record<string, string> | undefined;
}

/** Application profiles, and what the network says of them: verdicts on what is measured, never an estimate. */
export class Insights {
  readonly #ports: CamaraPorts;
  readonly #all: Collection<KeptProfile>;

  constructor(ports: CamaraPorts) {
    this.#ports = ports;
    this.#all = new Collection('application-profile', ports.records);
  }

  restore(kind: string, data: unknown): void {
    if (kind === 'application-profile') this.#all.restore(data as KeptProfile);
  }

  async createProfile(call: Call): Promise<Answer> {
    if (
      this.#all.size >= applicationProfileLimits.profilesMax ||
      this.#all.countOf(call.consumer) >= applicationProfileLimits.perConsumerMax
    )
      throw new CamaraProblem(
        429,
        'QUOTA_EXCEEDED',
        'No more application profiles are kept; delete some first.',
      );
    const { networkQualityThresholds } = call.body as { networkQualityThresholds: QualityThresholds };
    checkThresholds(networkQualityThresholds);
    const profile: KeptProfile = {
      id: randomUUID(),
      consumer: call.consumer,
      thresholds: networkQualityThresholds,
    };
    await this.#all.put(profile);
    return { status: 201, body: shown(profile) };
  }

  async readProfile(call: Call): Promise<Answer> {
    return { status: 200, body: shown(this.#own(call, call.parameters.applicationProfileId!)) };
  }

  async updateProfile(call: Call): Promise<Answer> {
    const profile = this.#own(call, call.parameters.applicationProfileId!);
    const { applicationProfileId, networkQualityThresholds } = call.body as ApplicationProfile;
    if (applicationProfileId.toLowerCase() !== profile.id)
      throw invalid('applicationProfileId in the body is not that of the path.');
    // A merge patch of the thresholds: what is not named stays.
    const thresholds = { ...profile.thresholds, ...networkQualityThresholds };
    checkThresholds(thresholds);
    const changed = { ...profile, thresholds };
    await this.#all.put(changed);
    return { status: 200, body: shown(changed) };
  }

  async deleteProfile(call: Call): Promise<Answer> {
    const profile = this.#own(call, call.parameters.applicationProfileId!);
    await this.#all.remove(profile.id);
    return { status: 200 };
  }

  async check(call: Call): Promise<Answer> {
    const { applicationProfileId, device, applicationServer, monitoringTimeStamp } =
      call.body as InsightRequest;
    serversOf(applicationServer);
    const subject = await subjectOf(this.#ports.terminals, call, device);
    const at = monitoringTimeStamp === undefined ? undefined : Date.parse(monitoringTimeStamp) * 1000;
    const { thresholds } = this.#own(call, applicationProfileId);
    const { insight, kpis } = await this.judge(thresholds, subject.terminal.id, at);
    return {
      status: 200,
      body: {
        ...insight,
        ...(kpis === undefined ? {} : { additionalKPIs: kpis }),
        ...(subject.device === undefined ? {} : { device: subject.device }),
      },
    };
  }

  /** Thresholds of a client's profile; undefined: there is none of that id. */
  thresholdsOf(consumer: string, id: string): QualityThresholds | undefined {
    const profile = this.#all.get(id.toLowerCase());
    return profile?.consumer === consumer ? profile.thresholds : undefined;
  }

  /** What is decided either way; a threshold on which the measurements decide nothing is left out. */
  async judge(thresholds: QualityThresholds, terminal: string, at?: number): Promise<Judged> {
    const [verdicts, status] = await Promise.all([
      this.#ports.quality.judge(terminal, levelOf(thresholds), at),
      this.#ports.terminals.status(terminal),
    ]);
    const insight: Insight = {};
    for (const [name, criterion] of Object.entries(criterionOf) as [keyof Insight, Criterion][]) {
      if (thresholds[name] === undefined) continue;
      const state = verdicts.find((one) => one.criterion === criterion)?.state;
      if (state === 'met') insight[name] = meets;
      else if (state === 'violated') insight[name] = unable;
    }
    return { insight, kpis: at === undefined ? kpisOf(status) : undefined };
  }

  #own(call: Call, id: string): KeptProfile {
    const profile = this.#all.get(id.toLowerCase());
    if (profile === undefined || profile.consumer !== call.consumer)
      throw notFound('There is no such application profile of this client.');
    return profile;
  }
}

function kpisOf(status: TerminalStatus | undefined): Record<string, string> | undefined {
  if (status === undefined) return undefined;
  const connectivity = { '5G': '5G-SA', '4G': '4G', '3G': '3G', '2G': undefined }[status.networkType ?? '2G'];
  const kpis = {
    ...(status.rsrpDbm === undefined ? {} : { signalStrength: signalOf(status.rsrpDbm) }),
    ...(connectivity === undefined ? {} : { connectivityType: connectivity }),
  };
  return Object.keys(kpis).length === 0 ? undefined : kpis;
}

function checkThresholds(thresholds: QualityThresholds): void {
  for (const name of [
    'packetDelayBudget',
    'jitter',
    'targetMinUpstreamRate',
    'targetMinDownstreamRate',
  ] as const) {
    const quantity = thresholds[name];
    if (quantity !== undefined && (quantity.value === undefined || quantity.unit === undefined))
      throw invalid(`networkQualityThresholds.${name} needs value and unit.`);
  }
}

function shown({ id, thresholds }: KeptProfile): ApplicationProfile {
  return { applicationProfileId: id, networkQualityThresholds: thresholds };
}
