import Database from 'better-sqlite3';
import type { SQL } from 'drizzle-orm';
import { SQLiteSyncDialect } from 'drizzle-orm/sqlite-core';
import { describe, expect, it } from 'vitest';
import type { Step } from '../ports.ts';
import { askedCall } from './__fixtures__/asked-call.ts';
import { openTestStore, tempDir, writeTurn } from './__fixtures__/test-store.ts';
import { approvalQueries } from './approvals.ts';
import { verifyAuditPage } from './audit.ts';
import { changeSteps } from './change-extension.ts';
import { commitSteps } from './commit-steps.ts';
import { domainEventsAfter } from './domain-events.ts';
import { beginCursor, dropCursor } from './extension-cursors.ts';
import { extensionRow, extensionRows } from './extension-rows.ts';
import { claimTimer, extensionTimers } from './extension-timers.ts';
import { listConversations } from './list-conversations.ts';
import { peopleQueries } from './people.ts';
import { queries, queriesAt } from './queries.ts';
import { turnEvents } from './read-events.ts';
import { readHistory } from './read-history.ts';
import { metricsOf } from './read-metrics.ts';
import { newestTurn, runningTurns, throughput, turnsAfter } from './read-steps.ts';
import { connect } from './sqlite/connection.ts';
import { databasePath } from './sqlite/open-database.ts';
import { FilledStatement } from './statements.ts';
import { trimDomainEvents } from './trim-domain-events.ts';
import { trimSteps } from './trim-steps.ts';
import { trimUserEvents } from './trim-user-events.ts';
import { userEventsAfter } from './user-events.ts';

const event = { type: 'conversation.closed', conversationId: 'c1' } as const;
const userEvents = [{ audience: ['u', 'v'], event }];
const chunk = { type: 'text', text: 'x' } as const;
const draft = { conversationId: 'c1', turnId: 't1', messageId: 'm', role: 'user', chunk } as const;
const key = { principal: 'u', key: 'k', operation: 'o', bodyHash: 'b', expiresAt: 9 };
const ignore = () => undefined;
const people = peopleQueries(ignore);
const approvals = approvalQueries(ignore);
const noted = { actor: 'kernel', action: 'tested', target: null, detail: {} };
const queued = {
  ...{ id: 'q', conversationId: 'c1', position: 1, mode: 'steer' as const, text: 'x' },
  ...{ model: null, by: 'u', createdAt: 1, editedAt: null },
} as const;
const before = { activity: 5, id: 'c' };

const steps: Record<string, () => Step<unknown>> = {
  conversation: () => queries.conversation('c1'),
  conversations: () => listConversations({ ownerId: 'usr_owner', limit: 5 }),
  'conversations, next page': () => listConversations({ ownerId: 'usr_owner', limit: 5, before }),
  'conversations by status': () =>
    listConversations({ ownerId: 'usr_owner', limit: 5, status: 'idle', before }),
  'conversations searched': () => listConversations({ ownerId: 'usr_owner', limit: 5, q: 'a', before }),
  history: () => readHistory('c1', { sinceSeq: 1 }),
  'history, newest': () => readHistory('c1', { sinceSeq: 0, beforeSeq: 9, limit: 2 }),
  metrics: () => metricsOf('c1'),
  turn: () => queries.turn('t1'),
  newestTurn: () => newestTurn('c1'),
  turnsAfter: () => turnsAfter('c1', 't1'),
  turnEvents: () => turnEvents('t1', 0, 10),
  runningTurns: () => runningTurns(),
  'messages that wait': function* () {
    const { of, put, remove } = queriesAt(5, ignore).queue;
    yield* of('c1');
    yield* put(queued);
    yield* remove('q');
  },
  throughput: () => throughput(0, 100),
  userEvents: () => userEventsAfter('u', 0, 5, ignore),
  'trim of events of users': () => trimUserEvents(0, 100),
  trim: () => trimSteps(100, 100),
  'adopt and seal': function* () {
    yield* queries.adoptTurn('t1', 9);
    yield* queriesAt(5, ignore).sealTurn('t1', { sealedAt: 1, reason: 'stop', metrics: {} as never });
  },
  row: () => extensionRow('x', 'k', ignore),
  rows: () => extensionRows('x', 'k', { limit: 5 }, ignore),
  'rows, next page': () => extensionRows('x', 'k', { after: 'k1', limit: 5 }, ignore),
  'rows, all': () => extensionRows('x', '', { limit: 5 }, ignore),
  'a change of everything': () =>
    changeSteps(
      {
        extensionId: 'x',
        put: [{ key: 'k', value: 1 }],
        delete: ['d'],
        setTimers: [{ key: 't', dueAt: 1 }],
        cancelTimers: ['c'],
        firedTimer: { key: 'f', generation: 1 },
        events: [{ name: 'x.e', payload: 1 }],
        cursor: 1,
      },
      { now: 5, age: 5 },
      ignore,
    ),
  eventsAfter: () => domainEventsAfter(0, 5, ignore),
  'cursor begun': () => beginCursor('y', ignore),
  'cursor dropped': () => dropCursor('x'),
  timers: () => extensionTimers(['x'], ignore),
  claimTimer: () => claimTimer('x', 't', 1),
  'trim of domain events': () => trimDomainEvents(100, 10),
  commit: () =>
    commitSteps(
      {
        idempotency: key,
        plan: function* (q) {
          yield* q.conversation('c1');
          return {
            chunks: [draft],
            domainEvents: [{ name: 'e', payload: 1 }],
            userEvents,
            audit: [noted],
            result: null,
          };
        },
      },
      { now: 5, age: 5, onDamaged: ignore },
    ),
  approval: () => approvals.approval('apr_1'),
  approvalOfCall: () => approvals.approvalOfCall('t1', 'call'),
  approvalsOfTurn: () => approvals.approvalsOfTurn('t1'),
  pendingApprovals: () => approvals.pendingApprovals('usr_owner'),
  effectOfCall: () => approvals.effectOfCall('t1', 'call'),
  effectsOfTurn: () => approvals.effectsOfTurn('t1'),
  grants: () => approvals.grants('c1'),
  'approvals written': function* () {
    const asked = askedCall('apr_1', 'c1');
    const { conversationId, turnId, toolCallId, tool, summary } = asked;
    const call = { id: 'eff_1', conversationId, turnId, toolCallId, tool, summary };
    yield* approvals.insertApproval(asked);
    yield* approvals.changeApproval({ ...asked, state: 'denied' });
    yield* approvals.insertEffect({ ...call, kind: 'tool', state: 'begun', at: 1 });
    yield* approvals.changeEffect({ ...call, kind: 'tool', state: 'done', at: 1 });
    yield* approvals.deleteGrant('c1', 'apg_1');
  },
  user: () => people.user('usr_owner'),
  identity: () => people.identity('https://idp', 'sub'),
  token: () => people.token('tok_1'),
  tokensOf: () => people.tokensOf('usr_owner'),
  session: () => people.session('ses_1'),
  sessionsOf: () => people.sessionsOf('usr_owner'),
  sessionsStartedBy: () => people.sessionsStartedBy('tok_1'),
  audit: () => people.audit(0, 5),
  'audit verified': () => verifyAuditPage(),
  'people written': function* () {
    yield* people.putWorkspace('wsp_main', 'Main', 1);
    yield* people.putUser({ id: 'usr_1', name: 'A', role: 'member', createdAt: 1, disabledAt: null });
    yield* people.putIdentity({ issuer: 'https://idp', subject: 'sub', userId: 'usr_1', createdAt: 1 });
    yield* people.touch('tok_1', 1);
    yield* people.touch('ses_1', 1);
  },
};

/** A table is read from end to end unless an index narrows it; those of running turns and of calls that wait hold nothing else. The slowest cursor is the first of its index. */
const isScan = (detail: string) =>
  /^SCAN /.test(detail) &&
  !/USING INDEX turn_running$|USING INDEX approval_pending$|USING COVERING INDEX extension_cursor_place$/.test(
    detail,
  );

describe('query plans', () => {
  it.each(Object.keys(steps))('%s scans no table and sorts no more than it must', async (name) => {
    const dataDir = tempDir();
    const store = await openTestStore(dataDir);
    await writeTurn(store, 'c1', 't1', ['a', 'b', 'c']);
    await store.extensions.change({
      extensionId: 'x',
      put: [{ key: 'k', value: 1 }],
      events: [{ name: 'x.e', payload: 1 }],
      cursor: 1,
    });
    await store.close();
    const database = new Database(databasePath(dataDir));
    const dialect = new SQLiteSyncDialect();
    const { drive } = connect(database);
    const plans: string[] = [];
    const explained = function* (inner: Step<unknown>): Step<unknown> {
      let next = inner.next([]);
      while (!next.done) {
        const shape = next.value instanceof FilledStatement ? next.value.shape : (next.value as SQL);
        const { sql, params } = dialect.sqlToQuery(shape);
        const handle = database.prepare(`EXPLAIN QUERY PLAN ${sql}`);
        // How it is run does not depend on what is bound.
        const plan = handle.all(...params.map(() => null)) as { detail: string }[];
        plans.push(...plan.map(({ detail }) => detail));
        next = inner.next(yield next.value);
      }
      return next.value;
    };
    drive(explained(steps[name]?.() ?? queries.turn('')));
    database.close();
    expect(plans.length).toBeGreaterThan(0);
    expect(plans.filter(isScan)).toEqual([]);
    const sorts = plans.filter((detail) => detail.includes('TEMP B-TREE FOR ORDER BY'));
    expect(sorts).toEqual([]);
  });
});
