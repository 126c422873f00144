import type { WsClientMessage } from '@dispatch/transport-contract';
import { INTERNAL, type Refusal, refusalOfError, refuse } from '../refusal.ts';
import type { Services } from '../services.ts';
import type { Connection } from './connection.ts';
import { errorFrame, type RefusedFrame } from './error-frame.ts';
import type { FrameAnswer, FrameContext, FrameHandler } from './frame-handler.ts';
import { HANDLERS } from './handlers.ts';
import { readFrame } from './read-frame.ts';

/** Frames of one client that may wait for their answer at once. */
const PENDING_CAP = 256;

/** Carries out one message of a client. Every refusal is answered, and none closes the socket. */
export async function receive(
  connection: Connection,
  services: Services,
  data: Buffer,
  isBinary: boolean,
): Promise<void> {
  if (isBinary) {
    connection.send(errorFrame(refuse('invalid-request', 'Frames are text, not binary.')));
    return;
  }
  const read = readFrame(data.toString('utf8'));
  if (!read.ok) {
    connection.send(errorFrame(read.refusal, read.about));
    return;
  }
  const { frame } = read;
  if (connection.pending >= PENDING_CAP) {
    connection.send(errorFrame(TOO_MANY, frame));
    return;
  }
  connection.pending += 1;
  const requestId = services.ids.mint('req');
  const answer = await carryOut(frame, { connection, services, requestId });
  connection.pending -= 1;
  if ('refusal' in answer) {
    connection.send(errorFrame({ requestId, ...answer.refusal }, frame satisfies RefusedFrame));
  } else if (frame.id !== undefined) {
    connection.send({ type: 'ack', id: frame.id, ...answer.done });
  }
}

const TOO_MANY: Refusal = refuse('draining', 'Too many frames wait for their answer; send this one again later.');

async function carryOut(frame: WsClientMessage, context: FrameContext): Promise<FrameAnswer> {
  const handler = HANDLERS[frame.type] as FrameHandler<WsClientMessage>;
  try {
    return await handler(frame, context);
  } catch (error) {
    const refusal = refusalOfError(error);
    if (refusal === INTERNAL) {
      const { requestId, services } = context;
      services.log.error({ err: error, requestId, type: frame.type }, 'a frame failed');
    }
    return { refusal };
  }
}
