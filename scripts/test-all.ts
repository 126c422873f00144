/**
 * Everything `npm test` checks, in order, and the closing line `N passed, N failed`.
 * A check that cannot count its own cases counts as one. A suite whose results are missing counts as failed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';

interface Tally {
  passed: number;
  failed: number;
}

const checks: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['format and lint', ['biome', 'check', '.', '--error-on-warnings']],
  ['boundaries', ['depcruise', 'packages', 'apps', 'extensions', 'tests', 'benchmarks', 'scripts']],
  ['dead code', ['knip', '--no-config-hints']],
  ['scripts typecheck', ['tsc', '-p', 'scripts/tsconfig.json']],
  ['changesets', ['tsx', 'scripts/check-changesets.ts']],
  ['references', ['tsx', 'scripts/generate-reference.ts', '--check']],
  ['build and types', ['turbo', 'run', 'build', 'typecheck', '--output-logs=errors-only']],
  ['suites', ['turbo', 'run', 'test', '--continue', '--concurrency=1', '--output-logs=new-only']],
];

function run(name: string, [command = '', ...args]: readonly string[]): boolean {
  process.stdout.write(`\n── ${name}\n`);
  const started = performance.now();
  const { status } = spawnSync('pnpm', ['exec', command, ...args], { stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`── ${name}: ${status === 0 ? 'ok' : 'FAILED'} (${seconds} s)\n`);
  return status === 0;
}

const suites = ['packages', 'apps', 'extensions', 'tests']
  .flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`))
  .filter((folder) => existsSync(`${folder}/vitest.config.ts`));

/** Adds up what each suite wrote; one that was expected and wrote nothing is a failure with its own name. */
function suiteTally(): Tally {
  const tally: Tally = { passed: 0, failed: 0 };
  for (const folder of suites) {
    try {
      const results: { numPassedTests: number; numFailedTests: number; success: boolean } = JSON.parse(
        readFileSync(`${folder}/.vitest/results.json`, 'utf8'),
      );
      tally.passed += results.numPassedTests;
      tally.failed += results.success ? 0 : Math.max(1, results.numFailedTests);
    } catch {
      process.stdout.write(`${folder}: no results\n`);
      tally.failed += 1;
    }
  }
  return tally;
}

for (const folder of suites) rmSync(`${folder}/.vitest`, { recursive: true, force: true });
const outcomes = checks.map(([name, command]) => ({ name, ok: run(name, command) }));
const tally = suiteTally();
for (const { name, ok } of outcomes) {
  if (name === 'suites') continue;
  if (ok) tally.passed += 1;
  else tally.failed += 1;
}
const suitesFailed = outcomes.some(({ name, ok }) => name === 'suites' && !ok);
if (suitesFailed && tally.failed === 0) tally.failed = 1;
process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed\n`);
process.exit(tally.failed === 0 && tally.passed > 0 ? 0 : 1);
