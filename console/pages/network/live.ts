import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

/** A storm of verdicts is one new look at the lists, not thousands. */
const gatherMilliseconds = 1500;
const retryMillisecondsMin = 1_000;
const retryMillisecondsMax = 20_000;

/** Asks anew for what is shown of verdicts and incidents as soon as the server tells that one has changed. */
export function useNetworkChanges(): void {
  const queries = useQueryClient();
  useEffect(() => {
    let source: EventSource | undefined;
    let gather: ReturnType<typeof setTimeout> | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    let retry = retryMillisecondsMin;
    const changed = () => {
      retry = retryMillisecondsMin;
      gather ??= setTimeout(() => {
        gather = undefined;
        void queries.invalidateQueries({ queryKey: ['network'] });
      }, gatherMilliseconds);
    };
    const open = () => {
      source = new EventSource('/api/network/live', { withCredentials: true });
      source.onmessage = changed;
      source.addEventListener('reset', changed);
      source.onerror = () => {
        if (source?.readyState !== EventSource.CLOSED) return;
        again = setTimeout(open, retry);
        retry = Math.min(retryMillisecondsMax, retry * 2);
      };
    };
    open();
    return () => {
      source?.close();
      clearTimeout(gather);
      clearTimeout(again);
    };
  }, [queries]);
}
