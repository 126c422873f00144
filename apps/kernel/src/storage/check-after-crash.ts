import type { Clock, Log } from '../ports.ts';
import { startQuickCheck } from './quick-check.ts';
import type { StoreDamage } from './store-damage.ts';

export interface CrashCheckParts {
  readonly clock: Clock;
  readonly log: Log;
}

/** The look at the whole file that a start takes which follows a crash. */
export interface CrashCheck {
  /** True: it found nothing, or none was due. */
  readonly passed: boolean;
  /** Ends it; resolves when it holds the database no longer. */
  stop(): Promise<void>;
}

/**
 * After an unclean stop looks at the structure of the whole database, beside everything else, and reports what it finds. To be called
 * when the kernel serves: nobody waits for it.
 */
export function checkAfterCrash(
  store: { readonly stoppedCleanly: boolean },
  damage: StoreDamage,
  dataDir: string,
  { clock, log }: CrashCheckParts,
): CrashCheck {
  let passed = store.stoppedCleanly;
  let stopped = false;
  if (passed) return { passed, stop: async () => {} };
  const began = clock.mono();
  const check = startQuickCheck(dataDir);
  check.findings.then(
    (findings) => {
      const tookMs = Math.round(clock.mono() - began);
      if (findings.length > 0) return damage.report(findings);
      passed = true;
      log.info({ tookMs }, 'the database was not closed by the last start; its structure is whole');
    },
    (error: unknown) => {
      if (!stopped) log.error({ err: error }, 'the database could not be checked after a crash');
    },
  );
  return {
    get passed() {
      return passed;
    },
    stop() {
      stopped = true;
      return check.stop();
    },
  };
}
