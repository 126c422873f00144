import type { ConversationSummary, ConversationsResponse } from '@dispatch/transport-contract';
import { conversationsQuerySchema } from '@dispatch/transport-contract/schema';
import type { ConversationFilter, ConversationRow } from '../ports.ts';
import { reportOnce } from '../report-once.ts';
import { ApiError } from './api-error.ts';
import type { ApiHandler } from './api-handler.ts';
import { validate } from './validate.ts';

const DEFAULT_LIMIT = 50;

/** `GET /conversations`: the caller's own, newest activity first. */
export const conversations: ApiHandler = async (
  { userId, query },
  { store, log },
): Promise<ConversationsResponse> => {
  const { limit = DEFAULT_LIMIT, cursor, ...selection } = await validate(conversationsQuerySchema, query);
  const before = cursor === undefined ? undefined : decodeCursor(cursor);
  const filter: ConversationFilter = {
    ownerId: userId,
    // One more than is shown tells whether there is a next page.
    limit: limit + 1,
    ...selection,
    ...(before === undefined ? {} : { before }),
  };
  const { rows, userSeq } = await store.read.conversations(filter);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  for (const { id } of page.filter(({ damaged }) => damaged)) {
    reportOnce(log, `row ${id}`, { conversationId: id }, 'the row of a conversation is damaged');
  }
  return {
    conversations: page.map(summary),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last) : null,
    epoch: store.epoch,
    userSeq,
  };
};

function summary(row: ConversationRow): ConversationSummary {
  const { id, title, status, model, cwd, createdAt, lastActivityAt } = row;
  return { id, title, status, model, cwd, createdAt, lastActivityAt };
}

/** A position in the order of the list. Opaque outside this file. */
type Position = NonNullable<ConversationFilter['before']>;

/** UTF-16 because it keeps whatever a string can hold; the longest id there can be makes a cursor of 724 characters. */
function encodeCursor({ activity, id }: Position): string {
  return Buffer.from(`${activity}:${id}`, 'utf16le').toString('base64url');
}

function decodeCursor(cursor: string): Position {
  const match = /^(\d{1,15}):(.+)$/s.exec(Buffer.from(cursor, 'base64url').toString('utf16le'));
  if (match?.[1] !== undefined && match[2] !== undefined) {
    return { activity: Number(match[1]), id: match[2] };
  }
  throw new ApiError('invalid-request', 'cursor is not one that this list gave', 'start without a cursor');
}
