import chdb, { Session } from 'chdb';
import { type NativeTable, readNative } from './native-format.ts';
import { database } from './sample-schema.ts';
import { StoreBusyError, StoreError } from './store-error.ts';

/** One column as the engine reads it out of our memory (Arrow C data interface): validity, then buffers by type. */
interface ArrowColumn {
  name: string;
  /** Arrow format: c int8, i int32, I uint32, g float64, u text. */
  format: 'c' | 'i' | 'I' | 'g' | 'u';
  length: number;
  nullCount: 0;
  buffers: (Buffer | null)[];
}

// The public registerArrowTable knows fewer types and copies; these two are what it calls (chdb 3.4.0).
const arrow = chdb as unknown as {
  _arrowRegisterColumns(connection: unknown, name: string, columns: ArrowColumn[]): void;
  _arrowUnregister(connection: unknown, name: string): void;
};

export type InsertColumn = Int8Array | Int32Array | Uint32Array | Float64Array | readonly string[];

/** Queries that wait for a session; beyond it callers are told to try again. */
const waitingQueriesMax = 500;

/**
 * One connection to the engine with settings of its own. A session does one thing at a time; those of one folder work side
 * by side.
 */
export class ChdbSession {
  #session: Session;

  constructor(path: string, configFile: string, settings: Record<string, string | number>) {
    this.#session = new Session(path, { connectionArgs: [`--config-file=${configFile}`] });
    const list = Object.entries(settings).map(([name, value]) => `${name} = ${quote(value)}`);
    if (list.length > 0) this.#session.query(`SET ${list.join(', ')}`);
  }

  async run(sql: string): Promise<void> {
    try {
      await this.#session.queryAsync(sql, { format: 'Null' });
    } catch (error) {
      throw engineError(error);
    }
  }

  async table(sql: string): Promise<NativeTable> {
    try {
      return readNative((await this.#session.queryAsync(sql, { format: 'Native' })).bytes());
    } catch (error) {
      throw engineError(error);
    }
  }

  async bytes(sql: string, format: string): Promise<Uint8Array> {
    try {
      return (await this.#session.queryAsync(sql, { format })).bytes();
    } catch (error) {
      throw engineError(error);
    }
  }

  /**
   * Runs a statement that reads the columns as `arrowstream('<name>')`, straight from their memory: no text is made of them
   * and none is parsed. The first `rows` of each column are used; they must not change until this resolves.
   */
  async withColumns(
    name: string,
    rows: number,
    columns: Record<string, InsertColumn>,
    sql: string,
  ): Promise<void> {
    const connection = this.#session.connection;
    arrow._arrowRegisterColumns(
      connection,
      name,
      Object.entries(columns).map(([column, data]) => arrowColumn(column, rows, data)),
    );
    try {
      await this.run(sql);
    } finally {
      arrow._arrowUnregister(connection, name);
    }
  }

  /**
   * Inserts a few rows given as lines of tab-separated text, each with its line feed. For few rows this costs less than
   * columns: the engine plans no query. `text` must have gone through `tabSeparated`.
   */
  async insertLines(table: string, columns: readonly string[], lines: readonly string[]): Promise<void> {
    try {
      await this.#session.insert({
        table: `${database}.${table}`,
        columns,
        values: Buffer.from(lines.join(''), 'utf8'),
        format: 'TSV',
      });
    } catch (error) {
      throw engineError(error);
    }
  }

  close(): void {
    this.#session.close();
  }
}

const tabEscapes: Record<string, string> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\0': '\\0',
};

/** A text as a field of tab-separated lines. */
export function tabSeparated(text: string): string {
  return /[\\\t\n\r\0]/.test(text) ? text.replace(/[\\\t\n\r\0]/g, (one) => tabEscapes[one]!) : text;
}

function arrowColumn(name: string, rows: number, data: InsertColumn): ArrowColumn {
  const common = { name, length: rows, nullCount: 0 as const };
  if (!ArrayBuffer.isView(data)) {
    const offsets = new Int32Array(rows + 1);
    const parts: Buffer[] = [];
    let end = 0;
    for (let row = 0; row < rows; row++) {
      const text = data[row]!;
      if (text !== '') {
        const part = Buffer.from(text, 'utf8');
        parts.push(part);
        end += part.length;
      }
      offsets[row + 1] = end;
    }
    return { ...common, format: 'u', buffers: [null, bytesOf(offsets, rows + 1), Buffer.concat(parts)] };
  }
  const format =
    data instanceof Float64Array
      ? 'g'
      : data instanceof Uint32Array
        ? 'I'
        : data instanceof Int32Array
          ? 'i'
          : 'c';
  return { ...common, format, buffers: [null, bytesOf(data, rows)] };
}

function bytesOf(data: ArrayBufferView & { BYTES_PER_ELEMENT: number }, rows: number): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, rows * data.BYTES_PER_ELEMENT);
}

/** A few sessions that take turns. One whose query failed is let go: what the engine had written of the answer would be in front of the next. */
export class SessionPool {
  readonly #make: () => ChdbSession;
  #idle: ChdbSession[];
  readonly #all: Set<ChdbSession>;
  #waiting: ((session: ChdbSession) => void)[] = [];
  #closed = false;

  constructor(size: number, make: () => ChdbSession) {
    this.#make = make;
    this.#idle = Array.from({ length: size }, make);
    this.#all = new Set(this.#idle);
  }

  async use<T>(work: (session: ChdbSession) => Promise<T>): Promise<T> {
    let session = this.#idle.pop();
    if (session === undefined) {
      if (this.#waiting.length >= waitingQueriesMax) {
        throw new StoreBusyError(`${waitingQueriesMax} queries are waiting for the sample store; try again.`);
      }
      session = await new Promise<ChdbSession>((resolve) => this.#waiting.push(resolve));
    }
    try {
      return await work(session);
    } catch (error) {
      session = this.#renewed(session);
      throw error;
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#idle.push(session);
      else next(session);
    }
  }

  close(): void {
    this.#closed = true;
    for (const session of this.#all) session.close();
  }

  #renewed(session: ChdbSession): ChdbSession {
    if (this.#closed) return session;
    const fresh = this.#make();
    this.#all.delete(session);
    this.#all.add(fresh);
    session.close();
    return fresh;
  }
}

/** A value as SQL writes it. */
export function quote(value: string | number): string {
  return typeof value === 'number'
    ? String(value)
    : `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

const codeOf = /Code: (\d+)\./;

/** The engine's exception as one of ours; its text says which query, which is nobody's business but the log's. */
export function engineError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf.exec(message)?.[1];
  if (code === '243' || /No space left on device|errno: 28\b/.test(message)) {
    return new StoreError('full', 'The disk of the sample store is full; nothing was stored.', code);
  }
  if (code === '159') {
    return new StoreError('timeout', 'The query took longer than allowed; ask for a shorter range.', code);
  }
  if (code === '241') {
    return new StoreError(
      'engine',
      'This needs more memory than the sample store is given; ask for less or try again.',
      code,
    );
  }
  const words = message
    .replace(/^Query failed: /, '')
    .replace(codeOf, '')
    .replace(/^\s*DB::Exception: /, '');
  return new StoreError('engine', `The sample store's engine: ${words.slice(0, 500).trim()}`, code);
}
