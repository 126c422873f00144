import type { ConversationHistoryResponse } from '@dispatch/transport-contract';
import { conversationHistoryQuerySchema } from '@dispatch/transport-contract/schema';
import type { StoredChunk, TurnId } from '@dispatch/wire';
import { visibleConversation } from '../policy/conversation-policy.ts';
import type { HistorySlice, Log, Reads } from '../ports.ts';
import { reportOnce } from '../report-once.ts';
import { DamagedHistoryError } from '../storage/read-history.ts';
import { DamagedRowError } from '../storage/rows.ts';
import { activeLine } from '../turn/line.ts';
import { onLine } from '../turn/on-line.ts';
import type { TurnPlace } from '../turn/turn-place.ts';
import type { ApiHandler } from './api-handler.ts';
import { validate } from './validate.ts';

/** `GET /conversations/:id`: a slice of the log, raw, or what of it is shown. */
export const history: ApiHandler = async ({ userId, conversationId, query }, { store, log }) => {
  const { view, ...slice } = await validate(conversationHistoryQuerySchema, query);
  const { sinceSeq = 0, ...rest } = slice;
  const row = await visibleConversation(store.read, userId, conversationId);
  if (row === undefined) return answer([], sinceSeq);
  const places = await placesOf(store.read, conversationId, view, log);
  const { chunks, damaged } =
    view === 'active' && places !== undefined
      ? await active(store.read, conversationId, { sinceSeq, ...rest }, places)
      : await readable(store.read, conversationId, { sinceSeq, ...rest }, places);
  if (damaged.length === 0) return answer(chunks, sinceSeq);
  reportOnce(
    log,
    `chunks ${conversationId}`,
    { conversationId, damaged },
    'a conversation has damaged chunks',
  );
  return { ...answer(chunks, sinceSeq), damaged };
};

function answer(chunks: readonly StoredChunk[], sinceSeq: number): ConversationHistoryResponse {
  return { chunks, latestSeq: chunks.at(-1)?.seq ?? sinceSeq };
}

/** Undefined: there are no versions, or none can be told any more; what is written can be read all the same. */
async function placesOf(
  read: Reads,
  conversationId: string,
  view: 'active' | undefined,
  log: Log,
): Promise<readonly TurnPlace[] | undefined> {
  try {
    return await read.places(conversationId);
  } catch (error) {
    if (!(error instanceof DamagedRowError) || view === 'active') throw error;
    const message = 'nobody can tell which versions of a conversation are shown';
    reportOnce(log, `places ${conversationId}`, { conversationId, err: error }, message);
    return undefined;
  }
}

interface Readable {
  readonly chunks: readonly StoredChunk[];
  readonly damaged: readonly number[];
}

/** What is shown; the newest so many of that. */
async function active(
  read: Reads,
  conversationId: string,
  { limit, ...slice }: HistorySlice,
  places: readonly TurnPlace[],
): Promise<Readable> {
  const line = new Set(activeLine(places).map(({ turnId }) => turnId));
  const { chunks, damaged } = await readable(read, conversationId, slice, places);
  const shown = onLine(chunks, line);
  return { chunks: limit === undefined ? shown : shown.slice(-limit), damaged };
}

/** Damaged rows are left out and named; everything else of the conversation stays readable. `places` undefined: there are no versions. */
async function readable(
  read: Reads,
  conversationId: string,
  slice: HistorySlice,
  places: readonly TurnPlace[] | undefined,
): Promise<Readable> {
  try {
    return { chunks: marked(await read.history(conversationId, slice), places), damaged: [] };
  } catch (error) {
    if (!(error instanceof DamagedHistoryError)) throw error;
    return { chunks: marked(error.readable, places), damaged: error.damaged };
  }
}

/** Each chunk with what it is a version of. */
function marked(
  chunks: readonly StoredChunk[],
  places: readonly TurnPlace[] | undefined,
): readonly StoredChunk[] {
  if (places === undefined) return chunks;
  const shown = new Map(
    places.flatMap((one) => (one.supersededBy === null ? [[one.beatId, one.turnId]] : [])),
  );
  const marks = new Map(places.map((place) => [place.turnId, markOf(place, shown.get(place.beatId))]));
  return chunks.map((chunk) => ({ ...chunk, ...marks.get(chunk.turnId ?? '') }));
}

/** Its row names the turn that took its place, which another may have taken since: `shown` is the one of its beat that people see. */
function markOf(
  { turnId, beatId, version, supersededBy }: TurnPlace,
  shown: string | undefined,
): Partial<StoredChunk> {
  return {
    ...(supersededBy === null ? {} : { supersededBy: (shown ?? supersededBy) as TurnId }),
    ...(beatId === turnId ? {} : { beatId: beatId as TurnId }),
    ...(version === 1 ? {} : { version }),
  };
}
