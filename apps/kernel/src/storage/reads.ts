import type { Reads, Step } from '../ports.ts';
import { listConversations } from './list-conversations.ts';
import { presenceRows } from './presence-rows.ts';
import { queries } from './queries.ts';
import { turnEvents } from './read-events.ts';
import { readHistory } from './read-history.ts';
import { metricsOf } from './read-metrics.ts';
import { newestTurn, runningTurns, throughput, turnsAfter } from './read-steps.ts';
import type { Connection } from './sqlite/connection.ts';
import { twiceOnReadError } from './sqlite/twice-on-read-error.ts';
import type { Watched } from './sqlite/watch-damage.ts';

/** Runs a step that changes nothing. */
export type Read = <T>(step: () => Step<T>) => T;

/** Nothing else runs on this thread between the statements of a step, so each read sees one state. */
export function readOver({ drive }: Connection, watched: Watched): Read {
  return (step) => watched(() => twiceOnReadError(() => drive(step())));
}

/** What may be asked outside a commit. */
export function readsOver(read: Read): Reads {
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
    presence: async () => read(() => presenceRows()),
  };
}
