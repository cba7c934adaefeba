import type { ConnectionProblem, Problem } from '@millrace/contract';
import { ErrorState, type ProblemWords, useLanguage, useLocalText } from '@millrace/ui';
import { useCallback } from 'react';
import { ApiError } from '../../api/client.ts';
import { problemWords } from '../../api/problem.ts';
import { useConsoleWords } from '../../words/index.ts';

/** Why a connection is not well and what to do, in the language of the reader. */
export function PeerProblem({
  problem,
  compact = false,
  onRetry,
}: {
  problem: ConnectionProblem;
  compact?: boolean;
  onRetry?: () => void;
}) {
  const local = useLocalText();
  return (
    <ErrorState
      compact={compact}
      problem={{
        title: local(problem.what),
        remedy: local(problem.remedy),
        ...(problem.detail === undefined || problem.detail === local(problem.what)
          ? {}
          : { why: problem.detail }),
        technical: [problem.code, problem.field].filter((part) => part !== undefined).join(' · '),
      }}
      {...(onRetry === undefined ? {} : { onRetry })}
    />
  );
}

/** Words for an error of the API, by what the terminal's protocol said in both languages where it did. */
export function usePeerWords(): (error: unknown) => ProblemWords {
  const words = useConsoleWords();
  const language = useLanguage();
  return useCallback(
    (error) => {
      const plain = problemWords(error, words);
      if (!(error instanceof ApiError)) return plain;
      const problem: Problem = error.problem;
      const rejected = problem.rejected?.map((one) => ({
        at: one.at,
        reason: one.words?.[language] ?? one.reason,
      }));
      return {
        ...plain,
        ...(problem.words === undefined
          ? {}
          : {
              title: problem.words.title[language],
              ...(problem.words.remedy === undefined ? {} : { remedy: problem.words.remedy[language] }),
              ...(problem.detail === undefined ? {} : { why: problem.detail }),
            }),
        ...(rejected === undefined ? {} : { rejected }),
      };
    },
    [words, language],
  );
}
