import type { Clock } from '../ports.ts';
import type { Room } from './room.ts';
import type { Boot } from './sqlite/boot.ts';
import { ALONE, commitGroup } from './sqlite/commit-group.ts';
import { type Connection, type Ending, isDiskFull } from './sqlite/connection.ts';
import { twiceOnReadError } from './sqlite/twice-on-read-error.ts';
import type { Watched } from './sqlite/watch-damage.ts';
import { whileBusy } from './while-busy.ts';

/** Somebody waits for the answer, and can ask again. */
const ANSWER_PATIENCE_MS = 150;
/** Nobody waits, and what cannot be stored costs a turn; or nothing goes on without it. */
export const LONG_PATIENCE_MS = 5_000;

export type WriteKind =
  /** Asked for by somebody who can be refused. */
  | 'request'
  /** What running turns say. */
  | 'event'
  /** The end of a turn, and what it takes to end one. */
  | 'seal';

/** One transaction on the store's behalf: `full` when there was no room for it, else the value of its ending. */
export type Writer = <T>(kind: WriteKind, work: () => Ending<T>) => Promise<T | 'full'>;

export interface WriterParts {
  readonly connection: Connection;
  readonly watched: Watched;
  readonly boot: Boot;
  readonly room: Room;
  readonly clock: Clock;
}

/** Every write of a start goes through here. Those of one moment share a transaction; when that fails, each gets its own. */
export function createWriter({ connection, watched, boot, room, clock }: WriterParts): Writer {
  const join = commitGroup(connection);
  let isCounted = false;

  function guarded<T>(work: () => Ending<T>, mayKeep: boolean): Ending<T | 'full'> {
    const ending = work();
    // What changes nothing, as the answer to a request made twice, is told on a full disk too.
    return ending.keep && !mayKeep ? { keep: false, value: 'full' } : ending;
  }

  function transaction<T>(work: () => Ending<T>): T {
    let keeps = false;
    const value = connection.immediate(() => {
      const ending = work();
      keeps = ending.keep;
      // When the disk was full at the start, the start itself is not counted yet; its first write counts it.
      if (keeps && !isCounted) boot.count();
      return ending;
    });
    isCounted ||= keeps;
    return value;
  }

  return async (kind, work) => {
    const mayKeep = kind === 'seal' || room.isKept || (await room.regain());
    const step = () => guarded(work, mayKeep);
    if (isCounted) {
      const together = await join(step);
      if (together !== ALONE) return together;
    }
    const patienceMs = kind === 'request' ? ANSWER_PATIENCE_MS : LONG_PATIENCE_MS;
    for (;;) {
      try {
        return await whileBusy(clock, patienceMs, () =>
          watched(() => twiceOnReadError(() => transaction(step))),
        );
      } catch (error) {
        const freed = isDiskFull(error) && room.spend(error.code);
        connection.overwriteFailed();
        if (!isDiskFull(error)) throw error;
        if (kind !== 'seal' || !freed) return 'full';
      }
    }
  };
}
