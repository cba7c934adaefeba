import type { Snssai } from '@millrace/contract';
import { ProviderError, type SubscriberInput } from '@millrace/sdk';
import { MongoClient } from 'mongodb';

/** Subscribers of Open5GS as they lie in its database (collection `subscribers`, schema 1). */

export interface Rate {
  value: number;
  /** 0 bit/s, 1 kbit/s, 2 Mbit/s, 3 Gbit/s, 4 Tbit/s. */
  unit: 0 | 1 | 2 | 3 | 4;
}

export interface PccRule {
  flow: { direction: 1 | 2; description: string }[];
  qos: { index: number; arp: ArpDocument; mbr?: RatePair; gbr?: RatePair };
}
interface RatePair {
  downlink: Rate;
  uplink: Rate;
}
interface ArpDocument {
  priority_level: number;
  /** 1: no, 2: yes. */
  pre_emption_capability: 1 | 2;
  pre_emption_vulnerability: 1 | 2;
}
export interface SessionDocument {
  name: string;
  type: 1 | 2 | 3;
  qos: { index: number; arp: ArpDocument };
  ambr: RatePair;
  pcc_rule: PccRule[];
}
export interface SubscriberDocument {
  imsi: string;
  msisdn?: string[];
  slice: { sst: number; sd?: string; default_indicator: boolean; session: SessionDocument[] }[];
  [name: string]: unknown;
}

export const imsiOf = (supi: string): string => supi.replace(/^imsi-/, '');

/** kbit/s as the largest unit that keeps it whole. */
export function rateOf(kilobits: number): Rate {
  let value = Math.round(kilobits);
  let unit: Rate['unit'] = 1;
  while (value !== 0 && value % 1000 === 0 && unit < 4) {
    value /= 1000;
    unit = (unit + 1) as Rate['unit'];
  }
  return { value, unit };
}

export const arpOf = (arp: SubscriberInput['slices'][number]['qos']['arp']): ArpDocument => ({
  priority_level: arp.priorityLevel,
  pre_emption_capability: arp.mayPreempt ? 2 : 1,
  pre_emption_vulnerability: arp.preemptable ? 2 : 1,
});

/** What is set in the document of a subscriber; keys only where they are given. */
export function subscriberDocument(subscriber: SubscriberInput): Record<string, unknown> {
  const slices = new Map<string, SubscriberDocument['slice'][number]>();
  for (const { slice, isDefault, dnn, qos } of subscriber.slices) {
    const { sst, sd } = slice.profile.snssai;
    const name = `${sst}-${sd ?? ''}`;
    const one = slices.get(name) ?? {
      sst,
      ...(sd === undefined ? {} : { sd }),
      default_indicator: false,
      session: [],
    };
    one.default_indicator ||= isDefault;
    one.session.push({
      name: dnn,
      type: 1,
      qos: { index: qos.fiveQi, arp: arpOf(qos.arp) },
      ambr: {
        downlink: rateOf(qos.mbrDownlink ?? subscriber.ambrDownlink),
        uplink: rateOf(qos.mbrUplink ?? subscriber.ambrUplink),
      },
      pcc_rule: [],
    });
    slices.set(name, one);
  }
  return {
    msisdn: subscriber.gpsi === undefined ? [] : [subscriber.gpsi.replace(/^(msisdn-|\+)/, '')],
    ambr: { downlink: rateOf(subscriber.ambrDownlink), uplink: rateOf(subscriber.ambrUplink) },
    slice: [...slices.values()],
    access_restriction_data: 32,
    subscriber_status: 0,
    network_access_mode: 0,
    subscribed_rau_tau_timer: 12,
    schema_version: 1,
    ...(subscriber.key === undefined ? {} : { 'security.k': subscriber.key }),
    ...(subscriber.opc === undefined ? {} : { 'security.opc': subscriber.opc, 'security.op': null }),
    ...(subscriber.amf === undefined ? {} : { 'security.amf': subscriber.amf }),
  };
}

/** The session of a subscriber that a flow belongs to. */
export function sessionIn(
  { slice }: SubscriberDocument,
  { sst, sd }: Snssai,
  dnn: string,
): [slice: number, session: number] | undefined {
  const at = slice.findIndex(
    (one) => one.sst === sst && (one.sd ?? '').toLowerCase() === (sd ?? '').toLowerCase(),
  );
  const session = slice[at]?.session.findIndex(({ name }) => name === dnn) ?? -1;
  return session < 0 ? undefined : [at, session];
}

const answerMillisecondsMax = 8_000;

export class SubscriberDatabase {
  readonly #client: MongoClient;

  constructor(address: string) {
    try {
      this.#client = new MongoClient(address, {
        serverSelectionTimeoutMS: answerMillisecondsMax,
        connectTimeoutMS: answerMillisecondsMax,
        socketTimeoutMS: answerMillisecondsMax,
        maxPoolSize: 2,
        appName: 'millrace',
      });
    } catch (error) {
      throw new ProviderError(
        'settings',
        {
          en: 'The connection string of the subscriber database cannot be read.',
          zh: '签约数据库的连接串无法识别。',
        },
        (error as Error).name,
      );
    }
  }

  async #do<T>(
    work: (subscribers: ReturnType<ReturnType<MongoClient['db']>['collection']>) => Promise<T>,
  ): Promise<T> {
    try {
      return await work(this.#client.db('open5gs').collection('subscribers'));
    } catch (error) {
      if (error instanceof ProviderError) throw error;
      const { name, code } = error as { name: string; code?: number };
      const denied =
        code === 13 ||
        code === 18 ||
        ((name === 'MongoServerSelectionError') === false && /auth/i.test((error as Error).message));
      throw new ProviderError(
        denied ? 'denied' : 'unavailable',
        denied
          ? { en: 'The subscriber database refuses the credentials.', zh: '签约数据库拒绝了所用凭据。' }
          : { en: 'The subscriber database does not answer.', zh: '签约数据库没有应答。' },
        // Its own words may hold the address with the password in it.
        `${name}${code === undefined ? '' : ` ${code}`}`,
      );
    }
  }

  count(): Promise<number> {
    return this.#do((subscribers) => subscribers.countDocuments({}, { maxTimeMS: answerMillisecondsMax }));
  }

  list(): Promise<string[]> {
    return this.#do(async (subscribers) =>
      (await subscribers.find({}, { projection: { imsi: 1 }, limit: 50_000 }).toArray()).map(
        ({ imsi }) => `imsi-${imsi as string}`,
      ),
    );
  }

  get(supi: string): Promise<SubscriberDocument | undefined> {
    return this.#do(
      async (subscribers) =>
        ((await subscribers.findOne({ imsi: imsiOf(supi) })) as SubscriberDocument | null) ?? undefined,
    );
  }

  put(subscriber: SubscriberInput): Promise<void> {
    return this.#do(async (subscribers) => {
      const imsi = imsiOf(subscriber.supi);
      const there = await subscribers.findOne({ imsi }, { projection: { imsi: 1 } });
      if (there === null && (subscriber.key === undefined || subscriber.opc === undefined))
        throw new ProviderError('refused', {
          en: `${subscriber.supi} is new to the core: it needs its key and OPc.`,
          zh: `${subscriber.supi} 是新用户，必须提供密钥与 OPc。`,
        });
      const { Long } = await import('mongodb');
      await subscribers.updateOne(
        { imsi },
        {
          $set: subscriberDocument(subscriber),
          $setOnInsert: {
            'security.sqn': Long.fromNumber(0),
            ...(subscriber.amf === undefined ? { 'security.amf': '8000' } : {}),
          },
        },
        { upsert: true },
      );
    });
  }

  remove(supi: string): Promise<boolean> {
    return this.#do(
      async (subscribers) => (await subscribers.deleteOne({ imsi: imsiOf(supi) })).deletedCount > 0,
    );
  }

  /** Adds a PCC rule to a session, where none of its 5QI is there. Resolves true if it was added. */
  addRule(supi: string, snssai: Snssai, dnn: string, rule: PccRule): Promise<boolean> {
    return this.#do(async (subscribers) => {
      const document = await this.get(supi);
      const at = document === undefined ? undefined : sessionIn(document, snssai, dnn);
      if (at === undefined)
        throw new ProviderError('refused', {
          en: `${supi} has no subscription to "${dnn}" in slice ${snssai.sst}${snssai.sd === undefined ? '' : `-${snssai.sd}`}.`,
          zh: `${supi} 没有切片 ${snssai.sst}${snssai.sd === undefined ? '' : `-${snssai.sd}`} 中“${dnn}”的签约。`,
        });
      const path = `slice.${at[0]}.session.${at[1]}.pcc_rule`;
      const rules = document!.slice[at[0]]!.session[at[1]]!.pcc_rule ?? [];
      if (rules.some(({ qos }) => qos.index === rule.qos.index)) return false;
      await subscribers.updateOne({ imsi: imsiOf(supi) }, { $push: { [path]: rule } } as never);
      return true;
    });
  }

  /** Takes back a rule as it was added; one somebody has changed since stays. */
  removeRule(supi: string, snssai: Snssai, dnn: string, rule: PccRule): Promise<void> {
    return this.#do(async (subscribers) => {
      const document = await this.get(supi);
      const at = document === undefined ? undefined : sessionIn(document, snssai, dnn);
      if (at === undefined) return;
      await subscribers.updateOne({ imsi: imsiOf(supi) }, {
        $pull: { [`slice.${at[0]}.session.${at[1]}.pcc_rule`]: rule },
      } as never);
    });
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}
