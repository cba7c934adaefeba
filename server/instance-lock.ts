import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StartError } from './config.ts';

/** A predecessor that is still stopping is waited for this long. */
const stoppingMillisecondsMax = 10_000;
/** One that runs may just have lost its parent and not noticed: it gets a moment. */
const runningMillisecondsMax = 3_000;
const retryMilliseconds = 100;

/**
 * One platform per data folder. The lock is a listening local socket named after the folder (on Linux in the abstract namespace): the
 * kernel lets go of it with the process, so a stale lock cannot be.
 */
export class InstanceLock {
  readonly #server: Server;
  #stopping = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async take(folder: string): Promise<InstanceLock> {
    const name = `millrace-${createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32)}`;
    const path = process.platform === 'linux' ? `\0${name}` : join(tmpdir(), `${name}.sock`);
    const start = Date.now();
    for (;;) {
      const server = createServer();
      const lock = new InstanceLock(server);
      server.on('connection', (socket) => {
        socket.on('error', () => {});
        socket.end(`${lock.#stopping ? 'stopping' : 'running'} ${process.pid}\n`);
      });
      if (await listens(server, path)) {
        server.unref();
        return lock;
      }
      const holder = await ask(path);
      if (holder === undefined && process.platform !== 'linux') await removeStale(path);
      const waited = Date.now() - start;
      if (waited > (holder?.state === 'running' ? runningMillisecondsMax : stoppingMillisecondsMax)) {
        throw new StartError(
          holder?.state === 'stopping'
            ? `The platform that used ${folder} before (process ${holder.processId}) is still stopping after ${stoppingMillisecondsMax / 1000} s.`
            : `Another Millrace${holder === undefined ? '' : ` (process ${holder.processId})`} is running on ${folder}: stop it, or choose another folder with --data.`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, retryMilliseconds));
    }
  }

  /** From now on a successor is told to wait. */
  stopping(): void {
    this.#stopping = true;
  }

  release(): void {
    this.#server.close();
  }
}

function listens(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen({ path, exclusive: true }, () => resolve(true));
  });
}

function ask(path: string): Promise<{ state: string; processId: string } | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    let text = '';
    socket.setTimeout(500, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      const [state, processId] = text.trim().split(' ');
      resolve(state === undefined || processId === undefined ? undefined : { state, processId });
    });
  });
}

async function removeStale(path: string): Promise<void> {
  const { unlink } = await import('node:fs/promises');
  await unlink(path).catch(() => {});
}
