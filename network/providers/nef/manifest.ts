import type { ProviderManifest } from '@millrace/sdk';

const url = '^https?://[^\\s?#]+$';

export const manifest: ProviderManifest = {
  id: 'nef',
  title: { en: 'Network exposure function', zh: '网络能力开放（NEF）' },
  summary: {
    en: 'The standard northbound interface of a 5G core: quality for sessions, 5G LAN groups, steering to an edge, monitoring, time.',
    zh: '5G 核心网的标准北向接口：会话 QoS、5G LAN 组、边缘分流、监测与授时。',
  },
  settings: {
    apiRoot: {
      kind: 'text',
      required: true,
      pattern: url,
      placeholder: 'https://nef.example/',
      title: { en: 'Address', zh: '接口地址' },
      help: {
        en: 'What stands before “/3gpp-as-session-with-qos”.',
        zh: '“/3gpp-as-session-with-qos”之前的部分。',
      },
    },
    afId: {
      kind: 'text',
      required: true,
      pattern: '^[A-Za-z0-9._-]{1,100}$',
      title: { en: 'Our name there (AF id)', zh: '本方标识（AF ID）' },
    },
    tokenUrl: {
      kind: 'text',
      pattern: url,
      title: { en: 'Token address', zh: '令牌地址' },
      help: {
        en: 'OAuth 2.0 client credentials; empty: the interface asks for none.',
        zh: 'OAuth 2.0 客户端凭据；留空表示接口不需要。',
      },
    },
    clientId: { kind: 'text', title: { en: 'Client id', zh: '客户端标识' } },
    clientSecret: { kind: 'secret', title: { en: 'Client secret', zh: '客户端密钥' } },
    http2: {
      kind: 'toggle',
      default: false,
      advanced: true,
      title: { en: 'HTTP/2', zh: 'HTTP/2' },
      help: {
        en: 'For an interface that speaks HTTP/2 only, as those inside a core do.',
        zh: '用于仅支持 HTTP/2 的接口（核心网内部接口通常如此）。',
      },
    },
    dnn: {
      kind: 'text',
      default: 'internet',
      pattern: '^[A-Za-z0-9.-]{1,100}$',
      title: { en: 'Data network (DNN)', zh: '数据网络（DNN）' },
    },
    sst: {
      kind: 'number',
      default: 1,
      min: 0,
      max: 255,
      integer: true,
      title: { en: 'Slice type (SST)', zh: '切片类型（SST）' },
    },
    sd: {
      kind: 'text',
      pattern: '^([0-9A-Fa-f]{6})?$',
      title: { en: 'Slice differentiator (SD)', zh: '切片区分符（SD）' },
    },
    watch: {
      kind: 'text',
      title: { en: 'Terminals to watch', zh: '监测的终端' },
      help: {
        en: 'External identifiers (name@domain) or MSISDNs, by comma: reachability, loss of connectivity and place are subscribed to.',
        zh: '外部标识（name@domain）或 MSISDN，用逗号分隔：将订阅可达性、失联与位置。',
      },
    },
    operatingSystem: {
      kind: 'text',
      default: '00000000-0000-0000-0000-000000000000',
      advanced: true,
      pattern: '^[0-9a-fA-F-]{36}$',
      title: { en: 'Operating system id for groups', zh: '组的操作系统标识' },
      help: {
        en: '5G LAN parameters name an application by operating system (UUID) and id; operators say which.',
        zh: '5G LAN 参数以操作系统（UUID）与标识指明应用，由运营商给定。',
      },
    },
  },
  can: {
    qos: {
      en: 'Quality for flows of a session, by a name agreed with the operator or by delay and rates; events tell when it is given and when it is lost.',
      zh: '为会话业务流申请 QoS（约定名称，或时延与速率），并接收建立与丢失事件。',
    },
    groups: { en: '5G LAN groups, Ethernet or IP.', zh: '5G LAN 组（以太网或 IP）。' },
    influence: {
      en: 'Steering to the edge zone an operator names (DNAI).',
      zh: '将流量引导至运营商命名的边缘区域（DNAI）。',
    },
    monitoring: {
      en: 'Loss of connectivity, reachability, place of the terminals named.',
      zh: '所列终端的失联、可达性与位置。',
    },
    'time-sync': { en: 'Access stratum time with an error budget.', zh: '带误差预算的接入层授时。' },
    terminals: { en: 'Those watched, as events tell of them.', zh: '所监测的终端（依据事件）。' },
  },
  cannot: [
    {
      en: 'No slices are ordered and no subscribers made: that is the operator’s management interface.',
      zh: '不能订购切片或开户，这属于运营商的管理接口。',
    },
    {
      en: 'Many exposure functions implement part of it: what yours refuses is shown as it says.',
      zh: '多数 NEF 只实现其中一部分，被拒绝的请求将原样显示。',
    },
  ],
  enforcedBy: {
    en: 'The operator’s core and radio; an event says when the quality is not kept.',
    zh: '由运营商的核心网与无线侧执行；未满足时以事件告知。',
  },
  speaks: [
    '3GPP TS 29.122 (AsSessionWithQoS, MonitoringEvent)',
    '3GPP TS 29.522 (5GLANParameterProvision, TrafficInfluence, ASTI), Release 18',
  ],
};
