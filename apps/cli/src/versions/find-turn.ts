import type { DispatchClient } from '@dispatch/client';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { findByBeginning } from '../find-by-beginning.ts';
import { cutTo } from '../wording.ts';

/** Of the words that tell turns apart, in characters. */
const WORDS_ROOM = 60;

/**
 * The turn a person means by an id or the beginning of one; without, the newest that is shown, or the first one while it runs.
 *
 * @throws CliError when there is none, or several begin like that
 */
export async function findTurn(
  client: DispatchClient,
  conversationId: string,
  given?: string,
): Promise<string> {
  if (given === undefined) {
    const { chunks } = await client.history(conversationId, { view: 'active', limit: 1 });
    const newest = chunks.at(-1)?.turnId;
    if (newest !== undefined) return newest;
    // The log has a turn when it is over; the first one can be named before.
    const { turnId: running } = await client.status(conversationId);
    if (running !== null) return running;
    throw new CliError('not-found', EXIT.notFound, `Nothing was said in ${conversationId} yet.`);
  }
  const { chunks } = await client.history(conversationId);
  const turns = new Map<string, string>();
  for (const { turnId, chunk } of chunks) {
    if (turnId === undefined || turns.has(turnId)) continue;
    turns.set(turnId, chunk.type === 'text' ? cutTo(chunk.text, WORDS_ROOM) : '');
  }
  const all = [...turns].map(([id, summary]) => ({ id, summary }));
  // One that still runs is not in the log.
  return findByBeginning(all, given, 'turn')?.id ?? given;
}
