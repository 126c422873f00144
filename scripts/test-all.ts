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

/** What is read of the results a suite wrote (vitest's json reporter). */
interface SuiteResults {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** Lines of a failure's message that are shown again at the end. */
const SHOWN_LINES = 12;

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

/** What failed, told again before the closing line: by then other lines have buried it. */
const failures: string[] = [];

const suites = ['packages', 'apps', 'extensions', 'tests']
  .flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`))
  .filter((folder) => existsSync(`${folder}/vitest.config.ts`));

/** Adds up what each suite wrote; one that was expected and wrote nothing is a failure with its own name. */
function suiteTally(): Tally {
  const tally: Tally = { passed: 0, failed: 0 };
  for (const folder of suites) {
    try {
      const results: SuiteResults = JSON.parse(readFileSync(`${folder}/.vitest/results.json`, 'utf8'));
      tally.passed += results.numPassedTests;
      tally.failed += results.success ? 0 : Math.max(1, results.numFailedTests);
      failures.push(...failuresOf(results));
    } catch {
      failures.push(`${folder}: no results`);
      tally.failed += 1;
    }
  }
  return tally;
}

/** The failed tests of a suite and the files that could not be run, with the beginning of what they said. */
function failuresOf({ testResults }: SuiteResults): string[] {
  const told = (what: string, message = '') => {
    const lines = message.split('\n').slice(0, SHOWN_LINES);
    return [what, ...lines.map((line) => `    ${line}`)].join('\n');
  };
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    if (failed.length === 0) return message ? [told(name, message)] : [];
    return failed.map((test) => told(`${name} > ${test.fullName}`, test.failureMessages?.join('\n')));
  });
}

for (const folder of suites) rmSync(`${folder}/.vitest`, { recursive: true, force: true });
const outcomes = checks.map(([name, command]) => ({ name, ok: run(name, command) }));
const tally = suiteTally();
for (const { name, ok } of outcomes) {
  if (name === 'suites') continue;
  if (ok) tally.passed += 1;
  else {
    tally.failed += 1;
    failures.push(name);
  }
}
const suitesFailed = outcomes.some(({ name, ok }) => name === 'suites' && !ok);
if (suitesFailed && tally.failed === 0) tally.failed = 1;
if (failures.length > 0) process.stdout.write(`\n── what failed\n${failures.join('\n')}\n`);
process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed\n`);
process.exit(tally.failed === 0 && tally.passed > 0 ? 0 : 1);
