import { QueryClient } from '@tanstack/react-query';
import { ApiError } from '../api/client.ts';

/** Answers that asking again does not change are not asked again. */
function again(failures: number, error: unknown): boolean {
  if (error instanceof ApiError && error.problem.status >= 400 && error.problem.status < 500) return false;
  return failures < 2;
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: again, refetchOnWindowFocus: true, staleTime: 1000 },
    mutations: { retry: false },
  },
});

/**
 * Forgets what was seen by whoever was signed in. Queries that something on the page still watches are emptied, not removed: their
 * watchers would otherwise wait for ever on what nobody fills any more.
 */
export function forgetEverything(): void {
  for (const query of queryClient.getQueryCache().getAll()) {
    if (query.getObserversCount() > 0) query.reset();
    else queryClient.getQueryCache().remove(query);
  }
  queryClient.getMutationCache().clear();
}
