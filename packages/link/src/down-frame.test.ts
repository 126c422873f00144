import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLinkDownFrame } from './down-frame.ts';

const event = { type: 'text-delta', conversationId: 'a', turnId: 't', delta: 'x' };

describe('down frames', () => {
  it('are given back as they came, fields of newer contracts included', () => {
    for (const frame of [
      { type: 'welcome', v: 1, bootId: 'b', epoch: 'e', catalog: [{ id: 's', region: 'side', later: 1 }] },
      { type: 'watched', conn: 'c', topic: 'turn:a', at: { behind: null } },
      { type: 'watched', conn: 'c', topic: 'turn:a', at: { turnId: 't', n: 4 } },
      { type: 'watched', conn: 'c', topic: 'surface:s:a', live: 'surface:s' },
      { type: 'unwatched', conn: 'c', topic: 'surface:s' },
      { type: 'catalog', catalog: [{ id: 's', later: 1 }] },
      { type: 'revoked', sessionIds: ['ses_1'], userIds: ['usr_1'], later: 1 },
      { type: 'revoked', sessionIds: ['tok_1'] },
      { topic: 'surface:s', mark: 3, frame: { type: 'update', update: { surfaceId: 's' } } },
      { topic: 'turn:a', frame: { type: 'chat.delta', event: { ...event, later: 1 }, n: 0 } },
      { type: 'user-at', userId: 'u', ask: 1, head: 4, served: true },
      { type: 'user-at', userId: 'u', ask: 1, head: 4, served: false, reason: 'too-old' },
      { to: [['u', 1]], frame: { type: 'user.event', event: { type: 'later' } } },
      {
        to: [
          ['u', 1],
          ['v', 9],
        ],
        frame: { type: 'user.skip' },
      },
      { users: ['u'], frame: { type: 'presence.update', users: [], later: 1 } },
      { users: ['u'], conn: 'c', frame: { type: 'presence.snapshot', users: [] } },
      { conn: 'c', topic: 'turn:a', frame: { type: 'chat.reset', conversationId: 'a', reason: 'ahead' } },
    ]) {
      expect(parseLinkDownFrame(frame)).toEqual(frame);
    }
  });

  it('anything else is undefined, never an exception', () => {
    for (const value of [
      null,
      5,
      [],
      {},
      { type: 'welcome', v: 1, bootId: 'b', epoch: 'e' },
      { type: 'welcome', v: 1, bootId: 'b', epoch: 'e', catalog: {} },
      { type: 'watched', conn: 'c', topic: 'turn:a' },
      { type: 'watched', topic: 'turn:a', at: { behind: null } },
      { type: 'unheard-of' },
      { type: 'watched', conn: 'c', topic: 'surface:s', at: { n: 1 } },
      { type: 'watched', conn: 'c', topic: 'surface:s', live: 'side:s' },
      { type: 'unwatched', topic: 'surface:s' },
      { type: 'catalog' },
      { type: 'revoked', sessionIds: 'tok_1' },
      { topic: 'surface:s', mark: 'x', frame: { type: 'update' } },
      { topic: 'turn:a' },
      { users: 'u', frame: { type: 'presence.update' } },
      { users: [5], frame: { type: 'presence.update' } },
      { users: ['u'], conn: 5, frame: { type: 'presence.update' } },
      { users: ['u'], frame: {} },
      { topic: 'turn:a', frame: null },
      { topic: 5, frame: { type: 'chat.error' } },
      { conn: 5, topic: 'turn:a', frame: { type: 'chat.error' } },
      { topic: 'turn:a', frame: { type: 'chat.delta', n: 0 } },
      { type: 'user-at', userId: 'u', ask: 1, head: -1, served: true },
      { type: 'user-at', userId: 'u', ask: 1, head: 1 },
      { type: 'user-at', userId: 'u', head: 1, served: true },
      { to: [['u', 0]], frame: { type: 'user.skip' } },
      { to: [['u']], frame: { type: 'user.skip' } },
      { to: 'u', frame: { type: 'user.skip' } },
      { to: [['u', 1]], frame: { type: 'user.event' } },
      { to: [['u', 1]], frame: { type: 'ping' } },
      { topic: 'turn:a', frame: { type: 'chat.delta', n: 0, event: null } },
      { topic: 'turn:a', frame: { type: 'chat.delta', n: 'x', event } },
      { topic: 'turn:a', frame: { type: 'chat.delta', n: 0, event: { ...event, turnId: 5 } } },
    ]) {
      expect(parseLinkDownFrame(value)).toBeUndefined();
    }
    fc.assert(fc.property(fc.jsonValue(), (value) => parseLinkDownFrame(value) === undefined));
  });
});
