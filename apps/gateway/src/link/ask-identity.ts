import {
  IDENTITY_ROUTES,
  type Principal,
  type RedeemTicketBody,
  type StartSessionAnswer,
  type StartSessionBody,
  type TicketBody,
  type VerifyAnswer,
  type VerifyBody,
} from '@dispatch/link';
import type { TicketResponse } from '@dispatch/transport-contract';
import { GATEWAY_PRINCIPAL } from '../auth/caller.ts';
import { type Refusal, refusalOfAnswer } from '../refusal.ts';
import type { KernelRpc } from './kernel-rpc.ts';

export type IdentityResult<Answer> =
  | { readonly ok: true; readonly answer: Answer }
  | { readonly ok: false; readonly refusal: Refusal };

/** Who somebody is, as the kernel knows it. Each call throws `KernelUnavailable` when there is no answer. */
export interface Identity {
  verify(body: VerifyBody): Promise<IdentityResult<VerifyAnswer>>;
  startSession(principal: Principal, body: StartSessionBody): Promise<IdentityResult<StartSessionAnswer>>;
  ticket(principal: Principal, body: TicketBody): Promise<IdentityResult<TicketResponse>>;
  redeemTicket(body: RedeemTicketBody): Promise<IdentityResult<VerifyAnswer>>;
}

/** Asks the kernel over rpc.sock. */
export function identityOver(rpc: KernelRpc): Identity {
  return {
    // Reading twice is reading once.
    verify: (body) => ask(rpc, 'verify', GATEWAY_PRINCIPAL, body, true),
    startSession: (principal, body) => ask(rpc, 'startSession', principal, body),
    ticket: (principal, body) => ask(rpc, 'ticket', principal, body),
    redeemTicket: (body) => ask(rpc, 'redeemTicket', GATEWAY_PRINCIPAL, body),
  };
}

async function ask<Answer>(
  rpc: KernelRpc,
  name: keyof typeof IDENTITY_ROUTES,
  principal: Principal,
  body: object,
  repeatable = false,
): Promise<IdentityResult<Answer>> {
  const answer = await rpc.request({
    ...IDENTITY_ROUTES[name],
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body), 'utf8'),
    principal,
    repeatable,
  });
  if (answer.status !== 200) return { ok: false, refusal: refusalOfAnswer(answer) };
  return { ok: true, answer: JSON.parse(answer.body.toString('utf8')) as Answer };
}
