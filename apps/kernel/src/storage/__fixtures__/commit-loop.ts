import { lockDataDirectory } from '../data-lock.ts';
import { openStore } from '../open-store.ts';
import { conversationRow, deltaEvent, metricsOf, sealedEvent, turnRow } from './store-data.ts';
import { randomIds, systemClock } from './store-ports.ts';

/**
 * Starts, streams and seals turns until it is killed, and tells its parent of each commit once it is acknowledged.
 * Turns an earlier run left behind are taken over and sealed first.
 */
const [dataDir = ''] = process.argv.slice(2);
lockDataDirectory(dataDir);
const store = await openStore({ dataDir, clock: systemClock, ids: randomIds });

/** One line a commit; a write to the pipe that the kill cuts off was never acknowledged. */
const acknowledge = (fields: object) => process.send?.(fields);

async function seal(conversationId: string, turnId: string, texts: readonly string[], reason: string) {
  const n = (await store.read.turnEvents(turnId, -1)).length;
  const outcome = await store.commit({
    plan: function* (q) {
      yield* q.adoptTurn(turnId, store.fence);
      yield* q.sealTurn(turnId, { sealedAt: systemClock.wall(), reason, metrics: metricsOf(turnId) });
      const chunks = texts.map((text, index) => ({
        conversationId,
        turnId,
        messageId: `${turnId}-${index}`,
        role: 'assistant' as const,
        chunk: { type: 'text' as const, text },
      }));
      return { chunks, turnEvents: [sealedEvent(conversationId, turnId, n)], result: null };
    },
  });
  if (outcome.kind !== 'committed') throw new Error(`The seal of ${turnId} ended as ${outcome.kind}.`);
  acknowledge({ sealed: turnId, chunks: texts.length });
}

for (const left of await store.read.runningTurns()) {
  await seal(left.conversationId, left.id, ['interrupted'], 'interrupted');
}
acknowledge({ fence: store.fence });

for (let count = 0; ; count++) {
  const conversationId = `c${count % 3}`;
  const turnId = `t-${store.fence}-${count}`;
  const key = { principal: 'u', key: turnId, operation: 'chat.send', bodyHash: 'b', expiresAt: 9e15 };
  await store.commit({
    idempotency: key,
    plan: function* (q) {
      if (!(yield* q.conversation(conversationId))) yield* q.putConversation(conversationRow(conversationId));
      yield* q.insertTurn(turnRow(turnId, conversationId, { fence: store.fence }));
      return { turnEvents: [deltaEvent(conversationId, turnId, 0)], result: turnId };
    },
  });
  acknowledge({ started: turnId });
  for (let n = 1; n < 5; n++) {
    await store.appendTurnEvents([deltaEvent(conversationId, turnId, n)]);
    acknowledge({ event: n, of: turnId });
  }
  await seal(
    conversationId,
    turnId,
    Array.from({ length: 1 + (count % 4) }, (_, n) => `${turnId}/${n}`),
    'stop',
  );
  // Lets the channel to the parent drain between turns.
  await new Promise((resolve) => setImmediate(resolve));
}
