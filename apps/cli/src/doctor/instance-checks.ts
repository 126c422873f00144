import type { DoctorFacts } from './doctor-facts.ts';
import { check, type Finding } from './finding.ts';
import type { InstanceFacts, PortFacts } from './instance-facts.ts';

/** Where clients come in: the address, the ports, and whether what answers there is this installation. */
export function instanceChecks(facts: DoctorFacts): readonly Finding[] {
  const { instance } = facts;
  if (instance === null) return [bind(facts)];
  return [
    bind(facts),
    port('http-port', 'HTTP port', instance.httpPort, instance.http, facts),
    port('ws-port', 'WebSocket port', instance.wsPort, instance.ws, facts),
    readiness(instance, facts),
    ...(instance.versions === null ? [] : [versions(instance.versions, facts)]),
    supervisor(facts),
  ];
}

function bind({ gateway }: DoctorFacts): Finding {
  const { ok, warning, problem } = check('bind', 'Bind');
  if ('unasked' in gateway) return warning('not checked: the gateway cannot be asked', './dispatch doctor');
  const { settings } = gateway;
  if (!('fault' in settings)) {
    const who = settings.auth === 'local' ? 'this machine only' : 'who can show a credential';
    return ok(`${settings.host} with auth mode ${settings.auth}: ${who}`);
  }
  const variable = /^DISPATCH_(HOST|AUTH)\b/.exec(settings.fault)?.[0];
  if (variable !== undefined) return problem(settings.fault, `unset ${variable}`);
  return warning('not checked: the configuration cannot be used', './dispatch doctor');
}

const SECOND = './dispatch up --http-port 25203 --ws-port 25205';

function port(id: string, name: string, number: number, found: PortFacts, facts: DoctorFacts): Finding {
  const { ok, problem } = check(id, name);
  switch (found.state) {
    case 'any':
      return ok('0: each start gets another');
    case 'free':
      return ok(`${number} is free`);
    case 'dispatch':
      return isOurs(facts)
        ? ok(`${number} is ours`)
        : problem(`${number} belongs to a Dispatch over another data directory`, SECOND);
    case 'foreign':
      return problem(
        `${number} belongs to another program, which answers with ${found.says}`,
        `ss -ltnp 'sport = :${number}'`,
      );
    case 'refused-to-us':
      return problem(`${number} cannot be opened (${found.code})`, SECOND);
    default:
      return found satisfies never;
  }
}

/** Another epoch is another database. While one of the two is unknown, nothing speaks against it. */
function isOurs({ instance, kernel }: DoctorFacts): boolean {
  const theirs = instance?.versions?.epoch ?? null;
  const database = 'unasked' in kernel ? null : kernel.database;
  if (database?.state === 'absent' && theirs !== null) return false;
  const ours = database?.state === 'readable' ? database.epoch : null;
  return theirs === null || ours === null || theirs === ours;
}

function readiness({ ready, host, httpPort }: InstanceFacts, facts: DoctorFacts): Finding {
  const { ok, problem } = check('readiness', 'Readiness');
  const runs = !('unasked' in facts.kernel) && facts.kernel.lock?.held === true;
  if (ready === null) {
    if (!runs) return ok(`Dispatch does not run; start it: ${facts.start}`);
    return problem(
      `a kernel runs, but no gateway answers at ${host}:${httpPort}; was it started with other settings?`,
      './dispatch doctor --http-port <the port it was started with>',
    );
  }
  if (ready.ok) return ok('turns can be started');
  if (runs || !isOurs(facts))
    return problem(`the gateway is not ready: ${ready.says}`, './dispatch up --verbose');
  return problem(`the gateway waits for its kernel, which does not run: ${ready.says}`, facts.start);
}

function versions(running: NonNullable<InstanceFacts['versions']>, { gateway, start }: DoctorFacts): Finding {
  const { ok, warning } = check('versions', 'Versions');
  if ('unasked' in gateway)
    return warning('not compared: the gateway here cannot be asked', './dispatch doctor');
  const here = { gateway: gateway.versions.gateway, ...gateway.versions.contracts };
  const there: Readonly<Record<string, string>> = { gateway: running.gateway, ...running.contracts };
  const other = Object.entries(here).filter(([name, version]) => there[name] !== version);
  if (other.length === 0) return ok(`what runs is what is here, ${running.gateway}`);
  const told = other.map(([name, version]) => `${name} ${there[name] ?? 'unknown'} runs, ${version} is here`);
  return warning(`${told.join(' · ')}; stop it and start it again`, start);
}

function supervisor({ supervisor: found, start }: DoctorFacts): Finding {
  const { ok, warning } = check('supervisor', 'Supervisor');
  switch (found.state) {
    case 'nothing-runs':
      return ok('nothing runs that would have to be started again');
    case 'unknown':
      return ok('this system does not tell who started the kernel');
    case 'up':
      return ok(`dispatch up, process ${found.pid}`);
    case 'other':
      if (found.pid === 1 || found.name === 'systemd') return ok(`${found.name}, process ${found.pid}`);
      return warning(
        `${found.name} (process ${found.pid}) started the kernel; nobody may start it again`,
        start,
      );
    default:
      return found satisfies never;
  }
}
