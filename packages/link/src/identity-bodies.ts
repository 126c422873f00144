import { z } from 'zod';
import type { RedeemTicketBody, StartSessionBody, TicketBody, VerifyBody } from './identity-routes.ts';

/** Long enough for any secret of ours; whatever is longer is none. */
const secret = z.string().min(1).max(1024);
const text = z.string().min(1).max(1024);
const address = z.string().max(256);
const origin = z.string().max(1024).nullable();

const credential = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('token'), secret }),
  z.object({ kind: z.literal('session'), secret }),
  z.object({
    kind: z.literal('jwt'),
    issuer: text,
    subject: text,
    name: text.exactOptional(),
    expiresAt: z.number(),
    jwtId: text,
  }),
]);

/** Reads the body of `verify`. */
export const verifyBodySchema: z.ZodType<VerifyBody> = z.object({ credential, address });

/** Reads the body of `startSession`. */
export const startSessionBodySchema: z.ZodType<StartSessionBody> = z.object({
  userAgent: z.string().max(4096).exactOptional(),
  address,
  expiresAt: z.number().nullable(),
});

/** Reads the body of `ticket`. */
export const ticketBodySchema: z.ZodType<TicketBody> = z.object({ origin, address });

/** Reads the body of `redeemTicket`. */
export const redeemTicketBodySchema: z.ZodType<RedeemTicketBody> = z.object({
  origin,
  address,
  ticket: secret,
});
