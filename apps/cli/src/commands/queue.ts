import { type DispatchClient, mintId } from '@dispatch/client';
import type { QueuedMessage } from '@dispatch/transport-contract';
import { spelledOut } from '../approvals/approval-text.ts';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { findByBeginning } from '../find-by-beginning.ts';
import { requireConversation } from '../resolve-conversation.ts';
import { cutTo, printable } from '../wording.ts';

export interface AddOptions {
  /** For the next turn, not into the one that runs. */
  readonly next?: boolean;
  /** Of the turn it starts. */
  readonly model?: string;
}

/** `dispatch queue list CONVERSATION`: what waits, in the order in which it is taken. */
export async function listQueue({ client, out }: CommandContext, given: string): Promise<number> {
  const { id } = await requireConversation(client, given);
  const answer = await client.queue(id);
  if (out.json) {
    out.record(answer);
    return EXIT.success;
  }
  if (answer.messages.length === 0) out.note(`Nothing waits in ${id}.`);
  for (const { id: messageId, mode, text } of answer.messages) {
    if (!out.interactive) {
      out.line([messageId, mode, cutTo(text, Number.POSITIVE_INFINITY)].join('\t'));
      continue;
    }
    const room = (out.width ?? 120) - messageId.length - 9;
    const head = `${out.style.bold(messageId)}  ${out.style.dim(mode.padEnd(5))}`;
    out.line(`${head}  ${cutTo(printable(text), Math.max(room, 10))}`);
  }
  if (answer.held) out.note(`Held: nothing starts by itself. Go on: dispatch queue promote ${id} <message>`);
  return EXIT.success;
}

/** `dispatch queue add CONVERSATION WORDS`: into the running turn or for the next one; while none runs it starts one. */
export async function addQueued(
  { client, out }: CommandContext,
  given: string,
  words: readonly string[],
  { next = false, model }: AddOptions,
): Promise<number> {
  const { id } = await requireConversation(client, given);
  const answer = await client.queueMessage(id, {
    message: words.join(' '),
    mode: next ? 'queue' : 'steer',
    idempotencyKey: mintId('key'),
    ...(model !== undefined && { model }),
  });
  if (out.json) out.record(answer);
  else if (answer.outcome === 'started') tellStarted(out, id, answer.turnId);
  else out.line(answer.messageId ?? '');
  return EXIT.success;
}

/** `dispatch queue remove CONVERSATION MESSAGE` */
export async function removeQueued(
  { client, out }: CommandContext,
  given: string,
  message: string,
): Promise<number> {
  const { id } = await requireConversation(client, given);
  const messageId = await findQueued(client, id, message);
  const answer = await client.cancelQueued(id, messageId);
  if (!answer.cancelled) throw notWaiting(id, message);
  if (out.json) out.record(answer);
  else out.line(`Removed ${messageId}.`);
  return EXIT.success;
}

/** `dispatch queue promote CONVERSATION MESSAGE`: into the running turn; while none runs it starts one. */
export async function promoteQueued(
  { client, out }: CommandContext,
  given: string,
  message: string,
): Promise<number> {
  const { id } = await requireConversation(client, given);
  const messageId = await findQueued(client, id, message);
  const answer = await client.changeQueued(id, messageId, { mode: 'steer' });
  if (out.json) out.record(answer);
  else if (answer.outcome === 'started') tellStarted(out, id, answer.turnId);
  else out.line(`${messageId} goes into the turn that runs.`);
  return EXIT.success;
}

function tellStarted(out: CommandContext['out'], id: string, turnId: string | undefined): void {
  out.line(`Started ${turnId ?? 'a turn'} in ${id}.`);
  out.note(out.noteStyle.dim(`Read it later: dispatch read ${id}`));
}

async function findQueued(client: DispatchClient, id: string, message: string): Promise<string> {
  const { messages } = await client.queue(id);
  const named = messages.map(({ id, text }: QueuedMessage) => ({ id, summary: cutTo(text, 60) }));
  const found = findByBeginning(named, message, 'message');
  if (!found) throw notWaiting(id, message);
  return found.id;
}

function notWaiting(id: string, message: string): CliError {
  const hint = `See what waits: dispatch queue list ${id}`;
  return new CliError('not-found', EXIT.notFound, `No message ${spelledOut(message)} waits in ${id}.`, hint);
}
