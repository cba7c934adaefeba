import {
  formatInstant,
  type LanGroupInput,
  type LocalText,
  type RadioState,
  type Snssai,
  type TestReport,
} from '@millrace/contract';
import {
  type Accepted,
  type BindingRequest,
  type Effective,
  type NetworkProvider,
  type ProviderContext,
  ProviderError,
  type ProviderTerminal,
  type SeenTerminal,
  type SteeringRequest,
  TestSteps,
  type TimeSyncRequest,
} from '@millrace/sdk';
import {
  askCore,
  type CoreAnswer,
  type CoreRequest,
  reasonOf,
  SessionsFile,
} from '../../core-network/index.ts';
import {
  type Frame,
  influence,
  lanParameters,
  monitoring,
  monitoringTypes,
  qosSubscription,
  timeDistribution,
} from './bodies.ts';

const watchedMax = 200;
const monitorMilliseconds = 24 * 3600_000;
/** A token is asked for anew this long before it ends. */
const tokenMarginMilliseconds = 30_000;

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : {};

/** What events have told of a subscription. */
interface Told {
  state: 'given' | 'not-kept' | 'failed' | 'ended';
  event: string;
  time: number;
}

export class Exposure implements NetworkProvider {
  readonly #context: ProviderContext;
  readonly #sessions: SessionsFile;
  #token: { value: string; ends: number } | undefined;
  readonly #told = new Map<string, Told>();
  readonly #watched = new Map<string, { radio: RadioState }>();
  #monitors: string[] = [];
  #cancelRenewal: () => void = () => {};

  constructor(context: ProviderContext) {
    this.#context = context;
    this.#sessions = new SessionsFile(context.folder);
  }

  #text(name: string): string | undefined {
    const value = this.#context.settings[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  #url(api: string, collection: string): string {
    return `${this.#text('apiRoot')!.replace(/\/$/, '')}/${api}/v1/${encodeURIComponent(this.#text('afId')!)}/${collection}`;
  }

  #frame(path: string, request?: BindingRequest): Frame {
    const sd = this.#text('sd');
    const own: Snssai = { sst: this.#context.settings['sst'] as number, ...(sd === undefined ? {} : { sd }) };
    return {
      notificationDestination: `${this.#context.notificationUrl ?? 'http://127.0.0.1:9'}/${path}`,
      dnn: request?.slice?.profile.dataNetworks?.[0] ?? this.#text('dnn')!,
      snssai: request?.slice?.profile.snssai ?? own,
    };
  }

  async #authorization(): Promise<Record<string, string>> {
    const tokenUrl = this.#text('tokenUrl');
    if (tokenUrl === undefined) return {};
    const now = this.#context.clock.now() / 1000;
    if (this.#token === undefined || this.#token.ends - tokenMarginMilliseconds < now) {
      const response = await fetch(tokenUrl, {
        method: 'POST',
        redirect: 'error',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: `Basic ${Buffer.from(
            `${encodeURIComponent(this.#text('clientId') ?? '')}:${encodeURIComponent(this.#text('clientSecret') ?? '')}`,
          ).toString('base64')}`,
        },
        body: 'grant_type=client_credentials',
        signal: AbortSignal.any([this.#context.signal, AbortSignal.timeout(10_000)]),
      }).catch((error: unknown) => {
        throw new ProviderError(
          'unavailable',
          { en: 'The token address cannot be reached.', zh: '无法连接令牌地址。' },
          String(error),
        );
      });
      const body = fields(await response.json().catch(() => undefined));
      if (!response.ok || typeof body['access_token'] !== 'string')
        throw new ProviderError('denied', {
          en: `The token address refuses the client id or its secret (${response.status}).`,
          zh: `令牌地址拒绝客户端标识或密钥（${response.status}）。`,
        });
      const seconds = typeof body['expires_in'] === 'number' ? body['expires_in'] : 300;
      this.#token = { value: body['access_token'], ends: now + seconds * 1000 };
    }
    return { authorization: `Bearer ${this.#token.value}` };
  }

  async #ask(request: Omit<CoreRequest, 'http2'>): Promise<CoreAnswer> {
    const answer = await askCore(
      {
        ...request,
        headers: await this.#authorization(),
        http2: this.#context.settings['http2'] === true,
      },
      this.#context.signal,
    );
    if (answer.status !== 401) return answer;
    this.#token = undefined;
    throw new ProviderError(
      'denied',
      {
        en: `The exposure function does not know us (401: ${reasonOf(answer.text)}).`,
        zh: `NEF 未认可本方身份（401：${reasonOf(answer.text)}）。`,
      },
      answer.text,
    );
  }

  async #create(what: LocalText, url: string, body: unknown): Promise<{ reference: string; body: Fields }> {
    const answer = await this.#ask({ method: 'POST', url, body });
    if (answer.status !== 201) throw refused(what, answer);
    const self = answer.location ?? fields(answer.body)['self'];
    if (typeof self !== 'string')
      throw new ProviderError(
        'nonsense',
        {
          en: `The exposure function created ${what.en} and did not say where (no Location).`,
          zh: `NEF 创建了${what.zh}，但没有给出其地址（缺少 Location）。`,
        },
        answer.text,
      );
    return { reference: new URL(self, url).href, body: fields(answer.body) };
  }

  async #remove(what: LocalText, reference: string): Promise<void> {
    const answer = await this.#ask({ method: 'DELETE', url: reference });
    if (![200, 202, 204, 404, 410].includes(answer.status)) throw refused(what, answer);
  }

  async test(): Promise<TestReport> {
    const steps = new TestSteps();
    let known = true;
    if (this.#text('tokenUrl') !== undefined)
      known = await steps.take({ en: 'Token', zh: '获取令牌' }, async () => {
        await this.#authorization();
        return '';
      });
    let offered = false;
    for (const [title, api] of [
      [{ en: 'Quality for sessions', zh: '会话 QoS' }, '3gpp-as-session-with-qos'],
      [{ en: 'Monitoring', zh: '监测' }, '3gpp-monitoring-event'],
      [{ en: 'Steering', zh: '分流' }, '3gpp-traffic-influence'],
      [{ en: '5G LAN', zh: '5G LAN' }, '3gpp-5glan-pp'],
    ] as const)
      await steps.take(title, async () => {
        const { status } = await this.#ask({ method: 'GET', url: this.#url(api, 'subscriptions') });
        offered ||= status !== 404;
        return status === 404 ? 'not offered (404)' : `HTTP ${status}`;
      });
    return steps.report(known && offered);
  }

  async dryRun(
    request: BindingRequest,
  ): Promise<{ words: LocalText; values: Readonly<Record<string, unknown>> }> {
    return {
      words: qosWords(request),
      values: { body: qosSubscription(request, this.#frame('as-session', request)) },
    };
  }

  async applyBinding(request: BindingRequest): Promise<Accepted> {
    const body = qosSubscription(request, this.#frame('as-session', request));
    const known = this.#sessions.get(request.key);
    if (known !== undefined) {
      const answer = await this.#ask({ method: 'PUT', url: known, body });
      if (answer.status === 200 || answer.status === 204)
        return { reference: known, values: fields(answer.body), words: qosWords(request) };
      if (answer.status !== 404) throw refused(qosName, answer);
    }
    const made = await this.#create(qosName, this.#url('3gpp-as-session-with-qos', 'subscriptions'), body);
    await this.#sessions.set(request.key, made.reference);
    return { reference: made.reference, values: made.body, words: qosWords(request) };
  }

  async readBinding(reference: string): Promise<Effective> {
    const answer = await this.#ask({ method: 'GET', url: reference });
    if (answer.status === 404 || answer.status === 410) {
      this.#told.delete(reference);
      throw new ProviderError('gone', {
        en: 'The exposure function knows the subscription no more.',
        zh: 'NEF 中已没有该订阅。',
      });
    }
    if (answer.status !== 200) throw refused(qosName, answer);
    const told = this.#told.get(reference);
    const values = { subscription: answer.body, ...(told === undefined ? {} : { told }) };
    if (told === undefined)
      return {
        inForce: undefined,
        values,
        words: {
          en: 'The subscription is there; no event has yet said whether the quality is given.',
          zh: '订阅存在；尚无事件说明 QoS 是否已提供。',
        },
      };
    if (told.state === 'ended')
      throw new ProviderError('gone', {
        en: `The session ended (${told.event}).`,
        zh: `会话已结束（${told.event}）。`,
      });
    return {
      inForce: told.state === 'given',
      values,
      words:
        told.state === 'given'
          ? { en: `The network says it is given (${told.event}).`, zh: `网络告知已提供（${told.event}）。` }
          : {
              en: `The network says it is not kept (${told.event}).`,
              zh: `网络告知未满足（${told.event}）。`,
            },
    };
  }

  async releaseBinding(reference: string, request: BindingRequest): Promise<void> {
    await this.#remove(qosName, reference);
    this.#told.delete(reference);
    await this.#sessions.set(request.key, undefined);
  }

  async applyGroup(
    key: string,
    group: LanGroupInput,
    members: readonly ProviderTerminal[],
  ): Promise<Accepted> {
    const nameless = members.filter(({ gpsi }) => gpsi === undefined);
    if (nameless.length > 0)
      throw new ProviderError('refused', {
        en: `A 5G LAN group is made of GPSIs; these terminals have none: ${nameless.map(({ id }) => id).join(', ')}.`,
        zh: `5G LAN 组由 GPSI 构成，以下终端没有：${nameless.map(({ id }) => id).join('、')}。`,
      });
    const body = lanParameters(key, group, members, this.#frame('group'), this.#text('operatingSystem')!);
    const words = {
      en: `A 5G LAN group of ${members.length} terminals.`,
      zh: `含 ${members.length} 个终端的 5G LAN 组。`,
    };
    const known = this.#sessions.get(`group ${key}`);
    if (known !== undefined) {
      const answer = await this.#ask({ method: 'PUT', url: known, body });
      if (answer.status === 200 || answer.status === 204)
        return { reference: known, values: fields(answer.body), words };
      if (answer.status !== 404) throw refused(groupName, answer);
    }
    const made = await this.#create(groupName, this.#url('3gpp-5glan-pp', 'subscriptions'), body);
    await this.#sessions.set(`group ${key}`, made.reference);
    return { reference: made.reference, values: made.body, words };
  }

  async readGroup(reference: string): Promise<Effective> {
    const answer = await this.#ask({ method: 'GET', url: reference });
    if (answer.status === 404)
      throw new ProviderError('gone', {
        en: 'The exposure function knows the group no more.',
        zh: 'NEF 中已没有该组。',
      });
    if (answer.status !== 200) throw refused(groupName, answer);
    return {
      inForce: undefined,
      values: fields(answer.body),
      words: {
        en: 'The group is provisioned; whether its members reach each other only they can tell.',
        zh: '该组已配置；成员间是否互通只能由其自身验证。',
      },
    };
  }

  async releaseGroup(reference: string): Promise<void> {
    await this.#remove(groupName, reference);
    const key = this.#sessions.keyOf(reference);
    if (key !== undefined) await this.#sessions.set(key, undefined);
  }

  async applySteering(_key: string, request: SteeringRequest): Promise<Accepted> {
    const references: string[] = [];
    try {
      for (const terminal of request.terminals) {
        const { reference } = await this.#create(
          steeringName,
          this.#url('3gpp-traffic-influence', 'subscriptions'),
          influence(request, terminal, this.#frame('influence')),
        );
        references.push(reference);
      }
    } catch (error) {
      for (const reference of references.reverse())
        await this.#remove(steeringName, reference).catch(() => {});
      throw error;
    }
    return {
      reference: references.join(' '),
      values: { dnai: request.dnai, subscriptions: references },
      words: {
        en: `Traffic of ${references.length} terminals is to leave at ${request.dnai}.`,
        zh: `${references.length} 个终端的流量将在 ${request.dnai} 疏导。`,
      },
    };
  }

  async releaseSteering(reference: string): Promise<void> {
    for (const one of reference.split(' ')) await this.#remove(steeringName, one);
  }

  async applyTimeSync(_key: string, request: TimeSyncRequest): Promise<Accepted> {
    const { reference, body } = await this.#create(
      timeName,
      this.#url('3gpp-asti', 'configurations'),
      timeDistribution(request),
    );
    return {
      reference,
      values: body,
      words: {
        en: `Time from the network, off by at most ${request.accuracyNanoseconds} ns.`,
        zh: `由网络授时，误差不超过 ${request.accuracyNanoseconds} 纳秒。`,
      },
    };
  }

  async releaseTimeSync(reference: string): Promise<void> {
    await this.#remove(timeName, reference);
  }

  /** Subscribes to events of the terminals named; a refusal is logged and does not keep the rest from working. */
  async watch(): Promise<void> {
    const names = (this.#text('watch') ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .slice(0, watchedMax);
    if (names.length === 0) return;
    const { clock, log } = this.#context;
    const until = formatInstant(clock.now() + monitorMilliseconds * 1000);
    const before = this.#monitors;
    const made: string[] = [];
    for (const name of names) {
      this.#watched.set(name, this.#watched.get(name) ?? { radio: { time: formatInstant(clock.now()) } });
      for (const type of monitoringTypes) {
        try {
          const { reference } = await this.#create(
            monitorName,
            this.#url('3gpp-monitoring-event', 'subscriptions'),
            monitoring(
              name,
              type,
              until,
              this.#frame(`monitoring/${encodeURIComponent(name)}`).notificationDestination,
            ),
          );
          made.push(reference);
        } catch (error) {
          log.warn('an event could not be subscribed to', { terminal: name, type, error: String(error) });
        }
      }
    }
    this.#monitors = made;
    for (const reference of before) await this.#remove(monitorName, reference).catch(() => {});
    this.#cancelRenewal = clock.after(monitorMilliseconds * 0.9, () => void this.watch().catch(() => {}));
  }

  /** What the network told by itself. What cannot be read is left alone: it changes nothing. */
  told(path: string, body: unknown): void {
    const { clock } = this.#context;
    if (path.startsWith('as-session')) {
      const { transaction, eventReports } = fields(body);
      if (typeof transaction !== 'string') return;
      const root = this.#text('apiRoot')!;
      if (!URL.canParse(transaction, root)) return;
      const reference = new URL(transaction, root).href;
      const key = this.#sessions.keyOf(reference);
      if (key === undefined) return;
      for (const report of Array.isArray(eventReports) ? eventReports : []) {
        const event = fields(report)['event'];
        const state = typeof event === 'string' ? states[event] : undefined;
        if (state !== undefined)
          this.#told.set(reference, { state, event: event as string, time: clock.now() });
      }
      this.#context.changed({ binding: key });
    } else if (path.startsWith('monitoring/')) {
      const name = decodeURIComponent(path.slice('monitoring/'.length));
      const known = this.#watched.get(name);
      if (known === undefined) return;
      const reports = fields(body)['monitoringEventReports'];
      for (const report of Array.isArray(reports) ? reports.map(fields) : [fields(body)]) {
        const time = formatInstant(clock.now());
        if (report['monitoringType'] === 'LOSS_OF_CONNECTIVITY')
          known.radio = { ...known.radio, time, registration: 'deregistered', connection: 'unknown' };
        else if (report['monitoringType'] === 'UE_REACHABILITY')
          known.radio = { ...known.radio, time, registration: 'registered', connection: 'connected' };
        else if (report['monitoringType'] === 'LOCATION_REPORTING') {
          const { cellId, trackingAreaId } = fields(report['locationInfo']);
          known.radio = {
            ...known.radio,
            time,
            ...(typeof cellId === 'string' ? { cell: cellId.slice(0, 64) } : {}),
            ...(typeof trackingAreaId === 'string' ? { tac: trackingAreaId.slice(0, 16) } : {}),
          };
        }
      }
      this.#context.changed({ terminals: true });
    }
  }

  async terminals(): Promise<readonly SeenTerminal[]> {
    return [...this.#watched].map(([name, { radio }]) => ({
      supi: undefined,
      gpsi: name.includes('@') ? `extid-${name}` : `msisdn-${name.replace(/^(msisdn-|\+)/, '')}`,
      pei: undefined,
      radio,
      sessions: [],
    }));
  }

  async stop(): Promise<void> {
    this.#cancelRenewal();
    for (const reference of this.#monitors) await this.#remove(monitorName, reference).catch(() => {});
    this.#monitors = [];
  }
}

const qosName = { en: 'quality for a session', zh: '会话 QoS' };
const groupName = { en: 'a 5G LAN group', zh: '5G LAN 组' };
const steeringName = { en: 'steering to an edge', zh: '边缘分流' };
const timeName = { en: 'time', zh: '授时' };
const monitorName = { en: 'monitoring', zh: '监测' };

const states: Record<string, Told['state']> = {
  SUCCESSFUL_RESOURCES_ALLOCATION: 'given',
  QOS_GUARANTEED: 'given',
  QOS_NOT_GUARANTEED: 'not-kept',
  FAILED_RESOURCES_ALLOCATION: 'failed',
  SESSION_TERMINATION: 'ended',
};

function refused(what: LocalText, { status, text }: CoreAnswer): ProviderError {
  const reason = reasonOf(text);
  if (status === 404)
    return new ProviderError(
      'unsupported',
      {
        en: `This exposure function does not offer ${what.en} (404).`,
        zh: `该 NEF 不提供${what.zh}（404）。`,
      },
      text,
    );
  return new ProviderError(
    status === 403 ? 'denied' : status === 429 ? 'unavailable' : 'refused',
    {
      en: `The exposure function refuses ${what.en}: ${status}, ${reason}.`,
      zh: `NEF 拒绝了${what.zh}：${status}，${reason}。`,
    },
    text,
  );
}

function qosWords({ qos, terminal }: BindingRequest): LocalText {
  return qos.profile === undefined
    ? {
        en: `Quality after 5QI ${qos.fiveQi} for ${terminal.address}, told as delay and rates.`,
        zh: `为 ${terminal.address} 按 5QI ${qos.fiveQi} 的时延与速率申请 QoS。`,
      }
    : {
        en: `Quality “${qos.profile}” for ${terminal.address}.`,
        zh: `为 ${terminal.address} 申请 QoS“${qos.profile}”。`,
      };
}
