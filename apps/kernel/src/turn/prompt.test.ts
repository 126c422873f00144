import type { LanguageModelV3Prompt } from '@ai-sdk/provider';
import type { StepId, StoredChunk } from '@dispatch/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { promptFromHistory } from './prompt.ts';

type Entry = Pick<StoredChunk, 'role' | 'chunk'> & { readonly messageId?: string };

const stepId = 's#0' as StepId;
const numbered = (entries: readonly Entry[]): StoredChunk[] =>
  entries.map((entry, index) => ({ seq: index + 1, ...entry }));
const call = (id: string, input: unknown = {}, messageId = 'm1'): Entry => ({
  role: 'assistant',
  messageId,
  chunk: { type: 'tool-call', toolCallId: id, toolName: 'echo', input, stepId },
});
const result = (id: string, content: string, messageId = 'm2'): Entry => ({
  role: 'tool',
  messageId,
  chunk: { type: 'tool-result', toolCallId: id, toolName: 'echo', content, isError: false, stepId },
});
const said = (role: 'user' | 'assistant', text: string, messageId: string): Entry => ({
  role,
  messageId,
  chunk: { type: 'text', text },
});

const role = fc.constantFrom('user', 'assistant', 'tool', 'system' as const);
const id = fc.constantFrom('a', 'b', 'c', '', 'a|b', 'a b', 'z'.repeat(60));
const anyEntry: fc.Arbitrary<Entry> = fc.oneof(
  fc.record({
    role,
    messageId: id,
    chunk: fc.record({ type: fc.constant('text' as const), text: fc.string() }),
  }),
  fc.record({
    role,
    messageId: id,
    chunk: fc.record({ type: fc.constant('thinking' as const), text: fc.string() }),
  }),
  fc.record({
    role,
    messageId: id,
    chunk: fc.record({ type: fc.constant('error' as const), message: fc.string() }),
  }),
  fc.tuple(id, fc.jsonValue(), id).map(([callId, input, message]) => call(callId, input, message)),
  fc.tuple(id, fc.string(), id).map(([callId, content, message]) => result(callId, content, message)),
);

function callIdsIn(prompt: LanguageModelV3Prompt): readonly string[] {
  return prompt.flatMap((message) =>
    message.role === 'assistant'
      ? message.content.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : []))
      : [],
  );
}

describe('the prompt', () => {
  it('T10: exactly one result stands directly behind each call, whatever the log holds', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 30 }), (entries) => {
        const prompt = promptFromHistory(numbered(entries));
        prompt.forEach((message, index) => {
          expect(message.content.length).toBeGreaterThan(0);
          if (message.role === 'tool') expect(prompt[index - 1]?.role).toBe('assistant');
          if (message.role !== 'assistant') return;
          const ids = callIdsIn([message]);
          const next = prompt[index + 1];
          const answered =
            next?.role === 'tool' ? next.content.map((part) => 'toolCallId' in part && part.toolCallId) : [];
          expect(answered).toEqual(ids);
          for (const part of message.content) {
            expect(['text', 'tool-call']).toContain(part.type);
            if (part.type === 'tool-call') expect(part.input).toBeTypeOf('object');
            if (part.type === 'tool-call')
              expect(Array.isArray(part.input) || part.input === null).toBe(false);
          }
        });
        const ids = callIdsIn(prompt);
        expect(new Set(ids).size).toBe(ids.length);
        for (const each of ids) expect(each).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
        expect(ids).toHaveLength(
          entries.filter(({ chunk, role }) => chunk.type === 'tool-call' && role === 'assistant').length,
        );
      }),
    );
  });

  it('T10: a result that stands elsewhere is brought behind its call, a missing one is made', () => {
    const history = [
      ...[
        said('user', 'go', 'm0'),
        call('a'),
        call('b'),
        said('user', 'next', 'm3'),
        result('a', 'late', 'm4'),
      ],
    ];
    expect(promptFromHistory(numbered(history))).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: [{ toolCallId: 'a' }, { toolCallId: 'b' }] },
      {
        role: 'tool',
        content: [
          { toolCallId: 'a', output: { type: 'text', value: 'late' } },
          { toolCallId: 'b', output: { type: 'error-text', value: 'interrupted, outcome unknown' } },
        ],
      },
      { role: 'user', content: [{ text: 'next' }] },
    ]);
  });

  it('calls of different turns that share an id keep their own results', () => {
    const history = [call('a'), result('a', 'one'), call('a', {}, 'm3'), result('a', 'two', 'm4')];
    expect(promptFromHistory(numbered(history))).toMatchObject([
      { content: [{ toolCallId: 'a' }] },
      { content: [{ toolCallId: 'a', output: { value: 'one' } }] },
      { content: [{ toolCallId: 'a_2' }] },
      { content: [{ toolCallId: 'a_2', output: { value: 'two' } }] },
    ]);
  });

  it('a result that stands before its call is not the result of that call', () => {
    const history = [result('a', 'stray', 'm0'), call('a')];
    expect(promptFromHistory(numbered(history))).toMatchObject([
      { content: [{ toolCallId: 'a' }] },
      { content: [{ output: { value: 'interrupted, outcome unknown' } }] },
    ]);
  });

  it('groups by message id, so that two messages of one person stay two', () => {
    const history = [said('user', 'one', 'm1'), said('user', 'two', 'm2'), said('user', 'three', 'm2')];
    expect(promptFromHistory(numbered(history)).map(({ content }) => content.length)).toEqual([1, 2]);
  });

  it('leaves out thinking, errors, blank text, and messages that hold nothing else', () => {
    const history: Entry[] = [
      { role: 'assistant', messageId: 'm1', chunk: { type: 'thinking', text: 'hm' } },
      { role: 'assistant', messageId: 'm1', chunk: { type: 'text', text: ' \n' } },
      { role: 'assistant', messageId: 'm2', chunk: { type: 'error', message: 'no' } },
    ];
    expect(promptFromHistory(numbered(history))).toEqual([]);
  });

  it('leaves out blank texts of people and of the system', () => {
    const history: Entry[] = [
      said('user', ' \n', 'm1'),
      said('user', 'a', 'm2'),
      said('user', '', 'm2'),
      { role: 'system', messageId: 'm3', chunk: { type: 'system', text: ' ' } },
    ];
    expect(promptFromHistory(numbered(history))).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'a' }] },
    ]);
  });

  it('repairs halves of surrogate pairs, wherever they stand', () => {
    const half = 'a\ud83d';
    const history = [
      said('user', half, 'm0'),
      said('assistant', half, 'm1'),
      call('c', { text: half }),
      result('c', half),
    ];
    const prompt = promptFromHistory(numbered(history));
    expect(JSON.stringify(prompt)).not.toMatch(/\\ud83d/);
    expect(JSON.stringify(prompt).match(/a\ufffd/g)).toHaveLength(4);
  });

  it('gives calls and results one id and one name that every provider accepts', () => {
    const strange = (id: string, toolName: string): Entry[] =>
      [call(id), result(id, id)].map((entry) => ({
        ...entry,
        chunk: { ...entry.chunk, toolName } as typeof entry.chunk,
      }));
    const history = [
      ...strange('call|a=b', 'my tool/x'),
      ...strange(`call_${'x'.repeat(60)}`, 'y'.repeat(90)),
      ...strange('call_a_b', ''),
    ];
    const parts = promptFromHistory(numbered(history)).flatMap((message) => {
      if (message.role !== 'assistant' && message.role !== 'tool') return [];
      return [...message.content].filter((part) => part.type === 'tool-call' || part.type === 'tool-result');
    });
    const named = parts.map((part) => [part.toolCallId, part.toolName]);
    expect(named).toEqual([
      ['call_a_b', 'my_tool_x'],
      ['call_a_b', 'my_tool_x'],
      [`call_${'x'.repeat(35)}`, 'y'.repeat(64)],
      [`call_${'x'.repeat(35)}`, 'y'.repeat(64)],
      ['call_a_b_3', 'tool'],
      ['call_a_b_3', 'tool'],
    ]);
    expect(
      parts.flatMap((part) =>
        part.type === 'tool-result' && 'value' in part.output ? [part.output.value] : [],
      ),
    ).toEqual(['call|a=b', `call_${'x'.repeat(60)}`, 'call_a_b']);
  });
});
