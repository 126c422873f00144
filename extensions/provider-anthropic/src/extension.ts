import { type Extension, packageVersion } from '@dispatch/extension-api';
import { anthropicProvider } from './anthropic-provider.ts';

/** Brings the models of Anthropic, and of anybody who speaks its Messages format. */
export const extension: Extension = {
  manifest: {
    id: 'provider-anthropic',
    name: 'Anthropic',
    version: packageVersion(import.meta.url),
    apiVersion: '^0.4.0',
    contributes: { modelProviders: ['anthropic'] },
    capabilities: { secrets: true },
  },
  activate: (host) => host.addModelProvider(anthropicProvider()),
};
