import { randomUUID } from 'node:crypto';
import type { LocalText } from '@millrace/contract';
import { type Clock, type Log, ProviderError } from '@millrace/sdk';
import { operationNamed } from './apis.ts';
import { ask, type HttpAnswer, TransportError } from './transport.ts';

export interface ClientSettings {
  /** Without a slash at the end. */
  readonly apiRoot: string;
  /** API → path below the root, such as `quality-on-demand/v1`. */
  readonly bases: Readonly<Record<string, string>>;
  readonly tokenUrl: string | undefined;
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  /** Used as it is, instead of asking for one. */
  readonly accessToken: string | undefined;
  readonly scopes: string;
  readonly timeoutMilliseconds: number;
  readonly authority: string | undefined;
}

/** Bounds of the client. */
export const clientLimits = {
  /** Pauses before a question that changes nothing is asked again, ms. */
  pauses: [500, 2000],
  /** A token is renewed so long before it ends, s. */
  tokenGraceSeconds: 30,
  tokenSecondsMax: 86_400,
  /** An operator that asks to wait longer than this is told of as unavailable instead, s. */
  patienceSeconds: 5,
} as const;

const text = (en: string, zh: string): LocalText => ({ en, zh });

/** Calls any operation of the table at an operator. Rejects with ProviderError only. */
export class CamaraClient {
  readonly #settings: ClientSettings;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #signal: AbortSignal;
  #token: { value: string; until: number } | undefined;
  #asking: Promise<string> | undefined;

  constructor(settings: ClientSettings, around: { clock: Clock; log: Log; signal: AbortSignal }) {
    this.#settings = settings;
    this.#clock = around.clock;
    this.#log = around.log;
    this.#signal = around.signal;
  }

  /** The answer's body; undefined where it has none. */
  async call(
    id: string,
    request: { parameters?: Readonly<Record<string, string>>; body?: unknown } = {},
  ): Promise<unknown> {
    const { api, operation } = operationNamed(id);
    const base = this.#settings.bases[api.name] ?? api.bases[0];
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(request.parameters?.[name] ?? ''),
    );
    const url = `${this.#settings.apiRoot}/${base}${path}`;
    const harmless =
      operation.method === 'GET' ||
      operation.method === 'DELETE' ||
      /^\/(retrieve|verify|check)/.test(operation.path);
    for (let attempt = 0; ; attempt++) {
      let problem: ProviderError;
      let unsent = false;
      let pause: number | undefined = clientLimits.pauses[attempt];
      try {
        const answer = await this.#authorised(operation.method, url, request.body);
        if (answer.status >= 200 && answer.status < 300) return bodyOf(answer, url);
        problem = refusalOf(answer, url, id);
        if (answer.retryAfterSeconds !== undefined) {
          if (answer.retryAfterSeconds > clientLimits.patienceSeconds) throw problem;
          pause = Math.max(pause ?? 0, answer.retryAfterSeconds * 1000);
        }
        // What was refused for its pace was not begun.
        unsent = answer.status === 429;
      } catch (error) {
        if (error instanceof ProviderError) throw error;
        if (!(error instanceof TransportError)) throw error;
        problem = silenceOf(error, url);
        unsent = error.unsent;
      }
      if (problem.kind !== 'unavailable' || attempt >= clientLimits.pauses.length || !(harmless || unsent))
        throw problem;
      this.#log.info('an operator is asked again', {
        operation: id,
        attempt: attempt + 1,
        why: problem.message,
      });
      await this.#wait(pause ?? 0);
    }
  }

  /** A token is at hand or can be had; for a person who wants to know whether the credentials are right. */
  async authenticate(): Promise<void> {
    this.#token = undefined;
    try {
      await this.#bearer();
    } catch (error) {
      throw error instanceof TransportError ? silenceOf(error, this.#settings.tokenUrl ?? '') : error;
    }
  }

  async #authorised(method: string, url: string, body: unknown): Promise<HttpAnswer> {
    for (let again = false; ; again = true) {
      const bearer = await this.#bearer();
      const answer = await ask(
        {
          url,
          method,
          headers: {
            authorization: `Bearer ${bearer}`,
            'x-correlator': randomUUID(),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          body: body === undefined ? undefined : JSON.stringify(body),
          timeoutMilliseconds: this.#settings.timeoutMilliseconds,
          authority: this.#settings.authority,
        },
        this.#clock,
        this.#signal,
      );
      // A token may be withdrawn before its time: one new one is tried.
      if (answer.status !== 401 || again || this.#settings.accessToken !== undefined) return answer;
      if (this.#token?.value === bearer) this.#token = undefined;
    }
  }

  async #bearer(): Promise<string> {
    const { accessToken } = this.#settings;
    if (accessToken !== undefined) return accessToken;
    if (this.#token !== undefined && this.#token.until > this.#clock.now()) return this.#token.value;
    this.#asking ??= this.#grant().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #grant(): Promise<string> {
    const { tokenUrl, clientId = '', clientSecret = '', scopes } = this.#settings;
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      ...(scopes === '' ? {} : { scope: scopes }),
    });
    const quoted = (value: string): string => encodeURIComponent(value).replaceAll('%20', '+');
    const answer = await ask(
      {
        url: tokenUrl!,
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${quoted(clientId)}:${quoted(clientSecret)}`).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: form.toString(),
        timeoutMilliseconds: this.#settings.timeoutMilliseconds,
        authority: this.#settings.authority,
      },
      this.#clock,
      this.#signal,
    );
    const host = hostOf(tokenUrl!);
    const given = jsonOf(answer.text);
    if (answer.status >= 500 || answer.status === 429)
      throw new ProviderError(
        'unavailable',
        text(
          `The token endpoint ${host} answers ${answer.status}.`,
          `令牌端点 ${host} 返回 ${answer.status}。`,
        ),
      );
    if (answer.status < 200 || answer.status >= 300) {
      const code =
        typeof given?.['error'] === 'string' ? given['error'].slice(0, 100) : String(answer.status);
      const remedy: Record<string, LocalText> = {
        invalid_client: text('client id or secret are wrong', '客户端标识或密钥错误'),
        invalid_scope: text('a scope is not known there or not granted', '所请求的权限范围不存在或未授予'),
        unauthorized_client: text(
          'this client may not use client credentials',
          '该客户端不能使用客户端凭证方式',
        ),
      };
      const why = remedy[code] ?? text('it refuses the request', '请求被拒绝');
      throw new ProviderError(
        answer.status === 404 || answer.status === 405 ? 'settings' : 'denied',
        text(
          `No token from ${host} (${code}): ${why.en}.`,
          `无法从 ${host} 获得令牌（${code}）：${why.zh}。`,
        ),
      );
    }
    const value = given?.['access_token'];
    if (typeof value !== 'string' || value === '' || !/^[\x21-\x7e]{1,16384}$/.test(value))
      throw new ProviderError(
        'nonsense',
        text(
          `The token endpoint ${host} answers without a usable token.`,
          `令牌端点 ${host} 的应答中没有可用的令牌。`,
        ),
      );
    const seconds = Number(given?.['expires_in'] ?? 60);
    const lasting = Number.isFinite(seconds)
      ? Math.min(Math.max(0, seconds), clientLimits.tokenSecondsMax)
      : 60;
    this.#token = {
      value,
      until: this.#clock.now() + Math.max(lasting / 2, lasting - clientLimits.tokenGraceSeconds) * 1_000_000,
    };
    return value;
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        end();
        reject(silenceOf(new TransportError('stopped', 'stopped'), ''));
      };
      const end = this.#clock.after(milliseconds, () => {
        this.#signal.removeEventListener('abort', stop);
        resolve();
      });
      this.#signal.addEventListener('abort', stop, { once: true });
    });
  }
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return url.slice(0, 100);
  }
}

function jsonOf(content: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(content);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function bodyOf(answer: HttpAnswer, url: string): unknown {
  if (answer.text.trim() === '') return undefined;
  const value = jsonOf(answer.text);
  if (value !== undefined) return value;
  throw notJson(answer, url);
}

function notJson(answer: HttpAnswer, url: string): ProviderError {
  const page = /html/i.test(answer.contentType) || /^\s*</.test(answer.text);
  return new ProviderError(
    'nonsense',
    page
      ? text(
          `${hostOf(url)} answers with a web page instead of JSON: a sign-in page, a proxy, or not the API at all.`,
          `${hostOf(url)} 返回的是网页而不是 JSON：可能是登录页、代理或并非该 API。`,
        )
      : text(`${hostOf(url)} answers with something that is not JSON.`, `${hostOf(url)} 的应答不是 JSON。`),
    `${answer.status} ${answer.contentType}: ${answer.text.slice(0, 500)}`,
  );
}

function silenceOf(error: TransportError, url: string): ProviderError {
  const host = hostOf(url);
  switch (error.kind) {
    case 'certificate':
      return new ProviderError(
        'settings',
        text(
          `The certificate of ${host} is not trusted; if it is of a private authority, enter that.`,
          `不信任 ${host} 的证书；如由私有机构签发，请填入其 CA 证书。`,
        ),
        error.message,
      );
    case 'late':
      return new ProviderError(
        'unavailable',
        text(`${host} does not answer within ${error.message}.`, `${host} 在 ${error.message} 内没有应答。`),
      );
    case 'too-long':
      return new ProviderError(
        'nonsense',
        text(
          `${host} answers with ${error.message}; that is no CAMARA answer.`,
          `${host} 的应答过大（${error.message}），不是 CAMARA 应答。`,
        ),
      );
    case 'redirect':
      return new ProviderError(
        'settings',
        text(
          `${host} redirects to ${error.message}. Nothing was sent there; if it is right, enter it as the address.`,
          `${host} 重定向到 ${error.message}，未向其发送任何内容；如确认无误，请将其填为地址。`,
        ),
      );
    case 'stopped':
      return new ProviderError('unavailable', text('The provider is being stopped.', '提供方正在停止。'));
    case 'unreachable':
      return new ProviderError(
        'unavailable',
        text(`${host} cannot be reached (${error.message}).`, `无法连接 ${host}（${error.message}）。`),
      );
  }
}

/** What codes of CAMARA mean to a network engineer, and what kind of no they are. */
const meaning: Readonly<Record<string, { kind: ProviderError['kind']; words: LocalText }>> = {
  INVALID_ARGUMENT: {
    kind: 'refused',
    words: text('The operator takes the request for wrong', '运营商认为请求有误'),
  },
  OUT_OF_RANGE: {
    kind: 'refused',
    words: text('A figure is outside what the operator gives', '有数值超出运营商提供的范围'),
  },
  'QUALITY_ON_DEMAND.DURATION_OUT_OF_RANGE': {
    kind: 'refused',
    words: text(
      'The operator does not give this QoS profile for so long or so short a time',
      '运营商不按此时长提供该 QoS 配置',
    ),
  },
  'QUALITY_ON_DEMAND.QOS_PROFILE_NOT_APPLICABLE': {
    kind: 'refused',
    words: text('The QoS profile is there but not for sessions now', '该 QoS 配置存在，但目前不能用于会话'),
  },
  'QOS_PROVISIONING.QOS_PROFILE_NOT_APPLICABLE': {
    kind: 'refused',
    words: text('The QoS profile cannot be assigned for good', '该 QoS 配置不能永久分配'),
  },
  'QUALITY_ON_DEMAND.SESSION_EXTENSION_NOT_ALLOWED': {
    kind: 'refused',
    words: text('The session is not in force, so it cannot be extended', '会话未生效，无法延长'),
  },
  'NETWORK_SLICE_BOOKING.SERVICEAREA_NOT_SUPPORTED': {
    kind: 'refused',
    words: text('The operator has no slices in that area', '运营商在该区域不提供切片'),
  },
  'NETWORK_SLICE_BOOKING.RESOURCES_INSUFFICIENT': {
    kind: 'refused',
    words: text('The operator has not enough left for this slice', '运营商剩余资源不足以提供该切片'),
  },
  UNAUTHENTICATED: {
    kind: 'denied',
    words: text('The operator does not accept the access token', '运营商不接受该访问令牌'),
  },
  AUTHENTICATION_REQUIRED: {
    kind: 'denied',
    words: text(
      'The operator wants the device itself to sign in (three-legged token), which a plant cannot do for it',
      '运营商要求设备自行认证（三方令牌），工厂无法代为完成',
    ),
  },
  PERMISSION_DENIED: {
    kind: 'denied',
    words: text(
      'The token has not the scope for this; ask the operator to grant it',
      '令牌缺少此操作的权限范围，请向运营商申请',
    ),
  },
  INVALID_TOKEN_CONTEXT: {
    kind: 'denied',
    words: text('The token is for something else than the device named', '令牌与所指设备不符'),
  },
  IDENTIFIER_NOT_FOUND: {
    kind: 'refused',
    words: text(
      'The operator knows no device with this address or number',
      '运营商找不到具有此地址或号码的设备',
    ),
  },
  IDENTIFIER_MISMATCH: {
    kind: 'refused',
    words: text(
      'Address and number are those of different devices at the operator',
      '在运营商处地址与号码属于不同设备',
    ),
  },
  MISSING_IDENTIFIER: {
    kind: 'refused',
    words: text(
      'The operator cannot tell the device: it needs an address or a number',
      '运营商无法识别设备：需要地址或号码',
    ),
  },
  UNSUPPORTED_IDENTIFIER: {
    kind: 'refused',
    words: text(
      'The operator does not find devices by this kind of identifier; choose another in the settings',
      '运营商不支持此类标识，请在设置中另选',
    ),
  },
  UNNECESSARY_IDENTIFIER: {
    kind: 'refused',
    words: text('The token already belongs to one device', '令牌已绑定到某个设备'),
  },
  SERVICE_NOT_APPLICABLE: {
    kind: 'refused',
    words: text(
      'The operator does not offer this for that device or its tariff',
      '运营商不为该设备或其套餐提供此服务',
    ),
  },
  PRIVATE_KEY_JWT_NOT_CONFIGURED: {
    kind: 'settings',
    words: text('The operator knows no key for notifications', '运营商没有用于通知的密钥'),
  },
  CONFLICT: {
    kind: 'refused',
    words: text(
      'The operator has a session for this device and flow already, made by somebody else or not yet gone',
      '运营商已有该设备该业务流的会话（他人创建或尚未释放）',
    ),
  },
  QUOTA_EXCEEDED: {
    kind: 'refused',
    words: text('The quota agreed with the operator is used up', '与运营商约定的配额已用完'),
  },
  TOO_MANY_REQUESTS: {
    kind: 'unavailable',
    words: text('The operator asks to wait: too many requests', '运营商限流：请求过多'),
  },
  INVALID_SINK: {
    kind: 'settings',
    words: text('The operator does not send notifications to our address', '运营商不接受我方的通知地址'),
  },
  INVALID_CREDENTIAL: {
    kind: 'settings',
    words: text('The operator does not take our credential for notifications', '运营商不接受我方的通知凭证'),
  },
  INVALID_TOKEN: {
    kind: 'settings',
    words: text('The operator does not take our token for notifications', '运营商不接受我方的通知令牌'),
  },
  NOT_FOUND: {
    kind: 'gone',
    words: text('The operator knows nothing of it (any more)', '运营商（已）没有此资源'),
  },
};

const byStatus: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  409: 'CONFLICT',
  422: 'SERVICE_NOT_APPLICABLE',
  429: 'TOO_MANY_REQUESTS',
};

/** What a refusal means: by its code where it is one of CAMARA's, else by its status. */
export function refusalOf(answer: HttpAnswer, url: string, operation: string): ProviderError {
  const { status } = answer;
  const body = jsonOf(answer.text);
  const code = typeof body?.['code'] === 'string' ? body['code'].slice(0, 96) : undefined;
  const message = typeof body?.['message'] === 'string' ? body['message'].slice(0, 512) : undefined;
  const detail = `${operation}: ${status} ${answer.text.slice(0, 1000)}`;
  const host = hostOf(url);
  if (status === 501)
    return new ProviderError(
      'unsupported',
      text(`The operator does not offer ${operation}.`, `运营商不提供 ${operation}。`),
      detail,
    );
  if (status >= 500)
    return new ProviderError(
      'unavailable',
      text(`${host} fails with ${status}; it is tried again.`, `${host} 返回 ${status}，稍后重试。`),
      detail,
    );
  // 404 of a web server, not of the API: the path is wrong, nothing is gone.
  if (status === 404 && code === undefined)
    return new ProviderError(
      'settings',
      text(
        `There is no such API at ${url.slice(0, 300)}; check address and version.`,
        `${url.slice(0, 300)} 处没有该 API，请检查地址和版本。`,
      ),
      detail,
    );
  const known = meaning[code ?? ''] ?? meaning[byStatus[status] ?? ''];
  if (known === undefined || status < 400)
    return code === undefined && body === undefined
      ? notJson(answer, url)
      : new ProviderError(
          'nonsense',
          text(
            `${host} answers ${status} ${code ?? ''}, which CAMARA does not have.`,
            `${host} 返回 ${status} ${code ?? ''}，CAMARA 未定义。`,
          ),
          detail,
        );
  const tail = ` (${[status, code].filter((one) => one !== undefined).join(' ')}${message === undefined ? '' : `: ${message}`})`;
  return new ProviderError(
    known.kind,
    text(`${known.words.en}${tail}.`, `${known.words.zh}${tail}。`),
    detail,
  );
}
