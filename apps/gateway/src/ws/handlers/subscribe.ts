import type { FrameId } from '@dispatch/transport-contract';
import type { SubscribeMessage } from '@dispatch/ui-contract';
import { errorFrame } from '../error-frame.ts';
import { DONE, type FrameHandler } from '../frame-handler.ts';
import { readFocus } from '../surface-focus.ts';
import { tooManyWatches } from './chat-subscribe.ts';

/** Subscribes to a surface. Asked again, it sends the surface again and keeps one subscription. */
export const subscribe: FrameHandler<SubscribeMessage & FrameId> = (frame, { connection, requestId }) => {
  const { surfaces } = connection;
  const read = readFocus(surfaces, frame);
  if ('refusal' in read) return read;
  if (connection.watchesMost && !surfaces.has(read.focus)) return { refusal: tooManyWatches };
  const answered = surfaces.subscribe(read.focus);
  if (frame.id !== undefined) return answered.then((refusal) => (refusal ? { refusal } : DONE));
  // Only who asked to be told has to wait; a refusal is told to everybody.
  void answered.then((refusal) => refusal && connection.send(errorFrame({ requestId, ...refusal }, frame)));
  return DONE;
};
