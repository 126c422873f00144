import { PROVIDER_FAILURE_CODES } from '@dispatch/extension-api';
import type { ModelFormat } from '@dispatch/testkit';
import type { Answered, Part } from './ask-model.ts';

/** What went in, as far as it decides what may come out. */
export interface Input {
  readonly format: ModelFormat;
  readonly bytes: Buffer;
  /** The reader gave up, with this reason. Undefined: it did not. */
  readonly aborted: unknown;
}

/** What comes from inside a process and must not be told: keys, stacks, addresses, words of the language. */
const INTERNAL =
  /must-not-leak|node_modules|https?:|\bat .*:\d+:\d+|TypeError|RangeError|undefined|call stack/;
/** Parts there may be for each line of the input, and those of an empty answer. */
const PARTS_PER_LINE = 6;

/** Promises that an answer broke, each line beginning with an id; empty when it kept all. Pure. */
export function brokenPromises(input: Input, answered: Answered): readonly string[] {
  return [...endsInOneWay(input, answered), ...namesItsFailure(answered), ...staysWithin(input, answered)];
}

/** What must be the same however the bytes were cut on their way: all that the kernel looks at, but for the ids the library makes up. */
export function essence({ parts, end, failure }: Answered): string {
  const ids = new Map<string, string>();
  const known = (id: string) => {
    const name = ids.get(id) ?? `id ${ids.size}`;
    ids.set(id, name);
    return name;
  };
  const same = parts.map((part) => {
    switch (part.type) {
      case 'text-delta':
      case 'reasoning-delta':
        return [part.type, part.id, part.delta];
      case 'tool-input-delta':
        return [part.type, known(part.id), part.delta];
      case 'tool-call':
        return [part.type, known(part.toolCallId), part.toolName, part.input];
      case 'finish':
        return [part.type, part.finishReason, part.usage.inputTokens, part.usage.outputTokens];
      default:
        return [part.type];
    }
  });
  return JSON.stringify([same, end, failure]);
}

function endsInOneWay(
  { format, bytes, aborted }: Input,
  { parts, end, reason }: Answered,
): readonly string[] {
  if (end === 'hung') return ['T12: the answer never ended'];
  const last = parts.at(-1)?.type;
  const ends = parts.filter(({ type }) => type === 'finish' || type === 'error').length;
  const flaws: string[] = [];
  if (end === 'rejected') {
    if (aborted !== undefined && reason !== aborted)
      flaws.push('T6: it was rejected with another reason than the abort');
    if (aborted === undefined && parts.length > 0) flaws.push('T12: the reading was rejected');
    if (ends > 0) flaws.push('T12: it was rejected behind its end');
  } else if (ends !== 1 || (last !== 'finish' && last !== 'error')) {
    flaws.push(`T12: ${ends} ends, the last part is ${last}`);
  }
  if (last === 'finish' && !mayFinish(format, bytes.toString('utf8')))
    flaws.push('T12: it passes for finished');
  return flaws;
}

/** Whether anything in the bytes could be what ends an answer. */
function mayFinish(format: ModelFormat, text: string): boolean {
  return format === 'anthropic' ? text.includes('message_stop') : /\[DONE\]|finish_reason/.test(text);
}

function namesItsFailure({ failure, unspeakable, parts, end, reason }: Answered): readonly string[] {
  if (unspeakable) return ['T12: the provider cannot classify its failure'];
  const failed = parts.at(-1)?.type === 'error' || (end === 'rejected' && reason !== undefined);
  if (failure === undefined) return failed && end !== 'rejected' ? ['T12: a failure has no class'] : [];
  const flaws: string[] = [];
  if (!PROVIDER_FAILURE_CODES.includes(failure.code))
    flaws.push(`T12: nobody knows the class ${failure.code}`);
  if (!/^[A-Z].{5,199}$/su.test(failure.message) || INTERNAL.test(failure.message)) {
    flaws.push(`T12: a failure says "${failure.message}"`);
  }
  return flaws;
}

function staysWithin({ bytes }: Input, { parts }: Answered): readonly string[] {
  const flaws: string[] = [];
  const written = parts.reduce((sum, part) => sum + lengthOf(part), 0);
  if (written > bytes.length) flaws.push(`L1: ${bytes.length} bytes became ${written} characters`);
  const lines = bytes.toString('latin1').split(/[\r\n]/).length;
  if (parts.length > PARTS_PER_LINE * lines + 20)
    flaws.push(`L1: ${lines} lines became ${parts.length} parts`);
  const strange = parts.find((part) => !isWellFormed(part));
  if (strange !== undefined)
    flaws.push(`T12: there is no such part: ${JSON.stringify(strange).slice(0, 200)}`);
  return flaws;
}

function lengthOf(part: Part): number {
  return part.type === 'text-delta' || part.type === 'reasoning-delta' || part.type === 'tool-input-delta'
    ? String(part.delta).length
    : 0;
}

/** Whether a part is what its type says, where the kernel relies on it. */
function isWellFormed(part: Part): boolean {
  const isText = (value: unknown) => typeof value === 'string';
  const isCount = (value: unknown) =>
    value === undefined || (Number.isSafeInteger(value) && Number(value) >= 0);
  switch (part.type) {
    case 'text-delta':
    case 'reasoning-delta':
      return isText(part.delta) && isText(part.id);
    case 'tool-call':
      return [part.toolCallId, part.toolName, part.input].every(isText);
    case 'tool-input-start':
      return isText(part.id) && isText(part.toolName);
    case 'finish': {
      const { inputTokens: input, outputTokens: output } = part.usage;
      const counts = [input.total, input.cacheRead, input.cacheWrite, output.total, output.reasoning];
      return counts.every(isCount) && isText(part.finishReason.unified);
    }
    default:
      return isText(part.type);
  }
}
