import {
  INTERNAL_ROUTES,
  type InvokeSurfaceAnswer,
  type InvokeSurfaceBody,
  type Principal,
  REQUEST_ID_HEADER,
} from '@dispatch/link';
import { type Refusal, refusalOfAnswer } from '../refusal.ts';
import type { KernelRpc } from './kernel-rpc.ts';

export type InvokeSurfaceResult =
  | { readonly ok: true; readonly answer: InvokeSurfaceAnswer }
  | { readonly ok: false; readonly refusal: Refusal };

/** Asks the kernel to run an action. Never twice: a toggle without a value flips. */
export async function invokeSurface(
  rpc: KernelRpc,
  principal: Principal,
  body: InvokeSurfaceBody,
  requestId: string,
): Promise<InvokeSurfaceResult> {
  const { method, path } = INTERNAL_ROUTES.invokeSurface;
  const answer = await rpc.request({
    method,
    path,
    headers: { 'content-type': 'application/json', [REQUEST_ID_HEADER]: requestId },
    body: Buffer.from(JSON.stringify(body), 'utf8'),
    principal,
    repeatable: false,
  });
  if (answer.status !== 200) return { ok: false, refusal: refusalOfAnswer(answer) };
  return { ok: true, answer: JSON.parse(answer.body.toString('utf8')) as InvokeSurfaceAnswer };
}
