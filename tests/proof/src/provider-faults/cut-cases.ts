import {
  callTool,
  type ModelFormat,
  onTheWire,
  type Reply,
  recordStream,
  reply,
  type ScriptedReply,
  say,
  think,
  usage,
} from '@dispatch/testkit';
import { type Expected, type FaultCase, MODEL_NAME_LENGTH } from './fault-case.ts';

/** An answer to be cut, and what comes of it when it is not. */
interface Whole {
  readonly name: string;
  readonly answer: Reply;
  readonly expected: Expected;
}

const counts = usage({ inputTokens: 12, outputTokens: 34 });
const wholes: readonly Whole[] = [
  {
    name: 'text',
    answer: reply(say('größer 😀'), say(' ok'), counts),
    expected: { reason: 'stop', text: 'größer 😀 ok', requests: 1, calls: 0 },
  },
  {
    name: 'a call',
    answer: reply(think('hm'), say('So: '), callTool('current-time'), counts),
    expected: { reason: 'stop', text: 'So: Done.', requests: 2, calls: 1 },
  },
];

/** The recorded streams of a format, cut behind each byte that is `chosen`, by a clean end and by a break. */
export function* cutCases(format: ModelFormat, chosen: (byte: number) => boolean): Generator<FaultCase> {
  for (const { name, answer, expected } of wholes) {
    const {
      bytes,
      terminalAt = 0,
      endableAt = 0,
      textWithin,
    } = recordStream(format, answer, '-'.repeat(MODEL_NAME_LENGTH));
    for (let afterBytes = 0; afterBytes <= bytes.length; afterBytes += 1) {
      if (!chosen(afterBytes)) continue;
      const where = `${name}, cut behind byte ${afterBytes} of ${bytes.length}`;
      const text = textWithin(afterBytes);
      const broken = { reason: 'error', code: 'response-truncated' } as const;
      yield {
        name: `${where} by an end`,
        format,
        replies: [cutOnce(answer, afterBytes, 'end')],
        expected: afterBytes >= endableAt ? expected : { ...broken, text },
      };
      // What a break overtakes is lost, so that one behind the terminal event may come before or after it.
      if (afterBytes >= terminalAt) continue;
      yield {
        name: `${where} by a break`,
        format,
        replies: [cutOnce(answer, afterBytes, 'reset')],
        expected: { ...broken, textWithin: text },
      };
    }
  }
}

/** Cuts every answer of the step; the one behind its tool calls is whole. */
function cutOnce(answer: Reply, afterBytes: number, by: 'end' | 'reset'): ScriptedReply {
  const cut = onTheWire(answer, { cut: { afterBytes, by } });
  const done = reply(say('Done.'));
  return ({ body }) => (/"tool_result"|"role":"tool"/.test(JSON.stringify(body)) ? done : cut);
}
