import { randomUUID } from 'node:crypto';
import { type Actor, type AppJob, formatInstant } from '@millrace/contract';
import type { AppContext, AppDefinition, Clock, Log, RecordStore } from '@millrace/sdk';
import { HttpProblem, notFound } from '../problems.ts';

/** Jobs of one application that run at once, and those that are remembered. */
const runningMax = 4;
const keptMax = 500;
const keepProgressMilliseconds = 1_000;

interface Running {
  job: AppJob;
  controller: AbortController;
  done: Promise<void>;
}

interface Row {
  id: string;
  job: string;
  state: AppJob['state'];
  started: string;
  ended: string | null;
  by_whom: string;
  progress: number;
  step: string;
  result: unknown;
  error: string | null;
}

/** Jobs of applications: what runs longer than a request waits, with its progress, its result, its end. */
export class AppJobs {
  readonly #records: RecordStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #running = new Map<string, Map<string, Running>>();

  constructor(records: RecordStore, clock: Clock, log: Log) {
    this.#records = records;
    this.#clock = clock;
    this.#log = log;
  }

  /** Jobs that were running when the platform ended did not come to their end. */
  async open(): Promise<void> {
    await this.#records.query(
      `UPDATE app_jobs SET state = 'interrupted', ended = $1, error = 'the platform ended while it ran' WHERE state = 'running'`,
      [this.#clock.now()],
    );
  }

  async start(
    definition: AppDefinition,
    context: AppContext,
    name: string,
    input: unknown,
    by: Actor,
  ): Promise<AppJob> {
    const app = definition.manifest.id;
    const declared = Object.hasOwn(definition.jobs ?? {}, name) ? definition.jobs![name]! : undefined;
    if (declared === undefined) throw notFound(`job "${name.slice(0, 64)}" of this application`);
    const own = this.#running.get(app) ?? new Map<string, Running>();
    this.#running.set(app, own);
    if ([...own.values()].some(({ job }) => job.job === name)) {
      throw new HttpProblem(409, 'job-runs', `"${declared.title.en}" is running already.`, {
        remedy: 'Wait for its end, or cancel it.',
        words: {
          title: { en: `"${declared.title.en}" is running already.`, zh: `“${declared.title.zh}”已在运行。` },
          remedy: { en: 'Wait for its end, or cancel it.', zh: '请等待其结束，或取消它。' },
        },
      });
    }
    if (own.size >= runningMax) {
      throw new HttpProblem(
        503,
        'too-many-jobs',
        `${runningMax} jobs of this application are running; no more are started.`,
        {},
        { 'retry-after': '10' },
      );
    }
    const id = randomUUID();
    const job: AppJob = {
      id,
      job: name,
      state: 'running',
      started: formatInstant(this.#clock.now()),
      by: by.id,
      progress: 0,
      step: '',
    };
    await this.#records.query(
      `INSERT INTO app_jobs (id, app, job, state, started, by_whom, progress, step) VALUES ($1, $2, $3, 'running', $4, $5, 0, '')`,
      [id, app, name, this.#clock.now(), by.id],
    );
    const controller = new AbortController();
    const off = (): void => controller.abort(new Error('the application was switched off'));
    context.signal.addEventListener('abort', off, { once: true });
    let keptAt = performance.now();
    const run = async (): Promise<void> => {
      try {
        const result = await Promise.race([
          declared.run(context, input, {
            signal: controller.signal,
            startedBy: by,
            progress: (share, step) => {
              job.progress = Math.min(1, Math.max(job.progress, share));
              job.step = step.slice(0, 500);
              if (performance.now() - keptAt < keepProgressMilliseconds) return;
              keptAt = performance.now();
              void this.#keep(job).catch(() => {});
            },
          }),
          new Promise<never>((_, reject) =>
            controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error), {
              once: true,
            }),
          ),
        ]);
        job.state = 'done';
        job.progress = 1;
        if (result !== undefined) job.result = result;
      } catch (error) {
        job.state = controller.signal.aborted ? 'cancelled' : 'failed';
        job.error = error instanceof Error ? error.message : String(error);
        if (job.state === 'failed')
          this.#log.warn('a job of an application failed', { app, job: name, error: job.error });
      } finally {
        context.signal.removeEventListener('abort', off);
        job.ended = formatInstant(this.#clock.now());
        own.delete(id);
        await this.#keep(job).catch((error: unknown) =>
          this.#log.error('the end of a job could not be recorded', { app, job: name, error: String(error) }),
        );
      }
    };
    own.set(id, { job, controller, done: run() });
    await this.#records.query(
      'DELETE FROM app_jobs WHERE app = $1 AND id NOT IN (SELECT id FROM app_jobs WHERE app = $1 ORDER BY started DESC LIMIT $2)',
      [app, keptMax],
    );
    return { ...job };
  }

  async list(app: string): Promise<AppJob[]> {
    const rows = await this.#records.query<Row>(
      'SELECT id, job, state, started::text AS started, ended::text AS ended, by_whom, progress, step, NULL AS result, error FROM app_jobs WHERE app = $1 ORDER BY app_jobs.started DESC LIMIT 100',
      [app],
    );
    return rows.map((row) => this.#running.get(app)?.get(row.id)?.job ?? show(row));
  }

  async get(app: string, id: string): Promise<AppJob> {
    const running = this.#running.get(app)?.get(id);
    if (running !== undefined) return { ...running.job };
    const [row] = await this.#records.query<Row>(
      'SELECT id, job, state, started::text AS started, ended::text AS ended, by_whom, progress, step, result, error FROM app_jobs WHERE app = $1 AND id = $2',
      [app, id],
    );
    if (row === undefined) throw notFound('such job');
    return show(row);
  }

  async cancel(app: string, id: string): Promise<AppJob> {
    const running = this.#running.get(app)?.get(id);
    if (running !== undefined) {
      running.controller.abort(new Error('cancelled'));
      await running.done;
    }
    return this.get(app, id);
  }

  /** Ends what runs, of one application or of all. */
  async stop(app?: string): Promise<void> {
    const chosen =
      app === undefined
        ? [...this.#running.values()]
        : [this.#running.get(app) ?? new Map<string, Running>()];
    const all = chosen.flatMap((own) => [...own.values()]);
    for (const { controller } of all) controller.abort(new Error('the platform is stopping'));
    await Promise.allSettled(all.map(({ done }) => done));
  }

  async #keep(job: AppJob): Promise<void> {
    await this.#records.query(
      'UPDATE app_jobs SET state = $2, ended = $3, progress = $4, step = $5, result = $6::jsonb, error = $7 WHERE id = $1',
      [
        job.id,
        job.state,
        job.ended === undefined ? null : this.#clock.now(),
        job.progress,
        job.step,
        job.result === undefined ? null : JSON.stringify(job.result),
        job.error ?? null,
      ],
    );
  }
}

function show(row: Row): AppJob {
  return {
    id: row.id,
    job: row.job,
    state: row.state,
    started: formatInstant(Number(row.started)),
    ...(row.ended === null ? {} : { ended: formatInstant(Number(row.ended)) }),
    by: row.by_whom,
    progress: row.progress,
    step: row.step,
    ...(row.result === null ? {} : { result: row.result }),
    ...(row.error === null ? {} : { error: row.error }),
  };
}
