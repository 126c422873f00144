import { fstatSync } from 'node:fs';
import { homedir } from 'node:os';
import {
  createLogOutput,
  EXIT_CONFIGURATION,
  EXIT_LOCKED,
  LOG_REDACTION,
  SettingsError,
} from '@dispatch/link';
import { pino } from 'pino';
import { printCheck } from './check/print-check.ts';
import { systemClock } from './clock.ts';
import { readKernelConfig } from './config.ts';
import type { Blame } from './extension/extension-host.ts';
import { systemIds } from './ids.ts';
import { DRAIN_MS, type Kernel, startKernel } from './kernel.ts';
import { logLevel } from './log-level.ts';
import { DataDirectoryLockedError } from './storage/data-lock.ts';
import { StoreRefusedError } from './storage/store-refused-error.ts';

const STDIN = 0;
const STDERR = 2;

process.umask(0o077);
if (process.argv.includes('--check')) {
  await printCheck(process.argv.slice(2));
  process.exit(0);
}

const log = pino(
  {
    name: 'kernel',
    level: readLogLevel(),
    // Providers' errors carry whole requests as properties; the log gets what says where and why.
    serializers: { err: describeError },
    redact: LOG_REDACTION,
  },
  createLogOutput(STDERR),
);

function readLogLevel(): string {
  try {
    return logLevel(process.env);
  } catch (error) {
    refuseToStart((error as SettingsError).message, EXIT_CONFIGURATION);
  }
}

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack, cause } = error;
  const { code } = error as { code?: unknown };
  return {
    type: name,
    message,
    stack,
    code,
    ...(cause === undefined ? {} : { cause: describeError(cause) }),
  };
}

/** One line for the operator, and an exit code that tells the supervisor whether starting again can help. */
function refuseToStart(message: string, exitCode: number): never {
  process.stderr.write(`dispatch kernel: ${message}\n`);
  process.exit(exitCode);
}

function isPipe(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFIFO() || stat.isSocket();
  } catch {
    // Closed: nothing there can end any more.
    return false;
  }
}

/**
 * Nothing may go on behind a flush that failed: what the system had promised to keep may be gone, and it says so only once. The next start reads what is
 * really there.
 */
function dieOfStore(failure: Error): never {
  log.fatal(
    { err: failure },
    'the disk refused to flush: the kernel ends here, and recovers when it starts again',
  );
  process.exit(1);
}

let kernel: Kernel | undefined;
/** Whether an exception nobody caught was an extension's, which is disabled then. */
let blame: Blame = () => false;
let asked = 0;

/** The first request drains; a second one ends running turns at once. */
function end(): void {
  asked += 1;
  log.info({ atOnce: asked > 1 }, 'ending');
  // Not serving yet: nothing is lost that the next start would not recover.
  if (kernel === undefined) process.exit(0);
  kernel.stop(asked > 1 ? 0 : DRAIN_MS).then(
    () => process.exit(0),
    (error: unknown) => {
      log.fatal({ err: error }, 'ending failed');
      process.exit(1);
    },
  );
}

async function start(): Promise<void> {
  const begun = systemClock.mono();
  const config = readKernelConfig(process.argv.slice(2), process.env, homedir());
  kernel = await startKernel(config, {
    clock: systemClock,
    ids: systemIds,
    log,
    onStoreFailed: dieOfStore,
    onBlame: (given) => {
      blame = given;
    },
  });
  const { bootId, epoch } = kernel;
  const { dataDirectory } = config;
  log.info({ bootId, epoch, dataDirectory, startedInMs: Math.round(systemClock.mono() - begun) }, 'ready');
  process.send?.({ type: 'ready', bootId, epoch, dataDirectory });
}

// Ctrl-C reaches the whole process group; the supervisor decides what it means.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', end);
// A pipe that ends means that the supervisor is gone. A terminal or /dev/null means nothing.
if (isPipe(STDIN)) process.stdin.once('end', end).once('error', end).resume();
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    if (blame(error)) return;
    log.fatal({ err: error }, 'the kernel dies of an error nobody handled');
    process.exit(1);
  });
}
start().catch((error: unknown) => {
  if (error instanceof DataDirectoryLockedError) refuseToStart(error.message, EXIT_LOCKED);
  if (error instanceof SettingsError || error instanceof StoreRefusedError) {
    refuseToStart(error.message, EXIT_CONFIGURATION);
  }
  log.fatal({ err: error }, 'the kernel cannot start');
  process.exit(1);
});
