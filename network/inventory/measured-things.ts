import { noSecurity, type ThingDescription, thingContext } from '@millrace/contract';
import type { NetworkPlatform } from '@millrace/sdk';
import { type Judging, type Pair, rankOf } from './judging.ts';
import type { TerminalRecord, Terminals } from './terminals.ts';

/** `@type` of the things that stand for terminals. */
export const terminalType = 'NetworkTerminal';
export const thingOf = (terminal: string): string => `urn:millrace:network:terminal:${terminal}`;

const publishMilliseconds = 10_000;
/** With a thing goes its history: one whose terminal is away for a while is kept. */
const absentMicroseconds = 24 * 3_600_000_000;
/** Things registered or changed in one round: the record store has other things to do. */
const registeredEachRoundMax = 10;

const number = (en: string, zh: string, unit: string, decimals: number) => ({
  type: 'number' as const,
  title: en,
  titles: { en, zh },
  unit,
  readOnly: true,
  'millrace:decimals': decimals,
});
const properties: NonNullable<ThingDescription['properties']> = {
  roundTripP50: number('Round trip, median', '往返时延中位数', 'ms', 2),
  roundTripP95: number('Round trip, 95 %', '往返时延 95%', 'ms', 2),
  roundTripP99: number('Round trip, 99 %', '往返时延 99%', 'ms', 2),
  jitter: number('Jitter (PDV, 99 %)', '抖动（PDV 99%）', 'ms', 2),
  loss: number('Loss', '丢包率', '%', 3),
  availability: number('Up, last minutes', '最近几分钟可用率', '%', 3),
  rsrp: number('RSRP', 'RSRP', 'dBm', 0),
  sinr: number('SINR', 'SINR', 'dB', 0),
  violated: number('Levels violated', '未达标业务数', '', 0),
  verdict: { type: 'string', title: 'Verdict', titles: { en: 'Verdict', zh: '评判' }, readOnly: true },
  worst: {
    type: 'string',
    title: 'Worst flow',
    titles: { en: 'Worst flow', zh: '最差业务' },
    readOnly: true,
  },
  cell: { type: 'string', title: 'Cell', titles: { en: 'Cell', zh: '小区' }, readOnly: true },
  parted: {
    type: 'boolean',
    title: 'SIM and device parted',
    titles: { en: 'SIM and device parted', zh: '机卡分离' },
    readOnly: true,
  },
  problem: { type: 'string', title: 'Problem', titles: { en: 'Problem', zh: '问题' }, readOnly: true },
};

/**
 * What is measured of a terminal, as samples of a thing of the layer's own: so history, charts, alarm rules, dashboards and SQL work with it
 * as with any machine. A thing is registered when there is something to say.
 */
export class MeasuredThings {
  readonly #platform: NetworkPlatform;
  readonly #terminals: Terminals;
  readonly #judging: Judging;
  /** Terminal → what its thing was registered with. */
  readonly #registered = new Map<string, string>();
  /** Terminals that are not there, since when. */
  readonly #absent = new Map<string, number>();
  /** `thing property` → text or truth value given last: these are given when they change. */
  readonly #given = new Map<string, string>();
  #stopped = false;
  #hasRules = false;
  #cancel: () => void = () => {};
  #working: Promise<void> = Promise.resolve();

  constructor(platform: NetworkPlatform, terminals: Terminals, judging: Judging) {
    this.#platform = platform;
    this.#terminals = terminals;
    this.#judging = judging;
  }

  get size(): number {
    return this.#registered.size;
  }

  async start(): Promise<void> {
    for (const record of this.#platform.things.ofType(terminalType))
      this.#registered.set(record.id.slice(thingOf('').length), '');
    this.#plan();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#working;
  }

  #plan(): void {
    if (this.#stopped) return;
    this.#cancel = this.#platform.clock.after(publishMilliseconds, () => {
      this.#working = this.round()
        .catch((error: unknown) =>
          this.#platform.log.warn('what was measured of the network could not be given', {
            error: String(error),
          }),
        )
        .then(() => this.#plan());
    });
  }

  /** Once in the life of a plant, when there is the first terminal to watch: what people then change or take away stays so. */
  async #rules(): Promise<void> {
    const { records, clock } = this.#platform;
    const made = await records.query("SELECT name FROM network_marks WHERE name = 'alarm-rules'");
    if (made.length > 0) return;
    await this.#makeRules();
    await records.query(
      "INSERT INTO network_marks (name, time) VALUES ('alarm-rules', $1) ON CONFLICT DO NOTHING",
      [clock.now()],
    );
  }

  async #makeRules(): Promise<void> {
    const target = { kind: 'type' as const, type: terminalType };
    await this.#platform.ensureAlarmRule('network-sim-parted', {
      title: 'SIM and device have parted',
      priority: 'high',
      target,
      condition: 'parted',
      consequence:
        'A subscription is used by a device it was not meant for; a machine may be without its connection.',
      response:
        'Look where the SIM is, put it back, or change what the inventory says. The alarm ends by itself.',
      translations: {
        zh: {
          title: '机卡分离',
          consequence: '签约被其他设备使用，原设备可能失去连接。',
          response: '查找 SIM 所在设备并复位，或更正台账。恢复后报警自动结束。',
        },
      },
    });
    await this.#platform.ensureAlarmRule('network-level-violated', {
      title: 'Service level violated',
      priority: 'medium',
      target,
      condition: 'violated > 0',
      consequence:
        'An application does not have the network it needs, and does what its manifest says for that case.',
      response: 'Network → Incidents tells which hop it lies on and what was done.',
      translations: {
        zh: {
          title: '服务等级不达标',
          consequence: '应用得不到所需的网络，将按其声明采取安全措施。',
          response: '在“网络 → 事件”查看故障所在的段及已采取的措施。',
        },
      },
    });
  }

  /** Registers what is new, removes what is gone, gives what was measured. */
  async round(): Promise<void> {
    const values: { thing: string; property: string; value: number | boolean | string | null }[] = [];
    let changes = 0;
    const now = this.#platform.clock.now();
    for (const terminal of this.#terminals.all()) {
      const pairs = this.#judging.ofTerminal(terminal.id);
      const known = this.#registered.get(terminal.id);
      if (
        pairs.length === 0 &&
        terminal.problems.length === 0 &&
        terminal.radio === undefined &&
        known === undefined
      )
        continue;
      const id = thingOf(terminal.id);
      const mark = `${terminal.input.title}\n${terminal.place}`;
      if (known !== mark) {
        if (changes++ >= registeredEachRoundMax) {
          if (known === undefined) continue;
        } else {
          await this.#platform.things.put(descriptionOf(id, terminal));
          this.#registered.set(terminal.id, mark);
          // A rule is checked against the things it watches: there is one now.
          if (!this.#hasRules)
            await this.#rules().catch((error: unknown) =>
              this.#platform.log.warn('the alarm rules of the network could not be made', {
                error: String(error),
              }),
            );
          this.#hasRules = true;
          // Only now is there a thing that the rules' conditions can be checked against.
        }
      }
      this.#values(id, terminal, pairs, values);
    }
    for (const terminal of [...this.#registered.keys()]) {
      if (this.#terminals.get(terminal) !== undefined) {
        this.#absent.delete(terminal);
        continue;
      }
      const since = this.#absent.get(terminal) ?? now;
      this.#absent.set(terminal, since);
      if (now - since < absentMicroseconds || changes++ >= registeredEachRoundMax) continue;
      this.#absent.delete(terminal);
      await this.#platform.things.remove(thingOf(terminal));
      this.#registered.delete(terminal);
    }
    if (values.length > 0) await this.#platform.values.publish(values);
  }

  #values(
    thing: string,
    terminal: TerminalRecord,
    pairs: readonly Pair[],
    into: { thing: string; property: string; value: number | boolean | string | null }[],
  ): void {
    const give = (property: string, value: number | undefined): void => {
      if (value !== undefined && Number.isFinite(value)) into.push({ thing, property, value });
    };
    const changed = (property: string, value: string | boolean): void => {
      const key = `${thing} ${property}`;
      if (this.#given.get(key) === String(value)) return;
      this.#given.set(key, String(value));
      into.push({ thing, property, value });
    };
    const figures = bestFigures(pairs);
    if (figures !== undefined) {
      give('roundTripP50', figures.p50Ms);
      give('roundTripP95', figures.p95Ms);
      give('roundTripP99', figures.p99Ms);
      give('jitter', figures.jitterMs);
      if (figures.messages > 0) give('loss', (100 * figures.lost) / figures.messages);
      if (figures.upShare !== undefined) give('availability', 100 * figures.upShare);
    }
    give('rsrp', terminal.radio?.rsrpDbm);
    give('sinr', terminal.radio?.sinrDb);
    if (terminal.radio?.cell !== undefined) changed('cell', terminal.radio.cell);
    const worst = worstOf(pairs);
    if (worst?.state !== undefined) {
      give('violated', pairs.filter(({ state }) => state === 'violated').length);
      changed('verdict', worst.state);
      changed(
        'worst',
        worst.state === 'violated' ? `${worst.flow.input.title.en}: ${worst.reason.en}`.slice(0, 500) : '',
      );
    }
    const [problem] = terminal.problems;
    changed('problem', problem?.en ?? '');
    changed('parted', problem !== undefined);
  }
}

/** Figures of the flow that tells most: round trips before messages that came by themselves. */
export function bestFigures(pairs: readonly Pair[]): Pair['figures'] {
  let best: Pair['figures'];
  for (const { figures } of pairs) {
    if (figures === undefined || figures.messages === 0) continue;
    if (
      best === undefined ||
      (best.p50Ms === undefined && figures.p50Ms !== undefined) ||
      ((best.p50Ms === undefined) === (figures.p50Ms === undefined) && figures.messages > best.messages)
    )
      best = figures;
  }
  return best;
}

/** The pair in the worst state; of several the one kept longest. */
export function worstOf(pairs: readonly Pair[]): Pair | undefined {
  let worst: Pair | undefined;
  for (const pair of pairs) {
    if (pair.state === undefined) continue;
    if (
      worst === undefined ||
      rankOf(pair.state) < rankOf(worst.state) ||
      (pair.state === worst.state && pair.flow.input.priority < worst.flow.input.priority)
    )
      worst = pair;
  }
  return worst;
}

function descriptionOf(id: string, terminal: TerminalRecord): ThingDescription {
  const { title } = terminal.input;
  return {
    '@context': [...thingContext],
    '@type': terminalType,
    id,
    title: `${title} (network)`.slice(0, 200),
    titles: { en: `${title} (network)`, zh: `${title}（网络）` },
    ...noSecurity,
    'millrace:staleAfterSeconds': 0,
    ...(terminal.place === '' ? {} : { 'millrace:place': terminal.place }),
    properties,
  };
}
