import { z } from 'zod';
import type { HealthResponse, LspStatusResponse, ModelsResponse, ReadyResponse } from '../index.ts';
import { exact } from './exact.ts';

/** Checks a {@link HealthResponse}. */
export const healthResponseSchema: z.ZodType<HealthResponse> = exact<HealthResponse>()(
  z.object({ ok: z.literal(true) }),
);

/** Checks a {@link ReadyResponse}. */
export const readyResponseSchema: z.ZodType<ReadyResponse> = exact<ReadyResponse>()(
  z.object({ ok: z.boolean() }),
);

/** Checks a {@link ModelsResponse}. */
export const modelsResponseSchema: z.ZodType<ModelsResponse> = exact<ModelsResponse>()(
  z.object({
    models: z.array(z.string()),
    unavailable: z.array(z.object({ credential: z.string(), message: z.string() })).exactOptional(),
  }),
);

/** Checks an {@link LspStatusResponse}. */
export const lspStatusResponseSchema: z.ZodType<LspStatusResponse> = exact<LspStatusResponse>()(
  z.object({
    conversationId: z.string(),
    cwd: z.string().nullable(),
    servers: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        root: z.string(),
        extensions: z.array(z.string().startsWith('.')),
        state: z.enum(['connected', 'starting', 'error', 'not-started']),
        error: z.string().exactOptional(),
      }),
    ),
  }),
);
