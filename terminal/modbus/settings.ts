import type { SettingFields } from '@millrace/contract';
import type { CheckedSettings } from '@millrace/sdk';
import { defaultPort, pollMillisecondsMin } from './form.ts';
import { bitsPerReadMax, type Entity, entities, registersPerReadMax } from './frame.ts';

export const settingFields = {
  host: {
    kind: 'text',
    title: { en: 'Address', zh: '地址' },
    help: {
      en: 'IP address or name of the device or gateway.',
      zh: '设备或网关的 IP 地址或主机名。',
    },
    required: true,
    placeholder: '192.168.1.10',
    pattern: '^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.\\-]*[A-Za-z0-9_])?\\.?|\\[?[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\\]?)$',
  },
  port: {
    kind: 'number',
    title: { en: 'Port', zh: '端口' },
    default: defaultPort,
    min: 1,
    max: 65_535,
    integer: true,
  },
  unit: {
    kind: 'number',
    title: { en: 'Unit id', zh: '单元号' },
    help: {
      en: 'Used to test and browse, and for forms that name no unit. A device of its own: usually 1 or 255. Behind a serial gateway: the address set at the device.',
      zh: '用于测试与浏览，以及未写明单元的 form。独立设备通常为 1 或 255；串口网关之后为设备上设置的地址。',
    },
    default: 1,
    min: 0,
    max: 255,
    integer: true,
  },
  pollMilliseconds: {
    kind: 'number',
    title: { en: 'Poll every', zh: '轮询间隔' },
    help: {
      en: 'For points whose form has no modv:pollingTime. On a fixed grid: a poll that is not finished when the next is due is not started twice, and counted as missed.',
      zh: '用于 form 中没有 modv:pollingTime 的点。按固定节拍执行：到下一拍仍未完成的轮询不会重复发起，并计为错过。',
    },
    default: 1000,
    min: pollMillisecondsMin,
    max: 86_400_000,
    integer: true,
    unit: 'ms',
  },
  timeoutMilliseconds: {
    kind: 'number',
    title: { en: 'Answer within', zh: '应答超时' },
    help: {
      en: 'Behind a serial gateway: longer than the time the gateway itself waits for the device.',
      zh: '经串口网关时，应长于网关自身等待设备的时间。',
    },
    default: 1000,
    min: 20,
    max: 60_000,
    integer: true,
    unit: 'ms',
  },
  inFlight: {
    kind: 'number',
    title: { en: 'Requests under way', zh: '并发请求数' },
    help: {
      en: 'Most gateways and many devices handle one at a time. Raise it only where the manual allows more.',
      zh: '大多数网关和许多设备一次只处理一个请求。仅在手册允许时调大。',
    },
    default: 1,
    min: 1,
    max: 16,
    integer: true,
    advanced: true,
  },
  maxGap: {
    kind: 'number',
    title: { en: 'Gap read along', zh: '合并读取的最大间隔' },
    help: {
      en: 'Neighbouring points are read in one request if no more than this many unused addresses lie between them. Where a device refuses to be read across a gap, that is found out and remembered.',
      zh: '相邻点之间未使用的地址不超过此数时合并为一次读取。若设备拒绝跨越间隔读取，系统会自动发现并记住。',
    },
    default: 16,
    min: 0,
    max: 2000,
    integer: true,
    advanced: true,
  },
  maxRegisters: {
    kind: 'number',
    title: { en: 'Registers per request', zh: '每次请求的寄存器数' },
    help: {
      en: 'The standard allows 125; some devices allow fewer.',
      zh: '标准允许 125 个，有些设备更少。',
    },
    default: registersPerReadMax,
    min: 1,
    max: registersPerReadMax,
    integer: true,
    advanced: true,
  },
  maxBits: {
    kind: 'number',
    title: { en: 'Coils per request', zh: '每次请求的线圈数' },
    help: {
      en: 'The standard allows 2000; some devices allow fewer.',
      zh: '标准允许 2000 个，有些设备更少。',
    },
    default: bitsPerReadMax,
    min: 1,
    max: bitsPerReadMax,
    integer: true,
    advanced: true,
  },
  pauseMilliseconds: {
    kind: 'number',
    title: { en: 'Rest between requests', zh: '请求间隔' },
    help: {
      en: 'For serial gateways that lose requests that follow too closely.',
      zh: '用于请求过密会丢失的串口网关。',
    },
    default: 0,
    min: 0,
    max: 10_000,
    integer: true,
    unit: 'ms',
    advanced: true,
  },
  connectMilliseconds: {
    kind: 'number',
    title: { en: 'Connect within', zh: '连接超时' },
    default: 5000,
    min: 100,
    max: 60_000,
    integer: true,
    unit: 'ms',
    advanced: true,
  },
  probeEntity: {
    kind: 'choice',
    title: { en: 'Test by reading', zh: '测试读取的类型' },
    help: {
      en: 'What the test reads to see whether the unit answers. An exception is an answer, too.',
      zh: '测试时读取的对象，用于确认单元是否应答。异常应答同样说明单元在线。',
    },
    default: 'HoldingRegister',
    options: [
      { value: 'HoldingRegister', title: { en: 'holding register', zh: '保持寄存器' } },
      { value: 'InputRegister', title: { en: 'input register', zh: '输入寄存器' } },
      { value: 'Coil', title: { en: 'coil', zh: '线圈' } },
      { value: 'DiscreteInput', title: { en: 'discrete input', zh: '离散输入' } },
    ],
    advanced: true,
  },
  probeAddress: {
    kind: 'number',
    title: { en: 'Test at address', zh: '测试地址' },
    default: 0,
    min: 0,
    max: 65_535,
    integer: true,
    advanced: true,
  },
} as const satisfies SettingFields;

export interface ModbusSettings {
  host: string;
  port: number;
  unit: number;
  pollMilliseconds: number;
  timeoutMilliseconds: number;
  inFlight: number;
  maxGap: number;
  maxRegisters: number;
  maxBits: number;
  pauseMilliseconds: number;
  connectMilliseconds: number;
  probeEntity: Entity;
  probeAddress: number;
}

/** Settings with their types; they have been checked and defaulted. */
export function readSettings(settings: CheckedSettings): ModbusSettings {
  const number = (name: keyof typeof settingFields): number => {
    const value = settings[name];
    if (typeof value === 'number') return value;
    const field = settingFields[name];
    return 'default' in field && typeof field.default === 'number' ? field.default : 0;
  };
  const entity = entities.find((known) => known === settings['probeEntity']);
  return {
    host: String(settings['host'] ?? '').trim(),
    port: number('port'),
    unit: number('unit'),
    pollMilliseconds: number('pollMilliseconds'),
    timeoutMilliseconds: number('timeoutMilliseconds'),
    inFlight: number('inFlight'),
    maxGap: number('maxGap'),
    maxRegisters: number('maxRegisters'),
    maxBits: number('maxBits'),
    pauseMilliseconds: number('pauseMilliseconds'),
    connectMilliseconds: number('connectMilliseconds'),
    probeEntity: entity ?? 'HoldingRegister',
    probeAddress: number('probeAddress'),
  };
}
