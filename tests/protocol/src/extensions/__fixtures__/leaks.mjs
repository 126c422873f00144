/** Loads, and then does everything wrong while it runs. */
const surface = (id, getFields) => ({
  id,
  title: id,
  region: 'side',
  scope: 'global',
  audience: 'everyone',
  getFields,
});

export const extension = {
  manifest: {
    id: 'leaks',
    name: 'Leaks',
    version: '1.0.0',
    apiVersion: '*',
    capabilities: { db: true },
    contributes: { surfaces: ['leaks', 'stuck', 'huge'] },
  },
  activate(host) {
    host.addSurface(
      surface('leaks', () => {
        throw new Error('secret-canary');
      }),
    );
    host.addSurface(surface('stuck', () => new Promise(() => {})));
    host.addSurface(surface('huge', () => [{ kind: 'stat', label: 'x', value: 'x'.repeat(3_000_000) }]));
    host.on({ id: 'kernel/turn-started' }, () => Promise.reject(new Error('from a hook')));
    const tools = { id: 'kernel/turn-tools', deadlineMs: 1_000, onFailure: 'skip' };
    host.addFilter(tools, () => new Promise(() => {}));
    host.onEvent('turn.sealed', () => ({ put: [{ key: 'huge', value: 'x'.repeat(3_000_000) }] }));
  },
};
