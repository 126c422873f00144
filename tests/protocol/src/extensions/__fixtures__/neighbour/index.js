/** An extension from a folder of its own, written without any package: a counter for each conversation, kept in the store. */
const ID = 'neighbour';

export const extension = {
  manifest: {
    id: ID,
    name: 'Neighbour',
    version: '1.2.3',
    apiVersion: '*',
    contributes: { surfaces: ['neighbour'], routes: ['GET /x/neighbour/counts/:id'], tools: ['knock'] },
    capabilities: { db: true },
    configSchema: {
      type: 'object',
      properties: { step: { type: 'integer', minimum: 1, default: 1 } },
      additionalProperties: false,
    },
  },
  activate(host) {
    const keyOf = (conversationId) => `count/${conversationId}`;
    const countOf = async (conversationId) => (await host.storage.get(keyOf(conversationId)))?.value ?? 0;
    const add = async (conversationId, step) => {
      for (;;) {
        const row = await host.storage.get(keyOf(conversationId));
        const put = [{ key: keyOf(conversationId), value: (row?.value ?? 0) + step }];
        const expect = [{ key: keyOf(conversationId), version: row?.version ?? null }];
        if ((await host.commit({ put, expect })) === 'committed') return;
      }
    };
    const surface = host.addSurface({
      id: 'neighbour',
      title: 'Neighbour',
      region: 'side',
      scope: 'conversation',
      audience: 'conversation',
      async getFields({ conversationId }) {
        if (conversationId === undefined)
          return [{ kind: 'stat', label: 'Status', value: 'No conversation' }];
        return [
          { kind: 'stat', label: 'Knocks', value: String(await countOf(conversationId)) },
          { kind: 'button', label: 'Knock', action: { actionId: 'neighbour/knock' } },
          { kind: 'button', label: 'Be rude', action: { actionId: 'neighbour/fail' } },
        ];
      },
      async invoke(actionId, payload, { conversationId }) {
        if (actionId === 'neighbour/fail') throw new Error('secret-canary at /home/somebody');
        if (actionId !== 'neighbour/knock') {
          throw Object.assign(new Error('there is no such action'), {
            name: 'SurfaceRefusal',
            code: 'unknown-action',
          });
        }
        if (payload !== undefined && !Number.isInteger(payload)) {
          throw Object.assign(new Error('knock a whole number of times'), {
            name: 'SurfaceRefusal',
            code: 'action-refused',
          });
        }
        await add(conversationId, payload ?? host.config.step);
      },
    });
    host.addTool({
      name: 'knock',
      description: 'Knocks at the neighbour’s door.',
      inputSchema: { type: 'object', properties: {} },
      execute: async () => ({ content: 'knocked', isError: false }),
    });
    host.addRoute({
      method: 'GET',
      path: '/x/neighbour/counts/:id',
      scope: 'chat:read',
      query: { type: 'object', properties: { unit: { enum: ['knocks'] } }, additionalProperties: false },
      handle: async ({ params, userId }) => ({ count: await countOf(params.id), userId }),
    });
    // A sealed turn knocks too, and a second later the timer does once more.
    host.onEvent('turn.sealed', async ({ payload: { conversationId } }) => {
      await add(conversationId, 1);
      surface.changed({ conversationId });
      // Counted in the commit that says the event was handled, and so exactly once.
      const key = `sealed/${conversationId}`;
      const row = await host.storage.get(key);
      return {
        put: [{ key, value: (row?.value ?? 0) + 1 }],
        expect: [{ key, version: row?.version ?? null }],
        timers: { set: [{ key: conversationId, afterMs: 300 }] },
      };
    });
    host.onTimer(async ({ key }) => {
      await add(key, 100);
      surface.changed({ conversationId: key });
    });
  },
};
