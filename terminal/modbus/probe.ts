import type { ConnectionProblem, LocalText, TestReport } from '@millrace/contract';
import type { ProbeContext } from '@millrace/sdk';
import { endpointText } from './form.ts';
import { type Entity, entities, isBitEntity } from './frame.ts';
import { Link, LinkError, type Outcome } from './link.ts';
import { exceptionText, isSilence, silenceProblem } from './problem.ts';
import { type ModbusSettings, readSettings } from './settings.ts';
import { sunSpecBases, sunSpecMarker } from './sunspec.ts';

/** Unit ids that `test` tries besides the one in the settings: what devices and gateways are usually set to. */
export const unitsTried = [1, 2, 3, 4, 5, 10, 100, 247, 255, 0] as const;
/** Time allowed for each of them. */
export const unitTryMilliseconds = 200;

/** A connection for looking around: made, used, closed. */
export async function withLink<T>(
  context: ProbeContext,
  use: (link: Link, settings: ModbusSettings) => Promise<T>,
): Promise<T> {
  const settings = readSettings(context.settings);
  const link = new Link({
    host: settings.host,
    port: settings.port,
    connectMilliseconds: settings.connectMilliseconds,
    inFlight: settings.inFlight,
    pauseMilliseconds: settings.pauseMilliseconds,
    clock: context.clock,
    count: () => {},
  });
  const abort = (): void => link.close();
  context.signal.addEventListener('abort', abort, { once: true });
  try {
    return await use(link, settings);
  } finally {
    context.signal.removeEventListener('abort', abort);
    link.close();
  }
}

/**
 * Tries an address: TCP, then one read from the unit. An exception is an answer, too. Then asks which other usual unit ids answer, and
 * whether the device describes itself by SunSpec.
 */
export function testModbus(context: ProbeContext): Promise<TestReport> {
  return withLink(context, async (link, settings) => {
    const steps: TestReport['steps'] = [];
    const { host, port, unit, probeEntity, probeAddress } = settings;
    const step = async <T>(
      title: LocalText,
      act: () => Promise<T>,
    ): Promise<[T, TestReport['steps'][number]]> => {
      const start = context.clock.now();
      const outcome = await act();
      const entry = { title, ok: true, milliseconds: (context.clock.now() - start) / 1000 };
      steps.push(entry);
      return [outcome, entry];
    };

    const [connected, connectStep] = await step(
      { en: `Connect to ${host}:${port}`, zh: `连接 ${host}:${port}` },
      () =>
        link.connect(context.signal).then(
          () => undefined,
          (error: unknown) => {
            if (error instanceof LinkError) return error.problem;
            throw error;
          },
        ),
    );
    if (connected !== undefined) {
      connectStep.ok = false;
      if (connected.detail !== undefined) connectStep.detail = connected.detail;
      return { ok: false, steps, problem: connected };
    }
    let gone: ConnectionProblem | undefined;
    link.onGone((problem) => {
      gone = problem;
    });

    const [answer, answerStep] = await step(
      {
        en: `Unit ${unit} answers (reading ${probeEntity} ${probeAddress})`,
        zh: `单元 ${unit} 应答（读取 ${probeEntity} ${probeAddress}）`,
      },
      () => anyAnswer(link, settings),
    );
    const problem = gone ?? answerProblem(answer.outcome, settings);
    answerStep.ok = problem === undefined;
    answerStep.detail = answerText(answer);
    if (gone !== undefined) return { ok: false, steps, problem: gone };

    const [units, unitsStep] = await step({ en: 'Look for other units', zh: '查找其他单元' }, () =>
      answeringUnits(link, settings, unitsTried),
    );
    const found: { units: number[]; sunSpec?: number[] } = {
      units: [...new Set([...(problem === undefined ? [unit] : []), ...units])].sort((a, b) => a - b),
    };
    unitsStep.detail = found.units.length === 0 ? '—' : found.units.join(', ');
    if (problem !== undefined) return { ok: false, steps, problem: withUnits(problem, found.units), found };

    const [bases, sunSpecStep] = await step(
      { en: 'Look for a SunSpec description', zh: '查找 SunSpec 自描述' },
      () => findSunSpec(link, settings, unit),
    );
    if (bases.length > 0) found.sunSpec = bases;
    sunSpecStep.detail = bases.length === 0 ? '—' : bases.map((base) => `SunS @ ${base}`).join(', ');
    return { ok: true, steps, found };
  });
}

interface Answer {
  entity: Entity;
  outcome: Outcome;
}

/**
 * Reads what the settings say. Some simple servers keep silent about functions they lack, where the standard wants exception 1: silence
 * counts only if the other entities are met with it, too.
 */
async function anyAnswer(link: Link, settings: ModbusSettings): Promise<Answer> {
  const { unit, probeEntity, probeAddress, timeoutMilliseconds } = settings;
  const first = await link.read(unit, probeEntity, probeAddress, 1, timeoutMilliseconds);
  if (first.kind !== 'timeout') return { entity: probeEntity, outcome: first };
  for (const entity of entities) {
    if (entity === probeEntity) continue;
    const outcome = await link.read(
      unit,
      entity,
      probeAddress,
      1,
      Math.min(timeoutMilliseconds, unitTryMilliseconds),
    );
    if (outcome.kind === 'data' || outcome.kind === 'exception') return { entity, outcome };
    if (outcome.kind === 'closed') break;
  }
  return { entity: probeEntity, outcome: first };
}

/** Addresses at which the unit shows the SunSpec marker. */
export async function findSunSpec(link: Link, settings: ModbusSettings, unit: number): Promise<number[]> {
  const found: number[] = [];
  for (const base of sunSpecBases) {
    const outcome = await link.read(unit, 'HoldingRegister', base, 2, settings.timeoutMilliseconds);
    if (
      outcome.kind === 'data' &&
      outcome.data.readUInt16BE(0) === sunSpecMarker[0] &&
      outcome.data.readUInt16BE(2) === sunSpecMarker[1]
    ) {
      found.push(base);
    }
    // A unit that does not answer here will not answer at the next address.
    if (outcome.kind === 'timeout' || outcome.kind === 'closed') break;
  }
  return found;
}

/** Which of these unit ids answer; each is given little time. */
export async function answeringUnits(
  link: Link,
  settings: ModbusSettings,
  units: readonly number[],
): Promise<number[]> {
  const found: number[] = [];
  const milliseconds = Math.min(settings.timeoutMilliseconds, unitTryMilliseconds);
  for (const unit of units) {
    const outcome = await link.read(unit, settings.probeEntity, settings.probeAddress, 1, milliseconds);
    if (outcome.kind === 'closed') break;
    if (outcome.kind === 'data' || (outcome.kind === 'exception' && !isSilence(outcome.code))) {
      found.push(unit);
    }
  }
  return found;
}

function answerProblem(outcome: Outcome, settings: ModbusSettings): ConnectionProblem | undefined {
  switch (outcome.kind) {
    case 'data':
      return undefined;
    case 'exception': {
      if (!isSilence(outcome.code)) return undefined;
      const text = exceptionText(outcome.code);
      return {
        kind: 'unavailable',
        code: 'unit-silent',
        field: 'unit',
        what: {
          en: `The gateway answers, but not the device with unit id ${settings.unit} behind it (${text.en})`,
          zh: `网关有应答，但其后单元号为 ${settings.unit} 的设备没有应答（${text.zh}）`,
        },
        remedy: {
          en: 'Check the unit id, and power, wiring, speed and parity of the serial line behind the gateway.',
          zh: '请检查单元号，以及网关后串行线路的电源、接线、波特率与校验位。',
        },
      };
    }
    case 'malformed':
      return {
        kind: 'unavailable',
        code: 'bad-reply',
        what: {
          en: `${settings.host}:${settings.port} answers, but not as Modbus TCP demands`,
          zh: `${settings.host}:${settings.port} 有应答，但不符合 Modbus TCP 规范`,
        },
        remedy: {
          en: 'Check that the port belongs to Modbus TCP, and update the firmware of the device or gateway.',
          zh: '请确认端口属于 Modbus TCP，并升级设备或网关的固件。',
        },
        detail: outcome.why,
      };
    default:
      return { ...silenceProblem([settings.unit], settings), field: 'unit' };
  }
}

function withUnits(problem: ConnectionProblem, units: readonly number[]): ConnectionProblem {
  if (units.length === 0) return problem;
  const list = units.join(', ');
  return {
    ...problem,
    remedy: {
      en: `These unit ids answer: ${list}. Put the right one in "Unit id". ${problem.remedy.en}`,
      zh: `有应答的单元号：${list}。请将正确的填入“单元号”。${problem.remedy.zh}`,
    },
  };
}

function answerText({ entity, outcome }: Answer): string {
  switch (outcome.kind) {
    case 'data': {
      const value = isBitEntity(entity) ? (outcome.data[0]! & 1) === 1 : outcome.data.readUInt16BE(0);
      return `${entity} ${value}`;
    }
    case 'exception':
      return `${entity}: ${exceptionText(outcome.code).en}`;
    case 'malformed':
      return outcome.why;
    default:
      return outcome.kind;
  }
}

/** Address of a form as this connection writes it. */
export function hrefOf(settings: ModbusSettings, unit: number, address: number, quantity: number): string {
  const base = `${endpointText(settings.host, settings.port)}/${unit}/${address}`;
  return quantity === 1 ? base : `${base}?quantity=${quantity}`;
}
