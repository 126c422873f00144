import type { DoctorFacts } from './doctor-facts.ts';
import { check, type Finding } from './finding.ts';

/** Descriptors below which something will fail soon, and below which few clients fit. */
const FEW_FILES = 256;
const FEW_CLIENTS = 1_024;
/** What the processes need for themselves. */
const OWN_FILES = 500;

/** What Dispatch runs on: Node, its database driver, its own built files, the shell's limits. */
export function runtimeChecks(facts: DoctorFacts): readonly Finding[] {
  return [node(facts), builtFiles(facts), nativeModule(facts), gatewayProcess(facts), openFiles(facts)];
}

function node({ node: version, neededNode }: DoctorFacts): Finding {
  const { ok, problem } = check('node', 'Node');
  if (isAtLeast(version, neededNode)) return ok(`${version}, at least ${neededNode} is needed`);
  return problem(`${version} is too old, at least ${neededNode} is needed`, 'nvm install 22');
}

function isAtLeast(version: string, needed: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [neededMajor = 0, neededMinor = 0] = needed.split('.').map(Number);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

function builtFiles({ built, build }: DoctorFacts): Finding {
  const { ok, warning, problem } = check('built-files', 'Built files');
  if (!built.isClone) return ok('installed as built');
  if (built.missing.length > 0) return problem(`not built: ${built.missing.join(', ')}`, build);
  const [first] = built.stale;
  if (first === undefined) return ok('of the sources that are here');
  const more = built.stale.length > 1 ? `, and ${built.stale.length - 1} more` : '';
  return warning(`${first.folder} is not built from the ${first.source} that is here${more}`, build);
}

function nativeModule({ kernel, build, start }: DoctorFacts): Finding {
  const { ok, problem } = check('native-module', 'SQLite');
  if ('unasked' in kernel) {
    const isMissing = /not there|Cannot find (package|module)/.test(kernel.unasked);
    return problem(`the kernel cannot be asked: ${kernel.unasked}`, isMissing ? start : build);
  }
  if (kernel.native.loads) return ok(`${kernel.native.sqlite}, its native module loads`);
  const reason = kernel.native.reason.split('\n')[0] ?? '';
  return problem(`its native module does not load: ${reason}`, rebuild(build));
}

/** The package manager as the clone starts it, with another task. */
function rebuild(build: string): string {
  return build.replace(/run build$/, 'rebuild better-sqlite3');
}

function gatewayProcess({ gateway, build }: DoctorFacts): Finding {
  const { ok, problem } = check('gateway-process', 'Gateway');
  if ('unasked' in gateway) return problem(`it cannot be asked: ${gateway.unasked}`, build);
  return ok(`version ${gateway.versions.gateway}`);
}

function openFiles({ openFiles: limit }: DoctorFacts): Finding {
  const { ok, warning, problem } = check('open-files', 'Open files');
  const next = 'ulimit -n 8192';
  if (limit === null) return ok('no limit that can be told');
  if (limit < FEW_FILES) return problem(`a process may open ${limit}; that is too few to run`, next);
  const clients = limit - OWN_FILES;
  if (limit < FEW_CLIENTS) return warning(`a process may open ${limit}; few clients fit`, next);
  return ok(`a process may open ${limit}, enough for about ${clients} clients`);
}
