import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LOCAL_OWNER, type Principal } from '@dispatch/link';
import type { ErrorCode } from '@dispatch/transport-contract';
import type { Logger } from 'pino';
import { type Clock, sleep, systemClock } from './clock.ts';
import type { GatewayConfig } from './config.ts';
import { sendRefusal } from './http/answer.ts';
import { createApp } from './http/app.ts';
import { createFront } from './http/front.ts';
import { InFlight } from './http/in-flight.ts';
import { createHttpServer } from './http/server.ts';
import { type Ids, systemIds } from './ids.ts';
import { Kernel } from './link/kernel.ts';
import { GatewayMetrics } from './metrics/gateway-metrics.ts';
import type { Services } from './services.ts';
import { TokenBuckets } from './token-buckets.ts';
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
  const services: Services = {
    kernel,
    clock,
    ids,
    log,
    inFlight: new InFlight(),
    metrics: new GatewayMetrics(),
    tabs: new Tabs(),
    typing: new TokenBuckets({ clock, capacity: TYPING_A_MINUTE, refillMs: 60_000 }),
    principal: localOwner,
  };
  const sockets = new Sockets(services);
  services.metrics.observe({
    sockets: () => sockets.count,
    unsentBytes: () => sockets.unsentBytes,
    isLinked: () => kernel.state === 'up',
  });
  const { host, allowedOrigins } = config;
  const rules = { host, allowedOrigins };
  let draining = false;
  const isDraining = (): boolean => draining;

  const onRefused = (code: ErrorCode): void => services.metrics.refused(code);
  const app = createApp(services);
  const http = createHttpServer(ids, createFront({ rules, ids, isDraining, onRefused, next: app }));
  const webSocketOnly = createHttpServer(
    ids,
    createFront({
      rules,
      ids,
      isDraining,
      onRefused,
      next: (_incoming, outgoing) => {
        outgoing.setHeader('Upgrade', 'websocket');
        sendRefusal(outgoing, UPGRADE_REQUIRED);
      },
    }),
  );
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
      sockets.restartAll('draining');
      const isDone = Promise.all([services.inFlight.whenNone(), sockets.whenNone()]);
      await Promise.race([isDone, sleep(clock, DRAIN_MS)]);
      // Streams of running turns are cut here; the turns go on.
      http.closeAllConnections();
      webSocketOnly.closeAllConnections();
      kernel.stop();
      services.typing.stop();
      services.metrics.stop();
    },
  };
}

/** Everybody who may connect in auth mode `local`. */
const localOwner: Principal = {
  userId: LOCAL_OWNER,
  sessionId: 'local',
  scopes: ['public', 'signed-in', 'chat:read', 'chat:write', 'metrics:read', 'admin'],
};

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
