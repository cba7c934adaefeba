import { type MessagePort, workerData } from 'node:worker_threads';
import { loadLibc } from './libc.ts';
import { runNative } from './prober-native.ts';
import { runPlain } from './prober-plain.ts';

/**
 * Entry of the prober's thread. A thread of its own, because the platform's event loop is busy for milliseconds at a time; where the
 * kernel's calls are there, without an event loop: it sleeps in the kernel from one wake-up to the next.
 */
const { port, native } = workerData as { port: MessagePort; native: boolean };
const libc = native ? loadLibc() : undefined;
if (libc !== undefined && !('problem' in libc)) runNative(libc, port);
else runPlain(port, libc?.problem);
