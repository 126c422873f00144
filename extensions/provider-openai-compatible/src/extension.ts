import { type Extension, packageVersion } from '@dispatch/extension-api';
import { openaiCompatibleProvider } from './openai-compatible-provider.ts';

/** Brings the models of any server that speaks the OpenAI chat format. */
export const extension: Extension = {
  manifest: {
    id: 'provider-openai-compatible',
    name: 'OpenAI-compatible servers',
    version: packageVersion(import.meta.url),
    apiVersion: '^0.4.0',
    contributes: { modelProviders: ['openai-compatible'] },
    capabilities: { secrets: true },
  },
  activate: (host) => host.addModelProvider(openaiCompatibleProvider()),
};
