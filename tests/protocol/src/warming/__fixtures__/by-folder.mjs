/** Offers a tool in one folder alone, so that a request shows for which folder its tools were chosen. */
const FOLDER = '/tmp/dispatch-warm-here';
const TURN_TOOLS = { id: 'kernel/turn-tools', deadlineMs: 1_000, onFailure: 'skip' };

export const extension = {
  manifest: {
    id: 'by-folder',
    name: 'By Folder',
    version: '1.0.0',
    apiVersion: '*',
    contributes: { tools: ['here-only'] },
  },
  activate(host) {
    host.addTool({
      name: 'here-only',
      description: 'Tells what is here.',
      inputSchema: { type: 'object', properties: { depth: { type: 'integer' } } },
      execute: async () => ({ content: 'nothing', isError: false }),
    });
    host.addFilter(TURN_TOOLS, (names, { cwd }) =>
      cwd === FOLDER ? names : names.filter((name) => name !== 'here-only'),
    );
  },
};
