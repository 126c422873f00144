import type { Clock, Ids, Log } from '../ports.ts';
import { reserveFile } from './reserve-file.ts';

/** How often a kernel without its reserve looks whether there is room again. */
const LOOK_EVERY_MS = 5_000;
/** How long a disk is left alone that only says so; doubles each time. */
const FIRST_DISTRUST_MS = 500;
const LAST_DISTRUST_MS = 60_000;

/** Sees to it that a full disk still has room to end the turns that run. */
export interface Room {
  /** Whether the reserve is there. Without it only what ends a turn may be written, so that nothing takes the room that takes. */
  readonly isKept: boolean;
  /** Makes the reserve again if there is room by now; resolves with {@link Room.isKept}. Never rejects. */
  regain(): Promise<boolean>;
  /**
   * To be called when something found no room: gives the reserve back to the disk, but for a last part that only `opening` the store may have. False: there
   * was none left.
   */
  spend(reason: string, use?: 'opening'): boolean;
  /** Looks no more. The file stays for the next start. */
  close(): void;
}

/** Without a reserve to lose: every write is tried. */
export const roomUnkept: Room = {
  isKept: true,
  regain: async () => true,
  spend: () => false,
  close: () => undefined,
};

export interface RoomParts {
  readonly dataDir: string;
  /** Size of the reserve. */
  readonly bytes: number;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** Keeps the reserve of a data directory, whose lock must be held. One that an earlier start left is taken over; none is made yet. */
export function keepRoom({ dataDir, bytes, clock, ids, log }: RoomParts): Room {
  const file = reserveFile(dataDir, bytes, ids);
  let isKept = file.exists();
  let isClosed = false;
  let hasWarned = false;
  let keptSince = Number.NEGATIVE_INFINITY;
  let deceptions = 0;
  let notBefore = Number.NEGATIVE_INFINITY;
  let making: Promise<boolean> | undefined;
  let cancelLook: (() => void) | undefined;

  async function make(): Promise<boolean> {
    if (clock.mono() < notBefore) return false;
    try {
      if (!file.fits()) return false;
      await file.make();
      // Looked at only now: it may have been spent under the hands that made it.
      isKept = file.exists();
    } catch (error) {
      distrust();
      log.warn({ err: error, dataDir, bytes }, 'the reserve could not be made');
    }
    if (!isKept) return false;
    keptSince = clock.mono();
    if (hasWarned)
      log.info({ dataDir, bytes }, 'there is room on the disk again: everything is stored as usual');
    hasWarned = false;
    return true;
  }

  /** A disk that fails, or keeps us to a share of it, has room for its reserve again at once, and still takes no write. */
  function isDeceptive(): boolean {
    if (!isKept) return false;
    if (clock.mono() - keptSince <= LOOK_EVERY_MS) return file.fits();
    deceptions = 0;
    return false;
  }

  function distrust(): void {
    notBefore = clock.mono() + Math.min(FIRST_DISTRUST_MS * 2 ** deceptions, LAST_DISTRUST_MS);
    deceptions += 1;
  }

  function look(): void {
    if (isClosed || cancelLook !== undefined) return;
    cancelLook = clock.after(LOOK_EVERY_MS, () => {
      cancelLook = undefined;
      void regain().then((regained) => regained || look());
    });
  }

  async function regain(): Promise<boolean> {
    if (isKept || isClosed) return isKept;
    making ??= make().finally(() => {
      making = undefined;
    });
    const regained = await making;
    if (regained) return isKept;
    if (!hasWarned) {
      log.warn({ dataDir, bytes }, 'there is no room for the reserve: no message is taken until there is');
      hasWarned = true;
    }
    look();
    return false;
  }

  return {
    get isKept() {
      return isKept;
    },
    regain,
    spend(reason, use) {
      if (isDeceptive()) distrust();
      isKept = false;
      const freed = file.give(false) || (use === 'opening' && file.give(true));
      if (!hasWarned) {
        log.error(
          { reason, dataDir },
          'the disk is full or takes no writes: no message is taken, and only running turns are ended, until there is room',
        );
        hasWarned = true;
      }
      look();
      return freed;
    },
    close() {
      isClosed = true;
      cancelLook?.();
    },
  };
}
