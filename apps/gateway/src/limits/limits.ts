import { readFileSync } from 'node:fs';
import type { LimitsEntry } from '@dispatch/link';
import type { AuthMode } from '../auth/auth-config.ts';

/** What clients may use up. `Infinity`: no limit. */
export interface Limits {
  /** Frames one connection may send in a minute, over time. */
  readonly messagesPerMinute: number;
  /** Frames that may come at once. */
  readonly messageBurst: number;
  /** Open connections of one person. */
  readonly connectionsPerUser: number;
  /** Open connections from one network address. */
  readonly connectionsPerAddress: number;
  /** New connections in a second. */
  readonly connectionsPerSecond: number;
  /** Handshakes under way at once. */
  readonly handshakes: number;
  /** Open connections, on both ports together. */
  readonly connections: number;
  /** HTTP requests of one person in a minute. */
  readonly requestsPerMinute: number;
  /** HTTP requests from one network address in a minute. */
  readonly requestsPerMinutePerAddress: number;
  /** Bytes that wait for all clients together; above it the one that holds most is dropped first. */
  readonly unsentBytes: number;
}

const NONE = Number.POSITIVE_INFINITY;
const MOST_CONNECTIONS = 20_000;
/** Descriptors left for the kernel's links, log and libraries. */
const RESERVED_DESCRIPTORS = 500;
const FEWEST_CONNECTIONS = 64;
const UNSENT_BYTES = 256 * 1024 * 1024;

/** Where everybody may knock. */
const OPEN: Omit<Limits, 'connections'> = {
  messagesPerMinute: 100,
  messageBurst: 60,
  connectionsPerUser: 20,
  connectionsPerAddress: 100,
  connectionsPerSecond: 500,
  handshakes: 256,
  requestsPerMinute: 600,
  requestsPerMinutePerAddress: 3_000,
  unsentBytes: UNSENT_BYTES,
};

/** The owner, on their own machine, is kept from nothing but what would end the process. */
const LOCAL: Omit<Limits, 'connections'> = {
  messagesPerMinute: NONE,
  messageBurst: NONE,
  connectionsPerUser: NONE,
  connectionsPerAddress: NONE,
  connectionsPerSecond: NONE,
  handshakes: NONE,
  requestsPerMinute: NONE,
  requestsPerMinutePerAddress: NONE,
  unsentBytes: UNSENT_BYTES,
};

/** What the operator wrote down, else what is right for the auth mode. */
export function readLimits(entry: LimitsEntry | undefined, mode: AuthMode): Limits {
  const given = Object.entries(entry ?? {}).map(([name, value]) => [name, value === 0 ? NONE : value]);
  const base = mode === 'local' ? LOCAL : OPEN;
  const limits: Limits = { ...base, connections: mostConnections(), ...Object.fromEntries(given) };
  // A rate without a burst would let nothing through, or all.
  const isRated = limits.messagesPerMinute !== NONE && limits.messageBurst === NONE;
  return isRated ? { ...limits, messageBurst: OPEN.messageBurst } : limits;
}

/** As many as the system gives this process descriptors for. */
function mostConnections(): number {
  const allowed = openFilesLimit();
  if (allowed === undefined) return MOST_CONNECTIONS;
  return Math.min(MOST_CONNECTIONS, Math.max(FEWEST_CONNECTIONS, allowed - RESERVED_DESCRIPTORS));
}

/** Undefined: the system does not tell. */
function openFilesLimit(): number | undefined {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}
