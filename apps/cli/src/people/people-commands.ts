import { type Command, InvalidArgumentError, Option } from 'commander';
import { systemClock } from '../clock.ts';
import type { GlobalOptions } from '../command-options.ts';
import type { CreateTokenOptions } from '../commands/tokens.ts';
import type { AddUserOptions } from '../commands/users.ts';
import { createOutput } from '../output.ts';
import type { Terminal } from '../terminal.ts';
import type { PeopleContext } from './people-context.ts';

const TOKENS_HELP = `
Examples:
  TOKEN=$(dispatch tokens create --user Owner --name laptop)
  dispatch tokens create --user Ada --name backup --scope chat:read --expires 30d
  dispatch tokens list
  dispatch tokens revoke tok_01

The secret goes to stdout and is shown this once; everything else goes to stderr. The other commands take it from
DISPATCH_TOKEN, or from --token, which other users of the machine can see in the list of processes.`;

const USERS_HELP = `
Examples:
  dispatch users add Ada
  dispatch users add Grace --role admin
  dispatch users disable Ada`;

const SCOPES = ['chat:read', 'chat:write', 'metrics:read', 'admin'];
const ROLES = ['owner', 'admin', 'member', 'guest'];

/** The commands about people and their tokens, which go past the gateway. */
export function addPeopleCommands(
  program: Command,
  terminal: Terminal,
  finish: (code: number) => void,
): void {
  /** What a command answers is the exit code. */
  const action =
    <Given extends unknown[]>(run: (context: PeopleContext, ...given: Given) => Promise<number>) =>
    async (...given: unknown[]): Promise<void> => {
      const options = (given.at(-1) as Command).optsWithGlobals<
        GlobalOptions & { readonly dataDir?: string }
      >();
      const out = createOutput(terminal, options.json === true);
      const { createOperator } = await import('./operator.ts');
      const operator = createOperator(options.dataDir, terminal);
      const context = { operator, out, clock: systemClock };
      finish(await run(context, ...(given.slice(0, -1) as Given)));
    };
  const loadTokens = () => import('../commands/tokens.ts');
  const loadUsers = () => import('../commands/users.ts');
  const group = (name: string, description: string, help: string): Command =>
    program
      .command(name)
      .description(description)
      .option('--data-dir <folder>', 'of the instance (DISPATCH_DATA_DIR)')
      .addHelpText('after', help);

  const tokens = group(
    'tokens',
    'make, list and revoke API tokens, on the machine of the instance',
    TOKENS_HELP,
  );
  tokens
    .command('create')
    .description('make a token and print its secret, this once')
    .requiredOption('--user <name>', 'whose it is, by name or id')
    .requiredOption('--name <text>', 'what it is for')
    .addOption(
      new Option(
        '--scope <scope>',
        'what it may do; may be given several times (default chat:read, chat:write)',
      ).argParser(scope),
    )
    .option('--expires <days>', 'such as 90d, up to 3650d', days, 90)
    .action(
      action(async (context, options: CreateTokenOptions) =>
        (await loadTokens()).createToken(context, options),
      ),
    );
  tokens
    .command('list')
    .description('list tokens, without their secrets')
    .option('--user <name>', 'only those of this user')
    .action(
      action(async (context, options: { readonly user?: string }) =>
        (await loadTokens()).listTokens(context, options),
      ),
    );
  tokens
    .command('revoke')
    .description('end a token, and the sessions that were started with it')
    .argument('<id>', 'as dispatch tokens list shows it')
    .action(action(async (context, id: string) => (await loadTokens()).revokeToken(context, id)));

  const users = group('users', 'add, list and disable people, on the machine of the instance', USERS_HELP);
  users
    .command('add')
    .description('add somebody')
    .argument('<name>')
    .addOption(new Option('--role <role>', 'what they may do').choices(ROLES).default('member'))
    .action(
      action(async (context, name: string, options: AddUserOptions) =>
        (await loadUsers()).addUser(context, name, options),
      ),
    );
  users
    .command('list')
    .description('list everybody')
    .action(action(async (context: PeopleContext) => (await loadUsers()).listUsers(context)));
  for (const name of ['disable', 'enable'] as const) {
    users
      .command(name)
      .description(name === 'disable' ? 'sign somebody out for good' : 'let somebody in again')
      .argument('<user>', 'name or id')
      .action(
        action(async (context, given: string) =>
          (await loadUsers()).switchUser(context, given, name === 'disable'),
        ),
      );
  }
}

function scope(value: string, before: readonly string[] = []): readonly string[] {
  if (!SCOPES.includes(value)) throw new InvalidArgumentError(`Allowed are ${SCOPES.join(', ')}.`);
  return [...before, value];
}

function days(value: string): number {
  const number = /^(\d{1,4})d?$/.exec(value)?.[1];
  if (number === undefined || Number(number) < 1 || Number(number) > 3_650) {
    throw new InvalidArgumentError('It must be a number of days from 1d to 3650d.');
  }
  return Number(number);
}
