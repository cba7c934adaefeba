import type { BindingInput, LanGroupInput, Microseconds, SliceInput, ThreeStages } from '@millrace/contract';
import type { BindingRequest, ProviderErrorKind, ProviderTerminal, RecordStore } from '@millrace/sdk';

export const requestKinds = ['slice', 'binding', 'group'] as const;
export type RequestKind = (typeof requestKinds)[number];
export type RequestInput = SliceInput | BindingInput | LanGroupInput;

/** What is handed to a provider, whole: enough to ask again and to release after a restart, whatever has changed meanwhile. JSON. */
export type Content =
  | { kind: 'slice'; slice: SliceInput }
  | { kind: 'binding'; request: Omit<BindingRequest, 'key'> }
  | { kind: 'group'; group: LanGroupInput; members: readonly ProviderTerminal[] };

/** Why something that is there is taken away. */
export type Leaving = 'unwanted' | 'changed' | 'forgotten' | 'revoked' | 'expired';

/**
 * Something that is, or may be, at a provider. It is recorded before the provider is called, with the key it is asked for by: whatever
 * happens in between, the same key asks for the same thing again and so tells its reference.
 */
export interface Placement {
  key: string;
  provider: string;
  content: Content;
  digest: string;
  /** `sending`: it may be there or not. `accepted`: it is. */
  phase: 'sending' | 'accepted';
  reference?: string | undefined;
  acceptedAt?: Microseconds | undefined;
  /** It was seen in force. */
  seenAt?: Microseconds | undefined;
  expires?: Microseconds | undefined;
  leaving?: Leaving | undefined;
}

/** One slice, binding or group: what is wanted, and what has become of it. */
export interface Item {
  kind: RequestKind;
  id: string;
  input: RequestInput;
  wanted: boolean;
  by: string;
  since: Microseconds;
  stages: ThreeStages;
  placement: Placement | undefined;
  /** Calls in a row that did not do what was asked. */
  attempts: number;
  retryAt: Microseconds | undefined;
  /** Not asked again before a person or a change: why. */
  halted: ProviderErrorKind | undefined;
  /** Times it was lost since it last stood for long. */
  losses: number;
  readAt: Microseconds | undefined;
  /** Not wanted, and nowhere any more, since. */
  endedAt: Microseconds | undefined;
}

export const requestMigrations = [
  {
    id: 'network-control-020-requests',
    sql: `
      CREATE TABLE network_requests (kind text NOT NULL, id text NOT NULL, wanted boolean NOT NULL, by_whom text NOT NULL, since bigint NOT NULL,
        input jsonb NOT NULL, state jsonb NOT NULL, PRIMARY KEY (kind, id));
    `,
  },
] as const;

/** Where items are kept. `save` and `remove` resolve when it is durable. */
export interface ItemStore {
  load(): Promise<Item[]>;
  save(item: Item): Promise<void>;
  remove(item: Pick<Item, 'kind' | 'id'>): Promise<void>;
}

type State = Omit<Item, 'kind' | 'id' | 'wanted' | 'by' | 'since' | 'input'>;

export class RecordedItems implements ItemStore {
  readonly #records: RecordStore;
  constructor(records: RecordStore) {
    this.#records = records;
  }

  async load(): Promise<Item[]> {
    const rows = await this.#records.query<{
      kind: RequestKind;
      id: string;
      wanted: boolean;
      by_whom: string;
      since: string | number;
      input: RequestInput;
      state: Partial<State>;
    }>('SELECT kind, id, wanted, by_whom, since, input, state FROM network_requests ORDER BY kind, id');
    return rows.map(({ kind, id, wanted, by_whom, since, input, state }) => ({
      kind,
      id,
      wanted,
      by: by_whom,
      since: Number(since),
      input,
      stages: state.stages ?? { standing: 'none' },
      placement: state.placement,
      attempts: state.attempts ?? 0,
      retryAt: state.retryAt,
      halted: state.halted,
      losses: state.losses ?? 0,
      readAt: state.readAt,
      endedAt: state.endedAt,
    }));
  }

  async save({ kind, id, wanted, by, since, input, ...state }: Item): Promise<void> {
    await this.#records.query(
      `INSERT INTO network_requests (kind, id, wanted, by_whom, since, input, state) VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb)
       ON CONFLICT (kind, id) DO UPDATE SET wanted = EXCLUDED.wanted, by_whom = EXCLUDED.by_whom, since = EXCLUDED.since,
         input = EXCLUDED.input, state = EXCLUDED.state`,
      [kind, id, wanted, by, since, JSON.stringify(input), JSON.stringify(state)],
    );
  }

  async remove({ kind, id }: Pick<Item, 'kind' | 'id'>): Promise<void> {
    await this.#records.query('DELETE FROM network_requests WHERE kind = $1 AND id = $2', [kind, id]);
  }
}
