import {
  checkServiceLevel,
  isAtOrBelow,
  type LocalText,
  type NetworkFlow,
  type NetworkFlowInput,
  networkLimits,
} from '@millrace/contract';
import type { NetworkPlatform } from '@millrace/sdk';
import { type FieldProblem, tooMany } from './refusals.ts';
import type { TerminalRecord, Terminals } from './terminals.ts';

export interface FlowRecord {
  readonly id: string;
  readonly input: NetworkFlowInput;
  readonly app: string | undefined;
  readonly appTitle: LocalText | undefined;
  readonly need: string | undefined;
  readonly whenLost: LocalText | undefined;
  readonly adapted: boolean;
}

/** The name of an application's flow. */
export const flowIdOf = (app: string, need: string): string => `${app}.${need}`.slice(0, 64);

/** What is needed of the network: what applications' manifests say, as the plant has adapted it, and flows of the plant's own. */
export class Flows {
  readonly #platform: NetworkPlatform;
  readonly #kept = new Map<string, NetworkFlowInput>();
  #all = new Map<string, FlowRecord>();
  #seen = '';
  readonly #listeners = new Set<() => void>();

  private constructor(platform: NetworkPlatform) {
    this.#platform = platform;
  }

  static async open(platform: NetworkPlatform): Promise<Flows> {
    const flows = new Flows(platform);
    for (const row of await platform.records.query<{ id: string; flow: NetworkFlowInput }>(
      'SELECT id, flow FROM network_flows ORDER BY id',
    ))
      flows.#kept.set(row.id, row.flow);
    flows.collect();
    return flows;
  }

  all(): IterableIterator<FlowRecord> {
    return this.#all.values();
  }

  get size(): number {
    return this.#all.size;
  }

  get(id: string): FlowRecord | undefined {
    return this.#all.get(id);
  }

  onChange(call: () => void): () => void {
    this.#listeners.add(call);
    return () => this.#listeners.delete(call);
  }

  show({ id, input, app, whenLost, adapted }: FlowRecord): NetworkFlow {
    return {
      ...input,
      id,
      ...(app === undefined ? {} : { app }),
      ...(whenLost === undefined ? {} : { whenLost: { ...whenLost } }),
      adapted,
    };
  }

  check(input: NetworkFlowInput): FieldProblem[] {
    const problems = checkServiceLevel(input.level).map(({ field, message }) => ({
      field: `level.${field}`,
      message,
    }));
    if (input.things.length === 0 && input.terminals.length === 0 && input.places.length === 0)
      problems.push({
        field: 'things',
        message: {
          en: 'Say whom it concerns: types of things, terminals, or a place (the plant is "").',
          zh: '请说明适用对象：物的类型、终端或区域（全厂填空）。',
        },
      });
    return problems;
  }

  async put(id: string, input: NetworkFlowInput): Promise<FlowRecord> {
    if (!this.#all.has(id) && this.#all.size >= networkLimits.networkFlowsMax)
      throw tooMany(this.#all.size, 'networkFlowsMax');
    await this.#platform.records.query(
      'INSERT INTO network_flows (id, flow) VALUES ($1, $2::jsonb) ON CONFLICT (id) DO UPDATE SET flow = EXCLUDED.flow',
      [id, JSON.stringify(input)],
    );
    this.#kept.set(id, input);
    this.collect(true);
    return this.#all.get(id)!;
  }

  /** An application's goes back to what its manifest says. */
  async remove(id: string): Promise<void> {
    await this.#platform.records.query('DELETE FROM network_flows WHERE id = $1', [id]);
    this.#kept.delete(id);
    this.collect(true);
  }

  /** Reads the applications anew; tells of it only where something is different. */
  collect(force = false): void {
    const all = new Map<string, FlowRecord>();
    for (const application of this.#platform.applications()) {
      for (const need of application.needs) {
        const id = flowIdOf(application.id, need.id);
        const kept = this.#kept.get(id);
        const own: NetworkFlowInput = {
          title: { ...need.title },
          level: need.level,
          priority: need.priority,
          things: [...(need.things ?? application.things)],
          places: [],
          terminals: [],
          enabled: true,
        };
        const input = kept ?? own;
        all.set(id, {
          id,
          // Nobody needs anything of the network for an application that is switched off.
          input: application.enabled ? input : { ...input, enabled: false },
          app: application.id,
          appTitle: application.title,
          need: need.id,
          whenLost: need.whenLost,
          adapted: kept !== undefined,
        });
      }
    }
    for (const [id, input] of this.#kept) {
      if (all.has(id) || all.size >= networkLimits.networkFlowsMax) continue;
      all.set(id, {
        id,
        input,
        app: undefined,
        appTitle: undefined,
        need: undefined,
        whenLost: undefined,
        adapted: false,
      });
    }
    const seen = JSON.stringify([...all.values()]);
    if (!force && seen === this.#seen) return;
    this.#seen = seen;
    this.#all = all;
    for (const call of this.#listeners) call();
  }

  /** The terminals a flow concerns, each with its things of the flow. */
  *members(
    flow: FlowRecord,
    terminals: Terminals,
  ): Generator<{ terminal: TerminalRecord; things: string[] }> {
    const { things, places, terminals: named } = flow.input;
    const types = new Set(things);
    const byName = new Set(named);
    for (const terminal of terminals.all()) {
      const isNamed = byName.has(terminal.id);
      if (!isNamed && named.length > 0 && types.size === 0 && places.length === 0) continue;
      const matching = terminal.input.things.filter((thing) => {
        const record = this.#platform.things.get(thing);
        if (record === undefined) return false;
        const typed =
          types.size === 0 || [record.description['@type'] ?? []].flat().some((type) => types.has(type));
        const place = this.#platform.things.placeOf(record);
        return typed && (places.length === 0 || places.some((at) => isAtOrBelow(place, at)));
      });
      const byPlace =
        types.size === 0 &&
        terminal.input.things.length === 0 &&
        places.some((at) => isAtOrBelow(terminal.place, at));
      if (isNamed) yield { terminal, things: matching.length > 0 ? matching : [...terminal.input.things] };
      else if (matching.length > 0 || byPlace) yield { terminal, things: matching };
    }
  }
}
