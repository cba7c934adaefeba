import { defineProvider } from '@millrace/sdk';
import { Free5gcCore } from './core.ts';
import { manifest } from './manifest.ts';

/** The open-source core free5GC: subscribers and terminals through its web console's interface, flows over N5. */
export const provider = defineProvider({
  manifest,
  open: async (context) => new Free5gcCore(context),
});
