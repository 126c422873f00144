import { LOCAL_OWNER } from '@dispatch/link';
import type { Clock, Log, Store } from '../ports.ts';
import { readAtStart } from '../read-at-start.ts';
import { MAIN_WORKSPACE } from './people-store.ts';

/** Makes the workspace and its owner, unless they are there. Without room on the disk there is none yet: local mode does without. */
export async function ensureFirstPeople(
  store: Pick<Store, 'commit' | 'people'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<void> {
  const isThere = () => store.people.user(LOCAL_OWNER).then((user) => user !== undefined);
  // Whoever cannot be read is not written over.
  if (await readAtStart(log, 'the owner', isThere, true)) return;
  const now = clock.wall();
  try {
    const outcome = await store.commit({
      *plan(q) {
        yield* q.people.putWorkspace(MAIN_WORKSPACE, 'Main', now);
        yield* q.people.putUser({
          id: LOCAL_OWNER,
          name: 'Owner',
          role: 'owner',
          createdAt: now,
          disabledAt: null,
        });
        return {
          audit: [
            { actor: 'kernel', action: 'user.created', target: LOCAL_OWNER, detail: { role: 'owner' } },
          ],
          result: null,
        };
      },
    });
    if (outcome.kind !== 'committed') log.warn({ outcome: outcome.kind }, 'the owner could not be stored');
  } catch (error) {
    // A kernel whose store takes no writes is there to be read from.
    log.warn({ err: error }, 'the owner could not be stored');
  }
}
