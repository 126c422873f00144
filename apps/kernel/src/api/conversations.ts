import type { ConversationSummary, ConversationsResponse } from '@dispatch/transport-contract';
import type { ConversationFilter, ConversationRow, ConversationStatus } from '../ports.ts';
import { ApiError } from './api-error.ts';
import type { ApiHandler } from './api-handler.ts';
import { integerParam, wordParam } from './validate.ts';

const STATUSES: readonly ConversationStatus[] = ['active', 'idle', 'closed'];
const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const MAX_QUERY_LENGTH = 200;

/** `GET /conversations`: the caller's own, newest activity first. */
export const conversations: ApiHandler = async (
  { userId, query },
  { store },
): Promise<ConversationsResponse> => {
  const limit = integerParam(query, 'limit', 1, DEFAULT_LIMIT);
  if (limit > MAX_LIMIT) throw new ApiError('invalid-request', `limit must be at most ${MAX_LIMIT}`);
  const status = wordParam(query, 'status', STATUSES);
  const q = query.get('q') || undefined;
  if (q !== undefined && q.length > MAX_QUERY_LENGTH) {
    throw new ApiError('invalid-request', `q must have at most ${MAX_QUERY_LENGTH} characters`);
  }
  const before = decodeCursor(query.get('cursor') || undefined);
  const filter: ConversationFilter = {
    ownerId: userId,
    // One more than is shown tells whether there is a next page.
    limit: limit + 1,
    ...(q === undefined ? {} : { q }),
    ...(status === undefined ? {} : { status }),
    ...(before === undefined ? {} : { before }),
  };
  const rows = await store.read.conversations(filter);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    conversations: page.map(summary),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(last) : null,
  };
};

function summary(row: ConversationRow): ConversationSummary {
  const { id, title, status, model, cwd, createdAt, lastActivityAt } = row;
  return { id, title, status, model, cwd, createdAt, lastActivityAt };
}

/** A position in the order of the list. Opaque outside this file. */
type Position = NonNullable<ConversationFilter['before']>;

function encodeCursor({ lastActivityAt, id }: ConversationRow): string {
  return Buffer.from(JSON.stringify([lastActivityAt, id]), 'utf8').toString('base64url');
}

function decodeCursor(cursor: string | undefined): Position | undefined {
  if (cursor === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(value) && Number.isSafeInteger(value[0]) && typeof value[1] === 'string') {
      return { lastActivityAt: value[0], id: value[1] };
    }
  } catch {
    // Not a cursor of ours: said below.
  }
  throw new ApiError('invalid-request', 'cursor is not one that this list gave', 'start without a cursor');
}
