import { z } from 'zod';
import type { OidcEntry } from './config-file.ts';
import {
  type Environment,
  isLoopbackHost,
  pickSetting,
  readSecretFile,
  SettingsError,
  secretSetting,
} from './settings.ts';

/** Signatures a token of the identity provider may have. Never a shared key: whoever can check such a token can also make one. */
export const OIDC_ALGORITHMS = ['ES256', 'EdDSA', 'RS256'] as const;
export type OidcAlgorithm = (typeof OIDC_ALGORITHMS)[number];

/** The identity provider of auth mode `oidc`. */
export interface OidcSettings {
  /** As its tokens name it, byte for byte. */
  readonly issuer: string;
  /** Whom tokens sent as `Authorization: Bearer` must be meant for. */
  readonly audience: string;
  /** Under which browsers sign in here. */
  readonly clientId: string;
  /** Absent: a public client, which proves itself by its code verifier alone. */
  readonly clientSecret?: string;
  readonly algorithms: readonly OidcAlgorithm[];
  /** Subject that is the owner of this instance. Absent: nobody who signs in is. */
  readonly owner?: string;
}

const text = z.string().min(1).max(1024);

/**
 * Settings from the environment, then from the configuration file. Throws `SettingsError`. The secret is also read from the file that
 * `DISPATCH_OIDC_CLIENT_SECRET_FILE` names.
 */
export function oidcSettings(env: Environment, entry: OidcEntry = {}): OidcSettings {
  const pick = (variable: string, key: 'issuer' | 'audience' | 'clientId' | 'owner'): string | undefined =>
    pickSetting<string | undefined>(
      [
        { from: variable, value: env[variable] },
        { from: `oidc.${key} in dispatch.config.json`, value: entry[key] },
      ],
      text,
      undefined,
    );
  const issuer = needed('DISPATCH_OIDC_ISSUER', pick('DISPATCH_OIDC_ISSUER', 'issuer'));
  checkIssuer(issuer);
  const clientId = needed('DISPATCH_OIDC_CLIENT_ID', pick('DISPATCH_OIDC_CLIENT_ID', 'clientId'));
  const secret = secretSetting(env, 'DISPATCH_OIDC_CLIENT_SECRET') ?? fileSecret(entry);
  const owner = pick('DISPATCH_OIDC_OWNER', 'owner');
  return {
    issuer,
    clientId,
    audience: pick('DISPATCH_OIDC_AUDIENCE', 'audience') ?? clientId,
    algorithms: algorithms(env['DISPATCH_OIDC_ALGORITHMS'], entry.algorithms),
    ...(secret !== undefined && { clientSecret: secret }),
    ...(owner !== undefined && { owner }),
  };
}

function needed(variable: string, value: string | undefined): string {
  if (value !== undefined) return value;
  throw new SettingsError(`${variable}: auth mode oidc needs it`);
}

/** Keys and tokens come from there: over the network only where nobody on the way can change them. */
function checkIssuer(issuer: string): void {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopbackHost(url.hostname));
  if (!isSafe || url?.search !== '' || url.hash !== '' || url.username !== '') {
    throw new SettingsError('DISPATCH_OIDC_ISSUER: must be an https URL, without user, query and fragment');
  }
}

function algorithms(
  variable: string | undefined,
  entry: readonly OidcAlgorithm[] | undefined,
): readonly OidcAlgorithm[] {
  const given = variable ? variable.split(',').map((part) => part.trim()) : entry;
  return pickSetting(
    [{ from: 'DISPATCH_OIDC_ALGORITHMS', value: given }],
    z.array(z.enum(OIDC_ALGORITHMS)).min(1),
    [...OIDC_ALGORITHMS],
  );
}

function fileSecret({ clientSecret, clientSecretFile }: OidcEntry): string | undefined {
  if (clientSecret !== undefined && clientSecretFile !== undefined) {
    throw new SettingsError('oidc.clientSecret and oidc.clientSecretFile are both set; keep one');
  }
  if (clientSecretFile === undefined) return clientSecret;
  return readSecretFile(clientSecretFile, 'oidc.clientSecretFile in dispatch.config.json');
}
