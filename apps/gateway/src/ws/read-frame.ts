import type { WsClientMessage } from '@dispatch/transport-contract';
import { clientFrameSchemas } from '@dispatch/transport-contract/schema';
import { invalidRequest, type Refusal, refuse } from '../refusal.ts';
import { parseSafeJson } from '../safe-json.ts';
import type { RefusedFrame } from './error-frame.ts';
import { HANDLERS } from './handlers.ts';

export type ReadFrame =
  | { readonly ok: true; readonly frame: WsClientMessage }
  | { readonly ok: false; readonly refusal: Refusal; readonly about: RefusedFrame };

const LONGEST_ID = 128;

/** A client frame, checked; or why it is none, and what it was about as far as that can be told. */
export function readFrame(text: string): ReadFrame {
  const json = parseSafeJson(text);
  if (!json.ok) return { ...json, about: {} };
  const { value } = json;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, refusal: refuse('invalid-request', 'A frame must be a JSON object.'), about: {} };
  }
  const fields = value as Record<string, unknown>;
  const about = aboutOf(fields);
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
    ...(typeof id === 'string' && id !== '' && id.length <= LONGEST_ID && { id }),
    ...(typeof conversationId === 'string' && { conversationId }),
    ...(typeof surfaceId === 'string' && { surfaceId }),
  };
}
