import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What the system says about a folder, without touching it. */
export interface DirectoryFacts {
  /** Absolute. */
  readonly path: string;
  readonly state: 'absent' | 'directory' | 'other' | 'unreachable';
  /** The nearest folder that exists: itself, or the one in which it would be made. */
  readonly nearest: string;
  /** Whether this user may make files in `nearest`. */
  readonly writable: boolean;
  /** Null: the system has no users, or the folder is absent. */
  readonly ownedByUs: boolean | null;
  /** Permission bits, the sticky bit included. Null while absent. */
  readonly mode: number | null;
  /** Bytes this user may still write. Null: unknown. */
  readonly freeBytes: number | null;
  /** Kind of a file system that other machines share; such do not lock and flush as SQLite needs it. Null: a local one. */
  readonly remote: string | null;
}

/** Linux's numbers of file systems that go over a network, or through a process or a hypervisor that does. */
const REMOTE: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
]);

/** Facts of a folder, or of the place where it would be made. */
export function directoryFacts(path: string): DirectoryFacts {
  const nearest = nearestExisting(path);
  const place = { path, nearest, writable: isWritable(nearest), ...spaceOf(nearest) };
  const nothing = { ownedByUs: null, mode: null };
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return { state: 'absent', ...place, ...nothing };
    return {
      state: stat.isDirectory() ? 'directory' : 'other',
      ...place,
      ownedByUs: process.getuid === undefined ? null : stat.uid === process.getuid(),
      mode: stat.mode & 0o7777,
    };
  } catch (error) {
    // Something on the way is a file, so nothing can be here.
    const isBelowFile = (error as NodeJS.ErrnoException).code === 'ENOTDIR';
    return { state: isBelowFile ? 'absent' : 'unreachable', ...place, ...nothing };
  }
}

function nearestExisting(path: string): string {
  let folder = path;
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

function spaceOf(folder: string): Pick<DirectoryFacts, 'freeBytes' | 'remote'> {
  try {
    const { type, bavail, bsize } = statfsSync(folder);
    return { freeBytes: bavail * bsize, remote: REMOTE.get(type >>> 0) ?? null };
  } catch {
    return { freeBytes: null, remote: null };
  }
}
