import type { Connection } from '@dispatch/client';
import type { ChatRequest } from '@dispatch/transport-contract';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { type ChatRunEnd, runChat } from './chat-run.ts';
import { createLinePrompt, type Questions } from './line-prompt.ts';

const HELP = '/quit leaves, /help says this. Ctrl-C stops a run, and leaves at the prompt.';

/** Line by line on a terminal, until the person leaves. */
export async function chatLoop(
  context: CommandContext,
  connection: Connection,
  base: Omit<ChatRequest, 'message'> & { readonly conversationId: string },
): Promise<number> {
  const { out, terminal } = context;
  const prompt = createLinePrompt(terminal, out.noteStyle.bold('› '));
  const prompted: CommandContext = {
    ...context,
    terminal: {
      ...terminal,
      onSignal: (signal, callback) =>
        signal === 'SIGINT' ? prompt.onInterrupt(callback) : terminal.onSignal(signal, callback),
    },
  };
  out.note(out.noteStyle.dim(HELP));
  try {
    while (true) {
      const message = (await prompt.ask())?.trim();
      if (message === undefined || message === '/quit' || message === '/exit') break;
      if (message === '/help') out.note(HELP);
      if (message === '' || message === '/help') continue;
      const end = await runOnce(prompted, connection, { ...base, message }, prompt);
      if (end !== undefined && 'left' in end) {
        out.note('\nStill running.');
        break;
      }
      if (end !== undefined && end.reason !== 'stop') out.note(out.noteStyle.dim(`(${end.reason})`));
    }
  } finally {
    prompt.close();
  }
  out.note(`\nGo on with: dispatch chat -c ${base.conversationId}`);
  return EXIT.success;
}

/** Undefined: it was refused, which the person has been told; the loop goes on. */
async function runOnce(
  context: CommandContext,
  connection: Connection,
  request: ChatRequest & { readonly conversationId: string },
  questions: Questions,
): Promise<ChatRunEnd | undefined> {
  try {
    const { conversationId } = request;
    const start = () => connection.send(request);
    return await runChat(context, connection, { conversationId, start }, questions);
  } catch (error) {
    if (connection.state === 'closed') throw error;
    const { out } = context;
    out.note(out.noteStyle.red(error instanceof Error ? error.message : String(error)));
    return undefined;
  }
}
