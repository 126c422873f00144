import { describe, expect, it } from 'vitest';
import { type AcknowledgedChange, judgeStream, type StoredStream } from './judge-stream.ts';
import type { TabRecord } from './tab.ts';

const event = (title: string) => ({ type: 'conversation.updated', conversation: { id: 'c', title } });
const stored: StoredStream = ['a', 'b', 'c'].map((title, index) => ({ seq: index + 1, event: event(title) }));
const acknowledged: readonly AcknowledgedChange[] = [{ conversationId: 'c', title: 'b' }];
const good: TabRecord = { epoch: 'e', from: 0, told: stored, contradictions: [], resumes: 1 };

describe('the judge of what a tab was told', () => {
  it('is silent when everything holds, also for a tab that came late', () => {
    expect(judgeStream('tab', good, stored, acknowledged)).toEqual([]);
    expect(judgeStream('tab', { ...good, from: 1, told: stored.slice(1) }, stored, acknowledged)).toEqual([]);
  });

  it.each<[string, TabRecord, StoredStream, readonly AcknowledgedChange[]]>([
    ['R1', { ...good, told: stored.slice(1) }, stored, []],
    ['R1', { ...good, told: [stored[0]!, ...stored] }, stored, []],
    ['R1', { ...good, contradictions: ['R1: not resumed'] }, stored, []],
    ['E1', { ...good, told: [{ seq: 1, event: event('other') }, ...stored.slice(1)] }, stored, []],
    ['E1', { ...good, told: stored.slice(0, 2) }, stored, []],
    ['E1', good, [stored[0]!, stored[2]!], []],
    ['E11', good, stored, [{ conversationId: 'c', title: 'never told' }]],
    ['E11', good, stored.with(2, { seq: 3, event: event('b') }), [{ conversationId: 'c', title: 'b' }]],
  ])('catches a planted violation of %s', (id, record, log, changes) => {
    const told = id === 'E11' && log !== stored ? { ...record, told: log } : record;
    expect(judgeStream('tab', told, log, changes).some((line) => line.startsWith(id))).toBe(true);
  });
});
