/** What benchmarks load by its path: a surface that counts how often it is computed, timers that tell how late they were, and a tool that asks first. */
const MOST = 1_000;

export const extension = {
  manifest: {
    id: 'bench',
    name: 'Bench',
    version: '1.0.0',
    apiVersion: '*',
    contributes: {
      tools: ['bench-act'],
      surfaces: ['board'],
      routes: ['GET /x/bench/computed', 'GET /x/bench/late'],
    },
    capabilities: { db: true },
  },
  activate(host) {
    const computed = new Map();
    const values = new Map();
    const late = [];
    const arm = async ({ count, fromMs, spreadMs, name }) => {
      const timers = Array.from({ length: count }, (_, index) => ({
        key: `${name}/${index}`,
        afterMs: fromMs + (spreadMs * index) / count,
      }));
      for (let at = 0; at < count; at += MOST)
        await host.commit({ timers: { set: timers.slice(at, at + MOST) } });
    };
    host.addSurface({
      id: 'board',
      title: 'Board',
      region: 'side',
      scope: 'conversation',
      audience: 'conversation',
      getFields({ conversationId }) {
        computed.set(conversationId, (computed.get(conversationId) ?? 0) + 1);
        return [{ kind: 'stat', label: 'Value', value: `<${values.get(conversationId) ?? 0}>` }];
      },
      async invoke(actionId, payload, { conversationId }) {
        if (actionId === 'bench/arm') await arm(payload);
        else values.set(conversationId, payload);
      },
    });
    host.addRoute({
      method: 'GET',
      path: '/x/bench/computed',
      scope: 'chat:read',
      handle: async () => ({ computed: Object.fromEntries(computed) }),
    });
    host.addRoute({
      method: 'GET',
      path: '/x/bench/late',
      scope: 'chat:read',
      handle: async () => ({ late: late.splice(0) }),
    });
    host.addTool({
      name: 'bench-act',
      description: 'Does nothing, when it may.',
      inputSchema: { type: 'object' },
      approval: { summary: () => 'Do nothing', pattern: () => 'nothing' },
      execute: async () => ({ content: 'done', isError: false }),
    });
    host.onTimer(({ dueAt }) => {
      late.push(host.clock.now() - dueAt);
    });
  },
};
