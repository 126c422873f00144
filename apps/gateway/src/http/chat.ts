import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StartTurnBody } from '@dispatch/link';
import { chatRequestSchema } from '@dispatch/transport-contract/schema';
import type { TurnId } from '@dispatch/wire';
import type { KnownCaller } from '../auth/authenticator.ts';
import { startTurn } from '../link/start-turn.ts';
import { invalidRequest, type Refusal, refuse } from '../refusal.ts';
import { parseSafeJsonBytes } from '../safe-json.ts';
import type { Services } from '../services.ts';
import { requestIdOf, sendRefusal } from './answer.ts';
import { readBody } from './body.ts';
import { endTurnStream, openTurnStream, streamTurn, writeEvent } from './turn-stream.ts';

/** `POST /chat`: starts a turn and streams its events as NDJSON until it is sealed. */
export async function chat(
  services: Services,
  known: KnownCaller,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { kernel, inFlight, credentials, admission } = services;
  const { principal } = known.caller;
  const body = await readBody(incoming);
  if (!body.ok) return sendRefusal(outgoing, body.refusal);
  const request = readChatRequest(body.bytes, incoming.headers['idempotency-key']);
  if (!request.ok) return sendRefusal(outgoing, request.refusal);
  if (outgoing.destroyed) return;
  const noRoom = admission.claim(principal.userId);
  if (noRoom !== undefined) return sendRefusal(outgoing, noRoom);
  outgoing.once('close', () => admission.release(principal.userId));
  const started = await startTurn(kernel.rpc, principal, request.body, requestIdOf(outgoing));
  if (!started.ok) return sendRefusal(outgoing, started.refusal);
  inFlight.release(outgoing);
  if (started.outcome === 'busy') return answerBusy(services, outgoing, started.conversationId);
  // Nobody would ever close what is opened for a client that has left; its turn goes on.
  if (outgoing.destroyed) return;
  const { conversationId, turnId } = started;
  // Delivery ends with what it was asked with; the turn goes on.
  const credential = credentials.watch(known, { signedOut: () => void outgoing.destroy() });
  outgoing.once('close', () => credential.stop());
  streamTurn(services, { outgoing, principal, conversationId, turnId });
}

type ReadChatRequest =
  | { readonly ok: true; readonly body: StartTurnBody }
  | { readonly ok: false; readonly refusal: Refusal };

/** The body and its header synonym, as the kernel wants them. */
export function readChatRequest(body: Buffer, keyHeader: string | string[] | undefined): ReadChatRequest {
  const json = parseSafeJsonBytes(body);
  if (!json.ok) return json;
  const parsed = chatRequestSchema.safeParse(withHeaderKey(json.value, keyHeader));
  if (!parsed.success) return { ok: false, refusal: invalidRequest(parsed.error) };
  if (typeof keyHeader === 'string' && parsed.data.idempotencyKey !== keyHeader) {
    const fault = 'Idempotency-Key and idempotencyKey differ; send one of them.';
    return { ok: false, refusal: refuse('invalid-request', fault) };
  }
  return { ok: true, body: parsed.data };
}

function withHeaderKey(value: unknown, keyHeader: string | string[] | undefined): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || keyHeader === undefined)
    return value;
  return 'idempotencyKey' in value ? value : { ...value, idempotencyKey: keyHeader };
}

/** One `error` line under a turn id that belongs to nothing, as clients of 0.9.0 know it. */
function answerBusy({ ids }: Services, outgoing: ServerResponse, conversationId: string): void {
  openTurnStream(outgoing, conversationId);
  writeEvent(outgoing, {
    type: 'error',
    conversationId,
    turnId: ids.mint('trn') as TurnId,
    message: 'A turn of this conversation is already running.',
    code: 'turn-running',
  });
  endTurnStream(outgoing);
}
