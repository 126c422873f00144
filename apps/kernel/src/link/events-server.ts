import { createServer, type Server, type Socket } from 'node:net';
import {
  EnvelopeError,
  FrameDecoder,
  isSameSecret,
  LINK_VERSION,
  type LinkClosedFrame,
  type LinkHelloFrame,
  type LinkOpenedFrame,
  type LinkUpFrame,
  type LinkWelcomeFrame,
  parseLinkUpFrame,
  type Secret,
} from '@dispatch/link';
import type { Fanout } from '../fanout/fanout.ts';
import type { LinkInterests } from '../fanout/link-watches.ts';
import type { Policy } from '../policy/policy.ts';
import type { Clock, Log } from '../ports.ts';
import type { PresenceLink } from '../presence/presence-links.ts';
import type { PresenceRegistry } from '../presence/presence-registry.ts';
import type { SurfaceRegistry } from '../surface/surface-registry.ts';
import { closeServer, listenOnSocket } from './listen.ts';
import { refuseWatch } from './refuse-watch.ts';
import { createSocketOutlet } from './socket-outlet.ts';

/** What gateways send is small; a longer frame is no frame of ours. */
const UP_FRAME_CAP_BYTES = 64 * 1024;
/** How long a new link may take to say who it is. */
const HELLO_MS = 5_000;
const MAX_LINKS = 64;

export interface EventsServerParts {
  readonly fanout: Fanout;
  /** Asked before each watch. */
  readonly policy: Pick<Policy, 'refusalOfWatch'>;
  readonly presence: Pick<PresenceRegistry, 'attach'>;
  readonly clock: Clock;
  readonly log: Log;
  /** This boot's secret; a link that cannot say it is closed. */
  readonly secret: Secret;
  readonly bootId: string;
  readonly epoch: string;
  /** Their catalog is told to each new link. */
  readonly surfaces: Pick<SurfaceRegistry, 'catalog'>;
}

export interface EventsServer {
  /** Links that said hello and live. */
  readonly linkCount: number;
  listen(path: string): Promise<void>;
  /** Ends every link, after what was written to it. */
  close(): Promise<void>;
}

/** events.sock: everything that streams from the kernel to its gateways. */
export function createEventsServer(parts: EventsServerParts): EventsServer {
  const links = new Set<Socket>();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveLink(socket, parts, links);
  });
  server.maxConnections = MAX_LINKS;
  server.on('error', (error) => parts.log.error({ err: error }, 'events.sock failed'));

  return {
    get linkCount() {
      return links.size;
    },
    listen: (path) => listenOnSocket(server, path),
    async close() {
      const closed = closeServer(server);
      for (const socket of sockets) socket.end(() => socket.destroy());
      // A gateway that does not read would keep the end from being written.
      const cancel = parts.clock.after(1_000, () => {
        for (const socket of sockets) socket.destroy();
      });
      await closed;
      cancel();
    },
  };
}

/** One link from its first byte to its end. Whatever a gateway does wrong ends this link alone. */
function serveLink(socket: Socket, parts: EventsServerParts, links: Set<Socket>): void {
  const { fanout, presence, policy, clock, log, secret } = parts;
  const decoder = new FrameDecoder(UP_FRAME_CAP_BYTES);
  let interests: LinkInterests | undefined;
  let people: PresenceLink | undefined;
  let gatewayId: string | undefined;

  const drop = (reason: string): void => {
    log.warn({ gatewayId, reason }, 'a link was dropped');
    socket.destroy();
  };
  const outlet = createSocketOutlet(socket, log, () => {
    log.warn({ gatewayId, reason: 'too much unsent' }, 'a link was dropped');
  });
  const cancelHello = clock.after(HELLO_MS, () => drop('no hello'));

  const greet = (hello: LinkHelloFrame): void => {
    cancelHello();
    gatewayId = hello.gatewayId;
    links.add(socket);
    log.info({ gatewayId }, 'a gateway is linked');
    outlet.send(welcome(parts));
    interests = fanout.attach(outlet);
    people = presence.attach(outlet);
  };

  /** Does what a frame asks for; gives the reason when the link has to end for it. */
  const receive = (frame: LinkUpFrame | undefined): string | undefined => {
    if (frame === undefined) return 'a malformed frame';
    if (frame.type === 'hello') {
      if (interests !== undefined) return 'a second hello';
      if (frame.v !== LINK_VERSION) return `link version ${frame.v} is not ${LINK_VERSION}`;
      if (!isSameSecret(frame.secret, secret)) return 'wrong secret';
      greet(frame);
    } else if (interests === undefined || people === undefined) {
      return 'no hello before other frames';
    } else if (frame.type === 'watch') {
      const refused = policy.refusalOfWatch(frame);
      if (refused === undefined) interests.watch(frame);
      else refuseWatch(outlet, frame, refused);
    } else if (frame.type === 'opened') {
      people.opened(frame);
    } else if (frame.type === 'closed') {
      people.closed(frame);
    } else {
      follow(interests, frame);
    }
    return undefined;
  };

  socket.on('data', (bytes) => {
    try {
      decoder.push(bytes, (frame) => {
        const fault = socket.destroyed ? undefined : receive(parseLinkUpFrame(frame));
        if (fault !== undefined) drop(fault);
      });
    } catch (error) {
      if (!(error instanceof EnvelopeError)) log.error({ err: error, gatewayId }, 'a link failed');
      drop(error instanceof EnvelopeError ? error.code : 'an error of ours');
    }
  });
  socket.on('error', (error) => log.warn({ err: error, gatewayId }, 'a link broke'));
  socket.on('close', () => {
    cancelHello();
    interests?.close();
    people?.close();
    if (links.delete(socket)) log.info({ gatewayId }, 'a gateway is gone');
  });
}

function follow(
  interests: LinkInterests,
  frame: Exclude<LinkUpFrame, LinkHelloFrame | LinkOpenedFrame | LinkClosedFrame>,
): void {
  switch (frame.type) {
    case 'watch':
      interests.watch(frame);
      return;
    case 'unwatch':
      interests.unwatch(frame);
      return;
    case 'user':
      interests.user(frame);
      return;
    case 'user-gone':
      interests.userGone(frame);
      return;
    default:
      frame satisfies never;
  }
}

function welcome({ bootId, epoch, surfaces }: EventsServerParts): LinkWelcomeFrame {
  return { type: 'welcome', v: LINK_VERSION, bootId, epoch, catalog: surfaces.catalog };
}
