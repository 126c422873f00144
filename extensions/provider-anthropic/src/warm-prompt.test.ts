import type { LanguageModelV3CallOptions } from '@ai-sdk/provider';
import {
  fail,
  reply,
  type ScriptedModelServer,
  say,
  startScriptedModelServer,
  usage,
} from '@dispatch/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anthropicModel } from './anthropic-model.ts';
import { warmPrompt } from './warm-prompt.ts';

const options: LanguageModelV3CallOptions = {
  prompt: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
  ],
  tools: [{ type: 'function', name: 't', description: 'd', inputSchema: { type: 'object' } }],
};

describe('warming a prompt', () => {
  let server: ScriptedModelServer;
  const credential = () => ({ name: 'a', apiKey: 'k', baseUrl: server.anthropicUrl });
  const bodyOf = (index: number) => server.requests[index]?.body as Record<string, unknown>;
  beforeEach(async () => {
    server = await startScriptedModelServer();
  });
  afterEach(() => server.close());

  it('asks for no output, and is otherwise the request of a turn, byte for byte', async () => {
    server.always(
      '*',
      reply(
        say('x'),
        usage({ inputTokens: 1_012, outputTokens: 0, cacheReadTokens: 1_000, cacheWriteTokens: 7 }),
      ),
    );
    const told = await warmPrompt(credential(), 'm', options);
    const { stream } = await anthropicModel(credential(), 'm').doStream(options);
    for await (const _ of stream);
    const { max_tokens: warmed, ...warm } = bodyOf(0);
    const { max_tokens: _, stream: __, ...turn } = bodyOf(1);
    expect(warmed).toBe(0);
    expect(JSON.stringify(warm)).toBe(JSON.stringify(turn));
    expect(told.inputTokens).toMatchObject({ total: 1_012, cacheRead: 1_000, cacheWrite: 7 });
  });

  it('asks for one token where none is refused, and for nothing again when something else is', async () => {
    const refused = (words: string) =>
      fail(400, {
        body: JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: words } }),
      });
    server.script('m', refused('max_tokens: must be at least 1'), reply(say('x')));
    await warmPrompt(credential(), 'm', options);
    expect([bodyOf(0)['max_tokens'], bodyOf(1)['max_tokens']]).toEqual([0, 1]);
    server.script('m', refused('messages: too long'));
    await expect(warmPrompt(credential(), 'm', options)).rejects.toMatchObject({ statusCode: 400 });
    expect(server.requests).toHaveLength(3);
  });
});
