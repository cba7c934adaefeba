import { useNavigate, useSearch } from '@tanstack/react-router';

/** The part of the URL a page keeps its filter in; what is emptied leaves it. */
export function usePageSearch<T extends object>(): {
  search: T;
  set: (change: { [K in keyof T]?: T[K] | undefined }) => void;
} {
  const navigate = useNavigate();
  const found: object = useSearch({ strict: false });
  return {
    search: found as T,
    set: (change) =>
      void navigate({
        to: '.',
        search: ((previous: object) => ({ ...previous, ...change })) as never,
        replace: true,
        resetScroll: false,
      }),
  };
}
