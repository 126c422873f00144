import { type Topic, turnTopic } from '@dispatch/link';
import type { WsServerMessage } from '@dispatch/transport-contract';
import { crashPoint } from '../crash-point.ts';
import type { Log, Publisher } from '../ports.ts';
import type { CatchUpReads, PublishedPosition } from './catch-up.ts';
import type { LinkWatches } from './link-watches.ts';
import type { Outlet } from './outlet.ts';
import { encodeShared } from './shared-frame.ts';
import { TurnWatcher, turnOf } from './turn-watcher.ts';

/** Brings what was published of turns to every gateway that watches, and late watches up to it. */
export interface TurnTopics extends Publisher {
  attach(outlet: Outlet): LinkWatches;
}

interface LinkTopic {
  readonly outlet: Outlet;
  readonly byConn: Map<string, TurnWatcher>;
}

/** The topics of all conversations; `read` is the store as it is now. */
export function createTurnTopics({
  read,
  log,
}: {
  readonly read: CatchUpReads;
  readonly log: Log;
}): TurnTopics {
  const topics = new Map<Topic, Set<LinkTopic>>();
  const open = new Map<string, PublishedPosition>();
  const parts = { read, log, published: (conversationId: string) => open.get(conversationId) };

  function note(conversationId: string, frame: WsServerMessage): void {
    const turnId = turnOf(frame);
    if (turnId === undefined || frame.type !== 'chat.delta' || frame.n === undefined) return;
    if (frame.event.type === 'turn-sealed') open.delete(conversationId);
    else open.set(conversationId, { turnId, n: frame.n });
  }

  return {
    publish(conversationId, frame) {
      crashPoint('before-publish');
      note(conversationId, frame);
      const topic = turnTopic(conversationId);
      let encoded: Buffer | undefined;
      for (const { outlet, byConn } of topics.get(topic) ?? []) {
        let live = 0;
        // A gateway gives a topic's frame to every connection that was told `watched`, also to one that must not have it.
        let exclusive = false;
        for (const { state, isAnnounced } of byConn.values()) {
          if (state === 'live') live += 1;
          else if (isAnnounced) exclusive = true;
        }
        if (live > 0 && !exclusive) {
          encoded ??= encodeShared({ topic, frame }, log);
          outlet.sendEncoded(encoded);
        }
        for (const watcher of byConn.values()) {
          if (watcher.state !== 'live') watcher.hold(frame);
          else if (exclusive) watcher.send(frame);
        }
      }
      crashPoint('after-publish');
    },

    attach(outlet) {
      const watched = new Map<Topic, LinkTopic>();

      function drop(topic: Topic, conn: string): void {
        const mine = watched.get(topic);
        mine?.byConn.get(conn)?.cancel();
        mine?.byConn.delete(conn);
        if (mine === undefined || mine.byConn.size > 0) return;
        watched.delete(topic);
        const links = topics.get(topic);
        links?.delete(mine);
        if (links?.size === 0) topics.delete(topic);
      }

      return {
        watch(frame) {
          const before = watched.get(frame.topic)?.byConn.get(frame.conn);
          drop(frame.topic, frame.conn);
          const mine = watched.get(frame.topic) ?? { outlet, byConn: new Map<string, TurnWatcher>() };
          watched.set(frame.topic, mine);
          const links = topics.get(frame.topic) ?? new Set();
          topics.set(frame.topic, links.add(mine));
          const watcher = new TurnWatcher(frame, outlet, parts, before?.isAnnounced ?? false);
          mine.byConn.set(frame.conn, watcher);
          watcher.start();
        },
        unwatch: ({ topic, conn }) => drop(topic, conn),
        close() {
          for (const [topic, { byConn }] of [...watched])
            for (const conn of [...byConn.keys()]) drop(topic, conn);
        },
      };
    },
  };
}
