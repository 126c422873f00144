import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonValue, ToolResult } from '@dispatch/extension-api';
import { createTestHost, type TestHost } from '@dispatch/extension-api/testing';
import { shellExtension } from '../extension.ts';
import { allProcesses } from '../process-table.ts';

export interface RunSettings {
  readonly signal?: AbortSignal;
  /** Null: the conversation has none. */
  readonly cwd?: string | null;
  readonly onOutput?: (data: string, stream: 'stdout' | 'stderr') => void;
}

/** The extension in a host of its own, with a working directory. */
export interface Shell {
  readonly host: TestHost;
  readonly extension: ReturnType<typeof shellExtension>;
  readonly cwd: string;
  run(input: JsonValue, settings?: RunSettings): Promise<ToolResult>;
  dispose(): Promise<void>;
}

export async function createShell(): Promise<Shell> {
  const extension = shellExtension();
  const host = createTestHost(extension);
  await host.activate(extension);
  const cwd = mkdtempSync(join(tmpdir(), 'tool-shell-'));
  return {
    host,
    extension,
    cwd,
    run(input, { signal = new AbortController().signal, onOutput = () => {}, ...more } = {}) {
      const tool = host.added.tools.get('run-command');
      if (tool === undefined) throw new Error('There is no tool.');
      const dir = more.cwd === undefined ? cwd : more.cwd;
      return tool.execute(input, {
        ...{ conversationId: 'c', turnId: 't', toolCallId: 'call', signal, onOutput },
        ...(dir === null ? {} : { cwd: dir }),
      });
    },
    async dispose() {
      await extension.deactivate?.();
      rmSync(cwd, { recursive: true, force: true });
    },
  };
}

/** A script for `sh`. */
export const script = (text: string): JsonValue => ({ command: ['sh', '-c', text] });

/** Whether a process runs; a dead one that nobody collected does not. */
export function runs(pid: number): boolean {
  return allProcesses().some((one) => one.pid === pid);
}

/** Waits until it holds. Rejects after ten seconds. */
export async function until(holds: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error('It never came to hold.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
