import { type ModelFormat, rawUsage, reply, say } from '@dispatch/testkit';
import type { FaultCase } from './fault-case.ts';

const MOST = Number.MAX_SAFE_INTEGER;

/** Usage that cannot be. The answer stands; what cannot be true is as good as not told. */
export function usageCases(format: ModelFormat): readonly FaultCase[] {
  const [input, output] =
    format === 'anthropic' ? ['input_tokens', 'output_tokens'] : ['prompt_tokens', 'completion_tokens'];
  const told = (inputTokens: unknown, outputTokens: unknown) => ({
    [input]: inputTokens,
    [output]: outputTokens,
  });
  const usages: readonly (readonly [string, unknown])[] = [
    ['none', undefined],
    ['null', null],
    ['a word', 'many'],
    ['an array', [1, 2]],
    ['nothing in it', {}],
    ['words in it', told('many', 'more')],
    ['negative', told(-5, -6)],
    ['half a token', told(0.5, 1)],
    ['beyond all numbers', told(1e300, 1e300)],
    ['the largest there is', told(MOST, MOST)],
    [
      'more from the cache than there was',
      { ...told(5, 6), cache_read_input_tokens: MOST, prompt_cache_hit_tokens: MOST },
    ],
  ];
  return usages.map(([name, fields]) => ({
    name: `usage: ${name}`,
    format,
    replies: [reply(say('Fine.'), rawUsage(fields))],
    expected: { reason: 'stop', text: 'Fine.', requests: 1 },
  }));
}
