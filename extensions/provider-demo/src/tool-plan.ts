import type { LanguageModelV3CallOptions } from '@ai-sdk/provider';
import { quoted } from './prose.ts';
import type { ReadPrompt } from './read-prompt.ts';
import { hash } from './seed.ts';

/** A call to make. */
export interface PlannedCall {
  readonly toolCallId: string;
  readonly toolName: string;
  /** JSON. */
  readonly input: string;
}

/** What the model `tools` says and calls in one step. No calls: its answer is complete. */
export interface ToolStep {
  readonly text: string;
  readonly calls: readonly PlannedCall[];
}

const ABOUT =
  'I am demo/tools, a demo model built into Dispatch: I have no intelligence, I only call tools and repeat their results.';
const CALLS_AT_ONCE = 3;

/**
 * One step. Behind a message of the user: calls. `call: <tool> <JSON object>` calls that tool; otherwise `current-time` is called, once for
 * each IANA time zone the message names. Behind their results: an answer with them.
 */
export function toolStep(prompt: ReadPrompt, options: LanguageModelV3CallOptions): ToolStep {
  if (prompt.results.length > 0) return { text: answer(prompt), calls: [] };
  const offered = options.toolChoice?.type === 'none' ? [] : (options.tools ?? []).map((tool) => tool.name);
  const wanted = wantedCalls(prompt.asked);
  const missing = wanted.find((call) => !offered.includes(call.toolName));
  if (missing !== undefined) {
    const text = `${ABOUT} You wrote “${quoted(prompt.asked, 120)}”, but nobody offers me the tool ${missing.toolName}.`;
    return { text, calls: [] };
  }
  const calls = wanted.map((call, index) => ({
    ...call,
    toolCallId: `call_${hash(`${index}`, prompt.seed).toString(36)}`,
  }));
  const names = [...new Set(calls.map((call) => call.toolName))].join(', ');
  return { text: `You wrote “${quoted(prompt.asked, 120)}”. I ask the tool ${names}.`, calls };
}

function wantedCalls(asked: string): readonly Omit<PlannedCall, 'toolCallId'>[] {
  const named = /(?:^|\s)call:\s*([a-zA-Z0-9_-]{1,64})\s*(\{[\s\S]*\})?/.exec(asked);
  if (named?.[1] !== undefined) return [{ toolName: named[1], input: named[2] ?? '{}' }];
  const zones = new Set(asked.match(/\b[A-Z][A-Za-z_]+(?:\/[A-Z][A-Za-z_+-]*[A-Za-z0-9]){1,2}\b/g) ?? []);
  const inputs =
    zones.size === 0 ? [{}] : [...zones].slice(0, CALLS_AT_ONCE).map((timeZone) => ({ timeZone }));
  return inputs.map((input) => ({ toolName: 'current-time', input: JSON.stringify(input) }));
}

function answer(prompt: ReadPrompt): string {
  const told = prompt.results.map(({ toolName, content, isError }) =>
    isError
      ? `The tool ${toolName} failed: ${quoted(content, 500)}`
      : `The tool ${toolName} says ${quoted(content, 500)}.`,
  );
  return `${told.join(' ')}\n\n${ABOUT}`;
}
