import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type AccessRules, checkAccess } from '../http/access.ts';
import { refuseSocket } from '../http/answer.ts';
import { corsHeaders } from '../http/cors.ts';
import { ignoreUpgrade } from '../http/ignore-upgrade.ts';
import { HOLD_MS } from '../link/kernel-rpc.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Services } from '../services.ts';
import { GatewaySocket } from './gateway-socket.ts';
import { FRAME_CAP_BYTES } from './hello.ts';
import type { Sockets } from './sockets.ts';

const MAX_FRAGMENTS = 64;
const MAX_BUFFERED_CHUNKS = 1_024;
/** As in the contract's `client.hello`. */
const LONGEST_TAB = 128;
const USER_PATH = /^\/ws\/user\/([^/?]*)/;

export interface UpgradeOptions {
  readonly services: Services;
  readonly sockets: Sockets;
  readonly rules: AccessRules;
  readonly isDraining: () => boolean;
}

export const UPGRADE_REQUIRED: Refusal = refuse(
  'upgrade-required',
  'This port speaks WebSocket only.',
  'HTTP is on the other port.',
);

/** Lets a server take WebSocket upgrades on any path. What offers another protocol is served as plain HTTP. */
export function acceptUpgrades(options: UpgradeOptions): (server: Server) => void {
  const { services, sockets } = options;
  const acceptor = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: FRAME_CAP_BYTES,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_BUFFERED_CHUNKS,
    WebSocket: GatewaySocket,
  });
  acceptor.on('wsClientError', (_error, socket, incoming) => {
    turnAway(incoming, socket, refuse('invalid-request', 'This is not a WebSocket handshake.'));
  });
  const turnAway = (incoming: IncomingMessage, socket: Duplex, refusal: Refusal): void => {
    services.metrics.refused(refusal.code);
    refuseSocket(socket, refusal, {
      requestId: services.ids.mint('req'),
      headers: corsHeaders(incoming, options.rules),
      // Told apart from a path that does not exist: every path does.
      ...(refusal === FOREIGN_USER && { status: 403 }),
    });
  };
  const upgrade = async (incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const onError = (): void => void socket.destroy();
    socket.on('error', onError);
    const refusal = checkUpgrade(incoming, options) ?? (await checkKernel(services));
    if (refusal) return turnAway(incoming, socket, refusal);
    if (options.isDraining()) return turnAway(incoming, socket, DRAINING);
    socket.off('error', onError);
    acceptor.handleUpgrade(incoming, socket, head, (webSocket) =>
      sockets.add(webSocket, socket, tabOf(incoming)),
    );
  };
  return (server) => {
    server.on('upgrade', (incoming, socket, head) => {
      if (incoming.headers.upgrade?.toLowerCase() === 'websocket') void upgrade(incoming, socket, head);
      else ignoreUpgrade(server, incoming, socket as Socket, head);
    });
  };
}

/** `?tab=`: the same as `tab` of a `client.hello`, said before anything is delivered. What is none counts as not said. */
function tabOf(incoming: IncomingMessage): string | undefined {
  const [, query = ''] = (incoming.url ?? '').split('?', 2);
  const tab = new URLSearchParams(query).get('tab');
  return tab !== null && tab.length > 0 && tab.length <= LONGEST_TAB ? tab : undefined;
}

const FOREIGN_USER: Refusal = refuse('not-found', 'This is the path of another user.');
const DRAINING: Refusal = refuse('draining', 'The gateway is shutting down.');

function checkUpgrade(incoming: IncomingMessage, options: UpgradeOptions): Refusal | undefined {
  const forbidden = checkAccess(incoming, options.rules);
  if (forbidden) return forbidden;
  if (options.isDraining()) return DRAINING;
  const user = USER_PATH.exec(incoming.url ?? '')?.[1];
  if (user !== undefined && user !== options.services.principal.userId) return FOREIGN_USER;
  return undefined;
}

/** The first frame tells the epoch, so a gateway that never reached its kernel has nothing to say. */
async function checkKernel({ kernel }: Services): Promise<Refusal | undefined> {
  if (kernel.welcome !== undefined || (await kernel.whenUp(HOLD_MS))) return undefined;
  return refuse('kernel-unavailable', 'The kernel is not reachable; try again in a moment.');
}
