import type { Answer } from '@dispatch/tests-processes';
import { describe, expect, it } from 'vitest';
import { type Comparing, compare } from './compare.ts';
import type { ConversationReading, Reading } from './reading.ts';

const answer = (body: unknown, status = 200): Answer => ({ status, headers: new Headers(), body });
const refusal = answer(
  { error: 'no', code: 'conversation-damaged', retryable: false, requestId: 'req_1' },
  409,
);

const row = (seq: number, turnId: string, text: string) => ({
  seq,
  turnId,
  createdAt: seq,
  messageId: `m${seq}`,
  chunk: { type: 'text', text },
});
const rows = [row(1, 't1', 'hi'), row(2, 't1', 'hello'), row(3, 't2', 'on'), row(4, 't2', 'and on and on')];
const events = (turnId: string) => [
  { n: 0, type: 'user-message', turnId, text: 'hi' },
  { n: 1, type: 'text-delta', turnId, delta: 'hello' },
  { n: 2, type: 'turn-sealed', turnId },
];
const metrics = [
  { turnId: 't1', sealedAt: 1 },
  { turnId: 't2', sealedAt: 2 },
];

const conversation: ConversationReading = {
  history: answer({ chunks: rows, latestSeq: 4 }),
  metrics: answer({ turns: metrics }),
  status: answer({ status: 'idle', title: 'A' }),
  model: answer({ model: null }),
  replay: { turns: { t1: events('t1'), t2: events('t2') }, told: [] },
};
const before: Reading = {
  list: answer({ conversations: [{ id: 'c1', title: 'A' }] }),
  conversations: { c1: conversation },
};
const now = (changes: Partial<ConversationReading>): Reading => ({
  ...before,
  conversations: { c1: { ...conversation, ...changes } },
});
const chunks = (list: readonly object[], damaged?: readonly number[]) => ({
  history: answer({ chunks: list, latestSeq: 0, ...(damaged && { damaged }) }),
});
const strict: Comparing = { interrupted: new Set(), isOlder: false };

describe('the comparison', () => {
  it('is silent when nothing differs', () => {
    const found = compare(before, before, strict);
    expect([found.violations, found.reported, found.silent, [...found.touched]]).toEqual([[], [], [], []]);
  });

  it.each<[string, Reading]>([
    ['another text', now(chunks([...rows.slice(0, 3), row(4, 't2', 'and off')]))],
    ['a chunk less', now(chunks(rows.slice(0, 3)))],
    ['a chunk more', now(chunks([...rows, row(5, 't2', 'new')]))],
    ['a chunk that is called damaged', now(chunks(rows, [2]))],
    ['a missing chunk beside a damaged one', now(chunks(rows.slice(0, 2), [3]))],
    ['a failure of no shape', now({ history: answer({ oops: true }, 500) })],
    ['other metrics', now({ metrics: answer({ turns: [{ turnId: 't1', sealedAt: 9 }, metrics[1]] }) })],
    ['metrics less', now({ metrics: answer({ turns: [metrics[0]] }) })],
    [
      'another event',
      now({ replay: { turns: { t1: [{ ...events('t1')[0]!, type: 'x' }], t2: [] }, told: [] } }),
    ],
    [
      'an event less',
      now({ replay: { turns: { t1: events('t1').slice(0, 2), t2: events('t2') }, told: [] } }),
    ],
    ['a gap', now({ replay: { turns: { t1: events('t1').slice(1), t2: events('t2') }, told: [] } })],
    ['a turn less', now({ replay: { turns: { t1: events('t1') }, told: [] } })],
  ])('catches %s', (_, reading) => {
    expect(compare(before, reading, strict).violations).not.toEqual([]);
  });

  it.each<[string, Reading]>([
    ['a damaged chunk that is named', now(chunks([...rows.slice(0, 1), ...rows.slice(2)], [2]))],
    ['a refused read', now({ history: refusal })],
    ['damaged metrics', now({ metrics: answer({ turns: [metrics[1]], damaged: [1] }) })],
    [
      'a replay that was refused',
      now({ replay: { turns: { t1: events('t1') }, told: ['conversation-damaged'] } }),
    ],
  ])('takes %s for told', (_, reading) => {
    const found = compare(before, reading, strict);
    expect(found.violations).toEqual([]);
    expect(found.reported).toHaveLength(1);
    expect([...found.touched]).toEqual(['c1']);
  });

  it('knows which logs take no more messages', () => {
    const damaged = (reading: Reading) => [...compare(before, reading, strict).damagedLogs];
    expect(damaged(now(chunks(rows.slice(1), [1])))).toEqual(['c1']);
    expect(damaged(now({ history: refusal }))).toEqual(['c1']);
    expect(damaged(now({ metrics: refusal }))).toEqual([]);
  });

  it('lets recovery make less of an interrupted turn, and nothing else', () => {
    const how = { interrupted: new Set(['t2']), isOlder: false };
    const ended = (text: string) => now(chunks([...rows.slice(0, 3), row(4, 't2', text)]));
    expect(compare(before, ended('and on'), how).violations).toEqual([]);
    expect(compare(before, ended('and off'), how).violations).toHaveLength(1);
    const elsewhere = now(chunks([row(1, 't1', 'h'), ...rows.slice(1)]));
    expect(compare(before, elsewhere, how).violations).toHaveLength(1);
  });

  it('lets a cut log be an earlier state, but none that never was', () => {
    const how = { interrupted: new Set<string>(), isOlder: true };
    expect(compare(before, now(chunks(rows.slice(0, 2))), how).violations).toEqual([]);
    expect(compare(before, now(chunks([row(1, 't1', 'ho')])), how).violations).toHaveLength(1);
  });

  it('counts what differs elsewhere', () => {
    const found = compare(before, now({ status: answer({ status: 'idle', title: 'B' }) }), strict);
    expect([found.violations, found.silent]).toEqual([[], ['c1 status']]);
  });
});
