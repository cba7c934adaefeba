import type { LocalText, SettingFields, SettingProblem } from '@millrace/contract';
import { type CheckedSettings, endpointOf } from '@millrace/sdk';
import { parseNodeAddress } from './addresses.ts';

/** Bounds of this protocol that a person or a server can meet. */
export const opcuaLimits = {
  /** Items of one connection; more are refused with a problem that names the number. */
  itemsMax: 100_000,
  /** Items put into one subscription; further ones go into another. */
  itemsPerSubscriptionMax: 10_000,
  /** Nodes in one request where the server states no limit of its own (OPC 10000-5, OperationLimits). */
  nodesPerRequestDefault: 1000,
  nodesPerRequestMax: 5000,
  /** One response put together from its chunks. */
  messageBytesMax: 16 * 1024 * 1024,
  messageChunksMax: 4096,
  /** References shown as one page of a browsed node; the rest stand behind a "more" node. */
  browsePageMax: 500,
  /** References read of one node before it is cut off. */
  browseReferencesMax: 100_000,
  /** Values read back per node and in all after a gap. */
  historyValuesPerNodeMax: 200_000,
  historyValuesMax: 20_000_000,
  historyValuesPerRequest: 1000,
  /** Nodes asked for in one history request. */
  historyNodesPerRequest: 50,
  /** Values held while the definition of their structure is being read. */
  waitingStructuresMax: 1000,
  /** Depth to which structures and nested data types are taken apart. */
  structureDepthMax: 16,
  /** Node ids quoted in one problem. */
  namedNodesMax: 5,
} as const;

const policies = [
  { value: 'auto', title: { en: 'Best the server offers', zh: '服务器支持的最安全策略' } },
  { value: 'Aes256_Sha256_RsaPss', title: { en: 'Aes256_Sha256_RsaPss', zh: 'Aes256_Sha256_RsaPss' } },
  { value: 'Aes128_Sha256_RsaOaep', title: { en: 'Aes128_Sha256_RsaOaep', zh: 'Aes128_Sha256_RsaOaep' } },
  { value: 'Basic256Sha256', title: { en: 'Basic256Sha256', zh: 'Basic256Sha256' } },
  {
    value: 'None',
    title: {
      en: 'None: readable and changeable by anyone on the network',
      zh: '无：网络上任何人都能读取和篡改',
    },
  },
] as const;

export const settings = {
  endpoint: {
    kind: 'text',
    title: { en: 'Address', zh: '地址' },
    help: {
      en: 'Address of the OPC UA server as it is reached from here, e.g. opc.tcp://192.168.0.20:4840',
      zh: '从本机访问 OPC UA 服务器的地址，例如 opc.tcp://192.168.0.20:4840',
    },
    required: true,
    placeholder: 'opc.tcp://192.168.0.20:4840',
    pattern: '^[oO][pP][cC]\\.[tT][cC][pP]://.+',
  },
  securityPolicy: {
    kind: 'choice',
    title: { en: 'Security policy', zh: '安全策略' },
    help: {
      en: 'How messages are signed and encrypted. "None" is used only when it is chosen here.',
      zh: '报文签名与加密的方式。只有在此明确选择“无”时才会使用无安全连接。',
    },
    default: 'auto',
    options: policies,
  },
  securityMode: {
    kind: 'choice',
    title: { en: 'Security mode', zh: '安全模式' },
    default: 'auto',
    options: [
      { value: 'auto', title: { en: 'Sign and encrypt where offered', zh: '支持时签名并加密' } },
      { value: 'SignAndEncrypt', title: { en: 'Sign and encrypt', zh: '签名并加密' } },
      { value: 'Sign', title: { en: 'Sign only', zh: '仅签名' } },
    ],
    advanced: true,
  },
  identity: {
    kind: 'choice',
    title: { en: 'Sign in as', zh: '登录身份' },
    default: 'anonymous',
    options: [
      { value: 'anonymous', title: { en: 'Anonymous', zh: '匿名' } },
      { value: 'username', title: { en: 'User name and password', zh: '用户名和密码' } },
      { value: 'certificate', title: { en: 'User certificate', zh: '用户证书' } },
    ],
  },
  username: { kind: 'text', title: { en: 'User name', zh: '用户名' } },
  password: { kind: 'secret', title: { en: 'Password', zh: '密码' } },
  userCertificate: {
    kind: 'pem',
    title: { en: 'User certificate', zh: '用户证书' },
    help: { en: 'PEM, for "User certificate".', zh: 'PEM 格式，用于“用户证书”身份。' },
    advanced: true,
  },
  userKey: {
    kind: 'pem',
    title: { en: "Key of the user's certificate", zh: '用户证书私钥' },
    advanced: true,
  },
  serverCertificate: {
    kind: 'choice',
    title: { en: "Trust in the server's certificate", zh: '对服务器证书的信任' },
    help: {
      en: '"Only the confirmed one" compares with the fingerprint below, which the connection test fills in.',
      zh: '“仅信任已确认的证书”会与下面的指纹比较，指纹由连接测试填入。',
    },
    default: 'ask',
    options: [
      { value: 'ask', title: { en: 'Only the confirmed one', zh: '仅信任已确认的证书' } },
      { value: 'any', title: { en: 'Any (no protection from impostors)', zh: '任意证书（无法防范冒充）' } },
    ],
  },
  trustedThumbprint: {
    kind: 'text',
    title: { en: 'Fingerprint of the trusted server certificate', zh: '受信任服务器证书的指纹' },
    help: {
      en: 'SHA-256 (64 hexadecimal digits) or SHA-1 (40) of the certificate. Several, separated by blanks, while a server changes over.',
      zh: '证书的 SHA-256（64 位十六进制）或 SHA-1（40 位）指纹。服务器更换证书期间可填多个，以空格分隔。',
    },
  },
  trustedAuthority: {
    kind: 'pem',
    title: { en: 'Certificate authority', zh: '证书颁发机构' },
    help: {
      en: 'PEM of authorities whose server certificates are trusted if host name and dates fit.',
      zh: '颁发机构证书（PEM）：由其签发且主机名、有效期均符合的服务器证书受信任。',
    },
    advanced: true,
  },
  allowExpired: {
    kind: 'toggle',
    title: { en: 'Accept an expired server certificate', zh: '接受已过期的服务器证书' },
    default: false,
    advanced: true,
  },
  applicationCertificate: {
    kind: 'pem',
    title: { en: "Millrace's own certificate", zh: 'Millrace 自身证书' },
    help: {
      en: 'Only where the plant issues certificates itself; otherwise one is made and renewed automatically.',
      zh: '仅当工厂自行签发证书时填写；否则会自动生成并续期。',
    },
    advanced: true,
  },
  applicationKey: {
    kind: 'pem',
    title: { en: "Key of Millrace's own certificate", zh: 'Millrace 自身证书私钥' },
    advanced: true,
  },
  publishingMilliseconds: {
    kind: 'number',
    title: { en: 'Publishing interval', zh: '发布间隔' },
    help: {
      en: 'How often the server sends what has changed.',
      zh: '服务器发送变化值的周期。',
    },
    default: 500,
    min: 10,
    max: 3_600_000,
    integer: true,
    unit: 'ms',
  },
  samplingMilliseconds: {
    kind: 'number',
    title: { en: 'Sampling interval', zh: '采样间隔' },
    help: {
      en: 'How often the server looks at each value. 0: as fast as it can; −1: at the publishing interval. "millrace:samplingMilliseconds" in a form overrides it.',
      zh: '服务器检查每个值的周期。0：尽可能快；−1：与发布间隔相同。表单中的 "millrace:samplingMilliseconds" 优先。',
    },
    default: -1,
    min: -1,
    max: 3_600_000,
    unit: 'ms',
  },
  queueSize: {
    kind: 'number',
    title: { en: 'Values queued per item', zh: '每项队列长度' },
    help: {
      en: 'Changes the server keeps of one value between two messages; the oldest is lost when there are more, and the loss is marked.',
      zh: '两次发布之间服务器为每个值保留的变化数；超出时丢弃最旧的并作标记。',
    },
    default: 10,
    min: 1,
    max: 10_000,
    integer: true,
    advanced: true,
  },
  backfill: {
    kind: 'toggle',
    title: { en: 'Read history after a gap', zh: '断线后读取历史补齐' },
    default: true,
    advanced: true,
  },
  backfillHours: {
    kind: 'number',
    title: { en: 'History read back at most', zh: '最多补读历史' },
    default: 24,
    min: 0.01,
    max: 8760,
    unit: 'h',
    advanced: true,
  },
  timeoutMilliseconds: {
    kind: 'number',
    title: { en: 'Time allowed for an answer', zh: '应答超时' },
    default: 10_000,
    min: 500,
    max: 120_000,
    integer: true,
    unit: 'ms',
    advanced: true,
  },
} as const satisfies SettingFields;

export interface OpcuaSettings {
  /** The address as the person gave it, without blanks around. */
  endpoint: string;
  host: string;
  port: number;
  securityPolicy: string;
  securityMode: 'auto' | 'Sign' | 'SignAndEncrypt';
  identity: 'anonymous' | 'username' | 'certificate';
  username: string;
  password: string;
  userCertificate: string;
  userKey: string;
  trustAny: boolean;
  trustedThumbprints: readonly string[];
  trustedAuthority: string;
  allowExpired: boolean;
  applicationCertificate: string;
  applicationKey: string;
  publishingMilliseconds: number;
  samplingMilliseconds: number;
  queueSize: number;
  backfill: boolean;
  backfillMicroseconds: number;
  timeoutMilliseconds: number;
}

export const defaultPort = 4840;

/** Host and port of an OPC UA address; undefined where it is not one. IPv6 hosts stand in brackets and come back without. */
export function parseEndpoint(address: string): { host: string; port: number; path: string } | undefined {
  const match = /^opc\.tcp:\/\/(\[[0-9a-f:.%]+\]|[^\s/:?#[\]@]+)(?::(\d{1,5}))?(\/[^?#\s]*)?$/i.exec(
    address.trim(),
  );
  if (match === null) return undefined;
  const port = match[2] === undefined ? defaultPort : Number(match[2]);
  if (port < 1 || port > 65_535) return undefined;
  const host = match[1]!.startsWith('[') ? match[1]!.slice(1, -1) : match[1]!;
  return { host, port, path: match[3] ?? '' };
}

export function normalThumbprint(text: string): string {
  return text.replace(/[^0-9a-f]/gi, '').toLowerCase();
}

export function readSettings(given: CheckedSettings): OpcuaSettings {
  const text = (name: string): string => (typeof given[name] === 'string' ? (given[name] as string) : '');
  const number = (name: keyof typeof settings): number => {
    const field = settings[name] as { default?: number };
    return typeof given[name] === 'number' ? (given[name] as number) : field.default!;
  };
  const endpoint = text('endpoint').trim();
  const parsed = parseEndpoint(endpoint);
  return {
    endpoint,
    host: parsed?.host ?? '',
    port: parsed?.port ?? defaultPort,
    securityPolicy: text('securityPolicy') || 'auto',
    securityMode: (text('securityMode') || 'auto') as OpcuaSettings['securityMode'],
    identity: (text('identity') || 'anonymous') as OpcuaSettings['identity'],
    username: text('username'),
    password: text('password'),
    userCertificate: text('userCertificate'),
    userKey: text('userKey'),
    trustAny: given['serverCertificate'] === 'any',
    trustedThumbprints: text('trustedThumbprint')
      .split(/[\s,;]+/)
      .map(normalThumbprint)
      .filter((print) => print !== ''),
    trustedAuthority: text('trustedAuthority'),
    allowExpired: given['allowExpired'] === true,
    applicationCertificate: text('applicationCertificate'),
    applicationKey: text('applicationKey'),
    publishingMilliseconds: number('publishingMilliseconds'),
    samplingMilliseconds: number('samplingMilliseconds'),
    queueSize: number('queueSize'),
    backfill: given['backfill'] !== false,
    backfillMicroseconds: number('backfillHours') * 3_600_000_000,
    timeoutMilliseconds: number('timeoutMilliseconds'),
  };
}

/** Checks what the field declarations cannot say: fields that belong together, addresses, fingerprints, PEM. Pure. */
export function checkOpcuaSettings(given: CheckedSettings): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const wrong = (field: string, en: string, zh: string): void => {
    problems.push({ field, message: { en, zh } satisfies LocalText });
  };
  const read = readSettings(given);
  if (parseEndpoint(read.endpoint) === undefined) {
    wrong(
      'endpoint',
      `"${read.endpoint.slice(0, 120)}" is not an OPC UA address; it looks like opc.tcp://host:4840`,
      `“${read.endpoint.slice(0, 120)}”不是 OPC UA 地址，应形如 opc.tcp://主机:4840`,
    );
  }
  if (read.identity === 'username' && read.username === '') {
    wrong(
      'username',
      'A user name is needed to sign in with user name and password',
      '使用用户名登录时必须填写用户名',
    );
  }
  if (read.identity === 'certificate') {
    checkPem(read.userCertificate, 'userCertificate', 'CERTIFICATE', wrong);
    checkPem(read.userKey, 'userKey', 'PRIVATE KEY', wrong);
  }
  if (read.applicationCertificate !== '' || read.applicationKey !== '') {
    checkPem(read.applicationCertificate, 'applicationCertificate', 'CERTIFICATE', wrong);
    checkPem(read.applicationKey, 'applicationKey', 'PRIVATE KEY', wrong);
  }
  if (read.trustedAuthority !== '') checkPem(read.trustedAuthority, 'trustedAuthority', 'CERTIFICATE', wrong);
  for (const print of read.trustedThumbprints) {
    if (print.length !== 40 && print.length !== 64) {
      wrong(
        'trustedThumbprint',
        `"${print.slice(0, 70)}" is no fingerprint: SHA-256 has 64 hexadecimal digits, SHA-1 has 40`,
        `“${print.slice(0, 70)}”不是指纹：SHA-256 为 64 位十六进制，SHA-1 为 40 位`,
      );
    }
  }
  if (read.securityPolicy === 'None' && read.securityMode !== 'auto') {
    wrong(
      'securityMode',
      'With security policy None messages are neither signed nor encrypted: leave the mode at "auto"',
      '安全策略为“无”时报文既不签名也不加密：请将安全模式保持为自动',
    );
  }
  return problems;
}

function checkPem(
  pem: string,
  field: string,
  label: string,
  wrong: (field: string, en: string, zh: string) => void,
): void {
  if (new RegExp(`-----BEGIN [A-Z ]*${label}-----[\\s\\S]+-----END [A-Z ]*${label}-----`).test(pem)) return;
  wrong(
    field,
    `"${field}" must be PEM text with "-----BEGIN ${label}-----"`,
    `“${field}”必须是包含“-----BEGIN ${label}-----”的 PEM 文本`,
  );
}

/** The endpoint a form names and the node it reaches, or undefined where the form is not one of ours. */
export function targetOf(form: {
  href: string;
  [key: string]: unknown;
}): { endpoint: string; node: string } | undefined {
  const endpoint = endpointOf(form.href);
  if (endpoint === undefined || !endpoint.startsWith('opc.tcp:')) return undefined;
  const query = /\?(?:[^#]*&)?id=([^&#]*)/.exec(form.href);
  let node: string;
  if (query !== null) {
    try {
      node = decodeURIComponent(query[1]!);
    } catch {
      node = query[1]!;
    }
  } else if (typeof form['opcua:nodeId'] === 'string') {
    node = form['opcua:nodeId'];
  } else {
    return undefined;
  }
  return parseNodeAddress(node) === undefined ? undefined : { endpoint, node };
}
