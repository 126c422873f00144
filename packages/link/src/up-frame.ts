import { z } from 'zod';
import type { LinkUpFrame, LinkWatchFrame } from './frames.ts';
import { isTopic } from './topic.ts';

const name = z.string().min(1).max(256);
const topic = z.string().max(1024).refine(isTopic);

const boundary = z.object({ behind: name.nullable() });
const after = z.union([boundary, z.object({ turnId: name.optional(), n: z.int().min(-1) })]);

const hello = z.object({
  type: z.literal('hello'),
  v: z.int(),
  gatewayId: name,
  secret: z.string().max(1024),
});
const watch = z.object({
  type: z.literal('watch'),
  conn: name,
  topic,
  after: after.optional(),
  userId: name,
  sessionId: name.exactOptional(),
  scopes: z.array(z.string().max(64)).max(32).exactOptional(),
});
const unwatch = z.object({ type: z.literal('unwatch'), conn: name, topic });
const user = z.object({
  type: z.literal('user'),
  userId: name,
  ask: z.int(),
  after: z.int().min(0).optional(),
});
const userGone = z.object({ type: z.literal('user-gone'), userId: name });
const opened = z.object({ type: z.literal('opened'), userId: name, conn: name });
const closed = z.object({ type: z.literal('closed'), userId: name, conn: name });
const upFrame = z.discriminatedUnion('type', [hello, watch, unwatch, user, userGone, opened, closed]);

/** What a gateway sent, checked. Undefined: not a frame of this link version; unknown fields are dropped. */
export function parseLinkUpFrame(value: unknown): LinkUpFrame | undefined {
  const parsed = upFrame.safeParse(value);
  if (!parsed.success) return undefined;
  const frame = parsed.data;
  if (frame.type === 'user') {
    const { after, ...rest } = frame;
    return after === undefined ? rest : { ...rest, after };
  }
  if (frame.type !== 'watch') return frame;
  const { after, ...rest } = frame;
  return after === undefined ? rest : { ...rest, after: position(after) };
}

function position(value: z.infer<typeof after>): NonNullable<LinkWatchFrame['after']> {
  if ('behind' in value) return value;
  return value.turnId === undefined ? { n: value.n } : { turnId: value.turnId, n: value.n };
}
