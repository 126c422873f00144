import { z } from 'zod';
import type { LinkUpFrame, Topic, TurnCursor } from './frames.ts';

const name = z.string().min(1).max(256);
const topic = z
  .string()
  .min('turn:'.length + 1)
  .max(1024)
  .refine((value): value is Topic => value.startsWith('turn:'));

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
  after: z.object({ turnId: name.optional(), n: z.int().min(-1) }).optional(),
  userId: name,
});
const unwatch = z.object({ type: z.literal('unwatch'), conn: name, topic });
const upFrame = z.discriminatedUnion('type', [hello, watch, unwatch]);

/** What a gateway sent, checked. Undefined: not a frame of this link version; unknown fields are dropped. */
export function parseLinkUpFrame(value: unknown): LinkUpFrame | undefined {
  const parsed = upFrame.safeParse(value);
  if (!parsed.success) return undefined;
  const frame = parsed.data;
  if (frame.type !== 'watch') return frame;
  const { after, ...rest } = frame;
  return after === undefined ? rest : { ...rest, after: cursor(after) };
}

function cursor(after: { turnId?: string | undefined; n: number }): TurnCursor {
  return after.turnId === undefined ? { n: after.n } : { turnId: after.turnId, n: after.n };
}
