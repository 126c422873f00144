import type { Connection } from '@dispatch/client';
import type { ChatRequest } from '@dispatch/transport-contract';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { followTurn, type TurnEnd } from './follow-turn.ts';
import { TurnPrinter } from './turn-printer.ts';

/** Reasons that mean the run did not come to its own end. */
const FAILED_REASONS: readonly string[] = ['error', 'aborted', 'interrupted'];

/** What became of a run: it was sealed, or the person left it running. */
export type ChatRunEnd = TurnEnd | { readonly left: 'SIGINT' | 'SIGTERM' };

/**
 * One message and its answer, printed. The first Ctrl-C stops the run, the second leaves it; leaving never stops it.
 */
export async function runChat(
  context: CommandContext,
  connection: Connection,
  request: ChatRequest & { readonly conversationId: string },
): Promise<ChatRunEnd> {
  const { client, out, terminal, clock } = context;
  const { conversationId } = request;
  const printer = new TurnPrinter(out);
  let turnId: string | undefined;
  let presses = 0;
  let away = false;
  let leave: (signal: 'SIGINT' | 'SIGTERM') => void = () => undefined;
  const left = new Promise<{ readonly left: 'SIGINT' | 'SIGTERM' }>((resolve) => {
    leave = (signal) => resolve({ left: signal });
  });

  const interrupt = (): void => {
    presses += 1;
    if (presses > 1 || turnId === undefined) {
      leave('SIGINT');
      return;
    }
    printer.beside('Stopping the run. Ctrl-C again leaves without waiting.');
    client.stop(conversationId, { turnId }).catch((error: unknown) => {
      printer.beside(`It could not be stopped: ${error instanceof Error ? error.message : String(error)}`);
    });
  };
  const unhook = [
    terminal.onSignal('SIGINT', interrupt),
    terminal.onSignal('SIGTERM', () => leave('SIGTERM')),
    connection.onState(({ state }) => {
      if (state === 'waiting' && !away) {
        printer.beside(out.noteStyle.dim('The gateway is away. The run goes on; waiting to read on.'));
      }
      away = state !== 'open';
    }),
  ];
  const followed = followTurn({
    client,
    connection,
    clock,
    request,
    onStarted: (id) => {
      turnId = id;
    },
    onEvent: (event) => printer.event(event),
  });
  try {
    return await Promise.race([followed, left]);
  } finally {
    for (const off of unhook) off();
    // Left behind, it ends with the connection; that is no news then.
    followed.catch(() => undefined);
  }
}

/** What a script should think of it. */
export function exitCodeOfRun(end: ChatRunEnd): number {
  if ('left' in end) return end.left === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
  return FAILED_REASONS.includes(end.reason) ? EXIT.runFailed : EXIT.success;
}
