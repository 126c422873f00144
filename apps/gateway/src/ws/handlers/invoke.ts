import type { SurfaceState } from '@dispatch/link';
import type { WsServerMessage } from '@dispatch/transport-contract';
import type { InvokeMessage } from '@dispatch/ui-contract';
import { invokeSurface } from '../../link/invoke-surface.ts';
import { refuse } from '../../refusal.ts';
import { DONE, type FrameHandler } from '../frame-handler.ts';
import { readFocus } from '../surface-focus.ts';

/**
 * Runs an action of a surface. Its effect reaches all who are subscribed as one update, this socket before its ack. A refusal is followed by the
 * surface as it stands, for this socket alone.
 */
export const invoke: FrameHandler<InvokeMessage> = async (frame, { connection, services, requestId }) => {
  const { surfaces, principal } = connection;
  const read = readFocus(surfaces, frame);
  if ('refusal' in read) return read;
  const { focus } = read;
  const { actionId, payload } = frame;
  const wantsState = !surfaces.has(focus);
  const body = { ...focus, actionId, ...(payload !== undefined && { payload }), wantsState };
  const invoked = await surfaces.inTurn(focus, () =>
    invokeSurface(services.kernel.rpc, principal, body, requestId),
  );
  if (!invoked.ok) return { refusal: invoked.refusal };
  const { answer } = invoked;
  const { state } = answer;
  const update = state && surfaces.takes(focus, state.mark) ? updateFrame(state) : undefined;
  if (answer.outcome === 'refused') {
    const refusal = refuse(answer.code, answer.message);
    return { refusal, ...(update && { behind: update }) };
  }
  if (update !== undefined) connection.send(update);
  if (answer.mark !== undefined) await surfaces.whenSeen(focus, answer.mark);
  return DONE;
};

function updateFrame({ spec, conversationId }: SurfaceState): WsServerMessage {
  const echo = conversationId === undefined ? {} : { conversationId };
  return { type: 'update', update: { surfaceId: spec.id, spec, ...echo } };
}
