import { createDataDirectory } from './data-directory.ts';
import { freePort } from './free-port.ts';
import { appEntry, type ManagedProcess, startProcess } from './managed-process.ts';

export interface DispatchOptions {
  /** Settings for both processes, by the names operators use. */
  readonly env?: Readonly<Record<string, string>>;
  /** Settings for each start of the kernel alone, a library to preload for one. */
  readonly kernelEnv?: Readonly<Record<string, string>>;
  /** The same for the gateway. */
  readonly gatewayEnv?: Readonly<Record<string, string>>;
  /** Keeps an existing data directory; the caller removes it. */
  readonly dataDir?: string;
}

/** A kernel and a gateway over one data directory, each to be killed and started at will. */
export interface DispatchProcesses {
  readonly dataDir: string;
  readonly httpUrl: string;
  /** Address of the WebSocket-only port. */
  readonly wsUrl: string;
  readonly kernel: ManagedProcess;
  readonly gateway: ManagedProcess;
  /** Starts the kernel (again) and resolves when it is ready; `env` is for this start alone. */
  startKernel(env?: Readonly<Record<string, string>>): Promise<ManagedProcess>;
  startGateway(): Promise<ManagedProcess>;
  /** Ends both and removes the data directory if it was made here. */
  stop(): Promise<void>;
}

const ATTEMPTS = 3;

/** Starts both processes and resolves when both are ready and the gateway has reached the kernel. */
export async function startDispatch(options: DispatchOptions = {}): Promise<DispatchProcesses> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      // A port that was free a moment ago is somebody else's by now: many start at once where tests run.
      if (attempt === ATTEMPTS || !String(error).includes('is in use')) throw error;
    }
  }
}

async function startOnce(options: DispatchOptions): Promise<DispatchProcesses> {
  const made = options.dataDir === undefined ? createDataDirectory() : undefined;
  const dataDir = options.dataDir ?? made?.path ?? '';
  const httpPort = await freePort();
  const wsPort = await freePort();
  const base = {
    DISPATCH_DATA_DIR: dataDir,
    DISPATCH_HTTP_PORT: String(httpPort),
    DISPATCH_WS_PORT: String(wsPort),
    ...options.env,
  };
  const start = (app: 'kernel' | 'gateway', env: Readonly<Record<string, string>> = {}) =>
    startProcess(appEntry(app), [], {
      ...base,
      ...(app === 'kernel' ? options.kernelEnv : options.gatewayEnv),
      ...env,
    });
  let kernel = start('kernel');
  let gateway = start('gateway');
  const httpUrl = `http://127.0.0.1:${httpPort}`;
  const processes: DispatchProcesses = {
    dataDir,
    httpUrl,
    wsUrl: `ws://127.0.0.1:${wsPort}`,
    get kernel() {
      return kernel;
    },
    get gateway() {
      return gateway;
    },
    startKernel: async (env) => {
      kernel = start('kernel', env);
      await kernel.ready;
      return kernel;
    },
    startGateway: async () => {
      gateway = start('gateway');
      await gateway.ready;
      return gateway;
    },
    stop: async () => {
      await Promise.all([gateway.kill(), kernel.kill()]);
      made?.remove();
    },
  };
  try {
    await Promise.all([kernel.ready, gateway.ready]);
    await reachable(httpUrl);
  } catch (error) {
    await processes.stop();
    throw error;
  }
  return processes;
}

async function reachable(httpUrl: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const { status } = await fetch(`${httpUrl}/readyz`);
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the gateway never reached the kernel');
}
