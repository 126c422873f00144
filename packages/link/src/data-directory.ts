import { lstatSync, mkdirSync } from 'node:fs';
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

/** Makes a folder that only its owner may enter, or throws because the one that is there is not of that kind. */
export function ensurePrivateDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new SettingsError(`${path} cannot be used as a folder (${code})`);
  }
  checkPrivateDirectory(path);
}

/** Throws unless the path is a real folder (no link) of this user that nobody else may enter. */
export function checkPrivateDirectory(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new SettingsError(`${path} does not exist`);
  if (!stat.isDirectory()) throw new SettingsError(`${path} is not a folder`);
  if (process.getuid !== undefined && stat.uid !== process.getuid()) {
    throw new SettingsError(`${path} belongs to another user`);
  }
  if ((stat.mode & 0o077) !== 0) throw new SettingsError(`${path} is open to other users; chmod 700 it`);
}
