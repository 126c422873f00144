/** One request for a conversation, as the provider saw it. Times are milliseconds of the harness's own clock. */
export interface SeenRequest {
  readonly conversationId: string;
  readonly kind: 'warm' | 'turn';
  readonly model: string;
  readonly at: number;
  /** Infinity while it is open. */
  readonly endedAt: number;
  /** True: the kernel left before it had its answer. */
  readonly isLost: boolean;
}

/** What somebody did to the warming of a conversation: the moment it was asked for, and the moment the answer was here. */
export interface Deed {
  readonly what: 'on' | 'off' | 'close';
  readonly askedAt: number;
  /** Infinity: it was never answered. */
  readonly answeredAt: number;
}

/** A turn whose start was acknowledged. */
export interface RunTurn {
  readonly turnId: string;
  readonly ackedAt: number;
  /** Until when it ran for certain: somebody looked later, and it still did. */
  readonly ranAt: number;
  /** When somebody saw its end, on a busy machine long behind it. Infinity: nobody did. */
  readonly sealedAt: number;
}

/** Everything about one conversation. */
export interface WarmedConversation {
  readonly conversationId: string;
  readonly model: string;
  readonly intervalMs: number;
  readonly deeds: readonly Deed[];
  readonly turns: readonly RunTurn[];
}

/** One start of the kernel. Infinity: not yet. */
export interface Life {
  readonly spawnedAt: number;
  readonly readyAt: number;
  readonly diedAt: number;
}

/** What happened to all of them. */
export interface World {
  readonly lives: readonly Life[];
  /** When the wall clock of the kernel was set. */
  readonly jumps: readonly number[];
}
