import type { DirectoryFacts, KernelFacts } from './app-facts.ts';
import { bytesText, check, type Finding, quoted } from './finding.ts';

const OTHERS = 0o077;
const STICKY = 0o1000;
/** Running turns can be sealed with this much, and little more. */
const HARDLY_ANY = 64e6;
const LITTLE = 1e9;

/** Where everything is kept: whose folder it is, and what it lies on. */
export function dataChecks({ dataDirectory, sockets }: KernelFacts): readonly Finding[] {
  return [folder(dataDirectory), space(dataDirectory), fileSystem(dataDirectory), socketPaths(sockets)];
}

const ELSEWHERE = 'export DISPATCH_DATA_DIR=$HOME/dispatch-data';

function folder(facts: DirectoryFacts): Finding {
  const { ok, warning, problem } = check('data-directory', 'Data directory');
  const { path, nearest, state, writable, ownedByUs, mode } = facts;
  const shown = quoted(path);
  if (state === 'other') return problem(`${path} is not a folder`, `mv ${shown} ${quoted(`${path}.old`)}`);
  if (state === 'unreachable') return problem(`${path} cannot be looked at`, `ls -ld ${shown}`);
  if (state === 'absent') {
    if (writable) return ok(`${path} is not there yet; the first start makes it`);
    const make = `sudo install -d -m 700 -o "$(id -un)" ${shown}`;
    return problem(`${path} is not there, and nothing can be made in ${nearest}`, make);
  }
  if (mode !== null && (mode & STICKY) !== 0) return problem(`${path} is shared by all users`, ELSEWHERE);
  if (ownedByUs === false)
    return problem(`${path} belongs to another user`, `sudo chown -R "$(id -un)" ${shown}`);
  if (!writable) return problem(`nothing can be written to ${path}`, `chmod 700 ${shown}`);
  if (mode !== null && (mode & OTHERS) !== 0) {
    return warning(`${path} is open to other users (mode ${mode.toString(8)})`, `chmod 700 ${shown}`);
  }
  return ok(path);
}

function space({ freeBytes, nearest }: DirectoryFacts): Finding {
  const { ok, warning, problem } = check('free-space', 'Free space');
  if (freeBytes === null) return ok('cannot be told on this system');
  const free = `${bytesText(freeBytes)} free`;
  const next = `df -h ${quoted(nearest)}`;
  if (freeBytes < HARDLY_ANY) return problem(`${free}: soon new messages are refused`, next);
  return freeBytes < LITTLE ? warning(free, next) : ok(free);
}

function fileSystem({ remote, path }: DirectoryFacts): Finding {
  const { ok, warning, problem } = check('file-system', 'File system');
  if (remote === null) return ok('local');
  const told = `${path} lies on ${remote}, which may not lock and flush as a database needs it`;
  // These may be a local disk in the end; the others never are.
  return remote === 'FUSE' || remote === '9p' ? warning(told, ELSEWHERE) : problem(told, ELSEWHERE);
}

function socketPaths(sockets: KernelFacts['sockets']): Finding {
  const { ok, problem } = check('sockets', 'Sockets');
  if ('reason' in sockets) return problem(sockets.reason, ELSEWHERE);
  const { directory, apart } = sockets;
  return ok(
    apart ? `in ${directory}, because the data directory's path is too long for them` : `in ${directory}`,
  );
}
