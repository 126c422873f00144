import type { UserEventMessage, UserSkipMessage, WsServerMessage } from '@dispatch/transport-contract';
import type { SurfaceCatalog } from '@dispatch/ui-contract';

/** Revision of the envelope on events.sock. Both ends refuse another one. */
export const LINK_VERSION = 3;

/**
 * A stream of frames that any number of connections can watch: `turn:<conversation>`, or `surface:<id>[:<conversation>][:<user>]`. Made and
 * read by `turnTopic` and `surfaceTopic`.
 */
export type Topic = `turn:${string}` | `surface:${string}`;

/** Where a watcher of a turn topic stopped: the last event index it was given. */
export interface TurnCursor {
  /** The turn `n` counts in. Absent: the conversation's newest turn. */
  readonly turnId?: string;
  /** Index of the last event seen; -1 asks for the turn from its start. */
  readonly n: number;
}

/** Where a watch stands between turns. */
export interface TurnBoundary {
  /** The newest turn that is over for this watch, whole or not wanted. Null: the conversation had no turn yet. */
  readonly behind: string | null;
}

/** Gateway to kernel, once per link and first. */
export interface LinkHelloFrame {
  readonly type: 'hello';
  readonly v: number;
  readonly gatewayId: string;
  readonly secret: string;
}

/**
 * Gateway to kernel: this connection wants a topic. From a client's cursor; or, when a link stands again, from where this watch
 * stood; or, without `after`, from the start of the running turn.
 */
export interface LinkWatchFrame {
  readonly type: 'watch';
  readonly conn: string;
  readonly topic: Topic;
  readonly after?: TurnCursor | TurnBoundary;
  /** User the watch is for; the kernel's policy decides with it. */
  readonly userId: string;
  /** What the user showed, as their principal names it. */
  readonly sessionId?: string;
  /** Their principal's. Absent: none, and nothing may be watched. */
  readonly scopes?: readonly string[];
}

/** Gateway to kernel: this connection no longer wants a topic. */
export interface LinkUnwatchFrame {
  readonly type: 'unwatch';
  readonly conn: string;
  readonly topic: Topic;
}

/**
 * Gateway to kernel: this user's stream is wanted here. The kernel answers with `user-at`, then sends what follows `after`, then what happens live; asking
 * again begins anew. Without `after` nothing is replayed.
 */
export interface LinkUserFrame {
  readonly type: 'user';
  readonly userId: string;
  /** Names the question; the answer repeats it. */
  readonly ask: number;
  /** Newest number that is here already. */
  readonly after?: number;
}

/** Gateway to kernel: nobody here wants this user's stream any more. */
export interface LinkUserGoneFrame {
  readonly type: 'user-gone';
  readonly userId: string;
}

/** Gateway to kernel: a client of this user is connected, now or since before this link. Answered with a `presence.snapshot` for it. */
export interface LinkOpenedFrame {
  readonly type: 'opened';
  readonly userId: string;
  readonly conn: string;
}

/** Gateway to kernel: that client is gone. The end of a link says it of all that were opened on it. */
export interface LinkClosedFrame {
  readonly type: 'closed';
  readonly userId: string;
  readonly conn: string;
}

export type LinkUpFrame =
  | LinkHelloFrame
  | LinkWatchFrame
  | LinkUnwatchFrame
  | LinkUserFrame
  | LinkUserGoneFrame
  | LinkOpenedFrame
  | LinkClosedFrame;

/** Kernel to gateway, first: who answers. */
export interface LinkWelcomeFrame {
  readonly type: 'welcome';
  readonly v: number;
  /** New with every start of the kernel. */
  readonly bootId: string;
  /** Made with the database; changes only when the log lost something already handed out. */
  readonly epoch: string;
  readonly catalog: SurfaceCatalog;
}

/** Kernel to gateway: the surfaces there are from now on. */
export interface LinkCatalogFrame {
  readonly type: 'catalog';
  readonly catalog: SurfaceCatalog;
}

/** Kernel to gateway: the replay of this watch is complete; live frames of the topic follow. */
export interface LinkWatchedFrame {
  readonly type: 'watched';
  readonly conn: string;
  /** As it was asked for. */
  readonly topic: Topic;
  /**
   * Where the watch stands now: what the gateway sends as `after` should the link break before another event. Absent for a surface, which
   * has no cursor.
   */
  readonly at?: TurnCursor | TurnBoundary;
  /**
   * The topic of the live frames when it is not the one asked for: only the kernel knows whether a surface is the same in every conversation, and
   * whether each user has one of their own.
   */
  readonly live?: Topic;
}

/** Kernel to gateway: this watch is over; the frame before it says why. */
export interface LinkUnwatchedFrame {
  readonly type: 'unwatched';
  readonly conn: string;
  readonly topic: Topic;
}

/** Kernel to gateway: a live frame for every connection that watches the topic. */
export interface LinkTopicFrame {
  readonly topic: Topic;
  readonly frame: WsServerMessage;
  /**
   * Age of a surface's state within this start of the kernel: of two states of one surface the higher is the newer. Absent on frames of turns,
   * which have their `n`.
   */
  readonly mark?: number;
}

/** Kernel to gateway: a frame for one connection. `topic` names the watch it belongs to, as it was asked for. */
export interface LinkConnFrame {
  readonly conn: string;
  readonly topic: Topic;
  readonly frame: WsServerMessage;
  /** As in {@link LinkTopicFrame}. */
  readonly mark?: number;
}

/**
 * Kernel to gateway: who these were is over now. What they have open is closed, and what is remembered of them forgotten.
 */
export interface LinkRevokedFrame {
  readonly type: 'revoked';
  /** Sessions, tokens and JWTs by their id. Absent: none by id. */
  readonly sessionIds?: readonly string[];
  /** People with everything they are signed in with. Absent: nobody as a whole. */
  readonly userIds?: readonly string[];
}

/** Kernel to gateway, once for each `user`, before anything of that stream: what its cursor is worth. */
export interface LinkUserAtFrame {
  readonly type: 'user-at';
  readonly userId: string;
  /** The question this answers. */
  readonly ask: number;
  /** Newest number of the stream; what follows `after` up to here is a replay. */
  readonly head: number;
  /** False: what follows `after` cannot be given; the stream goes on behind `head`. */
  readonly served: boolean;
  /** Only when it is not served. */
  readonly reason?: 'too-old' | 'ahead';
}

/** What a user is told, before it has the number that each of them knows it by. */
export type UserFrameBody = Omit<UserEventMessage, 'seq'> | Omit<UserSkipMessage, 'seq'>;

/** Kernel to gateway: one event and whom it is for, each with its number in their stream. */
export interface LinkUserEventFrame {
  readonly to: readonly (readonly [userId: string, seq: number])[];
  readonly frame: UserFrameBody;
}

/** Kernel to gateway: a volatile frame for every client of these users; with `conn` for that one alone. */
export interface LinkUsersFrame {
  readonly users: readonly string[];
  /** As it was opened. Absent: all of theirs. */
  readonly conn?: string;
  readonly frame: WsServerMessage;
}

export type LinkDownFrame =
  | LinkWelcomeFrame
  | LinkCatalogFrame
  | LinkWatchedFrame
  | LinkUnwatchedFrame
  | LinkRevokedFrame
  | LinkTopicFrame
  | LinkConnFrame
  | LinkUserAtFrame
  | LinkUserEventFrame
  | LinkUsersFrame;
