import { z } from 'zod';
import type { LinkDownFrame } from './frames.ts';
import { isTopic } from './topic.ts';

const catalog = z.array(z.object({ id: z.string() }));
const welcome = z.object({
  type: z.literal('welcome'),
  v: z.int(),
  bootId: z.string(),
  epoch: z.string(),
  catalog,
});
const position = z.union([
  z.object({ behind: z.string().nullable() }),
  z.object({ turnId: z.string().optional(), n: z.int() }),
]);
const watched = z
  .object({
    type: z.literal('watched'),
    conn: z.string(),
    topic: z.string().refine(isTopic),
    at: position.optional(),
    live: z.string().refine(isTopic).optional(),
  })
  .refine(({ topic, at }) => topic.startsWith('turn:') === (at !== undefined));
const unwatched = z.object({ type: z.literal('unwatched'), conn: z.string(), topic: z.string() });
const ids = z.array(z.string()).optional();
const revoked = z.object({ type: z.literal('revoked'), sessionIds: ids, userIds: ids });
const userAt = z.object({
  type: z.literal('user-at'),
  userId: z.string(),
  ask: z.int(),
  head: z.int().min(0),
  served: z.boolean(),
  reason: z.enum(['too-old', 'ahead']).optional(),
});
const typed = z.discriminatedUnion('type', [
  welcome,
  z.object({ type: z.literal('catalog'), catalog }),
  watched,
  unwatched,
  revoked,
  userAt,
]);

/**
 * What a kernel sent, checked as far as a gateway works with it. Undefined: not a frame of this link version. What is relayed is given back
 * as it came, fields of newer contracts included; there is one such frame for every token, so those are looked at by hand.
 */
export function parseLinkDownFrame(value: unknown): LinkDownFrame | undefined {
  if (!isRecord(value)) return undefined;
  const isFrame =
    'type' in value
      ? typed.safeParse(value).success
      : 'to' in value
        ? isToUsers(value)
        : isForUsers(value) || isRelayed(value);
  return isFrame ? (value as unknown as LinkDownFrame) : undefined;
}

function isForUsers({ users, conn, frame }: Readonly<Record<string, unknown>>): boolean {
  if (!Array.isArray(users) || !users.every((user) => typeof user === 'string')) return false;
  if (conn !== undefined && typeof conn !== 'string') return false;
  return isRecord(frame) && typeof frame['type'] === 'string';
}

function isRelayed({ conn, topic, frame, mark }: Readonly<Record<string, unknown>>): boolean {
  if (mark !== undefined && !Number.isSafeInteger(mark)) return false;
  if (conn !== undefined && typeof conn !== 'string') return false;
  if (typeof topic !== 'string' || !isRecord(frame) || typeof frame['type'] !== 'string') return false;
  return frame['type'] !== 'chat.delta' || isEvent(frame['event'], frame['n']);
}

function isToUsers({ to, frame }: Readonly<Record<string, unknown>>): boolean {
  if (!Array.isArray(to) || !to.every(isNumbered) || !isRecord(frame)) return false;
  return frame['type'] === 'user.skip' || (frame['type'] === 'user.event' && isRecord(frame['event']));
}

function isNumbered(entry: unknown): boolean {
  if (!Array.isArray(entry) || entry.length !== 2 || typeof entry[0] !== 'string') return false;
  return Number.isSafeInteger(entry[1]) && entry[1] > 0;
}

function isEvent(event: unknown, n: unknown): boolean {
  if (!isRecord(event) || typeof event['type'] !== 'string') return false;
  const { turnId } = event;
  return (turnId === undefined || typeof turnId === 'string') && (n === undefined || Number.isSafeInteger(n));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
