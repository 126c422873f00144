import { STATUS_TEXT_CHARACTERS } from '@dispatch/collab-contract';
import { presenceSchema } from '@dispatch/collab-contract/schema';
import { z } from 'zod';
import type {
  ClientPresenceUpdateMessage,
  PresenceResponse,
  PresenceSnapshotMessage,
  PresenceStatusMessage,
  PresenceUpdateMessage,
  SetStatusRequest,
} from '../index.ts';
import { exact } from './exact.ts';
import { frameIdSchema, wellFormedText } from './inbound-fields.ts';

const id = frameIdSchema.exactOptional();
const users = z.array(presenceSchema);

/** A status text from outside: trimmed, and a blank one clears like null. Characters are counted as people do, not as code units. */
const statusText = wellFormedText('must be a string or null')
  .trim()
  .refine((text) => !/\p{Cc}/u.test(text), 'must have no control characters')
  .refine(
    (text) => Array.from(text).length <= STATUS_TEXT_CHARACTERS,
    `must have at most ${STATUS_TEXT_CHARACTERS} characters`,
  )
  .transform((text) => (text === '' ? null : text))
  .nullable();

/** Checks a {@link PresenceSnapshotMessage}. */
export const presenceSnapshotMessageSchema: z.ZodType<PresenceSnapshotMessage> =
  exact<PresenceSnapshotMessage>()(z.object({ type: z.literal('presence.snapshot'), users }));

/** Checks a {@link PresenceUpdateMessage}. */
export const presenceUpdateMessageSchema: z.ZodType<PresenceUpdateMessage> = exact<PresenceUpdateMessage>()(
  z.object({ type: z.literal('presence.update'), users }),
);

/** Reads a `presence.status` frame. */
export const presenceStatusMessageSchema: z.ZodType<PresenceStatusMessage> = exact<PresenceStatusMessage>()(
  z.object({ type: z.literal('presence.status'), statusText, id }),
);

/** Reads a client's `presence.update` frame. */
export const clientPresenceUpdateMessageSchema: z.ZodType<ClientPresenceUpdateMessage> =
  exact<ClientPresenceUpdateMessage>()(
    z.object({
      type: z.literal('presence.update'),
      status: z.unknown().exactOptional(),
      statusText: statusText.exactOptional(),
      id,
    }),
  );

/** Checks a {@link PresenceResponse}. */
export const presenceResponseSchema: z.ZodType<PresenceResponse> = exact<PresenceResponse>()(
  z.object({ users }),
);

/** Reads the body of `PUT /me/status`. */
export const setStatusRequestSchema: z.ZodType<SetStatusRequest> = exact<SetStatusRequest>()(
  z.object({ statusText }),
);
