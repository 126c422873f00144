import type { WsClientMessage } from '@dispatch/transport-contract';
import { clientFrameSchemas, frameIdSchema } from '@dispatch/transport-contract/schema';
import { invalidRequest, type Refusal, refuse } from '../refusal.ts';
import { parseSafeJson } from '../safe-json.ts';
import type { RefusedFrame } from './error-frame.ts';
import { HANDLERS } from './handlers.ts';

export type ReadFrame =
  | { readonly ok: true; readonly frame: WsClientMessage }
  | { readonly ok: false; readonly refusal: Refusal; readonly about: RefusedFrame };

/** A client frame, checked; or why it is none, and what it was about as far as that can be told. */
export function readFrame(text: string): ReadFrame {
  const json = parseSafeJson(text);
  const fields = isRecord(json.value) ? json.value : {};
  // Also of a frame that is refused unread: who waits for its id hears that nothing will come.
  const about = aboutOf(fields);
  if (!json.ok) return { ok: false, refusal: json.refusal, about };
  if (fields !== json.value) {
    return { ok: false, refusal: refuse('invalid-request', 'A frame must be a JSON object.'), about };
  }
  const { type } = fields;
  if (typeof type !== 'string' || !Object.hasOwn(HANDLERS, type)) {
    return { ok: false, refusal: refuse('unknown-frame', 'There is no frame of this type.'), about };
  }
  const parsed = clientFrameSchemas[type as WsClientMessage['type']].safeParse(fields);
  if (!parsed.success) return { ok: false, refusal: invalidRequest(parsed.error), about };
  return { ok: true, frame: parsed.data };
}

function aboutOf({ type, id, conversationId, surfaceId }: Record<string, unknown>): RefusedFrame {
  return {
    ...(typeof type === 'string' && { type }),
    ...(isFrameId(id) && { id }),
    ...(typeof conversationId === 'string' && { conversationId }),
    ...(typeof surfaceId === 'string' && { surfaceId }),
  };
}

/** As the contract reads it, whose characters are not JavaScript's units. */
function isFrameId(id: unknown): id is string {
  return frameIdSchema.safeParse(id).success;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
