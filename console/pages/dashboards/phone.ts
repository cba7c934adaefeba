import { useSyncExternalStore } from 'react';

const phoneQuery = '(max-width: 40rem)';

/** True on a screen where tiles stand below each other. */
export function usePhone(): boolean {
  return useSyncExternalStore(
    (listener) => {
      const media = window.matchMedia(phoneQuery);
      media.addEventListener('change', listener);
      return () => media.removeEventListener('change', listener);
    },
    () => window.matchMedia(phoneQuery).matches,
  );
}
