import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionProblem, ConnectionState, Sample, ThingDescription, Value } from '@millrace/contract';
import { BatchBuilder, type IntakeBatch } from '../batch.ts';
import { type Clock, systemClock } from '../clock.ts';
import { silentLog } from '../log.ts';
import { checkSettings } from '../settings.ts';
import type { TerminalContext, TerminalIdentity, TerminalProtocol } from '../terminal.ts';
import { type Thing, viewThing } from '../things.ts';

export interface TestContextOptions {
  settings?: Record<string, string | number | boolean>;
  things?: readonly ThingDescription[];
  clock?: Clock;
  /** username → password and thing. */
  credentials?: Record<string, { password: string; thing: string }>;
  /** Authorities of client certificates, PEM. */
  clientAuthorities?: string[];
  /** Client certificates: SHA-256 → thing and end (µs). */
  certificates?: Record<string, { thing: string; expires: number }>;
  /** Milliseconds from hand-over to commit; a function may reject to stand for a store that cannot write. */
  commit?: number | ((batch: IntakeBatch) => Promise<void>);
  folder?: string;
}

/** A sample with names instead of a series, for expectations in tests. */
export interface NamedSample extends Omit<Sample, 'series'> {
  thing: string;
  property: string;
}

const madeFolders: string[] = [];
function removeMadeFolders(): void {
  for (const folder of madeFolders) rmSync(folder, { recursive: true, force: true });
}

/**
 * A terminal context that keeps everything in memory: what a protocol's tests open it with. The intake is the real front half
 * (BatchBuilder); the store is an array.
 */
export class TestContext implements TerminalContext {
  readonly connection = { id: 'test', title: 'test' };
  readonly settings: TerminalContext['settings'];
  readonly things = new Map<string, Thing>();
  readonly clock: Clock;
  readonly random = Math.random;
  readonly log = silentLog;
  #folder: string | undefined;
  readonly batches: IntakeBatch[] = [];
  readonly reports: { state: ConnectionState; problem: ConnectionProblem | undefined }[] = [];
  readonly losses: ConnectionProblem[] = [];
  readonly proposals: { description: ThingDescription; source: string }[] = [];
  readonly counters: Record<string, number> = {};
  readonly lateAnswers: { command: string; state: string; detail?: string }[] = [];
  congested = false;

  readonly #controller = new AbortController();
  readonly #names = new Map<number, { thing: string; property: string; boolean: boolean }>();
  readonly #options: TestContextOptions;
  readonly #thingListeners: ((ids: readonly string[]) => void)[] = [];
  readonly #withdrawnListeners: ((username: string) => void)[] = [];
  readonly #authorityListeners: (() => void)[] = [];
  #nextSeries = 1;
  #builder = new BatchBuilder();
  #waiting: ((error: Error | undefined) => void)[] = [];
  #scheduled = false;
  #drains: (() => void)[] = [];
  readonly intake: TerminalContext['intake'];

  constructor(protocol: TerminalProtocol, options: TestContextOptions = {}) {
    const { settings, problems } = checkSettings(protocol.settings, options.settings ?? {});
    if (problems.length > 0) throw new Error(problems.map((problem) => problem.message.en).join('; '));
    this.settings = settings;
    this.clock = options.clock ?? systemClock;
    this.#folder = options.folder;
    this.#options = options;
    for (const description of options.things ?? []) this.#put(description);
    const self = this;
    this.intake = {
      get batch() {
        self.#schedule();
        return self.#builder;
      },
      committed(call) {
        self.#waiting.push(call);
        self.#schedule();
      },
      get congested() {
        return self.congested;
      },
      drained(call) {
        if (self.congested) self.#drains.push(call);
        else setImmediate(call);
      },
    };
  }

  /** Made when first asked for; one made here goes with the process. */
  get folder(): string {
    if (this.#folder === undefined) {
      const made = mkdtempSync(join(tmpdir(), 'millrace-test-'));
      if (madeFolders.length === 0) process.once('exit', removeMadeFolders);
      madeFolders.push(made);
      this.#folder = made;
    }
    return this.#folder;
  }

  get protocolFolder(): string {
    return this.folder;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the context as the host would. */
  abort(): void {
    this.#controller.abort();
  }

  setCongested(congested: boolean): void {
    this.congested = congested;
    if (!congested) for (const call of this.#drains.splice(0)) setImmediate(call);
  }

  putThing(description: ThingDescription): void {
    this.#put(description);
    for (const call of this.#thingListeners) call([description.id]);
  }

  removeThing(id: string): void {
    this.things.delete(id);
    for (const call of this.#thingListeners) call([id]);
  }

  withdraw(username: string): void {
    delete this.#options.credentials?.[username];
    for (const call of this.#withdrawnListeners) call(username);
  }

  /** Every sample committed so far, in order of arrival. */
  get samples(): NamedSample[] {
    return this.batches.flatMap((batch) => {
      const { columns } = batch;
      return Array.from({ length: columns.count }, (_, row): NamedSample => {
        const name = this.#names.get(columns.series[row]!)!;
        const text = columns.text?.get(row);
        const number = columns.value[row]!;
        const value: Value =
          text !== undefined
            ? (JSON.parse(text) as Value)
            : Number.isNaN(number)
              ? null
              : name.boolean
                ? number === 1
                : number;
        return {
          thing: name.thing,
          property: name.property,
          time: columns.time[row]!,
          received: columns.received[row]!,
          value,
          status: columns.status[row]!,
        };
      });
    });
  }

  get rejections(): IntakeBatch['rejections'] {
    return this.batches.flatMap((batch) => batch.rejections);
  }

  get events(): IntakeBatch['events'] {
    return this.batches.flatMap((batch) => batch.events);
  }

  /** Waits until `condition` holds, polling each turn; rejects with `what` after `milliseconds`. */
  async until(condition: () => boolean, what: string, milliseconds = 10_000): Promise<void> {
    const end = Date.now() + milliseconds;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`waited ${milliseconds} ms in vain for ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  onThingsChanged(call: (ids: readonly string[]) => void): void {
    this.#thingListeners.push(call);
  }

  report(state: 'connected' | 'degraded', problem?: ConnectionProblem): void {
    this.reports.push({ state, problem });
  }

  lost(problem: ConnectionProblem): void {
    this.losses.push(problem);
  }

  propose(description: ThingDescription, source: string): void {
    this.proposals.push({ description, source });
  }

  lateAnswer(command: string, answer: { state: string; detail?: string }): void {
    this.lateAnswers.push({ command, ...answer });
  }

  count(name: string, by: number): void {
    this.counters[name] = (this.counters[name] ?? 0) + by;
  }

  gauge(name: string, value: number): void {
    this.counters[name] = value;
  }

  authenticate(username: string, password: string): TerminalIdentity | undefined {
    const known = this.#options.credentials?.[username];
    return known !== undefined && known.password === password ? { username, thing: known.thing } : undefined;
  }

  get clientAuthorities(): readonly string[] {
    return this.#options.clientAuthorities ?? [];
  }

  onClientAuthoritiesChanged(call: () => void): void {
    this.#authorityListeners.push(call);
  }

  changeAuthorities(authorities: string[]): void {
    this.#options.clientAuthorities = authorities;
    for (const call of this.#authorityListeners) call();
  }

  authenticateCertificate(fingerprint: string): TerminalIdentity | undefined {
    const known = this.#options.certificates?.[fingerprint];
    return known === undefined ? undefined : { username: `certificate:${fingerprint}`, ...known };
  }

  revoke(fingerprint: string): void {
    delete this.#options.certificates?.[fingerprint];
    for (const call of this.#withdrawnListeners) call(`certificate:${fingerprint}`);
  }

  onCredentialsWithdrawn(call: (username: string) => void): void {
    this.#withdrawnListeners.push(call);
  }

  lastStored(series: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const last = new Map<number, number>();
    for (const { columns } of this.batches) {
      for (let row = 0; row < columns.count; row++) {
        const id = columns.series[row]!;
        if (series.includes(id)) last.set(id, Math.max(last.get(id) ?? 0, columns.time[row]!));
      }
    }
    return Promise.resolve(last);
  }

  #put(description: ThingDescription): void {
    const series: Record<string, number> = {};
    for (const [name, property] of Object.entries(description.properties ?? {})) {
      const known = [...this.#names].find(
        ([, at]) => at.thing === description.id && at.property === name,
      )?.[0];
      const id = known ?? this.#nextSeries++;
      series[name] = id;
      this.#names.set(id, { thing: description.id, property: name, boolean: property.type === 'boolean' });
    }
    this.things.set(description.id, viewThing({ id: description.id, description, series }));
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      const batch = this.#builder.take();
      const waiting = this.#waiting.splice(0);
      const commit = this.#options.commit ?? 0;
      const done =
        typeof commit === 'function'
          ? commit(batch)
          : commit === 0
            ? Promise.resolve()
            : new Promise<void>((resolve) => setTimeout(resolve, commit));
      done.then(
        () => {
          this.batches.push(batch);
          for (const call of waiting) call(undefined);
        },
        (error: Error) => {
          for (const call of waiting) call(error);
        },
      );
    });
  }
}
