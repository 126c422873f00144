import { spelledOut } from './approvals/approval-text.ts';
import { CliError } from './cli-error.ts';
import { EXIT } from './exit-codes.ts';

/** Something with an id of its own, and how it is shown beside others. */
interface Named {
  readonly id: string;
  readonly summary: string;
}

/**
 * The only one that has this id or begins with it; undefined when none does.
 *
 * @throws CliError when several begin like that
 */
export function findByBeginning<One extends Named>(
  all: readonly One[],
  id: string,
  what: string,
): One | undefined {
  if (id === '') throw new CliError('usage', EXIT.usage, `The id of the ${what} is empty.`);
  const exact = all.find((one) => one.id === id);
  if (exact) return exact;
  const matching = all.filter((one) => one.id.startsWith(id));
  if (matching.length <= 1) return matching[0];
  const named = matching.map((one) => `  ${one.id}  ${spelledOut(one.summary)}`).join('\n');
  const message = `${matching.length} ${what}s begin with ${id}:\n${named}`;
  throw new CliError('ambiguous-id', EXIT.notFound, message, 'Give more of the id.');
}
