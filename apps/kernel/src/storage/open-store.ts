import { crashPoint } from '../crash-point.ts';
import type { Clock, CommitOutcome, CommitRequest, Ids, Reads, Step, Store } from '../ports.ts';
import { commitSteps } from './commit-steps.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { listConversations } from './list-conversations.ts';
import { queries } from './queries.ts';
import { turnEvents } from './read-events.ts';
import { readHistory } from './read-history.ts';
import { metricsOf } from './read-metrics.ts';
import { newestTurn, runningTurns, throughput, turnsAfter } from './read-steps.ts';
import { type Room, roomUnkept } from './room.ts';
import { turnEventAppender } from './sqlite/append-turn-events.ts';
import { markStopped, readBoot } from './sqlite/boot.ts';
import { type Connection, connect, isDiskFull, type StoreFailedError } from './sqlite/connection.ts';
import { openDatabase, refusalOf } from './sqlite/open-database.ts';
import { twiceOnReadError } from './sqlite/twice-on-read-error.ts';
import { type Watched, watchDamage } from './sqlite/watch-damage.ts';
import { createStoreAge } from './store-age.ts';
import { trimSteps } from './trim-steps.ts';
import { whileBusy } from './while-busy.ts';
import { createWriter, LONG_PATIENCE_MS } from './writer.ts';

export interface StoreOptions {
  /** Absolute path; made with mode 0700 if it is missing. Its lock must be held already. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Absent: nothing is kept in reserve for a full disk. Closed with the store. */
  readonly room?: Room;
  /** Called at once, inside the write, when the disk refused to flush. The process has to end: what was flushed before is unknown too. */
  readonly onFailed?: (failure: StoreFailedError) => void;
  /** Told what SQLite says when it meets a broken page. Absent: nobody wants to know. */
  readonly onDamage?: (findings: readonly string[]) => void;
}

/** A store with what its opening and closing know of the file. */
export interface OpenedStore extends Store {
  /** False: the start before this one did not close it, or did not trust it. */
  readonly stoppedCleanly: boolean;
  /** `clean` (absent: true) is what the next start reads as `stoppedCleanly`. */
  close(clean?: boolean): Promise<void>;
}

/** Opens the store for this start of the kernel, or throws `StoreRefusedError` with what an operator can do. */
export async function openStore(options: StoreOptions): Promise<OpenedStore> {
  const { dataDir, clock, ids, room = roomUnkept, onFailed, onDamage = () => undefined } = options;
  prepareDataDirectory(dataDir);
  const open = () => withRoom(room, dataDir, () => openDatabase(dataDir, ids));
  const database = await whileBusy(clock, LONG_PATIENCE_MS, open);
  try {
    return await storeOver(connect(database, onFailed), clock, { room, onDamage });
  } catch (error) {
    database.close();
    throw refusalOf(error, database.name);
  }
}

/** On a full disk even opening may need the reserve. */
function withRoom<T>(room: Room, dataDir: string, open: () => T): T {
  for (;;) {
    try {
      return open();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      if (room.spend(error.code, 'opening')) continue;
      throw new Error(`There is no room to open the store in ${dataDir}. Free some.`, { cause: error });
    }
  }
}

/** The store over an open connection. Counts this start, unless the disk is full: then its first write does. */
export async function storeOver(
  connection: Connection,
  clock: Clock,
  { room = roomUnkept, onDamage = () => undefined }: Pick<StoreOptions, 'room' | 'onDamage'> = {},
): Promise<OpenedStore> {
  const { database } = connection;
  const boot = readBoot(connection);
  const watched = watchDamage(onDamage);
  const age = createStoreAge(connection, clock);
  const appendTurnEvents = turnEventAppender(connection, boot.fence);
  const write = createWriter({ connection, watched, boot, room, clock });
  await write('seal', () => ({ keep: true, value: undefined }));

  return {
    epoch: boot.epoch,
    fence: boot.fence,
    stoppedCleanly: boot.stoppedCleanly,
    read: readsOver(connection, watched),
    age: age.now,

    async commit<R>(request: CommitRequest<R>): Promise<CommitOutcome<R>> {
      const outcome = await write(request.seals ? 'seal' : 'request', () => {
        const value = connection.drive(commitSteps(request, clock.wall(), age.now()));
        return { keep: value.kind === 'committed', value };
      });
      return outcome === 'full' ? { kind: 'full' } : outcome;
    },

    async appendTurnEvents(batch) {
      return batch.length === 0 ? 'committed' : write('event', () => appendTurnEvents(batch));
    },

    async trim(before, now) {
      const more = await write('event', () => {
        age.keep();
        return { keep: true, value: connection.drive(trimSteps(before, now)) };
      });
      return more === true;
    },

    async close(clean = true) {
      room.close();
      if (!database.open) return;
      try {
        if (clean) {
          age.keep();
          markStopped(connection);
          crashPoint('before-checkpoint');
          database.pragma('wal_checkpoint(TRUNCATE)');
          crashPoint('after-checkpoint');
        }
      } catch {
        // Whatever kept the mark from being written: without it the next start looks at the whole file.
      } finally {
        database.close();
      }
    },
  };
}

/** Nothing else runs on this thread between the statements of a step, so each read sees one state. */
function readsOver({ drive }: Connection, watched: Watched): Reads {
  const read = <T>(step: () => Step<T>): T => watched(() => twiceOnReadError(() => drive(step())));
  return {
    conversation: async (id) => read(() => queries.conversation(id)),
    conversations: async (filter) => read(() => listConversations(filter)),
    history: async (conversationId, slice) => read(() => readHistory(conversationId, slice)),
    metrics: async (conversationId) => read(() => metricsOf(conversationId)),
    turn: async (id) => read(() => queries.turn(id)),
    newestTurn: async (conversationId) => read(() => newestTurn(conversationId)),
    turnsAfter: async (conversationId, turnId) => read(() => turnsAfter(conversationId, turnId)),
    turnEvents: async (turnId, after, limit) => read(() => turnEvents(turnId, after, limit)),
    runningTurns: async () => read(() => runningTurns()),
    throughput: async (from, to) => read(() => throughput(from, to)),
  };
}
