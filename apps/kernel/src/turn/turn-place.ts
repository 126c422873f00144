import type { Step } from '../step.ts';

/**
 * Where a turn stands. A beat is one user message with everything that answered it; each of its versions is a turn, and one of them is shown. A turn goes on from
 * exactly one other, and at most one beat goes on from a turn, so that the versions that are shown make one line.
 */
export interface TurnPlace {
  readonly turnId: string;
  /** Place among the turns of the conversation in the order they started in. */
  readonly ordinal: number;
  /** Id of the first turn of its beat. */
  readonly beatId: string;
  /** 1 for the first, one more for each further; 0: a try that ended before it had said anything. */
  readonly version: number;
  /** The turn it goes on from; the same for all versions of a beat. Null: the conversation begins with it. */
  readonly parentId: string | null;
  /** The turn that took its place, in which another may be shown by now. Null: it is the one of its beat that is shown. */
  readonly supersededBy: string | null;
  /** The turn that was to be answered once more. Null: it answers a new message. */
  readonly regeneratedFrom: string | null;
}

/** The place of a turn that is about to be written. */
export type NewPlace = Omit<TurnPlace, 'turnId' | 'ordinal'>;

/** What plans ask and change of places. */
export interface PlaceQueries {
  /**
   * Of all turns of the conversation, in the order they started in. Undefined: it has no versions, so that every turn goes on from the one before. Throws
   * `DamagedRowError` when one is not what was written.
   */
  all(conversationId: string): Step<readonly TurnPlace[] | undefined>;
  /** Of all turns of the conversation, also of one without versions. Throws as {@link PlaceQueries.all} does. */
  each(conversationId: string): Step<readonly TurnPlace[]>;
  /** Writes what changed of a place. */
  put(place: TurnPlace): Step<void>;
}
