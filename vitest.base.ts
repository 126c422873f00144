import { defineConfig } from 'vitest/config';

/** Workspace packages resolve to their sources, so that no test needs a build. */
const conditions = ['@dispatch/source', 'module', 'node', 'development|production'];

/** Counts for the closing line of the whole run; scripts/test-all.ts adds them up. */
const reporters: (string | [string, Record<string, unknown>])[] = [
  'default',
  ['json', { outputFile: '.vitest/results.json' }],
];

/** The configuration of every package's own tests: what stands beside the sources. */
export const unitTests = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { include: ['src/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000, reporters },
});

/** Suites over real processes: one file at a time, because two cores are shared by what they start. */
export const processTests = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['src/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    reporters,
  },
});
