import { fileURLToPath } from 'node:url';
import { systemClock } from '../../clock.ts';
import { up } from '../../commands/up.ts';
import { createOutput } from '../../output.ts';
import { processTerminal } from '../../terminal.ts';

// `dispatch up` over stubs, as a process of its own: what becomes of the children when it dies needs one.
const terminal = processTerminal();
const entry = fileURLToPath(new URL('./stub-child.mjs', import.meta.url));
const plans = ['kernel', 'gateway'].map((name) => ({
  name,
  entry,
  args: [],
  env: { ...process.env, STUB_NAME: name },
}));
const context = { out: createOutput(terminal, false), terminal, clock: systemClock };
process.exit(await up(context, {}, plans));
