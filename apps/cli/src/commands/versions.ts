import { mintId } from '@dispatch/client';
import type { VersionSummary } from '@dispatch/transport-contract';
import { spelledOut } from '../approvals/approval-text.ts';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { requireConversation } from '../resolve-conversation.ts';
import { findTurn } from '../versions/find-turn.ts';
import { ago } from '../wording.ts';

export interface TurnOptions {
  /** Any version of the turn, or the beginning of its id; absent: the newest that is shown. */
  readonly turn?: string;
}

export interface VersionsOptions extends TurnOptions {
  /** Number of the version to show from now on. */
  readonly show?: number;
}

/** `dispatch versions CONVERSATION`: the versions of one message's answer; with `--show` another one is shown to everybody. */
export async function versions(
  context: CommandContext,
  given: string,
  options: VersionsOptions,
): Promise<number> {
  const { client, out, clock } = context;
  const { id } = await requireConversation(client, given);
  const answer = await client.versions(id, await findTurn(client, id, options.turn));
  if (options.show !== undefined) return await show(context, id, answer.versions, options.show);
  if (out.json) out.record(answer);
  else for (const version of answer.versions) printVersion(out, version, clock.wall());
  return EXIT.success;
}

async function show(
  { client, out }: CommandContext,
  id: string,
  all: readonly VersionSummary[],
  wanted: number,
): Promise<number> {
  const version = all.find((one) => one.version === wanted);
  if (!version) {
    const there = all.map((one) => one.version).join(', ');
    throw new CliError('not-found', EXIT.notFound, `There is no version ${wanted}.`, `There are: ${there}`);
  }
  const answer = await client.activateVersion(id, version.turnId);
  if (out.json) out.record(answer);
  else out.line(`Version ${answer.version} of ${answer.versions} is shown in ${id}.`);
  return EXIT.success;
}

function printVersion(out: Output, one: VersionSummary, now: number): void {
  const { version, active, turnId, startedAt, reason, model, effects } = one;
  const end = reason ?? 'running';
  const did = effects.map(({ summary }) => spelledOut(summary));
  if (!out.interactive) {
    const at = new Date(startedAt).toISOString();
    out.line([version, active ? 'shown' : '', turnId, at, end, spelledOut(model), ...did].join('\t'));
    return;
  }
  const mark = active ? out.style.green('●') : ' ';
  const since = ago(now - startedAt);
  out.line(
    `${mark} ${out.style.bold(String(version))}  ${spelledOut(model)}  ${end}  ${since}  ${out.style.dim(turnId)}`,
  );
  for (const effect of did) out.line(`     did: ${effect}`);
}

/** `dispatch fork CONVERSATION`: the id of the new conversation alone on stdout. */
export async function fork(
  { client, out }: CommandContext,
  given: string,
  options: TurnOptions,
): Promise<number> {
  const { id } = await requireConversation(client, given);
  const turnId = await findTurn(client, id, options.turn);
  const made = await client.fork(id, { turnId, idempotencyKey: mintId('key') });
  if (out.json) {
    out.record(made);
    return EXIT.success;
  }
  out.line(made.conversationId);
  out.note(out.noteStyle.dim(`Go on with: dispatch chat -c ${made.conversationId}`));
  return EXIT.success;
}
