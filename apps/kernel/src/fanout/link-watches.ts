import type { LinkUnwatchFrame, LinkWatchFrame } from '@dispatch/link';

/** The watches of one gateway. */
export interface LinkWatches {
  /** Repeating the watch of a connection begins it anew, from the new cursor. */
  watch(frame: LinkWatchFrame): void;
  unwatch(frame: LinkUnwatchFrame): void;
  /** The link is gone, and all its watches with it. */
  close(): void;
}
