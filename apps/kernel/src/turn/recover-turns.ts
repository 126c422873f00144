import type { Clock, Log, Store, TurnRow } from '../ports.ts';
import { sealTurn } from './seal-turn.ts';

/** How long a boot waits for all seals together. A disk that is full must not keep everybody from reading. */
const PATIENCE_MS = 5_000;

export interface RecoveryParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** Goes on with a turn that waits for people. False: it does not, and has to be sealed. */
  readonly resume: (row: TurnRow) => Promise<boolean>;
  /** Aborted at shutdown. */
  readonly giveUp: AbortSignal;
}

/**
 * Seals every turn that an earlier start of the kernel left running and that does not wait for people, as `interrupted`, or as `aborted` where the conversation was closed, from its stored
 * events alone: nothing is asked of a model and no tool runs again. To be awaited before the first client is served; a seal that cannot be made now goes on being tried behind it.
 *
 * @returns how many turns were sealed.
 */
export async function recoverTurns({ store, clock, log, resume, giveUp }: RecoveryParts): Promise<number> {
  const found = (await runningTurns()).filter(({ fence }) => fence !== store.fence);
  const left: TurnRow[] = [];
  for (const row of found) if (!(await goesOn(row))) left.push(row);
  const resumed = found.length - left.length;
  let sealed = 0;
  const open = new Set(left);
  const sealing = left.map(async (row) => {
    if (!(await recover(row))) return;
    open.delete(row);
    sealed += 1;
  });
  const patience = new AbortController();
  const waited = clock.sleep(PATIENCE_MS, patience.signal).catch(() => {});
  await Promise.race([Promise.all(sealing), waited]);
  patience.abort();
  for (const { id } of open) log.warn({ turnId: id }, 'a turn of an earlier start is not sealed yet');
  if (found.length > 0)
    log.info({ found: found.length, sealed, resumed }, 'sealed the turns of earlier starts');
  return sealed;

  /** A boot without its recovery still lets everybody read. */
  async function runningTurns(): Promise<readonly TurnRow[]> {
    try {
      return await store.read.runningTurns();
    } catch (error) {
      log.error({ err: error }, 'nobody can tell which turns an earlier start left running');
      return [];
    }
  }

  /** What waits for people goes on waiting; a boot must not fail over it. */
  async function goesOn(row: TurnRow): Promise<boolean> {
    try {
      return !(await isClosed(row.conversationId)) && (await resume(row));
    } catch (error) {
      log.error({ err: error, turnId: row.id }, 'a turn that may have waited cannot go on');
      return false;
    }
  }

  async function recover({ id: turnId, conversationId, startedAt }: TurnRow): Promise<boolean> {
    const turn = { conversationId, turnId, startedAt, adopt: true };
    const ending = { reason: (await isClosed(conversationId)) ? 'aborted' : 'interrupted' };
    return (await sealTurn({ store, clock, log, giveUp }, turn, ending, 0, undefined)) !== undefined;
  }
  /** The close meant this turn: as long as it runs, no other can have opened the conversation again. */
  async function isClosed(conversationId: string): Promise<boolean> {
    try {
      return (await store.read.conversation(conversationId))?.status === 'closed';
    } catch (error) {
      log.warn({ err: error, conversationId }, 'nobody can tell whether a conversation was closed');
      return false;
    }
  }
}
