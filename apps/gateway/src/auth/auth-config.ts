import {
  type Environment,
  isLoopbackHost,
  type OidcEntry,
  type OidcSettings,
  oidcSettings,
  pickSetting,
  type SettingSource,
  SettingsError,
} from '@dispatch/link';
import { z } from 'zod';

/**
 * How the gateway learns who somebody is. `local` from where they are: this machine, whose one user is the owner · `token` from API tokens and the sessions
 * made with them · `oidc` from those, and from tokens of one identity provider.
 */
export type AuthConfig =
  | { readonly mode: 'local' }
  | { readonly mode: 'token' }
  | { readonly mode: 'oidc'; readonly oidc: OidcSettings };

export type AuthMode = AuthConfig['mode'];

export interface AuthSources {
  /** Where the mode may be set, best first. */
  readonly mode: readonly SettingSource[];
  /** Address to bind. */
  readonly host: string;
  readonly env: Environment;
  readonly oidc: OidcEntry | undefined;
}

const mode = z.enum(['local', 'token', 'oidc']).optional();

/** Read once, at the start. Throws `SettingsError` rather than let a stranger in: nothing is guessed for an address others can reach. */
export function readAuthConfig({ mode: sources, host, env, oidc }: AuthSources): AuthConfig {
  const chosen = pickSetting(sources, mode, undefined);
  if (chosen === 'oidc') return { mode: chosen, oidc: oidcSettings(env, oidc) };
  if (chosen === 'token') return { mode: chosen };
  if (isLoopbackHost(host)) return { mode: 'local' };
  throw new SettingsError(
    chosen === 'local'
      ? `DISPATCH_HOST: ${host} is not a loopback address, and auth mode local needs one`
      : `DISPATCH_HOST: ${host} is not a loopback address; set DISPATCH_AUTH to token or oidc, so that strangers stay out`,
  );
}
