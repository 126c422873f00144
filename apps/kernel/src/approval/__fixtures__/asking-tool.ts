import type { JsonValue, Tool } from '@dispatch/extension-api';

/** A tool that asks first, and what it was run with. */
export interface AskingTool extends Tool {
  readonly runs: readonly JsonValue[];
}

/** Writes what it is told to `path`. `change` replaces parts of it. */
export function askingTool(change: Partial<Tool> = {}): AskingTool {
  const runs: JsonValue[] = [];
  return {
    name: 'write',
    description: 'Has side effects',
    inputSchema: { type: 'object' },
    approval: { summary: (input) => `Write ${pathOf(input)}`, pattern: pathOf },
    execute: async (input) => {
      runs.push(input);
      return { content: `wrote ${pathOf(input)}`, isError: false };
    },
    ...change,
    runs,
  };
}

function pathOf(input: JsonValue): string {
  return typeof input === 'object' && input !== null && 'path' in input ? String(input['path']) : '';
}
