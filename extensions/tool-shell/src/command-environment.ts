import { realpathSync } from 'node:fs';
import { isAbsolute, relative } from 'node:path';

/** All of the kernel's environment that a command gets. Keys of providers are in there, too, and never here. */
const PASSED_ON = ['HOME', 'LANG', 'TERM', 'TMPDIR'] as const;
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

/** The environment of a command in this working directory. */
export function commandEnvironment(cwd: string): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { PATH: pathOutside(cwd), ...Object.fromEntries(passed) };
}

/** Where programs are looked up: never in the working directory, where a model can put its own `ls`. */
function pathOutside(cwd: string): string {
  const inside = realPath(cwd);
  const folders = (process.env['PATH'] ?? DEFAULT_PATH)
    .split(':')
    .filter((folder) => isAbsolute(folder) && /^\.\.(\/|$)/.test(relative(inside, realPath(folder))));
  return folders.length === 0 ? DEFAULT_PATH : folders.join(':');
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
