import { fstatSync } from 'node:fs';
import { homedir } from 'node:os';
import { createLogOutput, EXIT_CONFIGURATION, LOG_REDACTION, SettingsError } from '@dispatch/link';
import { pino } from 'pino';
import { printCheck } from './check.ts';
import { readGatewayConfig } from './config.ts';
import { startGateway } from './gateway.ts';

const STDIN = 0;
const STDERR = 2;

if (process.argv.includes('--check')) {
  await printCheck(process.argv.slice(2));
  process.exit(0);
}

const log = pino(
  { name: 'gateway', level: process.env['DISPATCH_LOG_LEVEL'] ?? 'info', redact: LOG_REDACTION },
  createLogOutput(STDERR),
);

/** One line for the operator, and an exit code that says that starting again will not help. */
function refuseToStart(message: string): never {
  process.stderr.write(`dispatch gateway: ${message}\n`);
  process.exit(EXIT_CONFIGURATION);
}

function explain(error: unknown): string | undefined {
  if (error instanceof SettingsError) return error.message;
  const { code, port, address } = error as { code?: string; port?: number; address?: string };
  if (code === 'EADDRINUSE') return `port ${port} on ${address} is in use; is another Dispatch running?`;
  if (code === 'EACCES') return `port ${port} on ${address} may not be opened by this user`;
  if (code === 'EADDRNOTAVAIL') return `${address} is not an address of this machine`;
  return undefined;
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

async function start(): Promise<void> {
  const config = readGatewayConfig(process.argv.slice(2), process.env, homedir());
  const gateway = await startGateway(config, { log });
  const { host, httpPort, wsPort } = gateway;
  let draining = false;
  const drain = (): void => {
    if (draining) process.exit(0);
    draining = true;
    log.info('draining');
    gateway.drain().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'draining failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', drain);
  // A pipe that ends means that the supervisor is gone. A terminal or /dev/null means nothing.
  if (isPipe(STDIN)) {
    process.stdin.on('end', drain).on('error', drain).resume();
  }
  log.info({ host, httpPort, wsPort, dataDirectory: config.dataDirectory }, 'ready');
  process.send?.({ type: 'ready', httpPort, wsPort, host, auth: config.auth.mode });
}

// Ctrl-C reaches the whole process group; the supervisor decides what it means.
process.on('SIGINT', () => undefined);
start().catch((error: unknown) => {
  const message = explain(error);
  if (message !== undefined) refuseToStart(message);
  log.fatal({ err: error }, 'the gateway cannot start');
  process.exit(1);
});
