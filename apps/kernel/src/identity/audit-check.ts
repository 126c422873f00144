import type { Clock, Log, Store } from '../ports.ts';
import type { AuditTrail } from './audit-trail.ts';

/** Between two pages, so that requests get their turn. */
const PAUSE_MS = 5;

export interface AuditCheckParts {
  readonly store: Pick<Store, 'people'>;
  readonly trail: Pick<AuditTrail, 'note'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Recomputes the hash of every entry of the audit trail, beside everything else. What it finds is in the log and, as an entry of its own, in the trail. To be called when
 * the kernel serves: nobody waits for it. The returned function ends it.
 */
export function startAuditCheck({ store, trail, clock, log }: AuditCheckParts): () => void {
  const stopped = new AbortController();

  async function check(): Promise<void> {
    let page = await store.people.verifyAudit();
    while (page.next !== undefined) {
      await clock.sleep(PAUSE_MS, stopped.signal);
      page = await store.people.verifyAudit(page.next);
    }
    const { damagedAt, head } = page.report;
    if (damagedAt === undefined) return;
    log.error(
      { entry: damagedAt, head },
      'the audit trail is not what was written: an entry was changed or is missing',
    );
    trail.note({
      actor: 'kernel',
      action: 'audit.damaged',
      target: null,
      detail: { entry: damagedAt, head },
    });
  }

  check().catch((error: unknown) => {
    if (!stopped.signal.aborted) log.error({ err: error }, 'the audit trail could not be verified');
  });
  return () => stopped.abort();
}
