import { defineConfig } from 'vitest/config';

/** Workspace packages resolve to their sources, so that no test needs a build. */
const conditions = ['@dispatch/source', 'module', 'node', 'development|production'];

/** The configuration of every package's own tests: what stands beside the sources. */
export const unitTests = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { include: ['src/**/*.test.ts'], testTimeout: 20_000 },
});
