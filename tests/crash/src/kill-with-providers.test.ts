import { reply, type ScriptedModelServer, say, startScriptedModelServer } from '@dispatch/testkit';
import { type DispatchProcesses, openSocket, request, startDispatch } from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let server: ScriptedModelServer;
let dispatch: DispatchProcesses;
beforeAll(async () => {
  server = await startScriptedModelServer();
  dispatch = await startDispatch({
    env: {
      ANTHROPIC_API_KEY: 'key',
      ANTHROPIC_BASE_URL: server.anthropicUrl,
      OPENAI_API_KEY: 'key',
      OPENAI_BASE_URL: server.openaiUrl,
    },
  });
});
afterAll(async () => {
  await dispatch.stop();
  await server.close();
});

describe.each(['anthropic', 'openai'])('kill -9 of the kernel while %s answers', (credential) => {
  it('D1, D3, T1, T3, T8: the partial answer is read back as it was shown, sealed, and the model is not asked again', async () => {
    const conversationId = crypto.randomUUID();
    const words = Array.from({ length: 200 }, (_, index) => `word${index}`).join(' ');
    server.reset();
    server.always('scripted', reply(say(words, { words: true, everyMs: 20 })));
    const [early, late] = await Promise.all([openSocket(dispatch.wsUrl), openSocket(dispatch.wsUrl)]);
    early.send({ type: 'chat.send', conversationId, message: 'Go on.', model: `${credential}/scripted` });
    await early.frame('n 12', (frame) => frame['n'] === 12);
    late.send({ type: 'chat.subscribe', conversationId });
    await late.frame('n 14', (frame) => frame['n'] === 14);
    await dispatch.kernel.kill();
    await dispatch.startKernel();
    await Promise.all([early.sealed(), late.sealed()]);
    expect(late.events()).toEqual(early.events());
    expect(early.events().slice(-2)).toMatchObject([
      { type: 'done', reason: 'interrupted' },
      { type: 'turn-sealed' },
    ]);
    const shown = early
      .events()
      .filter(({ type }) => type === 'text-delta')
      .map((event) => event['delta'])
      .join('');
    expect(words.startsWith(shown)).toBe(true);
    expect(shown.length).toBeGreaterThan(40);
    const { body } = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}`);
    expect(body.chunks.map((row: { chunk: { text: string } }) => row.chunk.text)).toEqual(['Go on.', shown]);
    expect(server.requests).toHaveLength(1);
    early.close();
    late.close();
  });
});
