/** @dispatch/ui-contract 0.3.0, frozen. Compared with, never imported by anything that runs. */

/** Names an action of a surface. Send it back as the `actionId` of an `invoke`. */
export interface ActionRef {
    /** Kebab-case, by convention `<extension>/<verb>`. Read it from the spec; do not hard-code it. */
    readonly actionId: string;
}
/**
 * Asks for a surface. Answered by `surface`, then by an `update` for each change. Repeating it sends the surface again and keeps
 * one subscription. An unknown surface is answered by `error` with that `surfaceId`.
 */
export interface SubscribeMessage {
    readonly type: 'subscribe';
    readonly surfaceId: string;
    /** The conversation to show. Absent for a surface that is the same everywhere, or when none is in focus. */
    readonly conversationId?: string;
}
/** Ends exactly this subscription. Not answered. */
export interface UnsubscribeMessage {
    readonly type: 'unsubscribe';
    readonly surfaceId: string;
    /** As it was given on `subscribe`. */
    readonly conversationId?: string;
}
/** Runs an action of a surface. Its effect shows as an `update`; a refusal is answered by `error` with that `surfaceId`. */
export interface InvokeMessage {
    readonly type: 'invoke';
    readonly surfaceId: string;
    /** From an `ActionRef` of the spec. */
    readonly actionId: string;
    /** What the field kind says: a boolean, a chosen value, a number. Absent for a button. */
    readonly payload?: unknown;
    /** The conversation to act on. Absent when none is in focus; then an action of a conversation's surface is refused. */
    readonly conversationId?: string;
}
/** What a client may send about surfaces, told apart by `type`. */
export type SurfaceClientMessage = SubscribeMessage | UnsubscribeMessage | InvokeMessage;
/**
 * Renderer id of a {@link TablePayload}.
 *
 * @since 0.3.0
 */
export declare const TABLE_RENDERER_ID = "table";
/**
 * A table.
 *
 * @since 0.3.0
 */
export interface TablePayload {
    /** Heads, in order. */
    readonly columns: readonly string[];
    /** Cells in the order of the columns, as many in each row as there are columns. */
    readonly rows: readonly (readonly (string | number | boolean)[])[];
}
/**
 * Renderer id of a {@link TimerPayload}.
 *
 * @since 0.3.0
 */
export declare const TIMER_RENDERER_ID = "timer";
/**
 * Counts down to a moment. Times are the backend's: correct them by the difference to `hello.serverTime`.
 *
 * @since 0.3.0
 */
export interface TimerPayload {
    /** What people read. */
    readonly label: string;
    /** Epoch milliseconds it counts down to; later than the moment the surface was sent. Null: nothing is planned. */
    readonly targetAt: number | null;
    /** Epoch milliseconds it counts from: when the same happened last, or the wait began. Null: not known. */
    readonly sinceAt: number | null;
    /** Why nothing is planned, or what is going on. Absent: the times say it all. */
    readonly note?: string;
}
/**
 * Renderer id of a {@link SeriesPayload}.
 *
 * @since 0.3.0
 */
export declare const SERIES_RENDERER_ID = "series";
/**
 * Figures over time, for a line or bars.
 *
 * @since 0.3.0
 */
export interface SeriesPayload {
    /** What people read. */
    readonly label: string;
    /** Unit of the values for people, for example `%`. Absent: none. */
    readonly unit?: string;
    /** Oldest first. */
    readonly points: readonly SeriesPoint[];
}
/**
 * One figure of a {@link SeriesPayload}.
 *
 * @since 0.3.0
 */
export interface SeriesPoint {
    /** Epoch milliseconds. */
    readonly at: number;
    /** Null: nothing could be measured then; leave a gap. */
    readonly value: number | null;
    /** True: it stands out, for example as a miss; mark it by more than colour. Absent: it does not. */
    readonly marked?: boolean;
    /** More about this point, for people. Absent: nothing. */
    readonly note?: string;
}
/**
 * What every field may carry.
 *
 * @since 0.3.0
 */
export interface FieldIdentity {
    /**
     * Stays the same for the same field over all specs of its surface, so that a renderer keeps focus and input. Absent: tell fields apart by kind and
     * action, else by kind, label and place.
     */
    readonly id?: string;
}
/** A switch. Its action takes the wanted boolean as payload; without a payload the value flips. */
export interface ToggleField extends FieldIdentity {
    readonly kind: 'toggle';
    /** What people read. */
    readonly label: string;
    /** Whether it is on. */
    readonly value: boolean;
    readonly action: ActionRef;
}
/** How far something has come. */
export interface ProgressField extends FieldIdentity {
    readonly kind: 'progress';
    /** What people read. */
    readonly label: string;
    /** A fraction from 0 to 1. */
    readonly value: number;
}
/** One choice of a {@link SelectorField}. */
export interface SurfaceOption {
    /** What the action takes as payload. */
    readonly value: string;
    /** What people read. */
    readonly label: string;
}
/** A choice of one. Its action takes the chosen value as payload. */
export interface SelectorField extends FieldIdentity {
    readonly kind: 'selector';
    /** What people read. */
    readonly label: string;
    /** The chosen option's `value`. */
    readonly value: string;
    /** What can be chosen, in order. */
    readonly options: readonly SurfaceOption[];
    readonly action: ActionRef;
}
/** A figure to read. Already formatted: the backend decides digits and unit. */
export interface StatField extends FieldIdentity {
    readonly kind: 'stat';
    /** What people read. */
    readonly label: string;
    /** Text, also when it is a number. An em dash when unknown. */
    readonly value: string;
}
/** A number to set. Its action takes the new number as payload. */
export interface NumberField extends FieldIdentity {
    readonly kind: 'number';
    /** What people read. */
    readonly label: string;
    readonly value: number;
    /** Smallest accepted value. Absent: no lower limit is told. */
    readonly min?: number;
    /** Largest accepted value. Absent: no upper limit is told. */
    readonly max?: number;
    /** Distance between sensible values. Absent: any. */
    readonly step?: number;
    /** Unit of `value`, `min`, `max` and `step` for people, for example `s`. Absent: none. */
    readonly unit?: string;
    readonly action: ActionRef;
}
/** Something to do. Its action takes no payload. */
export interface ButtonField extends FieldIdentity {
    readonly kind: 'button';
    /** What people read. */
    readonly label: string;
    readonly action: ActionRef;
}
/** Data for a renderer that the frontend may know. Skip it when `rendererId` is unknown; that is no error. */
export interface CustomField extends FieldIdentity {
    readonly kind: 'custom';
    /** Names the shape of `payload`. The extension's own contract package has its type. */
    readonly rendererId: string;
    /** Any JSON value. */
    readonly payload: unknown;
}
/** One row of a surface, told apart by `kind`. Skip unknown kinds; they are no error. */
export type SurfaceField = ToggleField | ProgressField | SelectorField | StatField | NumberField | ButtonField | CustomField;
/** Where a surface would like to be shown. An open string, for example `side`; put unknown regions in your default place. */
export type Region = string;
/** A surface as it stands now: data and actions, never pixels. */
export interface SurfaceSpec {
    /** The surface's id, as in the catalog. */
    readonly id: string;
    readonly region: Region;
    /** What people read above it. */
    readonly title: string;
    /** Its rows, in order. */
    readonly fields: readonly SurfaceField[];
}
/** A new state of a surface. Always the complete spec, never a difference. */
export interface SurfaceUpdate {
    readonly surfaceId: string;
    readonly spec: SurfaceSpec;
    /** The conversation this state is of. Absent for a surface that is the same everywhere. */
    readonly conversationId?: string;
}
/** A surface that can be subscribed to. */
export interface SurfaceCatalogEntry {
    /** Stable and unique; what `subscribe` takes. */
    readonly id: string;
    readonly region: Region;
    /** What people read above it. */
    readonly title: string;
    /**
     * `global`: the same in every conversation; subscribe once, without `conversationId`. `conversation`: subscribe per conversation. Absent:
     * treat it as `conversation`.
     *
     * @since 0.2.0
     */
    readonly scope?: 'global' | 'conversation';
}
/** All surfaces, in the order they would like to be shown. May be empty. */
export type SurfaceCatalog = readonly SurfaceCatalogEntry[];
/** All surfaces. Sent after connecting and again whenever the list changes. */
export interface CatalogMessage {
    readonly type: 'catalog';
    readonly catalog: SurfaceCatalog;
}
/** The answer to `subscribe`: the surface as it stands. */
export interface SurfaceMessage {
    readonly type: 'surface';
    readonly spec: SurfaceSpec;
    /** The conversation it was asked for. Absent for a surface that is the same everywhere. */
    readonly conversationId?: string;
}
/** A subscribed surface changed. */
export interface SurfaceUpdateMessage {
    readonly type: 'update';
    readonly update: SurfaceUpdate;
}
/** A frame of the client was refused. The connection stays open. */
export interface SurfaceErrorMessage {
    readonly type: 'error';
    /** One sentence for people. */
    readonly message: string;
    /** The surface it is about. Absent when the frame named none or could not be read. */
    readonly surfaceId?: string;
}
/** What a backend may send about surfaces, told apart by `type`. */
export type SurfaceServerMessage = CatalogMessage | SurfaceMessage | SurfaceUpdateMessage | SurfaceErrorMessage;
/** Version of this package, as in its package.json. Written by scripts/sync-versions.ts. */
export declare const UI_CONTRACT_VERSION = "0.3.0";
