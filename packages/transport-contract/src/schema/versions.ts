import { usageSchema } from '@dispatch/wire/schema';
import { z } from 'zod';
import type {
  ActivateVersionRequest,
  ActivateVersionResponse,
  ForkRequest,
  ForkResponse,
  RegenerateRequest,
  RegenerateResponse,
  TurnEffect,
  VersionSummary,
  VersionsQuery,
  VersionsResponse,
} from '../index.ts';
import { exact } from './exact.ts';
import {
  idempotencyKeySchema,
  messageTextSchema,
  modelNameSchema,
  turnReferenceSchema,
} from './inbound-fields.ts';

/** Reads the body of `POST /conversations/:id/regenerate`. */
export const regenerateRequestSchema: z.ZodType<RegenerateRequest> = exact<RegenerateRequest>()(
  z.object({
    turnId: turnReferenceSchema,
    message: messageTextSchema.exactOptional(),
    model: modelNameSchema.exactOptional(),
    idempotencyKey: idempotencyKeySchema.exactOptional(),
  }),
);

const effect = exact<TurnEffect>()(z.object({ kind: z.string(), id: z.string(), summary: z.string() }));
const version = z.int().min(1);

/** Checks a {@link RegenerateResponse}. */
export const regenerateResponseSchema: z.ZodType<RegenerateResponse> = exact<RegenerateResponse>()(
  z.object({
    conversationId: z.string(),
    turnId: z.string(),
    beatId: z.string(),
    version,
    irreversible: z.array(effect),
  }),
);

/** Reads the query of `GET /conversations/:id/versions`. */
export const versionsQuerySchema: z.ZodType<VersionsQuery> = exact<VersionsQuery>()(
  z.object({ turnId: turnReferenceSchema }),
);

const summary = exact<VersionSummary>()(
  z.object({
    turnId: z.string(),
    version,
    active: z.boolean(),
    startedAt: z.number(),
    sealedAt: z.number().nullable(),
    reason: z.string().nullable(),
    model: z.string(),
    usage: usageSchema.exactOptional(),
    effects: z.array(effect),
  }),
);

/** Checks a {@link VersionsResponse}. */
export const versionsResponseSchema: z.ZodType<VersionsResponse> = exact<VersionsResponse>()(
  z.object({ conversationId: z.string(), beatId: z.string(), versions: z.array(summary) }),
);

/** Reads the body of `POST /conversations/:id/versions/activate`. */
export const activateVersionRequestSchema: z.ZodType<ActivateVersionRequest> =
  exact<ActivateVersionRequest>()(z.object({ turnId: turnReferenceSchema }));

/** Checks an {@link ActivateVersionResponse}. */
export const activateVersionResponseSchema: z.ZodType<ActivateVersionResponse> =
  exact<ActivateVersionResponse>()(
    z.object({
      conversationId: z.string(),
      turnId: z.string(),
      beatId: z.string(),
      version,
      versions: version,
    }),
  );

/** Reads the body of `POST /conversations/:id/fork`. */
export const forkRequestSchema: z.ZodType<ForkRequest> = exact<ForkRequest>()(
  z.object({ turnId: turnReferenceSchema, idempotencyKey: idempotencyKeySchema.exactOptional() }),
);

/** Checks a {@link ForkResponse}. */
export const forkResponseSchema: z.ZodType<ForkResponse> = exact<ForkResponse>()(
  z.object({
    conversationId: z.string(),
    turnId: z.string(),
    forkedFrom: z.object({ conversationId: z.string(), turnId: z.string() }),
  }),
);
