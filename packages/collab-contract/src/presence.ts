/** Longest status text, in characters. */
export const STATUS_TEXT_CHARACTERS = 100;

/** Whether somebody is there. The backend alone decides `online`; the text is the person's own. */
export interface Presence {
  readonly userId: string;
  /** At least one connection of theirs lives, or ended less than the grace ago. */
  readonly online: boolean;
  /** What they want others to read. Null: nothing. At most {@link STATUS_TEXT_CHARACTERS}. */
  readonly statusText: string | null;
  /** When `online` or the text changed last, epoch milliseconds. Null: never since the record began. */
  readonly lastSeenAt: number | null;
}
