import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { requireConversation } from '../resolve-conversation.ts';

export interface StopOptions {
  /** Stop only if it is this turn that runs. */
  readonly turn?: string;
}

/** `dispatch stop ID`: ends the running turn, nothing else. */
export async function stop(
  { client, out }: CommandContext,
  id: string,
  options: StopOptions,
): Promise<number> {
  const conversation = await requireConversation(client, id);
  const answer = await client.stop(
    conversation.id,
    options.turn === undefined ? {} : { turnId: options.turn },
  );
  if (out.json) out.record(answer);
  else if (answer.stopped) out.line(`Stopped ${answer.turnId ?? 'the turn'} in ${conversation.id}.`);
  else out.line(`Nothing to stop in ${conversation.id}.`);
  return EXIT.success;
}
