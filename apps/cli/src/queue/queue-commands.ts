import type { Command } from 'commander';
import type { AddAction } from '../command-context.ts';
import type { AddOptions } from '../commands/queue.ts';

const HELP = `
Examples:
  dispatch queue cnv_01                                  what waits
  dispatch queue add cnv_01 "In Tokyo, please."          into the turn that runs, at its next step
  dispatch queue add cnv_01 --next "And then?"           for the turn after it
  dispatch queue promote cnv_01 qmg_01

While no turn runs, add and promote start one.`;

/** The commands about messages that wait. */
export function addQueueCommands(program: Command, action: AddAction): void {
  const load = () => import('../commands/queue.ts');
  const queue = program
    .command('queue')
    .description('what waits in a conversation for its turn, and changing it')
    .addHelpText('after', HELP);
  const command = (name: string, description: string, isDefault = false): Command =>
    queue
      .command(name, { isDefault })
      .description(description)
      .argument('<conversation>', 'the beginning of the id is enough');
  command('list', 'list what waits, in the order in which it is taken', true).action(
    action(async (context, id: string) => (await load()).listQueue(context, id)),
  );
  command('add', 'say something while a turn runs')
    .argument('<message...>', 'what to say')
    .option('--next', 'for the next turn, not into the one that runs')
    .option('-m, --model <name>', 'of the turn it starts')
    .action(
      action(async (context, id: string, words: string[], options: AddOptions) =>
        (await load()).addQueued(context, id, words, options),
      ),
    );
  command('remove', 'take a message back')
    .argument('<message>', 'the beginning of its id is enough')
    .action(
      action(async (context, id: string, message: string) =>
        (await load()).removeQueued(context, id, message),
      ),
    );
  command('promote', 'put a message into the turn that runs, or start one with it')
    .argument('<message>', 'the beginning of its id is enough')
    .action(
      action(async (context, id: string, message: string) =>
        (await load()).promoteQueued(context, id, message),
      ),
    );
}
