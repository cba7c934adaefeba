import type { LocalText, SettingFields, SettingProblem } from '@millrace/contract';
import type { CheckedSettings } from '@millrace/sdk';
import ipaddr from 'ipaddr.js';
import type { ClientSettings } from './client.ts';

const text = (en: string, zh: string): LocalText => ({ en, zh });

/** What a person enters to use an operator. */
export const settings = {
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

/** What `settings` cannot say by themselves. */
export function check(given: CheckedSettings): readonly SettingProblem[] {
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

export function clientSettings(given: CheckedSettings): ClientSettings {
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
