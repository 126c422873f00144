import { visibleText } from '@dispatch/extension-api';
import { Refusal } from './refusal.ts';

/** Where a file is meant to be, below the working directory. */
export interface FilePath {
  /** Names of the folders on the way, outermost first. None of them is `.` or `..`. */
  readonly folders: readonly string[];
  readonly name: string;
  /** The same as one text, `/` between the names. Equal for everything that means the same file. */
  readonly normal: string;
}

const LONGEST_PATH = 4_096;
const LONGEST_NAME = 255;
const DEEPEST = 64;

/** Reads a path as a model gave it. Throws {@link Refusal} for one that does not stay below the working directory, or that no file can have. */
export function readPath(path: unknown): FilePath {
  if (typeof path !== 'string' || path === '') throw new Refusal('path must be a text that is not empty.');
  const shown = `“${visibleText(path).slice(0, 200)}”`;
  if (Buffer.byteLength(path) > LONGEST_PATH) throw new Refusal(`The path ${shown}… is too long.`);
  if (/\p{Cc}|\p{Surrogate}/u.test(path)) {
    throw new Refusal(`The path ${shown} has control characters or is no valid Unicode.`);
  }
  if (path.startsWith('/')) {
    throw new Refusal(`The path ${shown} is absolute. Give it relative to the working directory.`);
  }
  if (/\/\.?$/.test(path)) throw new Refusal(`The path ${shown} names a folder, not a file.`);
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) throw new Refusal(`The path ${shown} has “..”, which is never followed.`);
  if (names.some((name) => Buffer.byteLength(name) > LONGEST_NAME)) {
    throw new Refusal(`A name in the path ${shown} is longer than ${LONGEST_NAME} bytes.`);
  }
  const folders = names.slice(0, -1);
  const name = names.at(-1);
  if (name === undefined) throw new Refusal(`The path ${shown} names no file.`);
  if (folders.length > DEEPEST) throw new Refusal(`The path ${shown} is more than ${DEEPEST} folders deep.`);
  return { folders, name, normal: names.join('/') };
}
