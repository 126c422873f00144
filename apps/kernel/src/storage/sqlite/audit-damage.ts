import type Database from 'better-sqlite3';
import type { Step } from '../../step.ts';
import { verifyAuditPage } from '../audit.ts';
import { statementRunner } from './statement-runner.ts';

/** Number of the first entry of the audit trail that is missing or not what was written. Undefined: there is none. */
export function auditDamage(database: Database.Database): number | undefined {
  const execute = statementRunner(database);
  const drive = <T>(step: Step<T>): T => {
    let next = step.next([]);
    while (!next.done) next = step.next(execute(next.value));
    return next.value;
  };
  let page = drive(verifyAuditPage());
  while (page.next !== undefined) page = drive(verifyAuditPage(page.next));
  return page.report.damagedAt;
}
