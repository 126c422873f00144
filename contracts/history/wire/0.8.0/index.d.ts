/** @dispatch/wire 0.8.0, frozen. Compared with, never imported by anything that runs. */

/** More of the answer's text. Append `delta` to what came before in this step. */
export interface TurnTextDeltaEvent {
    readonly type: 'text-delta';
    readonly conversationId: string;
    readonly turnId: string;
    /** Never empty. May end inside a word, never inside a character. */
    readonly delta: string;
}
/** More of the model's thinking; becomes a `thinking` chunk. */
export interface TurnReasoningDeltaEvent {
    readonly type: 'reasoning-delta';
    readonly conversationId: string;
    readonly turnId: string;
    /** Never empty. May end inside a word, never inside a character. */
    readonly delta: string;
}
/**
 * Names one turn. Minted by the backend, opaque: compare it, never take it apart. A branded string, so that it is assignable to
 * `string` and no other string passes for it by accident.
 */
export type TurnId = string & {
    readonly __brand: 'TurnId';
};
/**
 * Names one step (one request to a model) of a turn. Minted by the backend, unique across conversations, opaque: compare it,
 * never take it apart. A branded string like {@link TurnId}.
 */
export type StepId = string & {
    readonly __brand: 'StepId';
};
/** Something worth showing about a conversation that is no part of its content. Never stored as a chunk. */
export interface StatusEvent {
    readonly type: 'status';
    readonly conversationId: string;
    /**
     * Kebab-case; an open set. Show what you know, ignore what you do not. `retrying`: the model failed before its first byte and is asked
     * again after `delayMs`. `falling-back`: it failed for good and `model` is asked instead.
     */
    readonly status: string;
    /**
     * Turn it is about. Absent when it is about the conversation as a whole, and from backends before 0.7.0.
     *
     * @since 0.7.0
     */
    readonly turnId?: TurnId;
    /**
     * Kebab-case code of what went wrong, as on an `error` event. Absent when nothing did.
     *
     * @since 0.7.0
     */
    readonly code?: string;
    /**
     * Number of the attempt that is about to be made with `model`, 1-based: 2 is the first retry. Only on `retrying` and `falling-back`.
     *
     * @since 0.7.0
     */
    readonly attempt?: number;
    /**
     * Milliseconds until that attempt starts. Only on `retrying`.
     *
     * @since 0.7.0
     */
    readonly delayMs?: number;
    /**
     * Full name, `<credential>/<model>`, of the model that is about to be asked. Only on `retrying` and `falling-back`.
     *
     * @since 0.7.0
     */
    readonly model?: string;
}
/** Tokens a model provider says it read and wrote. */
export interface Usage {
    /** Tokens of the whole prompt, **including** those read from or written to the provider's cache. */
    readonly inputTokens: number;
    /** Tokens produced. */
    readonly outputTokens: number;
    /** Part of `inputTokens` that came from the provider's cache. Absent when the provider reports no cache figures. */
    readonly cacheReadTokens?: number;
    /** Part of `inputTokens` that was written to the provider's cache. Absent when the provider reports no cache figures. */
    readonly cacheWriteTokens?: number;
}
/** Figures of one step, stored with its turn. Timing fields are absent when the step ended before they could be measured. */
export interface StepMetrics {
    readonly stepId: StepId;
    /** What the provider reported for this step; all zero when it reported nothing. */
    readonly usage: Usage;
    /** Milliseconds from the start of the stream to its first text or reasoning delta. Absent when there was none. */
    readonly ttftMs?: number;
    /** Milliseconds from the first delta to the end of the stream. Absent when there was no delta. */
    readonly decodeMs?: number;
    /** Milliseconds from the start of the stream to its end. Present even without a first delta. */
    readonly genTotalMs?: number;
    /**
     * Full name, `<credential>/<model>`, of the model that answered this step. Set by the backend; absent from backends before 0.7.0.
     *
     * @since 0.7.0
     */
    readonly model?: string;
}
/** Figures of one sealed turn. Stored before `turn-sealed` is sent, so they can be read as soon as it arrives. */
export interface TurnMetrics {
    readonly turnId: TurnId;
    /** Sum over `steps`, field by field; a cache field is present when any step had it. */
    readonly usage: Usage;
    /** One entry per step, in order. Empty when the turn ended before its first step. */
    readonly steps: readonly StepMetrics[];
    /** Milliseconds from the start of the turn to its end, waiting for tools included. */
    readonly durationMs?: number;
    /** Tokens in the model's context after the turn: input + output of the last step. Absent when unknown, never 0. */
    readonly contextSize?: number;
    /**
     * Full name, `<credential>/<model>`, of the model that answered last. Absent when none did, and from backends before 0.7.0.
     *
     * @since 0.7.0
     */
    readonly model?: string;
    /**
     * The `reason` of the turn's `done`. Set by the backend; absent from backends before 0.7.0.
     *
     * @since 0.7.0
     */
    readonly reason?: string;
    /**
     * When the turn started, epoch milliseconds. Set by the backend; absent from backends before 0.7.0.
     *
     * @since 0.7.0
     */
    readonly startedAt?: number;
    /**
     * When the turn was sealed, epoch milliseconds. Set by the backend; absent from backends before 0.7.0.
     *
     * @since 0.7.0
     */
    readonly sealedAt?: number;
}
/** What the provider reported for a step. Figures of one step replace earlier ones of the same step; steps are summed. */
export interface TurnUsageEvent {
    readonly type: 'usage';
    readonly conversationId: string;
    readonly turnId: string;
    readonly usage: Usage;
    /** Step the figures belong to. Absent only from backends before wire 0.3. */
    readonly stepId?: StepId;
}
/** The model's stream of a step has ended. Once per step, also when it failed or was aborted. Not stored as a chunk. */
export interface TurnStepCompleteEvent {
    readonly type: 'step-complete';
    readonly conversationId: string;
    readonly turnId: string;
    readonly stepId: StepId;
    /** Milliseconds from the start of the stream to its first text or reasoning delta. Absent when there was none. */
    readonly ttftMs?: number;
    /** Milliseconds from the first delta to the end of the stream. Absent when there was no delta. */
    readonly decodeMs?: number;
    /** Milliseconds from the start of the stream to its end. Absent when it could not be measured. */
    readonly genTotalMs?: number;
}
/** A model asked for a tool to run. The tool may start while the model still streams. */
export interface TurnToolCallEvent {
    readonly type: 'tool-call';
    readonly conversationId: string;
    readonly turnId: string;
    /** Step that made the call. */
    readonly stepId: StepId;
    /** Ties the call to its output and result. Unique within its turn. */
    readonly toolCallId: string;
    /** Name of the tool as the model was told it. */
    readonly toolName: string;
    /** Arguments as the model gave them: any JSON value. */
    readonly input: unknown;
}
/** A tool finished. Results of a step come after its `step-complete`, in the order of the calls. */
export interface TurnToolResultEvent {
    readonly type: 'tool-result';
    readonly conversationId: string;
    readonly turnId: string;
    /** Step whose call this answers. */
    readonly stepId: StepId;
    /** The call this answers. */
    readonly toolCallId: string;
    readonly toolName: string;
    /** The text the model reads. */
    readonly content: string;
    /** True when `content` describes a failure. */
    readonly isError: boolean;
    /** Milliseconds the tool took. Absent when it did not run. */
    readonly durationMs?: number;
}
/** Live output of a running tool. For watchers only: never stored as a chunk, no part of the result. */
export interface TurnToolOutputEvent {
    readonly type: 'tool-output';
    readonly conversationId: string;
    readonly turnId: string;
    /** The call whose tool writes. */
    readonly toolCallId: string;
    /** What it wrote since the last such event. */
    readonly data: string;
    /** Where it wrote to. */
    readonly stream: 'stdout' | 'stderr';
}
/** The user's message that started the turn. First event of every turn. */
export interface TurnInputEvent {
    readonly type: 'user-message';
    readonly conversationId: string;
    readonly turnId: string;
    /** The message, byte for byte as it was accepted. */
    readonly text: string;
}
/** The turn has begun. Directly after `user-message`. */
export interface TurnStartEvent {
    readonly type: 'turn-start';
    readonly conversationId: string;
    readonly turnId: string;
    /**
     * Full name, `<credential>/<model>`, of the model that is asked first. Set by the backend; absent from backends before 0.7.0.
     *
     * @since 0.7.0
     */
    readonly model?: string;
    /**
     * What it is another version of. Absent: it is the first of its beat, as is every turn that answers a new message.
     *
     * @since 0.8.0
     */
    readonly versionOf?: TurnVersion;
}
/**
 * Where a turn stands among the versions of its beat: of one user message with everything that answered it.
 *
 * @since 0.8.0
 */
export interface TurnVersion {
    /** The beat, named by the first turn of it. */
    readonly beatId: TurnId;
    /** Its number in the beat, 1 for the first. */
    readonly version: number;
    /** The turn somebody asked to have again. */
    readonly regeneratedFrom: TurnId;
    /** The turn that is shown until this one has said something, and again if it never does. */
    readonly supersedes: TurnId;
}
/**
 * A message the user steered into the running turn: from here on the model knows it. Comes between two steps, and the turn goes on with one more.
 *
 * @since 0.8.0
 */
export interface TurnSteeringEvent {
    readonly type: 'steering';
    readonly conversationId: string;
    readonly turnId: string;
    /** The message as it waited in the queue; also the `messageId` of its chunk. */
    readonly messageId: string;
    /** The message, byte for byte as it was accepted or edited last. */
    readonly text: string;
}
/** The turn failed. At most one per turn, and no end marker: `done` and `turn-sealed` follow. */
export interface TurnErrorEvent {
    readonly type: 'error';
    readonly conversationId: string;
    readonly turnId: string;
    /** One sentence for people. */
    readonly message: string;
    /** Kebab-case code for programs; an open set. Absent when nothing more is known. */
    readonly code?: string;
    /**
     * Whether sending the same message again may succeed. Set by the backend; absent when it does not know.
     *
     * @since 0.7.0
     */
    readonly retryable?: boolean;
}
/** The turn produces nothing more. Directly before `turn-sealed`. */
export interface TurnDoneEvent {
    readonly type: 'done';
    readonly conversationId: string;
    readonly turnId: string;
    /**
     * Why it ended. An open set: one of `DONE_REASONS`, or whatever the model provider says.
     */
    readonly reason: string;
    /** Milliseconds from the start of the turn to this event. Absent when it could not be measured. */
    readonly durationMs?: number;
    /** Sum over the steps. Absent when no step reported usage. */
    readonly usage?: Usage;
    /** Tokens in the model's context: input + output of the last step. Absent when unknown, never 0; equal to the stored figure. */
    readonly contextSize?: number;
}
/** The turn is stored: its chunks and metrics can be read and will not change. Last event of every turn. */
export interface TurnSealedEvent {
    readonly type: 'turn-sealed';
    readonly conversationId: string;
    readonly turnId: string;
}
/**
 * Something that happened in a conversation, told apart by `type`. The same union over HTTP (one per NDJSON line) and WebSocket.
 *
 * Order within a turn: `user-message`, `turn-start`; per step deltas, `tool-call`s and `usage` as the model yields them (with
 * `tool-output` and `status` in between), `step-complete`, then the step's `tool-result`s, then `steering` for each message
 * that was steered into the turn meanwhile; on failure one `error`; `done`; `turn-sealed`.
 */
export type AgentEvent = StatusEvent | TurnInputEvent | TurnStartEvent | TurnTextDeltaEvent | TurnReasoningDeltaEvent | TurnToolCallEvent | TurnToolResultEvent | TurnToolOutputEvent | TurnUsageEvent | TurnStepCompleteEvent | TurnSteeringEvent | TurnErrorEvent | TurnDoneEvent | TurnSealedEvent;
/**
 * The `type` of every {@link AgentEvent}, in the order a turn sends them. Since 0.8.0: `steering`.
 *
 * @since 0.7.0
 */
export declare const AGENT_EVENT_TYPES: readonly ["user-message", "turn-start", "status", "reasoning-delta", "text-delta", "tool-call", "tool-output", "usage", "step-complete", "tool-result", "steering", "error", "done", "turn-sealed"];
/** Text of a message: what a user sent or a model answered. */
export interface TextChunk {
    readonly type: 'text';
    /** Markdown, unaltered. May be empty. */
    readonly text: string;
}
/** What a model thought aloud before or between its answers. Built from `reasoning-delta` events. */
export interface ThinkingChunk {
    readonly type: 'thinking';
    /** Plain text, unaltered. */
    readonly text: string;
}
/** A model asked for a tool to run. */
export interface ToolCallChunk {
    readonly type: 'tool-call';
    /** Ties the call to its result. Given by the model provider; unique within its turn. */
    readonly toolCallId: string;
    /** Name of the tool as the model was told it. */
    readonly toolName: string;
    /** Arguments as the model gave them: any JSON value. Not checked against the tool's schema. */
    readonly input: unknown;
    /** Step that made the call. Absent on chunks stored before wire 0.2. */
    readonly stepId?: StepId;
}
/** What a tool gave back to the model. */
export interface ToolResultChunk {
    readonly type: 'tool-result';
    /** The call this answers. */
    readonly toolCallId: string;
    /** Name of the tool that ran. */
    readonly toolName: string;
    /** The text the model reads. */
    readonly content: string;
    /** True when `content` describes a failure: the tool failed, was refused or was aborted. */
    readonly isError: boolean;
    /** Step whose call this answers. Absent on chunks stored before wire 0.2. */
    readonly stepId?: StepId;
}
/** A failure that ended a turn, kept in its place in the conversation. */
export interface ErrorChunk {
    readonly type: 'error';
    /** One sentence for people. */
    readonly message: string;
    /** Kebab-case code for programs; an open set. Absent when nothing more is known. */
    readonly code?: string;
}
/** A note of the backend to the model, shown to people as such; or, with `steered`, words of the user. */
export interface SystemChunk {
    readonly type: 'system';
    /** Plain text. */
    readonly text: string;
    /**
     * True: the user steered this into the running turn, and the model read it as theirs. Its role is `system` all the same, so that a turn has one chunk of
     * role `user` as ever. Absent otherwise.
     *
     * @since 0.8.0
     */
    readonly steered?: true;
}
/** A piece of a finished message. Told apart by `type`. */
export type Chunk = TextChunk | ThinkingChunk | ToolCallChunk | ToolResultChunk | ErrorChunk | SystemChunk;
/**
 * The `type` of every {@link Chunk}.
 *
 * @since 0.7.0
 */
export declare const CHUNK_TYPES: readonly ["text", "thinking", "tool-call", "tool-result", "error", "system"];
/**
 * Who a message is from. `system` instructions of the backend · `user` what a person sent · `assistant` what a model produced ·
 * `tool` what a tool returned to the model.
 */
export type Role = 'system' | 'user' | 'assistant' | 'tool';
/**
 * Every {@link Role}.
 *
 * @since 0.7.0
 */
export declare const ROLES: readonly ["system", "user", "assistant", "tool"];
/** Chunks of one role that belong together. */
export interface ChatMessage {
    /** Who the message is from. */
    readonly role: Role;
    /** Its content, in order. */
    readonly chunks: readonly Chunk[];
}
/**
 * The reasons for which the backend itself ends a turn; a model provider may add its own.
 *
 * `stop` the model had said everything · `length` the model reached its output limit · `tool-calls` the model asked for tools that nobody
 * runs · `content-filter` the provider cut it off · `max-steps`, `max-tokens`, `max-duration`, `max-bytes` a ceiling of the backend ·
 * `error` it failed, see the `error` event · `aborted` stopped or closed by a user · `interrupted` the backend died or was shut down.
 *
 * @since 0.7.0
 */
export declare const DONE_REASONS: readonly ["stop", "length", "tool-calls", "content-filter", "max-steps", "max-tokens", "max-duration", "max-bytes", "error", "aborted", "interrupted"];
/** One row of the conversation log: a chunk and its place. Rows are appended when a turn seals; place and content never change. */
export interface StoredChunk {
    /** Place in the conversation: starts at 1, no gaps, in append order. Given by the store. The cursor for `sinceSeq`. */
    readonly seq: number;
    /** Who the chunk is from. */
    readonly role: Role;
    /** The content. */
    readonly chunk: Chunk;
    /**
     * Turn that made it. Set by the backend; absent from backends before 0.7.0.
     *
     * @since 0.7.0
     */
    readonly turnId?: TurnId;
    /**
     * Consecutive chunks with the same one are one message. Set by the backend, opaque; absent from backends before 0.7.0: then a message ends
     * where the role changes.
     *
     * @since 0.7.0
     */
    readonly messageId?: string;
    /**
     * When it was stored, epoch milliseconds. Set by the backend; absent from backends before 0.7.0.
     *
     * @since 0.7.0
     */
    readonly createdAt?: number;
    /**
     * Present on what another version of its beat is shown in the place of: the turn that is. Such chunks are no part of what people see, or models read, and
     * neither is what followed them. It changes when another version is chosen; `seq` does not.
     *
     * @since 0.8.0
     */
    readonly supersededBy?: TurnId;
    /**
     * The beat of its turn, named by the first turn of it. Absent: the turn is the first of its beat.
     *
     * @since 0.8.0
     */
    readonly beatId?: TurnId;
    /**
     * Which version of the beat it belongs to; 0 for a try that ended before it had said anything. Absent: the first.
     *
     * @since 0.8.0
     */
    readonly version?: number;
}
/** Version of this package, as in its package.json. Written by scripts/sync-versions.ts. */
export declare const WIRE_VERSION = "0.8.0";
