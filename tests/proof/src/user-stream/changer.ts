import type { Random } from '../random.ts';
import type { AcknowledgedChange } from './judge-stream.ts';

const RETRY_MS = 20;

/** Somebody who changes conversations, one thing after the other, and notes what was acknowledged. */
export interface Changer {
  readonly acknowledged: readonly AcknowledgedChange[];
  change(until: () => boolean): Promise<void>;
}

/** Rests between two changes. Each carries a key, so that one whose answer was lost is made once although it is asked for again. */
export function createChanger(httpUrl: string, name: string, random: Random, restMs = 0): Changer {
  const acknowledged: AcknowledgedChange[] = [];
  let made = 0;

  async function put(path: string, body: object, key: string): Promise<number | undefined> {
    try {
      const answer = await fetch(`${httpUrl}${path}`, {
        method: path.endsWith('/close') ? 'POST' : 'PUT',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(body),
      });
      await answer.arrayBuffer();
      return answer.status;
    } catch {
      return undefined;
    }
  }

  return {
    acknowledged,
    async change(until) {
      while (!until()) {
        if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
        made += 1;
        const conversationId = `${name}-${random.integer(0, 7)}`;
        const title = `${name} ${made}`;
        const isClose = random.chance(0.1);
        const path = `/conversations/${conversationId}/${isClose ? 'close' : 'title'}`;
        const key = `${name}-${made}`;
        for (let status: number | undefined; status !== 200; ) {
          status = await put(path, isClose ? {} : { title }, key);
          if (status !== 200) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        }
        acknowledged.push(isClose ? { conversationId } : { conversationId, title });
      }
    },
  };
}

/** Speaks now and then, so that turns run and are sealed between the other changes. */
export async function chatter(httpUrl: string, until: () => boolean): Promise<number> {
  let sent = 0;
  for (; !until(); sent += 1) {
    await fetch(`${httpUrl}/chat`, {
      method: 'POST',
      body: JSON.stringify({
        conversationId: `chatter-${sent % 4}`,
        message: `Go on. words: 5`,
        model: 'demo/fast',
      }),
    })
      .then((answer) => answer.arrayBuffer())
      .catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return sent;
}
