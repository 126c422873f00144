/** A conversation as its owner's list shows it, whole, at the moment of a change. */
export interface ConversationSnapshot {
  readonly id: string;
  /** As set, else the first line of its first message. Null when it has neither. */
  readonly title: string | null;
  /** `active` a turn is running · `idle` none is · `closed` the user closed it. */
  readonly status: 'active' | 'idle' | 'closed';
  /** Model it keeps using. Null: the backend's default. */
  readonly model: string | null;
  /** Working directory of its tools. Null when none is stored. */
  readonly cwd: string | null;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Start or seal of its newest turn, or its creation, epoch milliseconds. */
  readonly lastActivityAt: number;
}
