import type { Logger } from 'pino';
import type { Authenticator } from './auth/authenticator.ts';
import type { CredentialWatches } from './auth/credential-watches.ts';
import type { Clock } from './clock.ts';
import type { ClientAddress } from './http/client-address.ts';
import type { InFlight } from './http/in-flight.ts';
import type { Ids } from './ids.ts';
import type { Admission } from './limits/admission.ts';
import type { Buckets } from './limits/buckets.ts';
import type { Limits } from './limits/limits.ts';
import type { RateLimit } from './limits/rate-limit.ts';
import type { UnsentBudget } from './limits/unsent-budget.ts';
import type { Identity } from './link/ask-identity.ts';
import type { Kernel } from './link/kernel.ts';
import type { GatewayMetrics } from './metrics/gateway-metrics.ts';
import type { Tabs } from './ws/tabs.ts';

/** What the doors of the gateway work with. */
export interface Services {
  readonly kernel: Kernel;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** Where a request or an upgrade is from. */
  readonly addressOf: ClientAddress;
  readonly inFlight: InFlight;
  /** Room for connections, streams of turns included. */
  readonly admission: Admission;
  readonly limits: Limits;
  /** HTTP requests, by person. */
  readonly requests: RateLimit;
  /** What waits for all clients together. */
  readonly unsent: UnsentBudget;
  readonly identity: Identity;
  /** Tells who a request or an upgrade is from. */
  readonly authenticator: Authenticator;
  /** Ends what stays open for long with what it was opened by. */
  readonly credentials: CredentialWatches;
  readonly metrics: GatewayMetrics;
  readonly tabs: Tabs;
  /** Typing of each person, counted apart from everything else. */
  readonly typing: Buckets;
}
