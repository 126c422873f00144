import type { StoredChunk, TurnMetrics } from '@dispatch/wire';
import { conversationEvents } from '../policy/conversation-events.ts';
import type {
  ChunkDraft,
  Clock,
  ConversationRow,
  IdempotencyKey,
  Ids,
  Log,
  Reads,
  Store,
  TurnRow,
} from '../ports.ts';
import { DamagedHistoryError } from '../storage/read-history.ts';
import { firstVersion, lineTo } from './line.ts';
import { messageIdOf } from './message-id.ts';
import { onLine } from './on-line.ts';

export interface ForkParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export interface Fork {
  readonly source: ConversationRow;
  /** The last turn that is taken over. */
  readonly turnId: string;
  readonly idempotency?: IdempotencyKey;
}

/** The new conversation with its last turn, or why there is none. */
export type ForkOutcome =
  | { readonly conversationId: string; readonly turnId: string }
  | 'unknown-turn'
  | 'turn-running'
  | 'full'
  | 'key-mismatch';

/** Copies a conversation up to a turn, along the line that leads to it, in one commit. Sealed turns and chunks never change, so that they are read before it. */
export async function forkConversation(
  { store, clock, ids, log }: ForkParts,
  { source, turnId, idempotency }: Fork,
): Promise<ForkOutcome> {
  const line = lineTo(await store.read.eachPlace(source.id), turnId);
  const turns = await Promise.all(line.map((place) => store.read.turn(place.turnId)));
  const sealed = turns.flatMap((turn) => (turn?.state === 'sealed' ? [turn] : []));
  if (line.length === 0) return 'unknown-turn';
  if (sealed.length < line.length) return 'turn-running';
  const newIds = new Map(line.map((place) => [place.turnId, ids.mint('trn')]));
  const chunks = onLine(await readable(store.read, source.id, log), new Set(newIds.keys()));
  const conversationId = ids.mint('cnv');
  const drafts = copiesOf(chunks, conversationId, newIds);
  const now = clock.wall();
  const copied = { conversationId, turnId: newIds.get(turnId) ?? '' };
  const outcome = await store.commit<typeof copied>({
    ...(idempotency && { idempotency }),
    *plan(q) {
      const activity = yield* q.nextActivity(source.ownerId);
      const times = { createdAt: now, lastActivityAt: now, activity };
      const row: ConversationRow = { ...source, id: conversationId, status: 'idle', closes: 0, ...times };
      yield* q.putConversation(row);
      let parentId: string | null = null;
      for (const turn of sealed) {
        const id = newIds.get(turn.id) ?? '';
        yield* q.insertCopy(copyOf(turn, conversationId, id), firstVersion(id, parentId));
        parentId = id;
      }
      return { result: copied, chunks: drafts, userEvents: conversationEvents(undefined, row) };
    },
  });
  switch (outcome.kind) {
    case 'committed':
    case 'repeated':
      return outcome.result;
    case 'full':
    case 'key-mismatch':
      return outcome.kind;
    default:
      throw new Error(`a fork ended as ${outcome.kind}`);
  }
}

/** What can be read of a log: what is damaged is left behind, and a new conversation goes on without it. */
async function readable(read: Reads, conversationId: string, log: Log): Promise<readonly StoredChunk[]> {
  try {
    return await read.history(conversationId, { sinceSeq: 0 });
  } catch (error) {
    if (!(error instanceof DamagedHistoryError)) throw error;
    log.warn({ conversationId, damaged: error.damaged }, 'a fork goes on without damaged chunks');
    return error.readable;
  }
}

function copyOf(turn: TurnRow, conversationId: string, id: string): TurnRow {
  const { sealedAt, reason, metrics, startedAt } = turn;
  const figures: TurnMetrics = metrics ?? {
    turnId: id as TurnMetrics['turnId'],
    usage: { inputTokens: 0, outputTokens: 0 },
    steps: [],
  };
  return {
    ...turn,
    id,
    conversationId,
    sealedAt: sealedAt ?? startedAt,
    reason: reason ?? 'interrupted',
    metrics: renamed(figures, turn.id, id),
  };
}

function copiesOf(
  chunks: readonly StoredChunk[],
  conversationId: string,
  newIds: ReadonlyMap<string, string>,
): readonly ChunkDraft[] {
  const copies: ChunkDraft[] = [];
  let index = 0;
  let last: StoredChunk | undefined;
  for (const chunk of chunks) {
    const turnId = newIds.get(chunk.turnId ?? '') ?? '';
    if (last?.turnId !== chunk.turnId) index = 0;
    else if (last?.messageId !== chunk.messageId) index += 1;
    last = chunk;
    const messageId = messageIdOf(turnId, index);
    const content = renamed(chunk.chunk, chunk.turnId ?? '', turnId);
    copies.push({ conversationId, turnId, messageId, role: chunk.role, chunk: content });
  }
  return copies;
}

/** The same with the ids that are made of the turn's: its own, and those of its steps. Text is left alone. */
function renamed<T extends object>(value: T, from: string, to: string): T {
  const entries = Object.entries(value).map(([field, content]) => {
    if (field === 'turnId') return [field, to];
    if (field === 'stepId' && typeof content === 'string')
      return [field, content.startsWith(`${from}#`) ? to + content.slice(from.length) : content];
    if (field === 'steps' && Array.isArray(content))
      return [field, content.map((step) => renamed(step, from, to))];
    return [field, content];
  });
  return Object.fromEntries(entries) as T;
}
