import type { Command } from 'commander';
import type { AddAction, CommandContext } from '../command-context.ts';
import { collect } from '../command-options.ts';
import type { SurfaceCommandOptions } from '../commands/surface.ts';

const SURFACE_HELP = `
Examples:
  dispatch surface loaded-extensions
  dispatch surface cache-warming -c cnv_01
  dispatch surface cache-warming -c cnv_01 --do refresh-interval=240 --do enabled=on
  dispatch surface cache-warming -c cnv_01 --do warm-now

On a terminal it follows every change until Ctrl-C; into a pipe, with --once and with --do it prints one state.
--json prints every state as one line until Ctrl-C, or one with --once or --do.
--do names a field by its label, in any case and with dashes for spaces, or by its action id. A toggle takes on or off,
a number a number, a selector one of its values, a button nothing. One is carried out after the other; the first that
is refused ends it with 1.`;

/** The commands about what extensions show. */
export function addSurfaceCommands(program: Command, action: AddAction): void {
  program
    .command('surfaces')
    .description('list what extensions show')
    .action(
      action(async (context: CommandContext) => (await import('../commands/surfaces.ts')).surfaces(context)),
    );

  program
    .command('surface')
    .description('show what an extension shows, and act on it')
    .argument('<id>', 'as dispatch surfaces lists it')
    .option('-c, --conversation <id>', 'whose state; the beginning of its id is enough')
    .option('--do <field=value>', 'act on it first; may be given several times', collect)
    .option('--once', 'print one state and leave')
    .addHelpText('after', SURFACE_HELP)
    .action(
      action(async (context, id: string, options: SurfaceCommandOptions) =>
        (await import('../commands/surface.ts')).surface(context, id, options),
      ),
    );
}
