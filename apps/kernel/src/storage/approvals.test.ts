import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EffectRow, GrantRow } from '../approval/approval-store.ts';
import type { Queries, Step } from '../ports.ts';
import { askedCall } from './__fixtures__/asked-call.ts';
import { randomIds, stoppedClock } from './__fixtures__/store-ports.ts';
import { tamper } from './__fixtures__/tamper.ts';
import { tempDir, writeTurn } from './__fixtures__/test-store.ts';
import { type OpenedStore, openStore } from './open-store.ts';
import { DamagedRowError } from './rows.ts';

let dataDir: string;
let store: OpenedStore;
let damaged: string[];

beforeEach(async () => {
  dataDir = tempDir();
  damaged = [];
  const onDamagedRow = (row: string) => void damaged.push(row);
  store = await openStore({ dataDir, clock: stoppedClock(), ids: randomIds, onDamagedRow });
  await writeTurn(store, 'c1', 't1', ['a']);
});

afterEach(() => store.close());

async function commit<T>(steps: (q: Queries) => Step<T>): Promise<T> {
  let value: T | undefined;
  await store.commit({
    *plan(q) {
      value = yield* steps(q);
      return { result: null };
    },
  });
  return value as T;
}

const call = askedCall('apr_b', 'c1', { input: { path: 'a\nb', list: [1, null] }, cwd: '/home' });
const effect: EffectRow = {
  id: 'eff_1',
  conversationId: 'c1',
  turnId: call.turnId,
  toolCallId: call.toolCallId,
  kind: 'tool',
  tool: 'write',
  summary: 'Write a',
  state: 'begun',
  at: 7,
};
const grant: GrantRow = {
  id: 'apg_1',
  conversationId: 'c1',
  tool: 'write',
  pattern: 'a',
  cwd: '/home',
  grantedBy: 'usr_owner',
  grantedAt: 7,
};

describe('what is stored of calls that act', () => {
  it('ST3: comes back as it was written, in the order it was asked, and to its owner alone', async () => {
    const second = askedCall('apr_a', 'c1', { turnId: call.turnId, toolCallId: 'call_2', askedAt: 0 });
    await commit(function* (q) {
      yield* q.approvals.insertApproval(call);
      yield* q.approvals.insertApproval(second);
      yield* q.approvals.insertEffect(effect);
      yield* q.approvals.putGrant(grant);
    });
    const { approvals } = store.read;
    expect(await approvals.approval('apr_b')).toEqual(call);
    expect(await approvals.approvalsOfTurn(call.turnId)).toEqual([call, second]);
    expect(await approvals.pendingApprovals('usr_owner')).toMatchObject({ rows: [call, second] });
    expect((await approvals.pendingApprovals('usr_other')).rows).toEqual([]);
    expect(await approvals.effectsOfTurn(call.turnId)).toEqual([effect]);
    expect(await approvals.grants('c1')).toEqual([grant]);
    const denied = { ...call, state: 'denied', answeredAt: 9, answeredBy: 'usr_owner' } as const;
    await commit(function* (q) {
      yield* q.approvals.changeApproval(denied);
      yield* q.approvals.changeEffect({ ...effect, state: 'done' });
    });
    expect(await approvals.approval('apr_b')).toEqual(denied);
    expect((await approvals.pendingApprovals('usr_owner')).rows).toEqual([second]);
    expect(await approvals.effectsOfTurn(call.turnId)).toMatchObject([{ state: 'done' }]);
    expect(damaged).toEqual([]);
  });

  it('D9: is left out and told where it is not what was written, and never taken for a call that was not made', async () => {
    await commit(function* (q) {
      yield* q.approvals.insertApproval(call);
      yield* q.approvals.insertEffect(effect);
      yield* q.approvals.putGrant(grant);
    });
    tamper(dataDir, "update approval set state = 'allowed', scope = 'once'");
    tamper(dataDir, "update effect set state = 'done'");
    tamper(dataDir, "update approval_grant set pattern = 'everything'");
    const { approvals } = store.read;
    expect(await approvals.approval('apr_b')).toBeUndefined();
    expect(await approvals.approvalsOfTurn(call.turnId)).toEqual([]);
    expect(await approvals.effectsOfTurn(call.turnId)).toEqual([]);
    expect(await approvals.grants('c1')).toEqual([]);
    expect(new Set(damaged)).toEqual(new Set(['approval apr_b', 'effect eff_1', 'grant apg_1']));
    const asked = commit((q) => q.approvals.approvalOfCall(call.turnId, call.toolCallId));
    await expect(asked).rejects.toThrow(DamagedRowError);
    const begun = commit((q) => q.approvals.effectOfCall(call.turnId, call.toolCallId));
    await expect(begun).rejects.toThrow(DamagedRowError);
  });

  it('ST3: a call is asked about once and begun once, and a grant is taken back where it was given', async () => {
    await commit(function* (q) {
      yield* q.approvals.insertApproval(call);
      yield* q.approvals.insertEffect(effect);
      yield* q.approvals.putGrant(grant);
    });
    await expect(commit((q) => q.approvals.insertApproval({ ...call, id: 'apr_2' }))).rejects.toThrow();
    await expect(commit((q) => q.approvals.insertEffect({ ...effect, id: 'eff_2' }))).rejects.toThrow();
    expect(await commit((q) => q.approvals.deleteGrant('c2', 'apg_1'))).toBe(false);
    expect(await commit((q) => q.approvals.deleteGrant('c1', 'apg_1'))).toBe(true);
    expect(await store.read.approvals.grants('c1')).toEqual([]);
  });
});
