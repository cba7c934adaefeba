import type { Snssai } from '@millrace/contract';
import { type BindingRequest, ProviderError } from '@millrace/sdk';
import { bitRate } from './bit-rate.ts';
import { addressOf, flowDescriptions } from './flow-description.ts';
import { askCore, type CoreAnswer, reasonOf } from './json-client.ts';

/** The PCF's policy authorisation, N5 (3GPP TS 29.514): an application function asks for the treatment of flows of one PDU session. */

export interface N5Options {
  pcf: string;
  notifUri: string;
  dnn: string;
  snssai: Snssai;
  mediaType: string;
  /** Name of a QoS the PCF knows; not all do. */
  qosReference?: string | undefined;
}

/** Body of POST …/app-sessions. Rates: `mar…` at most, `mir…` at least. */
export function appSessionBody(request: BindingRequest, options: N5Options): Record<string, unknown> {
  const { qos } = request;
  const rate = (name: string, kilobits: number | undefined): Record<string, string> =>
    kilobits === undefined || kilobits === 0 ? {} : { [name]: bitRate(kilobits) };
  const subs = flowDescriptions(request).map((fDescs, index) => [
    String(index + 1),
    { fNum: index + 1, fDescs, flowUsage: 'NO_INFO' },
  ]);
  return {
    ascReqData: {
      suppFeat: '0',
      notifUri: options.notifUri,
      ...addressOf(request),
      dnn: options.dnn,
      sliceInfo: options.snssai,
      medComponents: {
        1: {
          medCompN: 1,
          medType: options.mediaType,
          fStatus: 'ENABLED',
          ...rate('marBwUl', qos.mbrUplink ?? qos.gbrUplink),
          ...rate('marBwDl', qos.mbrDownlink ?? qos.gbrDownlink),
          ...rate('mirBwUl', qos.gbrUplink),
          ...rate('mirBwDl', qos.gbrDownlink),
          ...(options.qosReference === undefined ? {} : { qosReference: options.qosReference }),
          medSubComps: Object.fromEntries(subs),
        },
      },
    },
  };
}

/** Asks for it; resolves with the URL of the application session. */
export async function createAppSession(
  request: BindingRequest,
  options: N5Options,
  signal: AbortSignal,
): Promise<string> {
  const base = `${options.pcf.replace(/\/$/, '')}/npcf-policyauthorization/v1/app-sessions`;
  const body = appSessionBody(request, options);
  let answer: CoreAnswer;
  try {
    answer = await askCore({ method: 'POST', url: base, body, http2: true }, signal);
  } catch (error) {
    // Some answer that a session is not there as a fault of their own.
    if (
      error instanceof ProviderError &&
      /session binding|PDU_SESSION_NOT_AVAILABLE/i.test(error.detail ?? '')
    )
      throw noSession(request, error.detail ?? '');
    throw error;
  }
  if (answer.status === 201) {
    if (answer.location === undefined)
      throw new ProviderError(
        'nonsense',
        {
          en: 'The PCF created an application session and did not say where (no Location).',
          zh: 'PCF 创建了应用会话，但没有给出其地址（缺少 Location）。',
        },
        answer.text,
      );
    return new URL(answer.location, base).href;
  }
  throw refusalOf(request, answer);
}

/** Ends it; resolves too where the PCF knows it no more. */
export async function deleteAppSession(url: string, signal: AbortSignal): Promise<void> {
  const answer = await askCore({ method: 'POST', url: `${url}/delete`, http2: true }, signal);
  if ([200, 204, 404].includes(answer.status)) return;
  throw new ProviderError(
    'refused',
    {
      en: `The PCF did not end the application session: ${answer.status}, ${reasonOf(answer.text)}.`,
      zh: `PCF 未结束应用会话：${answer.status}，${reasonOf(answer.text)}。`,
    },
    answer.text,
  );
}

const noSession = (request: BindingRequest, detail: string): ProviderError =>
  new ProviderError(
    'refused',
    {
      en: `The core has no PDU session with the address ${request.terminal.address}: the terminal is not connected, or its address has changed.`,
      zh: `核心网中没有地址为 ${request.terminal.address} 的 PDU 会话：终端未连接，或其地址已变化。`,
    },
    detail,
  );

function refusalOf(request: BindingRequest, { status, text }: CoreAnswer): ProviderError {
  const reason = reasonOf(text);
  if (status === 404) return noSession(request, text);
  if (status === 401)
    return new ProviderError(
      'denied',
      { en: 'The PCF asks for credentials this provider does not have.', zh: 'PCF 要求本提供者没有的凭据。' },
      text,
    );
  if (status === 403 && /pcc rule/i.test(text))
    return new ProviderError(
      'refused',
      {
        en: `The subscription of ${request.terminal.supi ?? request.terminal.id} has no PCC rule with 5QI ${request.qos.fiveQi}: add one to its session in the subscriber data, then ask again.`,
        zh: `${request.terminal.supi ?? request.terminal.id} 的签约数据中没有 5QI ${request.qos.fiveQi} 的 PCC 规则：请先在其会话的签约数据中添加。`,
      },
      text,
    );
  if (status === 403)
    return new ProviderError(
      'refused',
      {
        en: `The PCF does not authorise this service: ${reason}.`,
        zh: `PCF 未授权该业务：${reason}。`,
      },
      text,
    );
  return new ProviderError(
    status === 429 ? 'unavailable' : 'refused',
    {
      en: `The PCF answered ${status}: ${reason}.`,
      zh: `PCF 返回 ${status}：${reason}。`,
    },
    text,
  );
}
