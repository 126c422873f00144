/**
 * Another version of a beat is shown in the place of one: swap it where it stands, or leave it be when it stands there already. Told to whoever watches when a
 * regenerate begins (`provisional`), and over the user's stream in the commit that made it so: a regenerate was sealed, or somebody chose another version.
 *
 * @since 0.2.0
 */
export interface TurnReplacedEvent {
  readonly type: 'turn-replaced';
  readonly conversationId: string;
  /** The turn that is shown from now on. Null: its part of the beat is withdrawn, and nothing is shown there. */
  readonly turnId: string | null;
  /** The turn that is shown no more. */
  readonly supersedes: string;
  /** The beat, named by the first turn of it. */
  readonly beatId: string;
  /** Which version is shown, 1 for the first. */
  readonly version: number;
  /** How many there are. */
  readonly versions: number;
  /** Who speaks in it. Absent: the conversation's own agent. */
  readonly speaker?: string;
  /** It has only begun: should it end without having said anything, the other comes back. Absent: it is settled and stored. */
  readonly provisional?: true;
}
