import type { ChatRequest } from '@dispatch/transport-contract';
import type { AgentEvent } from '@dispatch/wire';
import { mintId } from './clock.ts';
import { DispatchError, isDispatchError } from './dispatch-error.ts';
import { type CallOptions, callStream, type HttpSetup } from './http.ts';
import { readNdjson } from './ndjson.ts';

/** One turn as it happens; iterate it once. Breaking off stops the reading, never the turn. */
export interface ChatAnswer extends AsyncIterable<AgentEvent> {
  /** The request's, or the one the gateway made. */
  readonly conversationId: string;
  /** Sending the same request with it streams this turn again from its start. */
  readonly idempotencyKey: string;
}

/**
 * Starts a turn over HTTP. The iteration ends with `turn-sealed`, or with the one `error` line of a conversation
 * that is busy; a stream cut before either throws `connection-lost`.
 */
export async function startChat(
  setup: HttpSetup,
  request: ChatRequest,
  options?: CallOptions,
): Promise<ChatAnswer> {
  const idempotencyKey = request.idempotencyKey ?? mintId('key');
  const response = await callStream(setup, { route: 'chat', body: { ...request, idempotencyKey }, options });
  const { body } = response;
  // An empty id in the request counts as none.
  const conversationId = request.conversationId || decoded(response.headers.get('x-conversation-id'));
  if (!body || conversationId === undefined) {
    const message = 'The gateway answered a chat without a stream or without naming its conversation.';
    throw new DispatchError({ code: 'malformed-answer', message, status: response.status });
  }
  async function* events(stream: NonNullable<typeof body>): AsyncGenerator<AgentEvent, void, undefined> {
    let last: AgentEvent | undefined;
    try {
      for await (const event of readNdjson(stream)) {
        last = event as AgentEvent;
        yield last;
      }
    } catch (cause) {
      throw cut(cause);
    }
    if (last?.type !== 'turn-sealed' && !(last?.type === 'error' && last.code === 'turn-running'))
      throw cut();
  }
  return { conversationId, idempotencyKey, [Symbol.asyncIterator]: () => events(body) };
}

/** The header is always percent-encoded where it needs to be. */
function decoded(header: string | null): string | undefined {
  try {
    return header === null ? undefined : decodeURIComponent(header);
  } catch {
    return undefined;
  }
}

function cut(cause?: unknown): DispatchError {
  if (isDispatchError(cause)) return cause;
  return new DispatchError({
    code: 'connection-lost',
    message: 'The stream ended before the turn did. The turn goes on.',
    hint: 'Send the same request with the same idempotency key to read it from its start.',
    retryable: true,
    cause,
  });
}
