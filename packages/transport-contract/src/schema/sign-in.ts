import { userSchema } from '@dispatch/collab-contract/schema';
import { z } from 'zod';
import type { MeResponse, RevokedResponse, SignInRequest, TicketResponse } from '../index.ts';
import { exact } from './exact.ts';

/** What a client was given elsewhere and passes on; its form is for others to check. */
const passedOn = z
  .string('must be a string')
  .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters')
  .max(4096, 'must have at most 4096 characters');

/** Reads the body of `POST /session`. */
export const signInRequestSchema: z.ZodType<SignInRequest> = exact<SignInRequest>()(
  z.union(
    [
      z.object({ token: passedOn }),
      z.object({ code: passedOn, codeVerifier: passedOn, redirectUri: passedOn }),
    ],
    'must be { token } or { code, codeVerifier, redirectUri }',
  ),
);

/** Checks a {@link TicketResponse}. */
export const ticketResponseSchema: z.ZodType<TicketResponse> = exact<TicketResponse>()(
  z.object({ ticket: z.string(), expiresAt: z.number() }),
);

/** Checks a {@link MeResponse}. */
export const meResponseSchema: z.ZodType<MeResponse> = exact<MeResponse>()(
  z.object({
    user: userSchema,
    scopes: z.array(z.enum(['public', 'signed-in', 'chat:read', 'chat:write', 'metrics:read', 'admin'])),
    session: z.object({
      id: z.string(),
      kind: z.enum(['local', 'session', 'token', 'jwt']),
      expiresAt: z.number().nullable(),
    }),
  }),
);

/** Checks a {@link RevokedResponse}. */
export const revokedResponseSchema: z.ZodType<RevokedResponse> = exact<RevokedResponse>()(
  z.object({ revoked: z.boolean() }),
);
