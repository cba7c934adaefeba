import type { ProviderManifest } from '@millrace/sdk';

const url = '^https?://[^\\s/?#]+/?$';

export const manifest: ProviderManifest = {
  id: 'free5gc',
  title: { en: 'free5GC core', zh: 'free5GC 核心网' },
  summary: {
    en: 'Provisions subscribers and reads terminals through the web console’s interface, asks the PCF for flows (N5).',
    zh: '通过 webconsole 接口开户并读取终端，通过 N5 向 PCF 申请业务流。',
  },
  settings: {
    console: {
      kind: 'text',
      required: true,
      pattern: url,
      placeholder: 'http://127.0.0.1:5000',
      title: { en: 'Web console', zh: 'Web 控制台地址' },
    },
    user: { kind: 'text', default: 'admin', title: { en: 'User name', zh: '用户名' } },
    password: {
      kind: 'secret',
      required: true,
      title: { en: 'Password', zh: '密码' },
      help: {
        en: 'free5GC’s console makes admin/free5gc anew at each start: keep it off all networks but the core’s own.',
        zh: 'free5GC 控制台每次启动都会重建 admin/free5gc，请勿将其暴露在核心网以外的网络。',
      },
    },
    plmn: {
      kind: 'text',
      required: true,
      pattern: '^\\d{5,6}$',
      placeholder: '20893',
      title: { en: 'Network (MCC and MNC)', zh: '网络（MCC 与 MNC）' },
    },
    pcf: {
      kind: 'text',
      pattern: url,
      placeholder: 'http://127.0.0.7:8000',
      title: { en: 'PCF', zh: 'PCF 地址' },
      help: {
        en: 'Address of the PCF’s service-based interface; without it no flows are asked for.',
        zh: 'PCF 服务化接口地址；不填则不申请业务流。',
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
      default: '010203',
      pattern: '^([0-9A-Fa-f]{6})?$',
      title: { en: 'Slice differentiator (SD)', zh: '切片区分符（SD）' },
    },
  },
  can: {
    qos: {
      en: 'Flows of 5QI 1, 2 and 9 for a connected terminal, as its PCF maps media types.',
      zh: '为在线终端申请 5QI 1、2、9 的业务流（取决于其 PCF 的媒体类型映射）。',
    },
    terminals: { en: 'Registered terminals and their sessions.', zh: '已注册终端及其会话。' },
    subscribers: {
      en: 'Subscribers with slices, sessions and policies.',
      zh: '签约用户及其切片、会话与策略。',
    },
  },
  cannot: [
    {
      en: 'No other 5QI: its PCF ignores names of QoS and maps every other media type to 9; rates count only for 5QI up to 4.',
      zh: '不支持其他 5QI：其 PCF 忽略命名 QoS，其他媒体类型一律映射为 9；仅 5QI 4 及以下才使用速率。',
    },
    {
      en: 'Whether a flow is there cannot be read back: its interfaces do not tell flows.',
      zh: '无法读回业务流是否存在：其接口不提供业务流信息。',
    },
  ],
  enforcedBy: {
    en: 'The UPF’s gtp5g kernel module and the radio; what is measured shows whether it helps.',
    zh: '由 UPF 的 gtp5g 内核模块与无线侧执行；是否有效以测量结果为准。',
  },
  speaks: ['3GPP TS 29.514 (Npcf_PolicyAuthorization)', 'free5GC web console'],
};
