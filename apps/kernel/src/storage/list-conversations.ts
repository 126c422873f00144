import { and, asc, desc, eq, gt, lt, lte, or, sql } from 'drizzle-orm';
import type { ConversationFilter, ConversationRow, Step } from '../ports.ts';
import { foldForSearch, toConversationRow } from './conversation-rows.ts';
import { conversation } from './schema.ts';
import { build, rowsOf } from './statements.ts';

/** No title or id is that long, and databases refuse patterns of unbounded length. */
const LONGEST_SEARCH = 1_000;

/** One that cannot be asked for must not keep the others from being listed. */
const hasId = sql`typeof(${conversation.id}) = 'text'`;

export function* listConversations(filter: ConversationFilter): Step<ConversationRow[]> {
  const { ownerId, q, status, limit, before } = filter;
  if (q !== undefined && q.length > LONGEST_SEARCH) return [];
  const records = yield* rowsOf(
    build
      .select()
      .from(conversation)
      .where(
        and(
          eq(conversation.owner_id, ownerId),
          hasId,
          status && eq(conversation.status, status),
          q ? matches(q) : undefined,
          before && behind(before),
        ),
      )
      .orderBy(desc(conversation.activity), asc(conversation.id))
      .limit(limit),
  );
  return records.map(toConversationRow);
}

function matches(q: string) {
  const pattern = `%${foldForSearch(q).replace(/[\\%_]/g, '\\$&')}%`;
  const inTitle = sql`${conversation.title_folded} like ${pattern} escape '\\'`;
  const startsId = sql`substr(${conversation.id}, 1, length(${q})) = ${q}`;
  return or(inTitle, startsId);
}

/** The first condition says nothing new, but it is the one an index can start from. */
function behind({ activity, id }: { activity: number; id: string }) {
  return and(
    lte(conversation.activity, activity),
    or(lt(conversation.activity, activity), gt(conversation.id, id)),
  );
}
