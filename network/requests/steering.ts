import type { Actor, EdgeZone, LocalText, NetworkTerminal } from '@millrace/contract';
import {
  type AuditTrail,
  type Clock,
  type Log,
  type ProviderAbility,
  ProviderError,
  type RecordStore,
} from '@millrace/sdk';
import type { NetworkInventory } from './ports.ts';
import { asProviderError } from './provider-words.ts';
import type { Providers } from './providers.ts';

export const steeringMigrations = [
  {
    id: 'network-control-040-steering',
    sql: `CREATE TABLE network_steering (provider text NOT NULL, reference text NOT NULL, terminal text NOT NULL, zone text NOT NULL, came_from text,
            letting_go boolean NOT NULL, PRIMARY KEY (provider, reference));`,
  },
] as const;

interface Steered {
  readonly provider: string;
  readonly reference: string;
  readonly terminal: string;
  readonly zone: string;
  /** Zone it was in before the network was asked for anything: on the way back there nothing is asked for, only let go. */
  readonly cameFrom: string | null;
  /** Not wanted any more; the provider has not let it go yet. */
  lettingGo: boolean;
}

export interface SteeringOptions {
  records: Pick<RecordStore, 'query'>;
  audit: AuditTrail;
  clock: Pick<Clock, 'after'>;
  log: Log;
  providers: Pick<Providers, 'can' | 'call' | 'isOpen' | 'onOpened' | 'titleOf'>;
  inventory: Pick<NetworkInventory, 'terminal' | 'zones' | 'platformAddress'>;
}

const influence: ProviderAbility = 'influence';
const againMilliseconds = 60_000;

/**
 * Traffic that networks were asked to let out at edge zones (TS 29.522, traffic influence). A terminal moves first in the network and then in the
 * inventory; what is not wanted any more is let go, and tried again until the provider has.
 */
export class Steering {
  readonly #options: SteeringOptions;
  readonly #steered: Steered[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #cancel: () => void = () => {};
  #stopped = false;

  private constructor(options: SteeringOptions, steered: Steered[]) {
    this.#options = options;
    this.#steered = steered;
  }

  static async open(options: SteeringOptions): Promise<Steering> {
    const rows = await options.records.query<
      Omit<Steered, 'lettingGo' | 'cameFrom'> & { letting_go: boolean; came_from: string | null }
    >('SELECT provider, reference, terminal, zone, came_from, letting_go FROM network_steering');
    return new Steering(
      options,
      rows.map(({ letting_go: lettingGo, came_from: cameFrom, ...row }) => ({ ...row, cameFrom, lettingGo })),
    );
  }

  start(): void {
    this.#options.providers.onOpened(() => void this.#inTurn(() => this.#letGo()));
    this.#again();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.#turn;
  }

  /** What is asked for now; the last, those that are being let go. */
  all(): readonly Readonly<Steered>[] {
    return this.#steered;
  }

  /**
   * Asks the network of `zone` to let the terminal's traffic out there; whatever was asked for before is let go. A zone whose provider cannot do
   * that (or none) asks for nothing. Rejects with ProviderError, and then nothing has changed.
   */
  move(terminal: string, zone: string | null, actor: Actor): Promise<void> {
    return this.#inTurn(() => this.#move(terminal, zone, actor));
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
  }

  async #move(id: string, zoneId: string | null, actor: Actor): Promise<void> {
    const { inventory, providers } = this.#options;
    const zone = zoneId === null ? undefined : inventory.zones().find((one) => one.id === zoneId);
    const before = this.#steered.filter((one) => one.terminal === id && !one.lettingGo);
    const isBack = before.some(({ cameFrom }) => cameFrom === zoneId);
    const wanted =
      !isBack && zone?.provider !== undefined && providers.can(zone.provider, influence) ? zone : undefined;
    const there = before.find((one) => one.zone === wanted?.id && one.provider === wanted?.provider);
    if (wanted !== undefined && there === undefined) {
      const terminal = inventory.terminal(id);
      if (terminal === undefined)
        throw refused(`There is no terminal "${id}" any more.`, `终端“${id}”已不存在。`);
      await this.#ask(terminal, wanted, before[0]?.cameFrom ?? terminal.zone ?? null, actor);
    }
    for (const one of before) {
      if (one === there) continue;
      one.lettingGo = true;
      await this.#save(one);
    }
    await this.#letGo();
  }

  async #ask(
    terminal: NetworkTerminal,
    zone: EdgeZone,
    cameFrom: string | null,
    actor: Actor,
  ): Promise<void> {
    const { inventory, providers, audit } = this.#options;
    const provider = zone.provider!;
    const { id, address, supi, gpsi, iccid } = terminal;
    const { dnai } = zone;
    const entry = {
      actor,
      action: 'network.steering.apply',
      object: id,
      place: terminal.place ?? '',
      detail: { zone: zone.id, provider, dnai: dnai ?? null },
    };
    if (dnai === undefined)
      throw refused(
        `The edge zone "${zone.title}" has no DNAI: "${providers.titleOf(provider)}" cannot be told where to let the traffic out.`,
        `边缘区“${zone.title}”未填写 DNAI，无法告知“${providers.titleOf(provider)}”在何处疏导流量。`,
      );
    const request = {
      terminals: [{ id, address, supi, gpsi, iccid }],
      filters: [],
      platformAddress: inventory.platformAddress(id),
      dnai,
    };
    const kept = { provider, terminal: id, zone: zone.id, cameFrom };
    await audit.record({ ...entry, outcome: 'asked' });
    try {
      const { reference } = await providers.call(
        provider,
        'apply',
        (one) => one.applySteering?.(`steering-${id}`, request),
        // Its time was over and the move is refused: nobody wants it.
        (late) =>
          void this.#inTurn(() => this.#keep({ ...kept, reference: late.reference, lettingGo: true })),
      );
      await this.#keep({ ...kept, reference, lettingGo: false });
      await audit.record({ ...entry, detail: { ...entry.detail, reference }, outcome: 'done' });
    } catch (thrown) {
      const error = asProviderError(thrown);
      await audit.record({
        ...entry,
        detail: { ...entry.detail, why: error.words.en },
        outcome: error.kind === 'unavailable' ? 'failed' : 'refused',
      });
      throw error;
    }
  }

  async #keep(one: Steered): Promise<void> {
    this.#steered.push(one);
    await this.#save(one);
    if (one.lettingGo) await this.#letGo();
  }

  async #save({ provider, reference, terminal, zone, cameFrom, lettingGo }: Steered): Promise<void> {
    await this.#options.records.query(
      `INSERT INTO network_steering (provider, reference, terminal, zone, came_from, letting_go) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (provider, reference) DO UPDATE SET terminal = EXCLUDED.terminal, zone = EXCLUDED.zone, letting_go = EXCLUDED.letting_go`,
      [provider, reference, terminal, zone, cameFrom, lettingGo],
    );
  }

  /** Never rejects: what could not be let go is tried again. */
  async #letGo(): Promise<void> {
    const { providers, records, audit, log } = this.#options;
    for (const one of this.#steered.filter(({ lettingGo }) => lettingGo)) {
      const { provider, reference, terminal } = one;
      if (!providers.isOpen(provider)) continue;
      try {
        await providers
          .call(provider, 'release', (open) => open.releaseSteering?.(reference))
          .catch((error: unknown) => {
            if (asProviderError(error).kind !== 'gone') throw error;
          });
        await records.query('DELETE FROM network_steering WHERE provider = $1 AND reference = $2', [
          provider,
          reference,
        ]);
        this.#steered.splice(this.#steered.indexOf(one), 1);
        await audit.record({
          actor: { kind: 'platform', id: 'network' },
          action: 'network.steering.release',
          object: terminal,
          place: this.#options.inventory.terminal(terminal)?.place ?? '',
          detail: { zone: one.zone, provider, reference },
          outcome: 'done',
        });
      } catch (error) {
        log.warn('steering that is not wanted any more could not be let go', {
          provider,
          reference,
          error: String(error),
        });
      }
    }
  }

  #again(): void {
    if (this.#stopped) return;
    this.#cancel = this.#options.clock.after(againMilliseconds, () => {
      void this.#inTurn(() => this.#letGo()).finally(() => this.#again());
    });
  }
}

const refused = (en: string, zh: string): ProviderError => {
  const words: LocalText = { en, zh };
  return new ProviderError('refused', words);
};
