import type { DispatchClient } from '@dispatch/client';
import type { ConversationSummary } from '@dispatch/transport-contract';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-codes.ts';

/**
 * The conversation a person means by an id or the beginning of one; undefined when there is none.
 *
 * @throws CliError when several begin like that
 */
export async function resolveConversation(
  client: DispatchClient,
  id: string,
): Promise<ConversationSummary | undefined> {
  const { conversations } = await client.conversations({ q: id, limit: 200 });
  const exact = conversations.find((conversation) => conversation.id === id);
  if (exact) return exact;
  const matching = conversations.filter((conversation) => conversation.id.startsWith(id));
  if (matching.length > 1) {
    const named = matching.slice(0, 10).map(({ id, title }) => `  ${id}  ${title ?? ''}`.trimEnd());
    if (matching.length > 10) named.push(`  and ${matching.length - 10} more`);
    throw new CliError(
      'ambiguous-id',
      EXIT.notFound,
      `${matching.length} conversations begin with ${id}:\n${named.join('\n')}`,
      'Give more of the id.',
    );
  }
  return matching[0];
}

/** As {@link resolveConversation}, where a conversation that does not exist is of no use. */
export async function requireConversation(client: DispatchClient, id: string): Promise<ConversationSummary> {
  const conversation = await resolveConversation(client, id);
  if (conversation) return conversation;
  throw new CliError(
    'not-found',
    EXIT.notFound,
    `No conversation begins with ${id}: it is empty.`,
    'See what is there: dispatch list',
  );
}
