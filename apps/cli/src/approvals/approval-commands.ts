import type { Command } from 'commander';
import type { AddAction } from '../command-context.ts';
import type { AnswerOptions } from '../commands/approvals.ts';

const HELP = `
Examples:
  dispatch approvals
  dispatch approvals allow apr_01
  dispatch approvals allow apr_01 --always     others like it, too, in that conversation
  dispatch approvals grants cnv_01             what is allowed there without asking

Exit codes of allow and deny: 0 it counts, 5 nothing like that waits, 6 somebody was first or it expired.`;

/** The commands about tool calls that ask first. */
export function addApprovalCommands(program: Command, action: AddAction): void {
  const load = () => import('../commands/approvals.ts');
  const approvals = program
    .command('approvals')
    .description('list tool calls that wait for a person, and answer them')
    .addHelpText('after', HELP)
    .action(action(async (context) => (await load()).listApprovals(context)));
  approvals
    .command('allow')
    .description('let it run')
    .argument('<id>', 'the beginning of the id is enough')
    .option('--always', 'and others like it in the same conversation')
    .action(
      action(async (context, id: string, options: AnswerOptions) =>
        (await load()).answerApproval(context, 'allow', id, options),
      ),
    );
  approvals
    .command('deny')
    .description('do not let it run')
    .argument('<id>', 'the beginning of the id is enough')
    .action(action(async (context, id: string) => (await load()).answerApproval(context, 'deny', id, {})));
  approvals
    .command('grants')
    .description('list what is allowed in a conversation without asking')
    .argument('<conversation>', 'the beginning of the id is enough')
    .action(action(async (context, id: string) => (await load()).listGrants(context, id)));
  approvals
    .command('revoke')
    .description('ask again for what one of them allowed')
    .argument('<conversation>', 'the beginning of the id is enough')
    .argument('<grant>', 'as dispatch approvals grants lists it')
    .action(
      action(async (context, id: string, grant: string) => (await load()).revokeGrant(context, id, grant)),
    );
}
