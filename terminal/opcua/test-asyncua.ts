/** Another family's OPC UA server, in Python, as a process of its own. Not part of the product. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { freePort, makeCertificate } from './test-server.ts';

const version = '2.1.0';
const run = promisify(execFile);

/** A Python with asyncua in it, installed once per machine: needs python3-venv and a package index. */
async function python(): Promise<string> {
  const folder = join(tmpdir(), `millrace-peers-asyncua-${version}`);
  const program = join('bin', 'python');
  if (existsSync(join(folder, program))) return join(folder, program);
  const making = `${folder}.${process.pid}`;
  await mkdir(making, { recursive: true });
  await run('python3', ['-m', 'venv', making]);
  await run(join(making, program), ['-m', 'pip', 'install', '-q', `asyncua==${version}`]);
  await rename(making, folder).catch(() => rm(making, { recursive: true, force: true }));
  return join(folder, program);
}

export interface Asyncua {
  endpoint: string;
  /** One command; resolves when it is done. */
  tell(line: string): Promise<void>;
  /** What the server holds in a variable. */
  shown(name: string): Promise<unknown>;
  kill(): void;
  stop(): Promise<void>;
}

export async function startAsyncua(port?: number): Promise<Asyncua> {
  const at = port ?? (await freePort());
  const { certificateFile, privateKeyFile } = await makeCertificate('asyncua');
  const child: ChildProcess = spawn(
    await python(),
    [join(import.meta.dirname, 'test-asyncua-server.py'), String(at), certificateFile, privateKeyFile],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let errors = '';
  child.stderr!.on('data', (data: Buffer) => {
    errors = (errors + data.toString()).slice(-4000);
  });
  const waiting: (() => void)[] = [];
  let ended = false;
  const over = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let held = 'null';
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (line.startsWith('shown ')) held = line.slice('shown '.length);
    if (line === 'ready' || line === 'done') waiting.shift()?.();
  });
  const answer = (): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push(resolve);
      void over.then(() => {
        if (!ended) reject(new Error(`the server ended: ${errors}`));
      });
    });
  await answer();
  return {
    endpoint: `opc.tcp://127.0.0.1:${at}`,
    tell(line) {
      const done = answer();
      child.stdin!.write(`${line}\n`);
      return done;
    },
    async shown(name) {
      const done = answer();
      child.stdin!.write(`show ${name}\n`);
      await done;
      return JSON.parse(held) as unknown;
    },
    kill() {
      ended = true;
      child.kill('SIGKILL');
    },
    async stop() {
      ended = true;
      child.stdin!.end('stop\n');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await over;
      clearTimeout(timer);
    },
  };
}
