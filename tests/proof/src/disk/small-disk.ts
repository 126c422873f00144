import { spawnSync } from 'node:child_process';
import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PIECE = Buffer.alloc(1024 * 1024, 1);

/** A file system of its own that can be filled to the last block. */
export interface SmallDisk {
  /** A folder on it for the data directory. */
  readonly dataDir: string;
  readonly freeBytes: number;
  /** Takes everything that is free now. Does not look again. */
  fill(): void;
  /** Gives back so much of what was taken, or all of it. */
  give(bytes?: number): void;
  remove(): void;
}

/** Mounts a file system in memory. Throws one sentence where that is not allowed. */
export function mountSmallDisk(mebibytes: number): SmallDisk {
  const root = mkdtempSync(join(tmpdir(), 'dispatch-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'dispatch-disk', root], {
    encoding: 'utf8',
  });
  if (mounted.status !== 0) {
    rmSync(root, { recursive: true });
    const reason = mounted.error?.message ?? mounted.stderr.trim();
    throw new Error(`The harness disk must be allowed to mount a tmpfs; run it as root. ${reason}`);
  }
  const dataDir = join(root, 'data');
  mkdirSync(dataDir, { mode: 0o700 });
  const filler = openSync(join(root, 'filler'), 'w');
  let taken = 0;

  /** False: the disk is full. Tried no further then, or it would take what a kernel gives back at that. */
  const take = (): boolean => {
    try {
      const written = writeSync(filler, PIECE, 0, PIECE.length, taken);
      taken += written;
      return written === PIECE.length;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false;
      throw error;
    }
  };

  return {
    dataDir,
    get freeBytes() {
      const { bavail, bsize } = statfsSync(root);
      return bavail * bsize;
    },
    fill() {
      while (take());
    },
    give(bytes = taken) {
      taken = Math.max(0, taken - bytes);
      ftruncateSync(filler, taken);
    },
    remove() {
      closeSync(filler);
      const unmounted = spawnSync('umount', [root], { encoding: 'utf8' });
      if (unmounted.status !== 0) spawnSync('umount', ['-l', root]);
      rmSync(root, { recursive: true, force: true });
    },
  };
}
