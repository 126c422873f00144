import type { TurnId } from './ids.ts';
import type { Usage } from './metrics.ts';

/** The user's message that started the turn. First event of every turn. */
export interface TurnInputEvent {
  readonly type: 'user-message';
  readonly conversationId: string;
  readonly turnId: string;
  /** The message, byte for byte as it was accepted. */
  readonly text: string;
}

/** The turn has begun. Directly after `user-message`. */
export interface TurnStartEvent {
  readonly type: 'turn-start';
  readonly conversationId: string;
  readonly turnId: string;
  /**
   * Full name, `<credential>/<model>`, of the model that is asked first. Set by the backend; absent from backends before 0.7.0.
   *
   * @since 0.7.0
   */
  readonly model?: string;
  /**
   * What it is another version of. Absent: it is the first of its beat, as is every turn that answers a new message.
   *
   * @since 0.8.0
   */
  readonly versionOf?: TurnVersion;
}

/**
 * Where a turn stands among the versions of its beat: of one user message with everything that answered it.
 *
 * @since 0.8.0
 */
export interface TurnVersion {
  /** The beat, named by the first turn of it. */
  readonly beatId: TurnId;
  /** Its number in the beat, 1 for the first. */
  readonly version: number;
  /** The turn somebody asked to have again. */
  readonly regeneratedFrom: TurnId;
  /** The turn that is shown until this one has said something, and again if it never does. */
  readonly supersedes: TurnId;
}

/**
 * A message the user steered into the running turn: from here on the model knows it. Comes between two steps, and the turn goes on with one more.
 *
 * @since 0.8.0
 */
export interface TurnSteeringEvent {
  readonly type: 'steering';
  readonly conversationId: string;
  readonly turnId: string;
  /** The message as it waited in the queue; also the `messageId` of its chunk. */
  readonly messageId: string;
  /** The message, byte for byte as it was accepted or edited last. */
  readonly text: string;
}

/** The turn failed. At most one per turn, and no end marker: `done` and `turn-sealed` follow. */
export interface TurnErrorEvent {
  readonly type: 'error';
  readonly conversationId: string;
  readonly turnId: string;
  /** One sentence for people. */
  readonly message: string;
  /** Kebab-case code for programs; an open set. Absent when nothing more is known. */
  readonly code?: string;
  /**
   * Whether sending the same message again may succeed. Set by the backend; absent when it does not know.
   *
   * @since 0.7.0
   */
  readonly retryable?: boolean;
}

/** The turn produces nothing more. Directly before `turn-sealed`. */
export interface TurnDoneEvent {
  readonly type: 'done';
  readonly conversationId: string;
  readonly turnId: string;
  /**
   * Why it ended. An open set: one of `DONE_REASONS`, or whatever the model provider says.
   */
  readonly reason: string;
  /** Milliseconds from the start of the turn to this event. Absent when it could not be measured. */
  readonly durationMs?: number;
  /** Sum over the steps. Absent when no step reported usage. */
  readonly usage?: Usage;
  /** Tokens in the model's context: input + output of the last step. Absent when unknown, never 0; equal to the stored figure. */
  readonly contextSize?: number;
}

/** The turn is stored: its chunks and metrics can be read and will not change. Last event of every turn. */
export interface TurnSealedEvent {
  readonly type: 'turn-sealed';
  readonly conversationId: string;
  readonly turnId: string;
}
