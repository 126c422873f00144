import { CLIENT_ERROR_CODES, type Connection, isDispatchError } from '@dispatch/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { connected } from '../connected.ts';
import { EXIT } from '../exit-codes.ts';
import { requireConversation } from '../resolve-conversation.ts';
import { backendClock } from '../surface/backend-clock.ts';
import { followSurface, streamSurface } from '../surface/follow-surface.ts';
import { type Looking, lookAt } from '../surface/looking.ts';
import { readAction } from '../surface/surface-action.ts';
import { surfaceLines } from '../surface/surface-lines.ts';

export interface SurfaceCommandOptions {
  /** Id or its beginning; absent: no conversation in focus. */
  readonly conversation?: string;
  /** Print one state and leave. */
  readonly once?: boolean;
  /** What to do before, in order. */
  readonly do?: readonly string[];
}

/** Codes with a meaning of their own for the exit code: no extension refused, nobody could be asked. */
const NOT_REFUSALS: readonly string[] = [...CLIENT_ERROR_CODES, 'kernel-unavailable'];

/** `dispatch surface ID`: what an extension shows, live on a terminal; with `--do` acts on it first. */
export async function surface(
  context: CommandContext,
  id: string,
  options: SurfaceCommandOptions,
): Promise<number> {
  const { client, clock, out, terminal } = context;
  await client.health();
  const conversationId =
    options.conversation === undefined
      ? undefined
      : (await requireConversation(client, options.conversation)).id;
  const connection = await connected(context);
  try {
    requireSurface(connection, id, conversationId, context);
    const looking = await lookAt(connection, clock, id, conversationId);
    const wishes = options.do ?? [];
    for (const wish of wishes) await act(context, looking, wish);
    const isOnce = options.once === true || wishes.length > 0;
    if (!isOnce && out.json) return await streamSurface(context, connection, looking);
    const canRedraw = out.interactive && terminal.env['TERM'] !== 'dumb';
    if (!isOnce && canRedraw) return await followSurface(context, connection, looking);
    if (out.json) out.record(looking.spec);
    else {
      const view = { now: backendClock(connection, clock).now(), width: out.width, style: out.style };
      for (const line of surfaceLines(looking.spec, view)) out.line(line);
    }
    return EXIT.success;
  } finally {
    connection.close();
  }
}

function requireSurface(
  { catalog }: Connection,
  id: string,
  conversationId: string | undefined,
  { out }: CommandContext,
): void {
  const entry = catalog.find((one) => one.id === id);
  if (!entry) {
    throw new CliError(
      'not-found',
      EXIT.notFound,
      `There is no surface "${id}".`,
      'See what is there: dispatch surfaces',
    );
  }
  if (entry.scope !== 'global' && conversationId === undefined) {
    out.note(
      out.noteStyle.dim(
        `It belongs to a conversation: dispatch surface ${id} -c <conversation>; dispatch list has their ids.`,
      ),
    );
  }
}

/** Resolves when it was carried out. */
async function act({ out }: CommandContext, { handle, spec }: Looking, wish: string): Promise<void> {
  const { actionId, payload, text } = readAction(spec, wish);
  try {
    await handle.invoke(actionId, payload);
  } catch (error) {
    if (!isDispatchError(error) || NOT_REFUSALS.includes(error.code)) throw error;
    throw new CliError(error.code, EXIT.failed, `${text}: ${error.message}`, error.hint, error.requestId);
  }
  out.note(`${out.noteStyle.green('✓')} ${text}`);
}
