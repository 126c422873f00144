/** Why a file is not written, in a sentence for the model. Nothing was changed. */
export class Refusal extends Error {}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'Dispatch has no permission to write there.',
  EPERM: 'Dispatch has no permission to write there.',
  EROFS: 'What is there can only be read.',
  ENOSPC: 'There is no room left on the disk.',
  EDQUOT: 'There is no room left on the disk.',
  EFBIG: 'The file system takes no file of this size.',
  ENAMETOOLONG: 'A name in the path is too long for the file system.',
  EISDIR: 'There is a folder of this name.',
  EEXIST: 'Something of this name is there already.',
  ENOENT: 'A folder on the way went away meanwhile.',
  EMFILE: 'Too many files are open; try again.',
  ENFILE: 'Too many files are open; try again.',
};

/** What to tell the model about a failure. Undefined: nothing it could understand. */
export function reasonOf(error: unknown): string | undefined {
  if (error instanceof Refusal) return error.message;
  const code = codeOf(error);
  return code === undefined ? undefined : (REASONS[code] ?? `The file system refused it (${code}).`);
}

/** The code of a failure of the file system. Undefined: it is none. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
