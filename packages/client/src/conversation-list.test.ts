import type { ConversationSnapshot, UserEvent } from '@dispatch/collab-contract';
import { describe, expect, it } from 'vitest';
import { applyToConversations, type ConversationList, conversationList } from './conversation-list.ts';

const row = (id: string, fields: Partial<ConversationSnapshot> = {}): ConversationSnapshot => ({
  id,
  title: null,
  status: 'idle',
  model: null,
  cwd: null,
  createdAt: 1,
  lastActivityAt: 1,
  ...fields,
});
const updated = (conversation: ConversationSnapshot): UserEvent => ({
  type: 'conversation.updated',
  conversation,
});
const list = (rows: readonly ConversationSnapshot[], nextCursor: string | null = null): ConversationList =>
  conversationList({ conversations: rows, nextCursor, epoch: 'e', userSeq: 5 });
const ids = ({ conversations }: ConversationList) => conversations.map(({ id }) => id).join('');

describe('the list of conversations', () => {
  it('R1: has what it was read with, and takes each later event once', () => {
    const start = list([row('a')]);
    const created: UserEvent = { type: 'conversation.created', conversation: row('b') };
    expect(applyToConversations(start, created, 5)).toBe(start);
    const next = applyToConversations(start, created, 6);
    expect([next.seq, ids(next)]).toEqual([6, 'ba']);
    expect(applyToConversations(next, created, 6)).toBe(next);
  });

  it('a turn takes a conversation to the front, whatever clocks say; a setting leaves it where it is', () => {
    const start = list([row('a'), row('b'), row('c')]);
    const begun = applyToConversations(start, updated(row('c', { status: 'active', lastActivityAt: 0 })), 6);
    expect(ids(begun)).toBe('cab');
    const named = applyToConversations(begun, updated(row('b', { title: 'B' })), 7);
    expect(ids(named)).toBe('cab');
    expect(named.conversations[2]?.title).toBe('B');
    // A seal in the very millisecond of the close before it.
    const sealed = applyToConversations(named, updated(row('b', { title: 'B' })), 8);
    expect(ids(sealed)).toBe('bca');
  });

  it('a close marks it and leaves the rest; one that is not here is no matter', () => {
    const start = list([row('a', { title: 'A' }), row('b')]);
    const closed = (conversationId: string): UserEvent => ({ type: 'conversation.closed', conversationId });
    expect(applyToConversations(start, closed('a'), 6).conversations[0]).toEqual(
      row('a', { title: 'A', status: 'closed' }),
    );
    expect(ids(applyToConversations(start, closed('z'), 6))).toBe('ab');
  });

  it('of a page, one from behind it is shown only when its activity belongs on it', () => {
    const page = list([row('a', { lastActivityAt: 9 }), row('b', { lastActivityAt: 5 })], 'more');
    expect(ids(applyToConversations(page, updated(row('x', { lastActivityAt: 7 })), 6))).toBe('axb');
    expect(ids(applyToConversations(page, updated(row('x', { lastActivityAt: 2 })), 6))).toBe('ab');
    expect(ids(applyToConversations(list([row('a')]), updated(row('x', { lastActivityAt: 0 })), 6))).toBe(
      'xa',
    );
  });
});
