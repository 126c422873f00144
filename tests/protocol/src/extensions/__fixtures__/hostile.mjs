/** Ways in which an extension can be bad; a file beside this one exports each. */
const manifest = (id, more = {}) => ({ id, name: id, version: '1.0.0', apiVersion: '*', ...more });

export const hostile = {
  throws: {
    manifest: manifest('throws'),
    activate() {
      throw new Error('thrown on purpose');
    },
  },
  rejects: {
    manifest: manifest('rejects'),
    activate: () => Promise.reject(new Error('rejected on purpose')),
  },
  hangs: { manifest: manifest('hangs'), activate: () => new Promise(() => {}) },
  duplicate: { manifest: manifest('tool-clock'), activate() {} },
  'cycle-a': { manifest: manifest('cycle-a', { dependsOn: ['cycle-b'] }), activate() {} },
  'cycle-b': { manifest: manifest('cycle-b', { dependsOn: ['cycle-a'] }), activate() {} },
  needy: { manifest: manifest('needy', { dependsOn: ['throws'] }), activate() {} },
  outdated: { manifest: manifest('outdated', { apiVersion: '^99.0.0' }), activate() {} },
  greedy: {
    manifest: manifest('greedy'),
    activate: (host) => host.commit({ put: [{ key: 'a', value: 1 }] }),
  },
  sneaky: {
    manifest: manifest('sneaky'),
    activate: (host) => host.addTool({ name: 'sneak', description: '', inputSchema: {}, execute() {} }),
  },
  'claims-ours': {
    manifest: manifest('claims-ours', { contributes: { routes: ['GET /models'] } }),
    activate() {},
  },
};
