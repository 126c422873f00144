import { isDeepStrictEqual } from 'node:util';
import type { TabRecord, ToldEvent } from './tab.ts';

/** A change that was acknowledged: its event has to be told, once. */
export interface AcknowledgedChange {
  readonly conversationId: string;
  /** The title it set, like no other. Undefined: it closed the conversation. */
  readonly title?: string;
}

/** The stream as it is stored, in the order of its numbers. */
export type StoredStream = readonly { readonly seq: number; readonly event: ToldEvent['event'] }[];

/** What is wrong with what a tab was told, each beginning with the id of a promise. */
export function judgeStream(
  tab: string,
  record: TabRecord,
  stored: StoredStream,
  acknowledged: readonly AcknowledgedChange[],
): string[] {
  const found = [...record.contradictions];
  const bySeq = new Map(stored.map(({ seq, event }) => [seq, event]));
  record.told.forEach(({ seq, event }, index) => {
    const due = record.from + 1 + index;
    if (seq !== due) found.push(`R1: ${tab} was told ${seq} where ${due} was due`);
    if (!isDeepStrictEqual(bySeq.get(seq), event))
      found.push(`E1: ${tab} was told another ${seq} than is stored`);
  });
  const head = stored.at(-1)?.seq ?? 0;
  const last = record.told.at(-1)?.seq ?? record.from;
  if (last !== head) found.push(`E1: ${tab} has ${last} of ${head}`);
  stored.forEach(({ seq }, index) => {
    if (seq !== (stored[0]?.seq ?? 1) + index) found.push(`E1: the stored stream has no ${seq - 1}`);
  });
  const titles = record.told.map(({ event }) => titleOf(event));
  for (const { title } of acknowledged) {
    const times = titles.filter((told) => told === title).length;
    if (title !== undefined && times !== 1)
      found.push(`E11: ${tab} was told ${times} times that a title is ${title}`);
  }
  return found;
}

/** The title in an event that tells of a change of title alone: those of an idle conversation, which the harness makes for it. */
function titleOf(event: ToldEvent['event']): string | undefined {
  if (event?.['type'] !== 'conversation.updated' && event?.['type'] !== 'conversation.created')
    return undefined;
  return (event['conversation'] as { readonly title?: string }).title;
}
