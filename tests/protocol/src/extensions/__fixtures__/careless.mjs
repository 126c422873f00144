/** Waits for nothing it asks of its host, and asks for what cannot be. */
export const extension = {
  manifest: {
    id: 'careless',
    name: 'Careless',
    version: '1.0.0',
    apiVersion: '*',
    capabilities: { db: true },
  },
  activate(host) {
    setTimeout(() => {
      host.commit({ put: [{ key: 'a', value: 'x'.repeat(3_000_000) }] });
    }, 250);
  },
};
