import { randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalText, SettingFields, SettingProblem, SliceInput, TestReport } from '@millrace/contract';
import {
  type Accepted,
  type BindingRequest,
  type CheckedSettings,
  defineProvider,
  type Effective,
  type NetworkProvider,
  type ProviderContext,
  ProviderError,
  type ProviderTerminal,
} from '@millrace/sdk';
import ipaddr from 'ipaddr.js';
import { chooseProfile } from './choose-profile.ts';
import { CamaraClient, type ClientSettings } from './client.ts';
import {
  type ApplicationProfile,
  type ApplicationServer,
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

const settings = {
  apiRoot: {
    kind: 'text',
    title: text('API root', 'API 根地址'),
    help: text(
      'As the operator names it, up to and without the name of an API: https://api.operator.example/camara.',
      '运营商给出的地址，不含具体 API 名称，例如 https://api.operator.example/camara。',
    ),
    required: true,
    placeholder: 'https://',
  },
  tokenUrl: {
    kind: 'text',
    title: text('Token endpoint', '令牌端点'),
    help: text(
      'Where access tokens are asked for with client id and secret (OAuth 2.0 client credentials).',
      '用客户端标识和密钥申请访问令牌的地址（OAuth 2.0 客户端凭证）。',
    ),
    placeholder: 'https://',
  },
  clientId: { kind: 'text', title: text('Client id', '客户端标识') },
  clientSecret: { kind: 'secret', title: text('Client secret', '客户端密钥') },
  accessToken: {
    kind: 'secret',
    title: text('Access token', '访问令牌'),
    help: text(
      'Instead of the three above, where the other side gives tokens that last, as another Millrace does.',
      '如对方提供长期令牌（例如另一套 Millrace），可代替以上三项。',
    ),
    advanced: true,
  },
  scopes: {
    kind: 'text',
    title: text('Scopes', '权限范围'),
    help: text(
      'Separated by blanks, as agreed with the operator; empty: what the client was given.',
      '以空格分隔，按与运营商的约定填写；留空则使用客户端已获授予的范围。',
    ),
    advanced: true,
  },
  identify: {
    kind: 'choice',
    title: text('Devices are told by', '设备标识方式'),
    default: 'auto',
    options: [
      { value: 'auto', title: text('What is known: number, then address', '按已知信息：先号码后地址') },
      { value: 'phoneNumber', title: text('Phone number (MSISDN)', '电话号码（MSISDN）') },
      { value: 'address', title: text('IP address', 'IP 地址') },
      { value: 'networkAccessIdentifier', title: text('External identifier', '外部标识') },
    ],
  },
  serverAddress: {
    kind: 'text',
    title: text('Address of the platform', '平台地址'),
    help: text(
      'Address or subnet by which the operator sees the platform, where it is behind address translation. Empty: as the flow has it.',
      '平台位于地址转换之后时，运营商看到的平台地址或网段；留空则按业务流。',
    ),
    advanced: true,
  },
  permanent: {
    kind: 'choice',
    title: text('Quality without an end', '长期质量'),
    help: text(
      'QoS Provisioning covers all traffic of a device and stays; sessions cover one flow, and are extended or asked for anew as long as they are needed.',
      'QoS Provisioning 作用于设备的全部流量并长期有效；会话只作用于一个业务流，需要期间自动延长或重新申请。',
    ),
    default: 'provisioning',
    options: [
      {
        value: 'provisioning',
        title: text('Assigned for good (QoS Provisioning)', '长期分配（QoS Provisioning）'),
      },
      { value: 'sessions', title: text('Sessions, one after another', '连续的会话') },
    ],
  },
  latitude: {
    kind: 'number',
    title: text('Latitude of the plant', '工厂纬度'),
    min: -90,
    max: 90,
    advanced: true,
  },
  longitude: {
    kind: 'number',
    title: text('Longitude of the plant', '工厂经度'),
    min: -180,
    max: 180,
    advanced: true,
  },
  radiusMetres: {
    kind: 'number',
    title: text('Radius around it', '半径'),
    help: text('Slices are booked for this circle.', '切片按此圆形区域预订。'),
    default: 1000,
    min: 1,
    max: 200_000,
    unit: 'm',
    advanced: true,
  },
  sliceDays: {
    kind: 'number',
    title: text('Slices are booked for', '切片预订时长'),
    default: 30,
    min: 1,
    max: 366,
    integer: true,
    unit: 'd',
    advanced: true,
  },
  versions: {
    kind: 'text',
    title: text('Versions', '版本'),
    help: text(
      'Paths of APIs that differ from the usual ones, separated by blanks, such as "quality-on-demand/v1rc3 qos-provisioning/v0.3".',
      '与默认不同的 API 路径，以空格分隔，例如 “quality-on-demand/v1rc3 qos-provisioning/v0.3”。',
    ),
    pattern: '^([a-z-]+/v[0-9a-z.-]+( +|$))*$',
    advanced: true,
  },
  timeoutSeconds: {
    kind: 'number',
    title: text('Waits for an answer', '应答超时'),
    default: 10,
    min: 0.1,
    max: 60,
    unit: 's',
    advanced: true,
  },
  authority: {
    kind: 'pem',
    title: text('Certificate authority', 'CA 证书'),
    help: text(
      'Only where the operator’s certificate is of a private authority.',
      '仅当运营商证书由私有机构签发时填写。',
    ),
    advanced: true,
  },
} as const satisfies SettingFields;

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

/** The URL, if it may carry a secret: https, or plain to the machine itself. */
function secureUrl(value: string): URL | undefined {
  try {
    const url = new URL(value);
    const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
    return (url.protocol === 'https:' || (url.protocol === 'http:' && loopback)) && url.username === ''
      ? url
      : undefined;
  } catch {
    return undefined;
  }
}

function check(given: CheckedSettings): readonly SettingProblem[] {
  const problems: SettingProblem[] = [];
  const wrong = (field: string, en: string, zh: string): void =>
    void problems.push({ field, message: { en, zh } });
  for (const field of ['apiRoot', 'tokenUrl'] as const)
    if (given[field] !== undefined && secureUrl(String(given[field])) === undefined)
      wrong(
        field,
        'An https address is needed: credentials go there.',
        '需要 https 地址：凭证会发送到此处。',
      );
  if (given['accessToken'] === undefined)
    for (const field of ['tokenUrl', 'clientId', 'clientSecret'] as const)
      if (given[field] === undefined) wrong(field, 'Needed to get an access token.', '获取访问令牌所需。');
  if (given['accessToken'] !== undefined && !/^[\x21-\x7e]+$/.test(String(given['accessToken'])))
    wrong('accessToken', 'A token has no blanks or other signs.', '令牌中不能有空格或其他字符。');
  const server = given['serverAddress'];
  if (server !== undefined && !ipaddr.isValid(String(server)) && !ipaddr.isValidCIDR(String(server)))
    wrong('serverAddress', 'An address or subnet is needed.', '需要填写地址或网段。');
  if ((given['latitude'] === undefined) !== (given['longitude'] === undefined))
    wrong(
      given['latitude'] === undefined ? 'latitude' : 'longitude',
      'Latitude and longitude belong together.',
      '纬度和经度需同时填写。',
    );
  return problems;
}

function clientSettings(given: CheckedSettings): ClientSettings {
  const optional = (name: string): string | undefined =>
    given[name] === undefined ? undefined : String(given[name]);
  return {
    apiRoot: String(given['apiRoot']).replace(/\/+$/, ''),
    bases: Object.fromEntries(
      (optional('versions') ?? '')
        .split(/ +/)
        .filter((base) => base !== '')
        .map((base) => [base.split('/')[0]!, base]),
    ),
    tokenUrl: optional('tokenUrl'),
    clientId: optional('clientId'),
    clientSecret: optional('clientSecret'),
    accessToken: optional('accessToken'),
    scopes: optional('scopes') ?? '',
    timeoutMilliseconds: Number(given['timeoutSeconds'] ?? 10) * 1000,
    authority: optional('authority'),
  };
}

interface Known {
  readonly reference: string;
  /** What was asked for, to tell a repeated request from a changed one. */
  readonly asked: string;
}

interface Prepared {
  readonly use: 'session' | 'assignment';
  readonly body: Record<string, unknown>;
  /** The device is released at that time by whoever asked; sessions without an end are extended. */
  readonly endless: boolean;
  readonly why: LocalText;
}

class OperatorProvider implements CamaraProvider {
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
    if (!this.#keys.has(reference)) this.#remember(request.key, reference, '');
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
          body: { device: this.#device(request.terminal) },
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
      body: { device: this.#device(terminal) },
    })) as ReachabilityStatus;
  }

  async locate(terminal: ProviderTerminal, maxAgeSeconds?: number): Promise<Location> {
    return (await this.client.call('retrieveLocation', {
      body: {
        device: this.#device(terminal),
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
        body: { applicationProfileId, device: this.#device(terminal), applicationServer: serverOf([server]) },
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
    const device = this.#device(request.terminal);
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
    const flow = this.#flow(request);
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

  #flow(request: BindingRequest): { body: Record<string, unknown>; words: LocalText } {
    const { filters, platformAddress } = request;
    const override = this.#context.settings['serverAddress'];
    const unique = <T>(all: readonly T[]): T[] => [...new Set(all)];
    const remotes = unique(filters.length === 0 ? [undefined] : filters.map(({ remote }) => remote));
    const remotePorts = unique(
      filters.length === 0 ? [undefined] : filters.map(({ remotePort }) => remotePort),
    );
    const ownPorts = unique(
      filters.length === 0 ? [undefined] : filters.map(({ terminalPort }) => terminalPort),
    );
    const combinations = unique(
      filters.map(({ remote, remotePort, terminalPort }) => `${remote} ${remotePort} ${terminalPort}`),
    );
    const some = (ports: (number | undefined)[]): boolean => ports.length > 1 && ports.includes(undefined);
    if (
      (filters.length > 0 && combinations.length !== remotes.length * remotePorts.length * ownPorts.length) ||
      some(remotePorts) ||
      some(ownPorts)
    )
      throw new ProviderError(
        'refused',
        text(
          'A CAMARA flow is every server with every port: these filters are not, and a wider flow would give the quality to other traffic too.',
          'CAMARA 业务流为所有服务器与所有端口的组合；这些过滤条件不是，放宽会把质量给予其他流量。',
        ),
      );
    const servers =
      override === undefined ? remotes.map((remote) => remote ?? platformAddress) : [String(override)];
    const ports = (all: (number | undefined)[]): { ports: number[] } | undefined =>
      all.includes(undefined) ? undefined : { ports: all as number[] };
    const server = ports(remotePorts);
    const own = ports(ownPorts);
    const byProtocol = filters.some(({ protocol }) => protocol !== 'any');
    return {
      body: {
        applicationServer: serverOf(servers),
        ...(server === undefined ? {} : { applicationServerPorts: server }),
        ...(own === undefined ? {} : { devicePorts: own }),
      },
      words: byProtocol
        ? text(
            ' CAMARA does not tell UDP from TCP: both get it on these ports.',
            'CAMARA 不区分 UDP 与 TCP：这些端口上两者均适用。',
          )
        : text('', ''),
    };
  }

  #device(terminal: ProviderTerminal): Device {
    const how = this.#context.settings['identify'] ?? 'auto';
    const { gpsi, address } = terminal;
    const number = /^msisdn-(\d{5,15})$/.exec(gpsi ?? '')?.[1];
    const external = /^extid-(.+)$/.exec(gpsi ?? '')?.[1];
    if (number !== undefined && (how === 'auto' || how === 'phoneNumber'))
      return { phoneNumber: `+${number}` };
    if (external !== undefined && how === 'networkAccessIdentifier')
      return { networkAccessIdentifier: external };
    if (address !== undefined && (how === 'auto' || how === 'address')) {
      if (ipaddr.IPv4.isValidFourPartDecimal(address))
        return { ipv4Address: { publicAddress: address, privateAddress: address } };
      if (ipaddr.IPv6.isValid(address)) return { ipv6Address: address };
    }
    if (external !== undefined && how === 'auto') return { networkAccessIdentifier: external };
    throw new ProviderError(
      'refused',
      how === 'phoneNumber'
        ? text(
            `Terminal ${terminal.id} has no phone number (GPSI msisdn-…).`,
            `终端 ${terminal.id} 没有电话号码（GPSI msisdn-…）。`,
          )
        : how === 'networkAccessIdentifier'
          ? text(
              `Terminal ${terminal.id} has no external identifier (GPSI extid-…).`,
              `终端 ${terminal.id} 没有外部标识（GPSI extid-…）。`,
            )
          : text(
              `The operator cannot be told which device terminal ${terminal.id} is: it has neither number nor address.`,
              `无法向运营商说明终端 ${terminal.id} 是哪台设备：既无号码也无地址。`,
            ),
    );
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
      body: { device: this.#device(terminal) },
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

interface Standing {
  readonly status: SessionInfo['qosStatus'];
  readonly values: Readonly<Record<string, unknown>>;
}

function standingOf(info: SessionInfo | AssignmentInfo | undefined): Standing {
  const status = info === undefined ? undefined : 'qosStatus' in info ? info.qosStatus : info.status;
  if (info === undefined || (status !== 'REQUESTED' && status !== 'AVAILABLE' && status !== 'UNAVAILABLE'))
    throw new ProviderError(
      'nonsense',
      text('The operator’s answer does not say how it stands.', '运营商的应答没有说明状态。'),
      JSON.stringify(info),
    );
  const { qosProfile, startedAt, statusInfo } = info;
  return {
    status,
    values: {
      qosProfile,
      status,
      ...(startedAt === undefined ? {} : { startedAt }),
      ...('expiresAt' in info && info.expiresAt !== undefined ? { expiresAt: info.expiresAt } : {}),
      ...('duration' in info ? { duration: info.duration } : {}),
      ...(statusInfo === undefined ? {} : { statusInfo }),
    },
  };
}

function referenceOf(info: SessionInfo | AssignmentInfo | undefined): string {
  const [kind, id] =
    info !== undefined && 'sessionId' in info
      ? ['session', info.sessionId]
      : ['assignment', info?.assignmentId];
  // It becomes part of a path, and of the platform's records.
  if (typeof id !== 'string' || !/^[\w.-]{1,100}$/.test(id))
    throw new ProviderError(
      'nonsense',
      text('The operator’s answer carries no id.', '运营商的应答没有标识。'),
      JSON.stringify(info),
    );
  return `${kind}/${id}`;
}

/** Servers as CAMARA writes them: one address or subnet per family, or a list of single addresses. Throws ProviderError. */
function serverOf(servers: readonly string[]): ApplicationServer {
  const kindOf = (server: string): 'ipv4' | 'ipv6' | undefined => {
    const address = server.split('/')[0]!;
    return ipaddr.isValid(address) && (server === address || ipaddr.isValidCIDR(server))
      ? ipaddr.parse(address).kind()
      : undefined;
  };
  const v4 = servers.filter((server) => kindOf(server) === 'ipv4');
  const v6 = servers.filter((server) => kindOf(server) === 'ipv6');
  if (v4.length + v6.length !== servers.length)
    throw new ProviderError(
      'refused',
      text(
        'An address of the platform is none; enter it in the provider’s settings.',
        '平台地址无效，请在提供方设置中填写。',
      ),
      servers.join(', '),
    );
  if (v4.length <= 1 && v6.length <= 1)
    return {
      ...(v4[0] === undefined ? {} : { ipv4Address: v4[0] }),
      ...(v6[0] === undefined ? {} : { ipv6Address: v6[0] }),
    };
  const single = servers.map((server) => server.replace(/\/(32|128)$/, ''));
  if (single.length > 16 || single.some((server) => server.includes('/')))
    throw new ProviderError(
      'refused',
      text(
        'CAMARA takes one subnet per family, or up to 16 single addresses.',
        'CAMARA 每个地址族仅接受一个网段，或最多 16 个单独地址。',
      ),
      servers.join(', '),
    );
  return { ipAddresses: single };
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

const slicesFile = 'slices.json';
const secretFile = 'notification-path';

async function writeWhole(file: string, content: string): Promise<void> {
  await writeFile(`${file}.new`, content, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

async function readKept(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export const provider = defineProvider({
  manifest: {
    id: 'camara',
    title: text('Operator (CAMARA)', '运营商（CAMARA）'),
    summary: text(
      'Asks a mobile operator, or another plant that offers its network, for quality and slices through the CAMARA APIs.',
      '通过 CAMARA API 向移动运营商（或开放其网络的其他工厂）申请质量保障和切片。',
    ),
    settings,
    can: {
      qos: text(
        'Sessions for one flow (Quality on Demand) and assignments for a whole device (QoS Provisioning), out of the profiles the operator offers.',
        '针对单个业务流的会话（Quality on Demand）以及针对整台设备的长期分配（QoS Provisioning），取自运营商提供的配置。',
      ),
      slices: text(
        'Booked for the plant’s area and a time, for at most 20 devices; devices join through a binding.',
        '按工厂区域和时间预订，最多 20 台设备；设备通过绑定加入。',
      ),
      profiles: text(
        'Reads the QoS profiles offered, and chooses the least that is enough.',
        '读取所提供的 QoS 配置，并选择满足要求的最小者。',
      ),
    },
    cannot: [
      text(
        'Figures of its own: only the profiles the operator offers can be asked for.',
        '不能自定义数值：只能申请运营商提供的配置。',
      ),
      text(
        'LAN groups, subscribers, a list of devices: CAMARA has nothing for them.',
        '不支持 LAN 组、签约用户和设备列表：CAMARA 没有相应接口。',
      ),
      text(
        'Telling whether a booked slice is in force, and how good the quality given is: measure it.',
        '无法告知预订的切片是否生效、实际质量如何：需要测量。',
      ),
      text(
        'Filters by protocol or direction; port ranges are not used.',
        '不能按协议或方向过滤；不使用端口范围。',
      ),
      text(
        'Devices whose owner must consent in person (three-legged tokens).',
        '需要本人同意的设备（三方令牌）。',
      ),
    ],
    enforcedBy: text(
      'The operator’s network. AVAILABLE is what it says, not what was measured.',
      '运营商的网络。AVAILABLE 是其声明，而非测量结果。',
    ),
    speaks: [
      'CAMARA Quality on Demand 1.2.0-rc.3 (r4.1)',
      'CAMARA QoS Profiles 1.2.0-rc.3 (r4.1)',
      'CAMARA QoS Provisioning 0.4.0-rc.1 (r4.1)',
      'CAMARA Network Slice Booking 0.2.0-rc.1, Assignment 0.1.0-rc.1 (r2.1)',
      'OAuth 2.0 client credentials (RFC 6749)',
    ],
  },
  check,
  async open(context) {
    await mkdir(context.folder, { recursive: true, mode: 0o700 });
    let secret = await readKept(join(context.folder, secretFile));
    if (secret === undefined || !/^[\w-]{43}$/.test(secret)) {
      secret = randomBytes(32).toString('base64url');
      await writeWhole(join(context.folder, secretFile), secret);
    }
    let slices: [string, string][] = [];
    try {
      const kept: unknown = JSON.parse((await readKept(join(context.folder, slicesFile))) ?? '[]');
      if (Array.isArray(kept)) slices = kept.filter((one) => Array.isArray(one) && one.length === 2);
    } catch {
      context.log.warn('what was booked before cannot be read; slices are to be booked anew', {});
    }
    return new OperatorProvider(context, secret, new Map(slices));
  },
  async notified(opened, path, body) {
    await (opened as CamaraProvider).notified(path, body);
  },
});
