import { crashPoint } from '../crash-point.ts';
import type { Clock, CommitOutcome, CommitRequest, Ids, Reads, Store } from '../ports.ts';
import { commitSteps } from './commit-steps.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { listConversations } from './list-conversations.ts';
import { queries } from './queries.ts';
import { readHistory } from './read-history.ts';
import { metricsOf, newestTurn, runningTurns, throughput, turnEvents, turnsAfter } from './read-steps.ts';
import { turnEventAppender } from './sqlite/append-turn-events.ts';
import { type Connection, connect, isDiskFull } from './sqlite/connection.ts';
import { countBoot } from './sqlite/count-boot.ts';
import { openDatabase } from './sqlite/open-database.ts';
import { createStoreAge } from './store-age.ts';
import { trimSteps } from './trim-steps.ts';

export interface StoreOptions {
  /** Absolute path; made with mode 0700 if it is missing. Its lock must be held already. */
  readonly dataDir: string;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Opens the store for this start of the kernel, or throws `StoreRefusedError` with what an operator can do. */
export async function openStore({ dataDir, clock, ids }: StoreOptions): Promise<Store> {
  prepareDataDirectory(dataDir);
  return storeOver(connect(openDatabase(dataDir, ids)), clock);
}

/** The store over an open connection. */
export function storeOver(connection: Connection, clock: Clock): Store {
  const { database } = connection;
  const { epoch, fence } = countBoot(connection);
  const age = createStoreAge(connection, clock);
  const appendTurnEvents = turnEventAppender(connection, fence);

  return {
    epoch,
    fence,
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

    async close() {
      if (!database.open) return;
      try {
        age.keep();
      } catch {
        // A disk that takes nothing more is no reason not to close.
      }
      crashPoint('before-checkpoint');
      database.pragma('wal_checkpoint(TRUNCATE)');
      crashPoint('after-checkpoint');
      database.close();
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
