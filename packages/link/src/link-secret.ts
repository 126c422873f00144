import { timingSafeEqual } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Secret } from './secret.ts';

const FILE_NAME = 'link.secret';

/** What the system says when a file finds no room: the disk is full, or this user's share of it. */
const NO_ROOM: readonly unknown[] = ['ENOSPC', 'EDQUOT'];

/** Puts this boot's secret where gateways of the same user find it: `link.secret` (0600) in the data directory. */
export function writeLinkSecret(dataDirectory: string, secret: string): void {
  const path = join(dataDirectory, FILE_NAME);
  const fresh = `${path}.new`;
  // A leftover of a crash may have another mode; `mode` applies only to files that are created.
  rmSync(fresh, { force: true });
  try {
    writeFileSync(fresh, secret, { mode: 0o600, flag: 'wx' });
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    if (!NO_ROOM.includes((error as NodeJS.ErrnoException).code)) throw error;
    // A kernel on a full disk is there to be read from; the room of the last secret is enough for this one.
    writeFileSync(path, secret, { flag: 'r+' });
  }
}

/** The secret of the kernel that runs now. Undefined: no kernel has started here yet. Read it anew for each connection. */
export function readLinkSecret(dataDirectory: string): string | undefined {
  try {
    return readFileSync(join(dataDirectory, FILE_NAME), 'utf8').trim() || undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Compares without telling by its duration where two secrets differ. */
export function isSameSecret(given: string | undefined, expected: Secret): boolean {
  if (given === undefined) return false;
  const left = Buffer.from(given, 'utf8');
  const right = Buffer.from(expected.reveal(), 'utf8');
  return left.length === right.length && timingSafeEqual(left, right);
}
