import {
  encodeFrame,
  type LinkUnwatchFrame,
  type LinkWatchFrame,
  type Topic,
  turnTopic,
} from '@dispatch/link';
import type { WsServerMessage } from '@dispatch/transport-contract';
import { crashPoint } from '../crash-point.ts';
import type { Log, Publisher } from '../ports.ts';
import type { CatchUpReads, PublishedPosition } from './catch-up.ts';
import type { Outlet } from './outlet.ts';
import { turnOf, Watcher } from './watcher.ts';

/** The watches of one gateway. */
export interface LinkWatches {
  /** Repeating the watch of a connection begins it anew, from the new cursor. */
  watch(frame: LinkWatchFrame): void;
  unwatch(frame: LinkUnwatchFrame): void;
  /** The link is gone, and all its watches with it. */
  close(): void;
}

/** Brings what was published to every gateway that watches, and late watches up to it. */
export interface Fanout extends Publisher {
  attach(outlet: Outlet): LinkWatches;
}

interface LinkTopic {
  readonly outlet: Outlet;
  readonly byConn: Map<string, Watcher>;
}

/** All topics of all links; `read` is the store as it is now. */
export function createFanout({ read, log }: { readonly read: CatchUpReads; readonly log: Log }): Fanout {
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
          encoded ??= encodeShared(topic, frame, log);
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
          const mine = watched.get(frame.topic) ?? { outlet, byConn: new Map<string, Watcher>() };
          watched.set(frame.topic, mine);
          const links = topics.get(frame.topic) ?? new Set();
          topics.set(frame.topic, links.add(mine));
          const watcher = new Watcher(frame, outlet, parts, before?.isAnnounced ?? false);
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

/** The frame as bytes for any number of links. One that is too large is replaced by an error that says so. */
export function encodeShared(topic: Topic, frame: WsServerMessage, log: Log): Buffer {
  try {
    return encodeFrame({ topic, frame });
  } catch (error) {
    log.error({ err: error, topic }, 'a frame could not be encoded');
    return encodeFrame({ topic, frame: tooLarge(frame) });
  }
}

/** What a watcher is told in the place of a frame that does not fit on a link. */
export function tooLarge(frame: WsServerMessage): WsServerMessage {
  const conversationId = frame.type === 'chat.delta' ? frame.event.conversationId : undefined;
  return {
    type: 'chat.error',
    ...(conversationId === undefined ? {} : { conversationId }),
    message: 'an event is too large to be sent; it is in the history once the turn is sealed',
    code: 'frame-too-large',
    retryable: false,
  };
}
