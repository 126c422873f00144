import type { Credential, OidcSettings } from '@dispatch/link';
import { z } from 'zod';
import type { FetchJson } from './fetch-json.ts';
import type { OidcProvider } from './provider.ts';
import { type JwtReader, readJwt } from './read-jwt.ts';

/** What a browser brings back from the identity provider. */
export interface BroughtCode {
  readonly code: string;
  /** What the browser's challenge was made from, so that nobody else can use its code. */
  readonly codeVerifier: string;
  /** Where it was sent back to; the provider compares. */
  readonly redirectUri: string;
}

export interface CodeExchange extends JwtReader {
  readonly provider: OidcProvider;
  readonly fetchJson: FetchJson;
}

const answer = z.object({ id_token: z.string() });

/** Who the identity provider says it is. Undefined: the code is not good. Throws `ProviderUnavailable`. */
export async function exchangeCode(
  parts: CodeExchange,
  brought: BroughtCode,
): Promise<Credential | undefined> {
  const { settings, provider, fetchJson } = parts;
  const { token_endpoint: url } = await provider.discovery();
  const authorization = basicAuthorization(settings);
  const { status, body } = await fetchJson({
    url,
    form: {
      grant_type: 'authorization_code',
      code: brought.code,
      code_verifier: brought.codeVerifier,
      redirect_uri: brought.redirectUri,
      ...(authorization === undefined && { client_id: settings.clientId }),
    },
    ...(authorization !== undefined && { authorization }),
  });
  const parsed = answer.safeParse(body);
  if (status !== 200 || !parsed.success) return undefined;
  return readJwt(parts, settings.clientId, parsed.data.id_token);
}

function basicAuthorization({ clientId, clientSecret }: OidcSettings): string | undefined {
  if (clientSecret === undefined) return undefined;
  const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
