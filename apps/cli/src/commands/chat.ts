import { resolve } from 'node:path';
import { mintId } from '@dispatch/client';
import { chatLoop } from '../chat/chat-loop.ts';
import { runChat, tellEnd } from '../chat/chat-run.ts';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { connected } from '../connected.ts';
import { EXIT } from '../exit-codes.ts';
import { resolveConversation } from '../resolve-conversation.ts';

export interface ChatOptions {
  /** Id or its beginning; absent: a new conversation. */
  readonly conversation?: string;
  readonly model?: string;
  readonly cwd?: string;
}

/** `dispatch chat`: one message and its answer, or on a terminal without message one after another. */
export async function chat(context: CommandContext, words: string[], options: ChatOptions): Promise<number> {
  const { client, out, terminal } = context;
  const loops = words.length === 0 && terminal.stdin.isTTY === true && !out.json;
  const message = loops ? '' : await messageFrom(context, words);

  await client.health();
  const conversationId = await conversationFrom(context, options.conversation);
  const base = {
    conversationId,
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.cwd === undefined ? {} : { cwd: resolve(options.cwd) }),
  };
  const connection = await connected(context);
  try {
    out.note(out.noteStyle.dim(`conversation ${conversationId}`));
    if (loops) return await chatLoop(context, connection, base);
    const start = () => connection.send({ ...base, message });
    return tellEnd(context, conversationId, await runChat(context, connection, { conversationId, start }));
  } finally {
    connection.close();
  }
}

async function messageFrom({ terminal }: CommandContext, words: readonly string[]): Promise<string> {
  if (words.length > 0 && !(words.length === 1 && words[0] === '-')) return words.join(' ');
  const pieces: Buffer[] = [];
  for await (const piece of terminal.stdin) pieces.push(Buffer.from(piece));
  const message = Buffer.concat(pieces).toString('utf8').trim();
  if (message !== '') return message;
  throw new CliError(
    'no-message',
    EXIT.usage,
    'There is no message: stdin is empty.',
    'Give one: dispatch chat "Hello", or pipe one in.',
  );
}

async function conversationFrom({ client }: CommandContext, id: string | undefined): Promise<string> {
  if (id === undefined) return mintId('cnv');
  // An id nobody has used is the caller's own choice for a new conversation.
  return (await resolveConversation(client, id))?.id ?? id;
}
