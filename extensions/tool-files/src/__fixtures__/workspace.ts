import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonValue, ToolResult } from '@dispatch/extension-api';
import { writeFile } from '../write-file.ts';

/** A working directory beside a folder that nothing may be written to. */
export interface Workspace {
  readonly cwd: string;
  readonly outside: string;
  write(input: JsonValue, settings?: { cwd?: string; signal?: AbortSignal }): Promise<ToolResult>;
  /** Names of everything below the working directory and beside it, sorted. */
  everything(): readonly string[];
  dispose(): void;
}

export function createWorkspace(): Workspace {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'tool-files-')));
  const cwd = join(base, 'work');
  const outside = join(base, 'outside');
  mkdirSync(cwd);
  mkdirSync(outside);
  const tool = writeFile();
  return {
    cwd,
    outside,
    write: (input, settings = {}) =>
      tool.execute(input, {
        conversationId: 'c',
        turnId: 't',
        toolCallId: 'call',
        cwd: settings.cwd ?? cwd,
        signal: settings.signal ?? new AbortController().signal,
        onOutput: () => {},
      }),
    everything: () => readdirSync(base, { recursive: true }).map(String).sort(),
    dispose: () => rmSync(base, { recursive: true, force: true }),
  };
}
