import { describe, expect, it } from 'vitest';
import { startTurnBodySchema } from './start-turn-body.ts';

const message = 'Hello';

describe('the body that starts a turn', () => {
  it('keeps the message byte for byte, astral characters and spaces included', () => {
    const body = { message: ' 🜁 ä\n', conversationId: '🜁', cwd: '/srv/🜁', model: 'demo/🜁' };
    expect(startTurnBodySchema.parse(body)).toEqual(body);
  });

  it.each(['message', 'conversationId', 'model', 'cwd', 'idempotencyKey'])(
    'J.3#3: a lone surrogate in %s is refused, because no store gives it back as it came',
    (field) => {
      for (const text of ['/a\ud800', '\udc00a', 'a\ud800b', '\udc00\ud800']) {
        const parsed = startTurnBodySchema.safeParse({ message, [field]: text });
        expect(parsed.error?.issues.map(({ path }) => path)).toContainEqual([field]);
      }
    },
  );
});
