import type { ConnectionProblem } from '@millrace/contract';
import { type EndpointDescription, MessageSecurityMode, UserTokenType } from 'node-opcua-client';
import { problem } from './problems.ts';
import type { OpcuaSettings } from './settings.ts';

const policyPrefix = 'http://opcfoundation.org/UA/SecurityPolicy#';

/** Best first; what is not listed here (None, the withdrawn Basic128Rsa15 and Basic256) is never chosen by itself. */
export const securePolicies = ['Aes256_Sha256_RsaPss', 'Aes128_Sha256_RsaOaep', 'Basic256Sha256'] as const;
const modes = [MessageSecurityMode.SignAndEncrypt, MessageSecurityMode.Sign] as const;

export function policyName(uri: string | null | undefined): string {
  return (uri ?? '').startsWith(policyPrefix) ? uri!.slice(policyPrefix.length) : (uri ?? '');
}

/** One way the server offers to be spoken to, as a person is shown it. */
export interface OfferedEndpoint {
  address: string;
  securityPolicy: string;
  securityMode: 'None' | 'Sign' | 'SignAndEncrypt' | 'Invalid';
  identities: string[];
}

export function describeEndpoint(endpoint: EndpointDescription): OfferedEndpoint {
  return {
    address: endpoint.endpointUrl ?? '',
    securityPolicy: policyName(endpoint.securityPolicyUri),
    securityMode: MessageSecurityMode[endpoint.securityMode] as OfferedEndpoint['securityMode'],
    identities: [
      ...new Set((endpoint.userIdentityTokens ?? []).map((token) => identityName(token.tokenType))),
    ],
  };
}

function identityName(type: UserTokenType): string {
  return type === UserTokenType.Anonymous
    ? 'anonymous'
    : type === UserTokenType.UserName
      ? 'username'
      : type === UserTokenType.Certificate
        ? 'certificate'
        : 'issued token';
}

const binaryTransport = 'http://opcfoundation.org/UA-Profile/Transport/uatcp-uasc-uabinary';

export type Choice =
  | { endpoint: EndpointDescription; problem?: undefined }
  | { endpoint?: undefined; problem: ConnectionProblem };

/**
 * The endpoint to use: the best security that both the settings and the server allow. Never None unless the settings say None. Pure.
 */
export function chooseEndpoint(offered: readonly EndpointDescription[], settings: OpcuaSettings): Choice {
  const usable = offered.filter(
    (endpoint) =>
      (endpoint.endpointUrl ?? '').toLowerCase().startsWith('opc.tcp:') &&
      (!endpoint.transportProfileUri || endpoint.transportProfileUri === binaryTransport),
  );
  const wantedPolicies =
    settings.securityPolicy === 'auto' ? securePolicies : ([settings.securityPolicy] as readonly string[]);
  const wantedModes =
    settings.securityPolicy === 'None'
      ? [MessageSecurityMode.None]
      : settings.securityMode === 'auto'
        ? modes
        : [MessageSecurityMode[settings.securityMode]];
  const fitting: EndpointDescription[] = [];
  // A server that encrypts with a lesser policy is still better than one that only signs with the best.
  for (const mode of wantedModes) {
    for (const policy of wantedPolicies) {
      for (const endpoint of usable) {
        if (endpoint.securityMode === mode && policyName(endpoint.securityPolicyUri) === policy)
          fitting.push(endpoint);
      }
    }
  }
  if (fitting.length === 0) return { problem: nothingFits(usable, settings) };
  const type =
    settings.identity === 'anonymous'
      ? UserTokenType.Anonymous
      : settings.identity === 'username'
        ? UserTokenType.UserName
        : UserTokenType.Certificate;
  const endpoint = fitting.find((candidate) =>
    (candidate.userIdentityTokens ?? []).some((token) => token.tokenType === type),
  );
  if (endpoint !== undefined) return { endpoint };
  const identities = [...new Set(fitting.flatMap((candidate) => describeEndpoint(candidate).identities))];
  return {
    problem: problem(
      'settings',
      'identity-not-offered',
      {
        en: `The server does not take "${settings.identity}" as identity; it takes: ${identities.join(', ') || 'none'}`,
        zh: `服务器不接受“${settings.identity}”登录身份，可用的有：${identities.join('、') || '无'}`,
      },
      { en: 'Choose one of these under "Sign in as".', zh: '请在“登录身份”中选择其中之一。' },
      { field: 'identity' },
    ),
  };
}

function nothingFits(usable: readonly EndpointDescription[], settings: OpcuaSettings): ConnectionProblem {
  const list = usable
    .map((endpoint) => describeEndpoint(endpoint))
    .map((one) => (one.securityPolicy === 'None' ? 'None' : `${one.securityPolicy} (${one.securityMode})`));
  const offers = [...new Set(list)];
  const known = offers.filter((one) => securePolicies.some((policy) => one.startsWith(`${policy} `)));
  if (settings.securityPolicy === 'auto' && known.length === 0 && offers.includes('None')) {
    return problem(
      'settings',
      'only-none-offered',
      {
        en: 'The server offers no security policy that is safe today, only None',
        zh: '服务器未提供当前安全的策略，仅支持“无”',
      },
      {
        en: 'Have security switched on at the server. If its network is safe enough, choose security policy "None" here.',
        zh: '请在服务器上启用安全策略。若其所在网络足够安全，可在此将安全策略选为“无”。',
      },
      { detail: offers.join(', '), field: 'securityPolicy' },
    );
  }
  return problem(
    'settings',
    'security-policy-not-offered',
    {
      en: `The server does not offer ${settings.securityPolicy === 'auto' ? 'a safe policy' : settings.securityPolicy}${settings.securityMode === 'auto' ? '' : ` with ${settings.securityMode}`}; it offers: ${offers.join(', ') || 'nothing'}`,
      zh: `服务器不支持${settings.securityPolicy === 'auto' ? '安全的策略' : settings.securityPolicy}${settings.securityMode === 'auto' ? '' : `（${settings.securityMode}）`}，它支持：${offers.join('、') || '无'}`,
    },
    known.length > 0
      ? { en: `Choose ${known.join(' or ')}.`, zh: `请选择 ${known.join(' 或 ')}。` }
      : { en: 'Change the policies on the server.', zh: '请在服务器上修改安全策略。' },
    { detail: offers.join(', '), field: 'securityPolicy' },
  );
}

/**
 * The address to open a channel to: always the host and port the person gave, because servers announce names that only resolve in the
 * plant's own network; the path is the announced one, which some servers insist on, unless the person gave one.
 */
export function channelAddress(endpoint: EndpointDescription, settings: OpcuaSettings): string {
  const own = /^(opc\.tcp:\/\/[^/?#]+)(\/[^?#]*)?$/i.exec(settings.endpoint);
  const path = own?.[2] ?? '';
  if (path.replace(/\/+$/, '') !== '') return settings.endpoint;
  const announced = /^opc\.tcp:\/\/[^/?#]+(\/[^?#]*)?$/i.exec(endpoint.endpointUrl ?? '')?.[1] ?? '';
  return `${own?.[1] ?? settings.endpoint}${announced.replace(/\/+$/, '')}`;
}
