import { eq, sql } from 'drizzle-orm';
import type { Step } from '../ports.ts';
import { head } from './schema.ts';
import { build, changing, FilledStatement, reading, slot } from './statements.ts';

/** Numbers the chunks of a conversation. */
export const chunkStream = (conversationId: string) => `chunk:${conversationId}`;

/** Numbers the turns of a conversation. */
export const turnStream = (conversationId: string) => `turn:${conversationId}`;

/** Numbers what happens in the conversations of one owner. */
export const activityStream = (ownerId: string) => `activity:${ownerId}`;

/** Numbers what happens for extensions. */
export const EVENT_STREAM = 'domain-event';

/** The last domain event that was deleted because its time was over. */
export const TRIMMED_EVENT_STREAM = 'domain-event-trimmed';

/** Numbers the rows of the audit trail. */
export const AUDIT_STREAM = 'audit';
/** Numbers the tool calls that asked. */
export const APPROVAL_STREAM = 'approval';

/** Numbers what users learn, each event once. */
export const USER_EVENT_STREAM = 'user-event';

/** Numbers what one user learns. */
export const userStream = (userId: string) => `user:${userId}`;

/** Where the streams of users lie among all: from the first up to the second. */
export const USER_STREAMS = { from: 'user:', to: 'user;' };

/** The last number of a user's stream whose event was deleted. */
export const trimmedUserStream = (userId: string) => `user-trimmed:${userId}`;

/** Numbers the times that timers are set. */
export const TIMER_STREAM = 'timer';

const advanced = sql`insert into ${head} (stream, seq) values (${slot('stream')}, ${slot('count')}) on conflict (stream) do update set seq = ${head.seq} + excluded.seq returning seq`;
const putHead = changing(
  sql`insert into ${head} (stream, seq) values (${slot('stream')}, ${slot('seq')}) on conflict (stream) do update set seq = excluded.seq`,
);
const lastGiven = reading(
  build
    .select({ seq: head.seq })
    .from(head)
    .where(eq(head.stream, slot('stream'))),
);

/** Last number given out in a stream. Undefined: none was, or the row no longer tells. */
export function* headOf(stream: string): Step<number | undefined> {
  const [row] = yield* lastGiven({ stream });
  return Number.isSafeInteger(row?.seq) ? row?.seq : undefined;
}

/** Takes the next `count` numbers of a stream and gives the last of them. A rollback gives them back. */
export function* advanceHead(stream: string, count: number): Step<number> {
  const rows = yield new FilledStatement(advanced, { stream, count });
  const [row] = rows as readonly { seq: number }[];
  if (row === undefined) throw new Error(`The head of ${stream} gave no number.`);
  return row.seq;
}

/** Says which number of a stream is the last, for streams that know it better than their head row. */
export const setHead = (stream: string, seq: number): Step<void> => putHead({ stream, seq });
