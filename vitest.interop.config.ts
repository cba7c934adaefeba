import { defineConfig } from 'vitest/config';

/** Tests against peers that come as system packages; `npm run interop` installs those first. */
export default defineConfig({
  test: {
    include: ['**/*.interop.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
  },
});
