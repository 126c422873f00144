import type { StartTurnBody } from '@dispatch/link';
import type { ChatSendMessage } from '@dispatch/transport-contract';
import { HOLD_MS, KernelUnavailable } from '../../link/kernel-rpc.ts';
import { startTurn } from '../../link/start-turn.ts';
import { refuse } from '../../refusal.ts';
import type { Services } from '../../services.ts';
import type { FrameHandler } from '../frame-handler.ts';
import { tooManyWatches } from './chat-subscribe.ts';

/** A turn that starts long after it was asked for would surprise; rather say that it did not. */
const WATCH_WITHIN_MS = 10_000;

/**
 * Starts a turn. The socket watches before the turn starts, so it sees its first event. Without a conversation id there is
 * nothing to watch yet; then the watch begins, as soon as the kernel has named one, at the start of that turn.
 */
export const chatSend: FrameHandler<ChatSendMessage> = async (frame, { connection, services, requestId }) => {
  const { type, id, ...body } = frame;
  const { chats, principal } = connection;
  const named = body.conversationId;
  if (named !== undefined) {
    if (connection.watchesMost && !chats.has(named)) return { refusal: tooManyWatches };
    const { watched } = chats.open(named);
    // Somebody who leaves right behind a message takes back the watching, not the message.
    if (!(await isSettledInTime(services, watched)) || chats.isClosed) {
      throw new KernelUnavailable('nothing can be watched');
    }
  }
  const started = await startTurn(services.kernel.rpc, principal, body satisfies StartTurnBody, requestId);
  if (!started.ok) return { refusal: started.refusal };
  const { conversationId, turnId } = started;
  if (started.outcome === 'busy') {
    return { refusal: refuse('turn-running', 'A turn of this conversation is already running.') };
  }
  if (named === undefined) chats.open(conversationId, { turnId, n: -1 });
  return { done: { conversationId, turnId } };
};

/** True: the watch is live, or was given up. */
async function isSettledInTime({ kernel, clock }: Services, watched: Promise<boolean>): Promise<boolean> {
  if (!(await kernel.whenUp(HOLD_MS))) return false;
  return new Promise((resolve) => {
    const cancel = clock.after(WATCH_WITHIN_MS, () => resolve(false));
    watched.then(() => {
      cancel();
      resolve(true);
    });
  });
}
