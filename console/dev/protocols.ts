import type { Protocol, SettingFields } from '@millrace/contract';

const endpoint: SettingFields = {
  host: {
    kind: 'text',
    title: { en: 'Address', zh: '地址' },
    help: { en: 'Name or IP address of the server.', zh: '服务器的名称或 IP 地址。' },
    required: true,
    placeholder: '10.20.0.11',
  },
  port: {
    kind: 'number',
    title: { en: 'Port', zh: '端口' },
    default: 4840,
    min: 1,
    max: 65_535,
    integer: true,
  },
  securityPolicy: {
    kind: 'choice',
    title: { en: 'Security policy', zh: '安全策略' },
    default: 'best',
    options: [
      { value: 'best', title: { en: 'The best the server offers', zh: '服务器支持的最高级别' } },
      { value: 'None', title: { en: 'None: anybody can read along', zh: '无：数据可被窃听' } },
    ],
  },
  password: { kind: 'secret', title: { en: 'Password', zh: '密码' }, advanced: true },
  certificate: { kind: 'pem', title: { en: 'Certificate of the server', zh: '服务器证书' }, advanced: true },
  reconnect: {
    kind: 'toggle',
    title: { en: 'Read gaps from history', zh: '用历史数据补齐缺口' },
    default: true,
    advanced: true,
  },
};

const protocol = (
  id: string,
  title: { en: string; zh: string },
  summary: { en: string; zh: string },
  direction: 'listener' | 'client',
): Protocol => ({
  id,
  title,
  summary,
  schemes: [id],
  settings: direction === 'client' ? (endpoint as Protocol['settings']) : {},
  canBrowse: direction === 'client',
  direction,
});

export const protocols: Protocol[] = [
  protocol(
    'opcua',
    { en: 'OPC UA', zh: 'OPC UA' },
    { en: 'Machines and controllers with an OPC UA server.', zh: '带 OPC UA 服务器的机床和控制器。' },
    'client',
  ),
  protocol(
    'modbus',
    { en: 'Modbus TCP', zh: 'Modbus TCP' },
    { en: 'Meters, drives, gateways.', zh: '仪表、变频器、网关。' },
    'client',
  ),
  protocol(
    'mqtt',
    { en: 'MQTT listener', zh: 'MQTT 监听' },
    { en: 'Devices that send by themselves.', zh: '主动上报数据的设备。' },
    'listener',
  ),
];
