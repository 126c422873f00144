import {
  callTool,
  comment,
  failInBand,
  finish,
  type ModelFormat,
  rawUsage,
  recordStream,
  reply,
  say,
  think,
  usage,
} from '@dispatch/testkit';

/** A recorded answer, as it is before anybody damages it. */
export interface SeedStream {
  readonly name: string;
  readonly format: ModelFormat;
  readonly bytes: Buffer;
  /** Its text; what it must come to as it is. */
  readonly text: string;
  /** Whether it is a whole answer. The others end in an error. */
  readonly whole: boolean;
}

const counts = usage({ inputTokens: 12, outputTokens: 34, cacheReadTokens: 5 });
const answers = {
  text: reply(say('größer 😀 '), say('und so weiter'), counts),
  words: reply(say('one two three four five six seven', { words: true }), comment(), counts),
  thinking: reply(think('hm'), say('So.'), think('again'), say(' Yes.'), counts),
  calls: reply(
    say('Look: '),
    callTool('a', { x: [1, { y: 'z' }] }),
    callTool('b', {}, { id: 'x', pieces: 9 }),
    counts,
  ),
  broken: reply(
    callTool('a', {}, { rawArguments: '{"x":' }),
    callTool('a', {}, { rawArguments: '[]', id: 'call_a' }),
  ),
  length: reply(say('a'), finish('length')),
  usage: reply(
    say('a'),
    rawUsage({ input_tokens: -1, output_tokens: 1e300, prompt_tokens: 'x', completion_tokens: 2 }),
  ),
  overloaded: reply(say('a'), failInBand(529)),
  refused: reply(failInBand(401)),
};

export const seedStreams: readonly SeedStream[] = (['anthropic', 'openai'] as const).flatMap((format) =>
  Object.entries(answers).map(([name, answer]) => {
    const { bytes, terminalAt, textWithin } = recordStream(format, answer, 'm');
    const text = textWithin(bytes.length);
    return { name, format, bytes: Buffer.from(bytes), text, whole: terminalAt !== undefined };
  }),
);
