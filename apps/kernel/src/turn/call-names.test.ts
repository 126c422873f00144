import type { Tool } from '@dispatch/extension-api';
import { expect, it } from 'vitest';
import { createEngine, SAY_HELLO } from './__fixtures__/engine.ts';

const tool: Tool = {
  name: 'echo',
  description: 'Answers with a pair',
  inputSchema: { type: 'object' },
  execute: async () => ({ content: 'ab😀😀', isError: false }),
};

it('T10: within a turn and in the next one a strange call id is one safe id in call and result, and raw in the log', async () => {
  const engine = createEngine({
    tools: [tool],
    scripts: [
      [{ call: 'echo', id: 'fc|1.a' }, { call: 'no such', id: 'fc_1_a' }, { finish: 'tool-calls' }],
      SAY_HELLO,
    ],
  });
  const events = await engine.send();
  await engine.send();
  const logged = events.flatMap((event) =>
    event.type === 'tool-call' || event.type === 'tool-result' ? [[event.toolCallId, event.toolName]] : [],
  );
  const raw = [
    ['fc|1.a', 'echo'],
    ['fc_1_a_3', 'no such'],
  ];
  expect(logged).toEqual([...raw, ...raw]);
  for (const request of [1, 2]) {
    const prompt = engine.model.requests[request]?.prompt ?? [];
    const named = prompt.flatMap((message) =>
      message.role === 'assistant' || message.role === 'tool'
        ? message.content.flatMap((part) => ('toolName' in part ? [[part.toolCallId, part.toolName]] : []))
        : [],
    );
    const safe = [
      ['fc_1_a', 'echo'],
      ['fc_1_a_3', 'no_such'],
    ];
    expect(named).toEqual([...safe, ...safe]);
  }
});

it('a result that is cut off is not cut inside a surrogate pair', async () => {
  const engine = createEngine({
    tools: [tool],
    limits: { toolResultCharacters: 5 },
    scripts: [[{ call: 'echo' }, { finish: 'tool-calls' }], SAY_HELLO],
  });
  const results = (await engine.send()).filter((event) => event.type === 'tool-result');
  expect(results).toMatchObject([{ content: 'ab😀\n[cut off: 2 more characters]' }]);
});
