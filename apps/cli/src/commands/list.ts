import type { ConversationSummary } from '@dispatch/transport-contract';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { ago, cutTo, printable } from '../wording.ts';

export interface ListOptions {
  readonly q?: string;
  readonly status?: 'active' | 'idle' | 'closed';
  /** How many at most. */
  readonly limit: number;
}

/** Most the gateway gives at a time. */
const PAGE = 200;

/** `dispatch list`: conversations, newest activity first. */
export async function list({ client, out, clock }: CommandContext, options: ListOptions): Promise<number> {
  const { limit, ...filter } = options;
  const found: ConversationSummary[] = [];
  let cursor: string | null = null;
  do {
    const page = await client.conversations({
      ...filter,
      limit: Math.min(PAGE, limit - found.length),
      ...(cursor === null ? {} : { cursor }),
    });
    found.push(...page.conversations);
    cursor = page.nextCursor;
  } while (cursor !== null && found.length < limit);

  if (out.json) {
    out.record(found);
    return EXIT.success;
  }
  if (found.length === 0) out.note('No conversations. Begin one: dispatch chat');
  const idWidth = Math.max(0, ...found.map(({ id }) => id.length));
  const now = clock.wall();
  for (const { id, status, title, lastActivityAt } of found) {
    if (!out.interactive) {
      out.line(
        [
          id,
          status,
          new Date(lastActivityAt).toISOString(),
          cutTo(title ?? '', Number.POSITIVE_INFINITY),
        ].join('\t'),
      );
      continue;
    }
    const paint = status === 'active' ? out.style.green : out.style.dim;
    const head = `${out.style.bold(id.padEnd(idWidth))}  ${paint(status.padEnd(6))}  ${ago(now - lastActivityAt).padStart(8)}`;
    const room = (out.width ?? 120) - idWidth - 20;
    out.line(`${head}  ${cutTo(printable(title ?? ''), Math.max(room, 10))}`.trimEnd());
  }
  if (cursor !== null) out.note(out.noteStyle.dim(`There are more: --limit ${limit * 2}`));
  return EXIT.success;
}
