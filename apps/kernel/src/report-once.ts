import type { Log } from './ports.ts';

/** Enough for any store that is not lost altogether; beyond it nothing more is told. */
const MOST = 10_000;
const told = new WeakMap<Log, Set<string>>();

/** Logs a finding the first time it is made in this start: damage stays, and whoever meets it again says nothing new. */
export function reportOnce(log: Log, finding: string, fields: object, message: string): void {
  const findings = told.get(log) ?? new Set();
  told.set(log, findings);
  if (findings.has(finding) || findings.size >= MOST) return;
  findings.add(finding);
  log.error(fields, message);
}
