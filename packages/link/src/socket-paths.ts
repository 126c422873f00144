import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SettingsError } from './settings.ts';

/** Node cuts longer paths silently at 108 bytes; some systems at 104. */
const PATH_CAP_BYTES = 100;

/** Where a kernel listens. */
export interface SocketPaths {
  /** The folder of both. */
  readonly directory: string;
  /** HTTP: short questions and answers. */
  readonly rpc: string;
  /** Envelope frames: everything that streams. */
  readonly events: string;
  /** True: the data directory's path is too long, so the sockets live in a folder of their own in `temporary`. */
  readonly apart: boolean;
}

/** The sockets of a data directory. The one place that decides; both processes come to the same answer. */
export function socketPaths(dataDirectory: string, temporary: string = tmpdir()): SocketPaths {
  const root = resolve(dataDirectory);
  if (fits(root)) return pathsIn(root, false);
  const short = createHash('sha256').update(root).digest('hex').slice(0, 16);
  const directory = join(resolve(temporary), `dispatch-${short}`);
  if (!fits(directory)) {
    throw new SettingsError(
      `the paths of the sockets in ${directory} are longer than ${PATH_CAP_BYTES} bytes`,
    );
  }
  return pathsIn(directory, true);
}

function pathsIn(directory: string, apart: boolean): SocketPaths {
  return { directory, rpc: join(directory, 'rpc.sock'), events: join(directory, 'events.sock'), apart };
}

function fits(directory: string): boolean {
  return Buffer.byteLength(join(directory, 'events.sock'), 'utf8') <= PATH_CAP_BYTES;
}
