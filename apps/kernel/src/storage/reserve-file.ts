import { ftruncateSync, renameSync, rmSync, statfsSync, statSync, truncateSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ids } from '../ports.ts';

const FILE_NAME = 'reserve';
/** Written at once; between two of them the making can be broken off. */
const BLOCK_BYTES = 1024 * 1024;
/** Must be free beside it, or the first write behind its making would be the next one to find the disk full. */
const MARGIN_BYTES = 4 * 1024 * 1024;
/** Which part of it is held back until a store cannot even be opened: SQLite needs files beside the database to read it. */
const LAST_PART = 1 / 16;

/** A file that does nothing but occupy room on the disk of the data directory. */
export interface ReserveFile {
  /** Whether it is there with its whole size. */
  exists(): boolean;
  /** Whether the file system has room for it and a little more. True when it cannot tell: then only the making does. */
  fits(): boolean;
  /** Writes it, really allocated. Breaks off when it is given back meanwhile. Rejects and leaves nothing behind when it cannot be made. */
  make(): Promise<void>;
  /** Gives room back at once: all but the last part, or with `last` that too, and that of one being made. False: there was none to give. */
  give(last: boolean): boolean;
}

/** One making of it; another, or none, in its place means that it was given back. */
interface Making {
  handle?: FileHandle;
}

export function reserveFile(dataDir: string, bytes: number, ids: Ids): ReserveFile {
  const path = join(dataDir, FILE_NAME);
  const draft = `${path}.new`;
  let making: Making | undefined;
  const sizeNow = () => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

  async function write(mine: Making, handle: FileHandle): Promise<void> {
    // Chance, because a file system that compresses would keep no room for zeros.
    const block = Buffer.from(ids.random(Math.min(BLOCK_BYTES, bytes)), 'hex');
    for (let left = bytes; left > 0 && making === mine; left -= block.length) {
      await handle.writeFile(block.subarray(0, Math.min(left, block.length)));
    }
    // Some file systems find out only now that there is no room.
    if (making === mine) await handle.sync();
    if (making === mine) renameSync(draft, path);
  }

  return {
    exists: () => sizeNow() === bytes,
    fits() {
      try {
        const { blocks, bavail, bsize } = statfsSync(dataDir);
        return blocks === 0 || bavail * bsize >= bytes + MARGIN_BYTES;
      } catch {
        return true;
      }
    },
    async make() {
      const mine: Making = {};
      making = mine;
      const handle = await open(draft, 'w', 0o600);
      mine.handle = handle;
      try {
        await write(mine, handle);
      } catch (error) {
        // What was given back under its hands has not failed.
        if (making === mine) throw error;
      } finally {
        if (making === mine) making = undefined;
        await handle.close();
        rmSync(draft, { force: true });
      }
    },
    give(last) {
      const size = sizeNow();
      const rest = last ? 0 : Math.floor(bytes * LAST_PART);
      const had = making?.handle !== undefined || size > rest;
      try {
        // A file that is open keeps its room when it is deleted.
        if (making?.handle !== undefined) ftruncateSync(making.handle.fd, 0);
        rmSync(draft, { force: true });
        if (rest === 0) rmSync(path, { force: true });
        else if (size > rest) truncateSync(path, rest);
        return had;
      } catch {
        // The disk does not even take this.
        return false;
      } finally {
        making = undefined;
      }
    },
  };
}
