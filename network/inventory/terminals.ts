import {
  formatInstant,
  inventoryLimits,
  type LocalText,
  type Microseconds,
  type NetworkTerminal,
  type NetworkTerminalInput,
  networkLimits,
  type PduSession,
  parseInstant,
  type RadioState,
} from '@millrace/contract';
import type { NetworkPlatform, RecordStatement, SeenTerminal, ThingPeer } from '@millrace/sdk';
import { idFrom } from './identifiers.ts';
import { commonPlace } from './places.ts';
import { tooMany } from './refusals.ts';

export interface TerminalRecord {
  readonly id: string;
  readonly input: NetworkTerminalInput;
  /** Found by the platform; nobody has typed or changed it. */
  readonly found: boolean;
  readonly place: string;
  radio: RadioState | undefined;
  sessions: readonly PduSession[];
  /** PEI and SUPI as the core told them last. */
  seenPei: string | undefined;
  seenSupi: string | undefined;
  lastSeen: Microseconds | undefined;
  boundSince: Microseconds | undefined;
  problems: readonly LocalText[];
}

interface Seen {
  pei?: string;
  supi?: string;
  gpsi?: string;
  provider?: string;
  radio?: RadioState;
  sessions: PduSession[];
  boundSince?: Microseconds;
  lastSeen: Microseconds;
  /** Address → owner of it, as it was last: things that are reached there belong to it. */
  addresses: string[];
}

/** Signal has to move by so much, or so much time pass, before the radio's history has a new line. */
const radioStepDb = 3;
const radioEveryMicroseconds = 60_000_000;
/** Things of one terminal that is found. */
const thingsOfFoundMax = 1000;
const discoverMilliseconds = 1000;

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');

/**
 * The terminals of the network: those people have registered, those a core or an operator knows, and those that follow from how things are
 * reached, so that none has to be typed in.
 */
export class Terminals {
  readonly #platform: NetworkPlatform;
  readonly #kept = new Map<string, NetworkTerminalInput>();
  readonly #seen = new Map<string, Seen>();
  #all = new Map<string, TerminalRecord>();
  #byThing = new Map<string, TerminalRecord>();
  /** Address → terminal that has it now. */
  readonly #owners = new Map<string, { terminal: string; supi: string | undefined; since: Microseconds }>();
  readonly #listeners = new Set<() => void>();
  #cancel: () => void = () => {};
  #planned = false;
  /** Found and not kept, because there are too many. */
  leftOut = 0;

  private constructor(platform: NetworkPlatform) {
    this.#platform = platform;
  }

  static async open(platform: NetworkPlatform): Promise<Terminals> {
    const terminals = new Terminals(platform);
    const { records } = platform;
    for (const row of await records.query<{ id: string; terminal: NetworkTerminalInput }>(
      'SELECT id, terminal FROM network_terminals',
    ))
      terminals.#kept.set(row.id, row.terminal);
    for (const row of await records.query<{ id: string; seen: Seen }>(
      'SELECT id, seen FROM network_terminal_seen',
    ))
      terminals.#seen.set(row.id, row.seen);
    for (const row of await records.query<{
      address: string;
      terminal: string;
      supi: string | null;
      since: string;
    }>('SELECT address, terminal, supi, since::text AS since FROM network_addresses WHERE until IS NULL'))
      terminals.#owners.set(row.address, {
        terminal: row.terminal,
        supi: row.supi ?? undefined,
        since: Number(row.since),
      });
    terminals.rebuild();
    return terminals;
  }

  /** Follows the things of the plant. */
  start(): void {
    this.#cancel = this.#platform.things.onChange(() => this.#plan());
    this.rebuild();
  }

  stop(): void {
    this.#cancel();
  }

  all(): IterableIterator<TerminalRecord> {
    return this.#all.values();
  }

  get size(): number {
    return this.#all.size;
  }

  get(id: string): TerminalRecord | undefined {
    return this.#all.get(id);
  }

  ofThing(thing: string): TerminalRecord | undefined {
    return this.#byThing.get(thing);
  }

  onChange(call: () => void): () => void {
    this.#listeners.add(call);
    return () => this.#listeners.delete(call);
  }

  show(record: TerminalRecord): NetworkTerminal {
    return {
      id: record.id,
      ...record.input,
      place: record.place,
      ...(record.radio === undefined ? {} : { radio: record.radio }),
      sessions: [...record.sessions],
      ...(record.boundSince === undefined ? {} : { boundSince: formatInstant(record.boundSince) }),
      problems: [...record.problems],
    };
  }

  /** Statements that keep terminals; `applied` puts them into memory once they are durable. */
  keep(entries: readonly { id: string; input: NetworkTerminalInput }[]): {
    statements: RecordStatement[];
    applied: () => void;
  } {
    const fresh = entries.filter(({ id }) => !this.#all.has(id)).length;
    if (this.#all.size + fresh > networkLimits.networkTerminalsMax)
      throw tooMany(this.#all.size, 'networkTerminalsMax');
    return {
      statements: [
        {
          sql: `INSERT INTO network_terminals (id, terminal, changed)
                SELECT id, terminal::jsonb, $3 FROM unnest($1::text[], $2::text[]) AS t(id, terminal)
                ON CONFLICT (id) DO UPDATE SET terminal = EXCLUDED.terminal, changed = EXCLUDED.changed`,
          parameters: [
            entries.map(({ id }) => id),
            entries.map(({ input }) => JSON.stringify(input)),
            this.#platform.clock.now(),
          ],
        },
      ],
      applied: () => {
        for (const { id, input } of entries) this.#kept.set(id, input);
        this.rebuild();
      },
    };
  }

  async put(id: string, input: NetworkTerminalInput): Promise<TerminalRecord> {
    const { statements, applied } = this.keep([{ id, input }]);
    await this.#platform.records.transaction(statements);
    applied();
    return this.#all.get(id)!;
  }

  async remove(id: string): Promise<void> {
    await this.#platform.records.transaction([
      { sql: 'DELETE FROM network_terminals WHERE id = $1', parameters: [id] },
      { sql: 'DELETE FROM network_terminal_seen WHERE id = $1', parameters: [id] },
      { sql: 'DELETE FROM network_radio WHERE terminal = $1', parameters: [id] },
      {
        sql: 'UPDATE network_addresses SET until = $2 WHERE terminal = $1 AND until IS NULL',
        parameters: [id, this.#platform.clock.now()],
      },
    ]);
    this.#kept.delete(id);
    this.#seen.delete(id);
    for (const [address, owner] of this.#owners) if (owner.terminal === id) this.#owners.delete(address);
    this.rebuild();
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#platform.clock.after(discoverMilliseconds, () => {
      this.#planned = false;
      this.rebuild();
    });
  }

  /** Works out all terminals anew, from what is kept, what was seen and how things are reached. */
  rebuild(): void {
    const { things } = this.#platform;
    const all = new Map<string, TerminalRecord>();
    const byThing = new Map<string, TerminalRecord>();
    const claimed = new Set<string>();
    const add = (id: string, input: NetworkTerminalInput, found: boolean): void => {
      if (all.size >= networkLimits.networkTerminalsMax) {
        this.leftOut++;
        return;
      }
      const before = this.#all.get(id);
      const seen = this.#seen.get(id);
      const places = input.things.flatMap((thing) => {
        const known = things.get(thing);
        return known === undefined ? [] : [things.placeOf(known)];
      });
      const record: TerminalRecord = {
        id,
        input,
        found,
        place: input.place ?? commonPlace(places),
        radio: seen?.radio,
        sessions: seen?.sessions ?? [],
        seenPei: seen?.pei,
        seenSupi: seen?.supi,
        lastSeen: seen?.lastSeen,
        boundSince: seen?.boundSince,
        problems: before?.problems ?? [],
      };
      all.set(id, record);
      for (const thing of input.things) if (!byThing.has(thing)) byThing.set(thing, record);
    };
    this.leftOut = 0;
    for (const [id, input] of this.#kept) {
      for (const thing of input.things) claimed.add(thing);
      add(id, input, false);
    }
    const peers = [...this.#platform.peers()].filter(({ thing }) => !claimed.has(thing));
    // What a core knows comes first: a thing that is reached at an address of its sessions is behind it.
    const atAddress = new Map<string, ThingPeer[]>();
    const rest: ThingPeer[] = [];
    for (const peer of peers) {
      const owner = peer.host === undefined ? undefined : this.#ownerOf(peer.host);
      if (owner === undefined || all.has(owner)) rest.push(peer);
      else atAddress.set(owner, [...(atAddress.get(owner) ?? []), peer]);
    }
    for (const [id, seen] of this.#seen) {
      if (all.has(id)) continue;
      add(
        id,
        foundMobile(
          id,
          seen,
          (atAddress.get(id) ?? []).map(({ thing }) => thing),
        ),
        true,
      );
    }
    for (const input of this.#foundFixed(rest)) add(input.id, input.input, true);
    this.#all = all;
    this.#byThing = byThing;
    for (const call of this.#listeners) call();
  }

  #ownerOf(host: string): string | undefined {
    const owner = this.#owners.get(host)?.terminal;
    if (owner !== undefined) return owner;
    for (const [id, seen] of this.#seen) if (seen.addresses.includes(host)) return id;
    return undefined;
  }

  /** Terminals that follow from the other ends of connections. */
  *#foundFixed(peers: readonly ThingPeer[]): Generator<{ id: string; input: NetworkTerminalInput }> {
    const groups = new Map<string, ThingPeer[]>();
    for (const peer of peers) {
      // On this very machine each port is another program; elsewhere a host is one terminal, whatever it is asked for.
      const key =
        peer.host === undefined
          ? `thing ${peer.thing}`
          : isLoopback(peer.host)
            ? `${peer.host}-${peer.port ?? peer.connection}`
            : peer.host;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [peer]);
      else if (group.length < thingsOfFoundMax) group.push(peer);
    }
    const { things } = this.#platform;
    for (const [key, group] of groups) {
      const [first] = group;
      const { host } = first!;
      const title = group.length === 1 ? (things.get(first!.thing)?.description.title ?? first!.thing) : key;
      yield {
        id: idFrom(host === undefined ? first!.thing : key),
        input: {
          title: title.slice(0, 200),
          kind: host === undefined ? 'other' : 'wired',
          things: group.map(({ thing }) => thing),
          ...(host === undefined || isLoopback(host) ? {} : { address: host }),
        },
      };
    }
  }

  /**
   * What a core or an operator knows now. `complete`: it told all it knows, so sessions of others of this provider are over. Who has which
   * address is kept with its time.
   */
  async seen(provider: string, seen: readonly SeenTerminal[], complete: boolean): Promise<void> {
    const now = this.#platform.clock.now();
    const statements: RecordStatement[] = [];
    const told = new Set<string>();
    const changes = new Map<string, Seen>();
    for (const one of seen.slice(0, networkLimits.networkTerminalsMax)) {
      const id = this.#match(one) ?? idOf(one);
      if (id === undefined) continue;
      told.add(id);
      const before = this.#seen.get(id);
      if (before === undefined && this.#seen.size + changes.size >= networkLimits.networkTerminalsMax) {
        this.leftOut++;
        continue;
      }
      const addresses = one.sessions.flatMap(({ address }) => address ?? []);
      const moved =
        before === undefined ||
        before.supi !== one.supi ||
        addresses.some((address) => this.#owners.get(address)?.terminal !== id);
      const next: Seen = {
        ...(one.pei === undefined ? {} : { pei: one.pei }),
        ...(one.supi === undefined ? {} : { supi: one.supi }),
        ...(one.gpsi === undefined ? {} : { gpsi: one.gpsi }),
        provider,
        ...(one.radio === undefined
          ? before?.radio === undefined
            ? {}
            : { radio: before.radio }
          : { radio: one.radio }),
        sessions: [...one.sessions],
        boundSince: moved ? now : (before?.boundSince ?? now),
        lastSeen: now,
        addresses: addresses.length > 0 ? addresses : (before?.addresses ?? []),
      };
      changes.set(id, next);
      if (one.radio !== undefined && worthKeeping(before?.radio, one.radio))
        statements.push(...radioStatements(id, parseInstant(one.radio.time) ?? now, one.radio));
      statements.push(...this.#addressStatements(id, one.supi, addresses, now));
    }
    if (complete) {
      for (const [id, before] of this.#seen) {
        if (told.has(id) || before.provider !== provider || before.sessions.length === 0) continue;
        changes.set(id, {
          ...before,
          sessions: [],
          ...(before.radio === undefined
            ? {}
            : { radio: { ...before.radio, registration: 'deregistered', time: formatInstant(now) } }),
        });
        statements.push(...this.#addressStatements(id, before.supi, [], now));
      }
    }
    if (changes.size === 0) return;
    statements.push({
      sql: `INSERT INTO network_terminal_seen (id, seen) SELECT id, seen::jsonb FROM unnest($1::text[], $2::text[]) AS t(id, seen)
            ON CONFLICT (id) DO UPDATE SET seen = EXCLUDED.seen`,
      parameters: [[...changes.keys()], [...changes.values()].map((one) => JSON.stringify(one))],
    });
    await this.#platform.records.transaction(statements);
    for (const [id, next] of changes) {
      const addresses = next.sessions.flatMap(({ address }) => address ?? []);
      for (const [address, owner] of this.#owners)
        if (owner.terminal === id && !addresses.includes(address)) this.#owners.delete(address);
      for (const address of addresses)
        if (this.#owners.get(address)?.terminal !== id)
          this.#owners.set(address, { terminal: id, supi: next.supi, since: now });
      this.#seen.set(id, next);
    }
    this.rebuild();
  }

  /** Rows that end what is over and begin what is new; nothing where an address stays with whom it was. */
  #addressStatements(
    id: string,
    supi: string | undefined,
    addresses: readonly string[],
    now: Microseconds,
  ): RecordStatement[] {
    const statements: RecordStatement[] = [];
    const lost = [...this.#owners].filter(
      ([address, owner]) => owner.terminal === id && !addresses.includes(address),
    );
    for (const [address] of lost)
      statements.push({
        sql: 'UPDATE network_addresses SET until = $2 WHERE address = $1 AND until IS NULL',
        parameters: [address, now],
      });
    const gained = addresses.filter((address) => this.#owners.get(address)?.terminal !== id);
    for (const address of gained)
      statements.push(
        {
          sql: 'UPDATE network_addresses SET until = $2 WHERE address = $1 AND until IS NULL',
          parameters: [address, now],
        },
        {
          sql: 'INSERT INTO network_addresses (address, terminal, supi, since) VALUES ($1, $2, $3, $4)',
          parameters: [address, id, supi ?? null, now],
        },
      );
    if (gained.length > 0)
      statements.push({
        sql: `DELETE FROM network_addresses WHERE terminal = $1 AND id <= (SELECT id FROM network_addresses WHERE terminal = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)`,
        parameters: [id, inventoryLimits.addressHistoryMax],
      });
    return statements;
  }

  /** Whom this is of those there are: by subscription, then by number, then by device, then by address. */
  #match(one: SeenTerminal): string | undefined {
    const addresses = new Set(one.sessions.flatMap(({ address }) => address ?? []));
    let byDevice: string | undefined;
    for (const { id, input, seenSupi } of this.#all.values()) {
      if (one.supi !== undefined && (input.supi === one.supi || seenSupi === one.supi)) return id;
      if (one.gpsi !== undefined && input.gpsi === one.gpsi) return id;
      if (one.pei !== undefined && input.pei === one.pei && input.supi === undefined) byDevice ??= id;
      // An address says whom it is only of a terminal nothing else is known of.
      if (
        input.supi === undefined &&
        seenSupi === undefined &&
        input.address !== undefined &&
        addresses.has(input.address)
      )
        byDevice ??= this.#kept.has(id) ? id : undefined;
    }
    return byDevice;
  }

  async life(
    id: string,
    from: Microseconds,
    to: Microseconds,
  ): Promise<{
    radio: RadioState[];
    addresses: { address: string; supi?: string; from: string; to?: string }[];
  }> {
    const { records } = this.#platform;
    const [radio, addresses] = await Promise.all([
      records.query<{ radio: RadioState }>(
        'SELECT radio FROM network_radio WHERE terminal = $1 AND time >= $2 AND time < $3 ORDER BY time',
        [id, from, to],
      ),
      records.query<AddressRow>(
        `SELECT address, terminal, supi, since::text AS since, until::text AS until FROM network_addresses
         WHERE terminal = $1 AND since < $3 AND (until IS NULL OR until >= $2) ORDER BY id DESC LIMIT $4`,
        [id, from, to, inventoryLimits.addressHistoryMax],
      ),
    ]);
    return { radio: radio.map((row) => row.radio), addresses: addresses.map(showAddress) };
  }

  /** Who had an address when, the latest first. */
  async holders(address: string): Promise<{ terminal: string; supi?: string; from: string; to?: string }[]> {
    const rows = await this.#platform.records.query<AddressRow>(
      `SELECT address, terminal, supi, since::text AS since, until::text AS until FROM network_addresses
       WHERE address = $1 ORDER BY id DESC LIMIT $2`,
      [address, inventoryLimits.addressHistoryMax],
    );
    return rows.map((row) => ({ terminal: row.terminal, ...showAddress(row) }));
  }
}

interface AddressRow {
  address: string;
  terminal: string;
  supi: string | null;
  since: string;
  until: string | null;
}

function showAddress(row: AddressRow): { address: string; supi?: string; from: string; to?: string } {
  return {
    address: row.address,
    ...(row.supi === null ? {} : { supi: row.supi }),
    from: formatInstant(Number(row.since)),
    ...(row.until === null ? {} : { to: formatInstant(Number(row.until)) }),
  };
}

function idOf({ supi, pei, gpsi }: SeenTerminal): string | undefined {
  const name = supi ?? pei ?? gpsi;
  return name === undefined ? undefined : idFrom(name);
}

function foundMobile(id: string, seen: Seen, things: string[]): NetworkTerminalInput {
  const address = seen.sessions.find((session) => session.address !== undefined)?.address;
  return {
    title: (seen.supi ?? seen.pei ?? seen.gpsi ?? id).slice(0, 200),
    kind: 'nr',
    things: things.slice(0, thingsOfFoundMax),
    ...(address === undefined ? {} : { address }),
    ...(seen.supi === undefined ? {} : { supi: seen.supi }),
    ...(seen.gpsi === undefined ? {} : { gpsi: seen.gpsi.slice(0, 64) }),
    ...(seen.pei === undefined ? {} : { pei: seen.pei }),
    ...(seen.provider === undefined ? {} : { provider: seen.provider }),
  };
}

function worthKeeping(before: RadioState | undefined, now: RadioState): boolean {
  if (before === undefined) return true;
  if (
    before.cell !== now.cell ||
    before.gnb !== now.gnb ||
    before.registration !== now.registration ||
    before.connection !== now.connection
  )
    return true;
  const moved = (a: number | undefined, b: number | undefined): boolean =>
    (a === undefined) !== (b === undefined) || Math.abs((a ?? 0) - (b ?? 0)) >= radioStepDb;
  return (
    moved(before.rsrpDbm, now.rsrpDbm) ||
    moved(before.sinrDb, now.sinrDb) ||
    (parseInstant(now.time) ?? 0) - (parseInstant(before.time) ?? 0) >= radioEveryMicroseconds
  );
}

function radioStatements(id: string, time: Microseconds, radio: RadioState): RecordStatement[] {
  return [
    {
      sql: 'INSERT INTO network_radio (terminal, time, radio) VALUES ($1, $2, $3::jsonb) ON CONFLICT (terminal, time) DO UPDATE SET radio = EXCLUDED.radio',
      parameters: [id, time, JSON.stringify(radio)],
    },
    {
      sql: 'DELETE FROM network_radio WHERE terminal = $1 AND time <= (SELECT time FROM network_radio WHERE terminal = $1 ORDER BY time DESC OFFSET $2 LIMIT 1)',
      parameters: [id, inventoryLimits.radioHistoryMax],
    },
  ];
}
