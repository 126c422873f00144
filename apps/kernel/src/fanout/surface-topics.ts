import type { SurfaceTopicParts as Asked, LinkUnwatchFrame, LinkWatchFrame } from '@dispatch/link';
import { surfaceTopic, type Topic } from '@dispatch/link';
import type { ConversationRow, Log } from '../ports.ts';
import { unknownSurface } from '../surface/surface-failure.ts';
import type { SurfaceListener, SurfaceRegistry } from '../surface/surface-registry.ts';
import { type SurfaceView, viewOf } from '../surface/surface-view.ts';
import type { Outlet } from './outlet.ts';
import { SurfaceTopic } from './surface-topic.ts';
import { SurfaceWatcher } from './surface-watcher.ts';

/** The watches of surfaces of one gateway. */
export interface SurfaceLinkWatches {
  /** `asked` is what the frame's topic says. Repeating the watch of a connection begins it anew. */
  watch(frame: LinkWatchFrame, asked: Asked): void;
  unwatch(frame: LinkUnwatchFrame): void;
  close(): void;
}

/** Brings changes of surfaces to every gateway that watches them. Nothing is computed for a view that nobody watches. */
export interface SurfaceTopics extends SurfaceListener {
  attach(outlet: Outlet): SurfaceLinkWatches;
}

export interface SurfaceTopicsParts {
  readonly read: { conversation(id: string): Promise<ConversationRow | undefined> };
  readonly surfaces: Pick<SurfaceRegistry, 'find' | 'spec' | 'nextMark'>;
  readonly log: Log;
}

/** The topics of all surfaces. */
export function createSurfaceTopics({ read, surfaces, log }: SurfaceTopicsParts): SurfaceTopics {
  const bySurface = new Map<string, Map<Topic, SurfaceTopic>>();

  function onEmpty(topic: SurfaceTopic): void {
    const topics = bySurface.get(topic.view.surfaceId);
    if (topics?.get(topic.topic) !== topic) return;
    topics.delete(topic.topic);
    if (topics.size === 0) bySurface.delete(topic.view.surfaceId);
  }

  function topicOf(view: SurfaceView): SurfaceTopic {
    const topics = bySurface.get(view.surfaceId) ?? new Map<Topic, SurfaceTopic>();
    bySurface.set(view.surfaceId, topics);
    const name = surfaceTopic(view);
    const topic = topics.get(name) ?? new SurfaceTopic(view, { read, surfaces, log, onEmpty });
    topics.set(name, topic);
    return topic;
  }

  return {
    changed(surface, { conversationId, userId }) {
      for (const topic of bySurface.get(surface.id)?.values() ?? []) {
        const { view } = topic;
        const isOther = surface.scope === 'conversation' && view.conversationId !== conversationId;
        if (conversationId !== undefined && isOther) continue;
        if (userId !== undefined && view.userId !== undefined && view.userId !== userId) continue;
        topic.change();
      }
    },
    async acted(surface, context) {
      const view = viewOf(surface, context);
      return bySurface.get(surface.id)?.get(surfaceTopic(view))?.act();
    },
    removed(surfaceId) {
      for (const topic of [...(bySurface.get(surfaceId)?.values() ?? [])]) topic.end(unknownSurface());
    },

    attach(outlet) {
      const watched = new Map<string, { readonly watcher: SurfaceWatcher; readonly topic: SurfaceTopic }>();

      function drop(key: string): void {
        const mine = watched.get(key);
        if (mine === undefined) return;
        watched.delete(key);
        mine.watcher.cancel();
        mine.topic.leave(mine.watcher);
      }

      return {
        watch(frame, asked) {
          drop(keyOf(frame));
          const watcher = new SurfaceWatcher(frame, outlet);
          const surface = surfaces.find(asked.surfaceId);
          if (surface === undefined) {
            watcher.end(asked.surfaceId, unknownSurface());
            return;
          }
          const { userId } = frame;
          const topic = topicOf(viewOf(surface, { ...asked, userId }));
          watched.set(keyOf(frame), { watcher, topic });
          topic.join(watcher);
        },
        unwatch: (frame) => drop(keyOf(frame)),
        close() {
          for (const key of [...watched.keys()]) drop(key);
        },
      };
    },
  };
}

function keyOf({ topic, conn }: Pick<LinkWatchFrame, 'topic' | 'conn'>): string {
  return JSON.stringify([topic, conn]);
}
