import { Command, CommanderError } from 'commander';
import { addApprovalCommands } from './approvals/approval-commands.ts';
import type { ErrorRecord } from './cli-error.ts';
import { systemClock } from './clock.ts';
import type { AddAction, CommandContext } from './command-context.ts';
import { collect, DEFAULT_URL, wholeNumber } from './command-options.ts';
import type { DoctorOptions } from './commands/doctor.ts';
import type { ProbeOptions } from './commands/probe.ts';
import { childPlans, type UpOptions, up } from './commands/up.ts';
import { addConversationCommands } from './conversation-commands.ts';
import { EXIT } from './exit-codes.ts';
import { createOutput } from './output.ts';
import { addPeopleCommands } from './people/people-commands.ts';
import { addQueueCommands } from './queue/queue-commands.ts';
import { addSurfaceCommands } from './surface/surface-commands.ts';
import type { Terminal } from './terminal.ts';
import { dispatchVersion } from './version.ts';
import { addVersionCommands } from './versions/version-commands.ts';

const AFTER_HELP = `
Examples:
  dispatch up                         start kernel and gateway
  dispatch chat "Tell me a story"     one message, the answer on stdout
  dispatch chat                       line by line, on a terminal
  dispatch list                       what was talked about
  dispatch read cnv_01                read a conversation back
  dispatch regenerate cnv_01          the newest answer once more
  dispatch approvals                  which tool calls wait for you
  dispatch surface loaded-extensions  what an extension shows, live
  dispatch probe                      whether a running gateway keeps its promises
  dispatch doctor                     what is wrong here, and what to type then
  dispatch tokens create --user Owner --name laptop      how others get in

Exit codes: 0 success, 1 failed, 2 wrong usage, 3 findings (doctor, probe), 4 refused, 5 not found or
ambiguous, 6 conflict, 7 no gateway, 8 the run ended aborted or failed, 73 data directory in use,
78 configuration.`;

const UP_HELP = `
Examples:
  dispatch up
  dispatch up --data-dir ./data --http-port 25203 --ws-port 25205     a second one beside the first

Every setting may also come from the environment or from dispatch.config.json in the data directory.
Ctrl-C lets running turns end and leaves; a second one leaves at once.`;

const DOCTOR_HELP = `
Examples:
  dispatch doctor                     before the first start, while it runs, when it does not
  dispatch doctor --offline           without asking the model providers
  dispatch doctor --json

It changes nothing. Settings are read as dispatch up reads them, so give both the same flags and environment.
It ends with 0 when everything is in order, with 3 when there are findings.`;

const PROBE_HELP = `
Examples:
  dispatch probe                          the gateway that runs here
  dispatch probe http://127.0.0.1:25203 --only A.3,T5,R9
  dispatch probe --model anthropic/claude-haiku-4-5      turns of real models cost money
  dispatch probe --list                   every promise by its id
  dispatch probe --warming                whether caches are kept warm as promised

One line per promise: ✓ kept, ✗ broken with what was seen, – not applicable with the reason. Its conversations have ids that begin
with probe_ and are closed in the end. Some need a model that takes its time; where it is too quick they say so.
It ends with 0 when none is broken, with 3 otherwise, with 7 when no gateway answers there.`;

/** Runs one command line and resolves with its exit code. Every failure has been told by then. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  // Before the line is understood: a wrong line is reported in the form that was asked for, too.
  const json = argv.includes('--json');
  let code: number = EXIT.success;
  const program = createProgram(terminal, json, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.success;
      if (json) writeJsonError(terminal, { code: 'usage', message: error.message, retryable: false });
      return EXIT.usage;
    }
    const { errorRecord, exitCodeOf } = await import('./cli-error.ts');
    tellError(terminal, json, errorRecord(error));
    return exitCodeOf(error);
  }
}

function createProgram(terminal: Terminal, json: boolean, finish: (code: number) => void): Command {
  const program = new Command('dispatch')
    .description('Start Dispatch, talk through it, read it back.')
    .version(dispatchVersion(), '-V, --version', 'print the version')
    .option('--url <address>', `the gateway's address (DISPATCH_URL, default ${DEFAULT_URL})`)
    .option('--token <secret>', 'who you are, where that is asked (DISPATCH_TOKEN)')
    .option('--json', 'print JSON only: one document, or one record a line for streams')
    .addHelpText('after', AFTER_HELP)
    .showHelpAfterError('Help: dispatch --help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => {
        if (!json) terminal.stderr.write(text);
      },
    });

  const action: AddAction =
    <Given extends unknown[]>(run: (context: CommandContext, ...given: Given) => Promise<number>) =>
    async (...given: unknown[]): Promise<void> => {
      const command = given.at(-1) as Command;
      const { createContext } = await import('./command-context.ts');
      finish(await run(createContext(command, terminal), ...(given.slice(0, -1) as Given)));
    };

  const processes = { out: createOutput(terminal, json), terminal, clock: systemClock };
  withSettings(program.command('up'))
    .description('start kernel and gateway, and keep them running')
    .option('--verbose', 'show all that the processes log, not only warnings')
    .addHelpText('after', UP_HELP)
    .action(async (options: UpOptions) => {
      finish(await up(processes, options, childPlans(options, terminal.env)));
    });

  withSettings(program.command('doctor'))
    .description('look for what is wrong with this installation, and say what to type then')
    .option('--offline', 'ask no model provider')
    .addHelpText('after', DOCTOR_HELP)
    .action(async (options: DoctorOptions) => {
      const { doctor } = await import('./commands/doctor.ts');
      finish(await doctor(processes, options, childPlans(options, terminal.env)));
    });

  addConversationCommands(program, action);
  addSurfaceCommands(program, action);
  program
    .command('probe')
    .description('check from the client side that a running gateway keeps the promises of the protocol')
    .argument('[url]', 'address of the gateway; as --url')
    .option('-m, --model <name>', 'for every turn; without it the demo models')
    .option('--only <ids>', 'only these promises, separated by commas', collect)
    .option('--warming', 'try cache warming, surfaces and close instead: 15 s, some 15 calls of the model')
    .option('--keep', 'leave the conversations open')
    .option('--list', 'print the promises and try nothing')
    .option('--patience <seconds>', 'silence that counts as missing', wholeNumber(1), 30)
    .addHelpText('after', PROBE_HELP)
    .action(
      action(async (context, url: string | undefined, options: ProbeOptions) =>
        (await import('./commands/probe.ts')).probe(context, url, options),
      ),
    );

  addApprovalCommands(program, action);
  addVersionCommands(program, action);
  addQueueCommands(program, action);
  addPeopleCommands(program, terminal, finish);
  return program;
}

/** What both processes take. */
function withSettings(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'where everything is kept (DISPATCH_DATA_DIR)')
    .option('--host <address>', 'address to bind (DISPATCH_HOST, default 127.0.0.1)')
    .option('--http-port <port>', 'HTTP and WebSocket (DISPATCH_HTTP_PORT, default 24203)')
    .option('--ws-port <port>', 'WebSocket only (DISPATCH_WS_PORT, default 24205)')
    .option('--default-model <name>', 'model where nobody names one (DISPATCH_DEFAULT_MODEL)');
}

function tellError(terminal: Terminal, json: boolean, record: ErrorRecord): void {
  if (json) {
    writeJsonError(terminal, record);
    return;
  }
  const { noteStyle } = createOutput(terminal, false);
  terminal.stderr.write(`${noteStyle.red(record.message)}\n`);
  if (record.hint !== undefined) terminal.stderr.write(`${record.hint}\n`);
  if (record.requestId !== undefined)
    terminal.stderr.write(`${noteStyle.dim(`request ${record.requestId}`)}\n`);
}

function writeJsonError(terminal: Terminal, record: ErrorRecord): void {
  terminal.stderr.write(`${JSON.stringify(record)}\n`);
}
