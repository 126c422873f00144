import type { CredentialSettings } from '@dispatch/extension-api';

/** Where the API's routes begin. Operators write base URLs with and without the version; both are right. */
export function apiRoot(credential: CredentialSettings): string {
  const base = (credential.baseUrl ?? 'https://api.anthropic.com').replace(/\/+$/, '');
  return /\/v\d+$/.test(base) ? base : `${base}/v1`;
}
