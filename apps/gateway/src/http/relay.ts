import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Principal, REQUEST_ID_HEADER } from '@dispatch/link';
import type { Reader } from '../limits/unsent-budget.ts';
import { refusalOfAnswer } from '../refusal.ts';
import type { Services } from '../services.ts';
import { requestIdOf, sendBody, sendRefusal } from './answer.ts';
import { readBody } from './body.ts';

/** The only headers of a request that reach the kernel; who asks is never among them. */
const RELAYED_HEADERS: readonly string[] = ['content-type', 'idempotency-key'];

/** A request for the kernel, by the route it was matched with. */
export interface RelayedRequest {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly method: string;
  /** Path and query as the kernel is to see them. */
  readonly path: string;
  /** Doing it twice has the effect of doing it once, whatever key it carries. */
  readonly repeatable: boolean;
}

/** Hands a request to the kernel as it came, and its answer back. */
export async function relay(
  services: Pick<Services, 'kernel' | 'unsent' | 'metrics'>,
  principal: Principal,
  request: RelayedRequest,
): Promise<void> {
  const { rpc } = services.kernel;
  const { incoming, outgoing, method, path, repeatable } = request;
  const body = await readBody(incoming);
  if (!body.ok) return sendRefusal(outgoing, body.refusal);
  const headers: Record<string, string> = { [REQUEST_ID_HEADER]: requestIdOf(outgoing) };
  for (const name of RELAYED_HEADERS) {
    const value = incoming.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const answer = await rpc.request({ method, path, headers, body: body.bytes, principal, repeatable });
  if (answer.status >= 400) {
    const refusal = refusalOfAnswer(answer);
    return sendRefusal(outgoing, refusal, refusal.code === 'internal' ? 500 : answer.status);
  }
  sendBody(outgoing, answer.status, answer.headers['content-type'] ?? 'application/json', answer.body);
  countUnsent(services, outgoing);
}

/** What of an answer is not taken at once counts among what waits for all clients, until it is gone. */
function countUnsent(
  { unsent, metrics }: Pick<Services, 'unsent' | 'metrics'>,
  outgoing: ServerResponse,
): void {
  const reader: Reader = {
    unsent: () => outgoing.writableLength,
    shed: () => {
      metrics.slowReader('answer');
      outgoing.destroy();
    },
  };
  if (outgoing.destroyed) return;
  unsent.note(reader, reader.unsent());
  outgoing.once('close', () => unsent.forget(reader));
}
