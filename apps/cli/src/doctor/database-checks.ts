import type { DatabaseFacts, KernelFacts } from './app-facts.ts';
import { bytesText, check, type Finding, quoted } from './finding.ts';

/** Four times what the log is kept at; more means that something keeps it from being folded in. */
const LONG_WAL = 64 * 1024 * 1024;

/** Who holds the data directory, and what is in it. */
export function databaseChecks(kernel: KernelFacts): readonly Finding[] {
  const { lock, database, dataDirectory } = kernel;
  const findings: Finding[] = [];
  if (lock !== null) findings.push(holder(lock, dataDirectory.path));
  if (database !== null) findings.push(contents(database, dataDirectory.path, lock?.held === true));
  if (database?.state === 'readable') {
    if (database.damagedAudit !== undefined)
      findings.push(auditTrail(database.damagedAudit, dataDirectory.path));
    findings.push(writeAheadLog(database.walBytes));
  }
  return findings;
}

function holder(lock: NonNullable<KernelFacts['lock']>, directory: string): Finding {
  const { ok, problem } = check('lock', 'Kernel');
  const file = quoted(`${directory}/lock.db`);
  if (lock.reason !== undefined) {
    return problem(`the lock cannot be read: ${lock.reason}. It holds no data`, `rm ${file}`);
  }
  if (!lock.held) return ok('none runs on this data directory');
  return ok(lock.pid === undefined ? 'it runs' : `it runs, process ${lock.pid}`);
}

function contents(database: DatabaseFacts, directory: string, isRunning: boolean): Finding {
  const { ok, problem } = check('database', 'Database');
  const file = `${directory}/dispatch.db`;
  const away = quoted(`${directory}/damaged`);
  const moveAway = `mkdir -p ${away} && mv ${quoted(file)}* ${away}/`;
  switch (database.state) {
    case 'absent':
      if (database.orphan === undefined) return ok('none yet; the first start makes it');
      return problem(
        `${file} is missing, but ${database.orphan} belongs to it and may hold its newest data: put the database back`,
        `ls -l ${quoted(directory)}`,
      );
    case 'damaged':
      return problem(
        `${file} is damaged or is no database (${database.reason}): restore it from a backup, or move it away to start with an empty store`,
        moveAway,
      );
    case 'refused':
      return problem(
        database.reason,
        database.reason.includes('newer version') ? 'git pull && npm start' : moveAway,
      );
    case 'unreadable':
      return problem(`${file} cannot be read: ${database.reason}`, `ls -l ${quoted(directory)}`);
    case 'readable':
      break;
    default:
      return database satisfies never;
  }
  const size = bytesText(database.bytes);
  if (database.found === null)
    return ok(`${size}; not read through: ${database.leftOut ?? 'no reason given'}`);
  if (database.found.length > 0) {
    const told = database.found.join(' · ').slice(0, 300);
    const copy = `cp -a ${quoted(directory)} ${quoted(`${directory}.saved`)}`;
    return problem(`it is damaged: ${told}. Keep a copy, then restore a backup`, copy);
  }
  const steps = database.pendingMigrations ?? 0;
  const pending = steps === 0 || isRunning ? '' : `; the next start brings it ${steps} steps up to date`;
  return ok(`${size}, SQLite finds nothing wrong${pending}`);
}

/** Nobody can tell what it said before; what is there is kept for whoever looks into it. */
function auditTrail(entry: number, directory: string): Finding {
  const told = `entry ${entry} is missing or not what was written: somebody changed the database, or the disk did. Keep a copy, and compare with a backup`;
  const copy = `cp -a ${quoted(directory)} ${quoted(`${directory}.saved`)}`;
  return check('audit-trail', 'Audit trail').problem(told, copy);
}

function writeAheadLog(bytes: number): Finding {
  const { ok, warning } = check('write-ahead-log', 'Write-ahead log');
  if (bytes <= LONG_WAL) return ok(bytesText(bytes));
  return warning(`${bytesText(bytes)}: something keeps it from being folded in; a restart does`, 'npm start');
}
