import { constants, copyFileSync, existsSync, mkdtempSync, rmSync, statfsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/** Larger databases are not copied: they would fill folders that are held in memory. */
const LARGEST_COPY_BYTES = 256 * 1024 * 1024;

/**
 * What `read` finds in a copy of a database that nobody uses, its write-ahead log included; or why none was made. The copy lies in a
 * private temporary folder that is gone afterwards. Never while a kernel runs: the copy would be of two moments.
 */
export function readSettledCopy<T>(
  path: string,
  read: (copy: string) => T,
): { readonly value: T } | { readonly leftOut: string } {
  const files = ['', '-wal'].map((suffix) => path + suffix).filter((file) => existsSync(file));
  const bytes = files.reduce((sum, file) => sum + statSync(file).size, 0);
  if (bytes > LARGEST_COPY_BYTES) {
    return { leftOut: `${Math.round(bytes / 1e6)} MB are checked only beside a running kernel` };
  }
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize < 2 * bytes) return { leftOut: `${tmpdir()} has no room for a copy` };
  const folder = mkdtempSync(join(tmpdir(), 'dispatch-check-'));
  const copy = join(folder, basename(path));
  try {
    for (const file of files) {
      copyFileSync(file, join(folder, basename(file)), constants.COPYFILE_FICLONE);
    }
    return { value: read(copy) };
  } catch (error) {
    // Nobody has ever heard of the copy.
    if (error instanceof Error) error.message = error.message.replaceAll(copy, path);
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
