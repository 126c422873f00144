import { type DispatchProcesses, eventually, openSocket, request } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';

/** Messages with idempotency keys, each in a conversation of its own, and what came of sending them again. */
export interface SentKeys {
  /** Sends a message under a new key and waits until it is answered. */
  sendNew(): Promise<void>;
  /** Sends everything again, each under its old key: nothing new may come of it. */
  repeatAll(when: string): Promise<void>;
  /** Sends everything again after the keys' time was over: now something new has to come of it. */
  expectForgotten(): Promise<void>;
  /** Watches each turn from its second event on: it is served, or else `reset` with the reason. */
  expectServed(after: string, expected: 'served' | 'too-old'): Promise<void>;
}

interface Sent {
  readonly key: string;
  readonly conversationId: string;
  readonly message: string;
  readonly turnId: string;
}

export function createSentKeys(dispatch: DispatchProcesses, { count, violation }: Attack): SentKeys {
  const all: Sent[] = [];

  const send = async (conversationId: string, message: string, key: string): Promise<string> => {
    const open = await openSocket(dispatch.wsUrl);
    try {
      const model = 'demo/fast';
      open.send({ type: 'chat.send', id: 'send', conversationId, message, model, idempotencyKey: key });
      const answer = await open.frame('an answer to a send', ({ id }) => id === 'send');
      if (answer.type !== 'ack') throw new Error(`a send was refused: ${String(answer['code'])}`);
      return String(answer['turnId']);
    } finally {
      open.close();
    }
  };

  const answered = async (conversationId: string): Promise<void> => {
    await eventually('the turn to end', async () => {
      const { body } = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}/status`);
      return body.status === 'idle';
    });
  };

  return {
    async sendNew() {
      const key = crypto.randomUUID();
      const [conversationId, message] = [`key-${key}`, `Only once, ${key}. words: 5`];
      all.push({ key, conversationId, message, turnId: await send(conversationId, message, key) });
      await answered(conversationId);
    },

    async repeatAll(when) {
      for (const { key, conversationId, message, turnId } of all) {
        const again = await send(conversationId, message, key);
        const log = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}`);
        const users = log.body.chunks.filter((row: { role: string }) => row.role === 'user').length;
        if (again !== turnId || users !== 1) {
          violation(`D5: ${when}: a key sent again made ${again} beside ${turnId}, ${users} messages`);
        }
        count('repeated keys');
      }
    },

    async expectForgotten() {
      for (const { key, conversationId, message, turnId } of all) {
        if ((await send(conversationId, message, key)) === turnId) {
          violation(`L3: the key of ${turnId} is still kept after the kernel ran for more than a day`);
        }
        await answered(conversationId);
        count('forgotten keys');
      }
    },

    async expectServed(after, expected) {
      for (const { conversationId, turnId } of all) {
        const open = await openSocket(dispatch.wsUrl);
        open.send({ type: 'chat.subscribe', id: 'watch', conversationId, turnId, after: 0 });
        await open.frame('the watch', ({ type }) => type === 'ack');
        const reset = open.frames.find(({ type }) => type === 'chat.reset');
        const events = open.events(turnId);
        const isWhole = events.every(({ n }, index) => n === index + 1);
        const found =
          reset === undefined && isWhole && events.at(-1)?.type === 'turn-sealed'
            ? 'served'
            : String(reset?.['reason']);
        if (found !== expected) violation(`R1: ${after}: a cursor is ${found} instead of ${expected}`);
        open.close();
        count('cursors');
      }
    },
  };
}
