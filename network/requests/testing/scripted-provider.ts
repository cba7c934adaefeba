import type { LocalText } from '@millrace/contract';
import {
  type Accepted,
  type BindingRequest,
  defineProvider,
  type Effective,
  type NetworkProvider,
  type ProviderContext,
  type ProviderDefinition,
  ProviderError,
} from '@millrace/sdk';

const say = (text: string): LocalText => ({ en: text, zh: text });

export type Mood =
  | 'well'
  | 'error-500'
  | 'hangs'
  /** Says yes, and nothing comes of it. */
  | 'lazy'
  | 'refuses'
  | 'denies'
  | 'nonsense'
  /** Puts it in force and never answers. */
  | 'does-and-hangs'
  | 'cannot-tell';

/** A network in memory that a test tells how to behave. What is in force there is in `inForce`, by reference. */
export class ScriptedNetwork {
  mood: Mood = 'well';
  opens: 'well' | 'error-500' | 'hangs' | 'wrong-settings' | 'denies' = 'well';
  /** reference → key and request, as a network keeps it. */
  readonly inForce = new Map<string, { key: string; content: unknown; active: boolean }>();
  readonly calls: string[] = [];
  opened = 0;
  stopped = 0;
  context: ProviderContext | undefined;
  capacity: { place: string; uplink: number; downlink: number }[] = [];
  changesInPlace = false;
  expiresAfterSeconds: number | undefined;
  /** Called before each call takes effect: a test ends the world here. */
  before: (call: string) => Promise<void> = async () => {};
  after: (call: string) => Promise<void> = async () => {};
  #next = 1;

  definition(id = 'scripted'): ProviderDefinition {
    return defineProvider({
      manifest: {
        id,
        title: say('Scripted'),
        summary: say('For tests'),
        settings: {
          host: { kind: 'text', title: say('Host'), required: true },
          password: { kind: 'secret', title: say('Password') },
        },
        can: { qos: say('yes'), slices: say('yes'), groups: say('yes') },
        cannot: [],
        enforcedBy: say('Nowhere'),
        speaks: [],
      },
      check: (settings) =>
        settings['host'] === 'wrong' ? [{ field: 'host', message: say('That host is wrong') }] : [],
      open: (context) => this.#open(context),
      notified: async (_provider, path) => {
        this.calls.push(`notified ${path}`);
      },
    });
  }

  keys(): string[] {
    return [...this.inForce.values()].map(({ key }) => key);
  }

  /** The network forgets everything. */
  forget(): void {
    this.inForce.clear();
  }

  revoke(): void {
    for (const one of this.inForce.values()) one.active = false;
  }

  async #open(context: ProviderContext): Promise<NetworkProvider> {
    if (this.opens === 'error-500') throw new Error('HTTP 500');
    if (this.opens === 'hangs') return new Promise(() => {});
    if (this.opens === 'wrong-settings') throw new ProviderError('settings', say('The host does not exist.'));
    if (this.opens === 'denies') throw new ProviderError('denied', say('The password is wrong.'), 'HTTP 401');
    this.context = context;
    this.opened++;
    const apply = (key: string, content: unknown): Promise<Accepted> =>
      this.#call(`apply ${key}`, async () => {
        const known = [...this.inForce].find(([, one]) => one.key === key);
        while (this.inForce.has(`r${this.#next}`)) this.#next++;
        const reference = known?.[0] ?? `r${this.#next++}`;
        this.inForce.set(reference, { key, content, active: this.mood !== 'lazy' });
        return {
          reference,
          values: { granted: true },
          words: say('Accepted.'),
          ...(this.expiresAfterSeconds === undefined
            ? {}
            : { expires: context.clock.now() + this.expiresAfterSeconds * 1_000_000 }),
        };
      });
    const read = (reference: string): Promise<Effective> =>
      this.#call(`read ${reference}`, async () => {
        const one = this.inForce.get(reference);
        if (one === undefined) throw new ProviderError('gone', say('There is no such session.'));
        return {
          inForce: this.mood === 'cannot-tell' ? undefined : one.active,
          values: { granted: one.active },
          words: say(one.active ? 'In force.' : 'Not in force.'),
        };
      });
    const release = (reference: string): Promise<void> =>
      this.#call(`release ${reference}`, async () => void this.inForce.delete(reference));
    const change = (reference: string, key: string, content: unknown): Promise<Accepted> =>
      this.#call(`change ${key}`, async () => {
        if (!this.inForce.has(reference)) throw new ProviderError('gone', say('There is no such session.'));
        this.inForce.set(reference, { key, content, active: true });
        return { reference, values: { granted: true }, words: say('Changed.') };
      });
    return {
      test: async () => ({ ok: true, steps: [{ title: say('Hello'), ok: true, milliseconds: 1 }] }),
      dryRun: (request: BindingRequest) =>
        this.#call('dryRun', async () => ({ words: say('POST /sessions'), values: { qos: request.qos } })),
      applyBinding: (request) => apply(request.key, request),
      readBinding: (reference) => read(reference),
      releaseBinding: (reference) => release(reference),
      ...(this.changesInPlace
        ? {
            changeBinding: (reference: string, _before: BindingRequest, request: BindingRequest) =>
              change(reference, request.key, request),
          }
        : {}),
      applySlice: (key, slice) => apply(key, slice),
      readSlice: (reference) => read(reference),
      releaseSlice: (reference) => release(reference),
      applyGroup: (key, group, members) => apply(key, { group, members }),
      readGroup: (reference) => read(reference),
      releaseGroup: (reference) => release(reference),
      capacity: async () => this.capacity,
      stop: async () => void this.stopped++,
    };
  }

  async #call<T>(name: string, effect: () => Promise<T>): Promise<T> {
    this.calls.push(name);
    await this.before(name);
    switch (this.mood) {
      case 'error-500':
        throw new Error('HTTP 500');
      case 'hangs':
        return new Promise(() => {});
      case 'refuses':
        throw new ProviderError('refused', say('There is no such profile.'), 'HTTP 404');
      case 'denies':
        throw new ProviderError('denied', say('You may not.'), 'HTTP 403');
      case 'nonsense':
        return {} as T;
      case 'does-and-hangs':
        await effect();
        return new Promise(() => {});
      default: {
        const result = await effect();
        await this.after(name);
        return result;
      }
    }
  }
}
