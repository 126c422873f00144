import { z } from 'zod';
import type { ContractVersions, HelloMessage, VersionResponse } from '../index.ts';
import { exact } from './exact.ts';

/** Checks a {@link ContractVersions}. */
export const contractVersionsSchema: z.ZodType<ContractVersions> = exact<ContractVersions>()(
  z.object({
    wire: z.string(),
    'ui-contract': z.string(),
    'transport-contract': z.string(),
    'collab-contract': z.string().exactOptional(),
  }),
);

/** Checks a {@link HelloMessage}. */
export const helloMessageSchema: z.ZodType<HelloMessage> = exact<HelloMessage>()(
  z.object({
    type: z.literal('hello'),
    gateway: z.string(),
    bootId: z.string(),
    contracts: contractVersionsSchema,
    capabilities: z.array(z.string()),
    user: z.string(),
    epoch: z.string(),
    head: z.int().min(0),
    resumed: z.boolean(),
    reason: z.string().exactOptional(),
    heartbeatMs: z.number().positive(),
    graceMs: z.number().positive(),
    serverTime: z.number(),
    limits: z.object({
      frameBytes: z.number().positive(),
      bodyBytes: z.number().positive(),
      unsentBytes: z.number().positive(),
      messagesPerMinute: z.number().positive().exactOptional(),
      messageBurst: z.number().positive().exactOptional(),
      connectionsPerUser: z.number().positive().exactOptional(),
      requestsPerMinute: z.number().positive().exactOptional(),
    }),
  }),
);

/** Checks a {@link VersionResponse}. */
export const versionResponseSchema: z.ZodType<VersionResponse> = exact<VersionResponse>()(
  z.object({
    gateway: z.string(),
    contracts: contractVersionsSchema,
    bootId: z.string().nullable(),
    epoch: z.string().nullable(),
  }),
);
