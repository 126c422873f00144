#!/usr/bin/env node
import { runCli } from './program.ts';
import { processTerminal } from './terminal.ts';

// A reader that has seen enough (`| head`), or a terminal that was closed, ends a command without failure. It does not end what
// `up` keeps running: that needs no reader.
const outlivesReader = process.argv.includes('up');
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    if (!outlivesReader) process.exit(0);
  });
}

const code = await runCli(process.argv.slice(2), processTerminal());
// Open sockets must not hold us up, unwritten output must.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
