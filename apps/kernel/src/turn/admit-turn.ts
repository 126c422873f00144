import type { AgentEvent, StoredChunk, TurnId, TurnVersion } from '@dispatch/wire';
import { keyFor } from '../idempotency-key.ts';
import { conversationEvents } from '../policy/conversation-events.ts';
import type {
  Clock,
  CommitOutcome,
  ConversationRow,
  IdempotencyKey,
  Ids,
  Log,
  Models,
  StartedVersion,
  StartTurnOutcome,
  StartTurnRequest,
  Store,
  TurnRow,
} from '../ports.ts';
import { keepForNext, takeInput } from '../queue/take-queued.ts';
import { reportOnce } from '../report-once.ts';
import { DamagedHistoryError } from '../storage/read-history.ts';
import { DamagedRowError } from '../storage/rows.ts';
import { placeTurn, type TurnVersionStart, wordsOf } from './place-turn.ts';
import type { AdmittedTurn } from './running-turn.ts';

const TITLE_CHARACTERS = 80;

/** What the admission committed of a new turn. */
export interface Admission {
  readonly kind: 'admitted';
  readonly turn: AdmittedTurn;
  /** The events with index 0 and 1. */
  readonly events: readonly AgentEvent[];
  /** What was read of the conversation before the commit; turns that were sealed in between are missing. */
  readonly history: readonly StoredChunk[];
}

export interface AdmissionParts {
  readonly store: Store;
  readonly models: Models;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** Kept with the idempotency key, so that a repeat of the request gets the same ids. */
type Verdict =
  | {
      readonly kind: 'started';
      readonly conversationId: string;
      readonly turnId: string;
      readonly version?: StartedVersion;
    }
  | { readonly kind: 'busy'; readonly conversationId: string; readonly turnId: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-queued' }
  /** Everything else allows it, but nobody has read the history yet. */
  | { readonly kind: 'unread' };

/** The request with its ids, and what is known of the conversation's history. */
interface Attempt {
  readonly request: StartTurnRequest;
  readonly conversationId: string;
  readonly turnId: string;
  /** Undefined: not read yet. */
  readonly history: readonly StoredChunk[] | undefined;
}

/**
 * Decides in one commit whether a turn starts: key, owner, one turn at a time; then conversation, turn and its first two events. The user's message is
 * durable when this resolves.
 *
 * A history is read only once everything else allows the turn, so that repeats, strangers and impatient senders cost nothing; no commit is held
 * meanwhile, and it decides everything anew.
 */
export async function admitTurn(
  parts: AdmissionParts,
  request: StartTurnRequest,
): Promise<Admission | StartTurnOutcome> {
  const { store, ids, log } = parts;
  const conversationId = request.conversationId ?? ids.mint('cnv');
  const ours = { request, conversationId, turnId: ids.mint('trn') };
  try {
    const first = await attempt(parts, { ...ours, history: undefined });
    if (first !== 'unread') return first;
    const history = await store.read.history(conversationId, { sinceSeq: 0 });
    const second = await attempt(parts, { ...ours, history });
    if (second === 'unread') throw new Error('an admission asked twice for its history');
    return second;
  } catch (error) {
    if (!(error instanceof DamagedHistoryError || error instanceof DamagedRowError)) throw error;
    const message = 'a send to a damaged conversation was refused';
    reportOnce(log, `send ${conversationId}`, { conversationId, err: error }, message);
    return { kind: 'damaged' };
  }
}

async function attempt(
  { store, models, clock }: AdmissionParts,
  { request, conversationId, turnId, history }: Attempt,
): Promise<Admission | StartTurnOutcome | 'unread'> {
  const startedAt = clock.wall();
  const { userId, regenerates } = request;
  let admission: Admission | undefined;

  const outcome: CommitOutcome<Verdict> = await store.commit<Verdict>({
    ...keyOf(request, store),
    *plan(q) {
      const known = yield* q.conversation(conversationId);
      if (known !== undefined && known.ownerId !== userId)
        return { result: { kind: 'not-found' }, refused: true };
      const running = yield* q.runningTurn(conversationId);
      if (running !== undefined) {
        return { result: { kind: 'busy', conversationId, turnId: running.id }, refused: true };
      }
      if (known === undefined && regenerates !== undefined)
        return { result: { kind: 'not-found' }, refused: true };
      if (known !== undefined && history === undefined) return { result: { kind: 'unread' }, refused: true };
      const placed = yield* placeTurn(q, conversationId, turnId, regenerates);
      if (placed === undefined) return { result: { kind: 'not-found' }, refused: true };
      const input = yield* takeInput(q, request, known, () => wordsOf(history ?? [], regenerates ?? ''));
      if (input === undefined) return { result: { kind: 'not-queued' }, refused: true };
      const { message } = input;
      if (message === '') return { result: { kind: 'not-found' }, refused: true };
      if (regenerates !== undefined) yield* keepForNext(q, conversationId);
      const { place, line, version } = placed;
      const activity = yield* q.nextActivity(userId);
      const asked = { ...request, ...input };
      const row = conversationAfter(known, conversationId, asked, { now: startedAt, activity });
      const model = asked.model ?? row.model ?? models.defaultModel;
      const fallbacks = row.fallbackModels.length > 0 ? row.fallbackModels : models.fallbackModels;
      yield* q.putConversation(row);
      const turn: TurnRow = {
        id: turnId,
        conversationId,
        state: 'running',
        fence: store.fence,
        startedBy: userId,
        model,
        startedAt,
        sealedAt: null,
        reason: null,
        metrics: null,
      };
      yield* q.insertTurn(turn, place);
      const events = firstEvents(turn, message, version);
      const rest = [...new Set(fallbacks)].filter((name) => name !== model);
      admission = {
        kind: 'admitted',
        turn: {
          conversationId,
          turnId,
          message,
          models: [model, ...rest],
          cwd: row.cwd,
          startedBy: userId,
          startedAt,
          line,
          ...(version === undefined ? {} : { version }),
        },
        events,
        history: history ?? [],
      };
      return {
        result: {
          kind: 'started',
          conversationId,
          turnId,
          ...(version === undefined ? {} : { version: told(version) }),
        },
        turnEvents: events.map((event, n) => ({ turnId, n, event })),
        userEvents: conversationEvents(known, row),
      };
    },
  });

  switch (outcome.kind) {
    case 'committed':
      if (admission === undefined) throw new Error('an admission committed without its plan');
      return admission;
    case 'repeated':
      return outcome.result.kind === 'started'
        ? { ...outcome.result, kind: 'repeated' }
        : refusal(outcome.result);
    case 'refused':
      return refusal(outcome.result);
    case 'key-mismatch':
    case 'full':
      return { kind: outcome.kind };
    case 'fenced':
      throw new Error('an admission has no fence to fail');
    default:
      return outcome satisfies never;
  }
}

/** The first two events of a turn. */
function firstEvents(
  { conversationId, id: turnId, model }: TurnRow,
  message: string,
  version: TurnVersionStart | undefined,
): readonly AgentEvent[] {
  const start = { type: 'turn-start', conversationId, turnId, model } as const;
  return [
    { type: 'user-message', conversationId, turnId, text: message },
    version === undefined ? start : { ...start, versionOf: versionOf(version) },
  ];
}

function versionOf({ beatId, version, regeneratedFrom, supersedes }: TurnVersionStart): TurnVersion {
  return {
    beatId: beatId as TurnId,
    version,
    regeneratedFrom: regeneratedFrom as TurnId,
    supersedes: supersedes as TurnId,
  };
}

function told({ beatId, version, supersedes }: TurnVersionStart): StartedVersion {
  return { beatId, version, supersedes };
}

function refusal(verdict: Verdict): StartTurnOutcome | 'unread' {
  if (verdict.kind === 'unread') return 'unread';
  if (verdict.kind === 'not-found') return { kind: 'not-found' };
  if (verdict.kind === 'not-queued') return { kind: 'not-queued' };
  return { kind: 'busy', conversationId: verdict.conversationId, turnId: verdict.turnId };
}

function conversationAfter(
  known: ConversationRow | undefined,
  id: string,
  request: StartTurnRequest,
  { now, activity }: { readonly now: number; readonly activity: number },
): ConversationRow {
  return {
    id,
    ownerId: request.userId,
    title: known?.title ?? titleFrom(request.message ?? ''),
    // Another model for one version is no choice for the rest.
    model: (request.regenerates === undefined ? request.model : undefined) ?? known?.model ?? null,
    fallbackModels: known?.fallbackModels ?? [],
    cwd: request.cwd ?? known?.cwd ?? null,
    status: 'active',
    closes: known?.closes ?? 0,
    createdAt: known?.createdAt ?? now,
    lastActivityAt: now,
    activity,
  };
}

/** The first line that says something, cut by characters, not by halves of them. Null: the message is blank. */
function titleFrom(message: string): string | null {
  const line = message.split(/\r?\n/, 1_000).find((text) => text.trim() !== '');
  if (line === undefined) return null;
  return Array.from(line.trim().slice(0, TITLE_CHARACTERS * 2))
    .slice(0, TITLE_CHARACTERS)
    .join('');
}

function keyOf(
  request: StartTurnRequest,
  store: Pick<Store, 'age'>,
): { readonly idempotency: IdempotencyKey } | undefined {
  const { idempotency, idempotencyKey: key, userId, regenerates } = request;
  if (idempotency !== undefined) return { idempotency };
  if (key === undefined) return undefined;
  const { conversationId, message, model, cwd } = request;
  const asked = [conversationId ?? null, message ?? null, model ?? null, cwd ?? null];
  const isNew = regenerates === undefined;
  const operation = isNew ? 'chat.send' : 'turn.regenerate';
  return { idempotency: keyFor(store, userId, key, operation, isNew ? asked : [...asked, regenerates]) };
}
