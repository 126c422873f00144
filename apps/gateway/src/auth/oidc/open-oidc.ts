import type { Credential, OidcSettings } from '@dispatch/link';
import type { Clock } from '../../clock.ts';
import { type BroughtCode, exchangeCode } from './exchange-code.ts';
import { createFetchJson } from './fetch-json.ts';
import { OidcProvider } from './provider.ts';
import { readJwt } from './read-jwt.ts';

export type { BroughtCode } from './exchange-code.ts';

/** What the gateway needs of an identity provider. Both throw `ProviderUnavailable`; undefined: what was brought is not good. */
export interface Oidc {
  /** Of `Authorization: Bearer`. */
  readToken(token: string): Promise<Credential | undefined>;
  /** Of a browser that came back from signing in. */
  exchange(brought: BroughtCode): Promise<Credential | undefined>;
}

export function openOidc(settings: OidcSettings, clock: Clock): Oidc {
  const fetchJson = createFetchJson(clock);
  const provider = new OidcProvider(settings, clock, fetchJson);
  const parts = { settings, clock, provider, fetchJson };
  return {
    readToken: (token) => readJwt(parts, settings.audience, token),
    exchange: (brought) => exchangeCode(parts, brought),
  };
}
