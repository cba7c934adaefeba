import { createHash } from 'node:crypto';
import {
  type Actor,
  type MeasuringSettings,
  type MeasuringSettingsInput,
  networkLimits,
} from '@millrace/contract';
import { AppError, type NetworkPlatform } from '@millrace/sdk';
import { say } from './inventory/index.ts';
import {
  defaultBudget,
  type ProbeBudget,
  privateSources,
  type ReflectorSource,
  readPrefix,
} from './measurement/index.ts';

export const measuringMigrations = [
  {
    id: 'network-measuring-001-settings',
    sql: 'CREATE TABLE network_measuring (name text PRIMARY KEY, value jsonb NOT NULL);',
  },
] as const;

/** As they are applied: keys opened. */
export interface MeasuringInForce {
  allow: readonly ReflectorSource[];
  budget: ProbeBudget;
  keys: Readonly<Record<string, Uint8Array>>;
}

interface Kept {
  allow: { prefix: string; key?: string }[];
  probesPerSecond: number;
  shareOfPath: number;
  /** Sealed. */
  keys: Record<string, { sealed: string; since: number }>;
}

const beginning: Kept = {
  allow: privateSources.map(({ prefix }) => ({ prefix })),
  probesPerSecond: defaultBudget.probesPerSecond,
  shareOfPath: defaultBudget.shareOfPath,
  keys: {},
};
const keysMax = 1_000;
/** A reflector that answers anybody without a key sends packets to whomever a forger names. */
const bitsOpenMin = { ipv4: 8, ipv6: 16 } as const;

type Needs = Pick<NetworkPlatform, 'records' | 'seal' | 'audit' | 'clock'>;

/** Whom the reflector answers, how much may be probed, and the keys of authenticated STAMP, kept with the records. */
export class MeasuringSettingsStore {
  readonly #platform: Needs;
  #kept: Kept;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(platform: Needs, kept: Kept) {
    this.#platform = platform;
    this.#kept = kept;
  }

  static async open(platform: Needs): Promise<MeasuringSettingsStore> {
    const [row] = await platform.records.query<{ value: Kept }>(
      "SELECT value FROM network_measuring WHERE name = 'settings'",
    );
    return new MeasuringSettingsStore(platform, { ...beginning, ...row?.value });
  }

  inForce(): MeasuringInForce {
    const { allow, probesPerSecond, shareOfPath, keys } = this.#kept;
    const opened = Object.fromEntries(
      Object.entries(keys).map(([name, { sealed }]) => [
        name,
        new Uint8Array(Buffer.from(this.#platform.seal.open(sealed), 'hex')),
      ]),
    );
    return {
      allow: allow.flatMap(({ prefix, key }) =>
        key === undefined ? [{ prefix }] : opened[key] === undefined ? [] : [{ prefix, key: opened[key] }],
      ),
      budget: { probesPerSecond, shareOfPath },
      keys: opened,
    };
  }

  /** Keys by name, with the first of their digest, so that both ends can be compared; never the keys. */
  show(): MeasuringSettings {
    const { allow, probesPerSecond, shareOfPath, keys } = this.#kept;
    return {
      allow: allow.map((one) => ({ ...one })),
      probesPerSecond,
      shareOfPath,
      keys: Object.entries(keys).map(([name, { sealed, since }]) => ({
        name,
        since: new Date(since / 1000).toISOString(),
        fingerprint: createHash('sha256')
          .update(Buffer.from(this.#platform.seal.open(sealed), 'hex'))
          .digest('hex')
          .slice(0, 16),
      })),
    };
  }

  /** Changes them; what is not named stays. Rejects with 422 at the field. */
  put(input: MeasuringSettingsInput, actor: Actor): Promise<MeasuringSettings> {
    const done = this.#turn.then(() => this.#put(input, actor));
    this.#turn = done.catch(() => {});
    return done;
  }

  async #put(input: MeasuringSettingsInput, actor: Actor): Promise<MeasuringSettings> {
    const { records, seal, audit, clock } = this.#platform;
    const problems: { field: string; message: ReturnType<typeof say> }[] = [];
    const keys = { ...this.#kept.keys };
    for (const name of input.removeKeys ?? []) delete keys[name];
    for (const { name, hex } of input.putKeys ?? [])
      keys[name] = { sealed: seal.seal(hex.toLowerCase()), since: clock.now() };
    if (Object.keys(keys).length > keysMax)
      problems.push({
        field: 'putKeys',
        message: say(`At most ${keysMax} keys are kept.`, `最多保存 ${keysMax} 个密钥。`),
      });
    const allow = input.allow ?? this.#kept.allow;
    allow.forEach(({ prefix, key }, index) => {
      const read = readPrefix(prefix);
      if (read === undefined)
        problems.push({
          field: `allow.${index}.prefix`,
          message: say(
            `"${prefix.slice(0, 60)}" is no address and no prefix, such as 10.0.0.0/8.`,
            `“${prefix.slice(0, 60)}”不是地址或前缀（如 10.0.0.0/8）。`,
          ),
        });
      else if (key === undefined && read[1] < bitsOpenMin[read[0].kind()])
        problems.push({
          field: `allow.${index}.prefix`,
          message: say(
            `"${prefix}" is too wide without a key: the reflector would answer to forged addresses.`,
            `“${prefix}”范围过大且未设密钥：反射器可能应答伪造的地址。`,
          ),
        });
      if (key !== undefined && keys[key] === undefined)
        problems.push({
          field: `allow.${index}.key`,
          message: say(`There is no key "${key.slice(0, 64)}".`, `没有名为“${key.slice(0, 64)}”的密钥。`),
        });
    });
    if (problems.length > 0)
      throw new AppError(
        422,
        'wrong-fields',
        say('Something in this is wrong.', '内容有误。'),
        say('Mend the fields named.', '请更正所列字段。'),
        problems,
      );
    const next: Kept = {
      allow: allow.map(({ prefix, key }) => ({ prefix, ...(key === undefined ? {} : { key }) })),
      probesPerSecond: Math.min(
        input.probesPerSecond ?? this.#kept.probesPerSecond,
        networkLimits.probesPerSecondMax,
      ),
      shareOfPath: input.shareOfPath ?? this.#kept.shareOfPath,
      keys,
    };
    await audit.record({
      actor,
      action: 'network.measuring.change',
      object: 'measuring',
      place: '',
      detail: {
        allow: next.allow,
        probesPerSecond: next.probesPerSecond,
        shareOfPath: next.shareOfPath,
        keysPut: (input.putKeys ?? []).map(({ name }) => name),
        keysRemoved: input.removeKeys ?? [],
      },
      outcome: 'done',
    });
    await records.query(
      `INSERT INTO network_measuring (name, value) VALUES ('settings', $1::jsonb)
       ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value`,
      [JSON.stringify(next)],
    );
    this.#kept = next;
    return this.show();
  }
}
