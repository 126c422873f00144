import type { Clock } from '../clock.ts';
import type { AccessRules } from '../http/access.ts';
import type { ClientAddress } from '../http/client-address.ts';
import type { Ids } from '../ids.ts';
import { type Identity, identityOver } from '../link/ask-identity.ts';
import type { Kernel } from '../link/kernel.ts';
import type { AuthConfig } from './auth-config.ts';
import { type Authenticator, localAuthenticator } from './authenticator.ts';
import { CallerCache } from './caller-cache.ts';
import { CredentialAuthenticator } from './credential-authenticator.ts';
import { CredentialWatches } from './credential-watches.ts';
import { openOidc } from './oidc/open-oidc.ts';

export interface DoorParts {
  readonly auth: AuthConfig;
  readonly rules: AccessRules;
  readonly addressOf: ClientAddress;
  readonly kernel: Kernel;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Who may enter, and for how long. */
export interface Door {
  readonly identity: Identity;
  readonly authenticator: Authenticator;
  readonly credentials: CredentialWatches;
}

/** Decides once, by the auth mode, who may enter; and listens to the kernel for whom it no longer knows. */
export function openDoor({ auth, rules, addressOf, kernel, clock, ids }: DoorParts): Door {
  const identity = identityOver(kernel.rpc);
  const cache = new CallerCache(clock);
  const credentials = new CredentialWatches({ clock, ids, cache });
  kernel.onRevoked((frame) => credentials.revoked(frame));
  kernel.onState((state) => state === 'up' && credentials.recheckAll());
  if (auth.mode === 'local') return { identity, credentials, authenticator: localAuthenticator };
  const authenticator = new CredentialAuthenticator({
    identity,
    rpc: kernel.rpc,
    cache,
    clock,
    rules,
    addressOf,
    ...(auth.mode === 'oidc' && { oidc: openOidc(auth.oidc, clock) }),
  });
  return { identity, credentials, authenticator };
}
