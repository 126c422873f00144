import type { LinkUnwatchFrame, LinkWatchFrame } from '@dispatch/link';
import type { LinkUsers } from './user-topics.ts';

/** The watches of one gateway. */
export interface LinkWatches {
  /** Repeating the watch of a connection begins it anew, from the new cursor. */
  watch(frame: LinkWatchFrame): void;
  unwatch(frame: LinkUnwatchFrame): void;
  /** The link is gone, and all its watches with it. */
  close(): void;
}

/** Everything one gateway follows. */
export type LinkInterests = LinkWatches & LinkUsers;
