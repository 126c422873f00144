import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { GatewayConfig } from '../config.ts';
import { type GatewayParts, type RunningGateway, startGateway } from '../gateway.ts';
import { readLimits } from '../limits/limits.ts';
import { FakeKernel } from './fake-kernel.ts';

/** A gateway on ports of the system's choosing, with a fake kernel in a folder of its own. */
export interface TestGateway {
  readonly gateway: RunningGateway;
  readonly httpUrl: string;
  readonly wsUrl: string;
  kernel: FakeKernel;
  /** Ends the kernel as SIGKILL would and starts another on the same store. */
  restartKernel(between?: (kernel: FakeKernel) => void): Promise<FakeKernel>;
  stop(): Promise<void>;
}

export interface TestGatewayOptions {
  readonly config?: Partial<GatewayConfig>;
  readonly parts?: Partial<GatewayParts>;
  /** False: the kernel is not started. */
  readonly kernel?: boolean;
}

export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'gateway-'));
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' });
  const config: GatewayConfig = {
    dataDirectory,
    host: '127.0.0.1',
    httpPort: 0,
    wsPort: 0,
    allowedOrigins: [],
    trustedProxies: [],
    auth: { mode: 'local' },
    limits: readLimits(undefined, options.config?.auth?.mode ?? 'local'),
    ...options.config,
  };
  const gateway = await startGateway(config, { log, ...options.parts });
  const first =
    options.kernel === false
      ? // Never listens; `restartKernel` starts the first real one.
        new FakeKernel()
      : await FakeKernel.start(dataDirectory);
  const self: TestGateway = {
    gateway,
    httpUrl: `http://127.0.0.1:${gateway.httpPort}`,
    wsUrl: `ws://127.0.0.1:${gateway.wsPort}`,
    kernel: first,
    restartKernel: async (between) => {
      const { store } = self.kernel;
      self.kernel.kill();
      self.kernel = await FakeKernel.start(dataDirectory, store);
      between?.(self.kernel);
      return self.kernel;
    },
    stop: async () => {
      await gateway.drain();
      self.kernel.kill();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
  if (options.kernel !== false && !(await gateway.services.kernel.whenUp(20_000))) {
    throw new Error('the gateway did not reach the fake kernel');
  }
  return self;
}
