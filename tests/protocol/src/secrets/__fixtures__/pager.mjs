/** An extension that is given a secret as its setting, sends it to a server that refuses it, and fails in every way it can without telling it. */
const ID = 'pager';

export const extension = {
  manifest: {
    id: ID,
    name: 'Pager',
    version: '1.0.0',
    apiVersion: '*',
    contributes: { surfaces: ['pager'], routes: ['GET /x/pager/test'] },
    capabilities: {},
    configSchema: {
      type: 'object',
      properties: { url: { type: 'string' }, token: { type: 'string' } },
      additionalProperties: false,
    },
  },
  activate(host) {
    const send = async () => {
      const { url, token } = host.config;
      const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      throw new Error(`the pager answered ${response.status}: ${await response.text()}`);
    };
    host.addSurface({
      id: 'pager',
      title: 'Pager',
      region: 'side',
      scope: 'global',
      audience: 'everyone',
      getFields: async () => [{ kind: 'button', label: 'Test', action: { actionId: 'pager/test' } }],
      invoke: send,
    });
    host.addRoute({
      method: 'GET',
      path: '/x/pager/test',
      scope: 'chat:read',
      handle: send,
    });
  },
};
