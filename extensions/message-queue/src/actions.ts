import {
  type JsonObject,
  type JsonValue,
  type MessageQueues,
  type QueuedMessageChange,
  type SurfaceContext,
  SurfaceRefusal,
} from '@dispatch/extension-api';
import { MESSAGE_QUEUE_ACTIONS as ACTIONS } from '@dispatch/surface-message-queue';

/** What people do on the surface of a conversation. Throws {@link SurfaceRefusal} for what cannot be done. */
export async function invoke(
  queues: MessageQueues,
  actionId: string,
  payload: JsonValue | undefined,
  { userId, conversationId }: SurfaceContext,
): Promise<void> {
  const known: readonly string[] = Object.values(ACTIONS);
  if (!known.includes(actionId))
    throw new SurfaceRefusal(`There is no action "${actionId}".`, 'unknown-action');
  if (conversationId === undefined) throw new SurfaceRefusal('Choose a conversation first.');
  const given = objectOf(payload);
  const messageId =
    actionId === ACTIONS.promote && payload === undefined
      ? await firstOf(queues, conversationId)
      : given['messageId'];
  if (typeof messageId !== 'string') throw new SurfaceRefusal('Say which message is meant.');
  const ref = { userId, conversationId, messageId };
  if (actionId === ACTIONS.remove) {
    await queues.remove(ref);
    return;
  }
  await change(queues, { ...ref, ...wanted(actionId, given) });
}

async function firstOf(queues: MessageQueues, conversationId: string): Promise<string> {
  const [first] = (await queues.of(conversationId)).messages;
  if (first === undefined) throw new SurfaceRefusal('Nothing waits here.');
  return first.id;
}

async function change(queues: MessageQueues, wantedChange: QueuedMessageChange): Promise<void> {
  switch (await queues.change(wantedChange)) {
    case 'changed':
    case 'started':
      return;
    case 'gone':
      throw new SurfaceRefusal('This message does not wait here any more.');
    case 'too-much':
      throw new SurfaceRefusal('Too much waits here already.');
    case 'not-started':
      throw new SurfaceRefusal('No turn can be started now; the message goes on waiting.');
  }
}

function wanted(
  actionId: string,
  given: JsonObject,
): Pick<QueuedMessageChange, 'text' | 'mode' | 'position'> {
  if (actionId === ACTIONS.promote) return { mode: 'steer' };
  if (actionId === ACTIONS.edit) {
    const { text } = given;
    if (typeof text !== 'string' || text.trim() === '') throw new SurfaceRefusal('Say something.');
    if (/\p{Surrogate}/u.test(text)) throw new SurfaceRefusal('This is no well-formed text.');
    return { text };
  }
  const { position } = given;
  if (!Number.isSafeInteger(position) || Number(position) < 1) {
    throw new SurfaceRefusal('A place is a whole number from 1.');
  }
  return { position: Number(position) };
}

function objectOf(payload: JsonValue | undefined): JsonObject {
  const isObject = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
  return isObject ? (payload as JsonObject) : {};
}
