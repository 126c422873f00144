import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A started process of ours: kernel, gateway or CLI. */
export interface ManagedProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves with the process's `ready` message; rejects with its output when it ends first. */
  readonly ready: Promise<Readonly<Record<string, unknown>>>;
  /** Resolves when the process has ended. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Everything it wrote so far, both streams. */
  output(): string;
  /** Sends the signal and resolves when the process has ended. */
  kill(
    signal?: NodeJS.Signals,
  ): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** The built entry of one of the apps. */
export function appEntry(app: 'kernel' | 'gateway' | 'cli'): string {
  return fileURLToPath(new URL(`../../../apps/${app}/dist/main.js`, import.meta.url));
}

/** Starts `node <entry> …args` with a stdin pipe and an IPC channel, as `dispatch up` does. */
export function startProcess(
  entry: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ManagedProcess {
  const child = spawn(process.execPath, [entry, ...args], {
    stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', DISPATCH_TEST: '1', ...env },
  });
  const chunks: string[] = [];
  child.stdout?.on('data', (data: Buffer) => chunks.push(data.toString('utf8')));
  child.stderr?.on('data', (data: Buffer) => chunks.push(data.toString('utf8')));
  child.stdin?.on('error', () => undefined);
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const ready = new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
    child.on('message', (message) => {
      if (typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready') {
        resolve(message as Readonly<Record<string, unknown>>);
      }
    });
    child.once('error', reject);
    exited.then(({ code, signal }) => {
      reject(new Error(`ended before it was ready (${code ?? signal}):\n${chunks.join('')}`));
    });
  });
  ready.catch(() => undefined);
  return {
    child,
    pid: child.pid ?? -1,
    ready,
    exited,
    output: () => chunks.join(''),
    kill: (signal = 'SIGKILL') => {
      child.kill(signal);
      return exited;
    },
  };
}
