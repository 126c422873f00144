import { z } from 'zod';
import type {
  ConversationModelResponse,
  CwdResponse,
  SetConversationModelRequest,
  SetCwdRequest,
  SetTitleRequest,
  TitleResponse,
} from '../index.ts';
import { exact } from './exact.ts';
import { cwdSchema, modelNameSchema, wellFormedText } from './inbound-fields.ts';

const conversationId = z.string();

/** Checks a {@link CwdResponse}. */
export const cwdResponseSchema: z.ZodType<CwdResponse> = exact<CwdResponse>()(
  z.object({ conversationId, cwd: z.string().nullable() }),
);

/** Reads the body of `PUT /conversations/:id/cwd`. */
export const setCwdRequestSchema: z.ZodType<SetCwdRequest> = exact<SetCwdRequest>()(
  z.object({ cwd: cwdSchema }),
);

/** Checks a {@link TitleResponse}. */
export const titleResponseSchema: z.ZodType<TitleResponse> = exact<TitleResponse>()(
  z.object({ conversationId, title: z.string().nullable() }),
);

/** Reads the body of `PUT /conversations/:id/title`: trimmed, and a blank one clears like null. */
export const setTitleRequestSchema: z.ZodType<SetTitleRequest> = exact<SetTitleRequest>()(
  z.object({
    title: wellFormedText('must be a string or null')
      .trim()
      .max(200, 'must have at most 200 characters')
      .transform((title) => (title === '' ? null : title))
      .nullable(),
  }),
);

/** Checks a {@link ConversationModelResponse}. */
export const conversationModelResponseSchema: z.ZodType<ConversationModelResponse> =
  exact<ConversationModelResponse>()(
    z.object({ conversationId, model: z.string().nullable(), fallbackModels: z.array(z.string()) }),
  );

/** Reads the body of `PUT /conversations/:id/model`. */
export const setConversationModelRequestSchema: z.ZodType<SetConversationModelRequest> =
  exact<SetConversationModelRequest>()(
    z.object({
      model: modelNameSchema.nullable().exactOptional(),
      fallbackModels: z
        .array(modelNameSchema, 'must be a list of model names')
        .max(5, 'must have at most 5 entries')
        .exactOptional(),
    }),
  );
