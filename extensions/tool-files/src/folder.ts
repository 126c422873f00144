import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readlink } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { codeOf, Refusal } from './refusal.ts';

/** Where the kernel of the system shows itself as files. Nothing in there is one. */
const NO_FILES = /^\/(proc|sys|dev)(\/|$)/;
const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/**
 * A folder that is open. Whatever is done in it goes through its descriptor: it stays the same folder, however names are moved or swapped meanwhile. Node
 * has no calls relative to a descriptor; Linux offers each as a path below `/proc/self/fd`.
 */
export class Folder {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** The working directory itself, which may be given through symbolic links. */
  static async openRoot(cwd: string): Promise<Folder> {
    if (!isAbsolute(cwd)) throw new Refusal(`The working directory “${cwd}” is no absolute path.`);
    try {
      return new Folder(await open(cwd, O_RDONLY | O_DIRECTORY));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error;
      throw new Refusal(`The working directory “${cwd}” is not there.`);
    }
  }

  /** The path that leads to an entry of this folder and to no other. */
  entry(name: string): string {
    return `/proc/self/fd/${this.#handle.fd}/${name}`;
  }

  /** Opens a folder in this one, and makes it when it is not there. A symbolic link is never followed. */
  async enter(name: string): Promise<Folder> {
    try {
      return await this.#open(name);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOTDIR' || code === 'ELOOP') throw notAFolder(name);
      if (code !== 'ENOENT') throw error;
    }
    await mkdir(this.entry(name)).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    try {
      return await this.#open(name);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'ENOTDIR' || code === 'ELOOP') throw notAFolder(name);
      throw error;
    }
  }

  /** Where this folder is now. */
  async realPath(): Promise<string> {
    return await readlink(`/proc/self/fd/${this.#handle.fd}`);
  }

  /** Throws unless this folder is `root` or below it at this moment, and real files can be in it. */
  async mustBeBelow(root: Folder): Promise<void> {
    const [own, outer] = await Promise.all([this.realPath(), root.realPath()]);
    const inside = own === outer || own.startsWith(outer === '/' ? outer : `${outer}/`);
    if (!inside) throw new Refusal('The folder is no longer inside the working directory.');
    if (NO_FILES.test(own)) throw new Refusal(`In ${own} there are no ordinary files.`);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #open(name: string): Promise<Folder> {
    return new Folder(await open(this.entry(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  }
}

function notAFolder(name: string): Refusal {
  return new Refusal(
    `“${name}” is no folder. Symbolic links are not followed; name the folder they lead to.`,
  );
}
