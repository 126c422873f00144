import type { WsServerMessage } from '@dispatch/transport-contract';
import type { Refusal } from '../refusal.ts';
import type { Services } from '../services.ts';
import type { Connection } from './connection.ts';

export interface FrameContext {
  readonly connection: Connection;
  readonly services: Services;
  /** Names this frame in logs, in the kernel and in the answer to a failure. */
  readonly requestId: string;
}

/** What the `ack` of a `chat.send` says beside the frame's id. Sent only when the frame had one. */
export interface Done {
  readonly conversationId?: string;
  readonly turnId?: string;
}

/**
 * `refusal`: not carried out, and the client is told whether or not the frame had an id. `behind` is sent after that; absent, nothing is.
 */
export type FrameAnswer =
  | { readonly done: Done }
  | { readonly refusal: Refusal; readonly behind?: WsServerMessage };

/** Carries out one kind of client frame. What it throws is answered as an internal failure. */
export type FrameHandler<Frame> = (frame: Frame, context: FrameContext) => FrameAnswer | Promise<FrameAnswer>;

export const DONE: FrameAnswer = { done: {} };
