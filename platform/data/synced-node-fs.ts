import { fsyncSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { syncPath } from './copy-folder.ts';

/** What we use of Emscripten's file systems. */
interface EmscriptenStream {
  nfd?: number;
  node: unknown;
}
interface EmscriptenNodeFs {
  realPath(node: unknown): string;
  stream_ops: {
    fsync?: (stream: EmscriptenStream) => number;
    write(
      stream: EmscriptenStream,
      buffer: Uint8Array,
      offset: number,
      length: number,
      position: number,
    ): number;
  };
}
type EmscriptenOptions = Parameters<NodeFS['init']>[1];

/**
 * PGlite's file system on Node's, made to sync. PostgreSQL asks for the right files to be synced at the right moment; as
 * published, Emscripten answers "done" without doing it, so that after a power loss the log could lack transactions that
 * were acknowledged, or data files be newer than the log that explains them.
 *
 * Files other than the log are synced when asked. Syncs of the log (`pg_wal`) are collected, so that several transactions
 * share one: `flush` must be called before any of them is answered. No other file is written or synced while the log waits,
 * which keeps PostgreSQL's rule that the log comes first.
 */
export class SyncedNodeFs extends NodeFS {
  #log = new Set<string>();
  #folder: string;
  /** Syncs of the log done, for tests and figures. */
  flushes = 0;

  constructor(folder: string) {
    super(folder);
    this.#folder = folder;
  }

  override async init(pg: PGlite, options: EmscriptenOptions): ReturnType<NodeFS['init']> {
    const made = await super.init(pg, options);
    const preRun = made.emscriptenOpts.preRun as unknown as ((module: unknown) => void)[];
    preRun.push((module) => this.#hook((module as { NODEFS: EmscriptenNodeFs }).NODEFS));
    return made;
  }

  /** Brings the log to disk if a transaction asked for it since the last time. */
  flush(): void {
    if (this.#log.size === 0) return;
    for (const path of this.#log) syncPath(path);
    this.#log.clear();
    this.flushes++;
  }

  #hook(nodeFs: EmscriptenNodeFs): void {
    const operations = nodeFs.stream_ops;
    const isLog = (path: string): boolean =>
      relative(join(this.#folder, 'pg_wal'), path).match(/^[0-9A-F]{24}$/) !== null;
    const write = operations.write;
    operations.write = (stream, buffer, offset, length, position) => {
      if (this.#log.size > 0 && !isLog(nodeFs.realPath(stream.node))) this.flush();
      return write(stream, buffer, offset, length, position);
    };
    operations.fsync = (stream) => {
      const path = nodeFs.realPath(stream.node);
      if (isLog(path)) {
        this.#log.add(path);
        return 0;
      }
      this.flush();
      if (stream.nfd !== undefined) fsyncSync(stream.nfd);
      else syncPath(path);
      return 0;
    };
  }
}
