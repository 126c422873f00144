import { crashPoint } from '../crash-point.ts';
import type { Clock, CommitOutcome, CommitRequest, Ids, Store, WrittenUserEvent } from '../ports.ts';
import { commitSteps } from './commit-steps.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { createExtensionStore } from './extension-store.ts';
import { peopleReads, readOver, readsOver } from './reads.ts';
import { type Room, roomUnkept } from './room.ts';
import { turnEventAppender } from './sqlite/append-turn-events.ts';
import { markStopped, readBoot } from './sqlite/boot.ts';
import { type Connection, connect, isDiskFull, type StoreFailedError } from './sqlite/connection.ts';
import { openDatabase, refusalOf } from './sqlite/open-database.ts';
import { watchDamage } from './sqlite/watch-damage.ts';
import { createStoreAge } from './store-age.ts';
import type { OnDamagedRow } from './store-damage.ts';
import { createListeners } from './store-listeners.ts';
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
  /** Told of what an extension keeps and a read left out. Absent: nobody wants to know. */
  readonly onDamagedRow?: OnDamagedRow;
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
  const { dataDir, clock, ids, room = roomUnkept, onFailed } = options;
  prepareDataDirectory(dataDir);
  const open = () => withRoom(room, dataDir, () => openDatabase(dataDir, ids));
  const database = await whileBusy(clock, LONG_PATIENCE_MS, open);
  try {
    return await storeOver(connect(database, onFailed), clock, options);
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
  options: Pick<StoreOptions, 'room' | 'onDamage' | 'onDamagedRow'> = {},
): Promise<OpenedStore> {
  const { room = roomUnkept, onDamage = () => undefined, onDamagedRow = () => undefined } = options;
  const { database } = connection;
  const boot = readBoot(connection);
  const watched = watchDamage(onDamage);
  const age = createStoreAge(connection, clock);
  const appendTurnEvents = turnEventAppender(connection, boot.fence);
  const write = createWriter({ connection, watched, boot, room, clock });
  const read = readOver(connection, watched);
  const domainEvents = createListeners();
  const userEvents = createListeners<readonly WrittenUserEvent[]>();
  const now = () => ({ now: clock.wall(), age: age.now() });
  const moment = () => ({ ...now(), onDamaged: onDamagedRow });
  await write('seal', () => ({ keep: true, value: undefined }));

  return {
    epoch: boot.epoch,
    fence: boot.fence,
    stoppedCleanly: boot.stoppedCleanly,
    read: readsOver(read, onDamagedRow),
    extensions: createExtensionStore({
      connection,
      read,
      write,
      now,
      onDamaged: onDamagedRow,
      domainEvents,
    }),
    people: peopleReads(read, onDamagedRow),
    age: age.now,
    onUserEvents: (listener) => userEvents.add(listener),

    async commit<R>(request: CommitRequest<R>): Promise<CommitOutcome<R>> {
      let tells = false;
      const plan: typeof request.plan = function* (q) {
        const planned = yield* request.plan(q);
        tells = planned.domainEvents !== undefined && planned.domainEvents.length > 0;
        return planned;
      };
      const outcome = await write(request.seals ? 'seal' : 'request', () => {
        const value = connection.drive(commitSteps({ ...request, plan }, moment()));
        return { keep: value.kind === 'committed', value };
      });
      if (outcome === 'full') return { kind: 'full' };
      if (outcome.kind !== 'committed') return outcome;
      if (tells) domainEvents.tell();
      const { kind, result, userEvents: written } = outcome;
      if (written !== undefined) userEvents.tell(written);
      return { kind, result };
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
