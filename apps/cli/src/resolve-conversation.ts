import type { DispatchClient } from '@dispatch/client';
import type { ConversationSummary } from '@dispatch/transport-contract';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-codes.ts';

/** A conversation that exists. */
export type FoundConversation = Pick<ConversationSummary, 'id' | 'status' | 'title'>;

/** Candidates that are named when an id is ambiguous; the search ends with one more. */
const NAMED = 10;
const PAGE_SIZE = 200;

/**
 * The conversation a person means by an id or the beginning of one; undefined when there is none.
 *
 * @throws CliError when several begin like that
 */
export async function resolveConversation(
  client: DispatchClient,
  id: string,
): Promise<FoundConversation | undefined> {
  if (id === '') throw new CliError('usage', EXIT.usage, 'The conversation id is empty.');
  const { status, turnId, title, model, cwd } = await client.status(id);
  // An unknown one is idle and has nothing. So may one be that was created and never used: the list knows.
  const isKnown = status !== 'idle' || [turnId, title, model, cwd].some((fact) => fact !== null);
  return isKnown ? { id, status, title } : await findByBeginning(client, id);
}

async function findByBeginning(client: DispatchClient, id: string): Promise<FoundConversation | undefined> {
  const matching: FoundConversation[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await client.conversations({ q: id, limit: PAGE_SIZE, ...(cursor ? { cursor } : {}) });
    const exact = page.conversations.find((conversation) => conversation.id === id);
    if (exact) return exact;
    // The query looks into titles too.
    matching.push(...page.conversations.filter((conversation) => conversation.id.startsWith(id)));
    cursor = page.nextCursor;
  } while (cursor !== null && matching.length <= NAMED);
  if (matching.length > 1) throw ambiguous(id, matching);
  return matching[0];
}

function ambiguous(id: string, matching: readonly FoundConversation[]): CliError {
  const named = matching.slice(0, NAMED).map(({ id, title }) => `  ${id}  ${title ?? ''}`.trimEnd());
  const many = matching.length > NAMED ? `More than ${NAMED}` : String(matching.length);
  if (matching.length > NAMED) named.push('  and more');
  return new CliError(
    'ambiguous-id',
    EXIT.notFound,
    `${many} conversations begin with ${id}:\n${named.join('\n')}`,
    'Give more of the id.',
  );
}

/** As {@link resolveConversation}, where a conversation that does not exist is of no use. */
export async function requireConversation(client: DispatchClient, id: string): Promise<FoundConversation> {
  const conversation = await resolveConversation(client, id);
  if (conversation) return conversation;
  throw new CliError(
    'not-found',
    EXIT.notFound,
    `No conversation begins with ${id}: it is empty.`,
    'See what is there: dispatch list',
  );
}
