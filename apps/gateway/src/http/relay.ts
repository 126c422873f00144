import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Principal, REQUEST_ID_HEADER } from '@dispatch/link';
import type { KernelRpc } from '../link/kernel-rpc.ts';
import { refusalOfAnswer } from '../refusal.ts';
import { requestIdOf, sendBody, sendRefusal } from './answer.ts';
import { readBody } from './body.ts';

/** The only headers of a request that reach the kernel; who asks is never among them. */
const RELAYED_HEADERS: readonly string[] = ['content-type', 'idempotency-key'];

/** Hands a request to the kernel as it came, and its answer back. */
export async function relay(
  rpc: KernelRpc,
  principal: Principal,
  request: { incoming: IncomingMessage; outgoing: ServerResponse; method: string; path: string },
): Promise<void> {
  const { incoming, outgoing, method, path } = request;
  const body = await readBody(incoming);
  if (!body.ok) return sendRefusal(outgoing, body.refusal);
  const headers: Record<string, string> = { [REQUEST_ID_HEADER]: requestIdOf(outgoing) };
  for (const name of RELAYED_HEADERS) {
    const value = incoming.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const repeatable = method === 'GET' || headers['idempotency-key'] !== undefined;
  const answer = await rpc.request({ method, path, headers, body: body.bytes, principal, repeatable });
  if (answer.status >= 400) {
    const refusal = refusalOfAnswer(answer);
    return sendRefusal(outgoing, refusal, refusal.code === 'internal' ? 500 : answer.status);
  }
  sendBody(outgoing, answer.status, answer.headers['content-type'] ?? 'application/json', answer.body);
}
