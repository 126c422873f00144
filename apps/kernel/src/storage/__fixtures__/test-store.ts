import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chunk, TurnMetrics } from '@dispatch/wire';
import { onTestFinished } from 'vitest';
import type { Clock, ConversationRow, Ids, Store, TurnEventDraft, TurnRow } from '../../ports.ts';
import { openStore } from '../open-store.ts';

/** A clock that stands still until it is set. */
export interface StoppedClock extends Clock {
  now: number;
}

export function stoppedClock(now = 1_800_000_000_000): StoppedClock {
  return {
    now,
    wall() {
      return this.now;
    },
    mono: () => 0,
    sleep: async () => {},
    after: () => () => {},
  };
}

export const randomIds: Ids = {
  mint: (kind) => `${kind}_${randomBytes(13).toString('hex').toUpperCase()}`,
  random: (bytes) => randomBytes(bytes).toString('hex'),
  fraction: () => 0.5,
};

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

export function conversationRow(id: string, fields: Partial<ConversationRow> = {}): ConversationRow {
  return {
    id,
    ownerId: 'usr_owner',
    title: null,
    model: null,
    fallbackModels: [],
    cwd: null,
    status: 'idle',
    closes: 0,
    createdAt: 1,
    lastActivityAt: 1,
    ...fields,
  };
}

export function turnRow(id: string, conversationId: string, fields: Partial<TurnRow> = {}): TurnRow {
  return {
    id,
    conversationId,
    state: 'running',
    fence: 1,
    startedBy: 'usr_owner',
    model: 'demo/writer',
    startedAt: 10,
    sealedAt: null,
    reason: null,
    metrics: null,
    ...fields,
  };
}

export function metricsOf(turnId: string, outputTokens = 7, genTotalMs = 100): TurnMetrics {
  const usage = { inputTokens: 3, outputTokens };
  return {
    turnId: turnId as TurnMetrics['turnId'],
    usage,
    steps: [{ stepId: `${turnId}#0` as TurnMetrics['steps'][number]['stepId'], usage, genTotalMs }],
  };
}

export const textChunk = (text: string): Chunk => ({ type: 'text', text });

export function deltaEvent(
  conversationId: string,
  turnId: string,
  n: number,
  delta = `d${n}`,
): TurnEventDraft {
  return {
    turnId,
    n,
    event: { type: 'text-delta', conversationId, turnId, delta } as TurnEventDraft['event'],
  };
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

/** Seals a running turn with these texts as its chunks, one message each. */
export function sealTurn(
  store: Store,
  conversationId: string,
  turnId: string,
  texts: readonly string[],
  sealedAt = 20,
) {
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
      return { chunks, result: texts.length };
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
