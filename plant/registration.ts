import { createHash } from 'node:crypto';
import type { ThingDescription } from '@millrace/contract';
import type { AppDemo, AppDemos, Log } from '@millrace/sdk';
import type { NetworkIntroduction } from './paths/network-registration.ts';
import type { PlantFolder } from './plant-folder.ts';
import type { MqttCredentials } from './servers/mqtt-session.ts';

export interface WantedConnection {
  id: string;
  protocol: string;
  title: string;
  settings: Record<string, string | number | boolean>;
}

export interface RegistrationOptions {
  serverUrl: string;
  token: string;
  folder: PlantFolder;
  connections: readonly WantedConnection[];
  descriptions: readonly ThingDescription[];
  /** Name and time zone (IANA) of the plant, told where the platform has no name yet. */
  plant: { name: string; timeZone: string };
  /** Alarm rules the plant starts with, by id. */
  alarmRules?: readonly ({ id: string } & Record<string, unknown>)[];
  /** Things that sign in at the platform's broker. */
  credentialed: readonly string[];
  log: Log;
  signal: AbortSignal;
}

const parallelRequestsMax = 4;
const retryMillisecondsMin = 500;
const retryMillisecondsMax = 5000;
const requestMillisecondsMax = 30_000;
const thingsPerPage = 10_000;
/** A job of an application is waited for this long, and looked at so often. */
const jobMillisecondsMax = 300_000;
const jobLookMilliseconds = 500;
/** A platform without a network layer is asked for it again this often. */
const networkLooksMax = 5;
const networkLookMilliseconds = 30_000;
/** Tries of what can be left: renewed credentials are asked for again by the next refusal, the past is a courtesy. */
const patientAttemptsMax = 4;

/** The platform said no: trying the same again would not help. */
class Refused extends Error {}

/**
 * Makes the plant known to the platform, over its HTTP API alone: connections to our servers, Thing Descriptions, credentials for
 * things that speak MQTT. Done again it changes nothing: what is there and was put there by us in the same words is left as it
 * is, so that what people changed in the console stays; what is missing or what we describe differently now is put. Network errors
 * and a platform that is not up yet are tried again until `signal` aborts; a refusal of one thing is logged and passed over.
 */
export class Registration {
  readonly #options: RegistrationOptions;
  #refusals = 0;

  constructor(options: RegistrationOptions) {
    this.#options = options;
  }

  /** Resolves to the number of refusals when everything was tried. */
  async run(): Promise<number> {
    const { connections, descriptions, credentialed, folder, log } = this.#options;
    const there = await this.#thingIds();
    await this.#introduce();
    await this.#each(connections, (connection) => this.#putConnection(connection));
    const known = folder.registered();
    await this.#each(descriptions, async (description) => {
      const print = fingerprint(description);
      if (there.has(description.id) && known[description.id] === print) return;
      await this.#request('PUT', `/api/things/${encodeURIComponent(description.id)}`, description);
      known[description.id] = print;
    });
    folder.setRegistered(known);
    const own = folder.credentials();
    await this.#each(
      credentialed.filter((id) => own[id] === undefined || !there.has(id)),
      (id) => this.#createCredentials(id),
    );
    await this.#introduceAlarms();
    if (this.#refusals > 0)
      log.warn(`the platform refused ${this.#refusals} of the demo plant's descriptions`);
    return this.#refusals;
  }

  /** The plant's name and clock, unless a person has named it; one that may not say so goes on without. */
  async #introduce(): Promise<void> {
    try {
      const settings = (await this.#request('GET', '/api/settings')) as { plantName?: unknown };
      if (settings.plantName !== '') return;
      const { name, timeZone } = this.#options.plant;
      await this.#request('PUT', '/api/settings', { plantName: name, plantTimeZone: timeZone });
    } catch (error) {
      if (this.#options.signal.aborted) throw error;
      this.#options.log.warn(`the plant's name was not taken: ${(error as Error).message}`);
    }
  }

  /** Each rule once: one that a person has changed or removed since stays as it is. */
  async #introduceAlarms(): Promise<void> {
    const { alarmRules = [], folder, log, signal } = this.#options;
    const known = folder.registered();
    try {
      for (const { id, ...rule } of alarmRules) {
        if (known[`alarm-rule ${id}`] !== undefined) continue;
        const path = `/api/alarm-rules/${encodeURIComponent(id)}`;
        if ((await this.#request('GET', path, undefined, [404], patientAttemptsMax)) === undefined)
          await this.#request('PUT', path, rule, [404], patientAttemptsMax);
        known[`alarm-rule ${id}`] = 'put';
      }
      folder.setRegistered(known);
    } catch (error) {
      if (signal.aborted) throw error;
      log.warn(`an alarm rule was not taken: ${(error as Error).message}`);
    }
  }

  /**
   * Gives applications what their demo part says, once each: later it is the person's. `past`: whether the weeks before were handed over, which
   * the jobs are for. An application that is switched off, or that refuses, is passed over with a word in the log.
   */
  async introduceApps(apps: Readonly<Record<string, AppDemos>>, pack: string, past: boolean): Promise<void> {
    const { folder, log, signal } = this.#options;
    for (const [app, demos] of Object.entries(apps)) {
      const known = folder.registered();
      const demo = demos[pack];
      if (demo === undefined || known[`app ${app}`] !== undefined) continue;
      try {
        await this.#introduceApp(app, demo, past);
        folder.setRegistered({ ...folder.registered(), [`app ${app}`]: 'put' });
      } catch (error) {
        if (signal.aborted) throw error;
        log.warn(`the application ${app} did not take its demo part: ${(error as Error).message}`);
      }
    }
  }

  async #introduceApp(app: string, demo: AppDemo, past: boolean): Promise<void> {
    const { signal } = this.#options;
    const base = `/api/apps/${encodeURIComponent(app)}`;
    const filled = (body: unknown): unknown => fillDates(body, Date.now(), this.#options.plant.timeZone);
    for (const { path, body } of demo.puts)
      await this.#request('PUT', `${base}${path}`, filled(body), [], patientAttemptsMax);
    if (!past) return;
    for (const { job, input } of demo.jobs) {
      const started = (await this.#request(
        'POST',
        `${base}/jobs`,
        { job, ...(input === undefined ? {} : { input: filled(input) }) },
        [],
        patientAttemptsMax,
      )) as { id: string };
      const end = Date.now() + jobMillisecondsMax;
      for (;;) {
        const { state } = (await this.#request('GET', `${base}/jobs/${started.id}`)) as { state: string };
        if (state !== 'running') break;
        if (Date.now() > end) throw new Refused(`the job ${job} takes too long`);
        await pause(jobLookMilliseconds, signal);
      }
    }
  }

  /**
   * Makes the network known, each part once and again when we describe it differently. A platform without a network layer answers 404: then it is asked again a few times, as it may
   * be one that is being replaced, and the plant goes on without. Never throws.
   */
  async introduceNetwork(parts: readonly NetworkIntroduction[]): Promise<void> {
    const { folder, log, signal } = this.#options;
    try {
      for (let look = 0; ; look++) {
        const there = await this.#request(
          'GET',
          '/api/network/overview',
          undefined,
          [404],
          patientAttemptsMax,
        );
        if (there !== undefined) break;
        if (look + 1 >= networkLooksMax) {
          log.info('the platform has no network layer; terminals and their paths are not made known');
          return;
        }
        await pause(networkLookMilliseconds, signal);
      }
      const listed = (await this.#request('GET', '/api/network/terminals?limit=1', undefined, [404])) as
        | { total?: number }
        | undefined;
      for (const { name, method, path, body } of parts) {
        const known = folder.registered();
        const print = fingerprint(body);
        if (known[`network ${name}`] === print && listed?.total !== 0) continue;
        try {
          // What is there already and is made by POST belongs to people by now.
          await this.#request(method, path, body, method === 'POST' ? [409] : [], patientAttemptsMax);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          log.warn(error.message);
          continue;
        }
        folder.setRegistered({ ...folder.registered(), [`network ${name}`]: print });
      }
    } catch (error) {
      if (!signal.aborted) log.warn(`the network was not made known: ${(error as Error).message}`);
    }
  }

  /** New credentials for a thing whose old ones are no longer known to the platform. Returns whether there are new ones. */
  async renewCredentials(id: string): Promise<boolean> {
    const own = this.#options.folder.credentials()[id];
    const path = `/api/things/${encodeURIComponent(id)}/credentials`;
    const listed = (await this.#request('GET', path, undefined, [], patientAttemptsMax)) as
      | { username?: unknown }[]
      | undefined;
    if (own !== undefined && Array.isArray(listed) && listed.some((each) => each.username === own.username))
      return false;
    await this.#createCredentials(id);
    return true;
  }

  /** Pushes samples of a thing, as JSON. A refusal is logged and passed over. */
  async push(id: string, body: string): Promise<void> {
    const path = `/api/things/${encodeURIComponent(id)}/properties`;
    try {
      await this.#request('POST', path, body, [], patientAttemptsMax);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#options.log.warn(error.message);
    }
  }

  async #createCredentials(id: string): Promise<void> {
    const made = (await this.#request('POST', `/api/things/${encodeURIComponent(id)}/credentials`)) as
      | Partial<MqttCredentials>
      | undefined;
    if (typeof made?.username !== 'string' || typeof made.password !== 'string') {
      throw new Refused(`no credentials in the answer for ${id}`);
    }
    const all = this.#options.folder.credentials();
    all[id] = { username: made.username, password: made.password };
    this.#options.folder.setCredentials(all);
  }

  async #thingIds(): Promise<Set<string>> {
    const ids = new Set<string>();
    for (let offset = 0; ; offset += thingsPerPage) {
      const page = (await this.#request('GET', `/api/things?limit=${thingsPerPage}&offset=${offset}`)) as {
        id?: string;
      }[];
      for (const thing of page) if (thing.id !== undefined) ids.add(thing.id);
      if (page.length < thingsPerPage) return ids;
    }
  }

  async #putConnection(wanted: WantedConnection): Promise<void> {
    const path = `/api/connections/${encodeURIComponent(wanted.id)}`;
    const now = (await this.#request('GET', path, undefined, [404])) as
      | { protocol: string; settings: Record<string, unknown> }
      | undefined;
    if (now === undefined) {
      await this.#request('POST', '/api/connections', { ...wanted, startup: 'retry' });
      return;
    }
    const same =
      now.protocol === wanted.protocol &&
      Object.entries(wanted.settings).every(([name, value]) => now.settings[name] === value);
    if (!same) {
      await this.#request('PUT', path, {
        ...wanted,
        startup: 'retry',
        settings: { ...now.settings, ...wanted.settings },
      });
    }
  }

  /** Runs `work` on all items, some at a time; a refusal is logged and does not stop the rest. */
  async #each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < items.length) {
        const item = items[next++]!;
        try {
          await work(item);
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          this.#refusals++;
          this.#options.log.warn(error.message);
        }
      }
    };
    await Promise.all(Array.from({ length: parallelRequestsMax }, worker));
  }

  async #request(
    method: string,
    path: string,
    /** Text is sent as it is. */
    body?: unknown,
    absent: readonly number[] = [],
    attemptsMax = Number.POSITIVE_INFINITY,
  ): Promise<unknown> {
    const { serverUrl, token, signal, log } = this.#options;
    for (let attempt = 0; ; attempt++) {
      signal.throwIfAborted();
      let why: string;
      try {
        const response = await fetch(new URL(path, serverUrl), {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
          signal: AbortSignal.any([signal, AbortSignal.timeout(requestMillisecondsMax)]),
        });
        const text = await response.text();
        if (response.ok) return text === '' ? undefined : (JSON.parse(text) as unknown);
        if (absent.includes(response.status)) return undefined;
        why = `${method} ${path}: ${response.status} ${problemOf(text)}`;
        const again = response.status >= 500 || [401, 408, 425, 429].includes(response.status);
        if (!again) throw new Refused(why);
      } catch (error) {
        if (error instanceof Refused) throw error;
        signal.throwIfAborted();
        const cause = (error as { cause?: { code?: string } }).cause?.code;
        why = `${method} ${path}: ${cause ?? (error as Error).message}`;
      }
      if (attempt + 1 >= attemptsMax) throw new Refused(why);
      // The first tries while the platform starts are no news.
      if (attempt === 10 || (attempt > 10 && attempt % 60 === 0))
        log.warn(`the platform does not answer yet: ${why}`);
      await pause(Math.min(retryMillisecondsMax, retryMillisecondsMin * 1.5 ** attempt), signal);
    }
  }
}

function problemOf(text: string): string {
  try {
    const problem = JSON.parse(text) as { title?: string; detail?: string };
    return [problem.title, problem.detail]
      .filter((part) => part !== undefined)
      .join(': ')
      .slice(0, 500);
  } catch {
    return text.slice(0, 200);
  }
}

/** The body with `{day}`, `{day-3}` and `{now}` in its texts filled in: dates of the plant's calendar. */
export function fillDates(body: unknown, now: number, timeZone: string): unknown {
  if (typeof body === 'string') {
    return body
      .replaceAll('{now}', new Date(now).toISOString())
      .replace(/\{day(?:([+-])(\d{1,3}))?\}/g, (_, sign: string | undefined, days: string | undefined) => {
        const [year, month, day] = new Intl.DateTimeFormat('en-CA', { timeZone })
          .format(now)
          .split('-')
          .map(Number);
        const moved = (day ?? 1) + (sign === '-' ? -1 : 1) * Number(days ?? 0);
        return new Date(Date.UTC(year!, month! - 1, moved)).toISOString().slice(0, 10);
      });
  }
  if (Array.isArray(body)) return body.map((each) => fillDates(each, now, timeZone));
  if (body === null || typeof body !== 'object') return body;
  return Object.fromEntries(Object.entries(body).map(([key, each]) => [key, fillDates(each, now, timeZone)]));
}

function fingerprint(description: unknown): string {
  return createHash('sha256').update(JSON.stringify(description)).digest('hex').slice(0, 16);
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}
