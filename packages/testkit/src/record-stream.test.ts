import { describe, expect, it } from 'vitest';
import { callTool, endHere, modelFaults, reply, say, think, usage } from './index.ts';
import { recordStream } from './record-stream.ts';

const counts = usage({ inputTokens: 1, outputTokens: 1 });
const answer = reply(think('hm'), say('größer 😀'), say(' ok'), callTool('t'), counts);

describe.each(['anthropic', 'openai'] as const)('recordStream of %s', (format) => {
  it('knows the text of every part of the stream', () => {
    const { bytes, textWithin } = recordStream(format, answer, 'm');
    const seen = new Set(Array.from({ length: bytes.length + 1 }, (_, length) => textWithin(length)));
    expect([...seen]).toEqual(['', 'größer 😀', 'größer 😀 ok']);
  });

  it('knows where the answer may end', () => {
    const { bytes, terminalAt = 0, endableAt = 0 } = recordStream(format, answer, 'm');
    const upTo = (length: number) => Buffer.from(bytes.subarray(0, length)).toString();
    expect(upTo(terminalAt)).toMatch(/(?:\[DONE\]|"message_stop"\})$/);
    if (format === 'anthropic') expect(endableAt).toBe(terminalAt);
    else expect(upTo(endableAt)).toMatch(/"finish_reason":"tool_calls"\}\]\}$/);
    const open = recordStream(format, reply(say('a'), endHere()), 'm');
    expect(open).not.toHaveProperty('terminalAt');
    expect(open).not.toHaveProperty('endableAt');
  });

  it('modelFaults has one row to a name, and tells the text that comes first', () => {
    const faults = modelFaults(format);
    expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
    for (const { reply: scripted, text } of faults) {
      const said =
        scripted.kind === 'answer'
          ? scripted.steps.map((step) => (step.kind === 'text' ? step.text : '')).join('')
          : '';
      expect(said).toBe(text);
    }
  });
});
