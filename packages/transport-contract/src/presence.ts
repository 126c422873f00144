import type { Presence } from '@dispatch/collab-contract';
import type { FrameId } from './frame-answer.ts';

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
