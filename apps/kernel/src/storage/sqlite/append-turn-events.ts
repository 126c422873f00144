import type { TurnEventDraft } from '../../ports.ts';
import { checksumOfEvent } from '../read-events.ts';
import type { Connection, Ending } from './connection.ts';

/** The path of streamed text: two statements prepared once, all turns of a batch in the transaction it is called in. */
export function turnEventAppender({ database }: Connection, fence: number) {
  const insert = database.prepare('insert into turn_event (turn_id, n, body, checksum) values (?, ?, ?, ?)');
  const owned = database.prepare("select 1 from turn where id = ? and state = 'running' and fence = ?");

  return (batch: readonly TurnEventDraft[]): Ending<'committed' | 'fenced'> => {
    for (const turnId of new Set(batch.map((draft) => draft.turnId))) {
      if (owned.get(turnId, fence) === undefined) return { keep: false, value: 'fenced' };
    }
    for (const { turnId, n, event } of batch) {
      const body = JSON.stringify(event);
      insert.run(turnId, n, body, checksumOfEvent(turnId, n, body));
    }
    return { keep: true, value: 'committed' };
  };
}
