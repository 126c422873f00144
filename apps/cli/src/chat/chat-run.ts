import type { Connection } from '@dispatch/client';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { ApprovalDesk } from './approval-desk.ts';
import { followTurn, type TurnEnd, type TurnFollowing } from './follow-turn.ts';
import { passingQuestions, type Questions } from './line-prompt.ts';
import { TurnPrinter } from './turn-printer.ts';

/** Reasons that mean the run did not come to its own end. */
const FAILED_REASONS: readonly string[] = ['error', 'aborted', 'interrupted'];

/** What became of a run: it was sealed, or the person left it running. */
export type ChatRunEnd = TurnEnd | { readonly left: 'SIGINT' | 'SIGTERM' };

/** What has to be run: see `TurnFollowing`. */
export type ChatRun = Pick<TurnFollowing, 'conversationId' | 'start'>;

/**
 * One turn, printed. The first Ctrl-C stops the run, the second leaves it; leaving never stops it. Whoever sits at the terminal is asked about
 * tool calls that wait, on `asking` if there is a prompt already.
 */
export async function runChat(
  context: CommandContext,
  connection: Connection,
  run: ChatRun,
  asking?: Questions,
): Promise<ChatRunEnd> {
  const { client, out, terminal, clock } = context;
  const { conversationId, start } = run;
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
    beside('Stopping the run. Ctrl-C again leaves without waiting.');
    client.stop(conversationId, { turnId }).catch((error: unknown) => {
      beside(`It could not be stopped: ${error instanceof Error ? error.message : String(error)}`);
    });
  };
  const isSeen = terminal.stdin.isTTY === true && terminal.stderr.isTTY === true && !out.json;
  const questions = isSeen ? (asking ?? passingQuestions(terminal, interrupt)) : undefined;
  const above = (print: () => void): void => (questions ? questions.above(print) : print());
  const beside = (text: string): void => above(() => printer.beside(text));
  const unhook = [
    terminal.onSignal('SIGINT', interrupt),
    terminal.onSignal('SIGTERM', () => leave('SIGTERM')),
    connection.onState(({ state }) => {
      if (state === 'waiting' && !away) {
        beside(out.noteStyle.dim('The gateway is away. The run goes on; waiting to read on.'));
      }
      away = state !== 'open';
    }),
  ];
  const desk = new ApprovalDesk({ context, connection, conversationId, questions, say: beside });
  const followed = followTurn({
    client,
    connection,
    clock,
    conversationId,
    start,
    onStarted: (id) => {
      turnId = id;
    },
    onEvent: (event) => above(() => printer.event(event)),
  });
  try {
    return await Promise.race([followed, left]);
  } finally {
    for (const off of unhook) off();
    desk.close();
    // Left behind, it ends with the connection; that is no news then.
    followed.catch(() => undefined);
  }
}

/** What a script should think of it. */
function exitCodeOfRun(end: ChatRunEnd): number {
  if ('left' in end) return end.left === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted;
  return FAILED_REASONS.includes(end.reason) ? EXIT.runFailed : EXIT.success;
}

/** Tells how a run ended that was all a command did; gives its exit code. */
export function tellEnd({ out }: CommandContext, conversationId: string, end: ChatRunEnd): number {
  if ('left' in end) {
    out.note(`Still running. Read it later: dispatch read ${conversationId}`);
    if (out.json) out.record({ type: 'end', status: 'left', conversationId });
  } else if (out.json) {
    out.record({ type: 'end', status: end.reason, conversationId, turnId: end.turnId });
  } else if (exitCodeOfRun(end) !== EXIT.success) {
    out.note(out.noteStyle.red(`The run ended: ${end.reason}.`));
  }
  return exitCodeOfRun(end);
}
