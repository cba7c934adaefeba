import type { Problem } from '@millrace/contract';
import { type Language, languageInForce, type ProblemWords, type Say } from '@millrace/ui';
import { type ConsoleWords, consoleSay } from '../words/index.ts';
import { ApiError } from './client.ts';

/** Kinds of problem that have words of their own here; all others go by their status. */
const worded = [
  'unreachable',
  'unexpected-answer',
  'wrong-password',
  'password-must-change',
  'wrong-description',
  'wrong-settings',
  'wrong-range',
  'wrong-time',
  'exists',
  'running',
  'built-in',
  'malformed',
  'too-deep',
  'too-many-live-clients',
] as const;

/**
 * The one way from whatever went wrong to words for a person: what happened, why, what to do. A problem that comes with its own
 * words in both languages keeps them; otherwise the kind of problem is worded here, and what the server said of it stands under
 * "why". `say` is the dictionary in the language in force.
 */
export function problemWords(
  error: unknown,
  say: Say<ConsoleWords> = consoleSay,
  language: Language = languageInForce(),
): ProblemWords {
  if (!(error instanceof ApiError)) {
    return {
      title: say('problem.program.title'),
      remedy: say('problem.program.remedy'),
      technical: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    };
  }
  const { problem } = error;
  const kind = worded.find((type) => type === problem.type) ?? statusKind(problem.status);
  const given = problem.words;
  const why = given === undefined ? whyOf(problem, kind) : problem.detail;
  return {
    title: given?.title[language] ?? say(`problem.${kind}.title`),
    ...(why === undefined || why === '' ? {} : { why }),
    remedy:
      given?.remedy?.[language] ??
      // The server's own remedy is the more exact one, for whoever reads its language.
      (language === 'en' ? problem.remedy : undefined) ??
      say(`problem.${kind}.remedy`),
    technical: [
      problem.status === 0 ? undefined : problem.status,
      problem.type,
      problem.field,
      language === 'en' ? undefined : problem.remedy,
    ]
      .filter((part) => part !== undefined)
      .join(' · '),
    ...(problem.rejected === undefined
      ? {}
      : {
          rejected: problem.rejected.map(({ at, reason, words }) => ({
            at,
            reason: words?.[language] ?? reason,
          })),
        }),
  };
}

/** Kinds whose title here says nothing of what exactly was wrong: there the server's title does. */
const vague = new Set<string>([
  'not-accepted',
  'conflict',
  'exists',
  'built-in',
  'wrong-time',
  'malformed',
  'unavailable',
  'server-fault',
  'unexpected-answer',
]);

function whyOf(problem: Problem, kind: string): string {
  return [vague.has(kind) ? problem.title : undefined, problem.detail]
    .filter((part) => part !== undefined && part !== '')
    .join(' ');
}

function statusKind(status: number) {
  if (status === 401) return 'signed-out';
  if (status === 403) return 'not-allowed';
  if (status === 404) return 'not-found';
  if (status === 409) return 'conflict';
  if (status === 413) return 'too-large';
  if (status === 429) return 'too-many-attempts';
  if (status === 507) return 'disk-full';
  if (status === 502 || status === 503 || status === 504) return 'unavailable';
  if (status >= 500) return 'server-fault';
  return 'not-accepted';
}
