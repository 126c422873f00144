import { encodeFrame, type LinkUserFrame, type LinkUserGoneFrame } from '@dispatch/link';
import type { Log, WrittenUserEvent } from '../ports.ts';
import type { Outlet } from './outlet.ts';
import { UserFollower, type UserStreamReads } from './user-follower.ts';

/** The users one gateway follows. */
export interface LinkUsers {
  /** Asking again begins anew, from the new cursor. */
  user(frame: LinkUserFrame): void;
  userGone(frame: LinkUserGoneFrame): void;
  close(): void;
}

/** Brings what users learn to every gateway that has them. */
export interface UserTopics {
  /** What a commit wrote. Called behind it, in the order of commits. */
  publish(events: readonly WrittenUserEvent[]): void;
  attach(outlet: Outlet): LinkUsers;
}

/** The streams of all users; `read` is the store as it is now. */
export function createUserTopics({
  read,
  log,
}: {
  readonly read: UserStreamReads;
  readonly log: Log;
}): UserTopics {
  const byUser = new Map<string, Map<Outlet, UserFollower>>();

  function publishOne({ to, event }: WrittenUserEvent): void {
    const due = new Map<Outlet, (readonly [string, number])[]>();
    for (const numbered of to) {
      const [userId, seq] = numbered;
      for (const [outlet, follower] of byUser.get(userId) ?? []) {
        if (!follower.take(seq)) continue;
        const mine = due.get(outlet);
        if (mine === undefined) due.set(outlet, [numbered]);
        else mine.push(numbered);
      }
    }
    for (const [outlet, mine] of due) {
      outlet.sendEncoded(encodeFrame({ to: mine, frame: { type: 'user.event', event } }));
    }
  }

  return {
    publish(events) {
      for (const event of events) {
        try {
          publishOne(event);
        } catch (error) {
          log.error({ err: error }, 'an event of users could not be sent');
        }
      }
    },

    attach(outlet) {
      const mine = new Set<string>();

      function drop(userId: string): void {
        const links = byUser.get(userId);
        links?.get(outlet)?.cancel();
        links?.delete(outlet);
        if (links?.size === 0) byUser.delete(userId);
        mine.delete(userId);
      }

      return {
        user(frame) {
          const { userId } = frame;
          drop(userId);
          mine.add(userId);
          const follower = new UserFollower(frame, { read, outlet, log });
          const links = byUser.get(userId) ?? new Map<Outlet, UserFollower>();
          byUser.set(userId, links.set(outlet, follower));
          follower.start();
        },
        userGone: ({ userId }) => drop(userId),
        close() {
          for (const userId of [...mine]) drop(userId);
        },
      };
    },
  };
}
