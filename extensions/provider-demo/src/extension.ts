import { type Extension, packageVersion } from '@dispatch/extension-api';
import { demoProvider } from './demo-provider.ts';

/** Brings models that need no key and no network. */
export const extension: Extension = {
  manifest: {
    id: 'provider-demo',
    name: 'Demo models',
    version: packageVersion(import.meta.url),
    apiVersion: '^0.4.0',
    contributes: { modelProviders: ['demo'] },
  },
  activate: (host) => host.addModelProvider(demoProvider()),
};
