import type { CredentialSettings } from '@dispatch/extension-api';

/** Where the API's routes begin. A base URL without any path means the usual one, `/v1`. */
export function apiRoot(credential: CredentialSettings): string {
  const base = (credential.baseUrl ?? 'https://api.openai.com/v1').replace(/\/+$/, '');
  return /^[a-z]+:\/\/[^/]+$/i.test(base) ? `${base}/v1` : base;
}
