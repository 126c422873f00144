import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { type Environment, SettingsError } from './settings.ts';

/**
 * Where everything of one instance lives: the flag, else `DISPATCH_DATA_DIR`, else `$XDG_DATA_HOME/dispatch`, else
 * `~/.local/share/dispatch`. Always absolute. `home` is the user's home directory.
 */
export function dataDirectory(flag: string | undefined, env: Environment, home: string): string {
  const named = flag ?? (env['DISPATCH_DATA_DIR'] || undefined);
  if (named !== undefined) return resolve(named);
  // The XDG rule: a relative path there is invalid and ignored.
  const xdg = env['XDG_DATA_HOME'];
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'dispatch');
  return join(home, '.local', 'share', 'dispatch');
}

/** Everything we put into a data directory starts with one of these. */
const OWN_FILE = /^(dispatch\.|lock\.db|link\.secret|rpc\.sock|events\.sock)/;

/**
 * Makes a folder that only its owner may enter. One that exists with wider access is narrowed when nothing but our own files
 * is in it; otherwise it is somebody's folder for other things, and the operator has to decide.
 */
export function ensurePrivateDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const open = (statSync(path).mode & 0o077) !== 0;
    if (open && readdirSync(path).every((name) => OWN_FILE.test(name))) chmodSync(path, 0o700);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new SettingsError(`${path} cannot be used as a folder (${code})`);
  }
  checkPrivateDirectory(path);
}

/** Throws unless the path is a folder of this user that nobody else may enter. */
export function checkPrivateDirectory(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new SettingsError(`${path} does not exist`);
  if (!stat.isDirectory()) throw new SettingsError(`${path} is not a folder`);
  if (process.getuid !== undefined && stat.uid !== process.getuid()) {
    throw new SettingsError(`${path} belongs to another user`);
  }
  if ((stat.mode & 0o077) !== 0) throw new SettingsError(`${path} is open to other users; chmod 700 it`);
}
