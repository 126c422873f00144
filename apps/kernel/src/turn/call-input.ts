import { cutText } from './prompt-text.ts';
import type { RequestedCall } from './tool-runner.ts';

/** Nobody means arguments that are nested deeper, and what writes or reads JSON on their way may give up on them. */
const DEPTH = 100;

/**
 * Arguments as a model wrote them. Those that cannot be used are kept as they were said, the beginning of them when they are longer than
 * `characters`, and come with a refusal, so that the model learns of it.
 */
export function parseCallInput(raw: string, characters: number): Pick<RequestedCall, 'input' | 'refusal'> {
  if (raw.length > characters) {
    return { input: cutText(raw, 1_000), refusal: 'the arguments are too long' };
  }
  if (isDeep(raw)) return { input: raw, refusal: 'the arguments are nested too deeply' };
  try {
    const input: unknown = raw.trim() === '' ? {} : JSON.parse(raw);
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { input };
    return { input, refusal: 'the arguments must be a JSON object' };
  } catch {
    return { input: raw, refusal: 'the arguments are not valid JSON' };
  }
}

/** Whether objects and arrays are nested too deeply in a JSON text, found without recursion and in one pass, whatever the text is. */
function isDeep(json: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '"') quoted = !quoted;
    else if (quoted) at += character === '\\' ? 1 : 0;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > DEPTH) return true;
  }
  return false;
}
