import type { Command } from 'commander';
import type { AddAction } from '../command-context.ts';
import { wholeNumber } from '../command-options.ts';
import type { RegenerateOptions } from '../commands/regenerate.ts';
import type { TurnOptions, VersionsOptions } from '../commands/versions.ts';

const REGENERATE_HELP = `
Examples:
  dispatch regenerate cnv_01                          the newest answer once more
  dispatch regenerate cnv_01 "In Berlin, please."     with other words in the message's place
  dispatch regenerate cnv_01 --turn trn_01 -m demo/fickle
  dispatch versions cnv_01 --show 1                   back to the first

Nothing is overwritten. What an answer did outside the conversation stays, and is told.`;

/** The commands about further versions of what was said. */
export function addVersionCommands(program: Command, action: AddAction): void {
  const load = () => import('../commands/versions.ts');
  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .argument('<conversation>', 'the beginning of the id is enough')
      .option('--turn <id>', 'which one, by any version of it; without, the newest that is shown');
  command('regenerate', 'answer a message once more, as another version')
    .argument('[words...]', 'said in its place')
    .option('-m, --model <name>', 'this time only')
    .addHelpText('after', REGENERATE_HELP)
    .action(
      action(async (context, id: string, words: string[], options: RegenerateOptions) => {
        const { regenerate } = await import('../commands/regenerate.ts');
        return regenerate(context, id, words, options);
      }),
    );
  command('versions', 'list the versions of an answer, or show another one')
    .option('--show <number>', 'show this one to everybody, with what followed it', wholeNumber(1))
    .action(
      action(async (context, id: string, options: VersionsOptions) =>
        (await load()).versions(context, id, options),
      ),
    );
  command('fork', 'go on elsewhere: a new conversation from what is shown so far').action(
    action(async (context, id: string, options: TurnOptions) => (await load()).fork(context, id, options)),
  );
}
