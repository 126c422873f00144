import type { LinkDownFrame } from '@dispatch/link';

/** The way to one gateway. Nothing here throws: a link that broke swallows what comes after. */
export interface Outlet {
  /** Writes a frame; frames arrive in the order of the calls. */
  send(frame: LinkDownFrame): void;
  /** Writes a frame that was encoded once for several links. */
  sendEncoded(bytes: Buffer): void;
  /** True: enough is unsent that a replay should wait. */
  readonly isFull: boolean;
  /** Resolves when the link has caught up or broke. */
  drained(): Promise<void>;
}
