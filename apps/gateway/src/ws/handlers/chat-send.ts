import type { StartTurnBody } from '@dispatch/link';
import type { ChatSendMessage } from '@dispatch/transport-contract';
import type { Clock } from '../../clock.ts';
import { HOLD_MS, KernelUnavailable } from '../../link/kernel-rpc.ts';
import { startTurn } from '../../link/start-turn.ts';
import type { Watch } from '../../link/watch-table.ts';
import { refuse } from '../../refusal.ts';
import type { FrameHandler } from '../frame-handler.ts';
import { tooManyWatches } from './chat-subscribe.ts';

/** How long a refusal waits for the replay that comes before it. */
const REPLAY_MS = 10_000;

/**
 * Starts a turn. The socket asks to watch before it asks for the turn, and waits for neither before the other: the watch brings the turn from its first event,
 * whenever it began. Without a conversation id there is nothing to watch yet; then the watch begins, as soon as the kernel has named one, at the start of
 * that turn.
 */
export const chatSend: FrameHandler<ChatSendMessage> = async (frame, { connection, services, requestId }) => {
  const { type, id, ...body } = frame;
  const { chats, principal } = connection;
  const named = body.conversationId;
  let watch: Watch | undefined;
  // One that has no name yet is one more, too.
  if (connection.watchesMost && (named === undefined || !chats.has(named)))
    return { refusal: tooManyWatches };
  if (named !== undefined) {
    watch = chats.open(named);
    // A turn that starts long after it was asked for would surprise; rather say that it did not.
    if (!(await services.kernel.whenUp(HOLD_MS))) throw new KernelUnavailable('nothing can be watched');
  }
  const started = await startTurn(services.kernel.rpc, principal, body satisfies StartTurnBody, requestId);
  if (!started.ok) return { refusal: started.refusal };
  const { conversationId, turnId } = started;
  if (started.outcome === 'busy') {
    // Who newly watches has the running turn first, and then learns that it is in the way.
    if (watch !== undefined) await within(services.clock, REPLAY_MS, watch.watched);
    return { refusal: refuse('turn-running', 'A turn of this conversation is already running.') };
  }
  if (watch === undefined) chats.open(conversationId, { turnId, n: -1 });
  // The kernel read the request before the watch, and the turn was over in between.
  else
    void watch.watched.then(
      () => watch.skipped === turnId && chats.reopen(conversationId, { turnId, n: -1 }),
    );
  return { done: { conversationId, turnId } };
};

/** Resolves when it did, or after `ms`. */
function within(clock: Clock, ms: number, watched: Promise<boolean>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(ms, resolve);
    void watched.then(() => {
      cancel();
      resolve();
    });
  });
}
