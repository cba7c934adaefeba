import type { ProviderManifest } from '@millrace/sdk';

const url = '^https?://[^\\s/?#]+/?$';

export const manifest: ProviderManifest = {
  id: 'open5gs',
  title: { en: 'Open5GS core', zh: 'Open5GS 核心网' },
  summary: {
    en: 'Asks the PCF for flows (N5), reads terminals and sessions from AMF and SMF, provisions subscribers in the core’s database.',
    zh: '通过 N5 向 PCF 申请业务流，从 AMF 与 SMF 读取终端与会话，在核心网数据库中开户。',
  },
  settings: {
    pcf: {
      kind: 'text',
      required: true,
      pattern: url,
      placeholder: 'http://127.0.0.13:7777',
      title: { en: 'PCF', zh: 'PCF 地址' },
      help: {
        en: 'Address of the PCF’s service-based interface; spoken with in clear-text HTTP/2.',
        zh: 'PCF 服务化接口地址，使用明文 HTTP/2。',
      },
    },
    amf: {
      kind: 'text',
      pattern: url,
      placeholder: 'http://127.0.0.5:9090',
      title: { en: 'AMF information', zh: 'AMF 信息接口' },
      help: {
        en: 'Where the AMF serves its metrics: /ue-info there tells of terminals.',
        zh: 'AMF 的 metrics 地址，其 /ue-info 提供终端信息。',
      },
    },
    smf: {
      kind: 'text',
      pattern: url,
      placeholder: 'http://127.0.0.4:9090',
      title: { en: 'SMF information', zh: 'SMF 信息接口' },
      help: {
        en: 'Where the SMF serves its metrics: /pdu-info there tells of sessions, and whether a flow is really there.',
        zh: 'SMF 的 metrics 地址，其 /pdu-info 提供会话信息，用于确认业务流是否真正建立。',
      },
    },
    database: {
      kind: 'secret',
      title: { en: 'Subscriber database', zh: '签约数据库' },
      help: {
        en: 'MongoDB connection string, such as mongodb://127.0.0.1:27017; without it subscribers are not provisioned.',
        zh: 'MongoDB 连接串，例如 mongodb://127.0.0.1:27017；不填则不支持开户。',
      },
    },
    addRules: {
      kind: 'toggle',
      default: false,
      title: { en: 'Add missing PCC rules', zh: '自动补充 PCC 规则' },
      help: {
        en: 'Open5GS grants a flow only where the subscription has a PCC rule of its 5QI. With this such a rule is added before asking, and taken back with the flow.',
        zh: 'Open5GS 仅在签约数据含有相应 5QI 的 PCC 规则时才允许建立业务流。启用后会在申请前补充规则，并随业务流一并移除。',
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
    namedProfiles: {
      kind: 'toggle',
      default: false,
      advanced: true,
      title: { en: 'PCF knows named QoS', zh: 'PCF 支持命名 QoS' },
      help: {
        en: 'From version 2.8 the PCF can be given QoS profiles by name (pcf.qos_profiles): then any 5QI can be asked for by the name of its profile.',
        zh: '2.8 版起可在 pcf.qos_profiles 中配置命名 QoS，此时可按名称申请任意 5QI。',
      },
    },
  },
  can: {
    qos: {
      en: 'Flows of 5QI 1, 2 and 5 (or named profiles from 2.8) for a connected terminal; seen in the SMF when they are there.',
      zh: '为在线终端申请 5QI 1、2、5 的业务流（2.8 版起可用命名 QoS），建立后可在 SMF 中查到。',
    },
    terminals: {
      en: 'Registration, cell, sessions and flows of connected terminals.',
      zh: '在线终端的注册、小区、会话与业务流。',
    },
    subscribers: { en: 'Subscribers with their slices and sessions.', zh: '签约用户及其切片与会话。' },
  },
  cannot: [
    {
      en: 'No rates are policed or shaped: the UPF of Open5GS marks flows and forwards them.',
      zh: '不限速也不整形：Open5GS 的 UPF 只标记并转发业务流。',
    },
    { en: 'No radio measurements: the core does not have them.', zh: '不提供无线测量值：核心网中没有。' },
    {
      en: 'Slices are configuration of the core and not ordered here.',
      zh: '切片属于核心网配置，此处不能申请。',
    },
  ],
  enforcedBy: {
    en: 'The radio, by the 5QI of the flow. Nobody in the core: for rates add a Linux gateway behind the UPF.',
    zh: '由无线侧按业务流的 5QI 执行；核心网内不执行，如需速率保证请在 UPF 后增加 Linux 网关。',
  },
  speaks: ['3GPP TS 29.514 (Npcf_PolicyAuthorization)', 'Open5GS information API', 'MongoDB'],
};
