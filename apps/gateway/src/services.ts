import type { Principal } from '@dispatch/link';
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { InFlight } from './http/in-flight.ts';
import type { Ids } from './ids.ts';
import type { Kernel } from './link/kernel.ts';
import type { GatewayMetrics } from './metrics/gateway-metrics.ts';
import type { TokenBuckets } from './token-buckets.ts';
import type { Tabs } from './ws/tabs.ts';

/** What the doors of the gateway work with. */
export interface Services {
  readonly kernel: Kernel;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly inFlight: InFlight;
  readonly metrics: GatewayMetrics;
  readonly tabs: Tabs;
  /** Typing of each person, counted apart from everything else. */
  readonly typing: TokenBuckets;
  /** Who every request and socket is from: in auth mode `local` the one owner. */
  readonly principal: Principal;
}
