import type { ApprovalReads, PendingPage } from '../approval/approval-store.ts';
import type { PeopleReads } from '../identity/people-store.ts';
import type { ConversationFilter, ConversationPage, Reads, Step } from '../ports.ts';
import { approvalQueries } from './approvals.ts';
import { listConversations } from './list-conversations.ts';
import { peopleQueries } from './people.ts';
import { presenceRows } from './presence-rows.ts';
import { queries } from './queries.ts';
import { queueQueries } from './queued-messages.ts';
import { turnEvents } from './read-events.ts';
import { readHistory } from './read-history.ts';
import { metricsOf } from './read-metrics.ts';
import { newestTurn, runningTurns, throughput, turnsAfter } from './read-steps.ts';
import type { Connection } from './sqlite/connection.ts';
import { twiceOnReadError } from './sqlite/twice-on-read-error.ts';
import type { Watched } from './sqlite/watch-damage.ts';
import type { OnDamagedRow } from './store-damage.ts';
import { placeQueries } from './turn-places.ts';
import { lastUserEvent, userEventsAfter } from './user-events.ts';

/** Runs a step that changes nothing. */
export type Read = <T>(step: () => Step<T>) => T;

/** Nothing else runs on this thread between the statements of a step, so each read sees one state. */
export function readOver({ drive }: Connection, watched: Watched): Read {
  return (step) => watched(() => twiceOnReadError(() => drive(step())));
}

/** What may be asked outside a commit. */
export function readsOver(read: Read, onDamaged: OnDamagedRow = () => undefined): Reads {
  const queue = queueQueries(onDamaged);
  return {
    conversation: async (id) => read(() => queries.conversation(id)),
    conversations: async (filter) => read(() => conversationPage(filter)),
    history: async (conversationId, slice) => read(() => readHistory(conversationId, slice)),
    metrics: async (conversationId) => read(() => metricsOf(conversationId)),
    places: async (conversationId) => read(() => placeQueries.all(conversationId)),
    eachPlace: async (conversationId) => read(() => placeQueries.each(conversationId)),
    turn: async (id) => read(() => queries.turn(id)),
    newestTurn: async (conversationId) => read(() => newestTurn(conversationId)),
    turnsAfter: async (conversationId, turnId) => read(() => turnsAfter(conversationId, turnId)),
    turnEvents: async (turnId, after, limit) => read(() => turnEvents(turnId, after, limit)),
    userEvents: async (userId, after, limit) => read(() => userEventsAfter(userId, after, limit, onDamaged)),
    runningTurns: async () => read(() => runningTurns()),
    queue: async (conversationId) => read(() => queue.of(conversationId)),
    throughput: async (from, to) => read(() => throughput(from, to)),
    presence: async () => read(() => presenceRows()),
    approvals: approvalReads(read, onDamaged),
  };
}

/** What may be asked about people outside a commit. */
export function peopleReads(read: Read, onDamaged: OnDamagedRow): PeopleReads {
  const people = peopleQueries(onDamaged);
  return {
    user: async (id) => read(() => people.user(id)),
    users: async () => read(() => people.users()),
    identity: async (issuer, subject) => read(() => people.identity(issuer, subject)),
    token: async (id) => read(() => people.token(id)),
    tokensOf: async (userId) => read(() => people.tokensOf(userId)),
    session: async (id) => read(() => people.session(id)),
    sessionsOf: async (userId) => read(() => people.sessionsOf(userId)),
    sessionsStartedBy: async (sessionId) => read(() => people.sessionsStartedBy(sessionId)),
    revoked: async (now) => read(() => people.revoked(now)),
    audit: async (since, limit) => read(() => people.audit(since, limit)),
    auditHead: async () => read(() => people.auditHead()),
    verifyAudit: async (from) => read(() => people.verifyAudit(from)),
  };
}

function approvalReads(read: Read, onDamaged: OnDamagedRow): ApprovalReads {
  const approvals = approvalQueries(onDamaged);
  return {
    approval: async (id) => read(() => approvals.approval(id)),
    approvalsOfTurn: async (turnId) => read(() => approvals.approvalsOfTurn(turnId)),
    effectsOfTurn: async (turnId) => read(() => approvals.effectsOfTurn(turnId)),
    grants: async (conversationId) => read(() => approvals.grants(conversationId)),
    pendingApprovals: async (ownerId) =>
      read(function* (): Step<PendingPage> {
        return { rows: yield* approvals.pendingApprovals(ownerId), userSeq: yield* lastUserEvent(ownerId) };
      }),
  };
}

function* conversationPage(filter: ConversationFilter): Step<ConversationPage> {
  return { rows: yield* listConversations(filter), userSeq: yield* lastUserEvent(filter.ownerId) };
}
