import { encodeFrame, type LinkRevokedFrame, readSurfaceTopic } from '@dispatch/link';
import type { Log, Publisher, WrittenUserEvent } from '../ports.ts';
import type { SurfaceRegistry } from '../surface/surface-registry.ts';
import type { CatchUpReads } from './catch-up.ts';
import type { LinkInterests } from './link-watches.ts';
import type { Outlet } from './outlet.ts';
import { createSurfaceTopics } from './surface-topics.ts';
import { createTurnTopics } from './turn-topics.ts';
import type { UserStreamReads } from './user-follower.ts';
import { createUserTopics } from './user-topics.ts';

export interface FanoutParts {
  /** The store as it is now. */
  readonly read: CatchUpReads & UserStreamReads;
  readonly surfaces: SurfaceRegistry;
  readonly log: Log;
}

/** Brings what happens to every gateway that watches: events of turns and of users, states of surfaces, and to all of them the catalog. */
export interface Fanout extends Publisher {
  /** What a commit wrote for users. Called behind it, in the order of commits. */
  publishToUsers(events: readonly WrittenUserEvent[]): void;
  attach(outlet: Outlet): LinkInterests;
  /** Tells every gateway who is signed out. */
  revoked(who: Omit<LinkRevokedFrame, 'type'>): void;
}

/** All topics of all links. */
export function createFanout({ read, surfaces, log }: FanoutParts): Fanout {
  const turns = createTurnTopics({ read, log });
  const users = createUserTopics({ read, log });
  const surfaceTopics = createSurfaceTopics({ read, surfaces, log });
  const outlets = new Set<Outlet>();
  surfaces.connect(surfaceTopics);
  surfaces.onCatalog((catalog) => {
    const encoded = encodeFrame({ type: 'catalog', catalog });
    for (const outlet of outlets) outlet.sendEncoded(encoded);
  });

  return {
    publish: turns.publish,
    publishToUsers: users.publish,
    revoked(who) {
      const encoded = encodeFrame({ type: 'revoked', ...who });
      for (const outlet of outlets) outlet.sendEncoded(encoded);
    },
    attach(outlet) {
      outlets.add(outlet);
      const ofTurns = turns.attach(outlet);
      const ofSurfaces = surfaceTopics.attach(outlet);
      const ofUsers = users.attach(outlet);
      return {
        watch(frame) {
          const about = readSurfaceTopic(frame.topic);
          if (about === undefined) ofTurns.watch(frame);
          else ofSurfaces.watch(frame, about);
        },
        unwatch(frame) {
          if (readSurfaceTopic(frame.topic) === undefined) ofTurns.unwatch(frame);
          else ofSurfaces.unwatch(frame);
        },
        user: ofUsers.user,
        userGone: ofUsers.userGone,
        close() {
          outlets.delete(outlet);
          ofTurns.close();
          ofSurfaces.close();
          ofUsers.close();
        },
      };
    },
  };
}
