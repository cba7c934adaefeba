import type { Problem } from '@millrace/contract';
import type { ProblemWords, Say } from '@millrace/ui';
import { type ConsoleWords, consoleSay } from '../words/index.ts';
import { ApiError } from './client.ts';

/** Kinds of problem that have words of their own here; all others go by their status and the server's own words. */
const worded = [
  'unreachable',
  'unexpected-answer',
  'wrong-password',
  'unavailable',
  'too-many-attempts',
  'invalid-thing-description',
  'password-too-short',
] as const;

/**
 * The one way from whatever went wrong to words for a person: what happened, why, what to do. `say` is the dictionary in the
 * language in force.
 */
export function problemWords(error: unknown, say: Say<ConsoleWords> = consoleSay): ProblemWords {
  if (!(error instanceof ApiError)) {
    return {
      title: say('problem.program.title'),
      remedy: say('problem.program.remedy'),
      technical: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    };
  }
  const { problem } = error;
  const kind = worded.find((type) => type === problem.type) ?? statusKind(problem);
  const why = whyOf(problem, kind === undefined ? undefined : say(`problem.${kind}.title`));
  return {
    title: kind === undefined ? problem.title : say(`problem.${kind}.title`),
    ...(why === undefined ? {} : { why }),
    remedy:
      problem.remedy ?? (kind === undefined ? say('problem.program.remedy') : say(`problem.${kind}.remedy`)),
    technical: [problem.status === 0 ? undefined : problem.status, problem.type, problem.field]
      .filter((part) => part !== undefined)
      .join(' · '),
    ...(problem.rejected === undefined ? {} : { rejected: problem.rejected }),
  };
}

function whyOf(problem: Problem, title: string | undefined): string | undefined {
  const parts = [title === undefined || title === problem.title ? undefined : problem.title, problem.detail];
  const text = parts.filter((part) => part !== undefined && part !== '').join(': ');
  return text === '' ? undefined : text;
}

function statusKind({ status }: Problem) {
  if (status === 401) return 'signed-out';
  if (status === 403) return 'not-allowed';
  if (status === 404) return 'not-found';
  if (status === 409) return 'conflict';
  if (status === 413) return 'too-large';
  if (status === 429) return 'too-many-attempts';
  if (status === 400 || status === 422 || status === 415) return 'not-accepted';
  if (status === 502 || status === 503 || status === 504) return 'unavailable';
  if (status >= 500) return 'server-fault';
  return undefined;
}
