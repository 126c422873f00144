/** @dispatch/collab-contract 0.1.0, frozen. Compared with, never imported by anything that runs. */

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
/** What a user's stream tells, told apart by `type`. Each is stored in the commit that caused it. Drop those whose `type` you do not know. */
export type UserEvent = ConversationCreatedEvent | ConversationUpdatedEvent | ConversationClosedEvent;
/** Version of this package, as in its package.json. Written by scripts/sync-versions.ts. */
export declare const COLLAB_CONTRACT_VERSION = "0.1.0";
