import { type DispatchClient, isDispatchError } from '@dispatch/client';
import type { AnswerApprovalResponse } from '@dispatch/transport-contract';
import { askedText, placeText, spelledOut, stateText } from '../approvals/approval-text.ts';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { findByBeginning } from '../find-by-beginning.ts';
import { requireConversation } from '../resolve-conversation.ts';
import { ago } from '../wording.ts';

export interface AnswerOptions {
  /** Later calls like it are allowed in the conversation, too. */
  readonly always?: boolean;
}

/** `dispatch approvals`: what waits for an answer, oldest first. */
export async function listApprovals({ client, out }: CommandContext): Promise<number> {
  const { approvals } = await client.approvals();
  if (out.json) {
    out.record(approvals);
    return EXIT.success;
  }
  if (approvals.length === 0) out.note('Nothing waits for an answer.');
  for (const approval of approvals) {
    const { id, conversationId, tool, summary, expiresAt } = approval;
    if (out.interactive) {
      out.line(`${out.style.bold(id)}  ${out.style.dim(`${spelledOut(tool)} in ${conversationId}`)}`);
      out.line(`  ${askedText(approval)}`);
    } else {
      const until = new Date(expiresAt).toISOString();
      out.line(
        [id, conversationId, until, spelledOut(tool), spelledOut(summary), cwdOf(approval)].join('\t'),
      );
    }
  }
  if (out.interactive && approvals[0]) {
    out.note(out.noteStyle.dim(`Answer: dispatch approvals allow ${approvals[0].id}, or deny`));
  }
  return EXIT.success;
}

/** `dispatch approvals allow ID`, `dispatch approvals deny ID`: the first answer counts. */
export async function answerApproval(
  { client, out }: CommandContext,
  decision: 'allow' | 'deny',
  given: string,
  { always = false }: AnswerOptions,
): Promise<number> {
  const id = await approvalId(client, given);
  const answer = await answered(
    client.answerApproval(id, decision, always ? 'conversation' : undefined),
    given,
  );
  const { approval, applied } = answer;
  if (out.json) out.record(answer);
  if (!applied) {
    throw new CliError(
      'answered-before',
      EXIT.conflict,
      `${id} was resolved before: ${stateText(approval)}.`,
    );
  }
  if (out.json) return EXIT.success;
  out.line(
    `${spelledOut(approval.summary)}${placeText(approval)}: ${decision === 'allow' ? 'allowed' : 'denied'}.`,
  );
  if (approval.scope === 'conversation') {
    out.note(
      `So are other calls of ${spelledOut(approval.tool)} ${spelledOut(approval.pattern ?? '')}. Take it back: dispatch approvals grants ${approval.conversationId}`,
    );
  } else if (always) {
    out.note('Only this once: the tool cannot say what a lasting answer would cover.');
  }
  return EXIT.success;
}

/** `dispatch approvals grants CONVERSATION`: what is allowed in it without asking, oldest first. */
export async function listGrants({ client, clock, out }: CommandContext, given: string): Promise<number> {
  const { id } = await requireConversation(client, given);
  const { grants } = await client.grants(id);
  if (out.json) {
    out.record(grants);
    return EXIT.success;
  }
  if (grants.length === 0) out.note(`Everything asks in ${id}.`);
  for (const grant of grants) {
    const { id: grantId, tool, pattern, grantedBy, grantedAt } = grant;
    const what = `${spelledOut(tool)} ${spelledOut(pattern)}`;
    if (out.interactive) {
      const since = out.style.dim(`· by ${spelledOut(grantedBy)}, ${ago(clock.wall() - grantedAt)}`);
      out.line(`${out.style.bold(grantId)}  ${what}${placeText(grant)} ${since}`);
    } else {
      const at = new Date(grantedAt).toISOString();
      out.line(
        [grantId, spelledOut(tool), spelledOut(pattern), spelledOut(grantedBy), at, cwdOf(grant)].join('\t'),
      );
    }
  }
  return EXIT.success;
}

/** `dispatch approvals revoke CONVERSATION GRANT`: calls it covered ask again. */
export async function revokeGrant(
  { client, out }: CommandContext,
  given: string,
  grant: string,
): Promise<number> {
  const { id } = await requireConversation(client, given);
  const { grants } = await client.grants(id);
  const named = grants.map((one) => ({ id: one.id, summary: `${one.tool} ${one.pattern}` }));
  const found = findByBeginning(named, grant, 'grant');
  const answer = found && (await client.revokeGrant(id, found.id));
  if (!found || !answer?.revoked) {
    const hint = `See what is there: dispatch approvals grants ${id}`;
    throw new CliError('not-found', EXIT.notFound, `Nothing is allowed under ${grant} in ${id}.`, hint);
  }
  if (out.json) out.record(answer);
  else out.line(`${spelledOut(found.summary)} asks again.`);
  return EXIT.success;
}

async function answered(
  answer: Promise<AnswerApprovalResponse>,
  given: string,
): Promise<AnswerApprovalResponse> {
  try {
    return await answer;
  } catch (error) {
    if (!isDispatchError(error) || error.status !== 404) throw error;
    throw new CliError(
      'not-found',
      EXIT.notFound,
      `Nothing that waits for you begins with ${given}.`,
      'See what waits: dispatch approvals',
      error.requestId,
    );
  }
}

const cwdOf = (of: object): string => ('cwd' in of && typeof of.cwd === 'string' ? spelledOut(of.cwd) : '');

/** The whole id of an approval. What does not wait any more is not listed, and goes by its whole id alone. */
async function approvalId(client: DispatchClient, id: string): Promise<string> {
  const { approvals } = await client.approvals();
  return findByBeginning(approvals, id, 'approval')?.id ?? id;
}
