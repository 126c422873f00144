import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conversationOfTopic, readSurfaceTopic, surfaceTopic, turnTopic } from './topic.ts';
import { parseLinkUpFrame } from './up-frame.ts';

describe('up frames', () => {
  it('are given back when they are whole; unknown fields are dropped', () => {
    const frames = [
      { type: 'hello', v: 1, gatewayId: 'g', secret: 's' },
      { type: 'watch', conn: 'c', topic: 'turn:a:b', userId: 'u' },
      { type: 'watch', conn: 'c', topic: 'turn:a', userId: 'u', after: { n: -1 } },
      { type: 'watch', conn: 'c', topic: 'turn:a', userId: 'u', after: { turnId: 't', n: 4 } },
      { type: 'unwatch', conn: 'c', topic: 'turn:a' },
      { type: 'watch', conn: 'c', topic: 'surface:x', userId: 'u' },
      { type: 'watch', conn: 'c', topic: 'surface:x:c1', userId: 'u' },
      { type: 'unwatch', conn: 'c', topic: 'surface:x::u' },
      { type: 'user', userId: 'u', ask: 1 },
      { type: 'user', userId: 'u', ask: 1, after: 0 },
      { type: 'user-gone', userId: 'u' },
      { type: 'opened', userId: 'u', conn: 'c' },
      { type: 'closed', userId: 'u', conn: 'c' },
    ];
    for (const frame of frames) expect(parseLinkUpFrame({ ...frame, later: 1 })).toEqual(frame);
  });

  it('anything else is undefined, never an exception', () => {
    for (const value of [
      null,
      [],
      'watch',
      { type: 'user', ask: 1 },
      { type: 'user', userId: 'u' },
      { type: 'user', userId: 'u', ask: 1, after: -1 },
      { type: 'user', userId: 'u', ask: 1, after: 1.5 },
      { type: 'user-gone' },
      { type: 'opened', userId: 'u' },
      { type: 'opened', userId: '', conn: 'c' },
      { type: 'closed', conn: 'c' },
      { type: 'watch', conn: 'c', topic: 'turn:', userId: 'u' },
      { type: 'watch', conn: 'c', topic: 'surface:', userId: 'u' },
      { type: 'watch', conn: 'c', topic: 'surface:x:', userId: 'u' },
      { type: 'watch', conn: 'c', topic: 'surface:x:c:u:more', userId: 'u' },
      { type: 'watch', conn: 'c', topic: 'surface:x%', userId: 'u' },
      { type: 'watch', conn: 'c', topic: 'user:x', userId: 'u' },
      { type: 'watch', conn: 'c', topic: 'turn:a' },
      { type: 'watch', conn: 'c', topic: 'turn:a', userId: 'u', after: { n: -2 } },
      { type: 'watch', conn: 'c', topic: 'turn:a', userId: 'u', after: { n: 0.5 } },
      { type: 'hello', v: '1', gatewayId: 'g', secret: 's' },
    ]) {
      expect(parseLinkUpFrame(value)).toBeUndefined();
    }
    fc.assert(fc.property(fc.jsonValue(), (value) => parseLinkUpFrame(value) === undefined));
  });

  it('a surface topic gives its parts back, and no two are one, whatever the ids hold', () => {
    const id = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom(':', '%3A', '%', 'a:b', '::'));
    const parts = fc.record(
      { surfaceId: id, conversationId: id, userId: id },
      { requiredKeys: ['surfaceId'] },
    );
    fc.assert(
      fc.property(parts, (value) => {
        expect(readSurfaceTopic(surfaceTopic(value))).toEqual(value);
      }),
    );
    for (const topic of ['surface:a%3a', 'surface:a%41', 'surface::c', 'turn:a']) {
      expect(readSurfaceTopic(topic)).toBeUndefined();
    }
  });

  it('a topic gives its conversation back, whatever the id holds', () => {
    for (const id of ['a', 'turn:x', 'with:colon', '日本'])
      expect(conversationOfTopic(turnTopic(id))).toBe(id);
  });
});
