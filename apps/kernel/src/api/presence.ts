import type { Presence } from '@dispatch/collab-contract';
import type { PresenceResponse } from '@dispatch/transport-contract';
import { setStatusRequestSchema } from '@dispatch/transport-contract/schema';
import type { ApiHandler } from './api-handler.ts';
import { storageFull } from './change-conversation.ts';
import { validate } from './validate.ts';

/** `GET /presence` */
export const presence: ApiHandler = async ({ userId }, parts): Promise<PresenceResponse> => ({
  users: await parts.presence.list(userId),
});

/** `PUT /me/status`: the caller's own text, whoever the body names. */
export const setStatus: ApiHandler = async (request, parts): Promise<Presence> => {
  const { statusText } = await validate(setStatusRequestSchema, await request.body());
  const answer = await parts.presence.setStatusText(request.userId, statusText);
  if (answer === 'full') throw storageFull();
  return answer;
};
