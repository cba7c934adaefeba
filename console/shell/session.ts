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
