import { OPERATOR_SESSION, type Principal } from '@dispatch/link';
import type { Clock, Log, Store } from '../ports.ts';
import { reportOnce } from '../report-once.ts';
import { onceIn } from './once-in.ts';
import type { AuditDraft } from './people-store.ts';

const MINUTE_MS = 60_000;
/** Entries a minute that no commit of somebody's own brings with it; what comes beyond is counted and told with the next one. */
const MOST_A_MINUTE = 120;

/** Writes what happened to the audit trail where there is no commit that it could be part of. */
export interface AuditTrail {
  /** Returns at once; what cannot be written is in the log. */
  note(entry: AuditDraft): void;
  /** The same, once a minute for each `key`. */
  noteOnce(key: string, entry: AuditDraft): void;
  /** Resolves when everything noted so far is written or lost. */
  settled(): Promise<void>;
}

/** As the audit trail names who asks. */
export function actorOf({ userId, sessionId }: Principal): string {
  return sessionId === OPERATOR_SESSION ? OPERATOR_SESSION : userId;
}

export function createAuditTrail(
  store: Pick<Store, 'commit'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): AuditTrail {
  const isFresh = onceIn(clock, MINUTE_MS);
  let waiting: AuditDraft[] = [];
  let writing: Promise<void> | undefined;
  let minute = { began: clock.mono(), count: 0, left: 0 };

  /** All that came in the meantime is one commit. */
  async function write(): Promise<void> {
    while (waiting.length > 0) {
      const audit = waiting;
      waiting = [];
      try {
        const outcome = await store.commit({
          // biome-ignore lint/correctness/useYield: it asks nothing, it only adds.
          *plan() {
            return { audit, result: null };
          },
        });
        if (outcome.kind !== 'committed') throw new Error(`the commit ended as ${outcome.kind}`);
      } catch (error) {
        const fields = { err: error, actions: audit.map(({ action }) => action) };
        reportOnce(log, `audit ${error}`, fields, 'the audit trail could not be written');
      }
    }
    writing = undefined;
  }

  function note(entry: AuditDraft): void {
    const now = clock.mono();
    if (now - minute.began >= MINUTE_MS) {
      const { left } = minute;
      minute = { began: now, count: 0, left: 0 };
      if (left > 0)
        note({ actor: 'kernel', action: 'audit.left-out', target: null, detail: { entries: left } });
    }
    if (minute.count >= MOST_A_MINUTE) {
      minute.left += 1;
      return;
    }
    minute.count += 1;
    waiting.push(entry);
    writing ??= Promise.resolve().then(write);
  }

  return {
    note,
    noteOnce(key, entry) {
      if (isFresh(key)) note(entry);
    },
    settled: async () => {
      await writing;
    },
  };
}
