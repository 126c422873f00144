import { statusTextSchema } from '@dispatch/collab-contract/schema';
import type { PresenceRow, Step } from '../ports.ts';
import { presence } from './schema.ts';
import { build, rowsOf, run } from './statements.ts';

/** Everything kept about presence. What is damaged is as good as unknown: nothing depends on it. */
export function* presenceRows(): Step<PresenceRow[]> {
  const records = yield* rowsOf(build.select().from(presence));
  return records.flatMap(({ user_id, status_text, last_seen_at, told_online }) => {
    const isWhole =
      typeof user_id === 'string' &&
      statusTextSchema.safeParse(status_text).success &&
      (last_seen_at === null || Number.isSafeInteger(last_seen_at));
    if (!isWhole) return [];
    return [
      { userId: user_id, statusText: status_text, lastSeenAt: last_seen_at, toldOnline: told_online === 1 },
    ];
  });
}

export function* putStatusText(userId: string, statusText: string | null, lastSeenAt: number): Step<void> {
  const change = { status_text: statusText, last_seen_at: lastSeenAt };
  yield* run(
    build
      .insert(presence)
      .values({ user_id: userId, told_online: 0, ...change })
      .onConflictDoUpdate({ target: presence.user_id, set: change }),
  );
}

export function* putToldOnline(userId: string, toldOnline: boolean, lastSeenAt: number | null): Step<void> {
  const change = { told_online: toldOnline ? 1 : 0, last_seen_at: lastSeenAt };
  yield* run(
    build
      .insert(presence)
      .values({ user_id: userId, ...change })
      .onConflictDoUpdate({ target: presence.user_id, set: change }),
  );
}
