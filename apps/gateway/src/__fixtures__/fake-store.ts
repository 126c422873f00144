import type { LinkWatchFrame, StartTurnBody } from '@dispatch/link';
import type { ChatResetReason } from '@dispatch/transport-contract';
import type { AgentEvent, TurnId } from '@dispatch/wire';
import type { FakeStream } from './fake-users.ts';

/** A turn as the fake kernel keeps it. */
export interface FakeTurn {
  readonly id: string;
  readonly conversationId: string;
  readonly events: AgentEvent[];
}

export function isSealed(turn: FakeTurn): boolean {
  return turn.events.at(-1)?.type === 'turn-sealed';
}

/** What survives a restart of the fake kernel. */
export class FakeStore {
  epoch = 'epoch-1';
  readonly turns: FakeTurn[] = [];
  readonly streams = new Map<string, FakeStream>();
  readonly keys = new Map<string, { readonly body: string; readonly turn: FakeTurn }>();
  #count = 0;

  insert(conversationId: string): FakeTurn {
    this.#count += 1;
    const turn = { id: `trn_${String(this.#count).padStart(26, '0')}`, conversationId, events: [] };
    this.turns.push(turn);
    return turn;
  }

  mintConversation(): string {
    this.#count += 1;
    return `cnv_${String(this.#count).padStart(26, '0')}`;
  }

  /** What a kernel decides about the body of `POST /internal/turns`. */
  admit(text: string): {
    readonly outcome: 'started' | 'repeated' | 'busy' | 'mismatch';
    readonly turn: FakeTurn;
  } {
    const body: StartTurnBody = JSON.parse(text);
    const conversationId = body.conversationId ?? this.mintConversation();
    const known = this.keys.get(body.idempotencyKey ?? '');
    if (known) return { outcome: known.body === text ? 'repeated' : 'mismatch', turn: known.turn };
    const running = this.running(conversationId);
    if (running) return { outcome: 'busy', turn: running };
    const turn = this.insert(conversationId);
    if (body.idempotencyKey) this.keys.set(body.idempotencyKey, { body: text, turn });
    return { outcome: 'started', turn };
  }

  turn(id: string): FakeTurn | undefined {
    return this.turns.find((turn) => turn.id === id);
  }

  ofConversation(conversationId: string): FakeTurn[] {
    return this.turns.filter((turn) => turn.conversationId === conversationId);
  }

  running(conversationId: string): FakeTurn | undefined {
    return this.ofConversation(conversationId).find((turn) => !isSealed(turn));
  }
}

/** Events of a turn by their short names, for scripts. */
export function eventOf(turn: FakeTurn, type: string, fields: Record<string, unknown> = {}): AgentEvent {
  return { type, conversationId: turn.conversationId, turnId: turn.id as TurnId, ...fields } as AgentEvent;
}

/** Turn and event a replay begins with; why it cannot; or undefined when no place was named. */
export function startOf(
  turns: readonly FakeTurn[],
  after: LinkWatchFrame['after'],
): { readonly index: number; readonly n: number } | ChatResetReason | undefined {
  if (after === undefined) return undefined;
  if ('behind' in after) return { index: turns.findIndex(({ id }) => id === after.behind) + 1, n: 0 };
  const index =
    after.turnId === undefined ? turns.length - 1 : turns.findIndex(({ id }) => id === after.turnId);
  const turn = turns[index];
  if (turn === undefined) return after.turnId === undefined ? undefined : 'unknown-turn';
  return after.n >= turn.events.length ? 'ahead' : { index, n: after.n + 1 };
}

/** The answer of a kernel that was asked for a turn. */
export function started(
  outcome: string,
  turn: FakeTurn,
): { readonly status: number; readonly body: unknown } {
  return { status: 200, body: { outcome, conversationId: turn.conversationId, turnId: turn.id } };
}
