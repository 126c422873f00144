import { isDeepStrictEqual } from 'node:util';
import { type Frame, type FrameSocket, openSocket } from '@dispatch/tests-processes';
import type { SeenEvent } from '../kill/observations.ts';

/** A socket that only watches and is never to be disturbed. */
export interface Watcher {
  /** What it has to complain of, once the talking is over; `seen` is what the one who talked saw. */
  complaints(seen: ReadonlyMap<string, readonly SeenEvent[]>): readonly string[];
  close(): void;
}

/** Watches a conversation from before its first message. */
export async function watch(wsUrl: string, conversationId: string): Promise<Watcher> {
  const open = await openSocket(wsUrl);
  let closedWith: number | undefined;
  open.socket.on('close', (code) => {
    closedWith ??= code;
  });
  open.send({ type: 'chat.subscribe', id: 'watch', conversationId });
  await open.frame('the watch', (frame) => frame.type === 'ack');
  return {
    complaints: (seen) => [
      ...(closedWith === undefined ? [] : [`R5: a healthy socket was closed with ${closedWith}`]),
      ...open.frames.flatMap(oddFrame),
      ...differences(open, seen),
    ],
    close: () => {
      closedWith = 0;
      open.close();
    },
  };
}

function oddFrame(frame: Frame): readonly string[] {
  if (frame.type === 'chat.reset') return [`R1: a watcher was reset: ${String(frame['reason'])}`];
  if (frame.type === 'chat.error') return [`R1: a watcher got an error: ${String(frame['code'])}`];
  if (frame.type === 'bye') return [`R5: a healthy socket was sent away: ${String(frame['code'])}`];
  if (frame.type === 'status' && frame['kernel'] === 'down') return ['R5: the link to the kernel was lost'];
  return [];
}

function differences(open: FrameSocket, seen: ReadonlyMap<string, readonly SeenEvent[]>): readonly string[] {
  const found: string[] = [];
  for (const [turnId, events] of seen) {
    const watched = open.events(turnId);
    if (watched.some((event, index) => event.n !== index)) {
      found.push(`R1: a watcher got ${turnId} out of order: ${watched.map(({ n }) => n).join(' ')}`);
    } else if (!isDeepStrictEqual(watched.map(withoutIndex), events)) {
      found.push(`R1: a watcher got ${watched.length} events of ${turnId}, its sender ${events.length}`);
    }
  }
  return found;
}

function withoutIndex({ n: _, ...event }: SeenEvent & { readonly n?: number }): SeenEvent {
  return event;
}
