import { defineConfig } from 'vitest/config';

/** Workspace packages resolve to their sources, so that no test needs a build. */
const conditions = ['@dispatch/source', 'module', 'node', 'development|production'];

/** Counts for the closing line of the whole run; scripts/test-all.ts adds them up. */
const reporters: (string | [string, Record<string, unknown>])[] = [
  'default',
  ['json', { outputFile: '.vitest/results.json' }],
];

/** A wait ends when what it waits for is there; this is when it is given up, also on a machine that is busy with others. */
const expect = { poll: { timeout: 10_000 } };

/** The configuration of every package's own tests: what stands beside the sources. */
export const unitTests = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['src/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    expect,
    reporters,
    // The default leaves one core idle, which is half of a small machine.
    maxWorkers: '100%',
  },
});

const slow = {
  include: ['src/**/*.test.ts'],
  testTimeout: 120_000,
  hookTimeout: 60_000,
  expect,
  reporters,
};

/** Suites over real processes: two files at a time, because they wait most of the time, and two cores are shared by what they start. */
export const processTests = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { ...slow, maxWorkers: 2 },
});

/** Suites over the checkout itself: one file at a time, because some put something wrong into it and see it found. */
export const checkoutTests = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: { ...slow, fileParallelism: false },
});
