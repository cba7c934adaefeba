import type { ServerResponse } from 'node:http';
import { limits } from '@millrace/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpProblem } from './problems.ts';

/** A comment this often keeps proxies from closing a quiet stream. */
export const keepAliveMilliseconds = 15_000;

/**
 * Begins an answer of server-sent events; what follows is written to the response given back. `full`: as many are open as may be, and this one
 * is refused. Call it when nothing else can refuse any more.
 */
export function openEventStream(request: FastifyRequest, reply: FastifyReply, full: boolean): ServerResponse {
  if (full) {
    throw new HttpProblem(
      503,
      'too-many-live-clients',
      `${limits.liveClientsMax} live streams are open; no more are served.`,
      { remedy: 'Close some, or try later.' },
    );
  }
  reply.hijack();
  request.raw.socket.setNoDelay(true);
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  return reply.raw;
}
