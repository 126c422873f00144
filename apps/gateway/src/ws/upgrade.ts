import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Authenticated } from '../auth/authenticator.ts';
import type { Caller } from '../auth/caller.ts';
import { type AccessRules, checkAccess } from '../http/access.ts';
import { refuseSocket } from '../http/answer.ts';
import { corsHeaders } from '../http/cors.ts';
import { ignoreUpgrade } from '../http/ignore-upgrade.ts';
import type { Place } from '../limits/admission.ts';
import { HOLD_MS } from '../link/kernel-rpc.ts';
import { INTERNAL, type Refusal, refuse } from '../refusal.ts';
import type { Services } from '../services.ts';
import { readResume } from '../user/read-resume.ts';
import type { UserSeat } from '../user/user-seat.ts';
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
    const refusal = checkUpgrade(incoming, options);
    if (refusal) return turnAway(incoming, socket, refusal);
    const place = services.admission.enter(incoming);
    if ('code' in place) return turnAway(incoming, socket, place);
    // Also when the client left meanwhile, and no connection ever came to be.
    leaveWith(socket, place);
    const known = await letIn(incoming, services);
    place.settled();
    const late = known.ok ? place.claim(known.caller.principal.userId) : known.refusal;
    if (!known.ok || late) return turnAway(incoming, socket, late ?? INTERNAL);
    if (options.isDraining()) return turnAway(incoming, socket, DRAINING);
    seatSocket(services, known.caller, incoming, socket, (seat) => {
      if (seat === undefined) return turnAway(incoming, socket, KERNEL_AWAY);
      if (options.isDraining()) return turnAway(incoming, socket, DRAINING);
      socket.off('error', onError);
      acceptor.handleUpgrade(incoming, socket, head, (webSocket) =>
        sockets.add({ socket: webSocket, stream: socket, known, seat }, tabOf(incoming)),
      );
    });
  };
  return (server) => {
    server.on('upgrade', (incoming, socket, head) => {
      if (incoming.headers.upgrade?.toLowerCase() === 'websocket') void upgrade(incoming, socket, head);
      else ignoreUpgrade(server, incoming, socket as Socket, head);
    });
  };
}

/** Apart from the handshake, of which nothing is to be kept for as long as the socket is. */
function leaveWith(socket: Duplex, place: Place): void {
  socket.on('close', () => place.leave());
}

/** `?tab=`: the same as `tab` of a `client.hello`, said before anything is delivered. What is none counts as not said. */
function tabOf(incoming: IncomingMessage): string | undefined {
  const [, query = ''] = (incoming.url ?? '').split('?', 2);
  const tab = new URLSearchParams(query).get('tab');
  return tab !== null && tab.length > 0 && tab.length <= LONGEST_TAB ? tab : undefined;
}

const FOREIGN_USER: Refusal = refuse('not-found', 'This is the path of another user.');
const KERNEL_AWAY: Refusal = refuse(
  'kernel-unavailable',
  'The kernel is not reachable; try again in a moment.',
);
const DRAINING: Refusal = refuse('draining', 'The gateway is shutting down.');

function checkUpgrade(incoming: IncomingMessage, options: UpgradeOptions): Refusal | undefined {
  const forbidden = checkAccess(incoming, options.rules);
  if (forbidden) return forbidden;
  return options.isDraining() ? DRAINING : undefined;
}

/** Old frontends name the user in the path; it says nothing about who connects, so it must be the one who does. */
function isForeignPath(incoming: IncomingMessage, { principal }: Caller): boolean {
  const user = USER_PATH.exec(incoming.url ?? '')?.[1];
  return user !== undefined && user !== principal.userId;
}

/** Who it is that asks; only once the kernel was reached, since the first frame tells its epoch. */
async function letIn(incoming: IncomingMessage, services: Services): Promise<Authenticated> {
  const { kernel, authenticator, log } = services;
  try {
    if (kernel.welcome === undefined && !(await kernel.whenUp(HOLD_MS))) {
      return { ok: false, refusal: KERNEL_AWAY };
    }
    const known = await authenticator.authenticate(incoming, 'upgrade');
    return known.ok && isForeignPath(incoming, known.caller) ? { ok: false, refusal: FOREIGN_USER } : known;
  } catch (error) {
    log.error({ err: error }, 'a handshake failed');
    return { ok: false, refusal: INTERNAL };
  }
}

/**
 * Finds the socket's place in its user's stream before it is upgraded, because the first frame tells it. `seated` may upgrade it in the same step; undefined: the
 * kernel did not say in time.
 */
function seatSocket(
  { kernel, clock }: Services,
  { principal }: Caller,
  incoming: IncomingMessage,
  socket: Duplex,
  seated: (seat: UserSeat | undefined) => void,
): void {
  let isOver = false;
  const finish = (seat: UserSeat | undefined): void => {
    if (isOver) {
      seat?.leave();
      return;
    }
    isOver = true;
    cancelWait();
    socket.off('close', giveUp);
    seated(seat);
    if (seat?.reader === undefined) seat?.leave();
  };
  let leaveQueue: () => void = () => undefined;
  const giveUp = (): void => {
    leaveQueue();
    finish(undefined);
  };
  const cancelWait = clock.after(HOLD_MS, giveUp);
  socket.on('close', giveUp);
  leaveQueue = kernel.users.seat(principal.userId, { cursor: readResume(incoming.url), onSeat: finish });
}
