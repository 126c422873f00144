import type { CommandContext } from '../command-context.ts';
import { connected } from '../connected.ts';
import { EXIT } from '../exit-codes.ts';
import { lengthOf, oneLine, padTo } from '../surface/layout.ts';

/** `dispatch surfaces`: what the extensions show, one surface a line. */
export async function surfaces(context: CommandContext): Promise<number> {
  const { client, out } = context;
  await client.health();
  const connection = await connected(context);
  const { catalog } = connection;
  connection.close();
  if (out.json) {
    out.record(catalog);
    return EXIT.success;
  }
  if (catalog.length === 0) out.note('No extension shows anything.');
  const entries = catalog.map(({ id, title, scope }) => ({
    id: oneLine(id),
    title: oneLine(title),
    scope: scope ?? 'conversation',
  }));
  const idWidth = Math.max(0, ...entries.map(({ id }) => lengthOf(id)));
  const titleWidth = Math.max(0, ...entries.map(({ title }) => lengthOf(title)));
  for (const { id, title, scope } of entries) {
    if (!out.interactive) out.line([id, title, scope].join('\t'));
    else
      out.line(`${out.style.bold(padTo(id, idWidth))}  ${padTo(title, titleWidth)}  ${out.style.dim(scope)}`);
  }
  if (out.interactive && entries[0])
    out.note(out.noteStyle.dim(`See one: dispatch surface ${entries[0].id}`));
  return EXIT.success;
}
