/** Throws where nobody can catch it. */
export const extension = {
  manifest: { id: 'bursts', name: 'Bursts', version: '1.0.0', apiVersion: '*' },
  activate() {
    setTimeout(() => {
      throw new Error('an exception nobody catches');
    }, 200);
    setTimeout(() => void Promise.reject(new Error('a rejection nobody catches')), 300);
  },
};
