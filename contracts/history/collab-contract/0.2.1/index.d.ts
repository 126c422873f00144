/** @dispatch/collab-contract 0.2.1, frozen. Compared with, never imported by anything that runs. */

/**
 * `pending` nobody has answered · `allowed`, `denied` somebody has · `expired` nobody did in time, which denies · `withdrawn` nobody may answer any more, which denies: its turn
 * ended, or its conversation has another working directory.
 *
 * @since 0.2.0
 */
export type ApprovalState = 'pending' | 'allowed' | 'denied' | 'expired' | 'withdrawn';
/**
 * What an answer covers: `once` this call · `conversation` also the calls of the tool in this conversation that have the same `pattern`, in the same `cwd`: those that wait, and later ones.
 *
 * @since 0.2.0
 */
export type ApprovalScope = 'once' | 'conversation';
/**
 * A tool call that waits for a person, or waited for one. The answer is good for this call with exactly these arguments in this directory, once.
 *
 * @since 0.2.0
 */
export interface Approval {
    /** `apr_…`, opaque. */
    readonly id: string;
    readonly conversationId: string;
    readonly turnId: string;
    readonly toolCallId: string;
    /** Name of the tool. */
    readonly tool: string;
    /** Its arguments, as the model gave them and as they will be run. JSON. Written by a model: data, never markup. */
    readonly input: unknown;
    /** Working directory it will be run in. Absent: the conversation has none. */
    readonly cwd?: string;
    /** One line by the tool's author: what the call would do. */
    readonly summary: string;
    /** What an answer for the whole conversation would cover. Null: the tool cannot say, and answers are good for one call. */
    readonly pattern: string | null;
    readonly state: ApprovalState;
    /** Epoch milliseconds. */
    readonly askedAt: number;
    /** Epoch milliseconds: unanswered until then, it is denied. */
    readonly expiresAt: number;
    /** User that answered. Absent: nobody did. */
    readonly answeredBy?: string;
    /** Epoch milliseconds, however it was resolved. Absent while it is pending. */
    readonly answeredAt?: number;
    /** Present when it was allowed. */
    readonly scope?: ApprovalScope;
}
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
/** Longest status text, in characters. */
export declare const STATUS_TEXT_CHARACTERS = 100;
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
/** A person who may sign in here. */
export interface User {
    /** `usr_…`, opaque. */
    readonly id: string;
    /** As the operator or the identity provider named them; for people to read. */
    readonly name: string;
    /** What they may do in the workspace. */
    readonly role: WorkspaceRole;
}
/** `owner` everything · `admin` everything but ending the workspace · `member` their own work · `guest` only what they are invited to. */
export type WorkspaceRole = 'owner' | 'admin' | 'member' | 'guest';
/** A conversation is there that was not: its first message or setting was stored. */
export interface ConversationCreatedEvent {
    readonly type: 'conversation.created';
    readonly conversation: ConversationSnapshot;
}
/** Something the list shows of a conversation is another now; it is given whole. Also when a closed one was opened again. */
export interface ConversationUpdatedEvent {
    readonly type: 'conversation.updated';
    readonly conversation: ConversationSnapshot;
}
/** The user closed it, on whichever device. */
export interface ConversationClosedEvent {
    readonly type: 'conversation.closed';
    readonly conversationId: string;
}
/**
 * A tool call waits for a person who may answer for its conversation: `POST /approvals/:approvalId`.
 *
 * @since 0.2.0
 */
export interface ApprovalRequestedEvent {
    readonly type: 'approval.requested';
    readonly approval: Approval;
}
/**
 * It waits no longer: somebody answered, on whichever device, or it expired, or its turn ended.
 *
 * @since 0.2.0
 */
export interface ApprovalResolvedEvent {
    readonly type: 'approval.resolved';
    readonly approval: Approval;
}
/** What a user's stream tells, told apart by `type`. Each is stored in the commit that caused it. Drop those whose `type` you do not know. */
export type UserEvent = ConversationCreatedEvent | ConversationUpdatedEvent | ConversationClosedEvent | TurnReplacedEvent | ApprovalRequestedEvent | ApprovalResolvedEvent;
/** Version of this package, as in its package.json. Written by scripts/sync-versions.ts. */
export declare const COLLAB_CONTRACT_VERSION = "0.2.1";
