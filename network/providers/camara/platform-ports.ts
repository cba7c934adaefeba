import { createHash } from 'node:crypto';
import type {
  Actor,
  Binding,
  BindingInput,
  Criterion,
  LocalText,
  Microseconds,
  NetworkTerminal,
  ServiceLevel,
  SliceInput,
  VerdictState,
} from '@millrace/contract';
import {
  AppError,
  type AuditTrail,
  type Clock,
  type Log,
  ProviderError,
  type RecordStore,
} from '@millrace/sdk';
import ipaddr from 'ipaddr.js';
import {
  type BindingState,
  type CamaraPorts,
  camaraRecordsIn,
  type DeviceIdentifier,
  type FoundTerminal,
  type OfferedProfile,
  type SliceBooking,
  type TerminalPosition,
  type TerminalStatus,
  usualProfiles,
} from './ports.ts';
import type { Area } from './shapes.ts';

/** What the plant's network layer has to show for its network to be offered, in the words of the contract. */
export interface OfferedNetwork {
  readonly clock: Clock;
  readonly log: Log;
  /** After `camaraMigrations`. */
  readonly records: RecordStore;
  readonly seal: { seal(secret: string): string; open(sealed: string): string };
  readonly audit: AuditTrail;
  readonly publicUrl: string;
  readonly post: CamaraPorts['post'];
  readonly sinkProblem?: CamaraPorts['sinkProblem'];
  readonly grant?: CamaraPorts['grant'];
  /** `usualProfiles` where it is absent. */
  readonly profiles?: () => readonly OfferedProfile[];
  terminals(): Iterable<NetworkTerminal>;
  terminal(id: string): NetworkTerminal | undefined;
  /** When anything was heard of a terminal last; undefined: never. */
  heard(terminal: string): Microseconds | undefined;
  /** Where it is, for a plant that knows; undefined: not known. */
  locate?(terminal: string, fresh: boolean): Promise<TerminalPosition | undefined>;
  /** Judges a level that is no flow's, from what is measured on a terminal's path. */
  judge?(
    terminal: string,
    level: ServiceLevel,
    at: Microseconds | undefined,
  ): Promise<readonly { criterion: Criterion; state: VerdictState }[]>;
  /** Flow that bindings from outside stand under; it is there, and may have several bindings of one terminal. */
  readonly flow: string;
  /** Does the plant have slices to give over this area? Absent: none are offered. */
  covers?(area: Area): boolean;
  /** A slice type and differentiator that no slice has yet; undefined: there is none left to give. */
  freeSlice?(): { sst: number; sd?: string } | undefined;
  /** True: bindings there cannot be read back, and `accepted` is all there will ever be. */
  cannotReadBack?(provider: string): boolean;
  readonly requests: {
    put(
      kind: 'binding' | 'slice',
      id: string,
      input: BindingInput | SliceInput,
      actor: Actor,
    ): Promise<unknown>;
    remove(kind: 'binding' | 'slice', id: string, actor: Actor): Promise<unknown>;
    check(
      kind: 'binding' | 'slice',
      id: string,
      input: BindingInput | SliceInput,
    ): readonly { message: LocalText }[];
    binding(id: string): Binding | undefined;
    onChanged(call: (kind: string, id: string) => void): void;
  };
}

/** A terminal not heard of for this long cannot be said to be reachable, s. */
const silentSeconds = 120;
const platform: Actor = { kind: 'platform', id: 'camara' };

/** Fills the server's ports from the network layer. */
export function camaraPortsOn(network: OfferedNetwork): CamaraPorts {
  const { requests } = network;
  const found = ({ id, place = '', kind }: NetworkTerminal): FoundTerminal => ({ id, place, kind });
  const providerOf = (terminal: string): string => {
    const provider = network.terminal(terminal)?.provider;
    if (provider === undefined)
      throw new ProviderError('unsupported', {
        en: 'Nothing in this network can give that device a quality of its own.',
        zh: '本网络中没有可为该设备提供质量保障的服务。',
      });
    return provider;
  };
  const stateOf = (binding: Binding): BindingState => ({
    standing: binding.stages.standing,
    cannotBeReadBack: network.cannotReadBack?.(binding.provider) ?? false,
  });
  const inputOf = (
    terminal: string,
    qos: BindingInput['qos'],
    filters: BindingInput['filters'],
    slice: string | undefined,
  ): BindingInput => ({
    flow: network.flow,
    terminal,
    provider: providerOf(terminal),
    qos,
    filters,
    ...(slice === undefined ? {} : { slice }),
  });
  /** What the layer refuses is a no of the network, in its words. */
  const asked = async <T>(ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const [first] = error.fields;
      const kind = error.status === 503 ? 'unavailable' : error.status === 404 ? 'gone' : 'unsupported';
      throw new ProviderError(kind, first?.message ?? error.words);
    }
  };
  const gone = async (kind: 'binding' | 'slice', id: string): Promise<void> => {
    try {
      await asked(() => requests.remove(kind, id, platform));
    } catch (error) {
      if (!(error instanceof ProviderError) || error.kind !== 'gone') throw error;
    }
  };
  const memberOf = (key: string, terminal: string): string =>
    `camara-member-${createHash('sha256').update(`${key} ${terminal}`).digest('hex').slice(0, 32)}`;
  const sliceInput = (booking: SliceBooking, snssai: { sst: number; sd?: string }): SliceInput => ({
    title: `CAMARA ${booking.key.slice(-12)}`,
    profile: { ...booking.profile, snssai },
  });

  return {
    clock: network.clock,
    log: network.log,
    publicUrl: network.publicUrl,
    records: camaraRecordsIn(network.records, network.seal),
    profiles: network.profiles ?? (() => usualProfiles),
    post: network.post,
    ...(network.sinkProblem === undefined ? {} : { sinkProblem: network.sinkProblem }),
    ...(network.grant === undefined ? {} : { grant: network.grant }),
    audit: (entry) => network.audit.record(entry),
    terminals: {
      identifiers: ['ipv4Address', 'ipv6Address', 'phoneNumber', 'networkAccessIdentifier'],
      async find(identifier) {
        for (const terminal of network.terminals())
          if (isToldBy(terminal, identifier)) return found(terminal);
        return undefined;
      },
      async get(id) {
        const terminal = network.terminal(id);
        return terminal === undefined ? undefined : found(terminal);
      },
      async subjectOf(actor) {
        if (actor.kind !== 'device') return undefined;
        for (const terminal of network.terminals())
          if (terminal.things.includes(actor.id)) return found(terminal);
        return undefined;
      },
      async status(id) {
        const terminal = network.terminal(id);
        return terminal === undefined
          ? undefined
          : statusOf(terminal, network.heard(id), network.clock.now());
      },
      async locate(id, fresh) {
        return network.locate?.(id, fresh);
      },
    },
    bindings: {
      async request({ key, terminal, by, qos, filters }) {
        // Without an end of its own: the server releases it in time, and an extension then changes nothing in the network.
        await asked(() => requests.put('binding', key, inputOf(terminal, qos, [...filters], undefined), by));
        const binding = requests.binding(key);
        return binding === undefined ? { standing: 'requested' } : stateOf(binding);
      },
      async extend(key) {
        const binding = requests.binding(key);
        return binding === undefined ? { standing: 'lost' } : stateOf(binding);
      },
      async read(key) {
        const binding = requests.binding(key);
        return binding === undefined ? undefined : stateOf(binding);
      },
      release: (key) => gone('binding', key),
      onChange(call) {
        let listening = true;
        requests.onChanged((kind, id) => {
          if (listening && kind === 'binding' && id.startsWith('camara-q')) call(id);
        });
        return () => {
          listening = false;
        };
      },
    },
    slices: {
      async reserve(booking) {
        if (network.covers?.(booking.area) !== true) return 'area-not-supported';
        const snssai = network.freeSlice?.();
        if (
          snssai === undefined ||
          requests.check('slice', booking.key, sliceInput(booking, snssai)).length > 0
        )
          return 'resources-insufficient';
        // Its record is put down at once, so that what is left is counted from the booking on.
        await asked(() => requests.put('slice', booking.key, sliceInput(booking, snssai), booking.by));
        return 'reserved';
      },
      async start() {},
      async end(key) {
        for (const { id } of network.terminals()) {
          const member = memberOf(key, id);
          if (requests.binding(member) !== undefined) await gone('binding', member);
        }
        await gone('slice', key);
      },
      async assign(key, terminal, rates) {
        const { qos } = (network.profiles?.() ?? usualProfiles)[0]!;
        await asked(() =>
          requests.put(
            'binding',
            memberOf(key, terminal),
            inputOf(
              terminal,
              {
                ...qos,
                ...(rates.uLThptPerUE === undefined ? {} : { mbrUplink: rates.uLThptPerUE }),
                ...(rates.dLThptPerUE === undefined ? {} : { mbrDownlink: rates.dLThptPerUE }),
              },
              [],
              key,
            ),
            platform,
          ),
        );
      },
      unassign: (key, terminal) => gone('binding', memberOf(key, terminal)),
    },
    quality: {
      async judge(terminal, level, at) {
        return (await network.judge?.(terminal, level, at)) ?? [];
      },
    },
  };
}

const canonical = (address: string): string =>
  ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;

/** True if the terminal is the one told; an IPv6 address may be any of the /64 a session was given. */
export function isToldBy(terminal: NetworkTerminal, identifier: DeviceIdentifier): boolean {
  const addresses = [terminal.address, ...terminal.sessions.map(({ address }) => address)].flatMap(
    (address) => (address === undefined || address === '' ? [] : [address]),
  );
  switch (identifier.kind) {
    case 'ipv4Address': {
      // Behind address translation only the private one is the terminal's own.
      const wanted = canonical(identifier.privateAddress ?? identifier.publicAddress);
      return addresses.some((address) => canonical(address.split('/')[0]!) === wanted);
    }
    case 'ipv6Address': {
      const wanted = ipaddr.IPv6.parse(identifier.address);
      return addresses.some((text) => {
        const [address, length] = text.split('/');
        if (!ipaddr.IPv6.isValid(address!)) return false;
        return ipaddr.IPv6.parse(address!).match(
          wanted,
          length === undefined ? 128 : Math.max(64, Number(length) || 128),
        );
      });
    }
    case 'phoneNumber':
      return terminal.gpsi === `msisdn-${identifier.number.slice(1)}`;
    case 'networkAccessIdentifier':
      return (
        terminal.gpsi === `extid-${identifier.identifier}` || terminal.supi === `nai-${identifier.identifier}`
      );
  }
}

/** What a terminal's record says of it now. Undefined: nothing at all. */
export function statusOf(
  { radio, kind }: NetworkTerminal,
  heard: Microseconds | undefined,
  now: Microseconds,
): TerminalStatus | undefined {
  const radioTime = radio === undefined ? undefined : Date.parse(radio.time) * 1000;
  const time = Math.max(heard ?? 0, radioTime ?? 0);
  if (time === 0) return undefined;
  const registration = radio?.registration;
  const isHeard = heard !== undefined && now - heard <= silentSeconds * 1_000_000;
  return {
    time,
    // What was heard outweighs what a core believes; a core that knows it gone is believed.
    data: isHeard ? true : registration === 'deregistered' || registration === 'denied' ? false : undefined,
    sms: undefined,
    roaming: registration === 'roaming' ? true : registration === 'registered' ? false : undefined,
    country: undefined,
    networkType: kind === 'nr' ? '5G' : kind === 'lte' ? '4G' : undefined,
    rsrpDbm: radio?.rsrpDbm,
  };
}
