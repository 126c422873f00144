/**
 * Version of each contract package a peer speaks.
 *
 * @since 0.10.0
 */
export interface ContractVersions {
  readonly wire: string;
  readonly 'ui-contract': string;
  readonly 'transport-contract': string;
  /**
   * Absent from backends that knew no people.
   *
   * @since 0.13.0
   */
  readonly 'collab-contract'?: string;
}

/**
 * What a gateway accepts and holds. Beyond it a frame is refused, a body is refused, a socket is closed.
 *
 * @since 0.10.0
 */
export interface GatewayLimits {
  /** Bytes of one frame. */
  readonly frameBytes: number;
  /** Bytes of one HTTP body. */
  readonly bodyBytes: number;
  /** Bytes that may wait for one socket or stream before it is dropped. */
  readonly unsentBytes: number;
  /**
   * Frames one connection may send in a minute, over time. A frame beyond it is refused with `rate-limited`. Absent: as many as it likes.
   *
   * @since 0.13.0
   */
  readonly messagesPerMinute?: number;
  /**
   * Frames that may come at once on top of that. Absent with `messagesPerMinute`.
   *
   * @since 0.13.0
   */
  readonly messageBurst?: number;
  /**
   * Connections one person may have at once. Absent: as many as there is room for.
   *
   * @since 0.13.0
   */
  readonly connectionsPerUser?: number;
  /**
   * HTTP requests one person may make in a minute. Absent: as many as they like.
   *
   * @since 0.13.0
   */
  readonly requestsPerMinute?: number;
}

/**
 * First frame of every connection. `GET /version` tells the same about versions.
 *
 * @since 0.10.0
 */
export interface HelloMessage {
  readonly type: 'hello';
  /** Version of the gateway. */
  readonly gateway: string;
  /** New with every start of the kernel. */
  readonly bootId: string;
  readonly contracts: ContractVersions;
  /** What this gateway can do beyond the base, by name; one of `CAPABILITIES` or newer. Ignore what you do not know. */
  readonly capabilities: readonly string[];
  /** Id of the user this connection acts for. */
  readonly user: string;
  /** Made with the database. Another one than before: every cursor you hold is void. */
  readonly epoch: string;
  /** Newest number in the user's stream; 0 when nothing was ever sent there. */
  readonly head: number;
  /** Whether the events behind the number named by `?resume=` follow, from the next one on. False when none was named. */
  readonly resumed: boolean;
  /** Kebab-case: why it does not; one of `UserResumeReason` or newer. Only when a resume was asked for and refused. */
  readonly reason?: string;
  /** The gateway pings this often, in milliseconds. */
  readonly heartbeatMs: number;
  /** A ping unanswered for this many milliseconds ends the connection. */
  readonly graceMs: number;
  /** The gateway's clock, epoch milliseconds. */
  readonly serverTime: number;
  readonly limits: GatewayLimits;
}

/**
 * What a client may say about itself, at any time. Silence means a client of 0.9.0.
 *
 * @since 0.10.0
 */
export interface ClientHelloMessage {
  readonly type: 'client.hello';
  /** For matching with an `ack`; see `FrameId`. */
  readonly id?: string;
  /** Versions it pins, by package name without scope. Absent: unknown. */
  readonly contracts?: Readonly<Record<string, string>>;
  /** What it can do beyond the base, by name. Absent: nothing. */
  readonly capabilities?: readonly string[];
  /** Names the tab or process, stable across reconnects. Absent: the connection alone. */
  readonly tab?: string;
}

/**
 * Names of what a gateway may be able to do. `turn-cursor`: `n` on `chat.delta` and cursors on `chat.subscribe` · `ack`: frames with an `id` are
 * answered · `idempotency`: keys on sending · `user-stream`: `user.event` and `?resume=` · `batch`: several frames in one message, separated by newlines, for clients
 * that say it in their `client.hello`.
 *
 * @since 0.10.0
 */
export const CAPABILITIES = ['turn-cursor', 'ack', 'idempotency', 'user-stream', 'batch'] as const;
