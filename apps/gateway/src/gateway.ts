import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ErrorCode } from '@dispatch/transport-contract';
import type { Logger } from 'pino';
import { openDoor } from './auth/open-door.ts';
import { type Clock, sleep, systemClock } from './clock.ts';
import type { GatewayConfig } from './config.ts';
import { sendRefusal } from './http/answer.ts';
import { createApp } from './http/app.ts';
import { capConnections } from './http/cap-connections.ts';
import { clientAddress, readTrust } from './http/client-address.ts';
import { createFront, type RequestListener } from './http/front.ts';
import { InFlight } from './http/in-flight.ts';
import { createHttpServer } from './http/server.ts';
import { type Ids, systemIds } from './ids.ts';
import { Admission } from './limits/admission.ts';
import { Buckets } from './limits/buckets.ts';
import { RateLimit } from './limits/rate-limit.ts';
import { perMinute } from './limits/token-bucket.ts';
import { UnsentBudget } from './limits/unsent-budget.ts';
import { Kernel } from './link/kernel.ts';
import { GatewayMetrics } from './metrics/gateway-metrics.ts';
import type { Services } from './services.ts';
import { Sockets } from './ws/sockets.ts';
import { Tabs } from './ws/tabs.ts';
import { acceptUpgrades, UPGRADE_REQUIRED } from './ws/upgrade.ts';

/** How long a shutdown waits for requests that are being answered. */
const DRAIN_MS = 10_000;
/** Frames about typing a person may send, over all tabs. */
const TYPING_A_MINUTE = 60;

/** A gateway that takes connections. */
export interface RunningGateway {
  readonly host: string;
  readonly httpPort: number;
  readonly wsPort: number;
  readonly services: Services;
  readonly sockets: Sockets;
  /** Takes no new work, sends sockets away to come back, waits for short requests (10 s at most) and lets go of everything. */
  drain(): Promise<void>;
}

export interface GatewayParts {
  readonly log: Logger;
  /** The system's, unless a test holds time. */
  readonly clock?: Clock;
  readonly ids?: Ids;
}

/** Opens both ports and keeps looking for the kernel. Rejects when a port cannot be opened. */
export async function startGateway(config: GatewayConfig, parts: GatewayParts): Promise<RunningGateway> {
  const { log, clock = systemClock, ids = systemIds } = parts;
  const kernel = new Kernel({ dataDirectory: config.dataDirectory, clock, ids, log });
  const { host, allowedOrigins, auth } = config;
  const rules = { mode: auth.mode, host, allowedOrigins };
  const isProxy = readTrust(config.trustedProxies);
  const addressOf = clientAddress(isProxy);
  const door = openDoor({ auth, rules, addressOf, kernel, clock, ids });
  const { limits } = config;
  const services: Services = {
    kernel,
    clock,
    ids,
    log,
    addressOf,
    limits,
    inFlight: new InFlight(),
    admission: new Admission({ limits, clock, addressOf }),
    requests: new RateLimit('person', limits.requestsPerMinute, clock),
    unsent: new UnsentBudget(limits.unsentBytes, clock),
    metrics: new GatewayMetrics(),
    tabs: new Tabs(),
    typing: new Buckets(perMinute(TYPING_A_MINUTE), clock),
    ...door,
  };
  const sockets = new Sockets(services);
  services.metrics.observe({
    sockets: () => sockets.count,
    unsentBytes: () => sockets.unsentBytes,
    isLinked: () => kernel.state === 'up',
  });
  let draining = false;
  const isDraining = (): boolean => draining;

  const onRefused = (code: ErrorCode): void => services.metrics.refused(code);
  const app = createApp(services);
  const requests = new RateLimit('address', limits.requestsPerMinutePerAddress, clock);
  const front = (next: RequestListener): RequestListener =>
    createFront({ rules, ids, addressOf, requests, isDraining, onRefused, next });
  const http = createHttpServer(ids, front(app));
  const webSocketOnly = createHttpServer(
    ids,
    front((_incoming, outgoing) => {
      outgoing.setHeader('Upgrade', 'websocket');
      sendRefusal(outgoing, UPGRADE_REQUIRED);
    }),
  );
  capConnections([http, webSocketOnly], {
    most: limits.connections,
    perAddress: limits.connectionsPerAddress,
    isProxy,
  });
  const accept = acceptUpgrades({ services, sockets, rules, isDraining });
  accept(http);
  accept(webSocketOnly);

  const httpPort = await listen(http, host, config.httpPort);
  const wsPort = await listen(webSocketOnly, host, config.wsPort).catch((error: unknown) => {
    http.close();
    throw error;
  });
  kernel.start();
  return {
    host,
    httpPort,
    wsPort,
    services,
    sockets,
    drain: async () => {
      draining = true;
      http.close();
      webSocketOnly.close();
      sockets.drain();
      const isDone = Promise.all([services.inFlight.whenNone(), sockets.whenNone()]);
      await Promise.race([isDone, sleep(clock, DRAIN_MS)]);
      // Streams of running turns are cut here; the turns go on.
      http.closeAllConnections();
      webSocketOnly.closeAllConnections();
      kernel.stop();
      services.metrics.stop();
    },
  };
}

/** Resolves with the port, which the system has chosen when 0 was asked for. */
function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
