import { CLIENT_FRAMES, type WsClientMessage } from '@dispatch/transport-contract';
import { hasScope } from '../auth/caller.ts';
import { INTERNAL, type Refusal, refusalOfError, refuse } from '../refusal.ts';
import type { Services } from '../services.ts';
import type { Connection } from './connection.ts';
import { errorFrame } from './error-frame.ts';
import type { FrameAnswer, FrameContext, FrameHandler } from './frame-handler.ts';
import { HANDLERS } from './handlers.ts';
import { type ReadFrame, readFrame } from './read-frame.ts';

/** Frames of one client that may wait for their answer at once. */
const PENDING_CAP = 256;

/** Frames that are counted apart. */
const TYPING: readonly WsClientMessage['type'][] = ['typing.start', 'typing.stop'];

/** Carries out one message of a client. Every refusal is answered, and none closes the socket. */
export function receive(connection: Connection, services: Services, data: Buffer, isBinary: boolean): void {
  const read: ReadFrame = isBinary ? BINARY : readFrame(data.toString('utf8'));
  const requestId = services.ids.mint('req');
  // Typing has a bucket of its own: neither ever stands in the other's way.
  const isTyping = read.ok && TYPING.includes(read.frame.type);
  const over = isTyping ? connection.typing.take() : connection.messages.take();
  if (over !== undefined) {
    const { retryAfterMs, isLast } = over;
    services.metrics.limited(isTyping ? 'typing' : 'messages');
    connection.send(errorFrame({ requestId, ...TOO_FAST, retryAfterMs }, read.ok ? read.frame : read.about));
    if (isLast) connection.flooded();
  } else if (!read.ok) connection.send(errorFrame({ requestId, ...read.refusal }, read.about));
  else if (connection.pending >= PENDING_CAP) {
    services.metrics.limited('pending-frames');
    connection.send(errorFrame({ requestId, ...TOO_MANY }, read.frame));
  } else carryOut(read.frame, { connection, services, requestId });
}

const BINARY: ReadFrame = {
  ok: false,
  refusal: refuse('invalid-request', 'Frames are text, not binary.'),
  about: {},
};

const TOO_MANY: Refusal = refuse(
  'rate-limited',
  'Too many frames wait for their answer; send this one again later.',
);

const TOO_FAST: Refusal = refuse('rate-limited', 'Too many frames; send this one again later.');

/** What needs no waiting is answered at once, so that answers keep the order of their frames where they can. */
function carryOut(frame: WsClientMessage, context: FrameContext): void {
  const { scope } = CLIENT_FRAMES[frame.type];
  if (!hasScope(context.connection.principal, scope)) {
    reply(frame, { refusal: refuse('forbidden', `This needs the scope ${scope}.`) }, context);
    return;
  }
  const handler = HANDLERS[frame.type] as FrameHandler<WsClientMessage>;
  let answer: FrameAnswer | Promise<FrameAnswer>;
  try {
    answer = handler(frame, context);
  } catch (error) {
    answer = refusalOfFailure(error, frame, context);
  }
  if (answer instanceof Promise) void replyLater(frame, answer, context);
  else reply(frame, answer, context);
}

async function replyLater(
  frame: WsClientMessage,
  answer: Promise<FrameAnswer>,
  context: FrameContext,
): Promise<void> {
  context.connection.pending += 1;
  const settled = await answer.catch((error: unknown) => refusalOfFailure(error, frame, context));
  context.connection.pending -= 1;
  reply(frame, settled, context);
}

function reply(frame: WsClientMessage, answer: FrameAnswer, { connection, requestId }: FrameContext): void {
  if ('refusal' in answer) {
    connection.send(errorFrame({ requestId, ...answer.refusal }, frame));
    if (answer.behind !== undefined) connection.send(answer.behind);
  } else if (frame.id !== undefined) connection.send({ type: 'ack', id: frame.id, ...answer.done });
}

function refusalOfFailure(error: unknown, frame: WsClientMessage, context: FrameContext): FrameAnswer {
  const refusal = refusalOfError(error);
  if (refusal === INTERNAL) {
    const { requestId, services } = context;
    services.log.error({ err: error, requestId, type: frame.type }, 'a frame failed');
  }
  return { refusal };
}
