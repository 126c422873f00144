import { isLoopbackHost, type OidcSettings } from '@dispatch/link';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import type { Clock } from '../../clock.ts';
import { type FetchJson, ProviderUnavailable } from './fetch-json.ts';
import { FetchedDocument } from './fetched-document.ts';

const discovery = z.object({ issuer: z.string(), jwks_uri: z.string(), token_endpoint: z.string() });
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

/** Where the identity provider is asked, as it says itself. */
export type Discovery = z.infer<typeof discovery>;

/** The identity provider as it describes itself, and its keys. */
export class OidcProvider {
  readonly #settings: OidcSettings;
  readonly #fetchJson: FetchJson;
  readonly #discovery: FetchedDocument<Discovery>;
  readonly #keys: FetchedDocument<JWTVerifyGetKey>;

  constructor(settings: OidcSettings, clock: Clock, fetchJson: FetchJson) {
    this.#settings = settings;
    this.#fetchJson = fetchJson;
    this.#discovery = new FetchedDocument(() => this.#discover(), clock);
    this.#keys = new FetchedDocument(() => this.#loadKeys(), clock);
  }

  /** Throws {@link ProviderUnavailable}. */
  discovery(): Promise<Discovery> {
    return this.#discovery.current();
  }

  /** The key a token names. A name nobody knows may be that of a new key, so the keys are read again, now and then. */
  readonly key: JWTVerifyGetKey = async (header, token) => {
    const keys = await this.#keys.current();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return (await this.#keys.newer())(header, token);
    }
  };

  async #discover(): Promise<Discovery> {
    const { issuer } = this.#settings;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const found = await this.#read(url, discovery);
    if (found.issuer !== issuer) throw new ProviderUnavailable('the discovery document is of another issuer');
    for (const endpoint of [found.jwks_uri, found.token_endpoint]) this.#checkEndpoint(endpoint);
    return found;
  }

  async #loadKeys(): Promise<JWTVerifyGetKey> {
    const { jwks_uri } = await this.discovery();
    return createLocalJWKSet((await this.#read(jwks_uri, keySet)) as JSONWebKeySet);
  }

  async #read<T>(url: string, schema: z.ZodType<T>): Promise<T> {
    const { status, body } = await this.#fetchJson({ url });
    const parsed = schema.safeParse(body);
    if (status !== 200 || !parsed.success) throw new ProviderUnavailable(`${url} is not what it must be`);
    return parsed.data;
  }

  /** A document must not send us where the operator did not: off the network's open part only if the issuer is there itself. */
  #checkEndpoint(endpoint: string): void {
    const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
    const issuer = new URL(this.#settings.issuer);
    const isLocal =
      url?.protocol === 'http:' && isLoopbackHost(url.hostname) && isLoopbackHost(issuer.hostname);
    if (url?.protocol !== 'https:' && !isLocal) throw new ProviderUnavailable('an endpoint is not https');
  }
}
