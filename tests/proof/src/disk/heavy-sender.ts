import type { Attack } from '../harness.ts';
import { probe } from './probes.ts';

/** So much in each message that a few of them fill the log and make SQLite carry it over into the database. */
const PAYLOAD = 'x'.repeat(700_000);

/** Somebody who sends one large message after the other, each to a conversation of its own. */
export interface HeavySender {
  send(until: () => boolean): Promise<void>;
  /** Each message that was acknowledged is there, whole and once, and answered by at most one turn. */
  check(attack: Attack): Promise<void>;
}

export function createHeavySender(httpUrl: string): HeavySender {
  const acknowledged = new Map<string, string>();
  return {
    async send(until) {
      while (!until()) {
        const conversationId = `heavy-${crypto.randomUUID()}`;
        const message = `${conversationId} words: 3 ${PAYLOAD}`;
        const body = { conversationId, message, model: 'demo/fast' };
        const { status } = await probe(httpUrl, 'POST', '/chat', body).catch(() => ({ status: 0 }));
        if (status === 200) acknowledged.set(conversationId, message);
        else await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async check({ count, violation }) {
      count('heavy messages', acknowledged.size);
      for (const [conversationId, message] of acknowledged) {
        const { body } = await probe(httpUrl, 'GET', `/conversations/${conversationId}`);
        const { chunks } = body as { readonly chunks: readonly { role: string; chunk: { text?: string } }[] };
        const kept = chunks.filter(({ role, chunk }) => role === 'user' && chunk.text === message);
        if (kept.length !== 1) violation(`D1: the log holds an acknowledged message ${kept.length} times`);
      }
    },
  };
}
