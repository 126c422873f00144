import type { FrameSocket } from '@dispatch/tests-processes';
import { type Lane, messagesOf } from './lane.ts';
import { belongsTo, waitFor } from './reading.ts';

/** What became of a message that was sent into a conversation. */
export interface Probe {
  /** `done` reason, code of the refusal, or `nothing` when neither came. */
  readonly outcome: string;
  /** What the provider was sent for it, as text; undefined: nothing. */
  readonly prompt: string | undefined;
}

const wordsFor = (conversationId: string) => `Go on, ${conversationId}.`;

/** Sends one message into each conversation at once and waits for what becomes of them. */
export async function probeAll(
  { provider }: Lane,
  socket: FrameSocket,
  conversationIds: readonly string[],
): Promise<Readonly<Record<string, Probe>>> {
  const began = provider.requests.length;
  const entries = await Promise.all(
    conversationIds.map(async (conversationId) => {
      const outcome = await probe(socket, conversationId);
      const asked = provider.requests
        .slice(began)
        .find((one) => messagesOf(one).some(({ content }) => textOf(content) === wordsFor(conversationId)));
      const prompt = asked === undefined ? undefined : JSON.stringify(messagesOf(asked));
      return [conversationId, { outcome, prompt }] as const;
    }),
  );
  return Object.fromEntries(entries);
}

interface TurnEvent {
  readonly type?: string;
  readonly turnId?: string;
  readonly code?: string;
}

async function probe(socket: FrameSocket, conversationId: string): Promise<string> {
  const id = `probe-${conversationId}`;
  const message = wordsFor(conversationId);
  const seen = socket.frames.length;
  socket.send({ type: 'chat.send', id, conversationId, message, model: 'openai/plain' });
  const answer = await waitFor(socket, (frame) => frame['id'] === id);
  if (answer === undefined) return 'nothing';
  if (answer.type !== 'ack') return String(answer['code']);
  const turnId = answer['turnId'];
  const end = await waitFor(socket, (frame) => {
    if (frame.type === 'chat.error' && belongsTo(frame, conversationId))
      return socket.frames.indexOf(frame) >= seen;
    const event = frame['event'] as { type?: string; turnId?: string } | undefined;
    return event?.type === 'done' && event.turnId === turnId;
  });
  if (end === undefined) return 'nothing';
  if (end.type === 'chat.error') return String(end['code']);
  const { reason } = end['event'] as { reason?: string };
  if (reason !== 'error') return String(reason);
  // Why it failed: a store that was found broken meanwhile ends what runs.
  const events = socket.frames.map((frame) => frame['event'] as TurnEvent | undefined);
  return events.find((event) => event?.type === 'error' && event.turnId === turnId)?.code ?? reason;
}

function textOf(content: unknown): unknown {
  if (!Array.isArray(content)) return content;
  return content.map((part: { text?: string }) => part.text ?? '').join('');
}
