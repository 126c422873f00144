import { describe, expect, it } from 'vitest';
import { promptFlaws } from './prompt-shape.ts';

const hi = { role: 'user', content: 'Hi' };
const use = (id: string, input: unknown = {}) => ({ type: 'tool_use', id, name: 'x', input });
const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'y' });
const text = { type: 'text', text: 'z' };
const assistant = (...content: readonly unknown[]) => ({ role: 'assistant', content });
const user = (...content: readonly unknown[]) => ({ role: 'user', content });
const calls = (...ids: readonly string[]) => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map((id) => ({ id, type: 'function', function: { name: 'x', arguments: '{}' } })),
});
const tool = (id: string) => ({ role: 'tool', tool_call_id: id, content: 'y' });
const broken = { role: 'assistant', tool_calls: [{ id: 'a', function: { name: 'x', arguments: '[1]' } }] };

describe('promptFlaws', () => {
  it.each<['anthropic' | 'openai', readonly unknown[]]>([
    ['anthropic', [hi, assistant(text, use('a'), use('b')), user(result('b'), result('a'), text)]],
    ['openai', [hi, calls('a', 'b'), tool('b'), tool('a'), { role: 'assistant', content: 'z' }, hi, hi]],
  ])('%s: finds nothing in a history as it should be', (format, messages) => {
    expect(promptFlaws(format, { messages })).toEqual([]);
  });

  it.each<[string, 'anthropic' | 'openai', readonly unknown[]]>([
    ['no messages', 'openai', []],
    ['half a character', 'openai', [{ role: 'user', content: 'a\ud83d' }]],
    ['no result', 'anthropic', [hi, assistant(use('a')), user(text)]],
    ['no result', 'openai', [hi, calls('a'), hi]],
    ['no result at the end', 'anthropic', [hi, assistant(use('a'))]],
    ['no result at the end', 'openai', [hi, calls('a')]],
    ['a result too many', 'anthropic', [hi, assistant(use('a')), user(result('a'), result('a'))]],
    ['a result too many', 'openai', [hi, calls('a'), tool('a'), tool('a')]],
    ['a result of nothing', 'anthropic', [user(result('a'))]],
    ['a result behind other words', 'anthropic', [hi, assistant(use('a')), user(text, result('a'))]],
    ['a result further down', 'openai', [hi, calls('a'), hi, tool('a')]],
    ['one id twice', 'anthropic', [hi, assistant(use('a'), use('a')), user(result('a'), result('a'))]],
    ['one id twice', 'openai', [hi, calls('a'), tool('a'), calls('a'), tool('a')]],
    ['an id nobody takes', 'openai', [hi, calls('ä'), tool('ä')]],
    ['input that is no object', 'anthropic', [hi, assistant(use('a', 'x')), user(result('a'))]],
    ['input that is no object', 'openai', [hi, broken, tool('a')]],
    ['two of a role', 'anthropic', [hi, hi]],
  ])('catches %s (%s)', (_, format, messages) => {
    const flaws = promptFlaws(format, { messages });
    expect(flaws).not.toEqual([]);
    for (const flaw of flaws) expect(flaw).toMatch(/^T10: /);
  });
});
