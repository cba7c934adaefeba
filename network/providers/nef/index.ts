import { defineProvider } from '@millrace/sdk';
import { Exposure } from './exposure.ts';
import { manifest } from './manifest.ts';

/** The standard northbound interface of a 5G core (NEF): quality, groups, steering, monitoring, time. */
export const provider = defineProvider({
  manifest,
  open: async (context) => {
    const exposure = new Exposure(context);
    // Monitoring is an extra: an exposure function that cannot be reached now must not keep the rest from opening.
    void exposure
      .watch()
      .catch((error: unknown) =>
        context.log.warn('terminals could not be watched', { error: String(error) }),
      );
    return exposure;
  },
  notified: async (provider, path, body) => (provider as Exposure).told(path, body),
});
