import {
  type Actor,
  type App,
  type AppRound,
  formatInstant,
  grantsGiving,
  type LocalText,
  mayAt,
  type Settings,
  type SettingValue,
} from '@millrace/contract';
import type {
  AppContext,
  AppDefinition,
  AppNetwork,
  AuditEntry,
  AuditTrail,
  CheckedSettings,
  Clock,
  Log,
  RecordStore,
  SampleStore,
} from '@millrace/sdk';
import { checkSettings } from '@millrace/sdk';
import { hiddenSecret, type Iot, SettingsError } from '../../iot/index.ts';
import type { Person } from '../access/index.ts';
import { forbidden, HttpProblem, notFound } from '../problems.ts';
import { Computing } from './computing.ts';
import { appCommands, appHistory, appThings, appValues } from './context.ts';
import { AppJobs } from './jobs.ts';

const roundMillisecondsMax = 60_000;
const computeMillisecondsDefault = 60_000;
const roundsKeptMax = 2_000;
const secondsBetweenRoundsMin = 0.2;
/** A round's situation larger than this is not kept for replay; its decision is. */
const situationBytesMax = 1_048_576;

/** An application as the server knows it: its definition, and where the computing thread finds the same module. */
export interface LoadedApp {
  readonly definition: AppDefinition;
  /** URL of the module whose export `app` is the definition. */
  readonly module: string;
}

export interface AppHostOptions {
  records: RecordStore;
  samples: SampleStore;
  iot: Iot;
  audit: AuditTrail;
  seal: { seal(secret: string): string; open(sealed: string): string };
  plant: () => { timeZone: string; name: string };
  /** What the network layer tells an application of its needs. */
  network: (app: string) => AppNetwork;
  clock: Clock;
  log: Log;
}

interface Entry {
  readonly definition: AppDefinition;
  readonly computing: Computing;
  enabled: boolean;
  settings: CheckedSettings;
  context: AppContext | undefined;
  controller: AbortController | undefined;
  started: { stop(): Promise<void> } | undefined;
  /** The round under way, so that switching off waits for it. */
  round: Promise<void>;
  cancelNext: () => void;
  state: App['state'];
  problem: string | undefined;
  lastRound: number | undefined;
  lastMilliseconds: number | undefined;
  /** As JSON. */
  lastSummary: string | undefined;
  rounds: number;
  failures: number;
  /** Switching on, off and changing settings happen one after another. */
  turning: Promise<void>;
}

/** Runs the applications: their rounds, their jobs, their settings, and what they may reach. */
export class AppHost {
  readonly jobs: AppJobs;
  readonly #options: AppHostOptions;
  readonly #entries = new Map<string, Entry>();

  private constructor(options: AppHostOptions) {
    this.#options = options;
    this.jobs = new AppJobs(options.records, options.clock, options.log);
  }

  static async open(options: AppHostOptions, apps: readonly LoadedApp[]): Promise<AppHost> {
    const host = new AppHost(options);
    await host.jobs.open();
    const rows = await options.records.query<{ id: string; enabled: boolean; settings: Settings }>(
      'SELECT id, enabled, settings FROM apps',
    );
    const kept = new Map(rows.map((row) => [row.id, row]));
    for (const { definition, module } of apps) {
      const { id, settings: fields, enabledAtFirst } = definition.manifest;
      const row = kept.get(id);
      const { settings, problems } = checkSettings(fields, host.#opened(definition, row?.settings ?? {}));
      host.#entries.set(id, {
        definition,
        computing: new Computing(module),
        enabled: row?.enabled ?? enabledAtFirst === true,
        settings,
        context: undefined,
        controller: undefined,
        started: undefined,
        round: Promise.resolve(),
        cancelNext: () => {},
        state: 'off',
        problem: problems[0]?.message.en,
        lastRound: undefined,
        lastMilliseconds: undefined,
        lastSummary: undefined,
        rounds: 0,
        failures: 0,
        turning: Promise.resolve(),
      });
    }
    return host;
  }

  /** Begins the rounds of every application that is switched on. */
  start(): void {
    for (const entry of this.#entries.values()) if (entry.enabled) this.#turn(entry, () => this.#on(entry));
  }

  async stop(): Promise<void> {
    await this.jobs.stop();
    await Promise.all(
      [...this.#entries.values()].map(async (entry) => {
        await this.#turn(entry, () => this.#off(entry));
        await entry.computing.close();
      }),
    );
  }

  definitions(): AppDefinition[] {
    return [...this.#entries.values()].map((entry) => entry.definition);
  }

  /** Every application with whether it is on, as the network layer collects them. */
  applications(): { definition: AppDefinition; enabled: boolean }[] {
    return [...this.#entries.values()].map(({ definition, enabled }) => ({ definition, enabled }));
  }

  /** The applications a person may see. */
  list(person: Person): App[] {
    const present = this.#thingsByType();
    return [...this.#entries.values()]
      .filter((entry) => seen(person, entry.definition.manifest.id))
      .map((entry) => this.#show(entry, present));
  }

  show(person: Person, id: string): App {
    return this.#show(this.#require(person, id));
  }

  /** The context of an application that is switched on, for its routes and jobs. */
  contextOf(person: Person, id: string): { definition: AppDefinition; context: AppContext } {
    const entry = this.#require(person, id);
    if (entry.context === undefined) {
      const { title } = entry.definition.manifest;
      throw new HttpProblem(409, 'app-off', `"${title.en}" is switched off.`, {
        remedy: 'Switch it on under Applications.',
        words: {
          title: { en: `"${title.en}" is switched off.`, zh: `“${title.zh}”未启用。` },
          remedy: { en: 'Switch it on under Applications.', zh: '请在“应用”中启用。' },
        },
      });
    }
    return { definition: entry.definition, context: entry.context };
  }

  async put(
    person: Person,
    actor: Actor,
    id: string,
    change: { enabled?: boolean; settings?: Settings },
  ): Promise<App> {
    const entry = this.#require(person, id);
    if (!mayAt(person.grants, 'configure', '', id))
      throw forbidden('This needs the permission "configure" in the application.');
    const { definition } = entry;
    let settings = entry.settings;
    if (change.settings !== undefined) {
      const given: Record<string, SettingValue> = { ...entry.settings };
      for (const [name, value] of Object.entries(change.settings))
        if (value !== hiddenSecret || definition.manifest.settings[name]?.kind !== 'secret')
          given[name] = value;
      const checked = checkSettings(definition.manifest.settings, given);
      const problems = [
        ...checked.problems,
        ...(checked.problems.length > 0 ? [] : (definition.check?.(checked.settings) ?? [])),
      ];
      if (problems.length > 0) throw new SettingsError(problems);
      settings = checked.settings;
    }
    const enabled = change.enabled ?? entry.enabled;
    await this.#options.audit.record({
      actor,
      action: 'app.change',
      object: id,
      place: '',
      detail: {
        enabled,
        settings: Object.keys(change.settings ?? {}).filter(
          (name) => settings[name] !== entry.settings[name],
        ),
      },
      outcome: 'done',
    });
    await this.#options.records.query(
      `INSERT INTO apps (id, enabled, settings) VALUES ($1, $2, $3::jsonb)
       ON CONFLICT (id) DO UPDATE SET enabled = EXCLUDED.enabled, settings = EXCLUDED.settings`,
      [id, enabled, JSON.stringify(this.#sealed(definition, settings))],
    );
    await this.#turn(entry, async () => {
      if (entry.context !== undefined) await this.#off(entry);
      entry.enabled = enabled;
      entry.settings = settings;
      if (enabled) await this.#on(entry);
    });
    return this.#show(entry);
  }

  async rounds(
    person: Person,
    id: string,
    from: number,
    to: number,
    offset: number,
    limit: number,
  ): Promise<AppRound[]> {
    this.#require(person, id);
    const rows = await this.#options.records.query<RoundRow>(
      `SELECT id::text AS id, time::text AS time, milliseconds, summary, assessment, decision, error FROM app_rounds
       WHERE app = $1 AND time >= $2 AND time < $3 ORDER BY app_rounds.id DESC OFFSET $4 LIMIT $5`,
      [id, from, to, offset, limit],
    );
    return rows.map((row) => ({
      id: Number(row.id),
      time: formatInstant(Number(row.time)),
      milliseconds: row.milliseconds,
      summary: inBothLanguages(row.summary),
      assessment: row.assessment,
      decision: row.decision,
      ...(row.error === null ? {} : { error: row.error }),
    }));
  }

  /** A round as a case for replay: what it saw, with what settings, when, and what came of it. */
  async caseOf(person: Person, id: string, round: number): Promise<unknown> {
    this.#require(person, id);
    const [row] = await this.#options.records.query<RoundRow & { situation: unknown; settings: unknown }>(
      'SELECT id::text AS id, time::text AS time, milliseconds, summary, situation, settings, assessment, decision, error FROM app_rounds WHERE app = $1 AND id = $2',
      [id, round],
    );
    if (row === undefined) throw notFound('such round');
    if (row.situation === null)
      throw new HttpProblem(
        409,
        'not-kept',
        'What this round saw was not kept: it failed before it saw anything, or saw too much.',
      );
    return {
      app: id,
      time: formatInstant(Number(row.time)),
      settings: row.settings,
      situation: row.situation,
      expected: { assessment: row.assessment, decision: row.decision },
    };
  }

  /** Steps of one entry happen one after another, whoever asks for them. */
  #turn(entry: Entry, step: () => Promise<void>): Promise<void> {
    const done = entry.turning.catch(() => {}).then(step);
    entry.turning = done;
    done.catch((error: unknown) => {
      entry.state = 'failing';
      entry.problem = error instanceof Error ? error.message : String(error);
      this.#options.log.error('an application could not be switched', {
        app: entry.definition.manifest.id,
        error: entry.problem,
      });
    });
    return done;
  }

  async #on(entry: Entry): Promise<void> {
    const { id } = entry.definition.manifest;
    entry.controller = new AbortController();
    const context = this.#contextFor(entry, entry.controller.signal);
    entry.context = context;
    entry.state = 'waiting';
    entry.problem = undefined;
    entry.lastSummary = undefined;
    entry.started = await entry.definition.start?.(context);
    this.#options.log.info('an application is on', { app: id });
    this.#repeatJobs(entry, context);
    this.#next(entry, context, 0);
  }

  async #off(entry: Entry): Promise<void> {
    entry.cancelNext();
    entry.controller?.abort(new Error('the application was switched off'));
    await entry.round;
    await this.jobs.stop(entry.definition.manifest.id);
    await entry.started?.stop();
    entry.started = undefined;
    entry.context = undefined;
    entry.controller = undefined;
    entry.state = 'off';
  }

  #next(entry: Entry, context: AppContext, milliseconds: number): void {
    if (context.signal.aborted) return;
    entry.cancelNext = this.#options.clock.after(milliseconds, () => {
      const began = this.#options.clock.now();
      entry.round = this.#round(entry, context).then(() => {
        const every = Math.max(secondsBetweenRoundsMin, entry.definition.everySeconds(entry.settings));
        const spent = (this.#options.clock.now() - began) / 1000;
        this.#next(entry, context, Math.max(0, every * 1000 - spent));
      });
    });
  }

  #repeatJobs(entry: Entry, context: AppContext): void {
    for (const [name, job] of Object.entries(entry.definition.jobs ?? {})) {
      const seconds = job.everySeconds;
      if (seconds === undefined) continue;
      const again = (): void => {
        if (context.signal.aborted) return;
        this.jobs
          .start(entry.definition, context, name, undefined, { kind: 'app', id: context.id })
          .catch((error: unknown) =>
            this.#options.log.warn('a job of an application could not be started', {
              app: context.id,
              job: name,
              error: error instanceof Error ? error.message : String(error),
            }),
          );
        const cancel = this.#options.clock.after(seconds * 1000, again);
        context.signal.addEventListener('abort', cancel, { once: true });
      };
      again();
    }
  }

  async #round(entry: Entry, context: AppContext): Promise<void> {
    const { definition } = entry;
    const { id } = definition.manifest;
    const now = this.#options.clock.now();
    const began = performance.now();
    let situation: unknown;
    let outcome: { assessment?: unknown; decision?: unknown; summary: LocalText; error?: string };
    try {
      situation = await definition.observe(context);
      const judged = await entry.computing.run<{
        assessment: unknown;
        decision: unknown;
        summary: LocalText;
      }>('round', { situation, settings: entry.settings, now }, roundMillisecondsMax);
      outcome = judged;
      if (!context.signal.aborted) await definition.act(judged.decision as never, context);
      entry.state = 'running';
      entry.problem = undefined;
    } catch (error) {
      if (context.signal.aborted) return;
      const message = error instanceof Error ? error.message : String(error);
      const first = message.split('\n')[0]!.slice(0, 500);
      outcome = { summary: { en: first, zh: first }, error: message.slice(0, 4000) };
      if (entry.problem !== message)
        this.#options.log.warn('a round of an application failed', { app: id, error: message });
      entry.state = 'failing';
      entry.problem = message.split('\n')[0]!;
      entry.failures++;
    }
    entry.rounds++;
    entry.lastRound = now;
    entry.lastMilliseconds = performance.now() - began;
    const summary = JSON.stringify(outcome.summary);
    if (summary === entry.lastSummary) return;
    entry.lastSummary = summary;
    try {
      await this.#keep(id, now, entry.lastMilliseconds, situation, entry, outcome);
    } catch (error) {
      this.#options.log.warn('a round of an application could not be kept', {
        app: id,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }

  async #keep(
    id: string,
    now: number,
    milliseconds: number,
    situation: unknown,
    entry: Entry,
    outcome: { assessment?: unknown; decision?: unknown; summary: LocalText; error?: string },
  ): Promise<void> {
    const text = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value));
    const seenText = text(situation);
    await this.#options.records.transaction([
      {
        sql: `INSERT INTO app_rounds (app, time, milliseconds, summary, situation, settings, assessment, decision, error)
              VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7::jsonb, $8::jsonb, $9)`,
        parameters: [
          id,
          now,
          milliseconds,
          JSON.stringify(outcome.summary),
          seenText !== null && seenText.length <= situationBytesMax ? seenText : null,
          JSON.stringify(withoutSecrets(entry.definition, entry.settings)),
          text(outcome.assessment),
          text(outcome.decision),
          outcome.error ?? null,
        ],
      },
      {
        sql: `DELETE FROM app_rounds WHERE app = $1 AND id <= (SELECT id FROM app_rounds WHERE app = $1 ORDER BY id DESC OFFSET $2 LIMIT 1)`,
        parameters: [id, roundsKeptMax],
      },
    ]);
  }

  #contextFor(entry: Entry, signal: AbortSignal): AppContext {
    const { iot, samples, records, audit, clock, log, plant } = this.#options;
    const { id } = entry.definition.manifest;
    return {
      id,
      get settings() {
        return entry.settings;
      },
      clock,
      log,
      signal,
      get plant() {
        return plant();
      },
      things: appThings(iot, id),
      values: appValues(iot, id, clock),
      history: appHistory(iot, samples),
      records,
      commands: appCommands(iot.commands, id),
      network: this.#options.network(id),
      audit: async (given: Omit<AuditEntry, 'actor'> & { actor?: Actor }) => {
        await audit.record({ ...given, actor: given.actor ?? { kind: 'app', id } });
      },
      compute: (name, input, millisecondsMax = computeMillisecondsDefault) =>
        entry.computing.run(name, input, millisecondsMax),
    };
  }

  #require(person: Person, id: string): Entry {
    const entry = this.#entries.get(id);
    // Who may see nothing of it is not told whether it exists.
    if (entry === undefined || !seen(person, id)) throw notFound(`application "${id.slice(0, 64)}"`);
    return entry;
  }

  /** Things there are of each `@type`. */
  #thingsByType(): Map<string, number> {
    const present = new Map<string, number>();
    for (const { description } of this.#options.iot.registry.all()) {
      for (const type of [description['@type'] ?? []].flat()) present.set(type, (present.get(type) ?? 0) + 1);
    }
    return present;
  }

  #show(entry: Entry, present = this.#thingsByType()): App {
    const { definition, settings } = entry;
    const { id, title, summary, scenario, needs, settings: fields, pages } = definition.manifest;
    const found = Object.fromEntries(needs.things.map((type) => [type, present.get(type) ?? 0]));
    return {
      id,
      title,
      summary,
      scenario,
      enabled: entry.enabled,
      state: entry.state,
      ...(entry.problem === undefined ? {} : { problem: entry.problem }),
      needs: { types: [...needs.things], found },
      ...(needs.network === undefined ? {} : { network: needs.network }),
      roles: [...needs.roles],
      fields: { ...fields },
      settings: withoutSecrets(definition, settings) as App['settings'],
      pages: pages.map((page) => ({ ...page })),
      everySeconds: definition.everySeconds(settings),
      ...(entry.lastRound === undefined ? {} : { lastRound: formatInstant(entry.lastRound) }),
      ...(entry.lastMilliseconds === undefined ? {} : { lastRoundMilliseconds: entry.lastMilliseconds }),
      rounds: entry.rounds,
      failures: entry.failures,
      jobs: Object.fromEntries(
        Object.entries(definition.jobs ?? {}).map(([name, job]) => [
          name,
          { title: job.title, summary: job.summary },
        ]),
      ),
    };
  }

  #sealed(definition: AppDefinition, settings: CheckedSettings): Settings {
    return mapSecrets(definition, settings, (secret) => this.#options.seal.seal(secret));
  }

  #opened(definition: AppDefinition, settings: Settings): Settings {
    return mapSecrets(definition, settings, (secret) => this.#options.seal.open(secret));
  }
}

interface RoundRow {
  id: string;
  time: string;
  milliseconds: number;
  summary: string;
  assessment: unknown;
  decision: unknown;
  error: string | null;
}

/** What was kept as one text stands for both languages. */
function inBothLanguages(kept: string): LocalText {
  try {
    const { en, zh } = JSON.parse(kept) as Partial<LocalText>;
    if (typeof en === 'string' && typeof zh === 'string') return { en, zh };
  } catch {
    // Plain text.
  }
  return { en: kept, zh: kept };
}

function seen(person: Person, app: string): boolean {
  return grantsGiving(person.grants, 'read', app).length > 0;
}

function mapSecrets(
  definition: AppDefinition,
  settings: Settings,
  change: (secret: string) => string,
): Settings {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      definition.manifest.settings[name]?.kind === 'secret' && typeof value === 'string' && value !== ''
        ? change(value)
        : value,
    ]),
  );
}

function withoutSecrets(definition: AppDefinition, settings: CheckedSettings): Settings {
  return mapSecrets(definition, settings, () => hiddenSecret);
}
