/** @dispatch/transport-contract 0.9.0, frozen. Compared with, never imported by anything that runs. */

import type { AgentEvent, StoredChunk, TurnMetrics } from '../../wire/0.6.0/index.js';
import type { SurfaceClientMessage, SurfaceServerMessage } from '../../ui-contract/0.2.0/index.js';

/** One event of a watched conversation. Per conversation they arrive in order, the same ones at every watcher. */
export interface ChatDeltaMessage {
    readonly type: 'chat.delta';
    readonly event: AgentEvent;
}
/** A chat frame of the client was refused. No turn was started by it. The connection stays open. */
export interface ChatErrorMessage {
    readonly type: 'chat.error';
    /** One sentence for people. */
    readonly message: string;
    /** The conversation it is about. Absent when the frame named none or could not be read. */
    readonly conversationId?: string;
}
/**
 * `POST /chat`: send a message and follow its turn. The answer is NDJSON, one event per line, until `turn-sealed`; the header
 * `X-Conversation-Id` names the conversation. A turn already running there: one `error` line and nothing else.
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
}
/**
 * Sends a message. The socket is subscribed to the conversation before the turn starts, so it sees the first event. Failures of the
 * turn come as events, never as `chat.error`.
 */
export interface ChatSendMessage extends ChatRequest {
    readonly type: 'chat.send';
    /** The user's message, not empty. Not trimmed here. */
    readonly message: string;
}
/** Watches a conversation: a running turn is replayed from its first event, then live ones follow; an idle one sends nothing. */
export interface ChatSubscribeMessage {
    readonly type: 'chat.subscribe';
    readonly conversationId: string;
}
/** Stops watching. Never stops the turn. Not answered. */
export interface ChatUnsubscribeMessage {
    readonly type: 'chat.unsubscribe';
    readonly conversationId: string;
}
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
/** `GET /conversations/:id`: the conversation log above a cursor. An unknown id is an empty conversation. */
export interface ConversationHistoryResponse {
    /** Rows with `seq` above `sinceSeq`, ascending, as they are stored: a tool call without result is returned as it is. */
    readonly chunks: readonly StoredChunk[];
    /** `seq` of the last returned row; the requested `sinceSeq` when nothing was returned (0 without one). */
    readonly latestSeq: number;
}
/** `GET /conversations/:id/metrics`: figures of the sealed turns. */
export interface ConversationMetricsResponse {
    /** One entry per sealed turn, in the order the turns started. The i-th belongs to the i-th user message. */
    readonly turns: readonly TurnMetrics[];
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
/** Everything a client may send over the WebSocket, told apart by `type`. */
export type WsClientMessage = SurfaceClientMessage | ChatSendMessage | ChatSubscribeMessage | ChatUnsubscribeMessage;
/** Everything a backend may send over the WebSocket, told apart by `type`. Drop frames whose `type` you do not know. */
export type WsServerMessage = SurfaceServerMessage | ChatDeltaMessage | ChatErrorMessage;
/** `GET /models`: what can be named as `model`. */
export interface ModelsResponse {
    /** Full names, `<credential>/<model>`. */
    readonly models: readonly string[];
}
/** Range of a throughput report. A week is Monday to Sunday. */
export type ThroughputPeriod = 'day' | 'week' | 'month';
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
export declare const TRANSPORT_CONTRACT_VERSION = "0.9.0";
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
export type { AgentEvent, StepMetrics, StoredChunk, TurnMetrics } from '../../wire/0.6.0/index.js';
