/** Rejects with what is no error, where nobody catches it. */
export const extension = {
  manifest: { id: 'textual', name: 'Textual', version: '1.0.0', apiVersion: '*' },
  activate() {
    setTimeout(() => void Promise.reject('just a text'), 350);
  },
};
