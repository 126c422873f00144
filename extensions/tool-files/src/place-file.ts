import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, link, lstat, open, rename, unlink } from 'node:fs/promises';
import type { Folder } from './folder.ts';
import { codeOf, Refusal } from './refusal.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
/** Of a new file, before the process's umask. */
const NEW_MODE = 0o666;
const PERMISSIONS = 0o777;
const ANY_WRITE = 0o222;

export interface PlaceFileRequest {
  readonly root: Folder;
  /** Where the file goes. */
  readonly folder: Folder;
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Refuse when something of this name is there. */
  readonly createOnly: boolean;
  readonly signal: AbortSignal;
}

/**
 * Puts a file in its place in one step: readers see the old one or the new one, whole. What was there is replaced, never written into, so nothing behind a
 * hard link, a FIFO or a device changes. Gives the size of the file that was replaced; undefined for a new one.
 */
export async function placeFile(request: PlaceFileRequest): Promise<number | undefined> {
  const { root, folder, name, bytes, createOnly, signal } = request;
  await folder.mustBeBelow(root);
  const before = await ordinaryFile(folder, name);
  if (before !== undefined && createOnly) throw existing(name);
  signal.throwIfAborted();
  // Without the file's own name, which may fill the length a name can have.
  const temporary = folder.entry(`.dispatch-${randomBytes(8).toString('hex')}.tmp`);
  const handle = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, NEW_MODE);
  let placed = false;
  try {
    await fill(handle, bytes, before, signal);
    await folder.mustBeBelow(root);
    signal.throwIfAborted();
    if (createOnly) await linkNew(temporary, folder, name);
    else {
      await rename(temporary, folder.entry(name));
      placed = true;
    }
  } finally {
    if (!placed) await unlink(temporary).catch(() => {});
  }
  return before?.size;
}

/** What is there now. Undefined: nothing. Throws for everything that is no ordinary file, or may not be written. */
async function ordinaryFile(folder: Folder, name: string): Promise<Stats | undefined> {
  const found = await lstat(folder.entry(name)).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  if (found.isSymbolicLink()) {
    throw new Refusal(`“${name}” is a symbolic link. Links are not followed; name the file it leads to.`);
  }
  if (found.isDirectory()) throw new Refusal(`“${name}” is a folder.`);
  if (!found.isFile()) throw new Refusal(`“${name}” is no ordinary file.`);
  if ((found.mode & ANY_WRITE) === 0) throw new Refusal(`“${name}” is write-protected.`);
  return found;
}

async function fill(
  handle: FileHandle,
  bytes: Uint8Array,
  before: Stats | undefined,
  signal: AbortSignal,
): Promise<void> {
  try {
    await handle.writeFile(bytes, { signal });
    if (before !== undefined) await handle.chmod(before.mode & PERMISSIONS);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A second name for the file, which fails when the name is taken, whoever was quicker; the first one goes. */
async function linkNew(temporary: string, folder: Folder, name: string): Promise<void> {
  await link(temporary, folder.entry(name)).catch((error: unknown) => {
    throw codeOf(error) === 'EEXIST' ? existing(name) : error;
  });
}

function existing(name: string): Refusal {
  return new Refusal(`“${name}” is there already, and only a new file was to be written.`);
}
