import { homedir } from 'node:os';
import { pino } from 'pino';
import { systemClock } from '../clock.ts';
import { checkKernel } from './kernel-check.ts';

const OWN_FLAGS = ['--check', '--offline'];

/** `--check`: one JSON document on stdout, and nothing changed. `--offline` asks no provider. */
export async function printCheck(argv: readonly string[]): Promise<void> {
  const check = await checkKernel({
    argv: argv.filter((flag) => !OWN_FLAGS.includes(flag)),
    env: process.env,
    home: homedir(),
    offline: argv.includes('--offline'),
    clock: systemClock,
    log: pino({ level: 'silent' }),
  });
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(check)}\n`, resolve));
}
