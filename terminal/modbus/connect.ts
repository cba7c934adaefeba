import type { ConnectionProblem } from '@millrace/contract';
import { TerminalError } from '@millrace/sdk';
import { type Link, LinkError } from './link.ts';

/** A problem as the host wants it thrown. */
export function terminalError(problem: ConnectionProblem): TerminalError {
  const { kind, code, what, remedy, detail, field } = problem;
  return new TerminalError(kind, code, what, remedy, {
    ...(detail === undefined ? {} : { detail }),
    ...(field === undefined ? {} : { field }),
  });
}

/** Makes the TCP connection, or throws TerminalError. */
export async function connectOrThrow(link: Link, signal: AbortSignal): Promise<void> {
  try {
    await link.connect(signal);
  } catch (error) {
    throw error instanceof LinkError ? terminalError(error.problem) : error;
  }
}
