/** `npm run bench`: measures one thing after the other and prints the table that stands in the README. */
import { parseArgs } from 'node:util';
import { benchmarks } from './benchmarks.ts';
import type { Figure } from './figures.ts';

const HELP = `npm run bench                     everything, about a quarter of an hour
npm run bench -- <name> …         only these
npm run bench -- --quick          few rounds, to see whether it works; the figures mean little
npm run bench -- --list           what there is`;

const write = (line: string) => void process.stdout.write(`${line}\n`);

/** The options and names given; ends the process when they cannot be understood. */
function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const unknown = positionals.find((name) => !benchmarks.some((benchmark) => benchmark.name === name));
    if (unknown !== undefined) throw new Error(`There is no benchmark called ${unknown}.`);
    return { ...values, names: positionals };
  } catch (error) {
    write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
    process.exit(2);
  }
}

const { quick, list, help, names } = readArguments();
const chosen = benchmarks.filter(({ name }) => names.length === 0 || names.includes(name));
if (help) write(HELP);
else if (list) for (const { name } of chosen) write(name);
else {
  const figures: Figure[] = [];
  for (const benchmark of chosen) {
    write(`── ${benchmark.name}`);
    figures.push(...(await benchmark.run({ quick, tell: (line) => write(`   ${line}`) })));
  }
  write('\n| figure | reached | target | without Dispatch | holds |\n| --- | --- | --- | --- | --- |');
  for (const { name, reached, target, beside = '', holds } of figures) {
    write(`| ${name} | ${reached} | ${target} | ${beside} | ${holds ? 'yes' : 'no'} |`);
  }
  const missed = figures.filter(({ holds }) => !holds).length;
  write(`\n${figures.length - missed} of ${figures.length} figures reach their target`);
}
