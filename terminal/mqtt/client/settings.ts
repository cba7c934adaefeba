import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { SettingFields, SettingProblem } from '@millrace/contract';
import type { CheckedSettings } from '@millrace/sdk';
import { isTopicFilter } from '../topics.ts';
import type { BrokerOptions, Version } from './broker-session.ts';
import { clientLimits } from './client-limits.ts';

export const settingFields = {
  host: {
    kind: 'text',
    title: { en: 'Broker', zh: '消息服务器' },
    help: { en: 'Host name or IP address of the MQTT broker.', zh: 'MQTT 消息服务器的主机名或 IP 地址。' },
    required: true,
    placeholder: 'broker.plant.example',
    pattern: '^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.\\-]*[A-Za-z0-9_])?\\.?|\\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\\]?)$',
  },
  port: {
    kind: 'number',
    title: { en: 'Port', zh: '端口' },
    help: { en: 'Left empty: 1883, or 8883 with TLS.', zh: '留空则为 1883，使用 TLS 时为 8883。' },
    min: 1,
    max: 65_535,
    integer: true,
  },
  tls: {
    kind: 'toggle',
    title: { en: 'TLS', zh: 'TLS 加密' },
    help: { en: 'Encrypts, and shows that the broker is who it says.', zh: '加密通信，并验证服务器身份。' },
    default: false,
  },
  verify: {
    kind: 'toggle',
    title: { en: "Check the broker's certificate", zh: '校验服务器证书' },
    help: {
      en: 'Turned off, anybody between here and the broker can read and change everything. Better: give the authority below.',
      zh: '关闭后，链路上任何人都可读取和篡改数据。更好的做法是在下方填写颁发机构证书。',
    },
    default: true,
    advanced: true,
  },
  ca: {
    kind: 'pem',
    title: { en: 'Certificate authority', zh: '证书颁发机构' },
    help: {
      en: "PEM of the authority that issued the broker's certificate. Left empty: the public authorities.",
      zh: '签发服务器证书的机构证书（PEM）。留空则使用公共颁发机构。',
    },
  },
  cert: {
    kind: 'pem',
    title: { en: 'Client certificate', zh: '客户端证书' },
    help: {
      en: 'PEM, where the broker knows its clients by certificate.',
      zh: 'PEM 格式，服务器以证书识别客户端时填写。',
    },
    advanced: true,
  },
  key: {
    kind: 'pem',
    title: { en: 'Key of the client certificate', zh: '客户端证书私钥' },
    advanced: true,
  },
  username: { kind: 'text', title: { en: 'User name', zh: '用户名' } },
  password: { kind: 'secret', title: { en: 'Password', zh: '密码' } },
  clientId: {
    kind: 'text',
    title: { en: 'Client id', zh: '客户端标识' },
    help: {
      en: 'Must be unlike that of every other client of the broker, and stay the same: the broker keeps messages for it. Left empty: made from the id of this connection.',
      zh: '须与该服务器的其他客户端不同且保持不变：服务器以此为其保留消息。留空则由本连接的标识生成。',
    },
    advanced: true,
  },
  version: {
    kind: 'choice',
    title: { en: 'MQTT version', zh: 'MQTT 版本' },
    default: 'auto',
    options: [
      { value: 'auto', title: { en: 'Automatic: 5.0, else 3.1.1', zh: '自动：5.0，否则 3.1.1' } },
      { value: '5', title: { en: '5.0', zh: '5.0' } },
      { value: '3.1.1', title: { en: '3.1.1', zh: '3.1.1' } },
    ],
    advanced: true,
  },
  keepAlive: {
    kind: 'number',
    title: { en: 'Keep alive', zh: '保活间隔' },
    help: { en: 'How soon a dead connection is noticed.', zh: '多久可发现连接已中断。' },
    default: 30,
    min: 5,
    max: 3600,
    integer: true,
    unit: 's',
    advanced: true,
  },
  clean: {
    kind: 'toggle',
    title: { en: 'Begin a new session each time', zh: '每次建立新会话' },
    help: {
      en: 'Turned on, the broker forgets what it could not deliver while the connection was away. Messages of QoS 1 can then be lost.',
      zh: '开启后，连接中断期间未送达的消息会被服务器丢弃，QoS 1 消息也可能丢失。',
    },
    default: false,
    advanced: true,
  },
  filters: {
    kind: 'text',
    title: { en: 'Subscribe to these as well', zh: '附加订阅' },
    help: {
      en: 'Topic filters, separated by blanks. Not needed for topics that stand in the forms of things; one wide filter can take the place of many narrow ones.',
      zh: '主题过滤器，以空格分隔。物描述 form 中的主题无需填写；一个宽的过滤器可代替许多窄的。',
    },
    placeholder: 'plant/+/state plant/energy/#',
    advanced: true,
  },
  share: {
    kind: 'text',
    title: { en: 'Shared subscription group', zh: '共享订阅组' },
    help: {
      en: 'The broker divides the messages among all clients of the group. Only for several Millrace servers on one broker.',
      zh: '服务器将消息分摊给同组各客户端。仅用于多台 Millrace 共用一个服务器。',
    },
    pattern: '^[^/+#\\s]+$',
    advanced: true,
  },
  sparkplug: {
    kind: 'toggle',
    title: { en: 'Sparkplug B', zh: 'Sparkplug B' },
    help: {
      en: 'Listens to the edge nodes on this broker as a Sparkplug host application; their births propose things.',
      zh: '以 Sparkplug 主机应用身份接收该服务器上边缘节点的数据；其上线报文会建议新物。',
    },
    default: false,
  },
  sparkplugHostId: {
    kind: 'text',
    title: { en: 'Sparkplug host id', zh: 'Sparkplug 主机标识' },
    help: {
      en: 'Edge nodes with a primary host wait for this id. No other host on the broker may have it.',
      zh: '设有主控主机的边缘节点会等待此标识。同一服务器上不得重复。',
    },
    default: 'millrace',
    pattern: '^[^/+#]+$',
    advanced: true,
  },
  sparkplugReorder: {
    kind: 'number',
    title: { en: 'Sparkplug reorder timeout', zh: 'Sparkplug 乱序等待时间' },
    help: {
      en: 'How long a message that is missing from the sequence may be late before the edge node is asked for a rebirth.',
      zh: '序号缺失的报文允许迟到多久，超过则要求边缘节点重新上线。',
    },
    default: 2000,
    min: 0,
    max: 60_000,
    integer: true,
    unit: 'ms',
    advanced: true,
  },
  sparkplugRebirth: {
    kind: 'toggle',
    title: { en: 'Ask edge nodes for rebirths', zh: '向边缘节点请求重新上线' },
    help: {
      en: 'Turned off, Millrace only listens, and may lack metrics until a node is born again by itself.',
      zh: '关闭后仅监听；在节点自行重新上线前可能缺少部分指标。',
    },
    default: true,
    advanced: true,
  },
} as const satisfies SettingFields;

const text = (settings: CheckedSettings, name: keyof typeof settingFields): string | undefined => {
  const value = settings[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
};

export interface ClientSettings {
  broker: Omit<BrokerOptions, 'clientId' | 'will'>;
  clientId: string | undefined;
  filters: string[];
  share: string | undefined;
  sparkplug: { hostId: string; reorderTimeoutMilliseconds: number; requestsRebirth: boolean } | undefined;
}

/** Settings that have been checked, in the terms of the session. */
export function readSettings(settings: CheckedSettings): ClientSettings {
  const tls = settings['tls'] === true;
  const ca = text(settings, 'ca');
  const cert = text(settings, 'cert');
  const key = text(settings, 'key');
  const version = settings['version'];
  const versions: Version[] = version === '5' ? [5] : version === '3.1.1' ? [4] : [5, 4];
  return {
    broker: {
      host: (text(settings, 'host') ?? '').replace(/^\[|\]$/g, ''),
      port: typeof settings['port'] === 'number' ? settings['port'] : tls ? 8883 : 1883,
      tls: tls
        ? {
            verify: settings['verify'] !== false,
            ...(ca === undefined ? {} : { ca }),
            ...(cert === undefined ? {} : { cert }),
            ...(key === undefined ? {} : { key }),
          }
        : undefined,
      versions,
      username: text(settings, 'username'),
      password: typeof settings['password'] === 'string' ? settings['password'] : undefined,
      keepAliveSeconds: Number(settings['keepAlive'] ?? 30),
      clean: settings['clean'] === true,
    },
    clientId: text(settings, 'clientId'),
    filters: text(settings, 'filters')?.split(/\s+/) ?? [],
    share: text(settings, 'share'),
    sparkplug:
      settings['sparkplug'] === true
        ? {
            hostId: text(settings, 'sparkplugHostId') ?? 'millrace',
            reorderTimeoutMilliseconds: Number(settings['sparkplugReorder'] ?? 2000),
            requestsRebirth: settings['sparkplugRebirth'] !== false,
          }
        : undefined,
  };
}

/** `mqtt://host:port`, `mqtts://host:port`. */
export function endpointOfSettings(settings: CheckedSettings): string {
  const { host, port, tls } = readSettings(settings).broker;
  return `mqtt${tls === undefined ? '' : 's'}://${host.includes(':') ? `[${host}]` : host}:${port}`.toLowerCase();
}

export function checkSettings(settings: CheckedSettings): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const wrong = (field: keyof typeof settingFields, en: string, zh: string): void =>
    void problems.push({ field, message: { en, zh } });
  for (const filter of readSettings(settings).filters) {
    if (!isTopicFilter(filter))
      wrong(
        'filters',
        `"${filter.slice(0, 80)}" is no topic filter`,
        `“${filter.slice(0, 80)}”不是主题过滤器`,
      );
  }
  if (readSettings(settings).filters.length > clientLimits.filtersMax)
    wrong('filters', 'too many topic filters', '主题过滤器过多');
  if (settings['password'] !== undefined && text(settings, 'username') === undefined)
    wrong('username', 'a password needs a user name', '填写密码时必须填写用户名');
  if (settings['tls'] !== true) return problems;
  for (const field of ['ca', 'cert'] as const) {
    const pem = text(settings, field);
    if (pem === undefined) continue;
    try {
      new X509Certificate(pem);
    } catch {
      wrong(
        field,
        'is no certificate in PEM form (-----BEGIN CERTIFICATE-----)',
        '不是 PEM 格式的证书（-----BEGIN CERTIFICATE-----）',
      );
    }
  }
  const key = text(settings, 'key');
  if (key !== undefined) {
    try {
      createPrivateKey(key);
    } catch {
      wrong(
        'key',
        'is no private key in PEM form, or is protected by a password',
        '不是 PEM 格式的私钥，或设有密码',
      );
    }
  }
  if ((key === undefined) !== (text(settings, 'cert') === undefined)) {
    wrong(
      key === undefined ? 'key' : 'cert',
      'certificate and key are only of use together',
      '证书与私钥必须同时填写',
    );
  }
  return problems;
}
