/** Takes its time to say which tools a conversation is offered: between a warm's first and last look there is room for everything. */
const SLOW_MS = 200;

export const extension = {
  manifest: { id: 'slow-tools', name: 'Slow tools', version: '1.0.0', apiVersion: '*', contributes: {} },
  activate(host) {
    const turnTools = { id: 'kernel/turn-tools', deadlineMs: 1_000, onFailure: 'skip' };
    host.addFilter(turnTools, async (names) => {
      await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
      return names;
    });
  },
};
