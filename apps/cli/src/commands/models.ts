import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';

/** `dispatch models`: what can be talked to, one name a line. */
export async function models({ client, out }: CommandContext): Promise<number> {
  const answer = await client.models();
  if (out.json) out.record(answer.models);
  else for (const model of answer.models) out.line(model);
  for (const { credential, message } of answer.unavailable ?? []) {
    out.note(out.noteStyle.yellow(`${credential}: ${message}`));
  }
  return EXIT.success;
}
