import type { Presence } from '@dispatch/collab-contract';
import type { PresenceRow } from '../ports.ts';

/** One user as the registry knows them. */
export interface Person {
  readonly userId: string;
  /** Clients that are connected now, over all gateways. */
  connections: number;
  /** At least one is, or was less than the grace ago. */
  online: boolean;
  statusText: string | null;
  lastSeenAt: number | null;
  /** Ends the grace. */
  cancelGrace: () => void;
}

/** As the kernel before this one left them: whoever was said to be there is, until the grace is over. */
export function personOf({ userId, statusText, lastSeenAt, toldOnline }: PresenceRow): Person {
  return {
    userId,
    connections: 0,
    online: toldOnline,
    statusText,
    lastSeenAt,
    cancelGrace: () => undefined,
  };
}

export function presenceOf({ userId, online, statusText, lastSeenAt }: Person): Presence {
  return { userId, online, statusText, lastSeenAt };
}
