/** @dispatch/surface-message-queue 0.1.0, frozen. Compared with, never imported by anything that runs. */

/** Ids of the actions. Frontends that show the queue offer them for each message. */
export declare const MESSAGE_QUEUE_ACTIONS: {
    /** Takes an {@link EditPayload}. */
    readonly edit: "message-queue/edit";
    /** Takes a {@link MessagePayload}. */
    readonly remove: "message-queue/remove";
    /** Takes a {@link PromotePayload}, or none for the first that waits. */
    readonly promote: "message-queue/promote";
    /** Takes a {@link MovePayload}. */
    readonly move: "message-queue/move";
};
/** Names a message that waits. */
export interface MessagePayload {
    readonly messageId: string;
}
/** Other words for a message. Not blank. */
export interface EditPayload extends MessagePayload {
    readonly text: string;
}
/** Sends a message now: into the running turn, or as one of its own while none runs. */
export type PromotePayload = MessagePayload;
/** Another place for a message, from 1; beyond the end: the last. */
export interface MovePayload extends MessagePayload {
    readonly position: number;
}
/** Renderer id of the custom field. Its payload is a {@link MessageQueuePayload}. */
export declare const MESSAGE_QUEUE_RENDERER_ID = "message-queue";
/** A message that waits, as people see it. */
export interface QueuedMessageItem {
    readonly id: string;
    /** `steer`: the running turn reads it before its next step · `queue`: it starts the next turn. */
    readonly mode: 'steer' | 'queue';
    /** Its words, or their beginning. */
    readonly text: string;
    /** True: the words go on. All of them are in the answer of `GET /conversations/:id/queue`. Absent otherwise. */
    readonly cut?: true;
    /** Model of the turn it starts. Null: the conversation's. */
    readonly model: string | null;
    /** User that sent it. */
    readonly by: string;
    /** Epoch milliseconds. */
    readonly createdAt: number;
    /** When its text was changed last, epoch milliseconds. Null: never. */
    readonly editedAt: number | null;
}
/** What waits in a conversation. */
export interface MessageQueuePayload {
    /** In the order in which they are taken. */
    readonly messages: readonly QueuedMessageItem[];
    /** True: messages wait, and no turn runs. They go on waiting until somebody promotes one or sends another. */
    readonly held: boolean;
}
/** Id of the surface in the catalog. It belongs to a conversation. */
export declare const MESSAGE_QUEUE_SURFACE_ID = "message-queue";
/** Labels of its fields, in their order. */
export declare const MESSAGE_QUEUE_LABELS: {
    /** How many messages wait, and whether they are held. Always there. */
    readonly waiting: "Waiting";
    /** A button behind the custom field, there while messages are held. */
    readonly sendNext: "Send next now";
};
/** The one stat of the surface while no conversation is in focus, and its value. */
export declare const NO_CONVERSATION: {
    readonly label: string;
    readonly value: string;
};
/** Version of this package, as in its package.json. Written by scripts/sync-versions.ts. */
export declare const SURFACE_MESSAGE_QUEUE_VERSION = "0.1.0";
