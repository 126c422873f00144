import { closestWord } from './closest-word.ts';
import type { Environment } from './settings.ts';

const PREFIX = 'DISPATCH_';

/** Every variable of ours that some process reads. A test compares the list with the sources. */
export const KNOWN_VARIABLES: readonly string[] = [
  'DISPATCH_ALLOWED_ORIGINS',
  'DISPATCH_AUTH',
  'DISPATCH_CRASH_AT',
  'DISPATCH_DATA_DIR',
  'DISPATCH_DEFAULT_MODEL',
  'DISPATCH_HOST',
  'DISPATCH_HTTP_PORT',
  'DISPATCH_LOG_LEVEL',
  'DISPATCH_OIDC_ALGORITHMS',
  'DISPATCH_OIDC_AUDIENCE',
  'DISPATCH_OIDC_CLIENT_ID',
  'DISPATCH_OIDC_CLIENT_SECRET',
  'DISPATCH_OIDC_CLIENT_SECRET_FILE',
  'DISPATCH_OIDC_ISSUER',
  'DISPATCH_OIDC_OWNER',
  'DISPATCH_TEST',
  'DISPATCH_TOKEN',
  'DISPATCH_TOKEN_FILE',
  'DISPATCH_TRUSTED_PROXIES',
  'DISPATCH_URL',
  'DISPATCH_WS_PORT',
];

/** A variable that looks like one of ours and is read by nobody. */
export interface UnknownVariable {
  readonly name: string;
  /** The one that was probably meant. Absent when none is near. */
  readonly meant?: string;
}

/** Variables that begin with `DISPATCH_` and mean nothing, sorted. Others' variables are none of our business. */
export function unknownVariables(env: Environment): readonly UnknownVariable[] {
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !KNOWN_VARIABLES.includes(name))
    .sort()
    .map((name) => {
      const meant = closestWord(
        name.slice(PREFIX.length),
        KNOWN_VARIABLES.map((known) => known.slice(PREFIX.length)),
      );
      return meant === undefined ? { name } : { name, meant: PREFIX + meant };
    });
}
