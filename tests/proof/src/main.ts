/** `npm run proof`: runs the harnesses one after the other and ends with `N passed, N failed`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { harnesses } from './harnesses.ts';
import { runPlanted } from './planted-bugs/run-planted.ts';
import { runHarness } from './run-harness.ts';

const HELP = `npm run proof                     every harness at its short setting
npm run proof -- <name> …         only these
npm run proof -- --long           minutes instead of seconds each
npm run proof -- --seed <number>  the chance of an earlier run
npm run proof -- --list           the harnesses and what they attack
npm run proof -- --planted [<harness> …]   plants each harness's bugs in a copy and sees them caught`;

const SHORT_LIMIT_MS = 5 * 60_000;
const LONG_LIMIT_MS = 90 * 60_000;

/** The last line of a run. */
const TALLY = /^\d+ passed, \d+ failed$/;

/** What a harness that failed printed last, shown again before the tally: by then the others' lines have buried it. */
const LAST_LINES = 40;

/** Harnesses side by side at the short setting: most of them wait more than they work. */
const LANES = 2;

const write = (line: string) => void process.stdout.write(`${line}\n`);

/** The options and names given; ends the process when they cannot be understood. */
function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        long: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        planted: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        seed: { type: 'string' },
      },
    });
    const unknown = positionals.find((name) => !harnesses.some((harness) => harness.name === name));
    if (unknown !== undefined) throw new Error(`There is no harness called ${unknown}.`);
    const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
    if (!Number.isInteger(seed) || seed < 0) throw new Error('The seed is a whole number.');
    return { ...values, seed, names: positionals };
  } catch (error) {
    write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    process.exit(2);
  }
}

/** Runs one harness in a process of its own, so that none can be in another's way; its lines are told apart by its name. */
async function runApart(name: string): Promise<boolean> {
  const [script = ''] = process.argv.slice(1);
  const last: string[] = [];
  const args = [...process.execArgv, script, name, '--seed', String(seed), ...(long ? ['--long'] : [])];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === '' || TALLY.test(line)) continue;
    const named = `${name.padEnd(16)}${line.trimStart()}`;
    write(named);
    last.push(named);
    if (last.length > LAST_LINES) last.shift();
  }
  const [code] = await exited;
  if (code !== 0) failures.push(...last);
  return code === 0;
}

const { long, list, planted, help, seed, names } = readArguments();
const failures: string[] = [];
const chosen = harnesses.filter(({ name }) => names.length === 0 || names.includes(name));

if (help) write(HELP);
else if (list) for (const { name, proves } of chosen) write(`${name.padEnd(20)} ${proves.join(' ')}`);
else {
  const outcomes: boolean[] = [];
  if (planted) {
    for (const { name, plantedBugs } of chosen) {
      for (const bug of plantedBugs) outcomes.push(await runPlanted(name, bug, { seed, write }));
    }
  } else {
    const limitMs = long ? LONG_LIMIT_MS : SHORT_LIMIT_MS;
    const waiting = [...chosen];
    const lane = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const options = { long, seed, limitMs, write };
        outcomes.push(await (chosen.length === 1 ? runHarness(next, options) : runApart(next.name)));
      }
    };
    await Promise.all(Array.from({ length: long ? 1 : LANES }, lane));
  }
  const failed = outcomes.filter((ok) => !ok).length;
  if (failures.length > 0) write(`\n── what failed\n${failures.join('\n')}`);
  write(`\n${outcomes.length - failed} passed, ${failed} failed`);
  // A harness that did not come to an end may have left something open.
  process.exit(failed === 0 && outcomes.length > 0 ? 0 : 1);
}
