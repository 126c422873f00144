import { type Principal, REQUEST_ID_HEADER } from '@dispatch/link';
import { ROUTES } from '@dispatch/transport-contract';
import { type Refusal, refusalOfAnswer } from '../refusal.ts';
import type { KernelRpc } from './kernel-rpc.ts';

/** Sets the caller's status text. Undefined: it is stored. */
export async function setStatus(
  rpc: KernelRpc,
  principal: Principal,
  statusText: string | null,
  requestId: string,
): Promise<Refusal | undefined> {
  const { method, path } = ROUTES.setStatus;
  const answer = await rpc.request({
    method,
    path,
    headers: { 'content-type': 'application/json', [REQUEST_ID_HEADER]: requestId },
    body: Buffer.from(JSON.stringify({ statusText }), 'utf8'),
    principal,
    repeatable: true,
  });
  return answer.status === 200 ? undefined : refusalOfAnswer(answer);
}
