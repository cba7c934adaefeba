import type { ConnectionProblem, LocalText } from '@millrace/contract';
import { status } from '@millrace/contract';

/** Quality of a point that the device refused with an exception (MODBUS Application Protocol V1.1b3, 7). */
export function exceptionStatus(code: number): number {
  switch (code) {
    case 0x01:
      return status.badNotSupported;
    case 0x02:
      return status.badNodeIdUnknown;
    case 0x03:
      return status.badOutOfRange;
    case 0x04:
    case 0x08:
      return status.badDeviceFailure;
    case 0x0a:
      return status.badNotConnected;
    case 0x0b:
      return status.badTimeout;
    default:
      return status.badCommunicationError;
  }
}

const exceptionNames: Readonly<Record<number, LocalText>> = {
  1: { en: 'illegal function', zh: '非法功能码' },
  2: { en: 'illegal data address', zh: '非法数据地址' },
  3: { en: 'illegal data value', zh: '非法数据值' },
  4: { en: 'server device failure', zh: '从站设备故障' },
  5: { en: 'acknowledge', zh: '确认（处理中）' },
  6: { en: 'server device busy', zh: '从站设备忙' },
  8: { en: 'memory parity error', zh: '存储奇偶校验错误' },
  10: { en: 'gateway path unavailable', zh: '网关路径不可用' },
  11: { en: 'gateway target device failed to respond', zh: '网关目标设备无响应' },
};

/** An exception as a person reads it: "exception 2, illegal data address". */
export function exceptionText(code: number): LocalText {
  const name = exceptionNames[code];
  return name === undefined
    ? { en: `exception ${code}`, zh: `异常码 ${code}` }
    : { en: `exception ${code}, ${name.en}`, zh: `异常码 ${code}：${name.zh}` };
}

/** Whether a read that was refused like this may succeed in smaller parts. */
export function isDivisible(code: number): boolean {
  return code === 0x02 || code === 0x03;
}

/** Whether the gateway says that the unit behind it does not answer: the same to us as silence. */
export function isSilence(code: number): boolean {
  return code === 0x0a || code === 0x0b;
}

interface Place {
  host: string;
  port: number;
}

/** A socket error in words, with what to do. */
export function socketProblem(code: string, place: Place, detail?: string): ConnectionProblem {
  const at = `${place.host}:${place.port}`;
  const more = detail === undefined ? {} : { detail };
  switch (code) {
    case 'ECONNREFUSED':
      return {
        kind: 'unavailable',
        code: 'connection-refused',
        what: {
          en: `${at} refuses the connection`,
          zh: `${at} 拒绝连接`,
        },
        remedy: {
          en: 'Check the port (502 is usual) and that Modbus TCP is switched on in the device. Some devices serve only one client: close other software that is connected.',
          zh: '请检查端口（通常为 502），并确认设备已启用 Modbus TCP。有些设备只允许一个客户端：请关闭其他已连接的软件。',
        },
        ...more,
      };
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return {
        kind: 'unavailable',
        code: 'host-not-found',
        field: 'host',
        what: { en: `The name ${place.host} cannot be resolved`, zh: `无法解析名称 ${place.host}` },
        remedy: {
          en: "Check the spelling, or write the device's IP address.",
          zh: '请检查拼写，或直接填写设备的 IP 地址。',
        },
        ...more,
      };
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return {
        kind: 'unavailable',
        code: code === 'ETIMEDOUT' ? 'connect-timeout' : 'host-unreachable',
        what: { en: `${at} cannot be reached`, zh: `无法到达 ${at}` },
        remedy: {
          en: 'Check that the device has power and network, that its address is right, and that no firewall is in between.',
          zh: '请检查设备电源与网络、地址是否正确，以及中间是否有防火墙阻挡。',
        },
        ...more,
      };
    case 'ABORT_ERR':
      return {
        kind: 'unavailable',
        code: 'cancelled',
        what: { en: 'Connecting was called off', zh: '连接已取消' },
        remedy: { en: 'Try again.', zh: '请重试。' },
      };
    default:
      return {
        kind: 'unavailable',
        code: 'connection-lost',
        what: { en: `The connection to ${at} was closed by the other side`, zh: `与 ${at} 的连接被对方关闭` },
        remedy: {
          en: 'It is tried again by itself. If it keeps happening: the device may serve fewer clients than are connected, or restart.',
          zh: '系统会自动重连。若反复出现：设备允许的客户端数可能不足，或设备正在重启。',
        },
        ...more,
      };
  }
}

/** Bytes that are not Modbus TCP. */
export function streamProblem(why: string, place: Place): ConnectionProblem {
  return {
    kind: 'unavailable',
    code: 'not-modbus',
    what: {
      en: `${place.host}:${place.port} sends bytes that are not Modbus TCP`,
      zh: `${place.host}:${place.port} 发来的数据不是 Modbus TCP`,
    },
    remedy: {
      en: 'Check that the port is the one for Modbus TCP, and that a serial gateway is set to Modbus TCP and not to transparent (RTU over TCP).',
      zh: '请检查端口是否为 Modbus TCP；若为串口网关，应设为 Modbus TCP 模式，而不是透明传输（RTU over TCP）。',
    },
    detail: why,
  };
}

/** Connected, but not one unit answers. */
export function silenceProblem(units: readonly number[], place: Place): ConnectionProblem {
  const at = `${place.host}:${place.port}`;
  const list = unitList(units);
  return {
    kind: 'unavailable',
    code: 'no-unit-answers',
    what: {
      en: `${at} takes the connection, but ${units.length === 1 ? `unit ${list} does` : `units ${list} do`} not answer`,
      zh: `${at} 已连接，但单元 ${list} 没有应答`,
    },
    remedy: {
      en: 'Check the unit id (1 or 255 is usual for a device of its own; behind a gateway it is the address set at the device), the wiring and speed of the serial line, and the time allowed for an answer.',
      zh: '请检查单元号（独立设备通常为 1 或 255；网关之后为设备上设置的地址）、串行线路的接线与波特率，以及应答超时设置。',
    },
  };
}

/** Some of several units are silent. */
export function silentUnitsProblem(units: readonly number[], of: number): ConnectionProblem {
  const list = unitList(units);
  return {
    kind: 'unavailable',
    code: 'unit-silent',
    what: {
      en: `${units.length === 1 ? `Unit ${list} does` : `Units ${list} do`} not answer (${units.length} of ${of})`,
      zh: `单元 ${list} 没有应答（共 ${of} 个中的 ${units.length} 个）`,
    },
    remedy: {
      en: 'Check power, wiring and address of these units. They are asked again at growing intervals of up to a minute; the other units go on.',
      zh: '请检查这些单元的电源、接线和地址。系统会以逐渐加长的间隔（最长一分钟）重试，其他单元不受影响。',
    },
  };
}

/** Forms of things that cannot be read as they are written. */
export function formsProblem(
  count: number,
  thing: string,
  property: string,
  message: LocalText,
): ConnectionProblem {
  return {
    kind: 'bad-data',
    code: 'form-invalid',
    what: {
      en: `${count === 1 ? 'A property has a form' : `${count} properties have forms`} that cannot be read: "${property}" of ${thing}`,
      zh: `${count} 个属性的 form 无法读取：${thing} 的“${property}”`,
    },
    remedy: {
      en: `Correct the Thing Description: ${message.en}.`,
      zh: `请修改物描述：${message.zh}。`,
    },
  };
}

/** Addresses that a device refused, one by one. */
export function refusedPointsProblem(count: number, example: string, code: number): ConnectionProblem {
  const text = exceptionText(code);
  return {
    kind: 'bad-data',
    code: 'address-refused',
    what: {
      en: `${count === 1 ? 'One point is' : `${count} points are`} refused by the device (${text.en}): ${example}`,
      zh: `设备拒绝读取 ${count} 个点（${text.zh}）：${example}`,
    },
    remedy: {
      en: "Compare address, entity and length with the device's register list; many lists count from 1 while the protocol counts from 0. Refused points are tried again once a minute, the others go on.",
      zh: '请对照设备寄存器表检查地址、类型与长度；许多寄存器表从 1 计数，而协议从 0 计数。被拒绝的点每分钟重试一次，其他点不受影响。',
    },
  };
}

const unitsNamedMax = 20;

function unitList(units: readonly number[]): string {
  const named = units.slice(0, unitsNamedMax).join(', ');
  return units.length > unitsNamedMax ? `${named}, …` : named;
}
