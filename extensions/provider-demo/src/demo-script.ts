/** A call a message asks for. */
export interface ScriptedCall {
  readonly toolName: string;
  /** JSON as it was written; `{}` when nothing was. */
  readonly input: string;
}

/** What a message asks for in one step. */
export interface ScriptedStep {
  readonly calls: readonly ScriptedCall[];
}

const WAIT = /(?:^|\s)wait:\s*(\d{1,6}(?:\.\d{1,3})?)\s*(ms|s)\b/i;
/** Short enough that nobody takes the silence for a stall. */
export const LONGEST_WAIT_MS = 45_000;

/** Milliseconds of the first `wait: <number> ms` or `wait: <number> s` in a message. Zero: it asks for none. */
export function waitAsked(asked: string): number {
  const [, number = '0', unit = 's'] = WAIT.exec(asked) ?? [];
  return Math.min(Number(number) * (unit.toLowerCase() === 's' ? 1_000 : 1), LONGEST_WAIT_MS);
}

/**
 * The steps of a message that says `call: <tool> <JSON object>`, once for each call. Calls stand in one step; one with `then` before it begins the next.
 * Empty: it asks for no call.
 */
export function scriptedSteps(asked: string): readonly ScriptedStep[] {
  const steps: ScriptedCall[][] = [];
  const call = /(?:^|\s)(then\s+)?call:\s*([a-zA-Z0-9_-]{1,64})\s*/g;
  for (let found = call.exec(asked); found !== null; found = call.exec(asked)) {
    const [, then, toolName = ''] = found;
    const input = objectAt(asked, call.lastIndex);
    // What stands in the arguments is no directive.
    call.lastIndex += input.length;
    const step = then === undefined ? steps.at(-1) : undefined;
    const next = { toolName, input: input === '' ? '{}' : input };
    if (step === undefined) steps.push([next]);
    else step.push(next);
  }
  return steps.map((calls) => ({ calls }));
}

/** The text from the brace at this place to the one that closes it; to the last brace of all when none does, so that broken arguments can be tried. */
function objectAt(text: string, start: number): string {
  if (text[start] !== '{') return '';
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at];
    if (quoted && sign === '\\') at += 1;
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && sign === '{') depth += 1;
    else if (!quoted && sign === '}') {
      depth -= 1;
      if (depth === 0) return text.slice(start, at + 1);
    }
  }
  return text.slice(start, text.lastIndexOf('}') + 1);
}
