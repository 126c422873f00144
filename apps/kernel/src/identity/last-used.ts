import type { Clock, Log, Store } from '../ports.ts';
import { reportOnce } from '../report-once.ts';

const MINUTE_MS = 60_000;
const MOST_IDS = 10_000;

/** Notes when tokens and sessions were last used, to the minute and at most once a minute each, beside the request. */
export function createLastUsed(
  store: Pick<Store, 'commit'>,
  { clock, log }: { readonly clock: Pick<Clock, 'wall'>; readonly log: Log },
): (id: string) => void {
  const noted = new Map<string, number>();

  async function write(id: string, at: number): Promise<void> {
    try {
      await store.commit({
        *plan(q) {
          yield* q.people.touch(id, at);
          return { result: null };
        },
      });
    } catch (error) {
      reportOnce(log, 'last used', { err: error }, 'the last use of a token could not be noted');
    }
  }

  return (id) => {
    const at = Math.floor(clock.wall() / MINUTE_MS) * MINUTE_MS;
    if (noted.get(id) === at) return;
    noted.delete(id);
    noted.set(id, at);
    const [oldest] = noted.keys();
    if (noted.size > MOST_IDS && oldest !== undefined) noted.delete(oldest);
    void write(id, at);
  };
}
