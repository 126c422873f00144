import type { Chunk, TurnMetrics } from '@dispatch/wire';
import type { ConversationRow, TurnEventDraft, TurnRow } from '../../ports.ts';

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
    activity: 1,
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

export function sealedEvent(conversationId: string, turnId: string, n: number): TurnEventDraft {
  return { turnId, n, event: { type: 'turn-sealed', conversationId, turnId } as TurnEventDraft['event'] };
}
