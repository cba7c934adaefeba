import { timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import type { LocalText, SliceInput, TestReport } from '@millrace/contract';
import {
  type Accepted,
  type BindingRequest,
  type Effective,
  type NetworkProvider,
  type ProviderContext,
  ProviderError,
  type ProviderTerminal,
} from '@millrace/sdk';
import { deviceAsked, flowAsked, referenceOf, type Standing, serverOf, standingOf } from './asking.ts';
import { chooseProfile } from './choose-profile.ts';
import { CamaraClient } from './client.ts';
import { slicesFile, writeWhole } from './kept-files.ts';
import { clientSettings } from './provider-settings.ts';
import {
  type ApplicationProfile,
  type AssignmentInfo,
  type Device,
  type DeviceAssignment,
  durationOf,
  type Insight,
  type Location,
  type QosProfile,
  type QualityThresholds,
  type ReachabilityStatus,
  rateOf,
  type SessionInfo,
  type SliceInfo,
  secondsOf,
  sliceDevicesMax,
} from './shapes.ts';

const text = (en: string, zh: string): LocalText => ({ en, zh });

/** Bounds of using an operator. */
const providerLimits = {
  /** Profiles an operator offers change seldom, s. */
  profilesSeconds: 600,
  /** A session asked for without an end, where the profile names no longest one, s. */
  sessionSeconds: 86_400,
  /** A session without an end is extended after this share of what is left. */
  renewShare: 0.75,
  bindingsKnownMax: 10_000,
  /** Longest wait one timer takes, ms. */
  timerMilliseconds: 86_400_000,
} as const;
/** A provider of this kind, with what CAMARA has beside a provider's methods. */
export interface CamaraProvider extends NetworkProvider {
  readonly client: CamaraClient;
  /** Can it be reached now, as the operator knows? */
  reachability(terminal: ProviderTerminal): Promise<ReachabilityStatus>;
  locate(terminal: ProviderTerminal, maxAgeSeconds?: number): Promise<Location>;
  /** What the operator thinks of thresholds for a device; the profile it needs for that is made and taken away. */
  insight(terminal: ProviderTerminal, thresholds: QualityThresholds, server: string): Promise<Insight>;
  notified(path: string, body: unknown): Promise<void>;
}
interface Known {
  readonly reference: string;
  /** What was asked for, to tell a repeated request from a changed one. */
  readonly asked: string;
}

interface Prepared {
  readonly use: 'session' | 'assignment';
  readonly body: Record<string, unknown>;
  /** Wanted without an end: a session is extended, or followed by another. */
  readonly endless: boolean;
  readonly why: LocalText;
}

/** One operator, as it is configured. */
export class OperatorProvider implements CamaraProvider {
  readonly client: CamaraClient;
  readonly #context: ProviderContext;
  readonly #secret: string;
  readonly #bindings = new Map<string, Known>();
  readonly #keys = new Map<string, string>();
  readonly #renewals = new Map<string, () => void>();
  /** S-NSSAI → slice booked for it. */
  readonly #slices: Map<string, string>;
  #profiles: { at: number; device: string; list: readonly QosProfile[] } | undefined;

  constructor(context: ProviderContext, secret: string, slices: Map<string, string>) {
    this.#context = context;
    this.#secret = secret;
    this.#slices = slices;
    this.client = new CamaraClient(clientSettings(context.settings), context);
  }

  async test(): Promise<TestReport> {
    const steps: TestReport['steps'] = [];
    const step = async (title: LocalText, run: () => Promise<string>): Promise<boolean> => {
      const began = this.#context.clock.now();
      const done = (ok: boolean, detail: string): boolean => {
        steps.push({ title, ok, milliseconds: (this.#context.clock.now() - began) / 1000, detail });
        return ok;
      };
      try {
        return done(true, await run());
      } catch (error) {
        return done(
          false,
          error instanceof ProviderError ? `${error.words.en} ${error.words.zh}` : String(error),
        );
      }
    };
    const { tokenUrl, accessToken } = clientSettings(this.#context.settings);
    const token =
      accessToken !== undefined ||
      (await step(text('Access token', '访问令牌'), async () => {
        await this.client.authenticate();
        return new URL(tokenUrl!).host;
      }));
    const ok =
      token &&
      (await step(text('QoS profiles', 'QoS 配置'), async () => {
        const found = await this.#offered(undefined);
        return (
          found.map(({ name, status }) => (status === 'ACTIVE' ? name : `${name} (${status})`)).join(', ') ||
          '–'
        );
      }));
    return { ok, steps };
  }

  async dryRun(request: BindingRequest) {
    const { use, body, why } = await this.#prepare(request);
    return {
      words: why,
      values: {
        operation:
          use === 'session' ? 'POST quality-on-demand sessions' : 'POST qos-provisioning qos-assignments',
        body: withoutSink(body),
      },
    };
  }

  async applyBinding(request: BindingRequest): Promise<Accepted> {
    const prepared = await this.#prepare(request);
    const asked = JSON.stringify([prepared.use, withoutSink(prepared.body)]);
    const known = this.#bindings.get(request.key);
    if (known !== undefined) {
      if (known.asked === asked) {
        const there = await this.#shown(known.reference).catch((error: unknown) => {
          if (error instanceof ProviderError && error.kind === 'gone') return undefined;
          throw error;
        });
        if (there !== undefined && there.status !== 'UNAVAILABLE')
          return this.#accepted(known.reference, there, prepared);
      }
      await this.releaseBinding(known.reference);
    }
    const slice =
      request.slice === undefined ? undefined : await this.#joinSlice(request.slice, request.terminal);
    const id = prepared.use === 'session' ? 'createSession' : 'createQosAssignment';
    let info: SessionInfo | AssignmentInfo;
    try {
      info = (await this.client.call(id, { body: prepared.body })) as SessionInfo | AssignmentInfo;
    } catch (error) {
      const own =
        error instanceof ProviderError && / 409 /.test(error.detail ?? '')
          ? await this.#own(prepared)
          : undefined;
      if (own === undefined) throw error;
      info = own;
    }
    const reference = referenceOf(info);
    this.#remember(request.key, reference, asked);
    const there = standingOf(info);
    if (there.status === 'UNAVAILABLE') {
      await this.releaseBinding(reference);
      throw new ProviderError(
        'refused',
        text(
          'The operator took the request and says at once that its network cannot give this quality.',
          '运营商受理了请求，但随即告知其网络无法提供该质量。',
        ),
        JSON.stringify(there.values),
      );
    }
    const accepted = this.#accepted(reference, there, prepared);
    if (prepared.endless && prepared.use === 'session') this.#renew(reference, there);
    return slice === undefined ? accepted : { ...accepted, values: { ...accepted.values, slice } };
  }

  async readBinding(reference: string, request: BindingRequest): Promise<Effective> {
    const there = await this.#shown(reference);
    // After a restart its notifications are to be told again; what exactly was asked for is not known any more.
    if (!this.#keys.has(reference)) this.#know(reference, request.key);
    if (there.status === 'UNAVAILABLE') {
      const reasons: Record<string, LocalText> = {
        DURATION_EXPIRED: text('its time is over', '时长已到'),
        NETWORK_TERMINATED: text('the operator’s network ended it', '被运营商网络终止'),
        DELETE_REQUESTED: text('it was deleted there', '已在对方删除'),
      };
      const why =
        reasons[String(there.values['statusInfo'])] ??
        text('the operator does not say why', '运营商未说明原因');
      throw new ProviderError(
        'gone',
        text(`The quality is no longer given: ${why.en}.`, `质量保障已失效：${why.zh}。`),
      );
    }
    if (
      request.durationSeconds === undefined &&
      reference.startsWith('session/') &&
      !this.#renewals.has(reference)
    )
      this.#renew(reference, there);
    return there.status === 'AVAILABLE'
      ? {
          inForce: true,
          values: there.values,
          words: text(
            'The operator says that it is in force (AVAILABLE). What it is worth, the measurements tell.',
            '运营商表示已生效（AVAILABLE），实际效果以测量为准。',
          ),
        }
      : {
          inForce: false,
          values: there.values,
          words: text(
            'Asked for; the operator has not put it into force yet.',
            '已申请，运营商尚未使其生效。',
          ),
        };
  }

  async releaseBinding(reference: string, request?: BindingRequest): Promise<void> {
    this.#renewals.get(reference)?.();
    this.#renewals.delete(reference);
    const [kind, id] = reference.split('/');
    await forgiving(() =>
      kind === 'session'
        ? this.client.call('deleteSession', { parameters: { sessionId: id! } })
        : this.client.call('revokeQosAssignment', { parameters: { assignmentId: id! } }),
    );
    const sliceId = request?.slice === undefined ? undefined : this.#slices.get(snssaiOf(request.slice));
    if (request !== undefined && sliceId !== undefined)
      await forgiving(() =>
        this.client.call('releaseDevice', {
          parameters: { sliceId },
          body: { device: deviceAsked(request.terminal, this.#context.settings) },
        }),
      );
    const key = this.#keys.get(reference);
    this.#keys.delete(reference);
    if (key !== undefined && this.#bindings.get(key)?.reference === reference) this.#bindings.delete(key);
  }

  async applySlice(_key: string, slice: SliceInput): Promise<Accepted> {
    const { latitude, longitude, radiusMetres = 1000, sliceDays = 30 } = this.#context.settings;
    if (latitude === undefined || longitude === undefined)
      throw new ProviderError(
        'settings',
        text(
          'Slices are booked for an area: enter latitude and longitude of the plant in the provider’s settings.',
          '切片需按区域预订：请在提供方设置中填写工厂经纬度。',
        ),
      );
    const { profile } = slice;
    const devices = profile.maxNumberofUEs ?? sliceDevicesMax;
    if (devices > sliceDevicesMax)
      throw new ProviderError(
        'refused',
        text(
          `A booked slice holds at most ${sliceDevicesMax} devices (CAMARA Slice Booking); ${devices} were asked for. Split it, or agree on one with the operator.`,
          `CAMARA 切片预订最多 ${sliceDevicesMax} 台设备，要求 ${devices} 台。请拆分，或与运营商另行约定。`,
        ),
      );
    const rounded: string[] = [];
    const rate = (perUe: number | undefined, perSlice: number | undefined): ReturnType<typeof rateOf> => {
      const kbps = perUe ?? (perSlice === undefined ? undefined : perSlice / devices);
      if (kbps === undefined) return undefined;
      const written = rateOf(kbps);
      if (
        written !== undefined &&
        Math.abs(
          written.value! * { bps: 1e-3, kbps: 1, Mbps: 1e3, Gbps: 1e6, Tbps: 1e9 }[written.unit!] - kbps,
        ) >
          1e-6 * kbps
      )
        rounded.push(`${kbps} kbit/s → ${written.value} ${written.unit}`);
      return written;
    };
    const down = rate(profile.dLThptPerUE, profile.dLThptPerSlice);
    const up = rate(profile.uLThptPerUE, profile.uLThptPerSlice);
    const downBudget = profile.dLLatency === undefined ? undefined : durationOf(profile.dLLatency);
    const upBudget = profile.uLLatency === undefined ? undefined : durationOf(profile.uLLatency);
    const now = this.#context.clock.now();
    const expires = now + Number(sliceDays) * 86_400_000_000;
    const info = (await this.client.call('createSlice', {
      body: {
        serviceTime: { startDate: instantOf(now), endDate: instantOf(expires) },
        serviceArea: { areaType: 'CIRCLE', center: { latitude, longitude }, radius: radiusMetres },
        sliceQosProfile: {
          maxNumOfDevices: devices,
          ...(down === undefined ? {} : { downStreamRatePerDevice: down }),
          ...(up === undefined ? {} : { upStreamRatePerDevice: up }),
          ...(downBudget === undefined ? {} : { downStreamDelayBudget: downBudget }),
          ...(upBudget === undefined ? {} : { upStreamDelayBudget: upBudget }),
        },
      },
    })) as SliceInfo;
    await this.#keepSlice(slice, info.sliceId);
    const unsaid = (
      ['jitter', 'survivalTime', 'availability', 'dLReliability', 'uLReliability', 'synchronicity'] as const
    ).filter((name) => profile[name] !== undefined);
    return {
      reference: `slice/${info.sliceId}`,
      values: { sliceId: info.sliceId, ...info.sliceQosProfile, serviceTime: info.serviceTime },
      expires,
      words: text(
        `Booked for ${sliceDays} days, for at most ${devices} devices.${rounded.length === 0 ? '' : ` Rates are written up: ${rounded.join(', ')}.`}${unsaid.length === 0 ? '' : ` CAMARA has no words for ${unsaid.join(', ')}: not asked for.`}`,
        `已预订 ${sliceDays} 天，最多 ${devices} 台设备。${rounded.length === 0 ? '' : `速率向上取整：${rounded.join('，')}。`}${unsaid.length === 0 ? '' : `CAMARA 无法表达 ${unsaid.join('、')}，未提出。`}`,
      ),
    };
  }

  async readSlice(reference: string): Promise<Effective> {
    const info = (await this.client.call('getSlice', {
      parameters: { sliceId: reference.split('/')[1]! },
    })) as SliceInfo;
    const ends = info.serviceTime?.endDate;
    if (ends !== undefined && Date.parse(ends) * 1000 <= this.#context.clock.now())
      throw new ProviderError('gone', text('The time of the booked slice is over.', '预订的切片已到期。'));
    return {
      inForce: undefined,
      values: { ...info.sliceQosProfile, serviceTime: info.serviceTime },
      words: text(
        'The operator holds the booking. Whether the slice is in force, CAMARA has no way to say.',
        '运营商已保留预订；切片是否生效，CAMARA 无法告知。',
      ),
    };
  }

  async releaseSlice(reference: string, slice: SliceInput): Promise<void> {
    await forgiving(() =>
      this.client.call('deleteSlice', { parameters: { sliceId: reference.split('/')[1]! } }),
    );
    if (this.#slices.get(snssaiOf(slice)) === reference.split('/')[1])
      await this.#keepSlice(slice, undefined);
  }

  async reachability(terminal: ProviderTerminal): Promise<ReachabilityStatus> {
    return (await this.client.call('getReachabilityStatus', {
      body: { device: deviceAsked(terminal, this.#context.settings) },
    })) as ReachabilityStatus;
  }

  async locate(terminal: ProviderTerminal, maxAgeSeconds?: number): Promise<Location> {
    return (await this.client.call('retrieveLocation', {
      body: {
        device: deviceAsked(terminal, this.#context.settings),
        ...(maxAgeSeconds === undefined ? {} : { maxAge: maxAgeSeconds }),
      },
    })) as Location;
  }

  async insight(terminal: ProviderTerminal, thresholds: QualityThresholds, server: string): Promise<Insight> {
    const { applicationProfileId } = (await this.client.call('createApplicationProfile', {
      body: { networkQualityThresholds: thresholds },
    })) as ApplicationProfile;
    try {
      return (await this.client.call('checkNetworkQuality', {
        body: {
          applicationProfileId,
          device: deviceAsked(terminal, this.#context.settings),
          applicationServer: serverOf([server]),
        },
      })) as Insight;
    } finally {
      await forgiving(() =>
        this.client.call('deleteApplicationProfile', { parameters: { applicationProfileId } }),
      ).catch((error: unknown) =>
        this.#context.log.warn('an application profile stays at the operator', { error: String(error) }),
      );
    }
  }

  async notified(path: string, body: unknown): Promise<void> {
    const given = Buffer.from(path.replace(/^\/+/, ''));
    const own = Buffer.from(this.#secret);
    if (given.length !== own.length || !timingSafeEqual(given, own)) {
      this.#context.log.warn('a notification came that nobody was told to send', {});
      return;
    }
    const event = body as { data?: { sessionId?: unknown; assignmentId?: unknown } } | null;
    const { sessionId, assignmentId } = event?.data ?? {};
    const reference =
      typeof sessionId === 'string'
        ? `session/${sessionId}`
        : typeof assignmentId === 'string'
          ? `assignment/${assignmentId}`
          : '';
    const key = this.#keys.get(reference);
    // Only a hint: what it says is read from the operator, since anybody could say it.
    if (key !== undefined) this.#context.changed({ binding: key });
  }

  async stop(): Promise<void> {
    for (const end of this.#renewals.values()) end();
    this.#renewals.clear();
  }

  /** Everything that would be sent, with the reason for each choice. */
  async #prepare(request: BindingRequest): Promise<Prepared> {
    const device = deviceAsked(request.terminal, this.#context.settings);
    const profiles = await this.#offered(device);
    const { durationSeconds } = request;
    const { notificationUrl, settings: given } = this.#context;
    const sink =
      notificationUrl?.startsWith('https://') === true ? { sink: `${notificationUrl}/${this.#secret}` } : {};
    const refuse = (words: LocalText): never => {
      throw new ProviderError('refused', words);
    };
    const assigned = (why: LocalText): Prepared => {
      const choice = chooseProfile(profiles, request.qos, undefined);
      if ('refusal' in choice) return refuse(choice.refusal);
      return {
        use: 'assignment',
        endless: durationSeconds === undefined,
        body: { device, qosProfile: choice.profile.name, ...sink },
        why: text(
          `${choice.why.en} ${why.en} It covers all traffic of the device, not this flow alone.`,
          `${choice.why.zh}${why.zh}作用于设备的全部流量，而不仅是此业务流。`,
        ),
      };
    };
    if (durationSeconds === undefined && given['permanent'] !== 'sessions')
      return assigned(text('Wanted without an end: assigned for good.', '需要长期有效：长期分配。'));
    const choice = chooseProfile(profiles, request.qos, durationSeconds);
    if ('refusal' in choice) {
      if (
        durationSeconds !== undefined &&
        given['permanent'] !== 'sessions' &&
        !('refusal' in chooseProfile(profiles, request.qos, undefined))
      )
        return assigned(
          text(
            'No session lasts that long: assigned for good, and released when the time is over.',
            '没有会话能持续这么久：长期分配，到时释放。',
          ),
        );
      return refuse(choice.refusal);
    }
    const longest = secondsOf(choice.profile.maxDuration) ?? providerLimits.sessionSeconds;
    const flow = flowAsked(request, this.#context.settings);
    return {
      use: 'session',
      endless: durationSeconds === undefined,
      body: {
        device,
        ...flow.body,
        qosProfile: choice.profile.name,
        duration: Math.floor(durationSeconds ?? longest),
        ...sink,
      },
      why: text(
        `${choice.why.en}${durationSeconds === undefined ? ' A session as long as the profile allows, extended where the operator goes along; else asked for anew when it ends, with a gap of seconds.' : ` A session of ${durationSeconds} s.`}${flow.words.en}`,
        `${choice.why.zh}${durationSeconds === undefined ? '会话取配置允许的最长时长，运营商允许时延长；否则到期后重新申请，会有数秒间断。' : `${durationSeconds} 秒的会话。`}${flow.words.zh}`,
      ),
    };
  }

  async #offered(device: Device | undefined): Promise<readonly QosProfile[]> {
    const now = this.#context.clock.now();
    const name = JSON.stringify(device ?? null);
    if (this.#profiles?.device === name && this.#profiles.at + providerLimits.profilesSeconds * 1e6 > now)
      return this.#profiles.list;
    const list = await this.client.call('retrieveQoSProfiles', {
      body: device === undefined ? {} : { device },
    });
    if (!Array.isArray(list) || list.some((one) => typeof one?.name !== 'string'))
      throw new ProviderError(
        'nonsense',
        text('The operator’s list of QoS profiles is none.', '运营商返回的 QoS 配置列表无效。'),
      );
    this.#profiles = { at: now, device: name, list: list as QosProfile[] };
    return this.#profiles.list;
  }

  async #shown(reference: string): Promise<Standing> {
    const [kind, id] = reference.split('/');
    const info = await this.client.call(kind === 'session' ? 'getSession' : 'getQosAssignmentById', {
      parameters: kind === 'session' ? { sessionId: id! } : { assignmentId: id! },
    });
    return standingOf(info as SessionInfo | AssignmentInfo);
  }

  /** What of this very request is there already: after a restart, or an answer that was lost. */
  async #own({ use, body }: Prepared): Promise<SessionInfo | AssignmentInfo | undefined> {
    const { device } = body;
    if (use === 'assignment') {
      const found = (await forgiving(() =>
        this.client.call('getQosAssignmentByDevice', { body: { device } }),
      )) as AssignmentInfo | undefined;
      return found?.qosProfile === body['qosProfile'] && found?.status !== 'UNAVAILABLE' ? found : undefined;
    }
    const found = (await this.client.call('retrieveSessionsByDevice', { body: { device } })) as SessionInfo[];
    const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
    return found.find(
      (one) =>
        one.qosStatus !== 'UNAVAILABLE' &&
        one.qosProfile === body['qosProfile'] &&
        (['applicationServer', 'applicationServerPorts', 'devicePorts'] as const).every((name) =>
          same(one[name], body[name]),
        ),
    );
  }

  #accepted(reference: string, there: Standing, { why }: Prepared): Accepted {
    const expires = there.values['expiresAt'];
    return {
      reference,
      values: there.values,
      words: why,
      ...(typeof expires === 'string' && !Number.isNaN(Date.parse(expires))
        ? { expires: Date.parse(expires) * 1000 }
        : {}),
    };
  }

  #remember(key: string, reference: string, asked: string): void {
    this.#bindings.set(key, { reference, asked });
    this.#know(reference, key);
  }

  #know(reference: string, key: string): void {
    this.#keys.set(reference, key);
    if (this.#keys.size > providerLimits.bindingsKnownMax) {
      const [oldest, its] = this.#keys.entries().next().value!;
      this.#keys.delete(oldest);
      this.#bindings.delete(its);
    }
  }

  /** After this long (at once, where it has passed) `run` comes for the session, unless it is released before. */
  #later(reference: string, milliseconds: number, run: () => Promise<void>): void {
    const wait = Math.min(Math.max(1000, milliseconds), providerLimits.timerMilliseconds);
    this.#renewals.get(reference)?.();
    this.#renewals.set(
      reference,
      this.#context.clock.after(wait, () => {
        this.#renewals.delete(reference);
        void run().catch((error: unknown) => {
          this.#context.log.warn('a session could not be extended', { reference, error: String(error) });
          this.#tellOf(reference);
        });
      }),
    );
  }

  #tellOf(reference: string): void {
    const key = this.#keys.get(reference);
    if (key !== undefined) this.#context.changed({ binding: key });
  }

  /**
   * Extends a session before it ends, as far as the operator goes along. A profile that names its longest session gives no more than that in all:
   * then the layer hears when it is over, and asks anew.
   */
  #renew(reference: string, there: Standing): void {
    const expires = Date.parse(String(there.values['expiresAt'] ?? '')) * 1000;
    const left = Number.isNaN(expires) ? 60_000 : (expires - this.#context.clock.now()) / 1000;
    this.#later(reference, left * providerLimits.renewShare, async () => {
      const before = await this.#shown(reference);
      if (before.status === 'REQUESTED') return this.#renew(reference, before);
      if (before.status === 'UNAVAILABLE') return this.#tellOf(reference);
      const info = await this.client.call('extendQosSessionDuration', {
        parameters: { sessionId: reference.split('/')[1]! },
        body: { requestedAdditionalDuration: providerLimits.sessionSeconds },
      });
      const after = standingOf(info as SessionInfo);
      if (after.values['expiresAt'] !== before.values['expiresAt']) return this.#renew(reference, after);
      const rest = (Date.parse(String(after.values['expiresAt'])) * 1000 - this.#context.clock.now()) / 1000;
      this.#later(reference, Number.isNaN(rest) ? 60_000 : rest + 1000, async () => this.#tellOf(reference));
    });
  }

  async #joinSlice(slice: SliceInput, terminal: ProviderTerminal): Promise<Record<string, unknown>> {
    const sliceId = this.#slices.get(snssaiOf(slice));
    if (sliceId === undefined)
      throw new ProviderError(
        'refused',
        text(
          `The slice "${slice.title}" is not booked at this operator; book it first.`,
          `切片“${slice.title}”尚未在该运营商预订，请先预订。`,
        ),
      );
    const { status, statusInfo } = (await this.client.call('assignDevice', {
      parameters: { sliceId },
      body: { device: deviceAsked(terminal, this.#context.settings) },
    })) as DeviceAssignment;
    if (status === 'FAILURE' && statusInfo !== 'DEVICE_ALREADY_ASSIGNED')
      throw new ProviderError(
        'refused',
        text(
          `The operator does not take the device into the slice (${statusInfo}).`,
          `运营商未将设备加入切片（${statusInfo}）。`,
        ),
      );
    return { sliceId, status, statusInfo };
  }

  async #keepSlice(slice: SliceInput, sliceId: string | undefined): Promise<void> {
    if (sliceId === undefined) this.#slices.delete(snssaiOf(slice));
    else this.#slices.set(snssaiOf(slice), sliceId);
    await writeWhole(join(this.#context.folder, slicesFile), JSON.stringify([...this.#slices]));
  }
}
const withoutSink = ({ sink: _, ...body }: Record<string, unknown>): Record<string, unknown> => body;
const instantOf = (microseconds: number): string => new Date(microseconds / 1000).toISOString();
const snssaiOf = ({ profile: { snssai } }: SliceInput): string =>
  `${snssai.sst}-${(snssai.sd ?? '').toLowerCase()}`;

/** Undefined where it is gone already. */
async function forgiving(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'gone') return undefined;
    throw error;
  }
}
