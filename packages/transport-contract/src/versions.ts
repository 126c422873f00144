import type { TurnReplacedEvent } from '@dispatch/collab-contract';
import type { Usage } from '@dispatch/wire';

/**
 * `POST /conversations/:id/regenerate`: answer a message once more. Nothing is overwritten: the new turn is another version of the same beat, and what was there
 * can be shown again.
 *
 * @since 0.14.0
 */
export interface RegenerateRequest {
  /** Any version of the beat that is to be answered anew. */
  readonly turnId: string;
  /** Said in the place of that turn's message. Absent: the same words again. */
  readonly message?: string;
  /** Asked this time only. Absent: the model the conversation keeps using. */
  readonly model?: string;
  /** 1–128 visible ASCII characters, kept for 24 hours: a repeat with the same body gets the ids of the first. The header `Idempotency-Key` is a synonym; the field wins. */
  readonly idempotencyKey?: string;
}

/**
 * The new turn, with status 202: it runs, and streams like any other to whoever watches the conversation. 409 `turn-running` while one runs already, 404 `not-found`
 * where the conversation has no such turn.
 *
 * @since 0.14.0
 */
export interface RegenerateResponse {
  readonly conversationId: string;
  readonly turnId: string;
  /** The beat, named by the first turn of it. */
  readonly beatId: string;
  /** Number of the new version. Given again when this one ends without having said anything. */
  readonly version: number;
  /** What the version that is shown now did outside the conversation, and a regenerate does not undo. Empty: nothing. */
  readonly irreversible: readonly TurnEffect[];
}

/**
 * Something a turn did that stays, whatever is shown.
 *
 * @since 0.14.0
 */
export interface TurnEffect {
  /** Kebab-case; an open set. `tool`: a tool that acts was called. */
  readonly kind: string;
  /** Names the effect. */
  readonly id: string;
  /** One line for people. */
  readonly summary: string;
}

/**
 * Query of `GET /conversations/:id/versions`.
 *
 * @since 0.14.0
 */
export interface VersionsQuery {
  /** Any version of the beat. */
  readonly turnId: string;
}

/**
 * One version of a beat.
 *
 * @since 0.14.0
 */
export interface VersionSummary {
  readonly turnId: string;
  /** 1 for the first. */
  readonly version: number;
  /** Whether it is the one that is shown. */
  readonly active: boolean;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Epoch milliseconds. Null while it runs. */
  readonly sealedAt: number | null;
  /** Why it ended, as `done` said. Null while it runs. */
  readonly reason: string | null;
  /** `<credential>/<model>` that answered, or was asked where none did. */
  readonly model: string;
  /** Absent while it runs, and when its figures are damaged. */
  readonly usage?: Usage;
  /** What it did outside the conversation. */
  readonly effects: readonly TurnEffect[];
}

/**
 * The versions of one beat, by their number. A try that ended before it had said anything is none of them.
 *
 * @since 0.14.0
 */
export interface VersionsResponse {
  readonly conversationId: string;
  readonly beatId: string;
  readonly versions: readonly VersionSummary[];
}

/**
 * `POST /conversations/:id/versions/activate`: show this version, with what followed it when it was shown last. The next message extends it. The choice is stored, and
 * told to everybody as `turn-replaced`. 409 `turn-running` while a turn runs.
 *
 * @since 0.14.0
 */
export interface ActivateVersionRequest {
  readonly turnId: string;
}

/**
 * What is shown now. Asking for what is shown already changes nothing and answers the same.
 *
 * @since 0.14.0
 */
export interface ActivateVersionResponse {
  readonly conversationId: string;
  readonly turnId: string;
  readonly beatId: string;
  readonly version: number;
  /** How many the beat has. */
  readonly versions: number;
}

/**
 * `POST /conversations/:id/fork`: a new conversation from what is shown up to and with this turn, or up to the turn and its own past where it is not shown. Damaged
 * parts are left out. 409 `turn-running` when the turn still runs.
 *
 * @since 0.14.0
 */
export interface ForkRequest {
  readonly turnId: string;
  /** As for {@link RegenerateRequest}. */
  readonly idempotencyKey?: string;
}

/**
 * The new conversation, yours, with model and working directory of the one it comes from.
 *
 * @since 0.14.0
 */
export interface ForkResponse {
  readonly conversationId: string;
  /** Its last turn; turns have ids of their own in it. */
  readonly turnId: string;
  readonly forkedFrom: { readonly conversationId: string; readonly turnId: string };
}

/**
 * What a watched conversation shows changes: sent before the stream of a regenerate (`provisional`), and when one ended without having said anything. Settled ones come
 * over the user's stream.
 *
 * @since 0.14.0
 */
export type TurnReplacedMessage = TurnReplacedEvent;
