import {
  formatInstant,
  type LocalText,
  type PduSession,
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
  type SeenTerminal,
  type SubscriberInput,
  TestSteps,
} from '@millrace/sdk';
import {
  appSessionBody,
  askCore,
  type CoreAnswer,
  type CoreRequest,
  createAppSession,
  deleteAppSession,
  type N5Options,
  reasonOf,
  SessionsFile,
} from '../../core-network/index.ts';
import { subscriberBody } from './subscriber.ts';

/** 5QI ← media type, as the PCF of free5GC maps them. Everything it does not know becomes 9. */
const mediaTypes: Record<number, string> = { 1: 'AUDIO', 2: 'VIDEO', 9: 'OTHER' };
/** Sessions asked about one by one, at most so many at a time. */
const atOnceMax = 8;

interface RegisteredUe {
  Supi?: string;
  Tac?: string;
  CmState?: string;
  PduSessions?: { PduSessionId?: string; SmContextRef?: string; Sst?: string; Sd?: string; Dnn?: string }[];
}

export class Free5gcCore implements NetworkProvider {
  readonly #context: ProviderContext;
  readonly #sessions: SessionsFile;
  #token: string | undefined;
  readonly subscribers: NonNullable<NetworkProvider['subscribers']>;

  constructor(context: ProviderContext) {
    this.#context = context;
    this.#sessions = new SessionsFile(context.folder);
    this.subscribers = {
      list: () => this.#subscribers(),
      put: (subscriber) => this.#putSubscriber(subscriber),
      remove: (supi) => this.#removeSubscriber(supi),
    };
  }

  #text(name: string): string | undefined {
    const value = this.#context.settings[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  get #console(): string {
    return this.#text('console')!.replace(/\/$/, '');
  }

  async #signIn(): Promise<string> {
    const { status, body, text } = await askCore(
      {
        method: 'POST',
        url: `${this.#console}/api/login`,
        body: { username: this.#text('user') ?? 'admin', password: this.#text('password') },
        http2: false,
      },
      this.#context.signal,
    );
    const token = (body as { access_token?: unknown } | undefined)?.access_token;
    if (status === 200 && typeof token === 'string') return token;
    if (status < 300)
      throw new ProviderError('nonsense', {
        en: 'The web console let us in without a token.',
        zh: '控制台登录成功但未返回令牌。',
      });
    throw new ProviderError(
      'denied',
      {
        en: `The web console refuses user name or password (${status}).`,
        zh: `控制台拒绝用户名或密码（${status}）。`,
      },
      text,
    );
  }

  /** Its token goes into a header of its own, "Token". One that has expired is asked for anew, once. */
  async #ask(request: Omit<CoreRequest, 'http2' | 'url'> & { path: string }): Promise<CoreAnswer> {
    const ask = async (): Promise<CoreAnswer> => {
      this.#token ??= await this.#signIn();
      return askCore(
        {
          method: request.method,
          url: `${this.#console}${request.path}`,
          headers: { Token: this.#token },
          ...(request.body === undefined ? {} : { body: request.body }),
          http2: false,
        },
        this.#context.signal,
      );
    };
    const first = await ask();
    if (first.status !== 401 && first.status !== 403) return first;
    this.#token = undefined;
    return ask();
  }

  #path(supi: string): string {
    return `/api/subscriber/${encodeURIComponent(supi)}/${this.#text('plmn')!}`;
  }

  async #subscribers(): Promise<string[]> {
    const { status, body, text } = await this.#ask({ method: 'GET', path: '/api/subscriber' });
    if (status !== 200) throw refused('list subscribers', '列出用户', status, text);
    return (Array.isArray(body) ? body : []).flatMap(({ ueId }: { ueId?: unknown }) =>
      typeof ueId === 'string' ? [ueId] : [],
    );
  }

  async #putSubscriber(subscriber: SubscriberInput): Promise<void> {
    const path = this.#path(subscriber.supi);
    const there = await this.#ask({ method: 'GET', path });
    const known =
      there.status === 200 && (there.body as { ueId?: unknown } | undefined)?.ueId === subscriber.supi
        ? (there.body as Record<string, unknown>)
        : undefined;
    const body = subscriberBody(subscriber, this.#text('plmn')!, known);
    const { status, text } = await this.#ask({ method: known === undefined ? 'POST' : 'PUT', path, body });
    if (status >= 300) throw refused(`put ${subscriber.supi}`, `写入 ${subscriber.supi}`, status, text);
  }

  async #removeSubscriber(supi: string): Promise<boolean> {
    const { status, text } = await this.#ask({ method: 'DELETE', path: this.#path(supi) });
    if (status === 404) return false;
    if (status >= 300) throw refused(`remove ${supi}`, `删除 ${supi}`, status, text);
    return true;
  }

  #options(request: BindingRequest): N5Options {
    const pcf = this.#text('pcf');
    if (pcf === undefined)
      throw new ProviderError('settings', {
        en: 'This provider has no address of the PCF in its settings: no flows can be asked for.',
        zh: '未填写 PCF 地址，无法申请业务流。',
      });
    const mediaType = mediaTypes[request.qos.fiveQi];
    if (mediaType === undefined)
      throw new ProviderError('unsupported', {
        en: `free5GC gives flows of 5QI 1, 2 and 9 over N5, and not ${request.qos.fiveQi}.`,
        zh: `free5GC 通过 N5 只能建立 5QI 1、2、9 的业务流，不支持 ${request.qos.fiveQi}。`,
      });
    const sd = this.#text('sd');
    const own: Snssai = {
      sst: this.#context.settings['sst'] as number,
      ...(sd === undefined ? {} : { sd }),
    };
    return {
      pcf,
      notifUri: `${this.#context.notificationUrl ?? 'http://127.0.0.1:9'}/n5`,
      dnn: request.slice?.profile.dataNetworks?.[0] ?? this.#text('dnn')!,
      snssai: request.slice?.profile.snssai ?? own,
      mediaType,
    };
  }

  async test(): Promise<TestReport> {
    const steps = new TestSteps();
    await steps.take({ en: 'Sign in at the web console', zh: '登录 Web 控制台' }, async () => {
      this.#token = await this.#signIn();
      return this.#text('password') === 'free5gc'
        ? 'with the password everybody knows: keep the console off all other networks'
        : '';
    });
    await steps.take({ en: 'Subscribers', zh: '签约用户' }, async () =>
      String((await this.#subscribers()).length),
    );
    await steps.take({ en: 'Registered terminals', zh: '已注册终端' }, async () =>
      String((await this.#registered()).length),
    );
    const pcf = this.#text('pcf');
    if (pcf !== undefined)
      await steps.take({ en: 'PCF answers in HTTP/2', zh: 'PCF 以 HTTP/2 应答' }, async () => {
        const url = `${pcf.replace(/\/$/, '')}/npcf-policyauthorization/v1/app-sessions/0`;
        return `HTTP ${(await askCore({ method: 'GET', url, http2: true }, this.#context.signal)).status}`;
      });
    return steps.report();
  }

  async dryRun(
    request: BindingRequest,
  ): Promise<{ words: LocalText; values: Readonly<Record<string, unknown>> }> {
    return { words: words(request), values: { body: appSessionBody(request, this.#options(request)) } };
  }

  async applyBinding(request: BindingRequest): Promise<Accepted> {
    const options = this.#options(request);
    const known = this.#sessions.get(request.key);
    if (known !== undefined) {
      await deleteAppSession(known, this.#context.signal);
      await this.#sessions.set(request.key, undefined);
    }
    const reference = await createAppSession(request, options, this.#context.signal);
    await this.#sessions.set(request.key, reference);
    return { reference, values: { fiveQi: request.qos.fiveQi }, words: words(request) };
  }

  async readBinding(reference: string): Promise<Effective> {
    const { status } = await askCore({ method: 'GET', url: reference, http2: true }, this.#context.signal);
    if (status === 404)
      throw new ProviderError('gone', {
        en: 'The PCF knows the application session no more.',
        zh: 'PCF 中已没有该应用会话。',
      });
    return {
      inForce: undefined,
      values: { status },
      words: {
        en: 'The PCF still has the application session; whether the flow is there its interfaces do not tell.',
        zh: 'PCF 仍保有该应用会话；其接口无法说明业务流是否存在。',
      },
    };
  }

  async releaseBinding(reference: string, request: BindingRequest): Promise<void> {
    await deleteAppSession(reference, this.#context.signal);
    await this.#sessions.set(request.key, undefined);
  }

  async #registered(): Promise<RegisteredUe[]> {
    const { status, body, text } = await this.#ask({ method: 'GET', path: '/api/registered-ue-context' });
    if (status === 404) return [];
    if (status !== 200) throw refused('list registered terminals', '列出已注册终端', status, text);
    return Array.isArray(body) ? (body as RegisteredUe[]) : [];
  }

  async terminals(): Promise<readonly SeenTerminal[]> {
    const registered = (await this.#registered()).filter(({ Supi }) => typeof Supi === 'string');
    const found: SeenTerminal[] = [];
    for (let at = 0; at < registered.length; at += atOnceMax) {
      found.push(
        ...(await Promise.all(
          registered.slice(at, at + atOnceMax).map(
            async (ue): Promise<SeenTerminal> => ({
              supi: ue.Supi,
              gpsi: undefined,
              pei: undefined,
              radio: {
                time: formatInstant(this.#context.clock.now()),
                registration: 'registered',
                connection: /connected/i.test(ue.CmState ?? '') ? 'connected' : 'idle',
                ...(ue.Tac === undefined ? {} : { tac: ue.Tac }),
              },
              sessions: await Promise.all((ue.PduSessions ?? []).map((session) => this.#session(session))),
            }),
          ),
        )),
      );
    }
    return found;
  }

  async #session(session: NonNullable<RegisteredUe['PduSessions']>[number]): Promise<PduSession> {
    const told = await this.#ask({
      method: 'GET',
      path: `/api/ue-pdu-session-info/${encodeURIComponent(session.SmContextRef ?? '')}`,
    }).catch(() => undefined);
    const { PDUAddress, UpCnxState } = (told?.status === 200 ? told.body : {}) as {
      PDUAddress?: string;
      UpCnxState?: string;
    };
    const id = Number(session.PduSessionId);
    const sst = Number(session.Sst);
    return {
      ...(Number.isInteger(id) && id >= 1 && id <= 15 ? { id } : {}),
      dnn: session.Dnn ?? '',
      ...(Number.isInteger(sst)
        ? { snssai: { sst, ...(session.Sd === undefined || session.Sd === '' ? {} : { sd: session.Sd }) } }
        : {}),
      ...(PDUAddress === undefined || PDUAddress === '' || PDUAddress === '<nil>'
        ? {}
        : { address: PDUAddress }),
      ...(UpCnxState === undefined || UpCnxState === '' ? {} : { state: UpCnxState.toLowerCase() }),
      flows: [],
    };
  }

  async stop(): Promise<void> {}
}

function refused(en: string, zh: string, status: number, text: string): ProviderError {
  const denied = status === 401 || status === 403;
  return new ProviderError(
    denied ? 'denied' : 'refused',
    {
      en: `free5GC does not ${en}: ${status}, ${reasonOf(text)}.`,
      zh: `free5GC 无法${zh}：${status}，${reasonOf(text)}。`,
    },
    text,
  );
}

function words({ qos, terminal }: BindingRequest): LocalText {
  return {
    en: `A QoS flow of 5QI ${qos.fiveQi} for ${terminal.address}, asked of the PCF.`,
    zh: `已向 PCF 为 ${terminal.address} 申请 5QI ${qos.fiveQi} 的 QoS 流。`,
  };
}
