import type { KernelFacts } from './app-facts.ts';
import type { DoctorFacts } from './doctor-facts.ts';
import { check, type Finding, quoted } from './finding.ts';

const OTHERS = 0o077;

/** What the operator decided: file and environment, and who may read the secrets in them. */
export function settingsChecks(facts: DoctorFacts): readonly Finding[] {
  const { kernel } = facts;
  if ('unasked' in kernel) return [configuration(facts)];
  return [configuration(facts), variables(kernel), secrets(kernel), extensions(kernel)];
}

function configuration({ kernel, gateway }: DoctorFacts): Finding {
  const { ok, problem } = check('configuration', 'Configuration');
  const faults = [
    'unasked' in kernel ? null : kernel.settingsFault,
    'unasked' in gateway || !('fault' in gateway.settings) ? null : gateway.settings.fault,
  ].filter((fault) => fault !== null);
  const [first] = faults;
  if (first === undefined) return ok('file and environment can be used');
  // Both processes read the same file and say the same of it.
  return problem([...new Set(faults)].join(' · '), remedyOf(first, kernel));
}

function remedyOf(fault: string, kernel: DoctorFacts['kernel']): string {
  const variable = /^(?:--[\w-]+ |)?([A-Z][A-Z0-9_]+)\b/.exec(fault)?.[1];
  if (variable !== undefined) return `unset ${variable}`;
  const directory = 'unasked' in kernel ? '.' : kernel.dataDirectory.path;
  return `\${EDITOR:-nano} ${quoted(`${directory}/dispatch.config.json`)}`;
}

function variables({ unknownVariables }: KernelFacts): Finding {
  const { ok, warning } = check('variables', 'Variables');
  if (unknownVariables.length === 0) return ok('every DISPATCH_… variable that is set means something');
  const told = unknownVariables.map(({ name, meant }) =>
    meant === undefined ? `${name} means nothing` : `${name} means nothing; did you mean ${meant}?`,
  );
  return warning(told.join(' · '), `unset ${unknownVariables.map(({ name }) => name).join(' ')}`);
}

function secrets({ secretFiles }: KernelFacts): Finding {
  const { ok, warning } = check('secret-files', 'Secrets');
  const open = secretFiles.filter(({ mode }) => mode !== null && (mode & OTHERS) !== 0);
  if (open.length === 0) return ok('no file with a secret is open to other users');
  const told = open.map(({ from, path, mode }) => `${path} (${from}) has mode ${(mode ?? 0).toString(8)}`);
  const paths = [...new Set(open.map(({ path }) => quoted(path)))];
  return warning(told.join(' · '), `chmod 600 ${paths.join(' ')}`);
}

function extensions({ disabledExtensions }: KernelFacts): Finding {
  const { ok, problem } = check('extensions', 'Extensions');
  if (disabledExtensions.length === 0) return ok('all of them can run');
  const told = disabledExtensions.map(({ id, reason }) => `${id}: ${reason}`);
  return problem(told.join(' · '), './dispatch up --verbose');
}
