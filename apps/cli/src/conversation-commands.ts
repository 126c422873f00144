import { type Command, Option } from 'commander';
import type { AddAction, CommandContext } from './command-context.ts';
import { wholeNumber } from './command-options.ts';
import type { ChatOptions } from './commands/chat.ts';
import type { ListOptions } from './commands/list.ts';
import type { ReadOptions } from './commands/read.ts';
import type { StopOptions } from './commands/stop.ts';
import type { WarmOptions } from './commands/warm.ts';

const CHAT_HELP = `
Examples:
  dispatch chat "What is in this folder?" --cwd .
  git diff | dispatch chat -m anthropic/claude-sonnet-4-5 -
  dispatch chat -c cnv_01 "And then?"

The conversation's id goes to stderr, so stdout is the answer alone. So does what waits for a person: on a terminal you are
asked, from elsewhere answer with dispatch approvals.
Ctrl-C stops the run; a second one leaves it running.`;

const WARM_HELP = `
Examples:
  dispatch warm cnv_01
  dispatch warm cnv_01 --json

It costs what the provider takes for reading the prompt once. To have it kept warm:
  dispatch surface cache-warming -c cnv_01 --do enabled=on`;

/** The commands that talk and read back. */
export function addConversationCommands(program: Command, action: AddAction): void {
  program
    .command('models')
    .description('list the models that can be talked to')
    .action(
      action(async (context: CommandContext) => (await import('./commands/models.ts')).models(context)),
    );

  program
    .command('chat')
    .description('send a message and read the answer as it comes; line by line without a message')
    .argument('[message...]', 'what to say; - reads it from stdin')
    .option('-c, --conversation <id>', 'go on with this one; the beginning of its id is enough')
    .option('-m, --model <name>', 'as dispatch models lists it')
    .option('--cwd <folder>', 'folder the conversation works in')
    .addHelpText('after', CHAT_HELP)
    .action(
      action(async (context, words: string[], options: ChatOptions) =>
        (await import('./commands/chat.ts')).chat(context, words, options),
      ),
    );

  program
    .command('list')
    .description('list conversations, newest activity first')
    .option('-q <text>', 'only those with this text, or whose id begins with it')
    .addOption(
      new Option('--status <status>', 'only those that are so').choices(['active', 'idle', 'closed']),
    )
    .option('--limit <number>', 'at most so many', wholeNumber(1), 50)
    .action(
      action(async (context, options: ListOptions) =>
        (await import('./commands/list.ts')).list(context, options),
      ),
    );

  program
    .command('read')
    .description('print what a conversation shows')
    .argument('<id>', 'the beginning of the id is enough')
    .option('--since <seq>', 'only what comes after this place in the log', wholeNumber(0))
    .option('--limit <number>', 'only the newest so many entries', wholeNumber(1))
    .option('--all', 'the whole log: other versions, too, and what followed them')
    .action(
      action(async (context, id: string, options: ReadOptions) =>
        (await import('./commands/read.ts')).read(context, id, options),
      ),
    );

  program
    .command('warm')
    .description("read a conversation's prompt into its provider's cache, without a turn")
    .argument('<id>', 'the beginning of the id is enough')
    .option('-m, --model <name>', 'as dispatch models lists it')
    .addHelpText('after', WARM_HELP)
    .action(
      action(async (context, id: string, options: WarmOptions) =>
        (await import('./commands/warm.ts')).warm(context, id, options),
      ),
    );

  program
    .command('stop')
    .description('end the turn that runs in a conversation, without closing it')
    .argument('<id>', 'the beginning of the id is enough')
    .option('--turn <id>', 'only if it is this turn')
    .action(
      action(async (context, id: string, options: StopOptions) =>
        (await import('./commands/stop.ts')).stop(context, id, options),
      ),
    );
}
