import type { SettingProblem } from '@millrace/contract';
import { type CheckedSettings, defineTerminal, TerminalError } from '@millrace/sdk';
import { browseModbus } from './browse.ts';
import { endpointText, parseEndpoint, scheme } from './form.ts';
import { testModbus } from './probe.ts';
import { ModbusSession } from './session.ts';
import { readSettings, settingFields } from './settings.ts';

/**
 * Modbus TCP client (MODBUS Application Protocol V1.1b3 over MODBUS Messaging on TCP/IP V1.0b): polls the coils, inputs and
 * registers that things' forms name. One connection is one device or one gateway with several units.
 */
export const modbus = defineTerminal({
  id: 'modbus',
  title: { en: 'Modbus TCP', zh: 'Modbus TCP' },
  summary: {
    en: 'Reads registers and coils of meters, drives, PLCs and of whatever stands behind a Modbus gateway.',
    zh: '读取电表、变频器、PLC 以及 Modbus 网关之后各设备的寄存器与线圈。',
  },
  schemes: [scheme],
  direction: 'client',
  settings: settingFields,
  check,
  settingsFor(endpoint) {
    const place = parseEndpoint(endpoint);
    return place === undefined ? undefined : { host: place.host, port: place.port };
  },
  endpoint(settings) {
    const { host, port } = readSettings(settings);
    return host === '' ? undefined : endpointText(host, port);
  },
  async open(context) {
    const problem = check(context.settings)[0];
    if (problem !== undefined) {
      throw new TerminalError(
        'settings',
        'settings-wrong',
        problem.message,
        { en: 'Correct the setting.', zh: '请修改该设置项。' },
        { field: problem.field },
      );
    }
    return new ModbusSession(context).open();
  },
  test: testModbus,
  browse: browseModbus,
});

/** What the fields' own bounds cannot say. Never touches the network. */
function check(settings: CheckedSettings): readonly SettingProblem[] {
  const { host, pollMilliseconds, pauseMilliseconds } = readSettings(settings);
  const problems: SettingProblem[] = [];
  if (host === '') {
    problems.push({
      field: 'host',
      message: { en: '"host" is needed: the address of the device', zh: '必须填写“地址”' },
    });
  } else if (parseEndpoint(endpointText(host, 502)) === undefined) {
    problems.push({
      field: 'host',
      message: {
        en: `"host" must be an IP address or a name without port or path, got ${host.slice(0, 80)}`,
        zh: `“地址”应为 IP 地址或主机名，不含端口和路径：${host.slice(0, 80)}`,
      },
    });
  }
  if (pauseMilliseconds >= pollMilliseconds) {
    problems.push({
      field: 'pauseMilliseconds',
      message: {
        en: `"pauseMilliseconds" (${pauseMilliseconds}) must be shorter than "pollMilliseconds" (${pollMilliseconds})`,
        zh: `“请求间隔”（${pauseMilliseconds}）应小于“轮询间隔”（${pollMilliseconds}）`,
      },
    });
  }
  return problems;
}
