import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock, Store } from '../../ports.ts';
import { openStore } from '../open-store.ts';
import { conversationRow, metricsOf, sealedEvent, textChunk, turnRow } from './store-data.ts';
import { randomIds, stoppedClock } from './store-ports.ts';

/** An empty data directory that goes away with the test. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'dispatch-store-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** A store that is closed with the test. */
export async function openTestStore(dataDir = tempDir(), clock: Clock = stoppedClock()): Promise<Store> {
  const store = await openStore({ dataDir, clock, ids: randomIds });
  onTestFinished(() => store.close());
  return store;
}

/** Puts the conversation and starts a turn in it. */
export function startTurn(store: Store, conversationId: string, turnId: string) {
  return store.commit({
    plan: function* (q) {
      const known = yield* q.conversation(conversationId);
      if (!known) yield* q.putConversation(conversationRow(conversationId));
      yield* q.insertTurn(turnRow(turnId, conversationId, { fence: store.fence }));
      return { result: turnId };
    },
  });
}

/** Seals a running turn with these texts as its chunks, one message each, and the event that ends every turn. */
export async function sealTurn(
  store: Store,
  conversationId: string,
  turnId: string,
  texts: readonly string[],
  sealedAt = 20,
) {
  const n = (await store.read.turnEvents(turnId, -1)).length;
  return store.commit({
    fence: { turnId, fence: store.fence },
    plan: function* (q) {
      yield* q.sealTurn(turnId, { sealedAt, reason: 'stop', metrics: metricsOf(turnId) });
      const chunks = texts.map((text, index) => ({
        conversationId,
        turnId,
        messageId: `${turnId}-${index}`,
        role: 'assistant' as const,
        chunk: textChunk(text),
      }));
      return { chunks, turnEvents: [sealedEvent(conversationId, turnId, n)], result: texts.length };
    },
  });
}

/** A whole turn: started and sealed. */
export async function writeTurn(
  store: Store,
  conversationId: string,
  turnId: string,
  texts: readonly string[],
) {
  await startTurn(store, conversationId, turnId);
  return sealTurn(store, conversationId, turnId, texts);
}
