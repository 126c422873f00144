import { crashPoint } from '../crash-point.ts';
import type { Clock, CommitOutcome, CommitRequest, Ids, Reads, Store } from '../ports.ts';
import { commitSteps } from './commit-steps.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { listConversations } from './list-conversations.ts';
import { queries } from './queries.ts';
import { turnEvents } from './read-events.ts';
import { readHistory } from './read-history.ts';
import { metricsOf } from './read-metrics.ts';
import { newestTurn, runningTurns, throughput, turnsAfter } from './read-steps.ts';
import { turnEventAppender } from './sqlite/append-turn-events.ts';
import { type Connection, connect, isDiskFull } from './sqlite/connection.ts';
import { countBoot, markStopped } from './sqlite/count-boot.ts';
import { openDatabase, refusalOf } from './sqlite/open-database.ts';
import { watchDamage } from './sqlite/watch-damage.ts';
import { createStoreAge } from './store-age.ts';
import { trimSteps } from './trim-steps.ts';

export interface StoreOptions {
  /** Absolute path; made with mode 0700 if it is missing. Its lock must be held already. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly ids: Ids;
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
export async function openStore({ dataDir, clock, ids, onDamage }: StoreOptions): Promise<OpenedStore> {
  prepareDataDirectory(dataDir);
  const database = openDatabase(dataDir, ids);
  try {
    return storeOver(connect(database), clock, onDamage);
  } catch (error) {
    database.close();
    throw refusalOf(error, database.name);
  }
}

/** The store over an open connection. */
export function storeOver(
  opened: Connection,
  clock: Clock,
  onDamage: StoreOptions['onDamage'] = () => undefined,
): OpenedStore {
  const { database } = opened;
  const { epoch, fence, stoppedCleanly } = countBoot(opened);
  const connection = watchDamage(opened, onDamage);
  const age = createStoreAge(connection, clock);
  const appendTurnEvents = turnEventAppender(connection, fence);

  return {
    epoch,
    fence,
    stoppedCleanly,
    read: readsOver(connection),
    age: age.now,

    async commit<R>(request: CommitRequest<R>): Promise<CommitOutcome<R>> {
      try {
        return connection.immediate(() => {
          const outcome = connection.drive(commitSteps(request, clock.wall(), age.now()));
          return { keep: outcome.kind === 'committed', value: outcome };
        });
      } catch (error) {
        if (isDiskFull(error)) return { kind: 'full' };
        throw error;
      }
    },

    async appendTurnEvents(batch) {
      if (batch.length === 0) return 'committed';
      try {
        return appendTurnEvents(batch);
      } catch (error) {
        if (isDiskFull(error)) return 'full';
        throw error;
      }
    },

    async trim(before, now) {
      return connection.immediate(() => {
        age.keep();
        return { keep: true, value: connection.drive(trimSteps(before, now)) };
      });
    },

    async close(clean = true) {
      if (!database.open) return;
      try {
        if (clean) {
          age.keep();
          markStopped(opened);
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
function readsOver({ drive }: Connection): Reads {
  return {
    conversation: async (id) => drive(queries.conversation(id)),
    conversations: async (filter) => drive(listConversations(filter)),
    history: async (conversationId, slice) => drive(readHistory(conversationId, slice)),
    metrics: async (conversationId) => drive(metricsOf(conversationId)),
    turn: async (id) => drive(queries.turn(id)),
    newestTurn: async (conversationId) => drive(newestTurn(conversationId)),
    turnsAfter: async (conversationId, turnId) => drive(turnsAfter(conversationId, turnId)),
    turnEvents: async (turnId, after, limit) => drive(turnEvents(turnId, after, limit)),
    runningTurns: async () => drive(runningTurns()),
    throughput: async (from, to) => drive(throughput(from, to)),
  };
}
