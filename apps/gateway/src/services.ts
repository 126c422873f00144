import type { Logger } from 'pino';
import type { Authenticator } from './auth/authenticator.ts';
import type { Clock } from './clock.ts';
import type { InFlight } from './http/in-flight.ts';
import type { Ids } from './ids.ts';
import type { Kernel } from './link/kernel.ts';

/** What the doors of the gateway work with. */
export interface Services {
  readonly kernel: Kernel;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly inFlight: InFlight;
  /** Tells who a request or an upgrade is from. */
  readonly authenticator: Authenticator;
}
