import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../clock.ts';
import type { ChildPlan } from '../supervise/supervised-child.ts';
import { askApp } from './app-check.ts';
import type { GatewayFacts, KernelFacts } from './app-facts.ts';
import { builtFacts } from './built-files.ts';
import type { DoctorFacts } from './doctor-facts.ts';
import { instanceFacts } from './instance-facts.ts';
import { supervisorFacts } from './supervisor-facts.ts';

export interface Examination {
  /** How `dispatch up` would start the two, kernel first. */
  readonly plans: readonly ChildPlan[];
  readonly offline: boolean;
  readonly clock: Clock;
}

/** Asks everything there is to ask. Nothing is changed, nothing but the model lists leaves this machine. */
export async function gatherFacts({ plans, offline, clock }: Examination): Promise<DoctorFacts> {
  const plan = (name: string): ChildPlan => {
    const found = plans.find((one) => one.name === name);
    if (found === undefined) throw new Error(`There is no process called ${name}.`);
    return found;
  };
  const [kernel, gateway] = await Promise.all([
    askApp<KernelFacts>(plan('kernel'), offline ? ['--offline'] : [], clock),
    askApp<GatewayFacts>(plan('gateway'), [], clock),
  ]);
  const lock = 'unasked' in kernel ? null : kernel.lock;
  const place = 'unasked' in gateway || 'fault' in gateway.settings ? undefined : gateway.settings;
  const root = fileURLToPath(new URL('../../../..', import.meta.url));
  const { engines, packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly engines: { readonly node: string };
    readonly packageManager: string;
  };
  const built = builtFacts(root);
  return {
    node: process.versions.node,
    neededNode: engines.node.replace(/^[^\d]*/, ''),
    openFiles: openFiles(),
    built,
    kernel,
    gateway,
    // Opening a port for a moment could make a gateway fail that starts beside its kernel just now.
    instance: place === undefined ? null : await instanceFacts(place, lock?.held === false, clock),
    supervisor: supervisorFacts(lock),
    offline,
    start: built.isClone ? 'npm start' : 'dispatch up',
    build: `npx -y ${packageManager} run build`,
  };
}

/** The soft limit; null: unlimited, or not told on this system. */
function openFiles(): number | null {
  const report = process.report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
  const soft = report.userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : null;
}
