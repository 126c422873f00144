/** What is known of a conversation. */
export interface ConversationFacts {
  readonly id: string;
  readonly ownerId: string;
  /** Null until set or taken from the first message. */
  readonly title: string | null;
  /** The model it keeps using. Null: the kernel's default. */
  readonly model: string | null;
  readonly cwd: string | null;
  readonly status: 'active' | 'idle' | 'closed';
  /** How often it was closed. Whatever a user switched on before a close is off while this number is another than it was then. */
  readonly closes: number;
  /** The turn that runs. Null: none. */
  readonly runningTurnId: string | null;
}

/** Reads of any conversation, whoever owns it. */
export interface Conversations {
  /** Undefined: nobody has written to it. Rejects when its row is damaged. */
  get(conversationId: string): Promise<ConversationFacts | undefined>;
}
