import type { CredentialSettings, ModelProvider } from '@dispatch/extension-api';

/** The provider of an extension without the capability `secrets`: it is asked as ever, and never sees a key. */
export function keylessProvider(provider: ModelProvider): ModelProvider {
  const warm = provider.warm?.bind(provider);
  return {
    id: provider.id,
    listModels: (credential, signal) => provider.listModels(withoutKey(credential), signal),
    languageModel: (credential, name) => provider.languageModel(withoutKey(credential), name),
    ...(warm === undefined
      ? {}
      : { warm: (credential, name, options) => warm(withoutKey(credential), name, options) }),
    classify: (error) => provider.classify(error),
  };
}

function withoutKey({ apiKey: _, ...rest }: CredentialSettings): CredentialSettings {
  return rest;
}
