import { type DispatchClient, isDispatchError } from '@dispatch/client';
import type { ConversationHistoryQuery } from '@dispatch/transport-contract';
import type { StoredChunk } from '@dispatch/wire';

/** What a reader of the raw log has to know of a turn, by its id: which version it is, and why it is not shown. Turns that need no word have none. */
export async function versionMarks(
  client: DispatchClient,
  conversationId: string,
  window: ConversationHistoryQuery,
  chunks: readonly StoredChunk[],
): Promise<ReadonlyMap<string, string>> {
  const shown = await shownTurns(client, conversationId, window);
  const marks = new Map<string, string>();
  for (const chunk of chunks) {
    const { turnId } = chunk;
    if (turnId === undefined) continue;
    const mark = markOf(chunk, shown?.has(turnId) ?? chunk.supersededBy === undefined);
    if (mark !== undefined) marks.set(turnId, mark);
  }
  return marks;
}

/** The log tells what another version stands in the place of, but not what followed that. Undefined: what is shown cannot be told, because it is damaged. */
async function shownTurns(
  client: DispatchClient,
  conversationId: string,
  window: ConversationHistoryQuery,
): Promise<ReadonlySet<string | undefined> | undefined> {
  try {
    const { chunks } = await client.history(conversationId, { ...window, view: 'active' });
    return new Set(chunks.map(({ turnId }) => turnId));
  } catch (error) {
    if (isDispatchError(error) && error.code === 'conversation-damaged') return undefined;
    throw error;
  }
}

function markOf({ version = 1, supersededBy }: StoredChunk, isShown: boolean): string | undefined {
  if (version === 0) return 'not shown: it ended before it had said anything';
  if (supersededBy !== undefined) return `not shown: version ${version}, ${supersededBy} is shown`;
  if (!isShown) return 'not shown: it followed another version';
  return version > 1 ? `version ${version}` : undefined;
}
