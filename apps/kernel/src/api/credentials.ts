import {
  redeemTicketBodySchema,
  type StartSessionAnswer,
  startSessionBodySchema,
  ticketBodySchema,
  type VerifyAnswer,
  verifyBodySchema,
} from '@dispatch/link';
import type { TicketResponse } from '@dispatch/transport-contract';
import type { ApiHandler } from './api-handler.ts';
import { storageFull } from './change-conversation.ts';
import { sessionSummary } from './sessions.ts';
import { validate } from './validate.ts';

/** `POST /internal/identity/verify` */
export const verify: ApiHandler = async ({ body }, { identity }): Promise<VerifyAnswer> =>
  identity.verify(await validate(verifyBodySchema, await body()));

/** `POST /internal/identity/sessions`: signs a browser in, in the name of who proved who they are. */
export const startSession: ApiHandler = async (
  { principal, body },
  { identity },
): Promise<StartSessionAnswer> => {
  const asked = await validate(startSessionBodySchema, await body());
  const verified = await identity.describe(principal);
  const made = await identity.startSession(principal, asked);
  if (made === 'full') throw storageFull();
  const { row, secret } = made;
  const { id: sessionId, expiresAt } = row;
  return {
    secret,
    session: sessionSummary(row, sessionId),
    verified: { ...verified, principal: { ...verified.principal, sessionId }, kind: 'session', expiresAt },
  };
};

/** `POST /internal/identity/tickets` */
export const ticket: ApiHandler = async ({ principal, body }, { identity }): Promise<TicketResponse> =>
  identity.issueTicket(principal, await validate(ticketBodySchema, await body()));

/** `POST /internal/identity/tickets/redeem` */
export const redeemTicket: ApiHandler = async ({ body }, { identity }): Promise<VerifyAnswer> =>
  identity.redeemTicket(await validate(redeemTicketBodySchema, await body()));
