import { callTool, endHere, failInBand, type ModelFormat, raw, reply, say } from '@dispatch/testkit';
import type { FaultCase } from './fault-case.ts';

/** Ceiling of tool calls in the installation these are played in. */
export const TOOL_CALLS = 200;

/** Tool calls as no model should make them. The installation's tool is `current-time`. */
export function toolCases(format: ModelFormat): readonly FaultCase[] {
  const then = reply(say('Done.'));
  const went = { reason: 'stop', text: 'Done.', requests: 2 } as const;
  const withArguments = (name: string, rawArguments: string) => ({
    name: `arguments: ${name}`,
    replies: [reply(callTool('current-time', {}, { rawArguments })), then] as const,
    expected: { ...went, calls: 1 },
  });
  const calls = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      callTool('current-time', {}, { id: `call_${index}`, pieces: 1 }),
    );
  const deep = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const rows: readonly Omit<FaultCase, 'format'>[] = [
    withArguments('none', ''),
    withArguments('half of an object', '{"timeZone":"Eu'),
    withArguments('words', 'Berlin, please'),
    withArguments('an array', '[1]'),
    withArguments('a number', '7'),
    withArguments('null', 'null'),
    withArguments('two objects', '{}{}'),
    withArguments('a prototype', '{"__proto__":{"x":1},"constructor":{"prototype":{}}}'),
    withArguments('half a character', '{"timeZone":"\\ud83d"}'),
    withArguments('half a megabyte', JSON.stringify({ timeZone: 'ä'.repeat(250_000) })),
    withArguments('almost too many', JSON.stringify({ timeZone: 'ä'.repeat(990_000) })),
    withArguments('too many', JSON.stringify({ timeZone: 'x'.repeat(1_200_000) })),
    withArguments('deep', deep(500)),
    withArguments('deeper', deep(3_000)),
    withArguments('bottomless', deep(200_000)),
    {
      name: 'the same id twice',
      replies: [
        reply(
          callTool('current-time', { timeZone: 'Asia/Tokyo' }, { id: 'same' }),
          callTool('current-time', { timeZone: 'Asia/Seoul' }, { id: 'same' }),
        ),
        then,
      ],
      expected: { ...went, calls: 2 },
    },
    {
      name: 'the id of an earlier step',
      replies: [reply(callTool('current-time')), reply(callTool('current-time')), then],
      expected: { ...went, requests: 3, calls: 2 },
    },
    {
      name: 'odd ids',
      replies: [
        reply(
          ...['', ' ', 'ä/😀', 'x'.repeat(500), '__proto__', 'toString'].map((id) =>
            callTool('current-time', {}, { id }),
          ),
        ),
        then,
      ],
      expected: { ...went, calls: 6 },
    },
    {
      name: 'tools nobody has',
      replies: [
        reply(
          ...['weather', 'größer', 'a b', 'y'.repeat(300), '__proto__', 'toString'].map((name, index) =>
            callTool(name, { x: 1 }, { id: `call_${index}` }),
          ),
        ),
        then,
      ],
      expected: { ...went, calls: 6 },
    },
    // Anthropic's calls come one by one, OpenAI's all at the end.
    { name: '70 calls in a step', replies: [reply(...calls(70)), then], expected: { ...went, calls: 70 } },
    {
      name: '10,000 calls in a step',
      replies: [reply(...calls(10_000)), then],
      expected: { reason: 'tool-calls', requests: 1, calls: format === 'anthropic' ? TOOL_CALLS : 0 },
    },
    {
      name: 'a call, then a failure',
      replies: [reply(say('Wait.'), callTool('current-time'), failInBand(529)), then],
      expected: { reason: 'error', code: 'overloaded', text: 'Wait.', requests: 1 },
    },
    {
      name: 'a call, then no end',
      replies: [reply(say('Wait.'), callTool('current-time'), endHere()), then],
      expected: { reason: 'error', code: 'response-truncated', text: 'Wait.', requests: 1 },
    },
    {
      name: 'a failing second step',
      replies: [reply(say('Wait.'), callTool('current-time')), reply(failInBand(400))],
      expected: { reason: 'error', code: 'request-rejected', text: 'Wait.', requests: 2, calls: 1 },
    },
    {
      name: 'a second step that breaks off twice',
      replies: [reply(callTool('current-time')), reply(endHere()), reply(endHere()), then],
      expected: { ...went, requests: 4, calls: 1 },
    },
    ...(format === 'openai' ? ofOpenai() : []),
  ];
  return rows.map((row) => ({ ...row, format }));

  function ofOpenai(): readonly Omit<FaultCase, 'format'>[] {
    const call = (fields: object) =>
      raw(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { tool_calls: [fields] } }] })}\n\n`);
    const named = { name: 'current-time', arguments: '{}' };
    return [
      {
        name: 'calls with absurd numbers',
        replies: [
          reply(
            ...[4_294_967_294, -1, 0.5, 1e300].map((index) =>
              call({ index, id: `c${index}`, function: named }),
            ),
            say(''),
          ),
          then,
        ],
        expected: { ...went },
      },
      {
        name: 'a call without a name',
        replies: [reply(call({ index: 0, id: 'x', function: { arguments: '{}' } }))],
        expected: { reason: 'error', code: 'response-malformed', text: '' },
      },
    ];
  }
}
