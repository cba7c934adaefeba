import { defineTerminal } from '@millrace/sdk';
import { browse } from './browse.ts';
import { ClientConnection } from './connection.ts';
import { test } from './probe.ts';
import { checkSettings, endpointOfSettings, settingFields } from './settings.ts';

/** Client of an MQTT broker that the plant already has. */
export const mqttClient = defineTerminal({
  id: 'mqtt-client',
  title: { en: 'MQTT broker', zh: 'MQTT 消息服务器' },
  summary: {
    en: 'Reads from an MQTT broker that is already there: any topic and payload through the forms of things, and Sparkplug B.',
    zh: '从已有的 MQTT 消息服务器读取数据：按物描述的 form 映射任意主题与报文，并支持 Sparkplug B。',
  },
  schemes: ['mqtt', 'mqtts'],
  direction: 'client',
  settings: settingFields,
  check: checkSettings,
  endpoint: endpointOfSettings,
  settingsFor(endpoint) {
    const match = /^(mqtts?):\/\/(\[[0-9a-f:.]+\]|[^:/]+)(?::(\d{1,5}))?$/i.exec(endpoint);
    if (match === null) return undefined;
    const port = match[3] === undefined ? undefined : Number(match[3]);
    if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
    return {
      host: match[2]!,
      tls: match[1]!.toLowerCase() === 'mqtts',
      ...(port === undefined ? {} : { port }),
    };
  },
  open: (context) => ClientConnection.open(context),
  test,
  browse,
});
