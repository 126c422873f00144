import type { LanguageModelV3CallOptions } from '@ai-sdk/provider';
import { type ScriptedCall, type ScriptedStep, scriptedSteps } from './demo-script.ts';
import { quoted } from './prose.ts';
import type { ReadPrompt } from './read-prompt.ts';
import { hash } from './seed.ts';

/** A call to make. */
export interface PlannedCall extends ScriptedCall {
  readonly toolCallId: string;
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
 * One step. Behind a message of the user: the calls it is told to make, else `current-time`, once for each IANA time zone the message names. Behind the
 * results of its last step: an answer, whatever became of the calls.
 */
export function toolStep(prompt: ReadPrompt, options: LanguageModelV3CallOptions): ToolStep {
  const step = wantedSteps(prompt.asked)[prompt.results.length];
  if (step === undefined) return { text: answer(prompt), calls: [] };
  const offered = options.toolChoice?.type === 'none' ? [] : (options.tools ?? []).map((tool) => tool.name);
  const missing = step.calls.find((call) => !offered.includes(call.toolName));
  if (missing !== undefined) {
    const text = `${ABOUT} ${told(prompt)}You wrote “${quoted(prompt.asked, 120)}”, but nobody offers me the tool ${missing.toolName}.${hint(missing)}`;
    return { text, calls: [] };
  }
  const calls = step.calls.map((call, index) => ({
    ...call,
    toolCallId: `call_${hash(`${index}`, prompt.seed).toString(36)}`,
  }));
  const names = [...new Set(calls.map((call) => call.toolName))].join(', ');
  const before =
    prompt.results.length === 0
      ? `You wrote “${quoted(prompt.asked, 120)}”. I ask`
      : `${told(prompt)}Next I ask`;
  return { text: `${before} the tool ${names}.`, calls };
}

function wantedSteps(asked: string): readonly ScriptedStep[] {
  const scripted = scriptedSteps(asked);
  if (scripted.length > 0) return scripted;
  const zones = new Set(asked.match(/\b[A-Z][A-Za-z_]+(?:\/[A-Z][A-Za-z_+-]*[A-Za-z0-9]){1,2}\b/g) ?? []);
  const inputs =
    zones.size === 0 ? [{}] : [...zones].slice(0, CALLS_AT_ONCE).map((timeZone) => ({ timeZone }));
  return [{ calls: inputs.map((input) => ({ toolName: 'current-time', input: JSON.stringify(input) })) }];
}

/** Tools that act are offered where they have a place to act in. */
function hint({ toolName }: ScriptedCall): string {
  return toolName === 'current-time'
    ? ''
    : ' Some tools are offered only in a conversation with a working directory.';
}

function answer(prompt: ReadPrompt): string {
  return `${told(prompt).trimEnd()}\n\n${ABOUT}`;
}

/** What became of the calls of the step before, in order. */
function told({ results }: ReadPrompt): string {
  return (results.at(-1) ?? [])
    .map(({ toolName, content, isError }) => {
      const says = quoted(content, 500);
      const sentence = /[.!?…]$/.test(says) ? says : `${says}.`;
      return isError
        ? `The tool ${toolName} failed: ${sentence} I go on without it. `
        : `The tool ${toolName} says ${sentence} `;
    })
    .join('');
}
