import { dataChecks } from './data-checks.ts';
import { databaseChecks } from './database-checks.ts';
import type { DoctorFacts } from './doctor-facts.ts';
import type { Finding } from './finding.ts';
import { instanceChecks } from './instance-checks.ts';
import { modelChecks } from './model-checks.ts';
import { runtimeChecks } from './runtime-checks.ts';
import { settingsChecks } from './settings-checks.ts';

/** Every check, in the order in which a fault in one explains those in the next. */
export function allChecks(facts: DoctorFacts): readonly Finding[] {
  const { kernel, offline } = facts;
  return [
    ...runtimeChecks(facts),
    ...settingsChecks(facts),
    ...('unasked' in kernel ? [] : [...dataChecks(kernel), ...databaseChecks(kernel)]),
    ...instanceChecks(facts),
    ...('unasked' in kernel ? [] : modelChecks(kernel, offline)),
  ];
}
