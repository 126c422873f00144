/** @dispatch/transport-contract 0.14.0, frozen. Compared with, never imported by anything that runs. */

import type { Approval, ApprovalScope, Presence, TurnReplacedEvent, User, UserEvent } from '../../collab-contract/0.2.0/index.js';
import type { AgentEvent, StoredChunk, TurnMetrics, Usage } from '../../wire/0.8.0/index.js';
import type { CatalogMessage, SurfaceClientMessage, SurfaceErrorMessage, SurfaceMessage, SurfaceUpdateMessage } from '../../ui-contract/0.3.0/index.js';

/**
 * `GET /approvals`: what waits for an answer the caller may give, oldest first.
 *
 * @since 0.14.0
 */
export interface ApprovalsResponse {
    readonly approvals: readonly Approval[];
    /** The log `userSeq` counts in. */
    readonly epoch: string;
    /** Newest number of the caller's stream when this was read: the events above it tell what changed since. */
    readonly userSeq: number;
}
/**
 * Body of `POST /approvals/:approvalId`.
 *
 * @since 0.14.0
 */
export interface AnswerApprovalRequest {
    readonly decision: 'allow' | 'deny';
    /** Of an `allow`. Absent: `once`. */
    readonly scope?: ApprovalScope;
}
/**
 * Answer of `POST /approvals/:approvalId`.
 *
 * @since 0.14.0
 */
export interface AnswerApprovalResponse {
    /** As it stands now. */
    readonly approval: Approval;
    /** False: it was resolved before, and this answer changed nothing. */
    readonly applied: boolean;
}
/**
 * A lasting answer: calls of this tool with this pattern are allowed in this conversation and this directory without asking.
 *
 * @since 0.14.0
 */
export interface ApprovalGrant {
    /** `apg_…`, opaque. */
    readonly id: string;
    readonly conversationId: string;
    /** Name of the tool. */
    readonly tool: string;
    readonly pattern: string;
    /** Working directory it is good in; in another one calls ask again. Absent: it was given while there was none. */
    readonly cwd?: string;
    /** User that gave it. */
    readonly grantedBy: string;
    /** Epoch milliseconds. */
    readonly grantedAt: number;
}
/**
 * `GET /conversations/:id/grants`: oldest first.
 *
 * @since 0.14.0
 */
export interface GrantsResponse {
    readonly conversationId: string;
    readonly grants: readonly ApprovalGrant[];
}
/** One event of a watched conversation. Per conversation they arrive in order, the same ones at every watcher. */
export interface ChatDeltaMessage {
    readonly type: 'chat.delta';
    readonly event: AgentEvent;
    /**
     * Place of the event in its turn: starts at 0, no gaps, the same at every watcher and in every replay. The cursor for `after`. Set by the
     * backend; absent from backends before 0.10.0.
     *
     * @since 0.10.0
     */
    readonly n?: number;
}
/**
 * Every code an error can carry. `ERRORS` says what each means. Since 0.12.0: `warm-running`, `nothing-to-warm`, `unknown-action`, `action-refused`,
 * `action-failed` and `extension-failed`. Since 0.13.0: `unauthenticated` and
 * `forbidden`. Since 0.14.0: `queue-full`.
 *
 * @since 0.10.0
 */
export type ErrorCode = 'invalid-json' | 'invalid-request' | 'body-too-large' | 'not-found' | 'method-not-allowed' | 'unauthenticated' | 'forbidden' | 'forbidden-host' | 'forbidden-origin' | 'upgrade-required' | 'idempotency-mismatch' | 'turn-running' | 'queue-full' | 'models-unavailable' | 'warm-unavailable' | 'warm-running' | 'nothing-to-warm' | 'kernel-unavailable' | 'draining' | 'storage-full' | 'store-read-only' | 'conversation-damaged' | 'internal' | 'unknown-frame' | 'unknown-surface' | 'unknown-action' | 'action-refused' | 'action-failed' | 'extension-failed' | 'frame-too-large' | 'rate-limited' | 'quota-exhausted' | 'overloaded' | 'provider-unavailable' | 'authentication-failed' | 'request-rejected' | 'context-too-long' | 'unknown-model' | 'response-truncated' | 'response-malformed' | 'provider-stalled' | 'provider-error' | 'interrupted' | 'tool-failed';
/**
 * What is true of every error with one code.
 *
 * @since 0.10.0
 */
export interface ErrorDefinition<Code extends ErrorCode = ErrorCode> {
    readonly code: Code;
    /** HTTP status of an answer with this code. Null: it never is an HTTP answer, only a frame or an event. */
    readonly status: number | null;
    /** Whether the same request may succeed later. */
    readonly retryable: boolean;
    /** One sentence for whoever meets it. */
    readonly meaning: string;
}
/**
 * What any client frame may carry beside its own fields.
 *
 * @since 0.10.0
 */
export interface FrameId {
    /**
     * Minted by the client, 1–128 characters; comes back on the `ack`, `error` or `chat.error` that answers this frame. Absent: success is
     * not acknowledged.
     */
    readonly id?: string;
}
/**
 * What a refused frame is told beside its message: the fields of an HTTP error, and which frame. Absent from backends before 0.10.0.
 *
 * @since 0.10.0
 */
export interface FrameRefusal {
    /** For programs. */
    readonly code?: ErrorCode;
    /** What to do about it. Absent when the message says it all. */
    readonly hint?: string;
    /** Whether the same frame may succeed later. */
    readonly retryable?: boolean;
    /** Names the refusal in the operator's log. Minted by the backend. */
    readonly requestId?: string;
    /** The `id` of the refused frame. Absent when it had none or could not be read. */
    readonly id?: string;
    /**
     * Milliseconds to wait before the same frame may succeed. Absent: unknown.
     *
     * @since 0.13.0
     */
    readonly retryAfterMs?: number;
}
/**
 * The frame with this `id` was carried out and its effect is stored.
 *
 * @since 0.10.0
 */
export interface AckMessage {
    readonly type: 'ack';
    /** The `id` of the frame. */
    readonly id: string;
    /** The conversation that was written to. Only for `chat.send`. */
    readonly conversationId?: string;
    /** The turn that was started. Only for `chat.send`. */
    readonly turnId?: string;
}
/** A chat frame of the client was refused. No turn was started by it. The connection stays open. */
export interface ChatErrorMessage extends FrameRefusal {
    readonly type: 'chat.error';
    /** One sentence for people. */
    readonly message: string;
    /** The conversation it is about. Absent when the frame named none or could not be read. */
    readonly conversationId?: string;
}
/**
 * `POST /chat`: send a message and follow its turn. The answer is NDJSON, one event per line, until `turn-sealed`; the header
 * `X-Conversation-Id` names the conversation; always percent-decode it. A turn already running there: one `error` line and nothing else.
 */
export interface ChatRequest {
    /** The user's message. Over HTTP it is trimmed; blank is refused. */
    readonly message: string;
    /** Minted by the client: 1–128 characters, no control characters, no `/`. Absent: the backend mints one. */
    readonly conversationId?: string;
    /** `<credential>/<model>`. Absent: the backend decides. An unknown name fails the turn, not the request. */
    readonly model?: string;
    /** Absolute working directory for tools. Absent: the conversation's stored one. Present: used and stored. */
    readonly cwd?: string;
    /**
     * Minted by the client for this one message, 1–128 visible ASCII characters; the header `Idempotency-Key` is its synonym. The same key with the
     * same request is one turn, however often it is sent; with another request it is refused. Absent: every request is a new turn.
     *
     * @since 0.10.0
     */
    readonly idempotencyKey?: string;
}
/**
 * Why a cursor cannot be served. `unknown-turn`: the conversation has no such turn · `ahead`: the turn has not come that far · `too-old`: its
 * events are no longer kept.
 *
 * @since 0.10.0
 */
export type ChatResetReason = 'unknown-turn' | 'ahead' | 'too-old';
/**
 * The cursor of a `chat.subscribe` cannot be served: drop what you show beyond the conversation log and read the log again. What follows is
 * what a subscription without a cursor gets.
 *
 * @since 0.10.0
 */
export interface ChatResetMessage {
    readonly type: 'chat.reset';
    readonly conversationId: string;
    /** The turn the cursor counted in. Absent when the cursor named none. */
    readonly turnId?: string;
    readonly reason: ChatResetReason;
}
/**
 * Sends a message. The socket is subscribed to the conversation before the turn starts, so it sees the first event. Failures of the
 * turn come as events, never as `chat.error`. With an `id` it is answered by `ack` once the message is stored.
 */
export interface ChatSendMessage extends ChatRequest, FrameId {
    readonly type: 'chat.send';
    /** The user's message, not empty. Not trimmed here. */
    readonly message: string;
}
/**
 * Watches a conversation. Without a cursor a running turn is replayed from its first event, then live ones follow; an idle one sends nothing.
 * With a cursor come the events after it, every later turn in full, then live ones: no gap and no repeat.
 */
export interface ChatSubscribeMessage extends FrameId {
    readonly type: 'chat.subscribe';
    readonly conversationId: string;
    /**
     * The turn `after` counts in. Absent: the newest turn of the conversation.
     *
     * @since 0.10.0
     */
    readonly turnId?: string;
    /**
     * `n` of the last event you have; -1: that turn from its start. Absent: no cursor. One that cannot be served is answered by `chat.reset`.
     *
     * @since 0.10.0
     */
    readonly after?: number;
}
/** Stops watching. Never stops the turn. Not answered, unless it has an `id`. */
export interface ChatUnsubscribeMessage extends FrameId {
    readonly type: 'chat.unsubscribe';
    readonly conversationId: string;
}
/**
 * Why a WebSocket was closed, as data.
 *
 * @since 0.13.0
 */
export interface CloseCode {
    /** Of the close frame. */
    readonly code: number;
    /** Kebab-case. */
    readonly name: string;
    /** Whether to come back, and to resume. */
    readonly resume: boolean;
    /** One sentence for whoever meets it. */
    readonly meaning: string;
}
/**
 * Every code by which a gateway closes a connection, by name. A code that is not here follows the rule of its range: 1008, 1011 and every 4xxx mean to
 * stop and say why, everything else to come back. A `bye` goes before where the socket still works; what it says about coming back counts.
 *
 * @since 0.13.0
 */
export declare const CLOSE_CODES: {
    readonly goingAway: CloseCode;
    readonly policyViolation: CloseCode;
    readonly internalError: CloseCode;
    readonly serviceRestart: CloseCode;
    readonly tryAgainLater: CloseCode;
    readonly signedOut: CloseCode;
    readonly replaced: CloseCode;
};
/**
 * Whether to come back after a close by this code, a code of a later version included.
 *
 * @since 0.13.0
 */
export declare function isResumable(code: number): boolean;
/**
 * `POST /conversations/:id/close`: the user closed this conversation. Unlike losing a socket or `chat.unsubscribe` it aborts the running turn
 * and ends the conversation's automatic work. Needs no body; answers before the aborted turn is sealed. History, metrics and the
 * working directory stay, and sending to it opens it again.
 *
 * @since 0.9.0
 */
export interface CloseConversationResponse {
    readonly conversationId: string;
    /** Whether a turn was running and is being aborted. False for an idle or unknown conversation. */
    readonly abortedTurn: boolean;
}
/**
 * Query of `GET /conversations/:id`. Anything but whole numbers is refused.
 *
 * @since 0.10.0
 */
export interface ConversationHistoryQuery {
    /** Exclusive lower bound of `seq`, 0 or more. Absent or empty: 0. */
    readonly sinceSeq?: number;
    /** Exclusive upper bound of `seq`, 1 or more. Absent: none. */
    readonly beforeSeq?: number;
    /** The newest so many of the selection, 1 or more; still ascending. Absent: all of it. */
    readonly limit?: number;
    /**
     * `active`: only what is shown, without superseded versions and what followed them. Absent: the log as it is.
     *
     * @since 0.14.0
     */
    readonly view?: 'active';
}
/** `GET /conversations/:id`: the conversation log above a cursor. An unknown id is an empty conversation. */
export interface ConversationHistoryResponse {
    /** Rows with `seq` above `sinceSeq`, ascending, as they are stored: a tool call without result is returned as it is. */
    readonly chunks: readonly StoredChunk[];
    /** `seq` of the last returned row; the requested `sinceSeq` when nothing was returned (0 without one). */
    readonly latestSeq: number;
    /**
     * `seq` of rows of the selection that are missing or not what was written, ascending; they are left out of `chunks`. Absent: none.
     *
     * @since 0.10.0
     */
    readonly damaged?: readonly number[];
}
/** `GET /conversations/:id/metrics`: figures of the sealed turns. */
export interface ConversationMetricsResponse {
    /** One entry per sealed turn, in the order the turns started. The i-th belongs to the i-th user message unless some are `damaged`. */
    readonly turns: readonly TurnMetrics[];
    /**
     * Places (1 for the first turn) of sealed turns whose figures are missing or not what was written, ascending; they are left out of `turns`. Absent: none.
     *
     * @since 0.11.0
     */
    readonly damaged?: readonly number[];
}
/**
 * `GET` and `PUT /conversations/:id/model`: what the conversation uses when a request names no model.
 *
 * @since 0.10.0
 */
export interface ConversationModelResponse {
    readonly conversationId: string;
    /** `<credential>/<model>`. Null: the backend's default, also for an unknown id. */
    readonly model: string | null;
    /** Tried in order when a model fails before its first byte. Empty: those of the backend's configuration. */
    readonly fallbackModels: readonly string[];
}
/**
 * `PUT /conversations/:id/model`. Fields that are absent stay as they are.
 *
 * @since 0.10.0
 */
export interface SetConversationModelRequest {
    /** `<credential>/<model>`. Null: back to the backend's default. */
    readonly model?: string | null;
    /** At most 5, in order. Empty: back to the configuration's. */
    readonly fallbackModels?: readonly string[];
}
/**
 * `active` a turn is running · `idle` none is · `closed` the user closed it; sending to it opens it again.
 *
 * @since 0.10.0
 */
export type ConversationStatus = 'active' | 'idle' | 'closed';
/**
 * One conversation in the list.
 *
 * @since 0.10.0
 */
export interface ConversationSummary {
    readonly id: string;
    /** As set, else the first line of its first message. Null when it has neither. */
    readonly title: string | null;
    readonly status: ConversationStatus;
    /** Model it keeps using. Null: the backend's default. */
    readonly model: string | null;
    /** Working directory of its tools. Null when none is stored. */
    readonly cwd: string | null;
    /** Epoch milliseconds. */
    readonly createdAt: number;
    /** Start or seal of its newest turn, or its creation, epoch milliseconds. */
    readonly lastActivityAt: number;
}
/**
 * Query of `GET /conversations`.
 *
 * @since 0.10.0
 */
export interface ConversationsQuery {
    /** Part of a title, in any case, or the start of an id. Absent: all. */
    readonly q?: string;
    /** Absent: all. */
    readonly status?: ConversationStatus;
    /** 1–200. Absent: 50. */
    readonly limit?: number;
    /** `nextCursor` of the page before. Absent: the first page. */
    readonly cursor?: string;
}
/**
 * `GET /conversations`: newest activity first.
 *
 * @since 0.10.0
 */
export interface ConversationsResponse {
    readonly conversations: readonly ConversationSummary[];
    /** Opaque; pass it as `cursor` for the next page. Null on the last one. */
    readonly nextCursor: string | null;
    /**
     * The log `userSeq` counts in. Absent from backends without a user stream.
     *
     * @since 0.13.0
     */
    readonly epoch?: string;
    /**
     * Newest number of the caller's stream when this page was read: the events above it tell what changed since.
     *
     * @since 0.13.0
     */
    readonly userSeq?: number;
}
/**
 * `GET /conversations/:id/status`: what the conversation is doing. An unknown id is idle.
 *
 * @since 0.10.0
 */
export interface ConversationStatusResponse {
    readonly conversationId: string;
    readonly status: ConversationStatus;
    /** The running turn. Null when none is. */
    readonly turnId: string | null;
    /** Null when it has none. */
    readonly title: string | null;
    /** Model it keeps using. Null: the backend's default. */
    readonly model: string | null;
    /** Null when none is stored. */
    readonly cwd: string | null;
}
/**
 * `GET` and `PUT /conversations/:id/title`.
 *
 * @since 0.10.0
 */
export interface TitleResponse {
    readonly conversationId: string;
    /** As set, else the first line of the first message. Null when there is neither, also for an unknown id. */
    readonly title: string | null;
}
/**
 * `PUT /conversations/:id/title`.
 *
 * @since 0.10.0
 */
export interface SetTitleRequest {
    /** At most 200 characters; trimmed. Null clears it. */
    readonly title: string | null;
}
/** `GET` and `PUT /conversations/:id/cwd`: the working directory of a conversation's tools. */
export interface CwdResponse {
    readonly conversationId: string;
    /** Absolute path. Null when none is stored, also for an unknown id. */
    readonly cwd: string | null;
}
/** `PUT /conversations/:id/cwd`. Creates the conversation when it is new. */
export interface SetCwdRequest {
    /** Absolute path, not empty. */
    readonly cwd: string;
}
/**
 * A frame that is no chat frame was refused. The `error` frame of ui-contract with the fields every refusal has.
 *
 * @since 0.10.0
 */
export interface ErrorMessage extends SurfaceErrorMessage, FrameRefusal {
}
/** Body of every HTTP answer with a 4xx or 5xx status. Before 0.10.0 it had `error` only. */
export interface ErrorResponse {
    /** One sentence for people. */
    readonly error: string;
    /**
     * For programs.
     *
     * @since 0.10.0
     */
    readonly code: ErrorCode;
    /**
     * What to do about it. Absent when `error` says it all.
     *
     * @since 0.10.0
     */
    readonly hint?: string;
    /**
     * Whether the same request may succeed later.
     *
     * @since 0.10.0
     */
    readonly retryable: boolean;
    /**
     * Names the request in the operator's log. Minted by the backend.
     *
     * @since 0.10.0
     */
    readonly requestId: string;
    /**
     * Milliseconds to wait before the same request may succeed; as `Retry-After` says it in seconds. Absent: unknown.
     *
     * @since 0.13.0
     */
    readonly retryAfterMs?: number;
}
/**
 * The catalogue of errors, by code: of HTTP answers and refused frames first, then of failed turns (`code` of an `error` event).
 * Turns also fail with `storage-full`, `store-read-only`, `internal` and `conversation-damaged`. Where a request asks a model outside a turn, as `POST /chat/warm`
 * does, the codes of failed turns are its answer.
 *
 * @since 0.10.0
 */
export declare const ERRORS: {
    readonly [Code in ErrorCode]: ErrorDefinition<Code>;
};
/**
 * Asks for a `pong`: is anybody there?
 *
 * @since 0.10.0
 */
export interface ClientPingMessage extends FrameId {
    readonly type: 'ping';
}
/**
 * The gateway is there. Sent on its own beat, beside a WebSocket ping that every peer answers by itself; need not be answered.
 *
 * @since 0.10.0
 */
export interface PingMessage {
    readonly type: 'ping';
    /** The gateway's clock, epoch milliseconds. */
    readonly t: number;
    /** Newest number in the user's stream. */
    readonly head: number;
}
/**
 * Answers a client's `ping`.
 *
 * @since 0.10.0
 */
export interface PongMessage {
    readonly type: 'pong';
    /** The gateway's clock, epoch milliseconds. */
    readonly t: number;
}
/**
 * Whether the gateway reaches the kernel. After `down` nothing arrives and nothing can be sent; after `up` everything that was missed has been
 * delivered.
 *
 * @since 0.10.0
 */
export interface KernelStatusMessage {
    readonly type: 'status';
    readonly kernel: 'up' | 'down';
}
/**
 * Last frame before the gateway closes a connection on purpose.
 *
 * @since 0.10.0
 */
export interface ByeMessage {
    readonly type: 'bye';
    /** Kebab-case: why. An open set, for example `draining`, `too-slow`, `kernel-restarted`. */
    readonly code: string;
    /** Whether to come back. */
    readonly resume: boolean;
    /** Milliseconds to wait before coming back. Absent: your own back-off. */
    readonly retryAfterMs?: number;
}
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
export declare const CAPABILITIES: readonly ["turn-cursor", "ack", "idempotency", "user-stream", "batch"];
/**
 * Who is there, once behind the first `catalog`, and again when the gateway had lost the kernel. Takes the place of everything held before: who is
 * not in the list is offline and shows no text.
 *
 * @since 0.13.0
 */
export interface PresenceSnapshotMessage {
    readonly type: 'presence.snapshot';
    readonly users: readonly Presence[];
}
/**
 * Who came, went, or changed their text since, each as they are now. At most one a second; volatile, so it has no number and is not repeated.
 *
 * @since 0.13.0
 */
export interface PresenceUpdateMessage {
    readonly type: 'presence.update';
    readonly users: readonly Presence[];
}
/**
 * Sets one's own status text. Whether one is online is the backend's to say, and no frame changes it.
 *
 * @since 0.13.0
 */
export interface PresenceStatusMessage extends FrameId {
    readonly type: 'presence.status';
    /** At most 100 characters, trimmed, without control characters. Null or blank clears it. */
    readonly statusText: string | null;
}
/**
 * What clients of other backends send in the place of `presence.status`. Answered like it; goes with 0.15.0.
 *
 * @since 0.13.0
 * @deprecated Send `presence.status`.
 */
export interface ClientPresenceUpdateMessage extends FrameId {
    readonly type: 'presence.update';
    /** Ignored, whatever it is. */
    readonly status?: unknown;
    /** As in `presence.status`. Absent: stays as it is. */
    readonly statusText?: string | null;
}
/**
 * `GET /presence`: everybody the caller shares a workspace with, and the caller.
 *
 * @since 0.13.0
 */
export interface PresenceResponse {
    readonly users: readonly Presence[];
}
/**
 * `PUT /me/status`, answered with one's own `Presence`.
 *
 * @since 0.13.0
 */
export interface SetStatusRequest {
    /** At most 100 characters, trimmed, without control characters. Null or blank clears it. */
    readonly statusText: string | null;
}
/**
 * The sender began to type in a channel. Sixty of these and of `typing.stop` a minute for each person, counted apart from everything else; above
 * that they are refused with `rate-limited`.
 *
 * @since 0.13.0
 */
export interface TypingStartMessage extends FrameId {
    readonly type: 'typing.start';
    readonly channelId: string;
}
/**
 * The sender stopped typing in a channel.
 *
 * @since 0.13.0
 */
export interface TypingStopMessage extends FrameId {
    readonly type: 'typing.stop';
    readonly channelId: string;
}
/**
 * The next thing the user should learn. Numbers are contiguous per user within an epoch: drop what you have, come back for what is missing.
 *
 * @since 0.13.0
 */
export interface UserEventMessage {
    readonly type: 'user.event';
    /** Its number in the user's stream, from 1. */
    readonly seq: number;
    readonly event: UserEvent;
}
/**
 * A number of the user's stream whose content may no longer be seen, or was lost. It counts as received.
 *
 * @since 0.13.0
 */
export interface UserSkipMessage {
    readonly type: 'user.skip';
    readonly seq: number;
}
/**
 * Why a `?resume=` was refused. `too-old` what came next is no longer kept · `ahead` the number was never given out · `unknown-epoch` the log it counts in is
 * not this one · `malformed` it is no cursor.
 *
 * @since 0.13.0
 */
export type UserResumeReason = 'too-old' | 'ahead' | 'unknown-epoch' | 'malformed';
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
    readonly forkedFrom: {
        readonly conversationId: string;
        readonly turnId: string;
    };
}
/**
 * What a watched conversation shows changes: sent before the stream of a regenerate (`provisional`), and when one ended without having said anything. Settled ones come
 * over the user's stream.
 *
 * @since 0.14.0
 */
export type TurnReplacedMessage = TurnReplacedEvent;
/** Everything a client may send over the WebSocket, told apart by `type`. */
export type WsClientMessage = (SurfaceClientMessage & FrameId) | ChatSendMessage | ChatSubscribeMessage | ChatUnsubscribeMessage | ClientHelloMessage | ClientPingMessage | PresenceStatusMessage | ClientPresenceUpdateMessage | TypingStartMessage | TypingStopMessage;
/** Everything a backend may send over the WebSocket, told apart by `type`. Drop frames whose `type` you do not know. */
export type WsServerMessage = HelloMessage | CatalogMessage | SurfaceMessage | SurfaceUpdateMessage | ErrorMessage | ChatDeltaMessage | ChatErrorMessage | ChatResetMessage | TurnReplacedMessage | AckMessage | KernelStatusMessage | PingMessage | PongMessage | ByeMessage | UserEventMessage | UserSkipMessage | PresenceSnapshotMessage | PresenceUpdateMessage;
/**
 * What a caller must be allowed to do. `public` nothing · `signed-in` anything at all, which every principal is · `chat:read` read conversations · `chat:write`
 * start, stop and change them · `metrics:read` read the figures of operation · `admin` manage people, tokens and the instance. `signed-in`, `metrics:read` and `admin` since
 * 0.13.0.
 *
 * @since 0.10.0
 */
export type Scope = 'public' | 'signed-in' | 'chat:read' | 'chat:write' | 'metrics:read' | 'admin';
/**
 * One kind of WebSocket frame, as data.
 *
 * @since 0.10.0
 */
export interface FrameDefinition<Type extends string = string> {
    readonly type: Type;
    /** What the sender of a client frame, or the receiver of a server frame, must be allowed to do. */
    readonly scope: Scope;
    /** Version of this package that had it first. */
    readonly since: string;
    /** What it says, in one sentence. */
    readonly summary: string;
}
/**
 * Every frame a client may send, by type.
 *
 * @since 0.10.0
 */
export declare const CLIENT_FRAMES: {
    readonly [Type in WsClientMessage['type']]: FrameDefinition<Type>;
};
/**
 * Every frame a backend may send, by type.
 *
 * @since 0.10.0
 */
export declare const SERVER_FRAMES: {
    readonly [Type in WsServerMessage['type']]: FrameDefinition<Type>;
};
/**
 * What a caller proved who they are with. `local` nothing: there is one user · `session` the cookie of `POST /session` · `token` an API token · `jwt` a token of
 * the identity provider.
 *
 * @since 0.13.0
 */
export type SessionKind = 'local' | 'session' | 'token' | 'jwt';
/**
 * `GET /me`, and the answer of `POST /session`: who one is here.
 *
 * @since 0.13.0
 */
export interface MeResponse {
    readonly user: User;
    /** What this caller may do; narrower than the user's own when the token is. */
    readonly scopes: readonly Scope[];
    readonly session: {
        /** What can be ended or revoked. */
        readonly id: string;
        readonly kind: SessionKind;
        /** Epoch milliseconds. Null: it does not expire. */
        readonly expiresAt: number | null;
    };
}
/**
 * A signed-in browser.
 *
 * @since 0.13.0
 */
export interface SessionSummary {
    /** `ses_…` */
    readonly id: string;
    readonly createdAt: number;
    /** Last request, to the minute, epoch milliseconds. */
    readonly lastUsedAt: number;
    readonly expiresAt: number;
    /** As the browser names itself, cut to 200 characters. Null: it does not. */
    readonly userAgent: string | null;
    /** Whether the request that asks is of this session. */
    readonly current: boolean;
}
/**
 * `GET /sessions`: the caller's own, newest first.
 *
 * @since 0.13.0
 */
export interface SessionsResponse {
    readonly sessions: readonly SessionSummary[];
}
/**
 * An API token, without its secret.
 *
 * @since 0.13.0
 */
export interface TokenSummary {
    /** `tok_…` */
    readonly id: string;
    /** Whose it is. */
    readonly userId: string;
    /** What it is for, in its maker's words. */
    readonly name: string;
    readonly scopes: readonly Scope[];
    readonly createdAt: number;
    /** Null: it does not expire. */
    readonly expiresAt: number | null;
    /** To the minute. Null: never used. */
    readonly lastUsedAt: number | null;
    /** Null: it is good, unless it expired. */
    readonly revokedAt: number | null;
}
/**
 * `GET /tokens`: the caller's own, newest first.
 *
 * @since 0.13.0
 */
export interface TokensResponse {
    readonly tokens: readonly TokenSummary[];
}
/**
 * `POST /tokens`.
 *
 * @since 0.13.0
 */
export interface CreateTokenRequest {
    /** What it is for; 1–100 characters. */
    readonly name: string;
    /** None that the caller lacks. */
    readonly scopes: readonly Scope[];
    /** Days until it expires, 1–3,650. Absent: 90. */
    readonly expiresInDays?: number;
}
/**
 * Answer of `POST /tokens`.
 *
 * @since 0.13.0
 */
export interface CreateTokenResponse {
    readonly token: TokenSummary;
    /** The secret, `dsp_…`: shown this once, stored nowhere. */
    readonly secret: string;
}
/**
 * Answer of `DELETE /sessions/:sessionId`, `DELETE /tokens/:tokenId` and `DELETE /session`.
 *
 * @since 0.13.0
 */
export interface RevokedResponse {
    /** False: it was ended before. */
    readonly revoked: boolean;
}
/**
 * `POST /session`: signs a browser in, with an API token or with the code that the identity provider gave it.
 *
 * @since 0.13.0
 */
export type SignInRequest = {
    readonly token: string;
} | {
    readonly code: string;
    readonly codeVerifier: string;
    readonly redirectUri: string;
};
/**
 * Answer of `POST /ws-ticket`.
 *
 * @since 0.13.0
 */
export interface TicketResponse {
    /** For `?ticket=` of one upgrade or one close, once. */
    readonly ticket: string;
    /** Epoch milliseconds. */
    readonly expiresAt: number;
}
/** `not-started` nobody asked for it yet · `starting` · `connected` · `error` it could not be started or has died. */
export type LspServerState = 'connected' | 'starting' | 'error' | 'not-started';
/** One language server of a working directory. */
export interface LspServerInfo {
    /** Name in the configuration. */
    readonly id: string;
    /** What people read. */
    readonly name: string;
    /** Absolute path it serves. */
    readonly root: string;
    /** File extensions it serves, each with its leading dot. */
    readonly extensions: readonly string[];
    readonly state: LspServerState;
    /** One sentence for people. Only with state `error`. */
    readonly error?: string;
}
/** `GET /conversations/:id/lsp`: the language servers of the conversation's working directory. */
export interface LspStatusResponse {
    readonly conversationId: string;
    /** Null when none is stored; then there are no servers. */
    readonly cwd: string | null;
    readonly servers: readonly LspServerInfo[];
}
/**
 * `GET /metrics`: the figures of gateway and kernel in the text format of Prometheus. Not JSON.
 *
 * @since 0.13.0
 */
export type MetricsText = string;
/** `GET /models`: what can be named as `model`. */
export interface ModelsResponse {
    /** Full names, `<credential>/<model>`. */
    readonly models: readonly string[];
    /**
     * Credentials that could not be asked, so that their models are missing above. Absent when all could.
     *
     * @since 0.10.0
     */
    readonly unavailable?: readonly UnavailableCredential[];
}
/**
 * A credential whose provider did not answer.
 *
 * @since 0.10.0
 */
export interface UnavailableCredential {
    /** The part of a model name before the first `/`. */
    readonly credential: string;
    /** One sentence for people. */
    readonly message: string;
}
/**
 * A user as administrators see them.
 *
 * @since 0.13.0
 */
export interface UserSummary extends User {
    readonly createdAt: number;
    /** Null: they may sign in. */
    readonly disabledAt: number | null;
}
/**
 * `GET /users`: everybody, in the order they came.
 *
 * @since 0.13.0
 */
export interface UsersResponse {
    readonly users: readonly UserSummary[];
}
/**
 * `POST /users`: a user without any credential yet.
 *
 * @since 0.13.0
 */
export interface CreateUserRequest {
    /** 1–100 characters. */
    readonly name: string;
    /** Absent: `member`. */
    readonly role?: User['role'];
}
/**
 * `PUT /users/:userId`. Absent fields stay as they are. Who is disabled, or gets another role, is signed out everywhere.
 *
 * @since 0.13.0
 */
export interface ChangeUserRequest {
    /** 1–100 characters. */
    readonly name?: string;
    readonly role?: User['role'];
    /** True: they can do nothing from now on, and all their tokens and sessions are revoked. */
    readonly disabled?: boolean;
}
/**
 * Answer of `POST /users` and `PUT /users/:userId`.
 *
 * @since 0.13.0
 */
export interface UserResponse {
    readonly user: UserSummary;
}
/**
 * Query of `GET /audit`.
 *
 * @since 0.13.0
 */
export interface AuditQuery {
    /** Only what comes behind this number. Absent: 0. */
    readonly since?: number;
    /** 1–500. Absent: 100. */
    readonly limit?: number;
}
/**
 * Something that somebody did or was refused. Never content of messages, never a secret.
 *
 * @since 0.13.0
 */
export interface AuditEntry {
    /** Its place in the trail: from 1, without gaps. */
    readonly seq: number;
    readonly at: number;
    /** A user's id, `operator` (whoever has the data directory), `anonymous` or `kernel`. */
    readonly actor: string;
    /** `token.created`, `sign-in.failed`, …; an open set. */
    readonly action: string;
    /** What it was done to. Null: nothing in particular. */
    readonly target: string | null;
    readonly detail: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
    /** Hex SHA-256 over the hash before and this entry. */
    readonly hash: string;
}
/**
 * `GET /audit`: in order.
 *
 * @since 0.13.0
 */
export interface AuditResponse {
    readonly entries: readonly AuditEntry[];
    /** The newest number there is; 0 while there is none. */
    readonly latestSeq: number;
}
/**
 * What becomes of a message that is sent while a turn runs. `steer`: the running turn reads it before its next step, or after what would have been its
 * last · `queue`: it starts the next turn.
 *
 * @since 0.14.0
 */
export type QueueMode = 'steer' | 'queue';
/**
 * A message that waits. It leaves the queue when a turn gets it, or when it is removed.
 *
 * @since 0.14.0
 */
export interface QueuedMessage {
    /** The same in the `steering` event that delivers it. */
    readonly id: string;
    readonly mode: QueueMode;
    readonly text: string;
    /** The model its turn is to ask; steered, it changes none. Null: the conversation's. */
    readonly model: string | null;
    /** User that sent it. */
    readonly by: string;
    /** Epoch milliseconds. */
    readonly createdAt: number;
    /** When its text was changed last, epoch milliseconds. Null: never. */
    readonly editedAt: number | null;
}
/**
 * `POST /conversations/:id/queue`: steer or queue a message, or start a turn with it when none runs.
 *
 * @since 0.14.0
 */
export interface QueueMessageRequest {
    /** Not blank; kept as it is. */
    readonly message: string;
    /** Absent: `steer`. */
    readonly mode?: QueueMode;
    /** Model of the turn it starts; becomes the conversation's then. Absent: the conversation's. */
    readonly model?: string;
    /** Minted by the client; the same key twice is one message, and the second answer repeats the first. Kept 24 h. */
    readonly idempotencyKey?: string;
}
/**
 * What became of it, stored before this is sent.
 *
 * @since 0.14.0
 */
export interface QueueMessageResponse {
    readonly outcome: 'queued' | 'started';
    readonly conversationId: string;
    /** Present with `queued`. */
    readonly messageId?: string;
    /** Present with `started`. */
    readonly turnId?: string;
}
/**
 * `GET /conversations/:id/queue`
 *
 * @since 0.14.0
 */
export interface QueueResponse {
    readonly conversationId: string;
    /** In the order in which they are taken. */
    readonly messages: readonly QueuedMessage[];
    /** True: messages wait and no turn runs. They go on waiting until somebody promotes one or sends another. */
    readonly held: boolean;
}
/**
 * `PUT /conversations/:id/queue/:messageId`: edit, promote or move a message that waits. Absent fields stay as they are.
 *
 * @since 0.14.0
 */
export interface ChangeQueuedRequest {
    readonly message?: string;
    /** `steer` promotes: while no turn runs, the message starts one. */
    readonly mode?: QueueMode;
    /** Its place among those that wait, from 1; beyond the end: the last. */
    readonly position?: number;
}
/**
 * What became of it.
 *
 * @since 0.14.0
 */
export interface ChangeQueuedResponse {
    readonly outcome: 'changed' | 'started';
    readonly conversationId: string;
    readonly messageId: string;
    /** Present with `started`. */
    readonly turnId?: string;
}
/**
 * `DELETE /conversations/:id/queue/:messageId`
 *
 * @since 0.14.0
 */
export interface CancelQueuedResponse {
    readonly conversationId: string;
    readonly messageId: string;
    /** False: it did not wait here. A turn has it, somebody removed it before, or it never was. */
    readonly cancelled: boolean;
}
/**
 * Names of the HTTP operations.
 *
 * @since 0.10.0
 */
export type RouteName = 'health' | 'ready' | 'version' | 'models' | 'chat' | 'warm' | 'conversations' | 'history' | 'conversationMetrics' | 'closeConversation' | 'stopConversation' | 'regenerate' | 'versions' | 'activateVersion' | 'fork' | 'conversationStatus' | 'cwd' | 'setCwd' | 'title' | 'setTitle' | 'conversationModel' | 'setConversationModel' | 'lsp' | 'throughput' | 'me' | 'sessions' | 'endSession' | 'tokens' | 'createToken' | 'revokeToken' | 'users' | 'createUser' | 'changeUser' | 'audit' | 'signIn' | 'signOut' | 'ticket' | 'presence' | 'setStatus' | 'queueMessage' | 'queue' | 'changeQueued' | 'cancelQueued' | 'approvals' | 'answerApproval' | 'grants' | 'revokeGrant' | 'metrics';
/**
 * One HTTP operation, as data.
 *
 * @since 0.10.0
 */
export interface Route<Name extends RouteName = RouteName> {
    readonly name: Name;
    readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
    /** Parameters start with a colon: `/conversations/:id`. */
    readonly path: string;
    readonly scope: Scope;
    /** Version of this package that had it first. */
    readonly since: string;
    /** What it does, in one sentence. */
    readonly summary: string;
    /** Name of the type of its query. Absent: it takes none. */
    readonly query?: string;
    /** Name of the type of its body. Absent: it takes none. */
    readonly request?: string;
    /** Name of the type of its answer; `AgentEvent` for the stream of `chat`. */
    readonly response: string;
    /**
     * Status of that answer. Absent: 200.
     *
     * @since 0.14.0
     */
    readonly status?: 202;
}
/**
 * The path of a route with its parameters filled in and encoded: `routePath('history', { id })`. Throws when one is missing.
 *
 * @since 0.10.0
 */
export declare function routePath(name: RouteName, params?: Readonly<Record<string, string>>): string;
/**
 * Every HTTP operation, by name. Gateway, kernel, clients and the reference are made from it.
 *
 * @since 0.10.0
 */
export declare const ROUTES: {
    readonly [Name in RouteName]: Route<Name>;
};
/** `GET /health`: the gateway answers. */
export interface HealthResponse {
    readonly ok: true;
}
/**
 * `GET /readyz`: 200 when turns can be started, else 503 with `ok: false`.
 *
 * @since 0.10.0
 */
export interface ReadyResponse {
    readonly ok: boolean;
}
/**
 * `GET /version`: what is running here.
 *
 * @since 0.10.0
 */
export interface VersionResponse {
    /** Version of the gateway. */
    readonly gateway: string;
    readonly contracts: ContractVersions;
    /** New with every start of the kernel. Null while the kernel was not reached yet. */
    readonly bootId: string | null;
    /** Made with the database. Null while the kernel was not reached yet. */
    readonly epoch: string | null;
}
/**
 * `POST /conversations/:id/stop`: abort the running turn and nothing else. The body is optional.
 *
 * @since 0.10.0
 */
export interface StopConversationRequest {
    /** Stop this turn only; if another one is running by now, nothing happens. Absent: whichever is running. */
    readonly turnId?: string;
}
/**
 * What was stopped. The answer does not wait: watchers get `done` with reason `aborted`, then `turn-sealed`.
 *
 * @since 0.10.0
 */
export interface StopConversationResponse {
    readonly conversationId: string;
    /** Whether a turn is being aborted. */
    readonly stopped: boolean;
    /** The turn that is being aborted. Null when none is. */
    readonly turnId: string | null;
}
/** Range of a throughput report. A week is Monday to Sunday. */
export type ThroughputPeriod = 'day' | 'week' | 'month';
/**
 * Query of `GET /metrics/throughput`. Both are required.
 *
 * @since 0.10.0
 */
export interface ThroughputQuery {
    readonly period: ThroughputPeriod;
    /** `YYYY-MM-DD` for a day or week, `YYYY-MM` for a month; a date that exists. */
    readonly date: string;
}
/** What one model produced in the range. */
export interface ThroughputModelStat {
    /** Full name, `<credential>/<model>`. */
    readonly model: string;
    /** Output tokens per second of generation, over all its turns, two decimals. 0 without generation time. */
    readonly tokensPerSecond: number;
    readonly totalOutputTokens: number;
    /** Milliseconds of generation; waiting for tools does not count. */
    readonly totalGenMs: number;
    /** Number of turns. */
    readonly turns: number;
}
/** `GET /metrics/throughput?period=&date=`: how fast the models were. */
export interface ThroughputResponse {
    readonly period: ThroughputPeriod;
    /** As asked for: `YYYY-MM-DD` for a day or week, `YYYY-MM` for a month. */
    readonly date: string;
    /** Start of the range, epoch milliseconds, inclusive. Days are days of the server's time zone. */
    readonly start: number;
    /** End of the range, epoch milliseconds, exclusive. */
    readonly end: number;
    /** Fastest first, equal ones by name. Empty when no turn fell into the range. */
    readonly models: readonly ThroughputModelStat[];
}
/** Version of this package, as in its package.json. Written by scripts/sync-versions.ts. */
export declare const TRANSPORT_CONTRACT_VERSION = "0.14.0";
/** `POST /chat/warm`: read the conversation's prompt into the provider's cache without a turn. Nothing is stored or streamed. */
export interface WarmRequest {
    /** Not empty. */
    readonly conversationId: string;
    /** `<credential>/<model>`. Absent: the backend decides. */
    readonly model?: string;
    /** Absent: the conversation's stored one. */
    readonly cwd?: string;
}
/** What the provider reported. Counts it does not report are 0. */
export interface WarmResponse {
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly cacheReadTokens: number;
    readonly cacheWriteTokens: number;
    /** Whole percent of the input that came from the cache; 0 without input. */
    readonly cachePct: number;
    /** Whole percent of the cacheable input that came from the cache: read ÷ (read + write); 0 without either. */
    readonly expectedCacheRate: number;
}
export type { AgentEvent, StepMetrics, StoredChunk, TurnMetrics } from '../../wire/0.8.0/index.js';
