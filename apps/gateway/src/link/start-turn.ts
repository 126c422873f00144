import {
  INTERNAL_ROUTES,
  type Principal,
  REQUEST_ID_HEADER,
  type StartTurnAnswer,
  type StartTurnBody,
} from '@dispatch/link';
import { type Refusal, refusalOfAnswer } from '../refusal.ts';
import type { KernelRpc } from './kernel-rpc.ts';

export type StartTurnResult =
  | ({ readonly ok: true } & StartTurnAnswer)
  | { readonly ok: false; readonly refusal: Refusal };

/** Asks the kernel to start a turn. When this resolves with a turn, the user's message is durable. */
export async function startTurn(
  rpc: KernelRpc,
  principal: Principal,
  body: StartTurnBody,
  requestId: string,
): Promise<StartTurnResult> {
  const { method, path } = INTERNAL_ROUTES.startTurn;
  const answer = await rpc.request({
    method,
    path,
    headers: { 'content-type': 'application/json', [REQUEST_ID_HEADER]: requestId },
    body: Buffer.from(JSON.stringify(body), 'utf8'),
    principal,
    repeatable: body.idempotencyKey !== undefined,
  });
  if (answer.status !== 200) return { ok: false, refusal: refusalOfAnswer(answer) };
  return { ok: true, ...(JSON.parse(answer.body.toString('utf8')) as StartTurnAnswer) };
}
